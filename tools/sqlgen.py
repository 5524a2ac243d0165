#!/usr/bin/env python3
"""Turns annotated SQL into typed C, and migrations into embedded text.

  sqlgen.py --prefix store --header H --source C --guarded guarded.txt FILES

FILES are migrations/NNNN.sql and sql/*.sql. A statement is a block:

    -- case_find guarded one (number text) -> (id int, body blob)
    --: Contract comment, any number of lines.
    SELECT id, body FROM cases WHERE number = $1;

Kinds: one (0 rows: ERR_MISSING), many (max=N, default LIMIT_LIST_ROWS), exec
(rows changed), insert (one row by RETURNING, 0 rows: ERR_CONFLICT). Types: int
time text blob bool, with ? when NULL is possible. "-> name" shares the row of
another statement. Every statement is compiled against the migrations here, so
bad SQL fails the build. A statement that names a guarded table must say so.
"""
import argparse
import hashlib
import os
import re
import sqlite3
import sys

TYPES = {
    "int": ("int64_t ", "INT"), "time": ("int64_t ", "TIME"),
    "text": ("const char *", "TEXT"), "blob": ("struct str ", "BLOB"),
    "bool": ("bool ", "BOOL"),
}
TOKENS = {  # schema token -> (SQLite, PostgreSQL)
    "@id@": ("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"),
    "@int@": ("INTEGER", "BIGINT"), "@time@": ("INTEGER", "BIGINT"),
    "@bool@": ("INTEGER", "BIGINT"), "@blob@": ("BLOB", "BYTEA"),
    "@text@": ("TEXT", 'TEXT COLLATE "C"'),
}
TAKEN = set("""db pass arena ret count err auto break case char const continue
default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned
void volatile while bool true false NULL""".split())
HEAD = re.compile(
    r"^-- (\w+)( guarded)? (one|many|exec|insert)(?: max=(\d+))?"
    r" \(([^)]*)\)(?: -> (?:\(([^)]+)\)|(\w+)))?$")
NOTE = "/* Written by tools/sqlgen.py; change the .sql files instead. */\n"


def fail(where, text):
    sys.exit(f"{where}: {text}")


def fields(where, text):
    """'id int, note text?' -> [(name, type, nullable)]"""
    out = []
    for part in filter(None, (p.strip() for p in (text or "").split(","))):
        match = re.fullmatch(r"([a-z]\w*) (\w+)(\??)", part)
        if not match or match[2] not in TYPES:
            fail(where, f"'{part}' is not 'name type' ({', '.join(TYPES)})")
        if match[1] in TAKEN:
            fail(where, f"'{match[1]}' is a word of C or of the generator")
        out.append((match[1], match[2], match[3] == "?"))
    return out


class Statement:
    def __init__(self, where, match):
        self.where, self.name = where, match[1]
        self.guarded, self.kind = bool(match[2]), match[3]
        self.max, self.row = match[4], match[7] or match[1]
        self.params = fields(where, match[5])
        self.columns = fields(where, match[6])
        self.shared, self.notes, self.lines = match[7], [], []
        if (self.kind == "exec") == bool(self.columns or self.shared):
            fail(where, "exec has no columns, every other kind has some")

    def check(self):
        self.sql = "\n".join(self.lines).strip()
        if not self.sql.endswith(";") or self.sql.count(";") != 1:
            fail(self.where, "a block is one statement ended by one ';'")
        self.sql = self.sql[:-1]
        if "::" in self.sql or "?" in self.sql:
            fail(self.where, "write CAST() and $1, not '::' or '?'")
        used = set(map(int, re.findall(r"\$(\d+)", self.sql)))
        if used != set(range(1, len(self.params) + 1)):
            fail(self.where, f"parameters are {len(self.params)}, "
                 f"the text uses {sorted(used)}")

    def prototype(self):
        args = ["struct db *db"]
        args += ["const struct pass *pass"] if self.guarded else []
        args += ["struct arena *arena"] if self.kind != "exec" else []
        args += [f"{TYPES[t][0]}{n}" for n, t, _ in self.params]
        row = f"struct row_{self.row} *"
        args += {"exec": ["int64_t *ret"], "many": [row + "*ret",
                 "size_t *count"]}.get(self.kind, [row + "ret"])
        return f"q_{self.name}({', '.join(args)}, struct err *err)"


