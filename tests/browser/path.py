#!/usr/bin/python3
"""Runs path.mjs against a fresh service, whose mails it can read.

usage: path.py NODE SCREENSHOT_DIR      environment: FOREWARN_BUILD
The small server below answers /mails?to=ADDRESS with a JSON list of texts.
"""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

from forewarn_test.service import Service  # noqa: E402


def mailbox(sink):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            query = urllib.parse.urlsplit(self.path).query
            to = urllib.parse.parse_qs(query).get("to", [None])[0]
            body = json.dumps([{"subject": m.subject, "text": m.text}
                               for m in sink.find(to=to)]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    node, shots = sys.argv[1:]
    os.environ["FOREWARN_TEST_DB"] = "sqlite"
    with Service() as service:
        server = mailbox(service.sink)
        done = subprocess.run(
            [node, str(HERE / "path.mjs"), service.url, service.first_link(),
             f"http://127.0.0.1:{server.server_port}", shots], check=False)
        server.shutdown()
        for line in service.log:
            print("# service:", line)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
