"""One vulnerability from report to disclosure, played and checked.

After each step every role looks, and what it sees is compared with what it
should see. The words of the case must not be anywhere in public before the day.
"""
import json
import os
import subprocess
import tempfile
import time

import life
from house import Broken, Refused, Visitor, say

REPORT = (0, "Credits of the ATT zanzibar channel wrap around", "bluetooth",
          "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:H", 190)
SECRET_WORD = "zanzibar"
EMBARGO_DAYS = 60
ROLES = ("public", "reporter", "team", "maintainer", "release", "sensors",
         "member", "locks", "admin", "auditor")
# What each step opens to whom; everybody not named sees nothing.
SEES = {
    "new": {"reporter", "team"},
    "triage": {"reporter", "team", "maintainer"},
    "assigned": {"reporter", "team", "maintainer", "release"},
    "warned": {"reporter", "team", "maintainer", "release", "sensors",
               "member"},
    # Grants end at disclosure: makers read what everybody reads.
    "public": {"public", "reporter", "team", "maintainer", "release"},
}


class Play:
    def __init__(self, place):
        self.place, self.broken, self.number = place, 0, 0
        self.case = life.Case(place, "script", REPORT)
        self.cve = None

    def promise(self, good, text):
        say(f"     {'kept  ' if good else 'BROKEN'} {text}")
        self.broken += not good

    def step(self, text):
        self.number += 1
        day = time.strftime("%Y-%m-%d", time.gmtime(self.place.now()))
        say(f"\n{self.number:2}. {day}  {text}")

    # ---- what everybody sees --------------------------------------------

    def sees(self, role):
        """True if this role gets to see anything of the case."""
        place, case = self.place, self.case
        if role == "public":
            return place.get(f"/advisory/{case.number}.html")[0] == 200
        op, args = "case.show", {"case": case.number}
        if role == "reporter":
            op, args = "report.view", {"link": case.link}
        elif role in ("sensors", "member", "locks"):
            op = "alert.show"
        who = place.people.get(role) or Visitor(place.url)
        try:
            who.api(op, args)
        except Refused as no:
            if no.kind not in ("denied", "missing"):
                raise Broken(f"{role} {op}: {no}") from None
            return False
        return True

    def look(self, stage):
        seen = {role for role in ROLES if self.sees(role)}
        say(f"     sees it: {', '.join(r for r in ROLES if r in seen)}")
        say("     nothing: "
            f"{', '.join(r for r in ROLES if r not in seen) or '-'}")
        wrong = seen ^ SEES[stage]
        self.promise(not wrong, "everybody sees what he should"
                     + (f", but not {', '.join(sorted(wrong))}" if wrong
                        else ""))
        if stage != "public":
            self.silent()

    def silent(self):
        """No mail, no public file has a word of it."""
        place = self.place
        pages = [place.get(path)[1] for path in (
            "/", "/atom.xml", "/notes/4.4.rst", f"/search?text={SECRET_WORD}")]
        mails = [place.mail(href) for _, href, _ in place.mailbox()]
        answer = place.ask(None, "advisory.search", text=SECRET_WORD)
        found = [t for t in pages[:3] + mails if SECRET_WORD in t.lower()]
        self.promise(not found and case_free(answer),
                     f"not a word in {len(mails)} mails and the public pages")

    # ---- the life -------------------------------------------------------

    def report(self):
        self.step("A stranger reports a vulnerability, without an account")
        answer = self.case.report(
            version="v4.4.0", steps="Open two channels, then send credits "
            "until the counter wraps.")
        self.promise(len(answer["content_hash"]) == 64,
                     f"receipt {answer['case']} with a content hash")
        self.look("new")

    def triage(self):
        self.place.pass_time(2)
        self.step("The team acknowledges it and finds its area")
        self.case.triage()
        self.look("triage")

    def assign(self):
        self.place.pass_time(3)
        self.step("Embargo decided by quorum, CVE id given, maintainer named")
        self.case.assign(EMBARGO_DAYS)
        shown = self.case.team("case.show")
        self.cve = find_cve(shown)
        self.promise(bool(self.cve), f"the case has {self.cve}")
        self.look("assigned")

    def warn(self):
        self.step("First notice: triaged. Members and vetted makers only")
        self.case.team("notice.send", kind="triaged")
        self.look("warned")
        for maker in ("sensors", "member"):
            before, after = life.read_alert(self.case, maker)
            self.promise(self.cve not in str(before)
                         and self.cve in str(after),
                         f"{maker} reads only after accepting the embargo")
        self.place.ask("sensors", "alert.state", case=self.case.number,
                       maker=self.place.makers["sensors"], status="affected")
        self.promise(True, "one stated that it is affected")

    def fix(self):
        self.place.pass_time(14)
        self.step("The fix is reviewed, merged on main and every line")
        self.case.review()
        self.case.accept()
        for line in ("4.4", "3.7"):
            self.place.ask(
                "release", "fix.set", case=self.case.number, line=line,
                disposition="merged", commit=self.case.commit(line),
                pr="https://git.example.org/rtos/pull/1002")
        self.case.team("notice.send", kind="merged")
        self.look("warned")

    def release(self):
        self.place.pass_time(10)
        self.step("Releases with the fix; their notes hold a placeholder")
        for tag, line in (("v4.4.1", "4.4"), ("v3.7.2", "3.7")):
            self.place.ask("release", "release.set", tag=tag, line=line,
                           released_at=self.place.instant(-0.5))
            self.place.ask(
                "release", "fix.set", case=self.case.number, line=line,
                disposition="fixed", tag=tag, commit=self.case.commit(line),
                pr="https://git.example.org/rtos/pull/1002")
        notes = str(self.place.ask("team", "notes.show", tag="v4.4.1"))
        self.promise(self.cve.removeprefix("CVE-") in notes
                     and "nder embargo" in notes
                     and SECRET_WORD not in notes.lower(),
                     f"notes of v4.4.1 say: {self.cve} under embargo")
        self.look("warned")

    def approve(self):
        self.step("The texts are approved; the act waits for the end")
        self.case.approve()
        self.case.team_run("end")
        self.look("warned")

    def disclose(self):
        self.place.pass_time(EMBARGO_DAYS)
        self.step("The embargo is over")
        end = time.monotonic() + 30
        while not self.done() and time.monotonic() < end:
            time.sleep(0.3)
        self.look("public")
        text = self.place.get(f"/advisory/{self.case.number}.html")[1]
        self.promise(SECRET_WORD in text, "the advisory says what it is")
        self.promise(self.cve in self.place.get(f"/cve/{self.cve}.json")[1],
                     "the CVE record is there")
        self.promise(self.cve in self.place.get("/atom.xml")[1]
                     or self.case.number in self.place.get("/atom.xml")[1],
                     "the feed has it")
        notes = self.place.get("/notes/4.4.rst")[1]
        self.promise(self.cve.removeprefix("CVE-") in notes
                     and SECRET_WORD in notes
                     and "nder embargo" not in notes,
                     "the release notes name it, and no placeholder is left")
        for address in ("script@researcher.example.org",
                        "psirt@sensors.example.org"):
            self.promise(self.wait_mail(address),
                         f"{address} has a mail about it")

    def done(self):
        return self.case.team("case.show")["state"] == "public"

    def wait_mail(self, address):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if any(to == address and f"/advisory/{self.case.number}"
                   in self.place.mail(href) or to == address
                   and "publi" in title.lower()
                   for to, href, title in self.place.mailbox()):
                return True
            time.sleep(0.3)
        return False

    def command(self, home, *words, stdin=""):
        """build/forewarn with a home of its own; its output."""
        env = {"HOME": home, "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"],
               "FOREWARN_SERVER": self.place.url}
        done = subprocess.run(
            [str(self.place.build / "forewarn"), *words], env=env, text=True,
            input=stdin, capture_output=True, timeout=60)
        if done.returncode:
            raise Broken(f"forewarn {' '.join(words)}: {done.stderr}")
        return done.stdout

    def shell(self):
        self.step("The same at the command line")
        place, number = self.place, self.case.number
        kept = place.secrets["team"]
        with tempfile.TemporaryDirectory() as home:
            self.command(home, "login", "--email", kept["email"], "--code",
                         place.people["team"].code(), "--password", "-",
                         stdin=kept["password"] + "\n")
            cases = json.loads(self.command(home, "--json", "case", "list"))
            self.promise(cases == place.ask("team", "case.list"),
                         "forewarn case list answers what the API answers")
            shown = self.command(home, "case", "show", number)
            self.promise(self.cve in shown and self.case.title in shown,
                         f"forewarn case show {number} has the facts")
            self.command(home, "logout")
            self.promise(
                not os.path.getsize(home + "/.config/forewarn/token"),
                "login kept a token, logout ended it")

    def audit(self):
        self.step("The auditor checks the ledger")
        answer = self.place.ask("auditor", "audit.verify")
        self.promise(answer["whole"] is True,
                     f"the chain of {answer['rows']} rows is whole")
        rows = self.place.ask("auditor", "audit.list",
                              object=self.case.number, limit=500)
        self.promise(SECRET_WORD not in str(rows).lower(),
                     "the ledger names acts, not contents")


def case_free(answer):
    """True if a search found nothing."""
    return not any(isinstance(v, list) and v for v in answer.values())


def find_cve(value):
    """The first CVE id anywhere in an answer."""
    import re
    found = re.search(r"CVE-1900-\d{4,}", str(value))
    return found and found[0]


def play(place):
    say("One vulnerability, from report to disclosure:")
    life.pool(place)
    life.releases(place)
    life.makers(place)
    life.stranger(place)
    play_ = Play(place)
    for act in (play_.report, play_.triage, play_.assign, play_.warn,
                play_.fix, play_.release, play_.approve, play_.disclose,
                play_.shell, play_.audit):
        act()
    say(f"\n{play_.number} steps, {play_.broken} promises broken")
    if play_.broken:
        raise Broken("not everything was as promised")
