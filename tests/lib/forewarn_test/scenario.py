"""Plays tests/scenario/*.scn; the language is described in README.md there."""
import datetime
import json
import re
import time

from .service import seconds
from .visitor import Refused

OPENING, CLOSING = "{[", "}]"
VARIABLE = re.compile(
    r"\$(?:\{([^}]+)\}|([A-Za-z]\w*(?:\.\w+|\[[^]]*\])*))")


class Mistake(Exception):
    """The scenario is not well written."""


class Line:
    def __init__(self, number, text):
        self.number, self.text = number, text


def read(text):
    """Logical lines: indented lines continue, # comments and blanks vanish."""
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        if raw[0] in " \t":
            if not lines:
                raise Mistake(f"line {number}: nothing to continue")
            lines[-1].text += " " + raw.strip()
        else:
            lines.append(Line(number, raw.strip()))
    return lines


def words(text):
    """Splits at blanks outside quotes, {…} and […]; quotes stay."""
    out, word, depth, quote, i = [], "", 0, False, 0
    while i < len(text):
        c = text[i]
        if quote and c == "\\" and i + 1 < len(text):
            word += text[i:i + 2]
            i += 2
            continue
        if c == '"':
            quote = not quote
        elif not quote and c in OPENING:
            depth += 1
        elif not quote and c in CLOSING:
            depth -= 1
        if c in " \t" and not quote and depth == 0:
            if word:
                out.append(word)
            word = ""
        else:
            word += c
        i += 1
    if quote or depth:
        raise Mistake("a quote or bracket is not closed")
    return out + [word] if word else out


def look(value, path):
    """What stands at .a.b[0] or .list[key=text]; Mistake when absent."""
    for name, index in re.findall(r"\.([\w-]+)|\[([^]]*)\]", path):
        try:
            if name:
                value = value[name]
            elif "=" in index:
                key, _, want = index.partition("=")
                value = next(v for v in value if str(v.get(key)) == want)
            else:
                value = value[int(index)]
        except (KeyError, IndexError, TypeError, ValueError,
                StopIteration, AttributeError):
            raise AssertionError(
                f"nothing at {path} in {brief(value)}") from None
    return value


def brief(value):
    text = value if isinstance(value, str) else json.dumps(
        value, ensure_ascii=False)
    return text if len(text) <= 1200 else text[:1200] + " …"


