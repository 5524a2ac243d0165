#!/usr/bin/python3
"""The harness itself, against small fakes."""
import http.server
import json
import pathlib
import smtplib
import sys
import threading
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from forewarn_test import scenario, totp  # noqa: E402
from forewarn_test.page import Page  # noqa: E402
from forewarn_test.service import _conf, seconds  # noqa: E402
from forewarn_test.sink import Sink  # noqa: E402
from forewarn_test.visitor import Refused, Visitor  # noqa: E402

FORM = """<title>T</title><h1>Log &amp; in</h1><form action="/send"
 method="post"><input type=hidden name=csrf value=secret>
<input name=title><textarea name=text>
old &lt;text&gt;</textarea><input type=checkbox name=ok><input type=radio
 name=r value=a><input type=radio name=r value=b checked>
<select name=s><option value=1>one<option value=2 selected>two</select>
<select name=d><option value=x>x</select><button>Send it</button></form>
<script>hidden()</script><a href="/next">go on</a>"""


class Fake(http.server.BaseHTTPRequestHandler):
    """A form with a token and a cookie, and an API that answers its input."""

    def log_message(self, *_):
        pass

    def reply(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/form":
            self.reply(200, FORM.encode(), Content_Type="text/html",
                       Set_Cookie="sid=7; HttpOnly; SameSite=Lax")
        elif self.path == "/thanks":
            self.reply(200, b"<p>thanks " + (self.headers.get("Cookie") or
                                             "").encode(),
                       Content_Type="text/html; charset=utf-8")
        else:
            self.reply(404, b"no", Content_Type="text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/send":
            fields = urllib.parse.parse_qs(body.decode())
            good = (fields["csrf"] == ["secret"] and "ok" not in fields and
                    fields["text"] == ["old <text>"] and
                    fields["r"] == ["b"] and fields["s"] == ["2"] and
                    fields["d"] == ["x"] and
                    self.headers["Cookie"] == "sid=7" and
                    self.headers["Origin"].startswith("http://127.0.0.1"))
            self.reply(303 if good else 400, b"", Location="/thanks")
            return
        args = json.loads(body)
        if args.get("case") == "none":
            self.reply(404, json.dumps({"error": {
                "kind": "missing", "field": "case",
                "text": "no such case"}}).encode())
        else:
            self.reply(200, json.dumps(
                {"op": self.path, "args": args, "list": [{"n": 1, "a": "x"}],
                 "token": self.headers.get("Authorization")}).encode())


class FakeStage:
    def __init__(self, url, sink):
        self.url, self.sink, self.moved = url, sink, []

    def visitor(self):
        return Visitor(self.url)

    def account(self, name, roles, args):
        return Visitor(self.url)

    def now(self):
        return 1_000_000

    def clock(self, text):
        self.moved.append(text)


def send(sink, to, subject="Hello", text="please log in\n"):
    with smtplib.SMTP("127.0.0.1", sink.port) as smtp:
        return smtp.sendmail("a@example.org", [to],
                             f"Subject: {subject}\n\n{text}")


class SinkTest(unittest.TestCase):
    def test_modes(self):
        with Sink() as sink:
            sink.mode("refuse", "no@example.org")
            sink.mode("temporary", "later@example.org")
            sink.mode("drop", "drop@example.org")
            send(sink, "yes@example.org")
            self.assertEqual(
                sink.wait(to="yes@example.org")[0].text, "please log in\r\n")
            for to, code in (("no", 550), ("later", 451)):
                with self.assertRaises(smtplib.SMTPRecipientsRefused) as no:
                    send(sink, f"{to}@example.org")
                self.assertEqual(
                    no.exception.recipients[f"{to}@example.org"][0], code)
            with self.assertRaises(smtplib.SMTPServerDisconnected):
                send(sink, "drop@example.org")
            self.assertEqual(len(sink.mails), 1)
            with self.assertRaises(AssertionError):
                sink.wait(seconds=0.1, to="no@example.org")


class TotpTest(unittest.TestCase):
    def test_rfc_6238_vectors(self):
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        for now, want in ((59, "94287082"), (1111111109, "07081804"),
                          (20000000000, "65353130")):
            self.assertEqual(totp.code(secret, now, 8), want)


class PageTest(unittest.TestCase):
    def test_what_a_person_sees(self):
        page = Page(FORM)
        self.assertEqual(page.title, "T")
        self.assertIn("Log & in", page.text)
        self.assertNotIn("hidden", page.text)
        self.assertEqual(page.link("go on"), "/next")
        self.assertEqual(page.form("Send it").fields["csrf"], ["secret"])
        with self.assertRaises(AssertionError):
            page.form("absent")


class ServerCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.server.server_port}"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()


class VisitorTest(ServerCase):
    def test_form_like_a_browser(self):
        who = Visitor(self.url)
        who.get("/form")
        answer = who.submit("Send it", title="x")
        self.assertEqual(answer.status, 200)
        self.assertIn("thanks sid=7", answer.text)
        with self.assertRaises(AssertionError):
            who.get("/form")
            who.submit("Send it", absent="x")

    def test_api(self):
        who = Visitor(self.url, token="t")
        value = who.api("case.show", {"case": "1"})
        self.assertEqual(value["op"], "/api/v1/case.show")
        self.assertEqual(value["token"], "Bearer t")
        with self.assertRaises(Refused) as no:
            who.api("case.show", {"case": "none"})
        self.assertEqual((no.exception.kind, no.exception.field,
                          no.exception.status), ("missing", "case", 404))

    def test_never_leaves_its_origin(self):
        with self.assertRaises(AssertionError):
            Visitor(self.url).get("http://example.org/")


GOOD = """
title All the words
# P-05 a comment
person lead team,admin
set n=5 who="a b"
as lead case.show case=1 title="two words" {"list": ["$n", "@+1d"]}
    where .args.title = "two words" and .args.list[1] contains 1970-01-13
    -> case=.args.case all
expect .list[a=x].n = 1
expect .list counts 1
expect no .list[a=y]
as maker expect denied|missing:case case.show case=none saying "no such"
as lead case.show case=$case where .args.case = $all.args.case
clock +30d
mail refuse no@example.org
expect mail to=alerts@example.org containing "log in" -> word=/please (\\w+)/
as lead case.show word=$word text="say ${word}!" where .args.text = "say log!"
expect no mail to=other@example.org
as visitor page /form containing "Log & in" missing "nowhere"
as visitor fill "Send it" title=$who containing "thanks"
expect no page /absent
within 1s as lead case.show case=1 where .args.case = 1
"""


class ScenarioTest(ServerCase):
    def play(self, text):
        problems = []
        with Sink() as sink:
            send(sink, "alerts@example.org")
            stage = FakeStage(self.url, sink)
            player = scenario.Player(
                stage, lambda line, no: no and problems.append(str(no)))
            player.play(scenario.read(text))
            return problems, stage

    def test_the_whole_language(self):
        problems, stage = self.play(GOOD)
        self.assertEqual(problems, [])
        self.assertEqual(stage.moved, ["+30d"])

    def test_what_is_wrong_is_found(self):
        for line in (
                "dance", "as lead nothing", "as lead case.show case",
                "as lead case.show case=none", "as lead case.show case=$x",
                "as lead case.show where .args = 7",
                "as lead case.show where .absent",
                "as lead case.show where .op wants 7",
                "as lead expect denied case.show case=none",
                "as lead expect missing case.show case=1",
                "as lead expect missing:other case.show case=none",
                "as lead expect missing case.show case=none saying other",
                "expect page /absent", "expect page /form containing nope",
                "expect page /form missing in", "expect no page /form",
                "expect no mail to=alerts@example.org",
                "mail dance a@example.org", "expect mail colour=red",
                'as lead case.show a="x', "as lead case.show a={",
                "within 0s expect page /absent", "set x=[1"):
            problems, _ = self.play(line)
            self.assertEqual(len(problems), 1, line)


class SmallTest(unittest.TestCase):
    def test_lengths_of_time(self):
        self.assertEqual(seconds("+30d"), 30 * 86400)
        self.assertEqual(seconds("90"), 90)
        with self.assertRaises(ValueError):
            seconds("soon")

    def test_configuration_text(self):
        self.assertEqual(_conf('a"b\\'), '"a\\"b\\\\"')
        self.assertEqual(_conf(["a", "b"]), '{"a", "b"}')
        self.assertEqual(_conf(True), "true")


if __name__ == "__main__":
    unittest.main()
