"""Reading a framework of standards from the file in which such frameworks are exchanged: a CASE package as JSON.

Whatever is taken from it may later stand in a signed credential, so each value is read like typed text: control
characters and addresses that are none are refused with their place. What the package holds beyond items and their
order is left alone.

Spec: https://www.imsglobal.org/spec/case/v1p1/#cfpackage
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from issuer.service import inputs
from kit.errors import BadInput, TooLarge
from kit.i18n import _
from vc.document import Limits, parse
from vc.problems import ProblemError

LARGEST: Final = 8 << 20
MOST_ITEMS: Final = 10_000
DEEPEST: Final = 20
_MEMBERS: Final = {"CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics", "extensions"}
_LIMITS: Final = Limits(
    max_bytes=LARGEST, max_depth=16, max_nodes=600_000, max_items=3 * MOST_ITEMS, max_string=1 << 16
)
_LEVEL: Final = re.compile(r"[A-Za-z0-9 ._+-]{1,40}")
_LONGEST_STATEMENT: Final = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """One item. ``name`` fits on a line; ``statement`` is all of it; ``depth`` counts from 0."""

    identifier: str
    uri: str
    code: str
    name: str
    statement: str
    keywords: str
    kind: str
    levels: tuple[str, ...]
    depth: int = 0
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePackage:
    """A framework with its items in their order: what stands under another comes after it."""

    identifier: str
    uri: str
    title: str
    creator: str
    version: str
    language: str
    notes: str
    items: tuple[CaseItem, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The grades that items name, each once, in the order in which they come."""
        return tuple(dict.fromkeys(level for item in self.items for level in item.levels))


def read_package(data: bytes, *, loopback: bool) -> CasePackage:
    """The framework in ``data``.

    Raises: BadInput naming the place, TooLarge.
    """
    if len(data) > LARGEST:
        raise TooLarge(_("This framework is too large to be read here: at most %(size)s MB.", size=LARGEST >> 20))
    try:
        package = parse(data, limits=_LIMITS).value
    except ProblemError as error:
        raise BadInput(
            _("This is not a framework in the form that can be read: %(problem)s", problem=str(error)[:200]),
            field="file",
            remedy=_("Download it as a CASE package (JSON) and hand in that file."),
        ) from None
    head = package.get("CFDocument")
    found = package.get("CFItems")
    if not isinstance(head, Mapping) or not isinstance(found, list) or not found:
        raise BadInput(
            _("This JSON is no framework: it has no CFDocument, or no CFItems."),
            field="file",
            remedy=_("Download it as a CASE package (JSON) and hand in that file."),
        )
    for name in package:
        if name not in _MEMBERS:
            raise _wrong(name[:100])
    if len(found) > MOST_ITEMS:
        raise TooLarge(
            _("This framework has %(count)s items; at most %(most)s fit.", count=len(found), most=MOST_ITEMS)
        )
    items = [_item(item, f"CFItems/{place}", loopback=loopback) for place, item in enumerate(found)]
    for name in ("identifier", "uri"):
        _once([getattr(item, name) for item in items], name)
    return CasePackage(
        identifier=_line(head, "identifier", "CFDocument", required=True, longest=200),
        uri=_address(head, "uri", "CFDocument", loopback=loopback),
        title=_line(head, "title", "CFDocument", required=True),
        creator=_line(head, "creator", "CFDocument", required=True),
        version=_line(head, "version", "CFDocument", required=False, longest=80),
        language=inputs.language_tag(_line(head, "language", "CFDocument", required=False), "CFDocument/language"),
        notes=_notes(head),
        items=tuple(_ordered(items, package.get("CFAssociations", []))),
    )


def _item(item: object, place: str, *, loopback: bool) -> CaseItem:
    if not isinstance(item, Mapping):
        raise _wrong(place)
    statement = _line(item, "fullStatement", place, required=True, longest=_LONGEST_STATEMENT)
    code = _line(item, "humanCodingScheme", place, required=False)
    short = _line(item, "abbreviatedStatement", place, required=False, longest=_LONGEST_STATEMENT)
    levels = item.get("educationLevel") or []
    keywords = item.get("conceptKeywords") or []
    for name, values in (("educationLevel", levels), ("conceptKeywords", keywords)):
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise _wrong(f"{place}/{name}")
    return CaseItem(
        identifier=_line(item, "identifier", place, required=True, longest=200),
        uri=_address(item, "uri", place, loopback=loopback),
        code=code,
        name=next((text for text in (short, statement, code) if 0 < len(text) <= inputs.LONGEST_LINE), _cut(statement)),
        statement=statement,
        keywords=" ".join(keywords)[:_LONGEST_STATEMENT],
        kind=_line(item, "CFItemType", place, required=False, longest=100),
        levels=tuple(dict.fromkeys(_level(level, f"{place}/educationLevel/{n}") for n, level in enumerate(levels))),
    )


