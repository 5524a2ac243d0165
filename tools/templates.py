#!/usr/bin/env python3
"""Compile src/web/templates/*.html to C, escaping by static HTML context.

usage: templates.py OUT.c|OUT.json DEPFILE STATIC_DIR TEMPLATE_DIR...

Every page becomes `void page_NAME(struct buf *out, const json_t *value)` in
the table templates[] of src/web/template.h. Files whose name begins with "_"
are parts: layouts and includes. The JSON output lists, per page, the paths of
the value that the page reads. The syntax is described in docs/templates.md.
"""
import hashlib
import json
import os
import re
import sys

ROOTS = ("page", "me", "csrf", "form", "error", "now", "project", "path",
         "status")
URL_ATTRS = ("href", "src", "action", "formaction", "cite", "poster")
REFUSED_TAGS = ("script", "style", "iframe", "frame", "frameset", "object",
                "embed", "base", "applet")
URL_STARTS = ("/", "#", "?", "https://", "http://", "mailto:")
NAME = r"[a-z_][a-z0-9_]*"
PATH = r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*"
TOKEN = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.S)
CSRF = '<input type="hidden" name="csrf" value="{{ csrf }}">'


class Refused(Exception):
    pass


class Node:
    def __init__(self, kind, where, **fields):
        self.kind, self.where = kind, where
        self.__dict__.update(fields)

    def refuse(self, text):
        raise Refused("%s:%d: %s" % (self.where[0], self.where[1], text))


# ---- text to tree -------------------------------------------------------

def alone(text, hit, at):
    """Start and end of hit; of its whole line when nothing else is there."""
    line = text.rfind("\n", 0, hit.start()) + 1
    after = re.compile(r"[ \t]*\n").match(text, hit.end())
    if hit.group(1) is not None or after is None or line < at or \
            text[line:hit.start()].strip():
        return hit.start(), hit.end()
    return line, after.end()


def tokens(name, text):
    at = 0
    for hit in TOKEN.finditer(text):
        start, end = alone(text, hit, at)
        where = (name, text.count("\n", 0, at) + 1)
        if start > at:
            yield Node("text", where, text=text[at:start])
        where = (name, text.count("\n", 0, hit.start()) + 1)
        if hit.group(1) is not None:
            yield Node("expr", where, source=hit.group(1).strip())
        elif hit.group(2) is not None:
            yield Node("word", where, source=hit.group(2).strip())
        at = end
    if at < len(text):
        yield Node("text", (name, text.count("\n", 0, at) + 1), text=text[at:])


