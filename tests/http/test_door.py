#!/usr/bin/env python3
"""The door from outside: usage test_door.py PROGRAM [unittest arguments]."""
import gzip
import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from door import Answer, Door, read_answer  # noqa: E402

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "build/forewarn-door"
LOGIN = "email=a%40example.org&password=secret&code=123456&csrf="
HOST = b"Host: door.example\r\n"

# bytes sent, status wanted: RFC 9112 says each of these is to be refused
STRICT = [
    (b"GET /login HTTP/1.1\r\n" + HOST, 200),
    (b"GET /login HTTP/1.1\r\n", 400),
    (b"GET /login HTTP/1.1\r\nHost:\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + HOST, 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X : y\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X y: z\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X:\r\nY:  a  \r\nZ:\t\r\n", 200),
    (b"GET /login HTTP/1.1\r\n" + HOST + b": y\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X\0Y: b\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"nocolon\r\n", 400),
    (b"GET /login HTTP/1.1\n" + HOST, 400),
    (b"GET /login HTTP/1.1\r\n " + HOST, 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X: a\n", 400),
    (b"GET /login\r\n" + HOST, 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X: a\x01b\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X: a\x7fb\r\n", 400),
    (b"GET /login HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 65536 + b"\r\n", 431),
    (b"GET /login HTTP/2.0\r\n" + HOST, (400, 505)),
    (b"POST /login HTTP/1.1\r\n" + HOST +
     b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST +
     b"Content-Length: 0\r\nContent-Length: 5\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST +
     b"Content-Length: 5\r\nContent-Length: 5\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 5, 5\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST +
     b"Transfer-Encoding: xchunked\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST +
     b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
    (b"POST /login HTTP/1.1\r\n" + HOST +
     b"Transfer-Encoding: gzip, chunked\r\n", 400),
    (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n" + HOST, 414),
    (b"BREW /login HTTP/1.1\r\n" + HOST, 405),
    (b"DELETE /login HTTP/1.1\r\n" + HOST, 405),
]


class Case(unittest.TestCase):
    base_url = "http://door.example"

    @classmethod
    def setUpClass(cls):
        cls.door = Door(PROGRAM, cls.base_url)
        cls.door.answers["session.open"] = lambda ask: {
            "ok": {"session": "S" * 43, "home": "desk"},
            "me": {"name": "A"}}

    @classmethod
    def tearDownClass(cls):
        code = cls.door.stop()
        assert code == 0, "the door ended with %d" % code

    def setUp(self):
        self.door.asked.clear()
        self.door.files.clear()


class Strictness(Case):
    def test_table(self):
        for request, want in STRICT:
            with self.subTest(request[:90]):
                data = self.door.raw(
                    request + b"Connection: close\r\n\r\n")
                status = Answer(data).status
                wanted = want if isinstance(want, tuple) else (want,)
                self.assertIn(status, wanted)

    def test_methods(self):
        answer = self.door.get("/login", "HEAD")
        self.assertEqual((answer.status, answer.body), (200, b""))
        answer = self.door.get("/login", "OPTIONS")
        self.assertEqual(answer.status, 204)
        self.assertIn("HEAD", answer.headers["allow"])
        self.assertEqual(self.door.get("/nothing").status, 404)
        self.assertEqual(self.door.get("/login", body=b"abc").status, 413)
        answer = self.door.form("/policy", "")
        self.assertEqual(answer.status, 405)

    def test_last_line(self):
        for line in (b"X: a\0b", b"X: a\r\n b", b"X: a\0\0b"):
            data = self.door.raw(b"GET /login HTTP/1.1\r\n" + HOST +
                                 b"Connection: close\r\n" + line +
                                 b"\r\n\r\n")
            self.assertEqual(Answer(data).status, 400)

    def test_piecewise(self):
        data = b"GET /login HTTP/1.1\r\n" + HOST + b"".join(
            b"X-%d: %s\r\n" % (i, b"v" * 900) for i in range(12)) + \
            b"Connection: close\r\n\r\n"
        with self.door.connect() as sock:
            for at in range(0, len(data), 701):
                sock.sendall(data[at:at + 701])
                time.sleep(0.01)
            self.assertEqual(Answer(read_answer(sock)).status, 200)

    def test_two_in_one(self):
        one = b"GET /login HTTP/1.1\r\n" + HOST + b"\r\n"
        two = b"GET /nothing HTTP/1.1\r\n" + HOST + \
            b"Connection: close\r\n\r\n"
        data = self.door.raw(one + one + two)
        self.assertEqual(data.count(b"HTTP/1.1 200"), 2)
        self.assertEqual(data.count(b"HTTP/1.1 404"), 1)

    def test_keep_alive(self):
        with self.door.connect() as sock:
            for _ in range(3):
                sock.sendall(b"HEAD /login HTTP/1.1\r\n" + HOST + b"\r\n")
                self.assertIn(b"200 OK", sock.recv(65536))


class Pages(Case):
    def test_headers(self):
        answer = self.door.get("/login")
        policy = answer.headers["content-security-policy"]
        for want in ("default-src 'none'", "frame-ancestors 'none'",
                     "base-uri 'none'", "form-action 'self'"):
            self.assertIn(want, policy)
        self.assertNotIn("script-src 'self'", policy)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
        self.assertNotIn("strict-transport-security", answer.headers)

    def test_report_text_policy(self):  # I-38
        self.door.answers["report.view"] = lambda ask: {
            "ok": {"text": "<script>alert(1)</script>"}}
        answer = self.door.get("/r/" + "L" * 22)
        self.assertEqual(answer.status, 200)
        self.assertIn("sandbox", answer.headers["content-security-policy"])
        self.assertNotIn("<script", answer.text)
        self.assertEqual(self.door.asked[0]["args"], {"link": "L" * 22})

    def test_needs_session(self):
        answer = self.door.get("/desk")
        self.assertEqual(answer.status, 303)
        self.assertEqual(answer.headers["location"], "/login")
        self.assertEqual(self.door.asked, [])

    def test_session_travels(self):
        answer = self.door.get("/desk?days=3", Cookie="fw=" + "S" * 43)
        self.assertEqual(answer.status, 200)
        ask = self.door.asked[0]
        self.assertEqual(ask["session"], "S" * 43)
        self.assertEqual(ask["args"], {"days": 3})
        self.assertEqual(ask["address"], "127.0.0.1")

    def test_session_ended(self):
        self.door.answers["today.show"] = lambda ask: {
            "error": {"kind": "denied", "field": "", "text": "no"}}
        answer = self.door.get("/desk", Cookie="fw=" + "S" * 43)
        del self.door.answers["today.show"]
        self.assertEqual(answer.headers["location"], "/login")
        self.assertIn("Max-Age=0", answer.headers["set-cookie"])

    def test_path_arguments(self):
        self.door.answers["case.show"] = lambda ask: {
            "error": {"kind": "missing", "field": "case", "text": "none"},
            "me": {"name": "A"}}
        answer = self.door.get("/desk/case/FW-7", Cookie="fw=" + "S" * 43)
        self.assertEqual(answer.status, 404)
        self.assertEqual(self.door.asked[0]["args"], {"case": "FW-7"})
        self.assertNotIn("set-cookie", answer.headers)
        bad = self.door.get("/desk?days=x", Cookie="fw=" + "S" * 43)
        self.assertEqual(bad.status, 400)
        self.assertNotIn("set-cookie", bad.headers)
        bad = self.door.get("/desk/case/%00", Cookie="fw=" + "S" * 43)
        self.assertIn(bad.status, (400, 404))
        bad = self.door.get("/desk/case/%zz", Cookie="fw=" + "S" * 43)
        self.assertIn(bad.status, (400, 404, 405))


class Forms(Case):
    def csrf(self, **headers):
        return self.door.get("/login", **headers).csrf()

    def test_login(self):
        answer = self.door.form("/login", LOGIN + self.csrf())
        self.assertEqual(answer.status, 303)
        self.assertEqual(answer.headers["location"], "/desk")
        cookie = answer.headers["set-cookie"]
        self.assertTrue(cookie.startswith("fw=" + "S" * 43))
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Lax", cookie)
        self.assertNotIn("Secure", cookie)

    def test_csrf_refused(self):
        for token in ("", "0" * 64, self.csrf()[:-1]):
            answer = self.door.form("/login", LOGIN + token)
            self.assertEqual(answer.status, 403)
        self.assertEqual(self.door.asked, [])

    def test_csrf_of_another_session(self):
        other = self.csrf(Cookie="fw=other")
        answer = self.door.form("/login", LOGIN + other)
        self.assertEqual(answer.status, 403)

    def test_cross_origin_refused(self):
        token = self.csrf()
        for headers in ({"Origin": "https://evil.example"},
                        {"Origin": "null"},
                        {"Origin": "http://door.example.evil.example"},
                        {"Sec_Fetch_Site": "cross-site"},
                        {"Sec_Fetch_Site": "same-site"}):
            answer = self.door.form("/login", LOGIN + token, **headers)
            self.assertEqual(answer.status, 403, headers)
        for headers in ({"Origin": "http://door.example"},
                        {"Origin": "null", "Sec_Fetch_Site": "same-origin"}):
            answer = self.door.form("/login", LOGIN + token, **headers)
            self.assertEqual(answer.status, 303, headers)

    def test_error_shows_page_again(self):
        self.door.answers["session.open"] = lambda ask: {
            "error": {"kind": "invalid", "field": "code",
                      "text": "that code is not right"}}
        answer = self.door.form("/login", LOGIN + self.csrf())
        self.door.answers["session.open"] = lambda ask: {
            "ok": {"session": "S" * 43, "home": "desk"},
            "me": {"name": "A"}}
        self.assertEqual(answer.status, 400)
        self.assertIn("that code is not right", answer.text)
        self.assertIn("a@example.org", answer.text)
        self.assertNotIn("secret", answer.text)

    def test_too_large(self):
        answer = self.door.get("/login", "POST", b"a=" + b"x" * 600000,
                               Content_Type="application/"
                               "x-www-form-urlencoded")
        self.assertEqual(answer.status, 413)

    def test_chunked_too_large(self):
        head = (b"POST /login HTTP/1.1\r\n" + HOST +
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        data = self.door.raw(head + chunk * 20 + b"0\r\n\r\n")
        self.assertEqual(Answer(data).status, 413)

    def test_type_refused(self):
        for kind in ("text/plain", "application/json", "multipart/form-data"):
            answer = self.door.get("/login", "POST", b"{}", Content_Type=kind)
            self.assertEqual(answer.status, 415)

    def test_upload(self):
        token = self.csrf()
        fields = [("csrf", token), ("title", "Overflow"),
                  ("exploited", "no"), ("reproduced", "yes"),
                  ("ai_help", "no")]
        parts = ["--B\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n"
                 "%s\r\n" % pair for pair in fields]
        parts.append("--B\r\nContent-Disposition: form-data; name=\"files\"; "
                     "filename=\"../a.txt\"\r\nContent-Type: text/html\r\n"
                     "\r\nhello\r\n--B--\r\n")
        self.door.answers["report.send"] = lambda ask: {
            "ok": {"link": "L" * 22}}
        answer = self.door.get(
            "/report", "POST", "".join(parts).encode(),
            Content_Type="multipart/form-data; boundary=B")
        self.assertEqual(answer.status, 200, answer.text)
        args = self.door.asked[-1]["args"]
        self.assertEqual(args["files"], [{"name": "a.txt", "size": 5}])
        self.assertEqual(args["title"], "Overflow")
        self.assertEqual(self.door.files, [b"hello"])


class Secure(Case):
    base_url = "https://door.example"

    def test_cookie(self):
        page = self.door.get("/login")
        self.assertIn("strict-transport-security", page.headers)
        answer = self.door.form("/login", LOGIN + page.csrf())
        cookie = answer.headers["set-cookie"]
        self.assertTrue(cookie.startswith("__Host-fw="))
        self.assertIn("; Secure", cookie)
        self.assertIn("Path=/;", cookie)


class Rated(Case):
    def test_login_is_slowed(self):
        token = self.door.get("/login").csrf()
        statuses = [self.door.form("/login", LOGIN + token).status
                    for _ in range(30)]
        self.assertEqual(statuses[:5], [303] * 5)
        self.assertEqual(statuses[-1], 429)


class Api(Case):
    def post(self, name, value, **headers):
        return self.door.get("/api/v1/" + name, "POST",
                             json.dumps(value).encode(),
                             Content_Type="application/json", **headers)

    def test_value(self):
        self.door.answers["case.show"] = lambda ask: {"ok": {"score": 9.8}}
        answer = self.post("case.show", {"case": "FW-7"},
                           Authorization="Bearer tok", Cookie="fw=abc")
        self.assertEqual(answer.status, 200)
        self.assertEqual(json.loads(answer.body), {"score": 9.8})
        self.assertEqual(self.door.asked[0]["token"], "tok")
        self.assertNotIn("session", self.door.asked[0])

    def test_get(self):
        answer = self.door.get("/api/v1/today.show?days=3")
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.door.asked[0]["args"], {"days": 3})
        self.assertEqual(self.door.get("/api/v1/case.move").status, 405)

    def test_errors(self):
        for kind, me, status in (
                ("invalid", None, 400), ("denied", None, 401),
                ("denied", {}, 404), ("missing", None, 404),
                ("conflict", None, 409), ("limit", None, 429),
                ("retry", None, 503), ("system", None, 500)):
            self.door.answers["account.me"] = lambda ask: {
                "error": {"kind": kind, "field": "x", "text": "y"}, "me": me}
            answer = self.post("account.me", {})
            self.assertEqual(answer.status, status, kind)
            self.assertEqual(json.loads(answer.body)["error"]["kind"], kind)

    def test_bad(self):
        self.assertEqual(self.post("no.such", {}).status, 404)
        self.assertEqual(self.post("case.show", {}).status, 400)
        self.assertEqual(self.post("case.show", []).status, 400)
        answer = self.door.get("/api/v1/case.show", "POST", b'{"a":1,"a":2}',
                               Content_Type="application/json")
        self.assertEqual(answer.status, 400)
        answer = self.door.get("/api/v1/case.show", "POST", b"case=FW-1",
                               Content_Type="application/"
                               "x-www-form-urlencoded")
        self.assertEqual(answer.status, 415)
        self.assertIn(b'Content-Type: application/json', answer.body)

    def test_bare_errors_say_what_to_do(self):
        for path, method, body, status, text in (
                ("/api/v1/case.show", "GET", b"{}", 413, b"by POST"),
                ("/api/v1/case.show", "PUT", b"", 405, b"POST to change"),
                ("/api/nothing", "GET", b"", 404, b"openapi.json")):
            answer = self.door.get(path, method, body)
            self.assertEqual(answer.status, status, path)
            self.assertIn(text, answer.body, path)

    def test_openapi(self):
        answer = self.door.get("/api/openapi.json")
        self.assertTrue(json.loads(answer.body)["openapi"].startswith("3.1"))


class Site(Case):
    def write(self, name, data):
        path = os.path.join(self.door.site, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "wb") as file:
            file.write(data)
        os.rename(path + ".new", path)

    def test_files(self):
        self.write("index.html", b"<p>home")
        self.write("a/b.json", b"{}")
        self.write(".well-known/security.txt", b"Contact: x")
        self.assertEqual(self.door.get("/").body, b"<p>home")
        answer = self.door.get("/a/b.json")
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertEqual(self.door.get("/.well-known/security.txt").status,
                         200)

    def test_etag(self):
        self.write("e.txt", b"one")
        first = self.door.get("/e.txt")
        tag = first.headers["etag"]
        again = self.door.get("/e.txt", If_None_Match=tag)
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(again.headers["etag"], tag)
        self.write("e.txt", b"other")
        time.sleep(1.2)
        third = self.door.get("/e.txt", If_None_Match=tag)
        self.assertEqual((third.status, third.body), (200, b"other"))

    def test_connection_stays(self):
        self.write("k.txt", b"kept")
        with self.door.connect() as sock:
            for _ in range(3):
                sock.sendall(b"GET /k.txt HTTP/1.1\r\n" + HOST + b"\r\n")
                self.assertTrue(sock.recv(65536).endswith(b"kept"))

    def test_removed(self):
        self.write("gone.txt", b"x")
        self.assertEqual(self.door.get("/gone.txt").status, 200)
        os.unlink(os.path.join(self.door.site, "gone.txt"))
        time.sleep(1.2)
        self.assertEqual(self.door.get("/gone.txt").status, 404)

    def test_packed(self):
        self.write("p.html", b"plain")
        self.write("p.html.gz", gzip.compress(b"plain"))
        packed = self.door.get("/p.html", Accept_Encoding="br, gzip")
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertEqual(packed.headers["vary"], "Accept-Encoding")
        self.assertEqual(gzip.decompress(packed.body), b"plain")
        plain = self.door.get("/p.html", Accept_Encoding="gzip;q=0")
        self.assertEqual(plain.body, b"plain")
        self.assertNotEqual(plain.headers["etag"], packed.headers["etag"])

    def test_large(self):
        data = os.urandom(400000)
        self.write("large.bin", data)
        self.assertEqual(self.door.get("/large.bin").body, data)
        self.assertEqual(self.door.get("/large.bin").body, data)

    def test_traversal(self):
        outside = os.path.join(self.door.folder.name, "secret.txt")
        with open(outside, "w", encoding="ascii") as file:
            file.write("secret")
        os.symlink(outside, os.path.join(self.door.site, "link.txt"))
        self.write(".hidden", b"secret")
        self.write("dir/.git/config", b"secret")
        for path in ("/../secret.txt", "/%2e%2e/secret.txt",
                     "/..%2fsecret.txt", "/a/../../secret.txt",
                     "//secret.txt", "/link.txt", "/.hidden", "/%2ehidden",
                     "/dir/.git/config", "/dir", "/dir/", "/./a",
                     "/.well-known/../../secret.txt", "/a%00b",
                     "/e.txt%00.html", "/\\..\\secret.txt", "/%ff",
                     "/static/../x", "/static/nothing.css"):
            answer = self.door.get(path)
            self.assertEqual(answer.status, 404, path)
            self.assertNotIn(b"secret", answer.body.replace(
                path.encode(), b""), path)

    def test_assets(self):
        page = self.door.get("/login").text
        at = page.index("/static/style.")
        answer = self.door.get(page[at:page.index('"', at)])
        self.assertEqual(answer.status, 200)
        self.assertIn("immutable", answer.headers["cache-control"])
        self.assertIn("text/css", answer.headers["content-type"])


class Endurance(unittest.TestCase):
    def test_desk_gone(self):
        door = Door(PROGRAM)
        door.desk.sock.shutdown(2)
        door.desk.sock.close()
        time.sleep(0.2)
        answer = door.get("/policy")
        self.assertEqual(answer.status, 503)
        self.assertEqual(answer.headers["retry-after"], "5")
        self.assertIn("Nothing was changed", answer.text)
        self.assertEqual(door.get("/login").status, 200)
        self.assertEqual(door.stop(), 0)

    def test_desk_goes_while_waiting(self):
        door = Door(PROGRAM)
        door.answers["policy.show"] = lambda ask: None
        with door.connect() as sock:
            sock.sendall(b"GET /policy HTTP/1.1\r\n" + HOST +
                         b"Connection: close\r\n\r\n")
            time.sleep(0.3)
            door.desk.sock.shutdown(2)
            self.assertEqual(Answer(read_answer(sock)).status, 503)
        self.assertEqual(door.stop(), 0)

    def test_bad_frames(self):
        door = Door(PROGRAM)
        door.desk.sock.sendall(b"\xff\xff\xff\xff")
        time.sleep(0.2)
        self.assertEqual(door.get("/policy").status, 503)
        self.assertEqual(door.stop(), 0)

    def test_late_and_strange_answers(self):
        door = Door(PROGRAM)
        for strange in ({"id": 1, "ok": {}}, {"id": -5, "ok": {}},
                        {"id": "x"}, {}, {"id": 1 << 60, "error": 3}):
            door.desk.send(strange)
        held = []
        door.answers["policy.show"] = held.append
        with door.connect() as sock:
            sock.sendall(b"GET /policy HTTP/1.1\r\n" + HOST + b"\r\n")
            time.sleep(0.3)
        door.desk.send({"id": held[0]["id"], "ok": {}, "me": None})
        door.desk.send({"id": held[0]["id"], "ok": {}, "me": None})
        self.assertEqual(door.get("/login").status, 200)
        self.assertEqual(door.stop(), 0)

    def test_any_order(self):
        door = Door(PROGRAM)
        held = []
        door.answers["cwe.find"] = held.append
        socks = []
        for text in ("one", "two"):
            sock = door.connect()
            sock.sendall(b"GET /api/v1/cwe.find?text=" + text.encode() +
                         b" HTTP/1.1\r\n" + HOST +
                         b"Connection: close\r\n\r\n")
            socks.append(sock)
            time.sleep(0.2)
        for ask in reversed(held):
            door.desk.send({"id": ask["id"], "ok": ask["args"], "me": None})
        for sock, text in zip(socks, ("one", "two")):
            body = Answer(read_answer(sock)).body
            self.assertEqual(json.loads(body), {"text": text})
            sock.close()
        self.assertEqual(door.stop(), 0)

    def test_slow_header_is_cut(self):
        door = Door(PROGRAM)
        with door.connect() as sock:
            sock.sendall(b"GET /login HTTP/1.1\r\n")
            begin = time.monotonic()
            sock.settimeout(1)
            for _ in range(20):
                try:
                    sock.sendall(b"X")
                    if sock.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(door.stop(), 0)

    def test_many_connections(self):
        door = Door(PROGRAM)
        socks = [door.connect() for _ in range(70)]
        time.sleep(0.3)
        self.assertIn(b"503", socks[-1].recv(100))
        for sock in socks:
            sock.close()
        time.sleep(0.3)
        self.assertEqual(door.get("/login").status, 200)
        self.assertEqual(door.stop(), 0)


if __name__ == "__main__":
    unittest.main()
