#!/usr/bin/env python3
"""The sample configuration and the policy are accepted as they are."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

FOREWARND, ROOT = (pathlib.Path(a).resolve() for a in sys.argv[1:3])

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    shutil.copy(ROOT / "etc" / "forewarn.conf", folder)
    shutil.copy(ROOT / "policies" / "zephyr.conf", folder)
    conf = folder / "forewarn.conf"
    # This machine may lack the user of the default; nothing else differs.
    with conf.open("a") as more:
        more.write('user = ""\n')
    done = subprocess.run([FOREWARND, "-n", "-c", conf],
                          capture_output=True, text=True, timeout=20)
    print(done.stdout, done.stderr)
    sys.exit(done.returncode)