class Parser:
    """Builds the tree of one file; includes and layouts are spliced in."""

    def __init__(self, files, static):
        self.files, self.static, self.open = files, static, []

    def page(self, name):
        blocks = {}
        while name is not None:
            nodes, base = self.file(name)
            if base is None:
                return self.fill(nodes, blocks)
            for node in nodes:
                if node.kind == "block":
                    blocks.setdefault(node.name, node.body)
                elif node.kind != "text" or node.text.strip():
                    node.refuse("only blocks may stand beside extends")
            name = base

    def fill(self, nodes, blocks):
        done = []
        for node in nodes:
            if node.kind == "block":
                inner = {k: v for k, v in blocks.items() if k != node.name}
                done += self.fill(blocks.get(node.name, node.body), inner)
                continue
            for part in ("body", "other"):
                if hasattr(node, part):
                    setattr(node, part, self.fill(getattr(node, part), blocks))
            done.append(node)
        return done

    def file(self, name, node=None):
        if name not in self.files or len(self.open) > 8 or name in self.open:
            text = "no template %s, or it includes itself" % name
            node.refuse(text) if node else sys.exit(text)
        self.open.append(name)
        stream = list(tokens(name + ".html", self.files[name]))
        base = None
        if stream and stream[0].kind == "word" and \
                stream[0].source.startswith("extends "):
            base = stream.pop(0).source.split()[1]
        nodes, word, rest = self.body(stream)
        if word is not None:
            word.refuse("unexpected {%% %s %%}" % word.source)
        self.open.pop()
        return nodes, base

    def body(self, stream):
        """Nodes up to end, else or elif; that word; the rest."""
        nodes = []
        while stream:
            node = stream.pop(0)
            if node.kind != "word":
                nodes.append(node)
            elif node.source.split()[0] in ("end", "else", "elif"):
                return nodes, node, stream
            else:
                nodes += self.statement(node, stream)
        return nodes, None, stream

    def statement(self, node, stream):
        word, _, rest = node.source.partition(" ")
        rest = rest.strip()
        if word == "include":
            return self.file(rest, node)[0]
        if word == "asset":
            return [Node("text", node.where, text=self.asset(node, rest))]
        if word == "csrf":
            return [Node("csrf", node.where)] + \
                list(tokens(node.where[0], CSRF))
        if word not in ("if", "for", "with", "block"):
            node.refuse("unknown statement {%% %s %%}" % node.source)
        node.kind = word
        node.body, end, stream = self.body(stream)
        node.other = []
        if end is not None and end.source.startswith("elif"):
            if word != "if":
                end.refuse("elif without if")
            end.source = end.source[2:]
            node.other = self.statement(end, stream)
        elif end is not None and end.source == "else":
            node.other, end, stream = self.body(stream)
            if end is None or end.source != "end":
                node.refuse("{%% %s %%} lacks {%% end %%}" % node.source)
        elif end is None or end.source != "end":
            node.refuse("{%% %s %%} lacks {%% end %%}" % node.source)
        self.header(node, rest)
        return [node]

    def header(self, node, rest):
        forms = {"for": r"(%s)(?:\s*,\s*(%s))?\s+in\s+(%s)" %
                 (NAME, NAME, PATH), "with": r"(%s)\s*=\s*(%s)" % (NAME, PATH),
                 "block": r"(%s)" % NAME, "if": r"(.+)"}
        hit = re.fullmatch(forms[node.kind], rest, re.S)
        if hit is None:
            node.refuse("cannot read {%% %s %s %%}" % (node.kind, rest))
        if node.kind == "for":
            node.name, node.second, node.path = hit.groups()
        elif node.kind == "with":
            node.name, node.path = hit.groups()
        elif node.kind == "block":
            node.name = hit.group(1)
        else:
            node.test = hit.group(1)

    def asset(self, node, name):
        path = os.path.join(self.static, name)
        if "/" in name or not os.path.isfile(path):
            node.refuse("no file %s in src/web/static" % name)
        return asset_url(path)


def asset_url(path):
    stem, ext = os.path.splitext(os.path.basename(path))
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    return "/static/%s.%s%s" % (stem, digest, ext)


# ---- the HTML state machine --------------------------------------------

