#!/usr/bin/env python3
"""Sends the corpus through the form and the API and looks at every output."""
# I-31 I-32 I-35 I-36 I-37 I-38 I-40: nothing of it has an effect.
import html.parser
import json
import pathlib
import re
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]
from corpus import FILES, MARK, REFUSED, TEXTS  # noqa: E402
from forewarn_test.scenario import Stage  # noqa: E402
from forewarn_test.service import Service  # noqa: E402
from forewarn_test.visitor import Refused  # noqa: E402

NEEDED = {"exploited": "no", "reproduced": "no", "ai_help": "no"}
BODIES = ("steps", "impact", "poc", "configuration", "exploited_evidence")
LINES = ("component", "version", "found_how", "others_told")
MOST = {"impact": 32768, "configuration": 8192, "exploited_evidence": 8192}

ALLOWED = {"a", "abbr", "aside", "b", "body", "br", "button", "code", "dd", "details",
           "div", "dl", "dt", "em", "fieldset", "footer", "form", "h1", "h2",
           "h3", "head", "header", "html", "img", "input", "label", "legend",
           "li", "link", "main", "meta", "nav", "ol", "p", "pre", "section",
           "small", "span", "strong", "summary", "svg", "table", "tbody", "td",
           "textarea", "th", "thead", "time", "title", "tr", "ul", "use",
           "blockquote", "caption", "option", "select", "hr", "article", "del",
           "kbd", "sub", "sup", "meter", "optgroup", "figure", "figcaption", "h4", "h5", "h6", "path", "rect"}
# What no page and no mail may hold as bytes.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200d\u200e\u200f"
                       "\u202a-\u202e\u2066-\u2069\ufeff]")


