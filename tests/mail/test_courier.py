#!/usr/bin/python3
"""The courier with a real SMTP server: what it sends, what it answers."""
import email.utils
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from forewarn_test.sink import Sink, free_port  # noqa: E402
from forewarn_test.worker import Worker  # noqa: E402


def settings(url, **more):
    return {"smtp": url, "mail_from": "psirt@project.example.org",
            "sandbox": "best-effort", "user": "", **more}


def job(number, to="alerts@maker.example.org", **more):
    return {"job": number, "mail": {
        "from": "psirt@project.example.org", "to": to,
        "subject": "Please log in", "text": "Log in to read.\n",
        "message_id": f"<{number}@project.example.org>", **more}}


def courier(url, **more):
    return Worker("courier", settings(url, **more), ["desk"])


class CourierTest(unittest.TestCase):
    def ask(self, worker, value):
        worker.peer["desk"].send(value)
        return worker.peer["desk"].read()

    def test_sends_one_mail(self):
        with Sink() as sink, courier(sink.url) as worker:
            self.assertTrue(worker.ready["ready"])
            got = self.ask(worker, job(7, date="2026-12-01T15:00:00Z",
                                       reply_to="case@project.example.org"))
            self.assertEqual((got["job"], got["result"], got["code"]),
                             (7, "sent", 250))
            mail = sink.mails[0]
            self.assertEqual(mail.sender, "psirt@project.example.org")
            self.assertEqual(mail.message["to"], "alerts@maker.example.org")
            self.assertEqual(mail.message["reply-to"],
                             "case@project.example.org")
            self.assertEqual(mail.id, "<7@project.example.org>")
            self.assertEqual(mail.message["auto-submitted"], "auto-generated")
            self.assertEqual(email.utils.parsedate_to_datetime(
                mail.message["date"]).timestamp(), 1796137200)
            self.assertEqual(mail.text, "Log in to read.\r\n")
            self.assertEqual(worker.stop(), 0)

    def test_hostile_text_arrives_visible_and_nowhere_else(self):
        cases = {
            "x\r\nBcc: evil@example.net": "x<U+000D><U+000A>Bcc: evil",
            "\u202egpj.exe": "<U+202E>gpj.exe",
            "=?utf-8?q?x=0D=0ABcc:_e?=": "= ?utf-8?q?x=0D=0ABcc:_e?=",
            "\x1b[2Jx": "<U+001B>[2Jx",
            "Überlauf in 漏洞 🔒 " + "lang " * 20: "Überlauf in 漏洞 🔒 lang",
        }
        text = ("From me\n.\n..\r\n.\r\nMAIL FROM:<a@b>\n" + "ü=" * 600 +
                "\nend")
        with Sink() as sink, courier(sink.url) as worker:
            for i, (subject, want) in enumerate(cases.items()):
                got = self.ask(worker, job(i, subject=subject, text=text))
                self.assertEqual(got["result"], "sent")
                mail = sink.mails[i]
                self.assertIn(want, mail.subject)
                self.assertEqual(
                    sorted(k.lower() for k in mail.message.keys()
                           if k.lower() not in ("x-peer", "x-mailfrom",
                                                "x-rcptto")),
                    ["auto-submitted", "content-transfer-encoding",
                     "content-type", "date", "from", "message-id",
                     "mime-version", "subject", "to"])
                self.assertEqual(mail.message.get_content_type(),
                                 "text/plain")
                self.assertEqual(mail.text.replace("\r\n", "\n"),
                                 text.replace("\r\n", "\n") + "\n")
                self.assertTrue(mail.raw.isascii())

    def test_refused_retry_and_go_on(self):
        with Sink() as sink, courier(sink.url) as worker:
            sink.mode("refuse", "no@example.org")
            sink.mode("temporary", "later@example.org")
            sink.mode("drop", "drop@example.org")
            for to, result, code in (
                    ("no@example.org", "refused", 550),
                    ("yes@example.org", "sent", 250),
                    ("later@example.org", "retry", 451),
                    ("drop@example.org", "retry", None),
                    ("also@example.org", "sent", 250)):
                got = self.ask(worker, job(1, to=to))
                self.assertEqual(got["result"], result, got)
                if code is not None:
                    self.assertEqual(got["code"], code, got)
            self.assertEqual([m.recipient for m in sink.mails],
                             ["yes@example.org", "also@example.org"])

    def test_the_reply_is_told(self):
        with Sink() as sink, courier(sink.url) as worker:
            sink.mode("refuse")
            got = self.ask(worker, job(1))
            self.assertIn("No such mailbox here", got["text"])

    def test_relay_away_and_back(self):
        port = free_port()
        with courier(f"smtp://127.0.0.1:{port}") as worker:
            got = self.ask(worker, job(1))
            self.assertEqual((got["result"], got["code"]), ("retry", 0))
            with Sink(port=port):
                self.assertEqual(self.ask(worker, job(1))["result"], "sent")

    def test_a_relay_that_closes_often(self):
        with Sink(per_connection=10) as sink, courier(sink.url) as worker:
            for i in range(60):
                worker.peer["desk"].send(job(i))
            got = [worker.peer["desk"].read() for _ in range(60)]
            self.assertEqual({g["result"] for g in got}, {"sent"})
            self.assertEqual([g["job"] for g in got], list(range(60)))
            self.assertEqual(len({m.id for m in sink.mails}), 60)
            self.assertEqual(len(sink.mails), 60)

    def test_more_jobs_than_the_queue_holds(self):
        with Sink() as sink, courier(sink.url) as worker:
            for i in range(300):
                worker.peer["desk"].send(job(i))
            got = [worker.peer["desk"].read()["job"] for _ in range(300)]
            self.assertEqual(got, list(range(300)))
            self.assertEqual(len(sink.mails), 300)

    def test_malformed_jobs_are_refused(self):
        with Sink() as sink, courier(sink.url) as worker:
            for bad in ({}, {"job": 1}, {"job": "x", "mail": 7},
                        {"job": 1, "mail": {}}, {"mail": job(1)["mail"]},
                        job(1, to="a@b\r\nX: y"), job(1, to="a@b,c@d"),
                        job(1, subject=None), job(1, bcc="a@b"),
                        job(1, date="never"), job(1, text=["x"]),
                        job(1, text="x" * (2 << 20))):
                got = self.ask(worker, bad)
                self.assertEqual(got["result"], "refused", bad)
                self.assertTrue(got["text"])
            self.assertEqual(self.ask(worker, job(2))["result"], "sent")
            self.assertEqual(len(sink.mails), 1)

    def test_a_broken_or_lost_desk(self):
        with Sink() as sink, courier(sink.url) as worker:
            worker.peer["desk"].raw(b"[not json")
            self.assertIsNone(worker.peer["desk"].read())
            worker.new_peer("desk")
            self.assertEqual(self.ask(worker, job(1))["result"], "sent")
            worker.peer["desk"].close()
            worker.new_peer("desk")
            self.assertEqual(self.ask(worker, job(2))["result"], "sent")
            self.assertEqual(len(sink.mails), 2)

    def test_a_slow_relay_costs_a_retry(self):
        with Sink(slowness=5) as sink, \
                courier(sink.url, smtp_seconds=1) as worker:
            sink.mode("slow")
            begin = time.monotonic()
            got = self.ask(worker, job(1))
            self.assertEqual((got["result"], got["code"]), ("retry", 0))
            self.assertLess(time.monotonic() - begin, 4)