class Html:
    """Where in the HTML the compiler stands; decides how to escape."""

    FIELDS = ("mode", "tag", "attr", "quote", "url", "glue", "form", "post")

    def __init__(self):
        self.mode, self.tag, self.attr, self.quote = "text", "", "", ""
        self.url, self.glue, self.form, self.post = "", False, False, False
        self.word = ""

    def save(self):
        return tuple(getattr(self, f) for f in self.FIELDS) + (self.word,)

    def load(self, saved):
        for field, value in zip(self.FIELDS + ("word",), saved):
            setattr(self, field, value)

    def settle(self):
        """Before a branch and at its ends: inside a tag nothing may glue."""
        if self.mode in ("name", "attr", "after"):
            self.glue = self.mode != "after"
            self.mode, self.word, self.attr = "tag", "", ""

    def feed(self, node):
        for at, char in enumerate(node.text):
            if self.glue:
                if char not in " \t\n/>":
                    node.refuse("a branch inside a tag must be set off by "
                                "white space")
                self.glue = False
            while getattr(self, "in_" + self.mode)(
                    char, node, node.text[at:at + 4]) == "again":
                pass

    def in_text(self, char, node, ahead):
        if ahead == "<!--":
            self.mode, self.word = "comment", ""
        elif char == "<":
            self.mode, self.tag = "name", ""

    def in_comment(self, char, node, ahead):
        self.word = (self.word + char)[-3:]
        if self.word == "-->":
            self.mode, self.word = "text", ""

    def in_name(self, char, node, ahead):
        if not self.tag and not char.isalpha() and char not in "/!":
            node.refuse("write &lt; for a < that opens no tag")
        if char in " \t\n":
            self.mode = "tag"
        elif char == ">":
            return self.close(node)
        else:
            self.tag += char.lower()
        if self.tag in REFUSED_TAGS and self.mode != "name":
            node.refuse("<%s> is not allowed here" % self.tag)

    def in_tag(self, char, node, ahead):
        if char == ">":
            self.close(node)
        elif char == "=":
            node.refuse("= without the name of an attribute")
        elif char not in " \t\n/":
            self.mode, self.attr = "attr", char.lower()

    def in_attr(self, char, node, ahead):
        if char in " \t\n=>/":
            self.check_attr(node)
            self.mode = "after"
            return "again"
        self.attr += char.lower()

    def check_attr(self, node):
        if self.attr.startswith("on") or self.attr in ("style", "srcdoc",
                                                       "http-equiv", "ping"):
            node.refuse("attribute %s is not allowed" % self.attr)

    def in_after(self, char, node, ahead):
        if char == "=":
            self.mode = "before"
        elif char not in " \t\n":
            self.mode, self.attr = "tag", ""
            return "again"

    def in_before(self, char, node, ahead):
        if char in "\"'":
            self.mode, self.quote, self.word = "value", char, ""
            self.url = "start" if self.is_url() else ""
        elif char not in " \t\n":
            self.mode, self.word = "bare", ""
            return "again"

    def is_url(self):
        return self.attr in URL_ATTRS or self.attr.endswith(":href")

    def in_bare(self, char, node, ahead):
        if char in " \t\n>":
            self.value_done()
            self.mode = "tag"
            return "again"
        self.word += char

    def in_value(self, char, node, ahead):
        if char == self.quote:
            self.check_url(node)
            self.value_done()
            self.mode, self.attr, self.quote, self.url = "tag", "", "", ""
            return
        self.word += char
        if self.url:
            self.url = "rest"

    def check_url(self, node):
        if self.url == "rest" and (not self.word.startswith(URL_STARTS) or
                                   self.word.startswith("//")):
            node.refuse("an address must begin with one of %s" %
                        " ".join(URL_STARTS))

    def value_done(self):
        if self.tag == "form" and self.attr == "method":
            self.post = self.word.strip().lower() == "post"
        self.word = ""

    def close(self, node):
        if self.tag in REFUSED_TAGS:
            node.refuse("<%s> is not allowed here" % self.tag)
        if self.tag == "/form":
            if self.form:
                node.refuse("a form with method=post needs {% csrf %}")
            self.form = False
        if self.tag == "form":
            self.form, self.post = self.post, False
        rcdata = self.tag in ("textarea", "title")
        self.mode = "rcdata" if rcdata else "text"
        self.tag = self.tag if rcdata else ""
        self.attr, self.word = "", ""

    def in_rcdata(self, char, node, ahead):
        self.word = (self.word + char.lower())[-12:]
        if self.word.endswith("</" + self.tag):
            self.mode, self.tag, self.word = "name", "/" + self.tag, ""

    def context(self, node):
        """The C escape context of an expression standing here."""
        if self.mode == "text":
            return "IN_TEXT"
        if self.mode == "rcdata":
            return "IN_AREA" if self.tag == "textarea" else "IN_ATTR"
        if self.mode != "value":
            where = {"bare": "an unquoted attribute", "before":
                     "an unquoted attribute", "comment": "a comment"}
            node.refuse("{{ }} is not allowed in %s" %
                        where.get(self.mode, "a tag"))
        if self.attr == "srcset" or self.tag == "meta":
            node.refuse("{{ }} is not allowed in %s of <%s>" %
                        (self.attr, self.tag))
        if self.url == "start":
            self.url = "rest"
            self.word = "/"
            return "IN_URL"
        if self.url:
            self.check_url(node)
            return "IN_PART"
        return "IN_VALUE" if self.attr == "value" else "IN_ATTR"


