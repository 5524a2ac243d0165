"""A page as a person sees it: text, links, forms."""
import html.parser

_SILENT = {"script", "style", "template", "head"}
_BLOCK = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "br", "td", "th",
          "dt", "dd", "section", "pre", "option", "label"}


class Form:
    """One form: action, method, fields as {name: [values]} as served."""

    def __init__(self, attrs):
        self.action = attrs.get("action") or ""
        self.method = (attrs.get("method") or "get").lower()
        self.multipart = attrs.get("enctype") == "multipart/form-data"
        self.id = attrs.get("id") or ""
        self.fields, self.kinds, self.choices = {}, {}, {}
        self.buttons = []  # (name, value, label)

    def put(self, name, value, kind):
        self.kinds[name] = kind
        self.fields.setdefault(name, [])
        if value is not None:
            self.fields[name].append(value)

    def label(self):
        return " / ".join(label for _, _, label in self.buttons)

    def __repr__(self):
        return (f"<Form {self.method} {self.action} [{self.label()}] "
                f"fields {', '.join(self.fields)}>")


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.title = [], [], ""
        self._text, self._form, self._silent = [], None, 0
        self._area = self._select = self._button = self._link = None
        self._in_title = False
        self.feed(text)
        self.close()

    @property
    def text(self):
        return " ".join("".join(self._text).split())

    def form(self, word=""):
        """The first form whose action, id or button holds word."""
        for form in self.forms:
            if word in form.action or word in form.label() or word == form.id:
                return form
        raise AssertionError(f"no form {word!r}; the page has {self.forms}")

    def link(self, word):
        """Target of the first link whose text or target holds word."""
        for href, text in self.links:
            if word in text or word in href:
                return href
        raise AssertionError(f"no link {word!r}; the page has {self.links}")

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        if tag in _BLOCK:
            self._text.append(" ")
        if tag == "title":
            self._in_title = True
        elif tag == "a" and attrs.get("href") is not None:
            self._link = [attrs["href"], ""]
        elif tag == "form":
            self._form = Form(attrs)
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, attrs)

    def _field(self, tag, attrs):
        name, form = attrs.get("name"), self._form
        if tag == "input":
            self._input(name, attrs)
        elif tag == "textarea" and name:
            self._area = [name, ""]
        elif tag == "select" and name:
            self._select = name
            form.put(name, None, "select")
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(
                attrs.get("value"))
            if "selected" in attrs:
                form.put(self._select, attrs.get("value") or "", "select")
        elif tag == "button" and attrs.get("type", "submit") == "submit":
            self._button = [name, attrs.get("value") or "", ""]

    def _input(self, name, attrs):
        form, kind = self._form, attrs.get("type", "text")
        value = attrs.get("value")
        if kind == "submit":
            form.buttons.append((name, value or "", value or ""))
        elif kind in ("radio", "checkbox") and name:
            form.choices.setdefault(name, []).append(value or "on")
            form.put(name, (value or "on") if "checked" in attrs else None,
                     kind)
        elif kind == "file" and name:
            form.put(name, None, "file")
        elif name:
            form.put(name, value or "", kind)

    def handle_endtag(self, tag):
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BLOCK:
            self._text.append(" ")
        if tag == "title":
            self._in_title = False
        elif tag == "a" and self._link:
            self.links.append((self._link[0], " ".join(self._link[1].split())))
            self._link = None
        elif tag == "form":
            self._form = None
        elif tag == "textarea" and self._area and self._form is not None:
            text = self._area[1]
            self._form.put(self._area[0], text[1:] if text[:1] == "\n"
                           else text, "textarea")
            self._area = None
        elif tag == "select":
            self._end_select()
        elif tag == "button" and self._button and self._form is not None:
            self._button[2] = " ".join(self._button[2].split())
            self._form.buttons.append(tuple(self._button))
            self._button = None

    def _end_select(self):
        form, name = self._form, self._select
        self._select = None
        if form is not None and name and not form.fields[name] \
                and form.choices.get(name):
            form.put(name, form.choices[name][0] or "", "select")

    def handle_data(self, data):
        if self._in_title:
            self.title += data
        if self._area is not None:
            self._area[1] += data
            return
        if self._button is not None:
            self._button[2] += data
        if self._link is not None:
            self._link[1] += data
        if not self._silent:
            self._text.append(data)
