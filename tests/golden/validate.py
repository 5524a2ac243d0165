#!/usr/bin/python3
"""Second opinion on the golden documents: official schemas and parsers.

usage: validate.py DIR
CVE records: the CVE schema 5.1.1 as shipped in the PyPI package cvelib (MIT),
found installed or at $FOREWARN_CVE_SCHEMA; Atom: an XML parser and the
required elements of RFC 4287; reStructuredText: docutils, without one message
and without a node that only foreign markup could have made. What cannot run is named.
"""
import glob
import importlib.util
import io
import json
import os
import pathlib
import sys
import xml.etree.ElementTree as ET

ATOM = '{http://www.w3.org/2005/Atom}'
SCHEMA = 'schemas/CVE_JSON_bundled_5.1.1.json'


def skip(what, why):
    print(f'SKIPPED {what}: {why}', file=sys.stderr)


def schema_find():
    if 'FOREWARN_CVE_SCHEMA' in os.environ:
        return pathlib.Path(os.environ['FOREWARN_CVE_SCHEMA'])
    spec = importlib.util.find_spec('cvelib')
    found = spec and pathlib.Path(spec.submodule_search_locations[0]) / SCHEMA
    return found if found and found.exists() else None


def cve_check(path):
    schema = schema_find()
    if not schema:
        skip('CVE schema', 'pip install cvelib, or set FOREWARN_CVE_SCHEMA')
        return []
    try:
        import jsonschema
    except ImportError:
        skip('CVE schema', 'apt install python3-jsonschema')
        return []
    validator = jsonschema.Draft7Validator(
        json.loads(schema.read_text()),
        format_checker=jsonschema.FormatChecker())
    record = json.loads(pathlib.Path(path).read_text())
    return [f'{list(e.absolute_path)}: {e.message[:200]}'
            for e in validator.iter_errors(record)]


def atom_check(path):
    root = ET.parse(path).getroot()
    faults = [f'feed lacks {name}' for name in ('id', 'title', 'updated')
              if root.find(ATOM + name) is None]
    ids = [entry.findtext(ATOM + 'id') for entry in root.iter(ATOM + 'entry')]
    if len(set(ids)) != len(ids) or None in ids:
        faults.append('entry ids are missing or not unique')
    for entry in root.iter(ATOM + 'entry'):
        faults += [f'entry lacks {name}'
                   for name in ('title', 'updated', 'link')
                   if entry.find(ATOM + name) is None]
        faults += [f'<{child.tag}> came out of a text' for child in entry
                   if not child.tag.startswith(ATOM) or len(child)]
    return faults


RST_NODES = {'document', 'section', 'title', 'paragraph', 'bullet_list',
             'list_item', 'literal', 'literal_block', 'reference', 'target',
             'inline', '#text'}


def rst_check(path):
    try:
        import docutils.core
        import docutils.nodes
        import docutils.parsers.rst.roles as roles
    except ImportError:
        skip('docutils', 'apt install python3-docutils')
        return []
    roles.register_generic_role('cve', docutils.nodes.inline)
    said = io.StringIO()
    tree = docutils.core.publish_doctree(
        pathlib.Path(path).read_text(), settings_overrides={
            'report_level': 2, 'halt_level': 5, 'warning_stream': said,
            'file_insertion_enabled': False, 'raw_enabled': False})
    faults = said.getvalue().splitlines()
    for said_node in list(tree.findall(docutils.nodes.system_message)):
        said_node.parent.remove(said_node)  # level 1; worse is in `said`
    faults += [f'<{node.tagname}> came out of a text'
               for node in tree.findall() if node.tagname not in RST_NODES]
    faults += [f'link to {node["refuri"]}'
               for node in tree.findall(docutils.nodes.reference)
               if not node.get('refuri', '').startswith('https://')]
    faults += [f'line {number} is wider than 80 columns' for number, line in
               enumerate(pathlib.Path(path).read_text().splitlines(), 1)
               if len(line) > 80 and ' ' in line.strip()]
    return faults


CHECKS = {'*.cve.json': cve_check, '*.atom.xml': atom_check,
          '*.rst': rst_check}


def main(folder):
    bad = 0
    for pattern, check in CHECKS.items():
        for path in sorted(glob.glob(f'{folder}/{pattern}')):
            for fault in check(path):
                print(f'{path}: {fault}')
                bad = 1
    return bad


sys.exit(main(sys.argv[1]))