class Tags(html.parser.HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.wrong, self.addresses = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED:
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction"):
                self.addresses.append((tag, value or ""))


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service(extra="").start()
        cls.stage = Stage(cls.service)
        cls.finder = cls.stage.visitor()
        cls.lead = cls.stage.account("lead", None, {})
        cls.cases = []

    @classmethod
    def tearDownClass(cls):
        cls.service.stop()

    def judge(self, answer):
        """A page that shows hostile text shows it as text."""
        self.assertEqual(answer.status, 200)
        policy = answer.headers["content-security-policy"]
        self.assertNotIn("unsafe", policy)
        self.assertRegex(policy, r"script-src 'none'|default-src 'none'")
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        page = Tags(answer.text)
        self.assertEqual(page.wrong, [])
        for tag, address in page.addresses:
            self.assertRegex(address, r"^([/#?]|https?://|mailto:)",
                             f"<{tag}> leads to {address[:80]}")
            if tag in ("img", "use"):
                self.assertTrue(address.startswith("/"), address)
        # what a form sends back stands in it as it is
        visible = re.sub(r'<input[^>]*>|<textarea.*?</textarea>', "",
                         answer.text, flags=re.DOTALL)
        self.assertIsNone(INVISIBLE.search(visible))

    def send(self, **fields):
        return self.finder.api("report.send", {**NEEDED, **fields})

    def secret(self, value):
        return value["link"].rsplit("/", 1)[-1]

    def test_every_text_in_every_field(self):
        taken = 0
        for name, text in TEXTS.items():
            with self.subTest(name):
                line = " ".join(text.split())[:150]
                fields = {f: text[:MOST.get(f, 130000)] for f in BODIES}
                while sum(len(v.encode()) for v in fields.values()) > 250000:
                    fields.popitem()
                for f in BODIES:
                    if f in fields:
                        fields[f] = fields[f].encode()[
                            :MOST.get(f, 131000)].decode(errors="ignore")
                fields.update({f: line for f in LINES})
                try:
                    value = self.send(title=line, **fields)
                except Refused as refusal:
                    self.assertIn(refusal.kind, ("invalid", "limit"))
                    self.assertNotIn("alert", refusal.text)
                    continue
                taken += 1
                page = self.finder.get("/r/" + self.secret(value))
                self.judge(page)
                self.assertIn(MARK, page.text)
                view = self.finder.api(
                    "report.view", {"link": self.secret(value)})
                self.assertEqual(view["report"]["title"], line)
                self.cases.append(value["case"])
        self.assertGreater(taken, len(TEXTS) * 3 // 4)

    def test_replies(self):
        value = self.send(title="a base for replies")
        link = self.secret(value)
        for name, text in TEXTS.items():
            with self.subTest(name):
                try:
                    self.finder.api("report.reply", {
                        "link": link, "text": text[:60000]})
                except Refused as refusal:
                    self.assertIn(refusal.kind, ("invalid", "limit"))
        self.judge(self.finder.get("/r/" + link))

    def test_the_form_sends_back_what_it_got(self):
        for name in ("script", "attribute", "textarea", "template"):
            with self.subTest(name):
                self.finder.get("/report")
                answer = self.finder.submit(
                    "Send report", title=TEXTS[name], component="x",
                    poc=TEXTS[name])
                self.assertEqual(answer.status, 400)
                self.assertEqual(Tags(answer.text).wrong, [])

    def test_bytes_that_are_no_text(self):
        for name, data in REFUSED.items():
            with self.subTest(name):
                body = (b'{"title":"x' + data + b'","exploited":"no",'
                        b'"reproduced":"no","ai_help":"no"}')
                answer = self.finder.request(
                    "POST", "/api/v1/report.send", body,
                    {"Content-Type": "application/json",
                     "Origin": self.finder.origin})
                self.assertEqual(answer.status, 400)

    def test_deep_json(self):
        body = b'{"title":' + b"[" * 5000 + b"]" * 5000 + b"}"
        answer = self.finder.request(
            "POST", "/api/v1/report.send", body,
            {"Content-Type": "application/json",
             "Origin": self.finder.origin})
        self.assertIn(answer.status, (400, 429))

    def test_files_are_stored_and_never_opened(self):
        names = list(FILES)
        for pair in (names[:4], names[4:]):
            self.finder.get("/report")
            answer = self.finder.submit(
                "Send report", title=f"{MARK} files", **NEEDED,
                files={"files": [(n, FILES[n]) for n in pair]})
            if answer.status == 400:
                self.assertEqual(Tags(answer.text).wrong, [])
                continue
            self.judge(answer)
            link = re.search(r"/r/([A-Za-z0-9_-]{30,})", answer.text).group(1)
            self.judge(self.finder.get("/r/" + link))
        site = self.service.state / "site"
        stored = [p for p in site.rglob("*") if p.is_file()]
        for path in stored:
            self.assertNotIn(MARK.encode(), path.read_bytes())

    def test_a_line_of_ten_megabytes(self):
        body = json.dumps({**NEEDED, "title": "long",
                           "steps": "A" * (10 << 20)}).encode()
        try:
            answer = self.finder.request(
                "POST", "/api/v1/report.send", body,
                {"Content-Type": "application/json",
                 "Origin": self.finder.origin})
        except (BrokenPipeError, ConnectionResetError):
            return  # the door hung up before the end
        self.assertIn(answer.status, (400, 413, 429))

    def test_forged_links_lead_nowhere(self):
        value = self.send(title="somebody else's", contact="a@example.org")
        link = self.secret(value)
        other = link[:20] + ("A" if link[20] != "A" else "B") + link[21:]
        for wrong in (other, link.swapcase(), value["case"], link + "/reply",
                      "%2e%2e", "a" * 43, "%00", link + "%00", "*"):
            with self.subTest(wrong):
                answer = self.finder.get("/r/" + wrong)
                self.assertIn(answer.status, (400, 404, 405))
                self.assertNotIn("somebody", answer.text)

    def test_mails_say_nothing(self):
        self.send(title=f"{MARK} title", steps=f"{MARK} steps",
                  contact="mail@example.org")
        mail = self.service.sink.wait(to="mail@example.org")
        self.assertNotIn(MARK, str(mail))

    def test_n_the_team_reads_it_unharmed(self):
        for path in ["/desk/inbox", "/desk/cases"] + [
                "/desk/case/" + number for number in self.cases]:
            with self.subTest(path):
                self.judge(self.lead.get(path))

    def test_z_the_service_lives_and_logged_nothing_of_it(self):
        self.assertEqual(self.finder.get("/report").status, 200)
        log = "\n".join(self.service.log)
        self.assertNotIn(MARK, log)
        self.assertNotIn("\x1b", log)
        self.assertFalse(pathlib.Path(f"/tmp/{MARK}").exists())


if __name__ == "__main__":
    unittest.main()
