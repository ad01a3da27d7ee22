"""What a document contains that somebody signed by itself: credentials in a presentation or a transcript, endorsements.

Each part is judged by the whole plan, and its verdict counts for what contains it: one that is not genuine makes the
whole not genuine, one that is withdrawn, expired or suspended makes it *genuine, but*, and each is named by its place.
A part that stands in several places is judged once.

Spec: https://www.imsglobal.org/spec/clr/v2p0/#verification
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, assert_never

import orjson

from vc.checks import CREDENTIALS, Check, DocumentKind, Findings, Outcome, Report, Verdict
from vc.credential import issuer_id
from vc.document import JsonObject, JsonValue, listed, mentions, pointer
from vc.problems import BudgetExceeded, ChildCaution, ChildIndeterminate, ChildNotGenuineError

MAX_DEPTH: Final = 4
"""A presentation of a transcript of a badge with an endorsement is four deep."""
ENDORSEMENTS: Final = frozenset({DocumentKind.ENDORSEMENT_CREDENTIAL})
Key: TypeAlias = tuple[str, bool, frozenset[DocumentKind]]
_CONTAINERS: Final = frozenset({"verifiableCredential", "endorsement", "endorsementJwt", "proof", "@context"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something signed inside a document: where it stands there, what stands there (an object, or a token as a text),
    what kinds of documents it may be, and its number among those of its sort.
    """

    pointer: str
    value: JsonValue
    expected: frozenset[DocumentKind]
    number: int

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return f"{'Endorsement' if self.expected is ENDORSEMENTS else 'Credential'} {self.number}"

    @property
    def digest(self) -> str:
        """The SHA-256 of what stands there, in hexadecimal."""
        data = self.value.encode("utf-8", "replace") if isinstance(self.value, str) else orjson.dumps(self.value)
        return hashlib.sha256(data).hexdigest()

    @property
    def key(self) -> Key:
        """What parts have in common that are judged alike; a text is not the object that it spells."""
        return self.digest, isinstance(self.value, str), self.expected


