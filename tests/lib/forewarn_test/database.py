"""Both databases: run again under a throw-away PostgreSQL when asked to."""
import os
import shutil
import sys


def enter():
    """With FOREWARN_TEST_DB=postgresql and no server given, starts the same
    program again under pg_virtualenv. Returns when the database is there."""
    if os.environ.get("FOREWARN_TEST_DB") != "postgresql":
        return
    if os.environ.get("PGHOST") or os.environ.get("PGPORT"):
        return
    program = shutil.which("pg_virtualenv")
    if program is None:
        sys.exit("pg_virtualenv is missing: apt-get install postgresql-common")
    os.execv(program, [program, sys.executable, *sys.argv])
