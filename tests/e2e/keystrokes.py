"""Somebody's two hands at a page, and how long a practised person would take: the keystroke-level model.

Every act is done by real key and mouse events and written down as it is done; nothing is estimated but the seconds of
each operator. ``Hands.page`` is for looking; whoever acts through it is not counted.

Spec: https://doi.org/10.1145/358886.358895 (Card, Moran and Newell, 1980)
"""

from collections import Counter
from dataclasses import dataclass

K, P, H, M = 0.28, 1.1, 0.4, 1.35
SECONDS = {"K": K, "P": P, "H": H, "M": M}
"""A key or a button pressed by an average typist; pointing; a hand from keys to mouse or back; making up one's mind."""
MOST_TABS = 80
SHIFTED = set('~!@#$%^&*()_+{}|:"<>?')


@dataclass(frozen=True)
class Act:
    """One operator, and for what."""

    operator: str
    what: str


def keys_for(text):
    """How many keys a text takes: letters that need a second key (capitals, accents) count twice."""
    return sum(2 if each.isupper() or each in SHIFTED or not each.isascii() else 1 for each in text)


class Hands:
    """Hands on keys and mouse, or on the keys alone. ``pages`` counts how often somebody waited for a page."""

    def __init__(self, page, *, keys_only=False):
        self.page = page
        self.keys_only = keys_only
        self.acts = []
        self.pages = 0
        self._at_keys = True
        page.on("load", lambda _page: self._loaded())

    def _loaded(self):
        self.pages += 1

    def _did(self, operators, what):
        self.acts += [Act(operator, what) for operator in operators]

    def open(self, address):
        """Arrive by a link that somebody else gave, or by typing nothing."""
        self.page.goto(address)

    def think(self, what):
        """Make up one's mind, or read what is new."""
        self._did("M", what)

    def fill(self, field, text):
        """Type into a field, in place of whatever stands in it."""
        what = _name(field)
        self.think(what)
        self._go_to(field, what)
        if field.input_value():
            self._key("ControlOrMeta+a", what, count=2)
        self._hand(to_keys=True, what=what)
        field.press_sequentially(text)
        assert field.input_value() == text, f"{what} holds {field.input_value()!r}"
        self._did("K" * keys_for(text), what)

    def press(self, thing):
        """Press a button or follow a link."""
        self._operate(thing, "Enter")

    def tick(self, thing):
        """Choose an answer or tick a box."""
        self._operate(thing, "Space")

    def _operate(self, thing, key):
        what = _name(thing)
        self.think(what)
        if self.keys_only:
            self._tab_to(thing, what)
            self._key(key, what)
        else:
            self._point_at(thing, what)

    def _go_to(self, field, what):
        if field.evaluate("element => element === document.activeElement"):
            return
        if self.keys_only:
            self._tab_to(field, what)
        else:
            self._point_at(field, what)

    def _hand(self, *, to_keys, what):
        if self._at_keys is not to_keys:
            self._did("H", what)
            self._at_keys = to_keys

    def _point_at(self, thing, what):
        self._hand(to_keys=False, what=what)
        self._did("PK", what)
        thing.click()

    def _tab_to(self, thing, what):
        for _step in range(MOST_TABS):
            if thing.evaluate("element => element === document.activeElement"):
                return
            self._key("Tab", what)
        raise AssertionError(f"{what} is not reached by Tab")

    def _key(self, key, what, *, count=1):
        self._hand(to_keys=True, what=what)
        self._did("K" * count, what)
        self.page.keyboard.press(key)

    def seconds(self, *, each_page):
        """How long it takes, with so many seconds of waiting for each page."""
        return sum(SECONDS[act.operator] for act in self.acts) + self.pages * each_page

    def account(self):
        """What the time went into, for people: one line for each thing, longest first."""
        spent, made = Counter(), {}
        for act in self.acts:
            spent[act.what] += SECONDS[act.operator]
            made[act.what] = made.get(act.what, "") + act.operator
        lines = [f"{seconds:6.2f} s  {what}  {made[what]}" for what, seconds in spent.most_common()]
        return "\n".join([*lines, f"{self.pages} pages"])


def _name(thing):
    found = thing.evaluate(
        "element => element.getAttribute('aria-label') || element.labels?.[0]?.innerText || element.innerText || element.name"
    )
    return " ".join(str(found).split())[:60]