@dataclass(slots=True)
class Tally:
    """What one verdict has judged already, so that nothing is judged twice and no document asks for too much."""

    judged: dict[Key, Judged] = field(default_factory=dict)
    parts: int = 0

    def add(self, parts: int, *, most: int, depth: int) -> None:
        """Count the parts of one more document.

        Raises:
            BudgetExceeded: the document as handed in contains more than ``most`` parts, or parts too deep inside.

        """
        self.parts += parts
        if self.parts > most:
            detail = f"It contains {self.parts} signed parts or more; at most {most} are looked at."
            raise BudgetExceeded(detail, pointer="/verifiableCredential")
        if parts and depth >= MAX_DEPTH:
            raise BudgetExceeded(f"Signed parts lie more than {MAX_DEPTH} deep inside one another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The report on a part, what the part says once it is opened (nothing when it cannot be read), and where it stood
    when it was judged.
    """

    report: Report
    document: JsonObject
    subject: str


def parts(document: JsonObject, *, kind: DocumentKind, text: bytes | None = None) -> tuple[Part, ...]:
    """Everything signed that lies directly in a document of this kind: credentials first, then endorsements.

    ``text`` is the document as ``vc.document.written``, where that is known.
    """
    if kind is DocumentKind.PRESENTATION:
        return tuple(_numbered(_entries(document, "verifiableCredential", ""), CREDENTIALS))
    credentials: list[tuple[str, JsonValue]] = []
    if kind is DocumentKind.CLR_CREDENTIAL:
        for here, subject in _entries(document, "credentialSubject", ""):
            if isinstance(subject, Mapping):
                credentials.extend(_entries(subject, "verifiableCredential", here))
    found: list[tuple[str, JsonValue]] = []
    if mentions(text, b'"endorsement"', b'"endorsementJwt"'):
        found = sorted(_endorsements(document, ""), key=lambda entry: entry[0].count("/"))
    return (*_numbered(credentials, CREDENTIALS), *_numbered(found, ENDORSEMENTS))


def _numbered(entries: list[tuple[str, JsonValue]], expected: frozenset[DocumentKind]) -> Iterator[Part]:
    for number, (here, value) in enumerate(entries, start=1):
        yield Part(pointer=here, value=value, expected=expected, number=number)


def _entries(node: JsonObject, member: str, here: str) -> list[tuple[str, JsonValue]]:
    """What stands under a member, one by one, each with its pointer."""
    value, place = node.get(member), here + pointer(member)
    if not isinstance(value, list):
        return [] if value is None else [(place, value)]
    return [(f"{place}/{index}", entry) for index, entry in enumerate(value)]


def _endorsements(node: JsonValue, here: str) -> list[tuple[str, JsonValue]]:
    """The endorsements anywhere in a document, but not those inside something that is judged by itself."""
    if isinstance(node, list):
        return [found for index, item in enumerate(node) for found in _endorsements(item, f"{here}/{index}")]
    if not isinstance(node, Mapping):
        return []
    found = [*_entries(node, "endorsement", here), *_entries(node, "endorsementJwt", here)]
    for name, value in node.items():
        if name not in _CONTAINERS and isinstance(value, Mapping | list):
            found.extend(_endorsements(value, here + pointer(name)))
    return found


def moved(judged: Judged, subject: str) -> Judged:
    """The report on the same part where it stands a second time."""
    return replace(judged, report=_moved(judged.report, judged.subject, subject), subject=subject)


def _moved(report: Report, old: str, new: str) -> Report:
    checks = tuple(replace(check, subject=new + check.subject.removeprefix(old)) for check in report.checks)
    return replace(report, checks=checks, children=tuple(_moved(child, old, new) for child in report.children))


def check_part(findings: Findings, *, document: JsonObject, named: frozenset[str], part: Part, judged: Judged) -> None:
    """What the verdict on a part means for the document that contains it; ``named`` is what `names` finds in that."""
    _check_verdict(findings, part=part, report=judged.report)
    if part.expected is ENDORSEMENTS:
        _check_endorsement(findings, document=document, named=named, part=part, endorsement=judged.document)


def _check_verdict(findings: Findings, *, part: Part, report: Report) -> None:
    here = part.pointer
    sort = "endorsement" if part.expected is ENDORSEMENTS else "credential"
    findings.facts |= {"verdict": report.verdict.value, "part": sort, "number": part.number}
    match report.verdict:
        case Verdict.NOT_GENUINE:
            findings.add(ChildNotGenuineError(f"{part.name} is not genuine.", pointer=here))
        case Verdict.COULD_NOT_BE_CHECKED:
            findings.add(ChildIndeterminate(f"{part.name} could not be checked.", pointer=here))
        case Verdict.WITHDRAWN:
            findings.add(ChildCaution(f"{part.name} has been withdrawn.", pointer=here))
        case Verdict.GENUINE_BUT:
            reasons = " ".join(check.problems[0].title for check in _cautions(report))
            findings.add(ChildCaution(f"{part.name} is genuine, but: {reasons}.", pointer=here))
        case Verdict.GENUINE_AND_CURRENT:
            pass
        case never:
            assert_never(never)


def _cautions(report: Report) -> list[Check]:
    return [check for check in report.checks if check.outcome is Outcome.CAUTION]


def _check_endorsement(
    findings: Findings, *, document: JsonObject, named: frozenset[str], part: Part, endorsement: JsonObject
) -> None:
    """Whether an endorsement is about something in the document that carries it, and not by its own issuer."""
    subjects = [item for item in listed(endorsement.get("credentialSubject")) if isinstance(item, Mapping)]
    if not subjects or any(not isinstance(name := item.get("id"), str) or name not in named for item in subjects):
        detail = f"{part.name} is about something else than what it is attached to."
        findings.add(ChildCaution(detail, pointer=part.pointer))
    # F13: praise by oneself is no endorsement
    findings.facts["selfEndorsement"] = issuer_id(endorsement) == issuer_id(document)


def names(document: JsonObject, parts: tuple[Part, ...]) -> frozenset[str]:
    """What endorsements among the parts may be about; worked out once, because a document may have hundreds of them."""
    return frozenset(_ids(document)) if any(part.expected is ENDORSEMENTS for part in parts) else frozenset()


def _ids(node: JsonValue) -> Iterator[str]:
    """Every identifier in the document's own words."""
    if isinstance(node, list):
        for item in node:
            yield from _ids(item)
    elif isinstance(node, Mapping):
        found = node.get("id")
        if isinstance(found, str):
            yield found
        for name, value in node.items():
            if name not in _CONTAINERS:
                yield from _ids(value)
