#!/usr/bin/env python3
"""Every class and icon a template names exists; the style sheet stays small.

usage: test_look.py SOURCE_ROOT
"""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")
CSS = (ROOT / "src/web/static/style.css").read_text(encoding="utf-8")
ICONS = (ROOT / "src/web/static/icons.svg").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "src/web/templates").glob("*.html")) + \
    sorted((ROOT / "tests/browser/templates").glob("*.html"))
LARGEST = 40000


def rules_only(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


def classes_of(text):
    """Words of class="…", without what statements and expressions add."""
    for value in re.findall(r'\bclass="((?:\{[{%].*?[}%]\}|[^"])*)"', text):
        yield from re.sub(r"\{%.*?%\}|\S*\{\{.*?\}\}\S*", " ", value).split()


class Look(unittest.TestCase):
    def test_small(self):
        self.assertLess(len(CSS.encode()), LARGEST)

    def test_loads_nothing(self):
        self.assertNotRegex(rules_only(CSS), r"url\(|@import|@font-face")

    def test_classes(self):
        known = set(re.findall(r"\.([a-z][a-z0-9-]*)", rules_only(CSS)))
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            with self.subTest(page.name):
                self.assertEqual(set(classes_of(text)) - known, set())

    def test_icons(self):
        known = set(re.findall(r'<symbol id="([a-z]+)"', ICONS))
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            used = set(re.findall(r"icons\.svg %\}#([^\"{]*)\"", text))
            with self.subTest(page.name):
                self.assertEqual(used - known, set())


if __name__ == "__main__":
    unittest.main()