class Player:
    """Plays lines against a stage: a Service, or a fake with its methods."""

    def __init__(self, stage, report=lambda line, problem: None):
        self.stage, self.report = stage, report
        self.people, self.vars = {}, {}
        self.last = None      # answer of the last operation
        self.page = None      # answer of the last page
        self.patience = 0.0   # seconds, set by `within`
        self.admin = None

    def play(self, lines):
        """Plays until the first failure; True when all went well."""
        for line in lines:
            try:
                self.do(line.text)
            except (AssertionError, Mistake, OSError, KeyError,
                    ValueError) as problem:
                self.report(line, problem)
                return False
            self.report(line, None)
        return True

    def do(self, text):
        verb, _, rest = text.partition(" ")
        act = getattr(self, "do_" + verb, None)
        if act is None:
            raise Mistake(f"no such verb: {verb}")
        act(rest.strip())

    # ---- words to values --------------------------------------------------

    def fill(self, text):
        """Replaces $name, ${name} and $name.path inside text."""
        def put(match):
            value = self.value_of(match[1] or match[2])
            return value if isinstance(value, str) else json.dumps(value)
        return VARIABLE.sub(put, text)

    def value_of(self, name):
        head, dot, path = name.partition(".")
        if head not in self.vars:
            raise Mistake(f"nothing was called ${head} before")
        return look(self.vars[head], dot + path)

    def instant(self, text):
        at = self.stage.now() + (
            -seconds(text[2:]) if text[1] == "-" else seconds(text[1:]))
        return datetime.datetime.fromtimestamp(
            int(at), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def value(self, word):
        if re.fullmatch(r"@[+-]\d+[smhdw]?", word):
            return self.instant(word)
        match = VARIABLE.fullmatch(word)
        if match:
            return self.value_of(match[1] or match[2])
        if word[:1] in '"{[' or re.fullmatch(
                r"-?\d+(\.\d+)?|true|false|null", word):
            try:
                return self.deep(json.loads(word))
            except ValueError as problem:
                raise Mistake(f"{word}: {problem}") from None
        return self.fill(word)

    def deep(self, value):
        """Fills variables and instants in the texts of a JSON value."""
        if isinstance(value, str):
            return (self.instant(value)
                    if re.fullmatch(r"@[+-]\d+[smhdw]?", value)
                    else self.fill(value))
        if isinstance(value, list):
            return [self.deep(v) for v in value]
        if isinstance(value, dict):
            return {k: self.deep(v) for k, v in value.items()}
        return value

    def arguments(self, parts):
        args = {}
        for part in parts:
            match = re.match(r"([A-Za-z_]\w*)=(.*)", part, re.S)
            if match:
                args[match[1]] = self.value(match[2])
            elif part.startswith("{"):
                args |= self.value(part)
            else:
                raise Mistake(f"{part!r} is neither key=value nor {{…}}")
        return args

    def person(self, name):
        if name not in self.people:
            self.people[name] = self.stage.visitor()
        return self.people[name]

    # ---- splitting a line at its keywords ---------------------------------

    @staticmethod
    def clauses(text, *keywords):
        """[words before], {keyword: [words after it]} in any order."""
        here, found = [], {}
        first = here
        for word in words(text):
            if word in keywords:
                here = found.setdefault(word, [])
                if here:
                    here.append("and")
            else:
                here.append(word)
        return first, found

    def keep(self, parts, value):
        """-> name=.path name2=.path2, or -> name for the whole answer."""
        for part in parts:
            name, eq, path = part.partition("=")
            self.vars[name] = look(value, path) if eq else value

    def check(self, parts, value):
        """.path = x and .path != x and .path contains x and no .path …"""
        while parts:
            end = parts.index("and") if "and" in parts else len(parts)
            self.check_one(parts[:end], value)
            parts = parts[end + 1:]

    def check_one(self, parts, value):
        if len(parts) == 2 and parts[0] == "no":
            try:
                found = look(value, parts[1])
            except AssertionError:
                return
            if found not in (None, [], {}, "", False):
                raise AssertionError(f"{parts[1]} is {brief(found)}")
            return
        found = look(value, parts[0])
        if len(parts) == 1:
            if found in (None, [], {}, "", False):
                raise AssertionError(f"{parts[0]} is {brief(found)}")
            return
        if len(parts) != 3:
            raise Mistake("write .path = value, != value, contains value, "
                          "lacks value, counts number, > or < value")
        want = self.value(parts[2])
        whole = found if isinstance(found, str) else json.dumps(
            found, ensure_ascii=False)
        tests = {
            "=": lambda: found == want,
            "!=": lambda: found != want,
            "contains": lambda: str(want) in whole,
            "lacks": lambda: str(want) not in whole,
            "counts": lambda: len(found) == want,
            ">": lambda: found > want,
            "<": lambda: found < want,
        }
        if parts[1] not in tests:
            raise Mistake(f"no such comparison: {parts[1]}")
        if not tests[parts[1]]():
            raise AssertionError(
                f"{parts[0]} is {brief(found)}, not {parts[1]} {brief(want)}")

    def until(self, act):
        """Does act again until it passes or the patience of `within` ends."""
        end = time.monotonic() + self.patience
        while True:
            try:
                return act()
            except (AssertionError, OSError):
                if time.monotonic() >= end:
                    raise
                time.sleep(0.1)

    # ---- verbs ------------------------------------------------------------

    def do_title(self, text):
        pass

    def do_within(self, text):
        length, _, rest = text.partition(" ")
        self.patience = float(seconds(length))
        try:
            self.until(lambda: self.do(rest))
        finally:
            self.patience = 0.0

    def do_person(self, text):
        """person NAME [role,role] [key=value …]: an account, logged in."""
        parts = words(text)
        name = parts.pop(0)
        roles = (parts.pop(0).split(",")
                 if parts and "=" not in parts[0] else [])
        self.people[name] = self.stage.account(
            name, roles, self.arguments(parts))

    def do_as(self, text):
        name, _, rest = text.partition(" ")
        verb, _, tail = rest.strip().partition(" ")
        who = self.person(name)
        special = {"page": self.as_page, "fill": self.as_fill,
                   "follow": self.as_follow, "expect": self.as_expect,
                   "joins": self.as_joins, "token": self.as_token}
        if verb in special:
            special[verb](who, tail.strip())
        else:
            self.as_operation(who, verb, tail)

    def as_operation(self, who, op, text):
        if "." not in op:
            raise Mistake(f"{op!r} is no operation; write room.verb")
        parts, found = self.clauses(text, "where", "->")
        self.last = who.api(op, self.arguments(parts))
        self.check(found.get("where", []), self.last)
        self.keep(found.get("->", []), self.last)

    def as_expect(self, who, text):
        parts, found = self.clauses(text, "saying")
        kind, _, field = parts[0].partition(":")
        try:
            value = who.api(parts[1], self.arguments(parts[2:]))
        except Refused as no:
            if no.kind not in kind.split("|") or (field and no.field != field):
                raise AssertionError(f"expected {parts[0]}, got {no}") from None
            for word in found.get("saying", []):
                if str(self.value(word)) not in no.text:
                    raise AssertionError(
                        f"{word} is not in: {no.text}") from None
            return
        raise AssertionError(f"expected {parts[0]}, got {brief(value)}")

    def as_page(self, who, text):
        parts, found = self.clauses(text, "status", "containing", "missing")
        self.page = who.get(self.fill(parts[0]))
        self.judge_page(self.page, found)

    def as_fill(self, who, text):
        parts, found = self.clauses(text, "status", "containing", "missing")
        word = ""
        if parts and "=" not in parts[0]:
            word = str(self.value(parts.pop(0)))
        self.page = who.submit(word, **self.arguments(parts))
        self.judge_page(self.page, found)

    def as_follow(self, who, text):
        parts, found = self.clauses(text, "status", "containing", "missing")
        self.page = who.get(
            who.answer.page.link(str(self.value(parts[0]))))
        self.judge_page(self.page, found)

    def as_joins(self, who, text):
        """joins LINK: opens a one-time set-up link and logs in."""
        args = self.arguments(words(text))
        self.stage.join(who, str(args["link"]),
                        args.get("name", "Test Person"))

    def as_token(self, who, text):
        who.token = str(self.value(words(text)[0]))

    def judge_page(self, answer, found):
        want = int(found.get("status", ["200"])[0])
        if answer.status != want:
            raise AssertionError(
                f"{answer.url}: status {answer.status}, not {want}: "
                f"{brief(answer.body.decode(errors='replace'))}")
        self.judge_text(answer, found)

    def judge_text(self, answer, found):
        raw = answer.body.decode(errors="replace")
        seen = answer.page.text if "html" in answer.headers.get(
            "content-type", "") else raw
        for word in found.get("containing", []):
            text = str(self.value(word))
            if word != "and" and text not in seen and text not in raw:
                raise AssertionError(
                    f"{answer.url} lacks {text!r}: {brief(seen)}")
        for word in found.get("missing", []):
            text = str(self.value(word))
            if word != "and" and (text in seen or text in raw):
                raise AssertionError(f"{answer.url} shows {text!r}")

    def do_expect(self, text):
        first, _, rest = text.partition(" ")
        if first == "mail":
            self.expect_mail(rest)
        elif first == "page":
            self.as_page(self.stage.visitor(), rest)
        elif text.startswith("no mail"):
            self.expect_no_mail(text[len("no mail"):])
        elif text.startswith("no page"):
            self.as_page(self.stage.visitor(), rest[4:] + " status 404")
        else:
            parts, found = self.clauses(text, "->")
            self.check(parts, self.last)
            self.keep(found.get("->", []), self.last)

    def mail_query(self, text):
        text, _, keep = text.partition(" -> ")
        keep = re.findall(r"(\w+)=/(.*?)/(?=\s|$)", keep)
        parts, found = self.clauses(text, "containing")
        args = self.arguments(parts)
        unknown = set(args) - {"to", "subject", "count"}
        if unknown:
            raise Mistake(f"mails are found by to, subject, count; not "
                          f"{', '.join(unknown)}")
        args["containing"] = [str(self.value(w))
                              for w in found.get("containing", [])
                              if w != "and"]
        return args, keep

    def expect_mail(self, text):
        args, keep = self.mail_query(text)
        mail = self.stage.sink.wait(seconds=max(self.patience, 10.0),
                                    **args)[-1]
        for name, pattern in keep:
            match = re.search(pattern, mail.text)
            if not match:
                raise AssertionError(f"{pattern} not in: {mail.text}")
            self.vars[name] = match[1] if match.re.groups else match[0]

    def expect_no_mail(self, text):
        args, _ = self.mail_query(text)
        args.pop("count", None)
        time.sleep(0.5)
        found = self.stage.sink.find(**args)
        if found:
            raise AssertionError(f"there is {found}")

    def do_mail(self, text):
        """mail refuse ADDRESS | mail accept ADDRESS | mail forget …"""
        parts = words(text)
        if parts == ["forget"]:
            self.stage.sink.forget()
        else:
            self.stage.sink.mode(parts[0], self.fill(
                parts[1]) if len(parts) > 1 else "*")

    def do_clock(self, text):
        self.stage.clock(text.strip())

    def do_kill(self, text):
        self.stage.kill(text.strip() or None)
        if not text.strip() or text.strip() == "all":
            self.stage.start()

    def do_restart(self, text):
        self.stage.restart()

    def do_set(self, text):
        for name, value in self.arguments(words(text)).items():
            self.vars[name] = value


class Stage:
    """A Service with people on it, as the Player wants it."""

    def __init__(self, service):
        self.service, self.sink = service, service.sink
        self.admin = None

    def visitor(self):
        return self.service.visitor()

    def now(self):
        return self.service.now()

    def join(self, who, link, name):
        """Finishes a set-up link as who and logs in."""
        password = f"correct horse {name}"
        email = who.set_up(link, name, password)["email"]
        who.log_in(email, password)
        return who

    def account(self, name, roles, args):
        """The first person takes the first link; others are invited."""
        who = self.visitor()
        if self.admin is None:
            self.join(who, self.service.first_link(), name)
            self.admin = who
            if roles:
                who.api("account.change", {
                    "account": who.api("account.me")["account"],
                    "roles": roles, "reason": "first person"})
            return who
        answer = self.admin.api("account.invite", {
            "email": f"{name}@project.example.org", "name": name,
            "roles": roles, **args})
        return self.join(who, answer["link"], name)

    def clock(self, length):
        if self.admin is None:
            raise Mistake("the clock needs a person first: person lead admin")
        self.service.advance(self.admin, length)

    def kill(self, worker):
        self.service.kill(None if worker == "all" else worker)

    def start(self):
        self.service.start()

    def restart(self):
        self.service.restart()