class LoginTest(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.dir.name)
        self.password = self.path / "password"
        self.password.write_text("open sesame\n")
        self.password.chmod(0o600)

    def tearDown(self):
        self.dir.cleanup()

    def login(self, sink, **more):
        with courier(sink.url, smtp_user="forewarn",
                     smtp_password_file=str(self.password),
                     **more) as worker:
            worker.peer["desk"].send(job(1))
            return worker.peer["desk"].read()

    def test_login(self):
        with Sink(user="forewarn", password="open sesame") as sink:
            self.assertEqual(self.login(sink)["result"], "sent")
        with Sink(user="forewarn", password="other") as sink:
            got = self.login(sink)
            self.assertEqual((got["result"], got["code"]), ("retry", 535))

    def test_a_readable_password_stops_the_start(self):
        self.password.chmod(0o644)
        with Sink() as sink, self.assertRaises(AssertionError) as no:
            self.login(sink)
        self.assertIn("chmod", str(no.exception))

    def test_starttls(self):
        cert, key = self.path / "cert.pem", self.path / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=relay", "-addext", "subjectAltName=IP:0.0.0.0",
             "-keyout", key, "-out", cert], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        # 0.0.0.0 leads here, but is not the name of this machine.
        with Sink(context=context) as sink, Sink() as plain:
            for url, trust, result in (
                    (self.away(sink), cert, "sent"),
                    (self.away(sink), None, "retry"),
                    (self.away(plain), cert, "retry"),
                    (sink.url, None, "sent"),
                    (sink.url, cert, "retry"),
                    (plain.url, None, "sent")):
                with courier(url, smtp_ca_file=str(trust or "")) as worker:
                    worker.peer["desk"].send(job(1))
                    got = worker.peer["desk"].read()
                    self.assertEqual(got["result"], result, (url, got))
            self.assertEqual([len(sink.mails), len(plain.mails)], [2, 1])

    @staticmethod
    def away(sink):
        return sink.url.replace("127.0.0.1", "0.0.0.0")


if __name__ == "__main__":
    unittest.main()
