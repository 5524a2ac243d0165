"""Starts the real door with a fake supervisor and a fake desk."""
import array
import json
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time


class Channel:
    """Frames of JSON: u32 little-endian length, then one object."""

    def __init__(self, sock):
        self.sock, self.data, self.fds = sock, b"", []

    def send(self, value, fds=()):
        body = json.dumps(value).encode()
        beside = []
        if fds:
            beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                       array.array("i", fds))]
        frame = struct.pack("<I", len(body)) + body
        sent = self.sock.sendmsg([frame], beside)
        if sent < len(frame):
            self.sock.sendall(frame[sent:])

    def receive(self):
        while True:
            if len(self.data) >= 4:
                size = struct.unpack("<I", self.data[:4])[0]
                if len(self.data) >= 4 + size:
                    body = self.data[4:4 + size]
                    self.data = self.data[4 + size:]
                    fds, self.fds = self.fds, []
                    return json.loads(body), fds
            data, beside, _, _ = self.sock.recvmsg(65536, 1024)
            if not data:
                raise EOFError
            for level, kind, raw in beside:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    got = array.array("i")
                    got.frombytes(raw)
                    self.fds += list(got)
            self.data += data


class Door:
    """One door process; `answers` maps an operation to a function."""

    def __init__(self, program, base_url="http://door.example"):
        self.folder = tempfile.TemporaryDirectory()
        self.site = os.path.join(self.folder.name, "site")
        os.mkdir(self.site)
        self.answers, self.asked, self.files = {}, [], []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        ours, theirs = socket.socketpair()
        desk, desk_theirs = socket.socketpair()
        self.control, self.desk = Channel(ours), Channel(desk)
        self.control.send(
            {"settings": {"base_url": base_url, "site": self.site,
                          "sandbox": os.environ.get("SANDBOX", "required"),
                          "trusted_proxy": "",
                          "door_key": "11" * 32,
                          "project": {"name": "Example"}},
             "fds": ["desk", "listen"]},
            [desk_theirs.fileno(), self.listener.fileno()])
        self.process = subprocess.Popen(
            [program], pass_fds=[3], close_fds=True,
            preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        desk_theirs.close()
        self.ready, _ = self.control.receive()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        desk = self.desk
        while True:
            try:
                ask, fds = desk.receive()
            except (EOFError, OSError):
                return
            self.asked.append(ask)
            for fd in fds:
                with os.fdopen(fd, "rb") as file:
                    file.seek(0)
                    self.files.append(file.read())
            answer = self.answers.get(ask["op"], lambda a: {"ok": {}})(ask)
            if answer is not None:
                try:
                    desk.send(dict({"id": ask["id"], "me": None}, **answer))
                except OSError:
                    return

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, data, pause=0.0):
        """Sends bytes; the whole answer until the door closes or is idle."""
        with self.connect() as sock:
            try:
                sock.sendall(data)
            except OSError:
                pass  # refused before the end
            if pause:
                time.sleep(pause)
            return read_answer(sock)

    def get(self, path, method="GET", body=b"", **headers):
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: door.example",
                 "Connection: close"]
        lines += ["%s: %s" % (name.replace("_", "-"), text)
                  for name, text in headers.items()]
        if body or method == "POST":
            lines.append("Content-Length: %d" % len(body))
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        return Answer(self.raw(head + body))

    def form(self, path, fields, **headers):
        return self.get(path, "POST", fields.encode(),
                        Content_Type="application/x-www-form-urlencoded",
                        **headers)

    def stop(self):
        self.control.send({"stop": True})
        code = self.process.wait(10)
        self.listener.close()
        self.folder.cleanup()
        return code


def read_answer(sock):
    data = b""
    sock.settimeout(5)
    try:
        while True:
            part = sock.recv(65536)
            if not part:
                break
            data += part
    except (TimeoutError, ConnectionResetError):
        pass
    return data


class Answer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, text = line.partition(":")
            self.headers[name.lower()] = text.strip()

    @property
    def text(self):
        return self.body.decode()

    def csrf(self):
        mark = 'name="csrf" value="'
        at = self.text.index(mark) + len(mark)
        return self.text[at:at + 64]
