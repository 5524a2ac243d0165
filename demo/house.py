"""The demo's machinery: builds nothing, starts everything, knows everybody."""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/lib"))

from forewarn_test.visitor import Refused, Visitor  # noqa: E402,F401

START_SECONDS = 30
DAY = 86400

# Who there is: key, what the account is called, address, roles, its scope.
PEOPLE = (
    ("admin", "Administrator", "admin", ["admin"], {}),
    ("team", "Security team, chair", "team", ["team", "director"], {}),
    ("second", "Security team, second", "second", ["team"], {}),
    ("maintainer", "Maintainer of Bluetooth", "maintainer", ["maintainer"],
     {"areas": ["bluetooth"]}),
    ("release", "Release manager of 3.7 and 4.4", "release",
     ["release-manager"], {"lines": ["3.7", "4.4"]}),
    ("auditor", "Auditor", "auditor", ["auditor"], {}),
    ("shell", "Command line of the demo", "shell",
     ["team", "director", "admin", "auditor"], {}),
)


class Broken(Exception):
    """The demo did not do as promised."""


def say(text=""):
    print(text, flush=True)


def free_port(wish=0):
    """wish if nobody has it, else any free port."""
    for port in ([wish] if wish else []) + [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                continue
    raise Broken("no free port on 127.0.0.1")


class House:
    """A service, a mail sink and the people of the demo in one directory."""

    def __init__(self, where, build, keep=False, fixed=True):
        self.dir, self.build = pathlib.Path(where), pathlib.Path(build)
        self.fresh = not (keep and (self.dir / "people.json").exists())
        self.web = free_port(8180 if fixed else 0)
        self.smtp = free_port(2525 if fixed else 0)
        self.page = free_port(2580 if fixed else 0)
        self.url = f"http://127.0.0.1:{self.web}"
        self.mails = f"http://127.0.0.1:{self.page}/"
        self.people, self.secrets, self.log = {}, {}, []
        self.children = []

    # ---- files ----------------------------------------------------------

    def policy(self):
        """The Zephyr preset under a name that cannot be mistaken."""
        text = (ROOT / "policies/zephyr.conf").read_text()
        for old, new in (
                (r'^name = .*', 'name = "Zephyr-like RTOS (sample)"'),
                (r'^about = .*', 'about = "A sample project with the policy, '
                 'release lines and past advisories of Zephyr. Its open '
                 'cases are invented."'),
                (r'^homepage = .*', 'homepage = "https://rtos.example.org"'),
                (r'^(\tmail = ).*', r'\1"psirt@rtos.example.org"'),
                (r'^(\tpolicy_url = ).*',
                 r'\1"https://rtos.example.org/security"'),
                (r'^(\ttracker = ).*',
                 r'\1"https://rtos.example.org/issues"')):
            text, count = re.subn(old, new, text, flags=re.M)
            if count != 1:
                raise Broken(f"policies/zephyr.conf has {count} lines {old}")
        return text

    def write(self):
        if self.fresh:
            shutil.rmtree(self.dir, ignore_errors=True)
        (self.dir / "state").mkdir(parents=True, exist_ok=True)
        (self.dir / "state").chmod(0o700)
        (self.dir / "policy.conf").write_text(self.policy())
        conf = self.dir / "forewarn.conf"
        conf.write_text(
            f'state = "{self.dir}/state"\n'
            f'master_key = "{self.dir}/master.key"\n'
            f'listen = {{"127.0.0.1:{self.web}"}}\n'
            f'base_url = "{self.url}"\n'
            f'policy = "{self.dir}/policy.conf"\n'
            f'smtp = "smtp://127.0.0.1:{self.smtp}"\n'
            'mail_from = "psirt@rtos.example.org"\n'
            'admin = "admin@rtos.example.org"\n'
            'sandbox = "best-effort"\nuser = ""\n')
        conf.chmod(0o600)
        return conf

    # ---- processes ------------------------------------------------------

    def spawn(self, command):
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True)
        threading.Thread(target=self._read, args=(child.stdout,),
                         daemon=True).start()
        self.children.append(child)
        return child

    def _read(self, stream):
        with open(self.dir / "log", "a") as log:
            for line in stream:
                self.log.append(line.rstrip("\n"))
                log.write(line)
                log.flush()

    def start(self):
        conf = self.write()
        self.spawn([sys.executable, str(ROOT / "tools/mailsink.py"), "--smtp",
                    str(self.smtp), "--http", str(self.page)])
        self.service = self.spawn(
            [str(self.build / "forewarnd"), "-c", str(conf), "--rehearse"])
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.service.poll() is not None:
                raise Broken("forewarnd ended:\n" + "\n".join(self.log[-20:]))
            if time.monotonic() > end:
                raise Broken("forewarnd is not ready:\n"
                             + "\n".join(self.log[-20:]))
            time.sleep(0.05)

    def answers(self):
        link = http.client.HTTPConnection("127.0.0.1", self.web, timeout=5)
        try:
            link.request("POST", "/api/v1/intake.show", b"{}",
                         {"Content-Type": "application/json"})
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def stop(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        for child in reversed(self.children):
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()

    # ---- people ---------------------------------------------------------

    def first_link(self):
        for line in self.log:
            match = re.search(r"https?://\S+/setup/([\w-]+)", line)
            if match:
                return match[1]
        raise Broken("no set-up link in the log")

    def enter(self, key, link, name, email):
        """Finishes a set-up link, logs in, keeps what the login needs."""
        who = Visitor(self.url)
        password = f"demo password of {key}"
        who.set_up(link, name, password)
        who.log_in(email, password)
        who.key = key
        self.people[key] = who
        self.secrets[key] = {"name": name, "email": email,
                             "password": password, "secret": who.secret}
        self.remember()
        return who

    def remember(self):
        """A code works once, so the step of the last one is kept too."""
        for key, kept in self.secrets.items():
            kept["step"] = self.people[key]._step
        (self.dir / "people.json").write_text(
            json.dumps(self.secrets, indent=1))

    def hire(self):
        """All accounts of PEOPLE; the first one is set up by its link."""
        for key, name, local, roles, scope in PEOPLE:
            email = f"{local}@rtos.example.org"
            if key == "admin":
                self.enter(key, self.first_link(), name, email)
                continue
            answer = self.people["admin"].api("account.invite", {
                "email": email, "name": name, "roles": roles, **scope})
            self.enter(key, answer["link"].rsplit("/", 1)[-1], name, email)
        # The first account may do everything; here each role stands alone.
        me = self.ask("admin", "account.me")["account"]
        self.ask("admin", "account.change", account=me, roles=["admin"],
                 reason="The desk has its own people now")

    def again(self):
        """Logs everybody of an earlier demo in again."""
        self.secrets = json.loads((self.dir / "people.json").read_text())
        for key, kept in self.secrets.items():
            who = Visitor(self.url)
            who.secret, who.key = kept["secret"], key
            who._step = kept["step"]
            who.log_in(kept["email"], kept["password"])
            self.people[key] = who
        self.remember()

    def ask(self, key, op, **args):
        """One operation as somebody; a visitor without account as None."""
        who = self.people[key] if key else Visitor(self.url)
        try:
            return who.api(op, args)
        except Refused as no:
            raise Broken(f"{key or 'a visitor'}: {no}") from None

    def refused(self, key, op, **args):
        """The kind of refusal, or Broken when it was allowed."""
        who = self.people[key] if key else Visitor(self.url)
        try:
            who.api(op, args)
        except Refused as no:
            return no.kind
        raise Broken(f"{key or 'a visitor'} may do {op}, and should not")

    # ---- time and mail --------------------------------------------------

    def now(self):
        """The service's time: what the clock was moved, and real time."""
        return time.time() + self.moved()

    def moved(self):
        path = self.dir / "moved"
        return int(path.read_text()) if path.exists() else 0

    def pass_time(self, days):
        seconds = int(days * DAY)
        self.ask("admin", "rehearse.advance", seconds=seconds)
        (self.dir / "moved").write_text(str(self.moved() + seconds))

    def instant(self, days):
        """An RFC 3339 instant that many days from the service's now."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                             time.gmtime(self.now() + days * DAY))

    def mailbox(self):
        """Subjects and recipients of every mail the sink took."""
        link = http.client.HTTPConnection("127.0.0.1", self.page, timeout=5)
        link.request("GET", "/")
        page = link.getresponse().read().decode()
        return re.findall(r"<td>[^<]* UTC</td><td>([^<]*)</td>"
                          r'<td><a href="([^"]*)">([^<]*)</a>', page)

    def mail(self, href):
        """The page of one mail."""
        link = http.client.HTTPConnection("127.0.0.1", self.page, timeout=5)
        link.request("GET", href)
        return link.getresponse().read().decode()

    def get(self, path):
        """Status and text of a public page."""
        link = http.client.HTTPConnection("127.0.0.1", self.web, timeout=10)
        link.request("GET", path)
        reply = link.getresponse()
        return reply.status, reply.read().decode(errors="replace")


def build_dir():
    return pathlib.Path(os.environ.get("FOREWARN_BUILD")
                        or ROOT / "build").resolve()