def read_statements(paths):
    out, current = [], None
    for path in paths:
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            where, line = f"{path}:{number}", line.rstrip()
            match = HEAD.match(line)
            if match:
                current = Statement(where, match)
                out.append(current)
            elif re.match(r"-- \w+ .*\(", line) and "->" in line:
                fail(where, "cannot read this head; see tools/sqlgen.py")
            elif line.startswith("--:") and current:
                current.notes.append(line[3:].strip())
            elif line and not line.startswith("--"):
                if current is None:
                    fail(where, "SQL before the first statement head")
                current.lines.append(line)
    names = {s.name: s for s in out}
    if len(names) != len(out):
        fail(paths[0], "two statements have one name: " + ", ".join(
            sorted(n for n in names if sum(s.name == n for s in out) > 1)))
    for s in out:
        s.check()
        if s.shared:
            if s.shared not in names or names[s.shared].shared:
                fail(s.where, f"no statement {s.shared} with a row of its own")
            s.columns = names[s.shared].columns
    return out


def split_sql(text):
    text = re.sub(r"--[^\n]*", "", text)
    return [p.strip() for p in text.split(";") if p.strip()]


def expand(text, engine):
    """Schema text for one engine (0 SQLite, 1 PostgreSQL)."""
    out = []
    for part in split_sql(text):
        if engine == 0 and part.upper().startswith("CREATE TABLE"):
            part += " STRICT"
        for token, names in TOKENS.items():
            part = part.replace(token, names[engine])
        out.append(part + ";\n")
    return "".join(out)


def read_tables(texts):
    """Tables and typed columns in creation order, for backup and restore."""
    tables = {}
    for part in (p for text in texts for p in split_sql(text)):
        head = re.match(r"(?is)CREATE TABLE (\w+)\s*\((.*)", part)
        more = re.match(r"(?is)ALTER TABLE (\w+) ADD COLUMN (.*)", part)
        gone = re.match(r"(?is)DROP TABLE (\w+)", part)
        if gone:
            del tables[gone[1]]
        if head or more:
            name, body = (head or more).group(1, 2)
            tables.setdefault(name, []).extend(
                (n, "int" if t == "id" else t, "NOT NULL" not in rest.upper()
                 and t != "id") for n, t, rest in
                re.findall(r"(\w+)\s+@(\w+)@([^,\n]*)", body))
    return tables


