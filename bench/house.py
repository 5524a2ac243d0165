"""A service filled through its own API, for the benches."""
import http.client
import pathlib
import re
import smtplib
import socket
import subprocess
import sys
import time

from measure import ROOT

sys.path.insert(0, str(ROOT / "tests" / "lib"))
from forewarn_test.service import Service  # noqa: E402
from forewarn_test.sink import Sink, free_port  # noqa: E402,F401

LEAD, PASSWORD = "admin@project.example.org", "correct horse battery staple"
REPORT = {"exploited": "no", "reproduced": "no", "ai_help": "no",
          "credit": "anonymous", "component": "bluetooth",
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


def makers(team, count, sink):
    """So many entitled recipients: entered by the team, alias confirmed."""
    for i in range(count):
        team.api("member.add", {
            "kind": "project-member", "organisation": f"Example Maker {i}",
            "domains": [f"m{i}.example.org"], "terms": "1",
            "alias": f"psirt@m{i}.example.org", "publish": True,
            "accepted_by": "Head of product security"})
    for i in range(count):
        mail = sink.wait(120, to=f"psirt@m{i}.example.org")[0]
        team.api("maker.confirm", {
            "link": re.search(r"/confirm/([\w-]+)", mail.text)[1]})


_quiet = {}


def settle(sink, seconds=900):
    """Waits until the sink got nothing for some seconds."""
    _quiet.clear()
    until(lambda: settled(sink), seconds, 0.2)


def settled(sink, seconds=3):
    """Whether the sink got nothing for some seconds."""
    count, now = len(sink.mails), time.monotonic()
    if _quiet.get("count") != count:
        _quiet.update(count=count, since=now)
    return now - _quiet["since"] >= seconds


def plain_mails(count):
    """Mails a second that smtplib gets into such a sink, one connection."""
    text = "Subject: News\n\n" + "There is news. Log in to read it.\n" * 10
    with Sink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as link:
        began = time.monotonic()
        for i in range(count):
            link.sendmail("psirt@project.example.org",
                          f"psirt@m{i}.example.org", text)
        return count / (time.monotonic() - began)


def instant(service_now, days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(service_now + days * 86400))


def ready_cases(team, count, say):
    """So many cases, fixed everywhere and approved, under embargo."""
    me = team.api("account.me")["account"]
    team.api("cve.import", {"ids": f"CVE-1900-1000..{1000 + count}"})
    lines = [row["name"] for row in team.api("line.list")["lines"]
             if row["name"] != "main"]
    for line in lines:
        team.api("release.set", {"tag": f"v{line}.99", "line": line,
                                 "released_at": instant(time.time(), -1)})
    numbers = [new_case(team, f"Length of packet kind {i} is not checked")
               for i in range(count)]
    team.api("rehearse.advance", {"seconds": 7200})
    for i, case in enumerate(numbers):
        if i % 20 == 0:
            say(f"  case {i} of {count}")
        _ready(team, me, i, case)
    return numbers


def _ready(team, me, i, case):
    commit, pr = f"{i:040x}", f"https://example.org/pull/{i}"

    def ask(op, **args):
        return team.api(op, {"case": case, **args})

    def change(op, **args):
        ask(op, revision=ask("case.show")["revision"], **args)

    change("case.move", to="triage", reply="Thank you.")
    change("case.edit", domain="bluetooth", component="Bluetooth host",
           description="Input from outside reaches code that believes it.",
           impact="An attacker nearby can stop the device.",
           backport_plan="Every supported line gets it.", cwe=787,
           cvss31="CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:H",
           introduced="3.5.0")
    change("embargo.decide", met_at=instant(time.time(), 0.04),
           attendees=[f"Seat {seat}" for seat in "ABCDE"], embargo=True,
           ends_at=instant(time.time(), 30), severity_note="As scored",
           exploitability="Likely", reason="Makers need time")
    change("case.move", to="assigned", priority="high", assignee=me,
           domain="bluetooth")
    ask("cve.assign")
    ask("notice.send", kind="triaged")
    change("case.move", to="review", pr=pr)
    ask("fix.set", line="main", disposition="merged", commit=commit, pr=pr)
    change("case.move", to="accepted", commit=commit)
    for row in ask("case.show")["branches"]:
        if row["line"] != "main":
            ask("fix.set", line=row["line"], disposition="fixed",
                commit=commit, pr=pr, tag=f"v{row['line']}.99")
    ask("disclose.approve", digest=ask("disclose.check")["digest"])