# ---- tree to C ----------------------------------------------------------

def literal(text):
    """C string literal, pieces short enough to read."""
    out = []
    for byte in text.encode() if isinstance(text, str) else text:
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char == "?" or byte < 32 or byte > 126:
            out.append("\\%03o" % byte)
        else:
            out.append(char)
    lines = ["".join(out[i:i + 64]) for i in range(0, len(out), 64)] or [""]
    return "\n\t    ".join('"%s"' % line for line in lines)


# name: (C function, contexts or None for all but URL start, argument)
FILTERS = {
    "date": ("template_date(out, %s)", None, False),
    "count": ("template_count(out, %s)", None, False),
    "size": ("template_size(out, %s)", ("IN_TEXT", "IN_ATTR"), False),
    "left": ("template_left(out, %s, now)", ("IN_TEXT", "IN_ATTR"), False),
    "markdown": ("template_markdown(out, %s)", ("IN_TEXT",), False),
    "lines": ("template_lines(out, %s)", ("IN_TEXT",), False),
    "json": ("template_json(out, %s)", ("IN_TEXT", "IN_AREA"), False),
    "when": ("template_when(out, CONTEXT, %s)", ("IN_TEXT", "IN_ATTR"), False),
    "words": ("template_words(out, CONTEXT, %s)", ("IN_TEXT", "IN_ATTR"),
              False),
    "join": ("template_join(out, CONTEXT, %s, ARGUMENT)",
             ("IN_TEXT", "IN_ATTR", "IN_VALUE", "IN_AREA"), True),
}


