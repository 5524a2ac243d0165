#!/usr/bin/env python3
"""forewarn(1) against a small strict server: test_cli.py PROGRAM"""
import http.server
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
TOKEN = "fwt_" + "a" * 43

CASES = {"cases": [
    {"number": "FW-2026-0001", "state": "triage", "title": "Heap \u202eover\x1b[2Jrun",
     "severity": {"word": "high"}, "cves": [], "due": {"at": "2026-12-01T15:00:00Z"}},
    {"number": "FW-2026-0002", "state": "new", "title": "Größe im Puffer",
     "severity": None, "cves": ["CVE-1900-0001"], "due": None}]}
CASE = {"case": "FW-2026-0001", "revision": 3, "embargo": {
    "ends_at": "2026-12-01T15:00:00Z", "state": "active"},
    "areas": ["bluetooth", "usb"], "exploited": False,
    "description": "First line\nSecond \x1b]0;title\x07 line",
    "fixes": [{"line": "main", "disposition": "merged", "commits": ["ab"]}]}
ANSWERS = {
    "case.list": (200, CASES),
    "case.show": (200, CASE),
    "maker.show": (200, CASE),
    "case.note": (200, {}),
    "case.inbox": (200, {"cases": []}),
    "disclose.run": (200, {"act": 1}),
    "rehearse.advance": (200, {"now": "2027-01-01T00:00:00Z"}),
    "session.open": (200, {"session": "s" * 43}),
    "session.close": (200, {}),
    "token.create": (200, {"token": 77, "secret": TOKEN}),
    "token.revoke": (200, {}),
    "case.move": (409, ("conflict", "revision", "the case was changed")),
    "case.edit": (400, ("invalid", "title", "too short")),
    "case.ask": (404, ("denied", "", "there is no such thing")),
    "cve.import": (429, ("limit", "", "too many")),
    "audit.list": (401, ("denied", "", "log in first")),
    "line.list": (503, ("retry", "", "not now")),
    "mail.list": (500, ("system", "", "mail list \x1b[31m is not built")),
}


