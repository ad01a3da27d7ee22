"""What a record says, ready to be set on the verdict page: read tolerantly, one view per credential.

Nothing here judges. A member of the wrong form is left out; whether that matters, the checks have said already. Lists
are given whole, since a signature says nothing about their order: what stood at the end could be what matters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar

from kit.achievement_words import ACHIEVEMENT_TYPES, CREDENTIAL_TYPES
from kit.i18n import Message, _
from vc.credential import VerifiableCredential
from vc.did.web import address_of
from vc.document import JsonObject
from vc.openbadges import AchievementCredential, ClrCredential, Result
from vc.problems import ProblemError
from verifier.pages.text import Link, line, link, paragraphs

T = TypeVar("T")

_ASSOCIATIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "exactMatchOf": _("is the same as"),
        "isChildOf": _("stands below"),
        "isParentOf": _("stands above"),
        "isPartOf": _("is a part of"),
        "isPeerOf": _("stands beside"),
        "isRelatedTo": _("has to do with"),
        "precedes": _("comes before"),
        "replacedBy": _("is replaced by"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with a name, perhaps a text, perhaps a link, perhaps a note in small print."""

    name: str
    text: str = ""
    note: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who signed, as the record says it: the identifier is proven by the signature, the name is only claimed."""

    did: str
    host: str
    claimed_name: str
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """How one achievement of a learner record stands to another.

    ``how`` is the record's own word where it is none of the vocabulary's.
    """

    first: str
    how: Message | str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """One credential. ``subject_name`` is empty when there is none; ``emblem`` is what its block is drawn from.

    ``facts`` are further short members, each with its name; ``partial`` and ``associations`` are a learner record's.
    """

    pointer: str
    title: str | Message
    kind: str | Message
    description: str
    narrative: str
    subject_name: str
    subject_id: str
    hashed_identity: bool
    issuer: Who
    awarded: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    criteria: Named | None
    results: Sequence[Named]
    credits: str
    term: str
    began: datetime | None
    ended: datetime | None
    facts: Sequence[tuple[Message, str]]
    partial: bool
    associations: Sequence[Linked]
    evidence: Sequence[Named]
    alignments: Sequence[Named]
    tags: Sequence[str]
    emblem: str
    pictured: bool


def credential(document: JsonObject, *, pointer: str, loopback: bool) -> CredentialView:
    """The view of one credential."""
    view = AchievementCredential(document)
    achievement = _get(lambda: view.achievement)
    value: JsonObject = achievement.value if achievement is not None else {}
    did = line(_get(lambda: view.issuer_id), limit=400)
    kind = _kind(view)
    title = line(value.get("name")) or line(_get(lambda: view.name)) or kind
    achievement_type = line(value.get("achievementType"))
    return CredentialView(
        pointer=pointer,
        title=title,
        kind=ACHIEVEMENT_TYPES.get(achievement_type, achievement_type.removeprefix("ext:")) or kind,
        description=_description(view, value),
        narrative=paragraphs(_get(lambda: view.narrative)),
        subject_name=_subject_name(view),
        subject_id=line(_get(lambda: view.subject_id), limit=400),
        hashed_identity=any(item.value.get("hashed") is True for item in _get(lambda: view.identifiers) or ()),
        issuer=Who(
            did=did,
            host=address_of(did),
            claimed_name=line(_get(lambda: view.issuer_name)),
            link=link(_issuer_url(view), loopback=loopback),
        ),
        awarded=_get(lambda: view.awarded_date),
        valid_from=_get(lambda: view.valid_from),
        valid_until=_get(lambda: view.valid_until),
        criteria=_criteria(value, loopback=loopback),
        results=_results(view),
        credits=_credits(view),
        term=line(_get(lambda: view.term)),
        began=_get(lambda: view.activity_start),
        ended=_get(lambda: view.activity_end),
        facts=[(name, text) for name, text in _facts(view) if text],
        partial=_get(lambda: ClrCredential(document).partial) is True,
        associations=_associations(ClrCredential(document)),
        evidence=_evidence(view, loopback=loopback),
        alignments=_alignments(value, loopback=loopback),
        tags=[line(tag, limit=60) for tag in _get(lambda: view.achievement.tags) or ()],
        emblem=line(value.get("id"), limit=400) or did or "credential",
        pictured=isinstance(value.get("image"), Mapping),
    )


def _description(view: AchievementCredential, achievement: JsonObject) -> str:
    """What the record is about, in its own words; of an endorsement, what it says of the endorsed."""
    is_endorsement = "EndorsementCredential" in (_get(lambda: view.types) or ())
    said = _get(lambda: view.subject.get("endorsementComment")) if is_endorsement else None
    return paragraphs(said) or paragraphs(achievement.get("description")) or paragraphs(_get(lambda: view.description))


def _get(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ProblemError:
        return None


def _kind(view: VerifiableCredential) -> str | Message:
    """What a credential is, in the reader's words where there are any, else in the document's."""
    types = [name for name in _get(lambda: view.types) or () if name != "VerifiableCredential"]
    known = next((CREDENTIAL_TYPES[name] for name in types if name in CREDENTIAL_TYPES), None)
    return known or line(next(iter(types), "")) or _("Credential")


def _issuer_url(view: VerifiableCredential) -> Any:
    return view.issuer.get("url")


def _subject_name(view: AchievementCredential) -> str:
    named = [
        line(item.value.get("identityHash"))
        for item in _get(lambda: view.identifiers) or ()
        if item.value.get("identityType") == "name" and item.value.get("hashed") is not True
    ]
    if any(named):
        return " · ".join(dict.fromkeys(name for name in named if name))
    subject = _get(lambda: view.subject) or {}
    whole = line(subject.get("name"))
    return whole or line(" ".join(str(subject.get(key, "")) for key in ("givenName", "familyName")))


def _criteria(value: JsonObject, *, loopback: bool) -> Named | None:
    criteria = value.get("criteria")
    if not isinstance(criteria, Mapping):
        return None
    text, address = paragraphs(criteria.get("narrative")), link(criteria.get("id"), loopback=loopback)
    shown = "" if address else line(criteria.get("id"), limit=400)
    return Named(name="", text=text, note=shown, link=address) if text or address or shown else None


def _results(view: AchievementCredential) -> Sequence[Named]:
    found = []
    for result in _get(lambda: view.results) or ():
        said = (_get(lambda r=result: r.value), _level(result), _get(lambda r=result: r.status))  # type: ignore[misc]
        value = " · ".join(dict.fromkeys(text for text in map(line, said) if text))
        if value:
            found.append(Named(name=line(result.described.get("name")), text=value, note=_scale(result)))
    return found


def _level(result: Result) -> str:
    wanted = result.value_object.get("achievedLevel")
    levels = result.described.get("rubricCriterionLevel")
    for level in levels if isinstance(levels, list) else []:
        if isinstance(level, Mapping) and level.get("id") == wanted:
            return line(level.get("name")) or line(wanted)
    return line(wanted)


def _scale(result: Result) -> str:
    low, high = line(result.described.get("valueMin"), limit=40), line(result.described.get("valueMax"), limit=40)
    return f"{low} – {high}" if low and high else ""


def _credits(view: AchievementCredential) -> str:
    earned = _get(lambda: view.credits_earned)
    available = _get(lambda: view.achievement.credits_available)
    number = earned if earned is not None else available
    return "" if number is None else f"{number:g}"


def _facts(view: AchievementCredential) -> Sequence[tuple[Message, str]]:
    """What is short and needs no more than its name beside it; who assessed or described it calls itself that."""
    source, achievement = _get(lambda: view.source), _get(lambda: view.achievement)
    creator = _get(lambda: achievement.creator) if achievement else None
    described_by = line(creator.value.get("name")) if creator else ""
    value: JsonObject = achievement.value if achievement else {}
    return [
        (
            _("Assessed by"),
            (line(source.value.get("name")) or line(source.value.get("id"), limit=400)) if source else "",
        ),
        (_("Described by"), "" if described_by == line(_get(lambda: view.issuer_name)) else described_by),
        (_("Part played"), line(_get(lambda: view.role))),
        (_("Licence number"), line(_get(lambda: view.license_number))),
        (_("Field of study"), line(value.get("fieldOfStudy"))),
        (_("Specialization"), line(value.get("specialization"))),
        (_("Code"), line(value.get("humanCode"))),
        (_("Version"), line(value.get("version"))),
    ]


def _associations(record: ClrCredential) -> Sequence[Linked]:
    """How the achievements of a learner record belong together, by the names that the record itself gives them."""
    names = {each.value.get("id"): line(each.value.get("name")) for each in _get(lambda: record.achievements) or ()}
    found = []
    for each in _get(lambda: record.associations) or ():
        first, how, second = (each.value.get(name) for name in ("sourceId", "associationType", "targetId"))
        ends = [names.get(end) or line(end, limit=400) for end in (first, second) if isinstance(end, str)]
        if len(ends) == len((first, second)):
            word = _ASSOCIATIONS.get(how, line(how)) if isinstance(how, str) else ""
            found.append(Linked(first=ends[0], how=word, second=ends[1]))
    return found


def _evidence(view: VerifiableCredential, *, loopback: bool) -> Sequence[Named]:
    found = []
    for item in _get(lambda: view.evidence) or ():
        address = link(item.get("id"), loopback=loopback)
        text = paragraphs(item.get("narrative")) or paragraphs(item.get("description"))
        shown = "" if address else line(item.get("id"), limit=400)
        found.append(Named(name=line(item.get("name")) or line(item.get("genre")), text=text, note=shown, link=address))
    return found


def _alignments(value: JsonObject, *, loopback: bool) -> Sequence[Named]:
    items = value.get("alignment", [])
    found = []
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, Mapping):
            note = " · ".join(
                part for part in (line(item.get("targetFramework")), line(item.get("targetCode"))) if part
            )
            found.append(
                Named(
                    name=line(item.get("targetName")),
                    text=paragraphs(item.get("targetDescription"), limit=600),
                    note=note,
                    link=link(item.get("targetUrl"), loopback=loopback),
                )
            )
    return found