class Writer:
    def __init__(self):
        self.html, self.lines, self.static = Html(), [], ""
        self.scope, self.paths, self.count = [], set(), 0

    def put(self, text):
        left = self.static.encode()
        while left:
            self.lines.append("\tbuf_add(out, %s,\n\t    %d);" %
                              (literal(left[:2048]), len(left[:2048])))
            left = left[2048:]
        self.static = ""
        if text:
            self.lines.append("\t" + text)

    def path(self, text, node):
        """C expression of a path; also notes the path for the tests."""
        names = text.split(".")
        for name, code, origin in reversed(self.scope):
            if name == names[0]:
                break
        else:
            if names[0] not in ROOTS:
                node.refuse("unknown name %s" % names[0])
            code = 'json_object_get(value, "%s")' % names[0]
            origin = names[0]
        for name in names[1:]:
            if name.isdigit():
                code = "json_array_get(%s, %s)" % (code, name)
                origin += "[]"
            else:
                code = 'json_object_get(%s, "%s")' % (code, name)
                origin += "." + name
        self.paths.add(origin)
        return code, origin

    def nodes(self, nodes):
        for node in nodes:
            getattr(self, "do_" + node.kind)(node)

    def do_text(self, node):
        self.html.feed(node)
        self.static += node.text

    def do_csrf(self, node):
        self.html.form = False

    def do_expr(self, node):
        hit = re.fullmatch(r"(%s)((?:\s*\|.*)?)" % PATH, node.source, re.S)
        if hit is None:
            node.refuse("cannot read {{ %s }}" % node.source)
        code, _ = self.path(hit.group(1), node)
        filters = re.findall(r'\|\s*(\w+)(?::"([^"]*)")?\s*', hit.group(2))
        again = "".join('|%s%s' % (f, ':"%s"' % a if a else "")
                        for f, a in filters)
        if re.sub(r"\s", "", hit.group(2)) != re.sub(r"\s", "", again):
            node.refuse("cannot read the filters of {{ %s }}" % node.source)
        context = self.html.context(node)
        default = [a for f, a in filters if f == "default"]
        rest = [(f, a) for f, a in filters if f != "default"]
        if len(rest) > 1 or len(default) > 1:
            node.refuse("one filter, and |default, is all there is")
        if default:
            self.put("if (template_true(%s)) {" % code)
        self.put(self.filter(node, code, context, rest))
        if default:
            self.put("} else {")
            self.put("buf_puts(out, %s);" % literal(escape(default[0])))
            self.put("}")

    def filter(self, node, code, context, filters):
        if not filters:
            return "template_put(out, %s, %s);" % (context, code)
        name, argument = filters[0]
        call, contexts, wants = FILTERS.get(name, (None, None, False))
        if call is None:
            node.refuse("there is no filter |%s" % name)
        if context == "IN_URL" or (contexts and context not in contexts):
            node.refuse("|%s is not allowed in this place" % name)
        if bool(argument) != wants:
            node.refuse("|%s: argument %s" %
                        (name, "missing" if wants else "not wanted"))
        call = call.replace("CONTEXT", context)
        call = call.replace("ARGUMENT", literal(escape(argument)))
        return call % code + ";"

    def branch(self, node, saved, body):
        self.html.load(saved)
        self.nodes(body)
        self.html.settle()
        self.html.check_url(node)
        self.put("")
        return self.html.save()

    def join(self, node, *ends):
        glue = Html.FIELDS.index("glue")
        plain = {e[:glue] + e[glue + 1:-1] for e in ends}
        if len(plain) != 1:
            node.refuse("the branches of {%% %s %%} end in different HTML "
                        "contexts" % node.kind)
        self.html.load(ends[0])
        self.html.glue = any(e[glue] for e in ends)

    def do_if(self, node):
        self.html.settle()
        saved = self.html.save()
        self.put("if (%s) {" % Condition(self, node).read())
        ends = [self.branch(node, saved, node.body)]
        if node.other:
            self.put("} else {")
        ends.append(self.branch(node, saved, node.other))
        self.put("}")
        self.join(node, *ends)

    def do_with(self, node):
        code, origin = self.path(node.path, node)
        self.scope.append((node.name, code, origin))
        self.nodes(node.body)
        self.scope.pop()

    def do_for(self, node):
        self.html.settle()
        saved = self.html.save()
        self.count += 1
        mark = self.count
        code, origin = self.path(node.path, node)
        self.put("const json_t *list%d = %s;" % (mark, code))
        if node.second:
            end = self.loop_object(node, mark, saved, origin)
        else:
            end = self.loop_array(node, mark, saved, origin)
        ends = [saved, end]
        if node.other:
            self.put("if (!template_true(list%d)) {" % mark)
            ends.append(self.branch(node, saved, node.other))
            self.put("}")
        self.join(node, *ends)

    def loop_array(self, node, mark, saved, origin):
        self.put("for (size_t i%d = 0; i%d < json_array_size(list%d); "
                 "i%d++) {" % (mark, mark, mark, mark))
        self.put("const json_t *item%d = json_array_get(list%d, i%d);" %
                 (mark, mark, mark))
        self.put("(void)item%d;" % mark)
        self.scope.append((node.name, "item%d" % mark, origin + "[]"))
        end = self.branch(node, saved, node.body)
        self.scope.pop()
        self.put("}")
        return end

    def loop_object(self, node, mark, saved, origin):
        self.put("for (void *at%d = template_first(list%d); at%d != NULL;\n"
                 "\t    at%d = template_next(list%d, at%d)) {" % ((mark,) * 6))
        self.put("json_t *key%d = json_string(json_object_iter_key(at%d));" %
                 (mark, mark))
        self.put("const json_t *item%d = json_object_iter_value(at%d);" %
                 (mark, mark))
        self.put("(void)item%d;" % mark)
        self.scope.append((node.name, "key%d" % mark, origin + "{key}"))
        self.scope.append((node.second, "item%d" % mark, origin + "{}"))
        end = self.branch(node, saved, node.body)
        self.scope.pop()
        self.scope.pop()
        self.put("json_decref(key%d);" % mark)
        self.put("}")
        return end


