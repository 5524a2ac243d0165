"""A worker process alone, with this test as its supervisor and its peer."""
import json
import os
import pathlib
import socket
import struct
import subprocess

from .service import ROOT


class Frames:
    """JSON frames on a socket: u32 little-endian length, then the object."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(40)

    def send(self, value, fds=()):
        self.raw(json.dumps(value).encode(), fds)

    def raw(self, text, fds=()):
        data = struct.pack("<I", len(text)) + text
        sent = socket.send_fds(self.sock, [data], list(fds))
        if sent < len(data):
            self.sock.sendall(data[sent:])

    def read(self):
        """The next frame, or None at the end of the stream."""
        head = self._exactly(4)
        return None if head is None else json.loads(
            self._exactly(struct.unpack("<I", head)[0]))

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            try:
                more = self.sock.recv(size - len(data))
            except ConnectionResetError:
                return None
            if not more:
                return None
            data += more
        return data

    def close(self):
        self.sock.close()


class Worker:
    """with Worker("courier", settings, peers=["desk"]) as worker."""

    def __init__(self, name, settings, peers=()):
        build = pathlib.Path(
            os.environ.get("FOREWARN_BUILD") or ROOT / "build").resolve()
        self.program = next(
            p for p in (build / f"forewarn-{name}",
                        build / "src" / "process" / f"forewarn-{name}")
            if p.exists())
        self.settings, self.peers = settings, list(peers)
        self.peer, self.ready = {}, None

    def __enter__(self):
        ours, theirs = socket.socketpair()
        ends = {name: socket.socketpair() for name in self.peers}
        # bash puts the channel at 3; dash knows one-digit numbers only.
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", f'exec "$0" 3<&{theirs.fileno()}',
             str(self.program)], stderr=subprocess.PIPE, text=True,
            pass_fds=[theirs.fileno()])
        theirs.close()
        self.control = Frames(ours)
        self.control.send({"settings": self.settings, "fds": self.peers},
                          [b.fileno() for _, b in ends.values()])
        for name, (mine, other) in ends.items():
            other.close()
            self.peer[name] = Frames(mine)
        self.ready = self.control.read()
        if self.ready is None:
            said = self.process.stderr.read()
            self.__exit__()
            raise AssertionError("not ready: " + said)
        return self

    def new_peer(self, name):
        """A fresh channel, as after a restart of the peer."""
        self.peer[name].close()
        mine, other = socket.socketpair()
        self.control.send({"peer": name}, [other.fileno()])
        other.close()
        self.peer[name] = Frames(mine)
        return self.peer[name]

    def stop(self):
        self.control.send({"stop": True})
        return self.process.wait(40)

    def __exit__(self, *_):
        self.control.close()
        for frames in self.peer.values():
            frames.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
