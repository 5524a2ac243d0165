#!/usr/bin/python3
"""The walls of the real service: jails, secrets, crashes, large files."""
import os
import pathlib
import pwd
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from forewarn_test import database  # noqa: E402
from forewarn_test.scenario import Stage  # noqa: E402
from forewarn_test.service import Service  # noqa: E402
from forewarn_test.visitor import Refused  # noqa: E402

WORKERS = ("door", "desk", "courier")
USER = "nobody"
PATIENCE = 15
MARK = "Zanzibar-overflow"

# What a worker may hold open besides its channels, by what the link says.
EVERYBODY = r"socket:|pipe:|/dev/null|anon_inode:"
MAY_HOLD = {
    "door": EVERYBODY + r"|{state}/site$",
    "desk": EVERYBODY + r"|{state}/site$|{state}/forewarn\.db"
                        r"|{state}/[a-z.]*lock$",
    "courier": EVERYBODY,
}


class House(Service):
    """The service as an administrator should run it: jails required."""

    def configure(self):
        if os.geteuid() == 0:
            who = pwd.getpwnam(USER)
            self.dir.chmod(0o755)
            self.state.mkdir(mode=0o700, exist_ok=True)
            os.chown(self.state, who.pw_uid, who.pw_gid)
            self._settings.setdefault("user", USER)
        self._settings.setdefault("sandbox", "required")
        self._settings.setdefault("master_key",
                                  str(self.state / "master.key"))
        super().configure()


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def links_of(pid):
    found = []
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(entry))
        except FileNotFoundError:
            pass
    return found


def listening(pid):
    """Inodes of listening TCP sockets that this process holds."""
    table = set()
    for name in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{name}").read_text(
                ).splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A":
                table.add(parts[9])
    return [link for link in links_of(pid)
            if link.startswith("socket:[") and link[8:-1] in table]