def _level(value: str, place: str) -> str:
    if not _LEVEL.fullmatch(value):
        raise _wrong(place)
    return value


def _cut(statement: str) -> str:
    """The beginning of a statement that fits on no line; the whole of it stands beside it wherever this is used."""
    return statement[: inputs.LONGEST_LINE - 1].rstrip() + "…"


def _ordered(items: Sequence[CaseItem], associations: object) -> list[CaseItem]:
    """The items, each after what it stands under, in the order of the package or of its sequence numbers."""
    places = {item.identifier: place for place, item in enumerate(items)}
    above, number = _parents(associations, places)
    below: dict[int | None, list[int]] = {}
    for place in sorted(range(len(items)), key=lambda place: (number.get(place, 0.0), place)):
        below.setdefault(above.get(place), []).append(place)
    found: list[CaseItem] = []
    waiting = [(place, 0) for place in reversed(below.get(None, []))]
    while waiting:
        place, depth = waiting.pop()
        if depth > DEEPEST:
            raise BadInput(
                _("The items of this framework stand under each other too deep."),
                field="CFAssociations",
                remedy=_("At most %(most)s levels can be read here.", most=DEEPEST),
            )
        parent = above.get(place)
        within = "" if parent is None else items[parent].name
        found.append(replace(items[place], depth=depth, within=within))
        waiting += [(child, depth + 1) for child in reversed(below.get(place, []))]
    if len(found) != len(items):
        raise BadInput(
            _("Some items of this framework stand under themselves."),
            field="CFAssociations",
            remedy=_("Ask whoever publishes it for a file without this mistake."),
        )
    return found


def _parents(associations: object, places: Mapping[str, int]) -> tuple[dict[int, int], dict[int, float]]:
    if not isinstance(associations, list):
        raise _wrong("CFAssociations")
    above: dict[int, int] = {}
    number: dict[int, float] = {}
    for n, association in enumerate(associations):
        if not isinstance(association, Mapping):
            raise _wrong(f"CFAssociations/{n}")
        if association.get("associationType") != "isChildOf":
            continue
        child, parent = (_end(association.get(name)) for name in ("originNodeURI", "destinationNodeURI"))
        if child in places and places[child] not in number:
            sequence = association.get("sequenceNumber")
            number[places[child]] = float(sequence) if isinstance(sequence, int) and abs(sequence) < 1 << 40 else 0.0
            if parent in places:
                above[places[child]] = places[parent]
    return above, number


def _end(node: object) -> str:
    found = node.get("identifier") if isinstance(node, Mapping) else None
    return found if isinstance(found, str) else ""


def _notes(head: Mapping[str, Any]) -> str:
    """What the publisher says about its use: its notes, its licence's title, its official address."""
    licence = head.get("licenseURI")
    title = licence.get("title") if isinstance(licence, Mapping) else None
    texts = [head.get("notes"), title, head.get("officialSourceURL")]
    return inputs.paragraph(
        "\n".join(text for text in texts if isinstance(text, str) and text), "CFDocument/notes", required=False
    )


def _line(item: Mapping[str, Any], name: str, place: str, *, required: bool, longest: int = inputs.LONGEST_LINE) -> str:
    """A text of the package on one line: breaks and runs of blanks are one blank."""
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong(f"{place}/{name}")
    return inputs.line(
        re.sub(r"[ \t\r\n\u2028\u2029]+", " ", value or ""), f"{place}/{name}", required=required, longest=longest
    )


def _address(item: Mapping[str, Any], name: str, place: str, *, loopback: bool) -> str:
    return inputs.web_address(
        _line(item, name, place, required=True, longest=2000), f"{place}/{name}", required=True, loopback=loopback
    )


def _once(values: Sequence[str], name: str) -> None:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if value in seen:
            raise BadInput(
                _("Two items of this framework are called the same."),
                field=f"CFItems/{place}/{name}",
                remedy=_("Ask whoever publishes it for a file without this mistake."),
            )
        seen.add(value)


def _wrong(place: str) -> BadInput:
    return BadInput(
        _("This part of the framework has not the form that it should have."),
        field=place,
        remedy=_("Ask whoever publishes it for a file without this mistake."),
    )
