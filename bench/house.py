"""A service filled through its own API, for the benches."""
import http.client
import pathlib
import socket
import subprocess
import sys
import time

from measure import ROOT

sys.path.insert(0, str(ROOT / "tests" / "lib"))
from forewarn_test.service import Service  # noqa: E402
from forewarn_test.sink import free_port  # noqa: E402,F401

LEAD, PASSWORD = "admin@project.example.org", "correct horse battery staple"
REPORT = {"exploited": "no", "reproduced": "no", "ai_help": "no",
          "component": "bluetooth",
          "steps": "Send two fragments; the second is longer than announced."}


def lead(service):
    """The first administrator, set up and logged in."""
    visitor = service.visitor()
    visitor.set_up(service.first_link(), "Lead of the team", PASSWORD)
    visitor.log_in(LEAD, PASSWORD)
    return visitor


def answers(port):
    """Whether the whole way to the desk and back works."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("POST", "/api/v1/status.show", b"{}", {
            "Content-Type": "application/json",
            "Origin": f"http://127.0.0.1:{port}"})
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


def until(check, seconds=20, step=0.001):
    """Seconds until check() is true."""
    began = time.monotonic()
    while not check():
        if time.monotonic() - began > seconds:
            sys.exit(f"bench: not ready after {seconds} s")
        time.sleep(step)
    return time.monotonic() - began


def advisory(build):
    """A public advisory as the service writes it."""
    golden = ROOT / "tests" / "golden" / "full.advisory.json"
    value = b'{"page":' + golden.read_bytes() + b',"me":null,"error":null,' \
        b'"project":{"name":"Example","base_url":"https://example.org"},' \
        b'"path":"/advisory","now":"2026-01-01T00:00:00Z","status":200}'
    return subprocess.run(
        [str(pathlib.Path(build) / "tests" / "browser" / "render"),
         "advisory"], input=value, check=True, capture_output=True).stdout


def listens(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def member(admin, service, email, **more):
    """A colleague, invited and set up, not logged in yet."""
    link = admin.api("account.invite", {
        "email": email, "name": "A colleague", "roles": ["team"],
        **more})["link"]
    person = service.visitor()
    person.set_up(link, "A colleague", PASSWORD)
    return person


def new_case(visitor, title):
    return visitor.api("report.send", {**REPORT, "title": title})["case"]


def big_case(team, branches, events):
    """A case with so many branch rows and so many events."""
    case = new_case(team, "Heap overflow while reassembling fragments")
    me = team.api("account.me")["account"]
    for to, more in (("triage", {}),
                     ("assigned", {"assignee": me, "domain": "Bluetooth",
                                   "priority": "high"})):
        shown = team.api("case.show", {"case": case})
        team.api("case.move", {"case": case, "to": to, "reason": "it is real",
                               "revision": shown["revision"], **more})
    rows = [f"{major}.{minor}" for major in range(60, 80)
            for minor in range(10)][:branches]
    for line in rows:
        team.api("line.set", {
            "name": line, "kind": "stable", "branch": f"v{line}-branch",
            "source": "bench"})
        team.api("fix.set", {
            "case": case, "line": line, "disposition": "in-review",
            "pr": f"https://example.org/pull/{line.replace('.', '')}",
            "owner": "Backporter", "reason": "waits for its review"})
    have = len(team.api("case.show", {"case": case})["events"])
    for i in range(events - have):
        team.api("case.note", {
            "case": case, "text": f"Note {i}: the *second* fragment is "
            "longer than announced; see `l2cap_recv()` and its callers."})
    return case
