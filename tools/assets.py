#!/usr/bin/env python3
"""Compile src/web/static/* into one C table with hashed addresses.

usage: assets.py OUT.c DEPFILE STATIC_DIR
"""
import os
import sys

from templates import asset_url, literal

TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
         ".png": "image/png", ".ico": "image/x-icon"}


def main(argv):
    rows, bodies = [], []
    folder = argv[3]
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    for number, path in enumerate(paths):
        with open(path, "rb") as file:
            data = file.read()
        kind = TYPES[os.path.splitext(path)[1]]
        digits = ",".join(str(byte) for byte in data)
        bodies.append("static const unsigned char body%d[] = {\n%s\n};\n" %
                      (number, digits or "0"))
        rows.append('\t{ %s, "%s", body%d, %d },' %
                    (literal(asset_url(path)), kind, number, len(data)))
    with open(argv[1], "w", encoding="ascii") as out:
        out.write('/* Made by tools/assets.py. */\n#include "web/asset.h"\n\n')
        out.write("\n".join(bodies))
        out.write("\nconst struct asset assets[] = {\n%s\n"
                  "\t{ NULL, NULL, NULL, 0 },\n};\n" % "\n".join(rows))
    with open(argv[2], "w", encoding="ascii") as out:
        out.write("%s: %s\n" % (argv[1], " ".join([folder] + paths)))


if __name__ == "__main__":
    main(sys.argv)
