"""What a browser would send of a form on a page, as it stands."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.fields, self.buttons = {}, []
        self._form = self._area = self._select = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value", "")
        if tag == "form":
            self._form = given.get("method", "get")
        if self._form != "post":
            return
        if tag == "input" and name and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self.fields[name] = value
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = value
        elif tag == "button" and name:
            self.buttons.append(value)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] += data


def fields_of(page):
    """The fields of the forms on a page, the last one of each name, by name: as they would be sent unchanged."""
    reader = _Reader()
    reader.feed(page)
    return reader.fields


def buttons_of(page):
    """The values of the buttons that send something of their own."""
    reader = _Reader()
    reader.feed(page)
    return reader.buttons
