#!/usr/bin/env python3
"""Turns src/severity/cwe.tsv into rows of C: cwegen.py cwe.tsv cwe_rows.inc"""
import sys

USAGES = ('allowed', 'review', 'discouraged', 'prohibited')


def rows_read(path):
    last = 0
    with open(path, encoding='ascii') as file:
        for line in file:
            if line.startswith('#'):
                continue
            number, usage, name = line.rstrip('\n').split('\t')
            if int(number) <= last or usage not in USAGES:
                sys.exit(f'{path}: order or usage of {number}')
            last = int(number)
            yield last, usage, name.replace('\\', '\\\\').replace('"', '\\"')


with open(sys.argv[2], 'w', encoding='ascii') as out:
    for number, usage, name in rows_read(sys.argv[1]):
        out.write(f'{{ {number}, CWE_{usage.upper()}, "{name}" }},\n')
