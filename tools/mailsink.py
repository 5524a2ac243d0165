#!/usr/bin/env python3
"""A mail server that delivers nowhere: keeps mails and shows them on a page.

usage: mailsink.py [--smtp PORT] [--http PORT]     (defaults 2525 and 2580)

For the demo only. Both ports listen on 127.0.0.1, mails live in memory, the
page is read-only, escaped, and made of text. Needs Python's own library only.
"""
import argparse
import collections
import email
import email.policy
import html
import http.server
import re
import socketserver
import threading
import time

KEPT = 2000           # mails; the oldest go first
SIZE_MAX = 2 << 20    # bytes of one mail
LINE_MAX = 4096
IDLE_SECONDS = 300
LOCAL = ("127.0.0.1", "localhost")

Mail = collections.namedtuple("Mail", "number at sender recipients message")


class Box:
    def __init__(self):
        self.mails, self.count = collections.deque(maxlen=KEPT), 0
        self.lock = threading.Lock()

    def put(self, sender, recipients, raw):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        with self.lock:
            self.count += 1
            self.mails.append(Mail(
                self.count, time.time(), sender, recipients, message))

    def all(self):
        with self.lock:
            return list(self.mails)

    def get(self, number):
        return next((m for m in self.all() if m.number == number), None)


class Smtp(socketserver.StreamRequestHandler):
    """RFC 5321 as far as a submitting client needs it."""

    timeout = IDLE_SECONDS

    def handle(self):
        self.sender, self.recipients = None, []
        self.say("220 mailsink")
        try:
            while True:
                line = self.rfile.readline(LINE_MAX)
                if not line:
                    return
                if self.command(line.decode("ascii", "replace").strip()):
                    return
        except OSError:
            return

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def command(self, line):
        verb = line.split(" ", 1)[0].upper()
        act = getattr(self, "do_" + verb, None)
        if act is None:
            self.say("502 Not known here")
            return False
        return act(line)

    def do_EHLO(self, line):
        self.say(f"250-mailsink\r\n250-8BITMIME\r\n250 SIZE {SIZE_MAX}")

    def do_HELO(self, line):
        self.say("250 mailsink")

    def do_NOOP(self, line):
        self.say("250 OK")

    def do_RSET(self, line):
        self.sender, self.recipients = None, []
        self.say("250 OK")

    def do_QUIT(self, line):
        self.say("221 Bye")
        return True

    def do_MAIL(self, line):
        match = re.match(r"MAIL FROM:\s*<([^<>]*)>", line, re.I)
        if match:
            self.sender, self.recipients = match[1], []
        self.say("250 OK" if match else "501 MAIL FROM:<address>")

    def do_RCPT(self, line):
        match = re.match(r"RCPT TO:\s*<([^<>]+)>", line, re.I)
        if self.sender is None or len(self.recipients) >= 100:
            self.say("503 MAIL first, and at most 100 recipients")
        elif not match:
            self.say("501 RCPT TO:<address>")
        else:
            self.recipients.append(match[1])
            self.say("250 OK")

    def do_DATA(self, line):
        if not self.recipients:
            self.say("503 RCPT first")
            return False
        self.say("354 End with a dot on its own line")
        lines, size = [], 0
        while True:
            text = self.rfile.readline(LINE_MAX)
            if not text:
                return True
            if text in (b".\r\n", b".\n"):
                break
            text = text[1:] if text.startswith(b".") else text
            size += len(text)
            if size <= SIZE_MAX:
                lines.append(text)
        if size > SIZE_MAX:
            self.say("552 Larger than this sink keeps")
        else:
            self.server.box.put(self.sender, self.recipients, b"".join(lines))
            self.say("250 Kept")
        self.sender, self.recipients = None, []
        return False


STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;
margin:1rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}td,th{text-align:left;
padding:.3rem .6rem;border-bottom:1px solid #8886}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886;
padding:1rem}"""


def shown(text):
    """Escaped; control and direction characters become visible."""
    return html.escape("".join(
        c if c == "\n" or c.isprintable() else f"<U+{ord(c):04X}>"
        for c in str(text).replace("\r\n", "\n")))


def linked(text):
    """Escaped text; addresses on this machine can be clicked."""
    return re.sub(r"(https?://(?:127\.0\.0\.1|localhost)(?::\d+)?/[\w./~%-]*)",
                  r'<a href="\1">\1</a>', shown(text))


def clock(at):
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))


def page_list(box, recipient):
    rows = "".join(
        f'<tr><td>{clock(m.at)}</td><td>{shown(", ".join(m.recipients))}</td>'
        f'<td><a href="/mail/{m.number}">'
        f'{shown(m.message["subject"] or "(no subject)")}</a></td></tr>'
        for m in reversed(box.all())
        if not recipient or recipient in m.recipients)
    return ("<h1>Mails of the demo</h1><p>Nothing here was sent to anybody. "
            "<a href=\"/\">Read again</a></p><table><tr><th>When</th>"
            f"<th>To</th><th>Subject</th></tr>{rows}</table>")


def page_mail(mail):
    part = mail.message.get_body(preferencelist=("plain",))
    try:
        text = part.get_content() if part else "(no text part)"
    except (LookupError, ValueError) as problem:
        text = f"(not readable: {problem})"
    head = "".join(f"<tr><th>{shown(k)}</th><td>{shown(v)}</td></tr>"
                   for k, v in mail.message.items())
    return (f'<p><a href="/">All mails</a></p><h1>'
            f'{shown(mail.message["subject"] or "(no subject)")}</h1>'
            f"<p>Taken {clock(mail.at)} from {shown(mail.sender)} for "
            f'{shown(", ".join(mail.recipients))}</p>'
            f"<pre>{linked(text)}</pre><details><summary>Headers</summary>"
            f"<table>{head}</table></details>")


class Page(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "mailsink", ""
    timeout = 30

    def log_message(self, *_):
        pass

    def do_GET(self):
        # A foreign name that points here would make a browser read mails out.
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in LOCAL:
            self.answer(421, "<h1>Open this page by 127.0.0.1</h1>")
            return
        path, _, query = self.path.partition("?")
        match = re.fullmatch(r"/mail/(\d{1,9})", path)
        mail = match and self.server.box.get(int(match[1]))
        if path == "/":
            found = re.fullmatch(r"to=([\w.+@-]+)", query.replace("%40", "@"))
            self.answer(200, page_list(self.server.box,
                                       found and found[1]))
        elif mail:
            self.answer(200, page_mail(mail))
        else:
            self.answer(404, '<h1>No such mail</h1><a href="/">All mails</a>')

    def answer(self, status, body):
        data = ("<!doctype html><html lang=en><meta charset=utf-8><meta "
                "name=viewport content=\"width=device-width\"><title>Mails"
                f"</title><style>{STYLE}</style>{body}</html>").encode(
                    "utf-8", "backslashreplace")
        self.send_response(status)
        for name, value in (
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(data))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                ("Content-Security-Policy", "default-src 'none'; style-src "
                 "'unsafe-inline'; frame-ancestors 'none'")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class SmtpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


def start(smtp_port, http_port):
    """Starts both in threads; returns (smtp server, page server)."""
    box = Box()
    smtp = SmtpServer(("127.0.0.1", smtp_port), Smtp)
    page = http.server.ThreadingHTTPServer(("127.0.0.1", http_port), Page)
    smtp.box = page.box = box
    for server in (smtp, page):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return smtp, page


def main():
    parser = argparse.ArgumentParser(
        description="Keeps mails and shows them on a page, for the demo.")
    parser.add_argument("--smtp", type=int, default=2525, metavar="PORT")
    parser.add_argument("--http", type=int, default=2580, metavar="PORT")
    want = parser.parse_args()
    try:
        smtp, page = start(want.smtp, want.http)
    except OSError as problem:
        parser.exit(1, f"mailsink: cannot listen: {problem}; choose other "
                    "ports with --smtp and --http\n")
    print(f"mailsink: smtp://127.0.0.1:{smtp.server_address[1]} "
          f"http://127.0.0.1:{page.server_address[1]}/", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
