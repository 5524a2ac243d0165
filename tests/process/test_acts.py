#!/usr/bin/python3
"""forewarnd's acts by hand, on a service that really ran."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from forewarn_test.service import Service  # noqa: E402


class Acts(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.service.start()
        self.addCleanup(self.service.close)

    def act(self, *words):
        return subprocess.run(
            [os.path.join(self.service.build, "forewarnd"), "-c",
             str(self.service.config), *words],
            capture_output=True, text=True, timeout=60)

    def test_backup_while_serving_then_restore(self):
        backup = str(self.service.dir / "backup")
        wrote = self.act("backup", backup)
        self.assertEqual(wrote.returncode, 0, wrote.stderr)
        self.assertEqual(os.stat(backup).st_mode & 0o777, 0o600)
        again = self.act("backup", backup)
        self.assertEqual(again.returncode, 1)
        self.assertIn("does not exist yet", again.stderr)
        self.assertEqual(self.act("verify", backup).returncode, 0)
        self.assertIn("stop it first", self.act("restore", backup).stderr)
        self.service.stop()
        self.assertIn("not empty", self.act("restore", backup).stderr)

    def test_a_broken_backup_is_named(self):
        backup = str(self.service.dir / "backup")
        self.assertEqual(self.act("backup", backup).returncode, 0)
        with open(backup, "r+b") as file:
            file.seek(100)
            byte = file.read(1)
            file.seek(100)
            file.write(bytes([byte[0] ^ 1]))
        broken = self.act("verify", backup)
        self.assertEqual(broken.returncode, 1)
        self.assertRegex(broken.stderr, r"offset|byte")

    def test_rekey_needs_a_stopped_service(self):
        self.assertIn("stop it first", self.act("rekey").stderr)
        self.service.stop()
        self.assertEqual(self.act("rekey").returncode, 0)
        self.assertEqual(self.act("verify").returncode, 0)
        self.service.start()

    def test_wrong_usage(self):
        self.assertEqual(self.act("backup").returncode, 64)
        self.assertEqual(self.act("nonsense").returncode, 64)


if __name__ == "__main__":
    unittest.main()
