"""The lines of a card: what a document lists about an award, each read by itself (pure).

A member that cannot be read is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from vc.checks import DocumentKind
from vc.document import JsonObject
from vc.nested import parts
from vc.openbadges import Achievement, AchievementCredential, EndorsementCredential
from vc.problems import ProblemError
from vc.securing import open_value

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing with a name: a result, a piece of evidence, an alignment. `link` is empty unless it is https."""

    name: str
    value: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsed:
    """That somebody stands behind it: who (as they call themselves), what they say, and about what: "award",
    "achievement" or "provider". `place` is the JSON Pointer at which the endorsement stands.
    """

    by: str
    comment: str
    about: str
    place: str


def read_or(read: Callable[[], T], otherwise: T) -> T:
    """What can be read, or something else where it cannot."""
    try:
        return read()
    except ProblemError:
        return otherwise


def text_of(value: JsonObject, name: str) -> str:
    """A member that is a text; empty for anything else."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def https_only(link: str) -> str:
    """The link if a person may follow it (https, a host, no credentials in it), else nothing."""
    try:
        found = urlsplit(link)
    except ValueError:
        return ""
    fine = (
        found.scheme == "https" and found.hostname and found.username is None and link.isprintable() and " " not in link
    )
    return link if fine else ""


def results(view: AchievementCredential) -> Iterator[Line]:
    """What was reached, by the names that its provider gave it."""
    for result in view.results:
        value = read_or(lambda r=result: r.value or r.status, None)  # type: ignore[misc]
        level = read_or(lambda r=result: r.achieved_level, None)  # type: ignore[misc]
        if value is None and level is not None:
            value = _level_name(result.described, level)
        if value:
            name = read_or(lambda r=result: r.description or r.type, None)  # type: ignore[misc]
            yield Line(name=name or "", value=value)


def contained(document: JsonObject) -> Iterator[Line]:
    """What a transcript is made of: the title of each credential in it, and who signed that."""
    subject = document.get("credentialSubject")
    inner = subject.get("verifiableCredential") if isinstance(subject, Mapping) else None
    for item in inner if isinstance(inner, list) else [] if inner is None else [inner]:
        try:
            view = AchievementCredential(open_value(item).document)
        except ProblemError:
            continue
        title = read_or(lambda v=view: v.name, None) or read_or(lambda v=view: v.achievement.name, None)  # type: ignore[misc]
        if title:
            yield Line(name=title, value=read_or(lambda v=view: v.issuer_name, None) or "")  # type: ignore[misc]


def evidence(view: AchievementCredential) -> Iterator[Line]:
    """The works that the provider names."""
    for one in view.evidence:
        name, link = text_of(one, "name"), text_of(one, "id")
        about = text_of(one, "description") or text_of(one, "narrative")
        if name or about or link:
            yield Line(name=name or link, value=about, link=https_only(link))


def alignments(achievement: Achievement) -> Iterator[Line]:
    """The standards and competencies that it fits."""
    for one in (alignment.value for alignment in achievement.alignments):
        name = text_of(one, "targetName")
        if name:
            yield Line(name=name, value=text_of(one, "targetCode"), link=https_only(text_of(one, "targetUrl")))


def skills(achievement: Achievement) -> tuple[str, ...]:
    """What a learner can do by it: the words that the provider chose, and the competencies that it fits, each once."""
    words: list[str] = read_or(lambda: list(achievement.tags), [])
    fitting: list[Line] = read_or(lambda: list(alignments(achievement)), [])
    words = [*words, *(line.name for line in fitting)]
    found: dict[str, str] = {}
    for word in (" ".join(each.split()) for each in words):
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def endorsements(document: JsonObject) -> Iterator[Endorsed]:
    """Who stands behind it: everything in the document that somebody else signed about it."""
    for part in parts(document, kind=DocumentKind.ACHIEVEMENT_CREDENTIAL):
        try:
            view = EndorsementCredential(open_value(part.value).document)
            by = read_or(lambda v=view: v.issuer_name, None) or read_or(lambda v=view: v.issuer_id, None)  # type: ignore[misc]
        except ProblemError:
            continue
        if by:
            comment = read_or(lambda v=view: v.comment, None) or ""  # type: ignore[misc]
            yield Endorsed(by=by, comment=comment, about=_about(part.pointer), place=part.pointer)


def _about(pointer: str) -> str:
    if pointer.startswith("/issuer/"):
        return "provider"
    return "achievement" if "/achievement/" in pointer else "award"


def _level_name(described: JsonObject, level: str) -> str:
    levels = described.get("rubricCriterionLevel")
    for one in levels if isinstance(levels, list) else [levels]:
        if isinstance(one, Mapping) and one.get("id") == level:
            return text_of(one, "name")
    return ""
