"""Reads the tables written as C macros: src/ops/ops.def, src/config/config.def."""
import re

TOKEN = re.compile(r'"((?:\\.|[^"\\])*)"|([(),])|([^\s"(),]+)')


def rows(text):
    """[(macro, [argument, ...])] of every NAME(...) or bare NAME at top level.

    Adjacent strings are joined; other arguments are their words.
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    found, depth, name, args = [], 0, None, []
    for string, mark, word in TOKEN.findall(text):
        if depth == 0 and word:
            if name:
                found.append((name, []))
            name = word
        elif mark == "(":
            depth += 1
            args = [""] if depth == 1 else args
            if depth > 1:
                args[-1] += "("
        elif mark == ")":
            depth -= 1
            if depth == 0:
                found.append((name, args))
                name, args = None, []
            else:
                args[-1] += ")"
        elif mark == "," and depth == 1:
            args.append("")
        elif mark == ",":
            args[-1] += ","
        elif word:
            args[-1] += (" " if args[-1] else "") + word
        else:
            args[-1] += string.replace('\\"', '"')
    if name:
        found.append((name, []))
    return found


def operations(text):
    """[{"name", "kind", "summary", "args": [{...}]}] of ops.def."""
    found = []
    for macro, args in rows(text):
        if macro == "OP":
            found.append({"name": args[1], "kind": args[2],
                          "subject": args[3], "summary": args[4], "args": []})
        elif macro == "ARG":
            found[-1]["args"].append({
                "name": args[0], "type": args[1], "min": args[2],
                "max": args[3], "need": args[4] == "MUST_HAVE",
                "choices": "" if args[5] == "NULL" else args[5],
                "help": args[6]})
    return found
