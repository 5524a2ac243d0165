"""A real SMTP server that keeps what it gets and can be told to misbehave."""
import asyncio
import email
import email.policy
import threading
import time
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

MODES = ("accept", "refuse", "temporary", "drop", "slow")


class Mail:
    """One message as it arrived: envelope and parsed content."""

    def __init__(self, sender, recipient, raw):
        self.sender, self.recipient, self.raw = sender, recipient, raw
        self.message = email.message_from_bytes(
            raw, policy=email.policy.default)

    @property
    def subject(self):
        return str(self.message["subject"] or "")

    @property
    def text(self):
        return self.message.get_content()

    @property
    def id(self):
        return str(self.message["message-id"] or "")

    def __repr__(self):
        return f"<Mail to {self.recipient}: {self.subject!r}>"


class _Handler:
    def __init__(self, sink):
        self.sink = sink

    async def handle_RCPT(self, server, session, envelope, address, options):
        mode = self.sink.mode_of(address)
        if mode == "refuse":
            return "550 5.1.1 No such mailbox here"
        if mode == "temporary":
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        sink = self.sink
        modes = {sink.mode_of(a) for a in envelope.rcpt_tos}
        if "drop" in modes:
            server.transport.abort()
            return "421 4.3.0 Gone"
        if "slow" in modes:
            await asyncio.sleep(sink.slowness)
        for address in envelope.rcpt_tos:
            sink.keep(Mail(envelope.mail_from, address, envelope.content))
        session.count = getattr(session, "count", 0) + 1
        if sink.per_connection and session.count >= sink.per_connection:
            # As OpenSMTPD does after 100 mails: answer, then close.
            asyncio.get_running_loop().call_soon(server.transport.close)
        return "250 2.0.0 Kept"


class _Controller(Controller):
    def __init__(self, *args, smtp_options, **kwargs):
        self.smtp_options = smtp_options
        super().__init__(*args, **kwargs)

    def factory(self):
        return SMTP(self.handler, **self.smtp_options)


class Sink:
    """with Sink() as sink: sink.url, sink.mails, sink.wait(to="a@b").

    modes maps an address (or "*") to accept, refuse (550 at RCPT), temporary
    (451), drop (connection cut after DATA) or slow (waits `slowness` seconds).
    per_connection closes after so many mails. user and password make the
    server ask for a login; context (an ssl.SSLContext) makes it offer STARTTLS.
    """

    def __init__(self, per_connection=0, user=None, password=None,
                 context=None, port=0, slowness=3.0):
        self.modes, self.slowness = {}, slowness
        self.per_connection = per_connection
        self._mails, self._news = [], threading.Condition()
        warnings.filterwarnings("ignore", "Requiring AUTH")
        options = {"hostname": "sink.example.org", "enable_SMTPUTF8": False}
        if user is not None:
            options |= {
                "auth_require_tls": False, "auth_required": True,
                "authenticator": lambda server, session, envelope, how, data:
                AuthResult(handled=False, success=(
                    data.login == user.encode()
                    and data.password == password.encode()))}
        if context is not None:
            options |= {"tls_context": context}
        self._controller = _Controller(
            _Handler(self), hostname="127.0.0.1", port=port or free_port(),
            smtp_options=options)

    @property
    def port(self):
        return self._controller.port

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self):
        with self._news:
            return list(self._mails)

    def mode(self, name, address="*"):
        if name not in MODES:
            raise ValueError(f"no mode {name!r}; there are {', '.join(MODES)}")
        self.modes[address.lower()] = name

    def mode_of(self, address):
        return self.modes.get(address.lower(), self.modes.get("*", "accept"))

    def keep(self, mail):
        with self._news:
            self._mails.append(mail)
            self._news.notify_all()

    def forget(self):
        with self._news:
            self._mails.clear()

    def find(self, to=None, containing=(), subject=None):
        """Mails that match everything given, oldest first."""
        return [m for m in self.mails
                if (to is None or m.recipient.lower() == to.lower())
                and (subject is None or subject in m.subject)
                and all(word in m.text or word in m.subject
                        for word in containing)]

    def wait(self, seconds=10.0, count=1, **what):
        """The mails found once there are `count`; fails when time is up."""
        end = time.monotonic() + seconds
        while True:
            found = self.find(**what)
            if len(found) >= count:
                return found
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(
                    f"{len(found)} of {count} mails with {what}; "
                    f"there are {self.mails}")
            with self._news:
                self._news.wait(min(left, 0.2))

    def start(self):
        self._controller.start()
        return self

    def stop(self):
        self._controller.stop(no_assert=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def free_port():
    """A loopback port nobody listens on at this moment."""
    import socket
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
