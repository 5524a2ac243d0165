#!/usr/bin/env python3
"""Every check of tools/ refuses a tree that is known to be bad, as TAP."""
import pathlib
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
LAYERS = ("room core:\nroom store: core\nroom web: core\n"
          "header sqlite3.h: store\n")
HEAD = "/* A room. */\n"
LONG = "int\nlong_one(void)\n{\n" + "\tint a;\n" * 60 + "}\n"

# what it shows, tool and arguments, {file: text}, a word of the refusal or
# None where the tree is good
CASES = [
    ("good tree", "shape", {"src/core/a.h": HEAD + "\n/* Adds. */\nint a(int b);\n",
                            "src/core/a.c": '/* system( */\nchar *s = "gets(x)";\n'},
     None),
    ("long function", "shape", {"src/core/a.c": LONG}, "long_one has 63 lines"),
    ("long file", "shape", {"src/core/a.c": "\n" * 801}, "801 lines"),
    ("banned call", "shape", {"src/core/a.c": "int x = atoi (y);\n"}, "atoi is banned"),
    ("no contract", "shape", {"src/core/a.h": HEAD + "\nint a(int b);\n"},
     "a has no comment"),
    ("second has no contract", "shape",
     {"src/core/a.h": HEAD + "\n/* Adds. */\nint a(int b);\n\nMUST bool c(\n    int d);\n"},
     "c has no comment"),
    ("a family shares its contract", "shape",
     {"src/core/a.h": HEAD + "\n/* Adds. */\nint a(int b);\nint c(\n    int d);\nint e(void);\n"},
     None),
    ("header without business", "shape", {"src/core/a.h": "int a;\n"},
     "begins with a comment"),
    ("windy header", "shape", {"src/core/a.h": "/*\n" + " * x\n" * 12 + " */\n"},
     "more than 12 lines"),
    ("unfinished mark", "shape", {"docs/a.md": "TO" + "DO: later\n"}, "unfinished"),
    ("good layers", "layers", {"src/store/a.c": '#include "core/b.h"\n#include <sqlite3.h>\n'},
     None),
    ("forbidden room", "layers", {"src/web/a.c": '#include "store/db.h"\n'},
     "room web may not include store"),
    ("upward", "layers", {"src/core/a.h": '# include "web/x.h"\n'},
     "room core may not include web"),
    ("forbidden library", "layers", {"src/web/a.c": "#include <sqlite3.h>\n"},
     "may not include the library"),
    ("unknown room", "layers", {"src/attic/a.c": "\n"}, "not in tools/layers.txt"),
    ("done and proven", "rules", {"docs/spec/p.md": "| P-01 | done | x | |\n",
                                  "tests/a.c": "/* P-01 */\nvoid\ntest_a(void)\n"}, None),
    ("done without a test", "rules", {"docs/spec/p.md": "| P-01 | done | x | |\n"},
     "no test names it"),
    ("unknown rule", "rules", {"docs/spec/p.md": "| P-01 | open | x | |\n",
                               "tests/a.py": "# P-02\n"}, "unknown P-02"),
    ("rule written twice", "rules",
     {"docs/spec/p.md": "| P-01 | open | x | |\n| P-01 | open | y | |\n"}, "twice"),
    ("state nobody knows", "rules", {"docs/spec/p.md": "| P-01 | soon | x | |\n"}, "soon"),
    ("operation explained", "documented",
     {"src/ops/ops.def": 'OP(A, "a.b", READ, NONE, "Does " "a")\n'
      'ARG("x", INT, 1, 2, MAY_HAVE, NULL, "How many")\nOP_END\n',
      "man/forewarn.1.scd": "@OPERATIONS@"}, None),
    ("operation without help", "documented",
     {"src/ops/ops.def": 'OP(A, "a.b", READ, NONE, "")\nOP_END\n',
      "man/forewarn.1.scd": "@OPERATIONS@"}, "a.b has no summary"),
    ("argument without help", "documented",
     {"src/ops/ops.def": 'OP(A, "a.b", READ, NONE, "Does")\n'
      'ARG("x", INT, 1, 2, MAY_HAVE, NULL, "")\nOP_END\n',
      "man/forewarn.1.scd": "@OPERATIONS@"}, "argument x has no help"),
    ("key without sample", "documented",
     {"src/config/config.def": 'KEY(state, TEXT, "/x", path, "Where it lives")\n',
      "man/forewarn.conf.5.scd": "@KEYS@"}, "state is not in etc"),
    ("verb unexplained", "documented",
     {"do": "do_build() {\n}\n", "HACKING.md": ""}, "./do build"),
]


def run(tool, files):
    """Exit status and output of a tool on a tree of these files."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        if tool == "layers":
            (root / "tools").mkdir()
            (root / "tools/layers.txt").write_text(LAYERS)
        check = ["--check"] if tool == "rules" else []
        done = subprocess.run(
            [sys.executable, TOOLS / tool, *check, "--root", root],
            capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def tally_counts():
    """The tally sums junit and stages, and calls silence a failure."""
    with tempfile.TemporaryDirectory() as name:
        logs = pathlib.Path(name) / "b/meson-logs"
        logs.mkdir(parents=True)
        (logs / "testlog.junit.xml").write_text(
            '<testsuites><testsuite name="forewarn.forewarn:unit / t"><testcase name="1"/>'
            '<testcase name="2"><failure/></testcase></testsuite>'
            '<testsuite name="forewarn.u"><testcase name="3"/></testsuite>'
            '<testsuite name="unit"><testcase name="forewarn:unit / v">'
            '<failure/></testcase></testsuite>'
            '</testsuites>')
        (logs / "testlog.json").write_text(
            '{"name": "forewarn:unit / t", "result": "FAIL"}\n'
            '{"name": "forewarn:unit / v", "result": "FAIL"}\n'
            '{"name": "forewarn:unit / u", "result": "ERROR"}\n')
        (logs / "stages.tap").write_text("ok - a\nnot ok - b\n")
        done = subprocess.run(
            [sys.executable, TOOLS / "tally", f"{name}/b", f"{name}/empty"],
            capture_output=True, text=True, check=False)
        return done.returncode == 1 and \
            done.stdout.splitlines()[-1] == "3 passed, 5 failed"


def main():
    """Runs the table."""
    print(f"1..{len(CASES) + 1}")
    for number, (what, tool, files, word) in enumerate(CASES, 1):
        status, said = run(tool, files)
        good = status == 0 if word is None else status == 1 and word in said
        print(f"{'ok' if good else 'not ok'} {number} - {tool}: {what}")
        if not good:
            print("# " + said.replace("\n", "\n# "))
    print(f"{'ok' if tally_counts() else 'not ok'} {len(CASES) + 1} - tally: sums")


if __name__ == "__main__":
    main()
