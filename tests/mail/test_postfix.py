#!/usr/bin/python3
"""The courier with a real mail server: a private Postfix that relays to a sink.

Needs Postfix and root; says so loudly and is skipped (77) otherwise. Touches
nothing of the system's own Postfix configuration.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from forewarn_test.sink import Sink, free_port  # noqa: E402
from forewarn_test.worker import Worker  # noqa: E402

MAIN = """compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = {dir}/log
maillog_file_prefixes = {dir}
mail_owner = postfix
myhostname = relay.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ no@example.org=REJECT, later@example.org=DEFER }}
"""
MAILS = 20


class Postfix:
    def __init__(self, sink):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postfix-"))
        self.port = free_port()
        self.dir.chmod(0o755)
        conf = self.dir / "conf"
        conf.mkdir()
        (conf / "main.cf").write_text(MAIN.format(dir=self.dir, sink=sink))
        (conf / "master.cf").write_text(self.services())
        for name in ("queue", "data"):
            (self.dir / name).mkdir()
        shutil.chown(self.dir / "data", "postfix")

    def services(self):
        """Debian's table, on our port, without chroot."""
        proto = pathlib.Path("/usr/share/postfix/master.cf.dist")
        if not proto.exists():
            proto = pathlib.Path("/etc/postfix/master.cf.proto")
        lines = []
        for line in proto.read_text().splitlines():
            words = line.split()
            if len(words) >= 8 and not line.startswith(("#", " ", "\t")):
                words[4] = "n"
                if words[0] == "smtp" and words[1] == "inet":
                    words[0] = f"127.0.0.1:{self.port}"
                line = " ".join(words)
            lines.append(line)
        return "\n".join(lines) + "\n"

    def run(self, word):
        subprocess.run(["postfix", "-c", str(self.dir / "conf"), word],
                       check=word == "start", capture_output=True, timeout=60)

    def __enter__(self):
        self.run("start")
        return self

    def __exit__(self, *_):
        self.run("stop")
        time.sleep(0.3)
        shutil.rmtree(self.dir, ignore_errors=True)


def job(number, to):
    return {"job": number, "mail": {
        "from": "psirt@project.example.org", "to": to,
        "subject": f"Notice {number}: Überlauf", "text": "Log in to read.\n"
        ".\nFrom here on …\n" + "long " * 400 + "\n",
        "message_id": f"<{number}@project.example.org>"}}


class PostfixTest(unittest.TestCase):
    def test_mails_pass_a_real_server(self):
        with Sink() as sink, Postfix(sink.port) as postfix, Worker(
                "courier", {"smtp": f"smtp://127.0.0.1:{postfix.port}",
                            "mail_from": "psirt@project.example.org",
                            "sandbox": "best-effort", "user": ""},
                ["desk"]) as worker:
            desk = worker.peer["desk"]
            for i in range(MAILS):
                desk.send(job(i, f"m{i}@example.org"))
            for i in range(MAILS):
                self.assertEqual(desk.read()["result"], "sent")
            desk.send(job(90, "no@example.org"))
            got = desk.read()
            self.assertEqual((got["result"], got["code"] // 100),
                             ("refused", 5))
            desk.send(job(91, "later@example.org"))
            got = desk.read()
            self.assertEqual((got["result"], got["code"] // 100),
                             ("retry", 4))
            mails = sink.wait(seconds=60, count=MAILS)
            self.assertEqual({m.recipient for m in mails},
                             {f"m{i}@example.org" for i in range(MAILS)})
            for mail in mails:
                self.assertIn("Überlauf", mail.subject)
                self.assertTrue(mail.text.startswith(
                    "Log in to read.\r\n.\r\nFrom here on …\r\n"))


if __name__ == "__main__":
    if shutil.which("postfix", path="/usr/sbin:/usr/bin") is None \
            or os.geteuid() != 0:
        print("SKIPPED: needs root and Postfix (apt-get install postfix); "
              "no mail passed a real server", file=sys.stderr)
        sys.exit(77)
    os.environ["PATH"] += ":/usr/sbin"
    unittest.main()
