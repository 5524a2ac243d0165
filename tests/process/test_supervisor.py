#!/usr/bin/env python3
"""The supervisor with small workers: start, crash, wiring, reload, stop."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BUILD, WORKER, POLICY = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
PATIENCE = 10


class House:
    """A copy of forewarnd with test workers beside it."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-super-"))
        self.state = self.dir / "state"
        self.state.mkdir()
        shutil.copy(BUILD / "forewarnd", self.dir / "forewarnd")
        for name in ("door", "desk", "courier"):
            shutil.copy(WORKER, self.dir / f"forewarn-{name}")
        self.conf = self.dir / "forewarn.conf"
        self.write_conf()
        self.process = None

    def write_conf(self, extra=""):
        self.conf.write_text(
            f'state = "{self.state}"\npolicy = "{POLICY}"\nuser = ""\n'
            'base_url = "https://security.example.org"\n'
            'mail_from = "security@example.org"\n'
            f'listen = {{"unix:{self.dir}/door.sock"}}\n' + extra)

    def start(self, *options):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(self.dir / "notify"))
        self.notify.settimeout(PATIENCE)
        env = dict(os.environ, NOTIFY_SOCKET=str(self.dir / "notify"))
        self.err = open(self.dir / "stderr", "w+")
        self.process = subprocess.Popen(
            [self.dir / "forewarnd", "-c", self.conf, *options],
            env=env, stderr=self.err)

    def run(self, *options):
        return subprocess.run(
            [self.dir / "forewarnd", "-c", self.conf, *options],
            capture_output=True, text=True, timeout=PATIENCE)

    def told(self, text):
        while text.encode() not in self.notify.recv(200):
            pass

    def log(self, name):
        path = self.state / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def pids(self, name):
        return [int(n) for n in re.findall(r"^start (\d+)", self.log(name),
                                           re.M)]

    def wait(self, what, check):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if check():
                return
            time.sleep(0.02)
        raise AssertionError(f"{what}\n{(self.dir / 'stderr').read_text()}")

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process:
            self.notify.close()
            self.err.close()
        shutil.rmtree(self.dir)


class Supervisor(unittest.TestCase):
    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)

    def start(self):
        self.house.start()
        self.house.told("READY=1")

    def news(self):
        lines = re.findall(r"^news (.*)$", self.house.log("desk"), re.M)
        return json.loads(lines[-1])["workers"] if lines else {}

    def test_start_gives_each_worker_its_share_only(self):
        self.start()
        house = self.house
        self.assertIn("policy=1 listen=0 key=1", house.log("desk"))
        self.assertIn("policy=0 listen=1 key=0", house.log("door"))
        self.assertIn("policy=0 listen=0 key=0", house.log("courier"))
        for a, b in (("desk", "door"), ("desk", "courier"),
                     ("door", "desk"), ("courier", "desk")):
            house.wait(f"{a} hears {b}", lambda: f"hello {b}" in house.log(a))
        house.wait("news", lambda: self.news().get("door", {}).get("state") ==
                   "ready")
        self.assertEqual(self.news()["door"]["pid"], house.pids("door")[0])
        self.assertEqual(self.news()["desk"]["sandbox"], {"missing": []})
        self.assertTrue((house.state / "site").is_dir())

    def test_dead_worker_returns_and_is_wired_again(self):
        self.start()
        house = self.house
        for name, peers in (("door", ["desk"]), ("courier", ["desk"]),
                            ("desk", ["door", "courier"])):
            before = {p: house.log(p).count(f"hello {name}") for p in peers}
            was = house.pids(name)[-1]
            os.kill(was, signal.SIGKILL)
            house.wait(f"{name} again", lambda: house.pids(name)[-1] != was)
            for peer in peers:
                house.wait(f"{peer} hears {name} again", lambda:
                           house.log(peer).count(f"hello {name}") >
                           before[peer])
        house.wait("restarts told", lambda: self.news().get("door", {}).get(
            "restarts") == 1)
        self.assertIsNone(house.process.poll())

    def test_crashing_worker_is_tried_with_growing_pauses(self):
        house = self.house
        (house.state / "courier.crash").touch()
        house.start()
        house.wait("five starts", lambda: len(house.pids("courier")) >= 5)
        text = (house.dir / "stderr").read_text()
        pauses = [float(p) for p in re.findall(
            r"courier ended with signal 6 .* in ([\d.]+) s", text)]
        self.assertEqual(pauses[:4], [0.1, 0.2, 0.4, 0.8])
        self.assertEqual(len(house.pids("desk")), 1)
        (house.state / "courier.crash").unlink()
        house.told("READY=1")

    def test_missing_program_is_tried_again(self):
        house = self.house
        courier = house.dir / "forewarn-courier"
        courier.rename(house.dir / "away")
        house.start()
        house.wait("complaint", lambda: "cannot start" in
                   (house.dir / "stderr").read_text())
        (house.dir / "away").rename(courier)
        house.told("READY=1")

    def test_stop_is_orderly_and_has_an_end(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                house = House()
                self.addCleanup(house.close)
                house.start()
                house.told("READY=1")
                house.process.send_signal(number)
                self.assertEqual(house.process.wait(PATIENCE), 0)
                for name in ("door", "desk", "courier"):
                    self.assertTrue(house.log(name).endswith("stop \n"))

    def test_stubborn_worker_is_ended_when_asked_twice(self):
        self.start()
        os.kill(self.house.pids("door")[0], signal.SIGSTOP)
        self.house.process.terminate()
        self.house.told("STOPPING=1")
        self.house.process.terminate()
        self.assertEqual(self.house.process.wait(PATIENCE), 0)

    def test_workers_end_with_their_supervisor(self):
        self.start()
        self.house.process.kill()
        self.house.process.wait()
        for name in ("door", "desk", "courier"):
            self.house.wait(f"{name} stops", lambda:
                            self.house.log(name).endswith("stop \n"))

    def test_reload_restarts_all_or_keeps_the_old(self):
        self.start()
        house = self.house
        house.write_conf("nonsense = 1\n")
        house.process.send_signal(signal.SIGHUP)
        house.wait("refusal", lambda: "no such option" in
                   (house.dir / "stderr").read_text())
        self.assertEqual(len(house.pids("desk")), 1)
        house.write_conf()
        house.process.send_signal(signal.SIGHUP)
        for name in ("door", "desk", "courier"):
            house.wait(f"{name} again", lambda: len(house.pids(name)) == 2)
        house.told("READY=1")

    def test_check_acts_and_usage(self):
        house = self.house
        self.assertIn("good", house.run("-n").stdout)
        act = house.run("backup", "file")
        self.assertEqual((act.returncode, act.stdout), (7, "act backup file\n"))
        self.assertEqual(house.run("dance").returncode, 64)
        self.assertEqual(house.run("--dance").returncode, 64)
        self.assertIn("forewarnd ", house.run("--version").stdout)
        self.assertIn("base_url", house.run("--keys").stdout)
        house.write_conf("nonsense = 1\n")
        bad = house.run("-n")
        self.assertEqual(bad.returncode, 78)
        self.assertIn("forewarn.conf:7: no such option", bad.stderr)

    def test_address_in_use_is_told(self):
        house = self.house
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            house.write_conf(f'listen = {{"127.0.0.1:{port}"}}\n')
            out = house.run()
        self.assertEqual(out.returncode, 1)
        self.assertIn("another program listens there", out.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
