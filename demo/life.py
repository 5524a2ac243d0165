"""Fills the demo: past advisories, makers, eight open cases by the real API."""
import json
import pathlib
import re
import time

from house import Broken, say

HERE = pathlib.Path(__file__).resolve().parent
COMMITTEE = ["Seat A", "Seat B", "Seat C", "Seat D", "Seat E"]
COMMITS = {"main": "1f0c", "4.4": "2a4d", "4.3": "3b5e", "3.7": "4c6f"}

# Invented, all of them. day: when it is reported.
REPORTS = {
    "overdue": (0, "Length of a mesh proxy packet is not checked",
                "bluetooth", "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:H",
                787),
    "ending": (2, "Fragments of a 6LoWPAN packet overlap", "networking",
               "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:H", 125),
    "backports": (30, "USB descriptor of a strange device is trusted", "usb",
                  "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 129),
    "review": (58, "Shell history leaks between users", "kernel",
               "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N", 200),
    "assigned": (70, "Pairing key stays in memory after unpairing",
                 "bluetooth",
                 "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N", 316),
    "duplicate": (78, "Key of a forgotten phone can be read", "bluetooth",
                  None, None),
    "triage": (84, "File name with two dots leaves its folder", "storage",
               None, None),
    "new": (88, "Update server certificate is not checked twice",
            "management", None, None),
}
LAST_DAY = 88


class Case:
    """One case of the demo and the acts of its team."""

    def __init__(self, place, name, report):
        self.place, self.name = place, name
        _, self.title, self.area, self.vector, self.cwe = report

    def team(self, op, **args):
        return self.place.ask("team", op, case=self.number, **args)

    @property
    def revision(self):
        return self.team("case.show")["revision"]

    def report(self, **more):
        answer = self.place.ask(
            None, "report.send", **({
                "title": self.title, "component": self.area,
                "version": "v4.4.0",
                "steps": "Send the packet in the attached capture to a board "
                         "that runs the sample application.",
                "impact": "The device resets, and more may be possible.",
                "exploited": "no", "reproduced": "yes",
                "reproduced_on": "a development board", "ai_help": "no",
                "credit": "name", "credit_name": f"Reporter of {self.name}",
                "contact": f"{self.name}@researcher.example.org"} | more))
        self.number = answer["case"]
        self.link = answer["link"].rsplit("/", 1)[-1]
        return answer

    def triage(self):
        self.team("case.move", to="triage", revision=self.revision,
                  reply="Thank you. We can follow it and look into it now.")
        self.team("case.edit", revision=self.revision, domain=self.area,
                  component=self.area)

    def judge(self):
        self.team("case.edit", revision=self.revision,
                  description=f"{self.title}. Input from outside reaches code "
                              "that believes it.\n\nThe fix checks it first.",
                  backport_plan="Every supported line gets the fix before "
                                "the end of the embargo.",
                  impact="An attacker nearby can stop the device.",
                  cvss31=self.vector, cwe=self.cwe, introduced="3.5.0")

    def embargo(self, days):
        self.team("embargo.decide", revision=self.revision,
                  met_at=self.place.instant(-0.1), attendees=COMMITTEE,
                  embargo=True, ends_at=self.place.instant(days),
                  severity_note="As scored", exploitability="Shown by the "
                  "reporter", reason="Makers need time to ship the fix")

    def assign(self, days, priority="high"):
        self.judge()
        self.embargo(days)
        who = self.place.ask("maintainer", "account.me")["account"]
        self.team("case.move", to="assigned", revision=self.revision,
                  priority=priority, assignee=who, domain=self.area)
        self.team("cve.assign")

    def review(self):
        self.team("case.move", to="review", revision=self.revision,
                  pr=f"https://git.example.org/rtos/pull/{self.serial}")

    @property
    def serial(self):
        return int(self.number.rsplit("-", 1)[-1]) + 1000

    def commit(self, line):
        return COMMITS.get(line, "5d70") + f"{self.serial:036d}"

    def accept(self):
        self.fix("main", "merged")
        self.team("case.move", to="accepted", revision=self.revision,
                  commit=self.commit("main"))

    def fix(self, line, disposition, **more):
        if disposition in ("merged", "fixed"):
            more |= {"commit": self.commit(line), "pr":
                     f"https://git.example.org/rtos/pull/{self.serial}"}
        self.team("fix.set", line=line, disposition=disposition, **more)

    def team_run(self, when):
        self.place.ask("team", "disclose.run", cases=[self.number], when=when)

    def approve(self):
        digest = self.team("disclose.check")["digest"]
        self.team("disclose.approve", digest=digest)


def past(place):
    """Real advisories, long public; facts only, in our words."""
    rows = json.loads((HERE / "advisories.json").read_text())
    for row in rows:
        place.ask("team", "advisory.import", **row)
    say(f"  {len(rows)} past advisories")


def pool(place):
    place.ask("team", "cve.import", ids="CVE-1900-0001..0040")


MAKERS = (
    ("sensors", "Example Sensors", "product-maker", "Soil sensor"),
    ("locks", "Example Locks", "product-maker", "Door lock"),
    ("modules", "Example Modules", "module-maker", "Radio module"),
)


def apply(place, key, name, category, product):
    domain = f"{key}.example.org"
    return place.ask(
        None, "maker.apply", organisation=name,
        legal_name=f"{name} (invented)", country="Germany",
        domains=[domain], category=category, product=product,
        product_url=f"https://{domain}/product",
        evidence_text="The boot banner in the manual, page 4, names it.",
        lines=["4.4", "3.7"], contact_url=f"https://{domain}/security",
        alias=f"psirt@{domain}", eu_market=True, terms="1",
        accepted_by="Head of product security")


def link_in(place, address, kind):
    """The secret of the newest link of a kind that was mailed there."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for to, href, _ in place.mailbox():
            found = to == address and re.search(
                rf"/{kind}/([\w-]{{16,}})", place.mail(href))
            if found:
                return found[1]
        time.sleep(0.2)
    raise Broken(f"no mail with a link /{kind}/ to {address}")


def confirm(place, key):
    """Answers the alias challenge by the link in its mail."""
    place.ask(None, "maker.confirm",
              link=link_in(place, f"psirt@{key}.example.org", "confirm"))


def find_maker(place, name):
    for rows in place.ask("team", "maker.list").values():
        for row in rows if isinstance(rows, list) else ():
            if row["name"] == name:
                return row["maker"]
    raise Broken(f"no maker {name}")


def approve_maker(place, maker):
    for criterion, evidence in (("C1", "The product page shows it"),
                                ("C2", "Its host is the declared domain"),
                                ("C3", "The alias answered the challenge")):
        place.ask("team", "maker.criterion", maker=maker, criterion=criterion,
                  answer="yes", evidence=evidence)
    shown = place.ask("team", "maker.show", maker=maker)
    place.ask("team", "maker.decide", maker=maker,
              revision=shown["revision"], outcome="approve",
              reason="All three criteria are met", publish=True)


def invite_contact(place, maker, key, name):
    email = f"{key}@{key}.example.org"
    place.ask("team", "maker.contact", maker=maker, email=email, name=name)
    place.enter(key, link_in(place, email, "setup"), name, email)


def makers(place):
    """Two active makers, one application waiting, one project member."""
    place.makers = {}
    for key, name, category, product in MAKERS:
        apply(place, key, name, category, product)
    for key, name, _, _ in MAKERS[:2]:
        confirm(place, key)
        place.makers[key] = find_maker(place, name)
        approve_maker(place, place.makers[key])
        invite_contact(place, place.makers[key], key, f"Contact of {name}")
    member = place.ask(
        "team", "member.add", kind="project-member",
        organisation="Example Member", domains=["member.example.org"],
        alias="psirt@member.example.org", terms="1",
        accepted_by="Head of product security", publish=True)
    place.makers["member"] = member["maker"]
    confirm(place, "member")
    invite_contact(place, member["maker"], "member",
                   "Contact of Example Member")
    say("  2 makers, 1 application, 1 project member")


def stranger(place):
    """A maker that was vetted and then suspended: it must see nothing."""
    place.ask("team", "maker.suspend", maker=place.makers["locks"],
              reason="Shared a copy of an advisory")


def releases(place):
    for tag, line, at in (("v3.7.0", "3.7", "2024-07-26"),
                          ("v4.3.0", "4.3", "2025-11-14"),
                          ("v4.4.0", "4.4", "2026-04-14")):
        place.ask("release", "release.set", tag=tag, line=line,
                  released_at=at)


def open_cases(place):
    """Days pass; each case gets as far as its name says."""
    cases = {name: Case(place, name, report)
             for name, report in REPORTS.items()}
    acts = sorted(
        [(report[0], name, "report") for name, report in REPORTS.items()]
        + [(2, "overdue", "assign"), (4, "ending", "assign"),
           (20, "overdue", "fixed"), (24, "ending", "fixed"),
           (32, "backports", "assign"), (50, "backports", "merged"),
           (60, "review", "assign"), (72, "assigned", "assign"),
           (75, "review", "review"), (79, "duplicate", "reject"),
           (81, "overdue", "attacked"), (85, "triage", "triage"),
           (87, "ending", "approve")],
        key=lambda act: act[0])
    day = 0
    for when, name, act in acts:
        if when > day:
            place.pass_time(when - day)
            day = when
        globals()["act_" + act](cases[name])
    return cases


def act_report(case):
    if case.name == "new":
        case.report(exploited="unknown", ai_help="partly", contact=None)
    else:
        case.report()


def act_triage(case):
    case.triage()
    case.team("case.note", text="Looks real. Who knows the file system?")
    case.team("case.ask", text="Which version of the bootloader is it?",
              question=True)


# How long each embargo lasts, from the day it is decided.
ENDS = {"overdue": 78, "ending": LAST_DAY - 4 + 2.9, "backports": 75,
        "review": 80, "assigned": 85}


def act_assign(case):
    case.triage()
    case.assign(ENDS[case.name])
    case.team("notice.send", kind="triaged")


def act_reject(case):
    case.triage()
    survivor = next(c["number"] for c in case.place.ask(
        "team", "case.list")["cases"] if "Pairing key" in c["title"])
    case.team("case.move", to="rejected", revision=case.revision,
              reject="duplicate", duplicate_of=survivor,
              reason="The same key, the same file",
              reply="Thank you. Somebody else reported it a week ago; you "
                    "are credited as well.")


def act_review(case):
    case.review()


def act_merged(case):
    case.review()
    case.accept()
    case.fix("4.4", "in-review",
             pr=f"https://git.example.org/rtos/pull/{case.serial + 500}")
    case.fix("3.7", "pending", owner="Release manager of 3.7 and 4.4",
             due=case.place.instant(45), reason="The LTS branch has an older "
             "stack; the backport is being written")
    case.team("notice.send", kind="merged")


def act_fixed(case):
    case.review()
    case.accept()
    for line in ("4.4", "3.7"):
        case.fix(line, "merged")
    case.team("notice.send", kind="merged")


def read_alert(case, maker):
    """A maker accepts the embargo, reads, and says that it has read."""
    place = case.place
    about = {"case": case.number, "maker": place.makers[maker]}
    shown = place.ask(maker, "alert.show", case=case.number)
    place.ask(maker, "embargo.consent", number=shown["number"],
              answer="accept", **about)
    place.ask(maker, "alert.acknowledge", **about)
    return shown, place.ask(maker, "alert.show", case=case.number)


def act_approve(case):
    place = case.place
    for tag, line in (("v4.4.1", "4.4"), ("v3.7.2", "3.7")):
        place.ask("release", "release.set", tag=tag, line=line,
                  released_at=place.instant(-1))
        case.fix(line, "fixed", tag=tag)
    for maker in ("sensors", "member"):
        read_alert(case, maker)
    place.ask("sensors", "alert.state", case=case.number,
              maker=place.makers["sensors"], status="working",
              reason="The soil sensor is affected; the fix is in test")
    case.approve()


def act_attacked(case):
    case.team("fact.record", fact="attacks",
              true_at=case.place.instant(-1), confidence="medium",
              source="A maker saw odd packets in the field")


def fill(place):
    say("Filling the demo:")
    past(place)
    pool(place)
    releases(place)
    makers(place)
    cases = open_cases(place)
    say(f"  {len(cases)} open cases, all invented:")
    for case in place.ask("team", "case.list")["cases"]:
        if case["state"] != "public":
            say(f"    {case['number']}  {case['state']:9} {case['title']}")
