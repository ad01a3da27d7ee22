"""Every way in which one member of a document can be wrong, one at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

VALUES: dict[str, Any] = {
    "null": None,
    "number": 5,
    "true": True,
    "text": "x",
    "empty text": "",
    "empty list": [],
    "empty object": {},
    "object": {"a": 1},
    "list of null": [None],
    "by language": {"en": "x"},
    "URI": "urn:example:x",
    "relative": "a/b",
    "with spaces": "https://a.example/a b",
    "with line end": "urn:example:x\n",
    "day only": "2026-01-01",
    "no zone": "2026-01-01T00:00:00",
    "small letters": "2026-01-01t00:00:00z",
    "no such day": "2026-02-30T00:00:00Z",
    "leap second": "2026-12-31T23:59:60Z",
    "ext": "ext:Own",
    "ext with more": "ext:Own!",
    "more before ext": "xext:Own",
}
TEXTS = frozenset(VALUES) - {"null", "number", "true", "empty list", "empty object", "object", "list of null"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a document: in which class of object, which member (or an item of it), and how."""

    family: str
    owner: str
    member: str
    item: bool
    how: str
    allowed_by_us: bool
    contained: bool

    @property
    def older(self) -> bool:
        """Whether the published schema is one from before 2025."""
        return "2026" not in self.family

    @property
    def text(self) -> bool:
        """Whether another text was put there."""
        return self.how in TEXTS - {"by language"}


def sites(value: dict[str, Any], owner: str = "", path: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every place of a document, with the class of the object that it belongs to (the member's name, if it has none)."""
    kind = value.get("type", owner)
    own = kind if isinstance(kind, str) else kind[-1]
    for name, item in value.items():
        here = (*path, name)
        yield own, here
        if isinstance(item, dict):
            yield from sites(item, name, here)
        for index, member in enumerate(item if isinstance(item, list) else ()):
            yield own, (*here, index)
            if isinstance(member, dict):
                yield from sites(member, name, (*here, index))


def changes(document: dict[str, Any], family: str) -> Iterator[tuple[Change, dict[str, Any]]]:
    """Every change of every member of every class, once, and the document with it."""
    seen = set()
    for owner, path in sites(document):
        member, item = next(part for part in reversed(path) if isinstance(part, str)), isinstance(path[-1], int)
        if (owner, member, path[-1]) in seen:
            continue
        seen.add((owner, member, path[-1]))
        changed = copy.deepcopy(document)
        place: Any = changed
        for part in path[:-1]:
            place = place[part]
        before = place[path[-1]]
        change = Change(
            family=family,
            owner=owner,
            member=member,
            item=item,
            how="removed",
            allowed_by_us=False,
            contained=path[:2] == ("credentialSubject", "verifiableCredential") and len(path) > 3,
        )
        for how, value in (VALUES | further(before)).items():
            place[path[-1]] = value
            yield replace(change, how=how), changed
        del place[path[-1]]
        yield change, changed


def further(before: Any) -> dict[str, Any]:
    """Changes that keep what was there."""
    if isinstance(before, list):
        return {"one by itself": before[0], "one more": [*before, before[-1]]}
    more = {"in a list": [before]}
    return more | {"one member more": {**before, "more": "x"}} if isinstance(before, dict) else more
