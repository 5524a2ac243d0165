"""Clocks, memory and load: what every bench here measures with."""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SERVER_CORE, LOAD_CORE = "0", str(max(0, (os.cpu_count() or 1) - 1))
TICKS = os.sysconf("SC_CLK_TCK")


def say(text):
    """Progress goes beside the table, which is standard output."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def need(program, package):
    path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    if path is None:
        sys.exit(f"bench: {program} is missing: apt-get install {package}")
    return path


def median(values):
    return statistics.median(values)


def cpu(pids):
    """User and system seconds the processes used so far."""
    used = 0
    for pid in pids:
        # The name may hold blanks; what follows its bracket may not.
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text()
        fields = fields.rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def _kilobytes(path, key):
    found = re.search(rf"^{key}:\s+(\d+) kB", pathlib.Path(path).read_text(),
                      re.M)
    return int(found[1]) / 1024


def pss(pid):
    """Megabytes of memory, shared pages divided among those who share."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss")


def peak(pid):
    """Megabytes at most resident since the process began."""
    return _kilobytes(f"/proc/{pid}/status", "VmHWM")


def pin(pids, core):
    """Binds every thread of the processes to one core."""
    for pid in pids:
        subprocess.run(["taskset", "-a", "-p", "-c", core, str(pid)],
                       check=True, stdout=subprocess.DEVNULL)


def wrk(url, seconds, connections, headers=(), think=0):
    """One run of wrk on its own core: {requests, seconds, errors, p50, …}.

    think: mean milliseconds a visitor waits between answer and next request.
    """
    command = ["taskset", "-c", LOAD_CORE, need("wrk", "wrk"), "-t", "1",
               "-c", str(connections), "-d", f"{seconds}s", "--timeout", "20s",
               "-s", str(HERE / ("visit.lua" if think else "flood.lua"))]
    for header in headers:
        command += ["-H", header]
    done = subprocess.run(command + [url, "--", str(think)], check=True,
                          capture_output=True, text=True)
    answer = json.loads(done.stdout.rpartition("RESULT ")[2])
    if answer["requests"] == 0 or answer["errors"]:
        sys.exit(f"bench: wrk met {answer['errors']} errors at {url}:\n"
                 + done.stdout)
    return answer


def load(pids, *args, **more):
    """wrk, with the CPU seconds that the given processes used for it."""
    before = cpu(pids)
    answer = wrk(*args, **more)
    answer["cpu"] = cpu(pids) - before
    answer["rate"] = answer["requests"] / answer["seconds"]
    answer["each"] = answer["cpu"] / answer["requests"]
    return answer


class Nginx:
    """with Nginx(directory) as nginx: nginx.url. One worker, best settings."""

    def __init__(self, directory, port):
        self.directory, self.port = directory, port
        self.url = f"http://127.0.0.1:{port}"
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="forewarn-nginx-"))
        self.process = None

    def start(self):
        (self.dir / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {self.dir}/pid;
            error_log {self.dir}/error.log;
            {"user root;" if os.geteuid() == 0 else ""}
            events {{ worker_connections 1024; }}
            http {{
              types {{ text/html html; }}
              access_log off; sendfile on; tcp_nopush on;
              open_file_cache max=100; keepalive_requests 1000000000;
              client_body_temp_path {self.dir}/1; proxy_temp_path {self.dir}/2;
              fastcgi_temp_path {self.dir}/3; uwsgi_temp_path {self.dir}/4;
              scgi_temp_path {self.dir}/5;
              server {{ listen 127.0.0.1:{self.port}; root {self.directory}; }}
            }}""")
        self.process = subprocess.Popen(
            [need("nginx", "nginx-light"), "-c", str(self.dir / "nginx.conf"),
             "-e", str(self.dir / "error.log")],
            stderr=subprocess.DEVNULL)

    def pids(self):
        tasks = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(p) for p in pathlib.Path(tasks).read_text().split()]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
