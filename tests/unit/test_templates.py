#!/usr/bin/env python3
"""What tools/templates.py refuses, as a table; and that it says where."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tools"))
import templates  # noqa: E402

REFUSED = [
    ("<p class={{ page }}>", "unquoted"),
    ("<p {{ page }}>", "in a tag"),
    ("<{{ page }}>", "in a tag"),
    ("<p {{ page }}='x'>", "in a tag"),
    ("<p on{{ page }}='x'>", "in a tag"),
    ("<!-- {{ page }} -->", "comment"),
    ("<script>{{ page }}</script>", "script"),
    ("<SCRIPT>", "script"),
    ("<style>p{}</style>", "style"),
    ("<iframe src='/x'>", "iframe"),
    ("<base href='/'>", "base"),
    ("<p style='{{ page }}'>", "style"),
    ("<p onclick='{{ page }}'>", "onclick"),
    ("<p ONCLICK='x'>", "onclick"),
    ("<iframe srcdoc='x'>", "not allowed"),
    ("<img srcset='{{ page }}'>", "srcset"),
    ("<meta content='{{ page }}'>", "meta"),
    ("<meta http-equiv='refresh'>", "http-equiv"),
    ("<a href='javascript:{{ page }}'>", "address"),
    ("<a href='javascript:alert(1)'>", "address"),
    ("<a href='//{{ page }}'>", "address"),
    ("<a href='case/{{ page }}'>", "address"),
    ("<a href='{% if me %}javascript:{% else %}/{% end %}{{ page }}'>",
     "address"),
    ("<a {% if me %}hr{% end %}ef='{{ page }}'>", "white space"),
    ("<a x{% if me %}y{% end %}>", "white space"),
    ("<a href {% if me %}='{{ page }}'{% end %}>", "without the name"),
    ("<p {% if me %}title='{% end %}>", "different HTML"),
    ("{% if me %}<p title='{% end %}", "different HTML"),
    ("{% for x in page %}<p {% end %}", "different HTML"),
    ("<a href='{% if me %}{{ page }}{% end %}{{ page }}'>", "different HTML"),
    ("<p title='x", "ends inside"),
    ("{{ unknown }}", "unknown name"),
    ("{{ page|nothing }}", "no filter"),
    ("{{ page|join }}", "argument missing"),
    ("{{ page|date:\"x\" }}", "not wanted"),
    ("{{ page|date|when }}", "one filter"),
    ("{{ page | }}", "filters"),
    ("{{ page() }}", "cannot read"),
    ("{{ Page }}", "cannot read"),
    ("<p title='{{ page|markdown }}'>", "not allowed"),
    ("<a href='{{ page|when }}'>", "not allowed"),
    ("<a href='/{{ page|words }}'>", "not allowed"),
    ("{% if page %}", "lacks"),
    ("{% if page ( %}{% end %}", "condition"),
    ("{% if page == %}{% end %}", "too early"),
    ("{% if page me %}{% end %}", "condition at"),
    ("{% end %}", "unexpected"),
    ("{% frob %}", "unknown statement"),
    ("{% include missing %}", "no template"),
    ("{% include page %}", "includes itself"),
    ("{% asset ../secret %}", "no file"),
    ("{% for x of page %}{% end %}", "cannot read"),
    ("<form method='post'></form>", "csrf"),
    ("<form METHOD=POST></form>", "csrf"),
    ("1 < 2", "&lt;"),
]


class Refusals(unittest.TestCase):
    def test_refused(self):
        with tempfile.TemporaryDirectory() as static:
            for text, why in REFUSED:
                with self.subTest(text):
                    with self.assertRaises(templates.Refused) as caught:
                        templates.compile_all({"page": text}, static)
                    self.assertIn(why, str(caught.exception))

    def test_line(self):
        with self.assertRaises(templates.Refused) as caught:
            templates.compile_all({"page": "a\n{% if me %}\n{{ x }}"}, ".")
        self.assertIn("page.html:2", str(caught.exception))

    def test_paths(self):
        done = templates.compile_all({"page": "{% for c in page.list %}"
                                      "{{ c.name }}{% end %}"}, ".")
        self.assertEqual(done["page"][1], ["page.list", "page.list[].name"])


if __name__ == "__main__":
    unittest.main()
