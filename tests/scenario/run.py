#!/usr/bin/python3
"""Plays scenario files against a fresh service each; prints TAP.

usage: run.py FILE.scn…      environment: FOREWARN_TEST_DB, FOREWARN_BUILD
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from forewarn_test import database  # noqa: E402
from forewarn_test.scenario import Player, Stage, read  # noqa: E402
from forewarn_test.service import Service  # noqa: E402


class Tap:
    """One result per line of the scenario."""

    def __init__(self):
        self.count, self.bad = 0, 0

    def say(self, good, what, problem=None):
        self.count += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}",
              flush=True)
        for line in str(problem or "").splitlines():
            print(f"#   {line}", flush=True)

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.bad else 0


def play(path, tap):
    lines = read(path.read_text())

    def report(line, problem):
        what = f"{path.stem}:{line.number} {line.text}".replace("#", "")
        tap.say(problem is None, what[:160],
                problem and f"{type(problem).__name__}: {problem}")

    try:
        with Service() as service:
            if not Player(Stage(service), report).play(lines):
                print("# last lines of the service:")
                for line in service.tail().splitlines():
                    print(f"#   {line}")
    except (AssertionError, OSError) as problem:
        tap.say(False, f"{path.stem}: the service runs", problem)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    database.enter()
    tap = Tap()
    for name in sys.argv[1:]:
        play(pathlib.Path(name), tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