class Fake(http.server.BaseHTTPRequestHandler):
    """Takes what the API takes; everything else is a fault of the client."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.faults.append(f"GET {self.path}")
        self.answer(405, b"{}")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server, op = self.server, self.path.removeprefix("/api/v1/")
        try:
            args = json.loads(body)
            assert isinstance(args, dict)
            assert self.headers["Content-Type"] == "application/json"
            assert self.headers["Expect"] is None
            assert self.headers["Origin"] is None
            assert self.headers["User-Agent"].startswith("forewarn/")
            assert self.path.startswith("/api/v1/")
        except (ValueError, AssertionError) as problem:
            server.faults.append(repr(problem))
        server.asked.append((op, args, self.headers["Authorization"]))
        if server.raw is not None:
            self.answer(*server.raw)
            return
        status, value = ANSWERS[op]
        if status != 200:
            value = {"error": dict(zip(("kind", "field", "text"), value))}
        self.answer(status, json.dumps(value).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", self.server.url + "/api/v1/case.list")
        self.end_headers()
        self.wfile.write(body)


class Case(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
        self.server.url = f"http://127.0.0.1:{self.server.server_port}"
        self.server.asked, self.server.faults = [], []
        self.server.raw = None
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-cli-"))
        self.env = {"HOME": str(self.home), "PATH": os.environ["PATH"],
                    "LC_ALL": "C.UTF-8", "FOREWARN_SERVER": self.server.url,
                    "FOREWARN_TOKEN": TOKEN,
                    "http_proxy": "http://127.0.0.1:1"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.home)
        self.assertEqual(self.server.faults, [])

    def run_(self, *words, status=0, stdin=""):
        done = subprocess.run(
            [PROGRAM, *words], env=self.env, capture_output=True, text=True,
            input=stdin, timeout=30)
        self.assertEqual(done.returncode, status,
                         f"{words}: {done.stdout}{done.stderr}")
        if status:
            self.assertRegex(done.stderr, r"^forewarn: |\nforewarn: ")
        for text in (done.stdout, done.stderr):
            self.assertFalse([c for c in text if ord(c) < 32 and c not in "\n\t"
                              or c in "\x7f\u202e"], repr(text))
        return done.stdout if status == 0 else done.stderr

    def last(self):
        return self.server.asked[-1]

    def test_list_is_a_table(self):
        out = self.run_("case", "list", "--due", "7d")
        self.assertEqual(self.last(),
                         ("case.list", {"due": 7}, f"Bearer {TOKEN}"))
        rows = out.splitlines()
        self.assertRegex(rows[0], r"^NUMBER +STATE +TITLE")
        self.assertIn("Heap <U+202E>over<U+001B>[2Jrun", rows[1])
        self.assertIn("2026-12-01 15:00 UTC", rows[1])
        self.assertRegex(rows[2], "Größe im Puffer.*CVE-1900-0001")

    def test_object_is_facts_blocks_and_tables(self):
        out = self.run_("maker", "show", "5")
        self.assertEqual(self.last()[1], {"maker": 5})
        self.assertRegex(out, r"(?m)^case +FW-2026-0001$")
        self.assertRegex(out, r"(?m)^areas +bluetooth, usb$")
        self.assertRegex(out, r"(?m)^exploited +no$")
        self.assertRegex(out, r"(?m)^embargo\n.*ends at +2026-12-01 15:00 UTC")
        self.assertIn("    Second <U+001B>]0;title<U+0007> line", out)
        self.assertRegex(out, r"(?m)^LINE +DISPOSITION +COMMITS")

    def test_a_case_shows_its_parts(self):
        out = self.run_("case", "show", "fw-2026-0001")
        self.assertEqual(self.last()[1], {"case": "FW-2026-0001"})
        self.assertRegex(out, r"(?m)^embargo ends at +2026-12-01 15:00 UTC$")
        self.assertNotIn("exploited", out)

    def test_json_is_the_answer(self):
        for words in (("--json", "case", "show", "A"),
                      ("case", "show", "A", "--json")):
            self.assertEqual(json.loads(self.run_(*words)), CASE)

    def test_empty_answers_say_so(self):
        self.assertEqual(self.run_("inbox"), "nothing\n")
        self.assertEqual(self.run_("case", "note", "A", "x"), "done\n")

    def test_texts_from_files_and_standard_input(self):
        path = self.home / "note"
        path.write_text("from a file\nwith lines\n")
        self.run_("case", "note", "A", f"@{path}")
        self.assertEqual(self.last()[1]["text"], "from a file\nwith lines")
        self.run_("case", "note", "A", "--text=-", stdin="piped ü\n")
        self.assertEqual(self.last()[1]["text"], "piped ü")
        path.write_bytes(b"\xff\xfe")
        self.run_("case", "note", "A", f"@{path}", status=65)
        self.run_("case", "note", "A", "@/nowhere", status=74)
        self.run_("case", "note", "A", "-", stdin="x" * 600000, status=65)

    def test_other_names(self):
        self.run_("case", "disclose", "A", "B", "--when", "now")
        self.assertEqual(self.last()[:2], (
            "disclose.run", {"cases": ["A", "B"], "when": "now"}))
        self.run_("rehearse", "60d")
        self.assertEqual(self.last()[1], {"seconds": 5184000})

    def test_refusals_have_their_status(self):
        for status, words in (
                (2, ("case", "move", "A", "triage", "1")),
                (1, ("case", "edit", "A", "1", "--title", "abc")),
                (77, ("case", "ask", "A", "why")),
                (1, ("cve", "import", "CVE-1900-0001..0009")),
                (77, ("audit", "list")),
                (69, ("line", "list")),
                (70, ("mail", "list"))):
            self.run_(*words, status=status)
        self.assertIn("<U+001B>[31m", self.run_("mail", "list", status=70))

    def test_nothing_wrong_is_sent(self):
        for status, words in (
                (64, ()), (64, ("case",)), (64, ("bogus",)),
                (64, ("case", "show")), (64, ("case", "show", "A", "B")),
                (64, ("case", "list", "--bogus")), (64, ("--bogus",)),
                (65, ("case", "list", "--due", "0")),
                (65, ("case", "list", "--due", "soon")),
                (65, ("case", "list", "--state", "lost")),
                (65, ("case", "show", "../etc")),
                (65, ("exposure", "set", "A", "yesterday")),
                (65, ("report", "send", "\x1b[2J", "no", "yes", "no")),
                (64, ("--server", "ftp://x", "case", "list")),
                (64, ("--server", "http://user@x/", "case", "list")),
                (64, ("--server", "http://x.example.org", "case", "list"))):
            self.run_(*words, status=status)
        self.assertEqual(self.server.asked, [])
        self.assertIn("case list", self.run_("case", "lsit", status=64))

    def test_strange_servers(self):
        for raw in ((200, b"<html>"), (302, b""), (502, b"Bad gateway"),
                    (200, b"[" * 10000), (404, b'{"error":"none"}')):
            self.server.raw = raw
            self.assertIn("is the address right?",
                          self.run_("case", "list", status=69))
        self.env["FOREWARN_SERVER"] = "http://127.0.0.1:1"
        self.assertIn("cannot be reached",
                      self.run_("case", "list", status=69))

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "case", "list"], env=self.env,
                                  stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 74)

    def keep(self, text, mode=0o600):
        path = self.home / ".config/forewarn/token"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def test_kept_tokens_stay_with_their_service(self):
        del self.env["FOREWARN_TOKEN"]
        self.keep("https://other.example.org fwt_other 1\n"
                  f"{self.server.url} fwt_mine 2\n")
        self.run_("case", "list")
        self.assertEqual(self.last()[2], "Bearer fwt_mine")
        self.keep("https://other.example.org fwt_other 1\n")
        self.run_("case", "list")
        self.assertIsNone(self.last()[2])
        self.keep(f"{self.server.url} fwt_mine 2\n")
        del self.env["FOREWARN_SERVER"]
        self.run_("case", "list")
        self.assertEqual(self.last()[2], "Bearer fwt_mine")

    def test_a_token_others_may_read_is_refused(self):
        del self.env["FOREWARN_TOKEN"]
        self.keep(f"{self.server.url} fwt_mine 2\n", 0o644)
        self.assertIn("chmod", self.run_("case", "list", status=64))
        self.assertEqual(self.server.asked, [])

    def test_login_keeps_a_token_and_logout_ends_it(self):
        del self.env["FOREWARN_TOKEN"]
        words = ["login", "--email", "lead@project.example.org",
                 "--code", "123456", "--password", "-"]
        self.run_(*words, stdin="correct horse\n")
        ops = [a[0] for a in self.server.asked]
        self.assertEqual(ops, ["session.open", "token.create",
                               "session.close"])
        self.assertEqual(self.server.asked[0][1]["password"], "correct horse")
        self.assertEqual(self.server.asked[1][2], "Bearer " + "s" * 43)
        path = self.home / ".config/forewarn/token"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(path.read_text(), f"{self.server.url} {TOKEN} 77\n")
        self.run_("case", "list")
        self.assertEqual(self.last()[2], f"Bearer {TOKEN}")
        self.run_("logout")
        self.assertEqual(self.last()[:2], ("token.revoke", {"token": 77}))
        self.assertEqual(path.read_text(), "")

    def test_a_password_is_asked_without_echo(self):
        del self.env["FOREWARN_TOKEN"]
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(PROGRAM, [PROGRAM, "login", "--email", "a@example.org"],
                      self.env)
        seen = b""
        for prompt, typed in ((b"Password: ", b"hidden horse\n"),
                              (b"recovery code: ", b"123456\n")):
            end = time.monotonic() + 10
            while prompt not in seen and time.monotonic() < end:
                if select.select([fd], [], [], 0.1)[0]:
                    seen += os.read(fd, 4096)
            self.assertIn(prompt, seen)
            os.write(fd, typed)
        while True:
            try:
                more = os.read(fd, 4096)
            except OSError:
                break
            if not more:
                break
            seen += more
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        os.close(fd)
        self.assertNotIn(b"hidden horse", seen)
        self.assertEqual(self.server.asked[0][1], {
            "email": "a@example.org", "password": "hidden horse",
            "code": "123456"})

    def test_help_comes_from_the_table(self):
        out = self.run_("--help")
        for word in ("case", "disclose", "login", "completion"):
            self.assertIn(word, out)
        self.assertNotIn("history", out)
        for noun in ("case", "maker", "embargo"):
            self.assertIn("usage: forewarn " + noun, self.run_(noun, "--help"))
        for words in (("case", "move", "--help"), ("help", "case", "move")):
            out = self.run_(*words)
            self.assertIn("--duplicate-of=CASE", out)
            self.assertIn("triage rejected assigned", out)
        self.assertRegex(self.run_("--version"), r"^forewarn \d")

    def test_completion(self):
        bash = shutil.which("bash")
        script = self.run_("completion", "bash")
        for words, want in ((["ca"], ["calendar", "case"]),
                            (["case", "mo"], ["move"]),
                            (["case", "move", "--dup"], ["--duplicate-of"]),
                            (["case", "move", "--to", "tri"], ["triage"]),
                            (["completion", "f"], ["fish"])):
            line = " ".join(f"'{w}'" for w in ["forewarn", *words])
            done = subprocess.run(
                [bash, "-c", f"{script}\nCOMP_WORDS=({line}); "
                 f"COMP_CWORD={len(words)}; _forewarn; "
                 "printf '%s\\n' \"${COMPREPLY[@]}\""],
                capture_output=True, text=True, timeout=20)
            self.assertEqual(sorted(done.stdout.split()), want, done.stderr)
        self.assertIn("compdef _forewarn", self.run_("completion", "zsh"))
        self.assertIn("-l duplicate-of", self.run_("completion", "fish"))
        self.run_("completion", "tcsh", status=64)


if __name__ == "__main__":
    unittest.main()
