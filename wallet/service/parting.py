"""What may be left out of an award that was issued for it (`ecdsa-sd-2023`): its lines, one by one. Pure.

A line is a result, a piece of evidence, an award inside a transcript, or a single fact about the learner (credits, a
term, the words on how it was earned, a number or name that identifies them). What the issuer made mandatory is no line:
it is always shown. Everything else about the award itself goes with every showing. A result that is left out takes the
description of that result with it, so that not even its name stays behind.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-sd-2023
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kit.errors import BadInput
from kit.i18n import Message, _
from vc import derive_proof, reveal_all
from vc.disclosure import completed
from vc.document import JsonObject, JsonValue, pointer, serialize
from vc.openbadges import AchievementCredential
from vc.problems import ProblemError
from vc.proof.sd.derive import base_proof
from vc.securing import open_document, open_value

_FACTS: Final[Mapping[str, Message]] = {
    "narrative": _("How it was earned"),
    "creditsEarned": _("Credits"),
    "term": _("Term"),
    "role": _("Role"),
    "licenseNumber": _("Licence number"),
    "activityStartDate": _("Begun on"),
    "activityEndDate": _("Ended on"),
    "image": _("A picture"),
}
_LISTS: Final = ("result", "verifiableCredential", "identifier")
_OF_THE_CREDENTIAL: Final = ("evidence", "endorsement", "endorsementJwt", "image")
_NOT_CHOSEN: Final = frozenset({"proof", "credentialSubject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardLine:
    """One line that may be left out: where it stands (a JSON Pointer), what it is called, and what it says."""

    pointer: str
    name: Message | str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A part of an award, ready to be shown: its bytes, and how many of its lines those are."""

    data: bytes
    shown: int
    of: int


def lines_of(original: bytes) -> tuple[AwardLine, ...]:
    """The lines of an award with a base proof that its holder may leave out, in the order of the document."""
    document = open_document(original).value
    return tuple(_lines(document, base_proof(document)[1].mandatory_pointers))


def show(original: bytes, chosen: Collection[str]) -> Showing:
    """The award with only these of its lines.

    Raises: BadInput for a line that is none of the award's; ProblemError for what has no base proof.
    """
    document = open_document(original).value
    mandatory = base_proof(document)[1].mandatory_pointers
    lines = [line.pointer for line in _lines(document, mandatory)]
    if not set(chosen) <= set(lines):
        raise BadInput(
            _("One of the chosen lines is none of this award's."),
            field="parts",
            remedy=_("Look at the award again, and choose from its lines."),
        )
    if set(chosen) == set(lines):
        return Showing(data=serialize(reveal_all(document)), shown=len(lines), of=len(lines))
    wanted = [*_always(document, set(lines) - set(chosen)), *(line for line in lines if line in chosen)]
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    derived = derive_proof(document, selective_pointers=completed(unsecured, wanted))
    return Showing(data=serialize(derived), shown=len(set(chosen)), of=len(lines))


def _lines(document: JsonObject, mandatory: Sequence[str]) -> Iterator[AwardLine]:
    for line in _candidates(document):
        if not any(line.pointer == one or line.pointer.startswith(f"{one}/") for one in mandatory):
            yield line


def _candidates(document: JsonObject) -> Iterator[AwardLine]:
    subject = document.get("credentialSubject")
    if isinstance(subject, Mapping):
        for name in _LISTS:
            for path, item in _items(subject.get(name), ("credentialSubject", name)):
                yield AwardLine(pointer=pointer(*path), name=_named(name, item, subject), value=_valued(name, item))
        for name, words in _FACTS.items():
            if name in subject:
                yield AwardLine(pointer=pointer("credentialSubject", name), name=words, value=_fact(subject[name]))
    for name in _OF_THE_CREDENTIAL:
        for path, item in _items(document.get(name), (name,)):
            yield AwardLine(pointer=pointer(*path), name=_named(name, item, {}), value=_valued(name, item))


def _items(value: JsonValue, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    if isinstance(value, list):
        yield from (((*path, str(index)), item) for index, item in enumerate(value))
    elif value is not None:
        yield path, value


def _always(document: JsonObject, left_out: Collection[str]) -> Iterator[str]:
    """Everything about the award itself: all that is no line, without the descriptions of results left out."""
    for name in document:
        if name not in _NOT_CHOSEN and name not in _OF_THE_CREDENTIAL:
            yield pointer(name)
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping):
        return
    for name, value in subject.items():
        if name == "achievement" and isinstance(value, Mapping):
            yield from _achievement(value, subject, left_out)
        elif name not in _LISTS and name not in _FACTS:
            yield pointer("credentialSubject", name)


def _achievement(achievement: JsonObject, subject: JsonObject, left_out: Collection[str]) -> Iterator[str]:
    hidden = {
        item.get("resultDescription")
        for path, item in _items(subject.get("result"), ("credentialSubject", "result"))
        if isinstance(item, Mapping) and pointer(*path) in left_out
    }
    for name, value in achievement.items():
        place = ("credentialSubject", "achievement", name)
        if name != "resultDescription":
            yield pointer(*place)
            continue
        for path, item in _items(value, place):
            if not isinstance(item, Mapping) or item.get("id") not in hidden:
                yield pointer(*path)


def _named(kind: str, item: JsonValue, subject: JsonObject) -> Message | str:
    if kind == "result" and isinstance(item, Mapping):
        return _described(item, subject) or _("Result")
    if kind == "identifier":
        return _("A number or name that identifies the learner")
    if kind == "verifiableCredential":
        return _title(item) or _("An award in it")
    if kind == "evidence" and isinstance(item, Mapping):
        return _text(item, "name") or _text(item, "id") or _("Evidence")
    return _("A picture") if kind == "image" else _("What somebody else says about it")


def _valued(kind: str, item: JsonValue) -> str:
    if not isinstance(item, Mapping):
        return ""
    if kind == "result":
        return _text(item, "value") or _text(item, "status")
    return _text(item, "description") if kind == "evidence" else ""


def _described(item: JsonObject, subject: JsonObject) -> str:
    achievement = subject.get("achievement")
    described = achievement.get("resultDescription") if isinstance(achievement, Mapping) else None
    for _path, one in _items(described, ()):
        if isinstance(one, Mapping) and one.get("id") == item.get("resultDescription"):
            return _text(one, "name")
    return ""


def _title(item: JsonValue) -> str:
    try:
        view = AchievementCredential(open_value(item).document)
        title = view.name or view.achievement.name
    except ProblemError:
        return ""
    return title or ""


def _fact(value: JsonValue) -> str:
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, int | float) else ""


def _text(value: JsonObject, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