def is_alive(pid):
    try:
        return status_of(pid)["State"][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def report(visitor, **files):
    visitor.get("/report")
    return visitor.submit(
        "Send report", title=MARK, component="net", version="v4.2.0",
        impact=f"{MARK} impact", steps=f"{MARK} steps", reproduced="no",
        ai_help="no", exploited="no", contact="finder@example.org",
        credit="later", **files)


class Walls(unittest.TestCase):
    def setUp(self):
        self.house = House()
        self.addCleanup(self.end)
        self.house.start()
        self.stage = Stage(self.house)

    def end(self):
        self.house.close()
        self.house.process.stdout.close()

    def person(self, name="lead", roles=("team", "auditor", "admin")):
        return self.stage.account(name, list(roles), {})

    def wait(self, what, check):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if check():
                return
            time.sleep(0.05)
        self.fail(f"{what}\n{self.house.tail()}")

    def test_running_workers_are_in_their_jails(self):
        workers = self.house.workers()
        self.assertEqual(sorted(workers), sorted(WORKERS))
        for name, pid in workers.items():
            status = status_of(pid)
            self.assertEqual(status["Seccomp"], "2", name)
            self.assertEqual(status["NoNewPrivs"], "1", name)
            self.assertEqual(int(status["CapEff"], 16), 0, name)
            self.assertNotIn("0", status["Uid"].split(), name)
            self.assertNotIn("0", status["Gid"].split(), name)
            self.assertEqual(status["Groups"].split(), [], name)

    def test_workers_hold_nothing_but_their_own(self):
        report(self.house.visitor())
        for name, pid in self.house.workers().items():
            allowed = re.compile(MAY_HOLD[name].format(
                state=re.escape(str(self.house.state))))
            for link in links_of(pid):
                self.assertRegex(link, allowed, name)
            self.assertEqual(len(listening(pid)),
                             1 if name == "door" else 0, name)

    def test_supervisor_leaves_no_orphans(self):
        workers = self.house.workers()
        os.kill(self.house.process.pid, signal.SIGKILL)
        self.house.process.wait()
        for name, pid in workers.items():
            self.wait(f"{name} ends", lambda: not is_alive(pid))

    def ask(self):
        """503 with Retry-After while a worker is away, then 200."""
        try:
            answer = self.house.visitor().request(
                "POST", "/api/v1/policy.show", b"{}",
                {"Content-Type": "application/json",
                 "Origin": self.house.url})
        except OSError:
            return 0  # the door itself died with this connection
        self.assertIn(answer.status, (200, 503))
        if answer.status == 503:
            self.assertIn("retry-after", answer.headers)
            self.assertEqual(answer.json["error"]["kind"], "retry")
        return answer.status

    def test_killed_workers_return(self):
        for name in WORKERS:
            was = self.house.kill(name)
            self.wait(f"{name} again", lambda: self.ask() == 200 and
                      self.house.workers().get(name, was) != was)

    def test_open_forms_outlive_the_door(self):
        lead = self.person()
        lead.get("/account")
        was = self.house.kill("door")
        self.wait("door again", lambda: self.house.workers().get(
            "door", was) != was and self.ask() == 200)
        page = lead.answer.page
        token = re.search(r'name="csrf" value="([^"]+)"', lead.answer.text)
        self.assertIsNotNone(token, page)
        answer = lead.request(
            "POST", "/logout", f"csrf={token[1]}".encode(),
            {"Content-Type": "application/x-www-form-urlencoded",
             "Origin": lead.origin, "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer.status, 303)

    def test_a_moved_clock_does_not_end_sessions(self):
        lead = self.person()
        self.house.advance(lead, "400d")
        self.assertIn("team", lead.api("account.me")["roles"])

    # I-33
    def test_a_large_file_comes_back_whole(self):
        data = os.urandom(10 << 20)
        small = b"<script>alert(1)</script>"
        answer = report(self.house.visitor(), files={
            "files": [("proof.html", data), ("small.html", small)]})
        self.assertIn("SHA-256", answer.text)
        lead = self.person()
        number = re.search(r"FW-\d{4}-\d{4}", answer.text)[0]
        rows = lead.api("case.show", {"case": number})
        files = {row["name"]: row for row in _files(rows)}
        for name, sent in (("proof.html", data), ("small.html", small)):
            got = lead.get(f"/desk/case/{number}/file/{files[name]['id']}")
            self.assertEqual(got.status, 200, got.body[:200])
            self.assertTrue(got.body == sent, name)
            head = got.headers
            self.assertEqual(head["content-type"], "application/octet-stream")
            self.assertTrue(head["content-disposition"].startswith(
                "attachment"))
            self.assertEqual(head["x-content-type-options"], "nosniff")
            self.assertIn("sandbox", head["content-security-policy"])
            self.assertEqual(head["cache-control"], "no-store")
        token = lead.token
        raw = lead.request(
            "POST", "/api/v1/case.file",
            f'{{"case":"{number}","file":{files["proof.html"]["id"]}}}'
            .encode(), {"Content-Type": "application/json",
                        "Authorization": f"Bearer {token}",
                        "Origin": lead.origin})
        self.assertTrue(raw.body == data)
        # the door lets go of the file just after its last byte has left
        for _ in range(50):
            link = [link for link in links_of(self.house.worker("door"))
                    if "memfd" in link]
            if not link:
                break
            time.sleep(0.1)
        self.assertEqual(link, [])

    @unittest.skipUnless(os.environ.get("FOREWARN_TEST_DB") == "postgresql",
                         "needs a database server")
    def test_the_database_server_stops_and_returns(self):
        lead, version = self.person(), _version()

        def server(word):
            subprocess.run(["pg_ctlcluster", version, "regress", word,
                            *(["-m", "fast"] if word == "stop" else [])],
                           check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL)
        desk = self.house.worker("desk")
        server("stop")
        try:
            self.assertEqual(self.ask_list(lead), 503)
        finally:
            server("start")
        self.wait("works again", lambda: self.ask_list(lead) == 200)
        self.assertEqual(self.house.worker("desk"), desk)
        self.assertEqual(status_of(desk)["Seccomp"], "2")

    def ask_list(self, lead):
        try:
            lead.api("case.list")
        except Refused as refused:
            self.assertEqual(refused.kind, "retry", refused)
            self.assertIn("retry-after", lead.answer.headers)
            return refused.status
        return 200

    @unittest.skipIf(os.environ.get("FOREWARN_TEST_DB") == "postgresql" or
                     os.geteuid() != 0, "mounts a small disk")
    def test_a_full_disk_writes_nothing_by_halves(self):
        house = House()
        house.state.mkdir(mode=0o700)
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", house.state],
            capture_output=True)
        if mount.returncode != 0:
            self.skipTest("mounting is not allowed here")
        self.addCleanup(subprocess.run, ["umount", "-l", house.state])
        with house:
            filler = house.state / "filler"
            lead = Stage(house).account("lead", ["team", "admin"], {})
            with filler.open("wb", buffering=0) as out:
                with self.assertRaises(OSError):
                    while True:
                        out.write(bytes(4096))
            data = os.urandom(3 << 20)
            answer = report(house.visitor(), files={"files": [("a", data)]})
            self.assertIn(answer.status, (500, 503), answer.text[:500])
            self.assertNotIn("FW-", answer.text)
            self.assertEqual(lead.request("GET", "/").status // 100, 2)
            filler.unlink()
            self.wait("works again", lambda: report(
                house.visitor()).status == 200)
            numbers = re.findall(r"FW-\d{4}-(\d{4})",
                                 str(lead.api("case.list")))
            self.assertEqual(set(numbers), {"0001"})

    def secrets(self):
        """Everything secret that passes through a working house."""
        lead = self.person()
        found = {"password": "correct horse lead", "session": lead.token,
                 "totp": lead.secret, "text": MARK}
        made = lead.api("token.create", {"name": "t", "scopes": ["read"],
                                         "days": 9})
        found["token"] = made["secret"]
        answer = report(self.house.visitor())
        link = re.search(r"/r/([A-Za-z0-9_-]{20,})", answer.text)
        found["link"] = link[1]
        reader = self.house.visitor(token=made["secret"])
        reader.api("case.list")
        with self.assertRaises(Refused):
            self.house.visitor().api("session.open", {
                "email": "lead@project.example.org",
                "password": found["password"] + "x", "code": "000000"})
        self.house.visitor().get(f"/r/{link[1]}")
        return lead, found

    def test_nothing_secret_is_logged_or_stored_in_clear(self):
        lead, found = self.secrets()
        ledger = str(lead.api("audit.list"))
        self.house.kill("desk")
        self.wait("desk again", lambda: self.ask() == 200)
        log = "\n".join(self.house.log)
        for what, secret in found.items():
            self.assertNotIn(secret, log, f"{what} in the log")
            if what != "text":
                self.assertNotIn(secret, ledger, f"{what} in the ledger")
            for data in self.stored():
                self.assertNotIn(secret.encode(), data, f"{what} stored")

    def stored(self):
        """The bytes of the database as a thief would have them."""
        if self.house.database == "postgresql":
            yield subprocess.run(
                ["pg_dump", self.house._database_url()], check=True,
                capture_output=True).stdout
            return
        for path in self.house.state.glob("forewarn.db*"):
            yield path.read_bytes()


def _version():
    """Of the server that pg_virtualenv started."""
    out = subprocess.run(["psql", "-Atc", "SHOW server_version_num",
                          "postgres"], check=True, capture_output=True,
                         text=True).stdout
    return str(int(out) // 10000)


def _files(value):
    """Rows with name, size and id, wherever they stand."""
    if isinstance(value, dict):
        if {"id", "name", "size"} <= set(value):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _files(item)


if __name__ == "__main__":
    database.enter()
    unittest.main()
