#!/usr/bin/python3
"""The demo's mail page: keeps mails, shows hostile ones harmless."""
import importlib.util
import pathlib
import smtplib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))

from forewarn_test.visitor import Visitor  # noqa: E402

spec = importlib.util.spec_from_file_location(
    "mailsink", ROOT / "tools" / "mailsink.py")
mailsink = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mailsink)


class MailSinkTest(unittest.TestCase):
    def setUp(self):
        self.smtp, self.page = mailsink.start(0, 0)
        self.who = Visitor(f"http://127.0.0.1:{self.page.server_address[1]}")

    def tearDown(self):
        for server in (self.smtp, self.page):
            server.shutdown()
            server.server_close()

    def send(self, text, to=("a@example.org",)):
        with smtplib.SMTP(*self.smtp.server_address) as smtp:
            smtp.sendmail("psirt@example.org", list(to), text)

    def test_shows_a_mail(self):
        self.send("Subject: Log in\n\n.dots\n..\nhttp://127.0.0.1:1/x?\n")
        page = self.who.get("/").page
        self.assertIn("a@example.org", page.text)
        answer = self.who.get(page.link("Log in"))
        self.assertIn(".dots\n..\n", answer.text)
        self.assertIn('<a href="http://127.0.0.1:1/x">', answer.text)
        self.assertIn("no-store", answer.headers["cache-control"])

    def test_hostile_mail_is_harmless(self):
        self.send("Subject: <script>alert(1)</script>\nX-<b>: <i>\n"
                  "Content-Type: text/html\n\n<img src=x onerror=alert(1)>"
                  "\x1b[2J http://example.org/\n",
                  to=("a@example.org",))
        for path in ("/", "/mail/1"):
            text = self.who.get(path).text
            self.assertNotIn("<script>", text)
            self.assertNotIn("<img", text)
            self.assertNotIn('href="http://example.org', text)
            self.assertNotIn("\x1b", text)

    def test_limits(self):
        with self.assertRaises(smtplib.SMTPDataError):
            self.send("x" * 70 + "\n" + ("y" * 70 + "\n") * 40000)
        self.assertEqual(self.who.get("/mail/1").status, 404)
        self.assertEqual(self.who.get("/", headers={
            "Host": "evil.example.org"}).status, 421)
        self.assertEqual(self.who.request("POST", "/", b"x").status, 501)


if __name__ == "__main__":
    unittest.main()
