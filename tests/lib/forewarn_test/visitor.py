"""A person with a browser that keeps cookies, or a program with a token."""
import http.client
import http.cookies
import json
import secrets
import time
import urllib.parse

from . import totp
from .page import Page

BODY_MAX = 32 << 20


class Answer:
    """What came back: status, headers (lower case), body, where it ended."""

    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body = status, headers, body
        self.url = url

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def page(self):
        return Page(self.text)


class Refused(AssertionError):
    """An operation answered an error: kind, field, text, HTTP status."""

    def __init__(self, op, status, error):
        self.status = status
        self.kind = error.get("kind", "")
        self.field = error.get("field") or ""
        self.text = error.get("text", "")
        super().__init__(
            f"{op}: {status} {self.kind} {self.field}: {self.text}")


class Visitor:
    def __init__(self, base_url, token=None, clock=time.time):
        self.base = urllib.parse.urlsplit(base_url)
        self.origin = f"{self.base.scheme}://{self.base.netloc}"
        self.cookies, self.token, self.clock = {}, token, clock
        self.answer = None  # of the last request
        self.secret = None  # of the authenticator
        self._step = None   # time step of the last code used

    # ---- HTTP -----------------------------------------------------------

    def request(self, method, target, body=None, headers=None, timeout=30):
        """One request, no redirect followed, nothing judged."""
        url = urllib.parse.urljoin(
            self.answer.url if self.answer else self.origin + "/", target)
        parts = urllib.parse.urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            raise AssertionError(f"{url} leaves {self.origin}")
        head = {"Accept": "*/*", **(headers or {})}
        if self.cookies:
            head.setdefault("Cookie", "; ".join(
                f"{k}={v}" for k, v in self.cookies.items()))
        link = http.client.HTTPConnection(
            self.base.hostname, self.base.port, timeout=timeout)
        try:
            path = parts.path or "/"
            link.request(method, path + ("?" + parts.query if parts.query
                                         else ""), body=body, headers=head)
            reply = link.getresponse()
            self.answer = Answer(
                reply.status, {k.lower(): v for k, v in reply.getheaders()},
                reply.read(BODY_MAX), url)
            self._keep_cookies(reply.headers.get_all("Set-Cookie") or [])
        finally:
            link.close()
        return self.answer

    def _keep_cookies(self, lines):
        for line in lines:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def get(self, target, follow=True, headers=None):
        answer = self.request("GET", target, headers=headers)
        return self._follow(answer) if follow else answer

    def _follow(self, answer):
        for _ in range(10):
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            answer = self.request("GET", answer.headers["location"])
        raise AssertionError("more than ten redirects")

    # ---- pages ----------------------------------------------------------

    def submit(self, word="", button=None, files=None, follow=True, **fields):
        """Fills the form found by word on the present page and sends it.

        Hidden fields (CSRF token) go along as served. A value None leaves a
        field out; a list repeats it; a name the form lacks is an error. files
        is {field: [(name, bytes)]}.
        """
        form = self.answer.page.form(word)
        data = {k: list(v) for k, v in form.fields.items()
                if form.kinds[k] != "file"}
        for name, value in fields.items():
            if name not in form.fields:
                raise AssertionError(f"no field {name!r} in {form}")
            data[name] = ([] if value is None else
                          [str(v) for v in value]
                          if isinstance(value, list) else [str(value)])
        for name, value, label in form.buttons:
            if name and (button in (name, value, label) or
                         (button is None and len(form.buttons) == 1)):
                data.setdefault(name, []).append(value)
        return self._send(form, data, files or {}, follow)

    def _send(self, form, data, files, follow):
        pairs = [(k, v) for k, vs in data.items() for v in vs]
        target = form.action or self.answer.url
        if form.method == "get":
            answer = self.request(
                "GET", target.split("?")[0] + "?" +
                urllib.parse.urlencode(pairs))
            return self._follow(answer) if follow else answer
        if form.multipart:
            kind, body = multipart(pairs, files)
        else:
            kind = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(pairs).encode()
        answer = self.request("POST", target, body, {
            "Content-Type": kind, "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin"})
        return self._follow(answer) if follow else answer

    # ---- API ------------------------------------------------------------

    def api(self, op, args=None, token=None):
        """The value of an operation, or Refused."""
        head = {"Content-Type": "application/json", "Origin": self.origin,
                "Sec-Fetch-Site": "same-origin"}
        token = token or self.token
        if token:
            head["Authorization"] = f"Bearer {token}"
        answer = self.request("POST", f"{self.origin}/api/v1/{op}",
                              json.dumps(args or {}).encode(), head)
        try:
            value = answer.json
        except ValueError:
            raise AssertionError(f"{op}: {answer.status}, not JSON: "
                                 f"{answer.body[:200]!r}") from None
        if answer.status != 200:
            error = value.get("error") if isinstance(value, dict) else None
            raise Refused(op, answer.status, error or {})
        return value

    # ---- login ----------------------------------------------------------

    def code(self):
        """A one-time code not used before. The service takes the code of the
        next half minute too, so two in a row need no waiting."""
        last = self._step
        while last is not None and last > int(self.clock() // 30):
            time.sleep(0.2)
        now = int(self.clock() // 30)
        self._step = now if last is None else max(now, last + 1)
        return totp.code(self.secret, self._step * 30)

    def set_up(self, link, name, password):
        """Opens a one-time set-up link and finishes it; keeps the secret."""
        secret = link.rstrip("/").rsplit("/", 1)[-1]
        self.secret = self.api("account.begin", {"link": secret})["totp"]
        return self.api("account.setup", {
            "link": secret, "name": name, "password": password,
            "code": self.code()})

    def log_in(self, email, password):
        answer = self.api("session.open", {
            "email": email, "password": password, "code": self.code()})
        self.token = self.cookies["fw"] = answer["session"]
        return answer


def multipart(pairs, files):
    """Content type and body of a form with files."""
    edge = "forewarn" + secrets.token_hex(12)
    parts = [(f'name="{k}"', b"", str(v).encode()) for k, v in pairs]
    for field, items in files.items():
        parts += [(f'name="{field}"; filename="{name}"',
                   b"Content-Type: application/octet-stream\r\n", data)
                  for name, data in items]
    body = b"".join(
        b"--" + edge.encode() + b"\r\nContent-Disposition: form-data; " +
        head.encode() + b"\r\n" + kind + b"\r\n" + data + b"\r\n"
        for head, kind, data in parts)
    return (f"multipart/form-data; boundary={edge}",
            body + b"--" + edge.encode() + b"--\r\n")