def compile_all(statements, migrations, guarded):
    """Every statement must compile, and own up to the tables it touches."""
    touched = set()

    def authorize(action, table, *_):
        if action in (sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT,
                      sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
            touched.add(table)
        return sqlite3.SQLITE_OK

    base = sqlite3.connect(":memory:")
    for path, text in migrations:
        try:
            base.executescript(expand(text, 0))
        except sqlite3.Error as error:
            fail(path, error)
    base.set_authorizer(authorize)
    for s in statements:
        touched.clear()
        try:
            values = {str(i): None for i in range(1, len(s.params) + 1)}
            base.execute("EXPLAIN " + s.sql, values)
        except sqlite3.Error as error:
            fail(s.where, f"{s.name}: {error}")
        if touched & guarded and not s.guarded:
            fail(s.where, f"{s.name} touches {sorted(touched & guarded)}: "
                 "say 'guarded' and pass the actor")


def c_text(text):
    lines = text.split("\n")
    quoted = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return "\n".join(f'\t"{q}\\n"' for q in quoted if q) or '\t""'


def header(statements, prefix):
    guard = f"FOREWARN_{prefix.upper()}_STATEMENTS_H"
    out = [NOTE, f"#ifndef {guard}\n#define {guard}\n",
           '#include "core/arena.h"\n#include "store/db.h"\n',
           f"extern const struct db_schema {prefix}_schema;\n"]
    for s in statements:
        if s.columns and not s.shared:
            body = "".join(f"\t{TYPES[t][0]}{n};\n" for n, t, _ in s.columns)
            out.append(f"struct row_{s.name} {{\n{body}}};\n")
    for s in statements:
        note = "\n * ".join(s.notes or [s.name.replace("_", " ") + "."])
        out.append(f"/*\n * {note}\n */\nMUST bool {s.prototype()};\n")
    return "\n".join(out) + "\n#endif\n"


def c_fields(name, items, row):
    body = "".join(
        f'\t{{ "{n}", DB_{TYPES[t][1]}, {"true" if null else "false"}, '
        + (f"offsetof(struct row_{row}, {n})" if row else "0") + " },\n"
        for n, t, null in items)
    if not items:
        return ""
    return f"static const struct db_field {name}[] = {{\n{body}}};\n"


def c_table(kind, name, rows):
    body = "".join(rows) or "\t{ 0 },\n"
    return f"static const struct db_{kind} {name}[] = {{\n{body}}};\n"


def c_statement(s):
    row = f"sizeof(struct row_{s.row})" if s.columns else "0"
    pick = lambda kind, items: f"{s.name}_{kind}" if items else "NULL"
    return (f'\t{{ "{s.name}", {c_text(s.sql).strip()},\n\t\tDB_'
            f"{s.kind.upper()}, {str(s.guarded).lower()}, "
            f"{s.max or 'LIMIT_LIST_ROWS'},\n\t\t{pick('params', s.params)}, "
            f"{len(s.params)}, {pick('columns', s.columns)}, "
            f"{len(s.columns)}, {row}, {s.index} }},\n")


def c_function(s):
    values = "".join(f"\t\tdb_{t}({n}),\n" for n, t, _ in s.params)
    call = {"exec": "db_exec", "many": "db_many"}.get(s.kind, "db_one")
    args = ["db", f"&statements[{s.index}]"]
    args += ["pass" if s.guarded else "NULL"]
    args += ["arena"] if s.kind != "exec" else []
    args += ["params" if s.params else "NULL"]
    args += ["(void **)ret, count" if s.kind == "many" else "ret", "err"]
    array = f"\tconst struct db_value params[] = {{\n{values}\t}};\n"
    return (f"bool\n{s.prototype()}\n{{\n{array if s.params else ''}"
            f"\treturn {call}({', '.join(args)});\n}}\n")


def source(statements, migrations, tables, prefix, head):
    out = [NOTE, f'#include "{head}"\n\n#include <stddef.h>\n']
    for s in statements:
        out.append(c_fields(s.name + "_params", s.params, None))
        out.append(c_fields(s.name + "_columns", s.columns, s.row))
    for name, columns in tables.items():
        out.append(c_fields(f"table_{name}", columns, None))
    out.append(c_table("statement", "statements", map(c_statement, statements)))
    out.append(c_table("migration", "migrations", (
        f'\t{{ {int(os.path.basename(path)[:4])}, '
        f'"{hashlib.blake2b(text.encode(), digest_size=32).hexdigest()}",\n'
        f"{c_text(expand(text, 0))},\n{c_text(expand(text, 1))} }},\n"
        for path, text in migrations)))
    out.append(c_table("table", "tables", (
        f'\t{{ "{n}", table_{n}, {len(c)} }},\n' for n, c in tables.items())))
    out.append(f"const struct db_schema {prefix}_schema = {{ statements, "
               f"{len(statements)}, migrations, {len(migrations)}, tables, "
               f"{len(tables)} }};\n")
    out += map(c_function, statements)
    return "\n".join(filter(None, out))


def main():
    parser = argparse.ArgumentParser()
    for name in ("prefix", "header", "source", "guarded"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    kind = lambda p: os.path.basename(os.path.dirname(p))
    migrations = [(p, open(p, encoding="utf-8").read())
                  for p in sorted(args.files) if kind(p) == "migrations"]
    numbers = [int(os.path.basename(p)[:4]) for p, _ in migrations]
    if numbers != list(range(1, len(numbers) + 1)):
        fail("migrations", f"numbers {numbers} are not 1, 2, 3 …")
    guarded = {line.strip() for line in open(args.guarded, encoding="utf-8")
               if line.strip() and not line.startswith("#")}
    statements = read_statements(
        sorted(p for p in args.files if kind(p) == "sql"))
    for index, s in enumerate(statements):
        s.index = index
    compile_all(statements, migrations, guarded)
    head = os.path.basename(args.header)
    tables = read_tables([text for _, text in migrations])
    with open(args.header, "w", encoding="utf-8") as out:
        out.write(header(statements, args.prefix))
    with open(args.source, "w", encoding="utf-8") as out:
        out.write(source(statements, migrations, tables, args.prefix, head))


if __name__ == "__main__":
    main()
