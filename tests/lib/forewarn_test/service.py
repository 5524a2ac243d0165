"""A whole Forewarn in a temporary directory."""
import http.client
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

from .sink import Sink, free_port
from .visitor import Visitor

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS = 20
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(text):
    """Seconds of '90', '30d', '2h', '+1w'."""
    match = re.fullmatch(r"\+?(\d+)([smhdw]?)", text)
    if not match:
        raise ValueError(f"{text!r} is no length of time like 30d or 2h")
    return int(match[1]) * UNITS[match[2] or "s"]


class Service:
    """with Service() as service: service.visitor().get("/").

    The database follows FOREWARN_TEST_DB: sqlite (default) or postgresql, the
    latter by the PG* variables of pg_virtualenv, one new database each. Binaries
    are found in FOREWARN_BUILD (default: build). extra is appended to the
    configuration; settings replaces single keys.
    """

    def __init__(self, sink=None, settings=None, extra="", rehearse=True):
        self.build = pathlib.Path(
            os.environ.get("FOREWARN_BUILD") or ROOT / "build").resolve()
        self.database = os.environ.get("FOREWARN_TEST_DB") or "sqlite"
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sink = sink or Sink()
        self._own_sink = sink is None
        self._settings, self._extra = settings or {}, extra
        self.rehearse = rehearse
        self.offset = 0  # seconds the rehearsal clock was moved
        self.process, self.log, self._reader = None, [], None
        self._db_name = None

    # ---- configuration --------------------------------------------------

    @property
    def config(self):
        return self.dir / "forewarn.conf"

    @property
    def state(self):
        return self.dir / "state"

    def _database_url(self):
        if self.database != "postgresql":
            return self.database
        if self._db_name is None:
            self._db_name = f"forewarn_{os.getpid()}_{self.port}"
            subprocess.run(["createdb", self._db_name], check=True)
        env, quote = os.environ, urllib.parse.quote
        login = quote(env.get("PGUSER", "postgres"), safe="")
        if env.get("PGPASSWORD"):
            login += ":" + quote(env["PGPASSWORD"], safe="")
        return (f"postgresql://{login}@{env.get('PGHOST', 'localhost')}:"
                f"{env.get('PGPORT', '5432')}/{self._db_name}")

    def configure(self):
        """Writes the configuration file; text is quoted, lists become {…}."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        keys = {
            "state": str(self.state),
            "master_key": str(self.dir / "master.key"),
            "listen": [f"127.0.0.1:{self.port}"],
            "base_url": self.url,
            "database": self._database_url(),
            "policy": str(ROOT / "policies" / "zephyr.conf"),
            "smtp": self.sink.url,
            "mail_from": "psirt@project.example.org",
            "admin": "admin@project.example.org",
            "user": os.environ.get("FOREWARN_TEST_USER", ""),
            "sandbox": os.environ.get("FOREWARN_TEST_SANDBOX", "best-effort"),
            **self._settings,
        }
        self.config.write_text("".join(
            f"{k} = {_conf(v)}\n" for k, v in keys.items() if v is not None)
            + self._extra)
        self.config.chmod(0o600)

    # ---- life -----------------------------------------------------------

    def start(self, wait=True):
        if self._own_sink and self.process is None:
            self.sink.start()
        self.configure()
        command = [str(self.build / "forewarnd"), "-c", str(self.config)]
        if self.rehearse:
            command.append("--rehearse")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, text=True, errors="replace",
            start_new_session=True)
        self._reader = threading.Thread(
            target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        if wait:
            self.wait_ready()
        return self

    def _read(self, stream):
        for line in stream:
            self.log.append(line.rstrip("\n"))

    def wait_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                self._reader.join(2)
                raise AssertionError(
                    f"forewarnd ended with {self.process.returncode}:\n"
                    + self.tail())
            if self._answers():
                return
            time.sleep(0.02)
        raise AssertionError(
            f"forewarnd not ready after {START_SECONDS} s:\n" + self.tail())

    def _answers(self):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("POST", "/api/v1/status.show", b"{}",
                         {"Content-Type": "application/json",
                          "Origin": self.url})
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def tail(self, lines=40):
        return "\n".join(self.log[-lines:])

    def stop(self, timeout=15):
        """SIGTERM; returns the exit status, kills what does not end."""
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"forewarnd still ran {timeout} s after SIGTERM:\n"
                + self.tail()) from None
        self._reader.join(2)
        return self.process.returncode

    def kill(self, worker=None):
        """SIGKILL to everything, or to one worker: door, desk, courier."""
        if worker is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            return None
        pid = self.worker(worker)
        os.kill(pid, signal.SIGKILL)
        return pid

    def restart(self):
        self.stop()
        return self.start()

    def workers(self):
        """{"door": pid, …} of the running children."""
        found, todo = {}, [self.process.pid]
        while todo:
            pid = todo.pop()
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                for child in task.read_text().split():
                    todo.append(int(child))
                    name = _program(child)
                    if name.startswith("forewarn-"):
                        found[name.removeprefix("forewarn-")] = int(child)
        return found

    def worker(self, name, wait=5):
        end = time.monotonic() + wait
        while True:
            found = self.workers()
            if name in found:
                return found[name]
            if time.monotonic() > end:
                raise AssertionError(f"no worker {name}; there are {found}")
            time.sleep(0.02)

    # ---- people and time ------------------------------------------------

    def visitor(self, token=None):
        return Visitor(self.url, token=token)

    def now(self):
        """The service's time in seconds, rehearsal included."""
        return time.time() + self.offset

    def advance(self, admin, length):
        """Moves the rehearsal clock; admin is a logged-in visitor."""
        admin.api("rehearse.advance", {"seconds": seconds(length)})
        self.offset += seconds(length)

    def first_link(self, wait=5):
        """The one-time link of the first administrator, from the log."""
        end = time.monotonic() + wait
        while time.monotonic() < end:
            for line in self.log:
                match = re.search(r"https?://\S+/set-?up/\S+", line)
                if match:
                    return match[0].rstrip(".,)")
            time.sleep(0.02)
        raise AssertionError("no set-up link in the log:\n" + self.tail())

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self.close()

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self._own_sink:
            self.sink.stop()
        if self._db_name is not None:
            subprocess.run(["dropdb", "--force", "--if-exists", self._db_name],
                           check=False)
        if not os.environ.get("FOREWARN_TEST_KEEP"):
            shutil.rmtree(self.dir, ignore_errors=True)


def _conf(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(_conf(v) for v in value) + "}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _program(pid):
    try:
        line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return os.path.basename(line.split(b"\0")[0].decode(errors="replace"))
