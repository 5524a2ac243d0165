#!/usr/bin/env python3
"""The unit file is well formed, and systemd finds little exposed in it."""
import pathlib
import re
import shutil
import subprocess
import sys

UNIT = pathlib.Path(sys.argv[1]).resolve()
MOST = 1.5
SKIP = 77


def main():
    tool = shutil.which("systemd-analyze")
    if tool is None:
        print("skipped: systemd-analyze is missing (apt install systemd)")
        return SKIP
    done = subprocess.run(
        [tool, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True, text=True, timeout=60)
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    if found is None:
        print(done.stdout, done.stderr)
        return 1
    print(found.group(0))
    if float(found.group(1)) >= MOST:
        print(done.stdout)
        return 1
    return 0


sys.exit(main())