class Condition:
    """or > and > not > comparison; no parentheses."""

    def __init__(self, writer, node):
        self.writer, self.node = writer, node
        self.left = re.findall(r'"[^"]*"|[^\s"=!]+|[=!]=', node.test)
        if re.sub(r"\s", "", node.test) != \
                "".join(re.sub(r"\s", "", t) for t in self.left):
            node.refuse("cannot read the condition %s" % node.test)

    def read(self):
        code = self.chain("or", "||", lambda: self.chain(
            "and", "&&", self.unary))
        if self.left:
            self.node.refuse("cannot read the condition at %s" % self.left[0])
        return code

    def chain(self, word, sign, part):
        parts = [part()]
        while self.left and self.left[0] == word:
            self.left.pop(0)
            parts.append(part())
        return parts[0] if len(parts) == 1 else \
            "(" + (" %s " % sign).join(parts) + ")"

    def unary(self):
        if self.left and self.left[0] == "not":
            self.left.pop(0)
            return "!" + self.unary()
        return self.compare()

    def take(self):
        if not self.left:
            self.node.refuse("the condition ends too early")
        return self.left.pop(0)

    def operand(self, word):
        if not re.fullmatch(PATH, word):
            self.node.refuse("%s is not a path" % word)
        return self.writer.path(word, self.node)[0]

    def compare(self):
        first = self.take()
        sign = self.left[0] if self.left else ""
        if sign == "in":
            self.take()
            return "template_has(%s, %s)" % (
                self.operand(self.take()), self.text(first))
        value = self.operand(first)
        if sign not in ("==", "!="):
            return "template_true(%s)" % value
        self.take()
        second = self.take()
        if second.startswith('"'):
            code = "template_is(%s, %s)" % (value, self.text(second))
        elif re.fullmatch(r"-?\d{1,9}", second):
            code = "template_is_number(%s, %s)" % (value, second)
        else:
            code = "template_same(%s, %s)" % (value, self.operand(second))
        return ("!" if sign == "!=" else "") + code

    def text(self, word):
        if not word.startswith('"'):
            return "json_string_value(%s)" % self.operand(word)
        return literal(word[1:-1])


def escape(text):
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"),
                        ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(plain, safe)
    return text


def compile_page(files, static, name):
    writer = Writer()
    writer.nodes(Parser(files, static).page(name))
    writer.put("")
    if writer.html.mode != "text":
        raise Refused("%s.html ends inside a tag or comment" % name)
    body = "\n".join(writer.lines)
    if "now)" in body:
        body = '\tconst json_t *now = json_object_get(value, "now");\n' + body
    if not re.search(r"\bvalue\b", body):
        body = "\t(void)value;\n" + body
    return ("static void\npage_%s(struct buf *out, const json_t *value)\n{\n%s\n}\n" %
            (name, body)), sorted(writer.paths)


def compile_all(files, static):
    pages = sorted(name for name in files if not name.startswith("_"))
    return {name: compile_page(files, static, name) for name in pages}


def print_c(done):
    rows = ['\t{ "%s", page_%s },' % (name, name) for name in done]
    return ('/* Made by tools/templates.py. */\n#include "web/template.h"\n\n'
            "%s\nconst struct template templates[] = {\n%s\n"
            "\t{ NULL, NULL },\n};\n" %
            ("\n".join(code for code, _ in done.values()), "\n".join(rows)))


def main(argv):
    out, depfile, static = argv[1:4]
    folders = argv[4:]
    paths = [os.path.join(folder, name) for folder in folders
             for name in sorted(os.listdir(folder)) if name.endswith(".html")]
    files = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            files[os.path.splitext(os.path.basename(path))[0]] = file.read()
    try:
        done = compile_all(files, static)
    except Refused as refusal:
        sys.exit("templates.py: %s" % refusal)
    with open(out, "w", encoding="utf-8") as file:
        if out.endswith(".json"):
            json.dump({name: names for name, (_, names) in done.items()},
                      file, indent=1)
        else:
            file.write(print_c(done))
    assets = [os.path.join(static, name) for name in os.listdir(static)]
    with open(depfile, "w", encoding="utf-8") as file:
        file.write("%s: %s\n" % (out, " ".join(
            folders + [static] + paths + sorted(assets))))


if __name__ == "__main__":
    main(sys.argv)
