"""Checks, what they found, and what follows from them.

A check returns (*passed*), warns (*caution*), raises a ``ProblemError`` (*failed*) or lacks something
(*indeterminate*). The verdict is read off the checks by the rules in ``Report.verdict`` and nowhere else; no checks at
all means *could not be checked*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from vc.document import JsonObject, JsonValue
from vc.evidence import Evidence
from vc.policy import Policy
from vc.problems import (
    Caution,
    EvidenceUnavailable,
    Indeterminate,
    MissingEvidence,
    NotReached,
    Problem,
    ProblemError,
    Url,
)
from vc.reading import member, objects, texts
from vc.wanted import Wanted, note


class Outcome(Enum):
    """What one check came to."""

    PASSED = "passed"
    CAUTION = "caution"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "notApplicable"


class Verdict(Enum):
    """What all checks together came to."""

    GENUINE_AND_CURRENT = "genuineAndCurrent"
    GENUINE_BUT = "genuineBut"
    WITHDRAWN = "withdrawn"
    NOT_GENUINE = "notGenuine"
    COULD_NOT_BE_CHECKED = "couldNotBeChecked"


GENUINE: Final = frozenset({Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT})


class Recognition(Enum):
    """Whether a list that the policy uses vouches for who signed."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "notRecognised"


class DocumentKind(Enum):
    """What kind of document was checked."""

    ACHIEVEMENT_CREDENTIAL = "achievementCredential"
    ENDORSEMENT_CREDENTIAL = "endorsementCredential"
    CLR_CREDENTIAL = "clrCredential"
    OPEN_BADGE_2 = "openBadge2"
    CREDENTIAL = "credential"
    STATUS_LIST = "statusList"
    PRESENTATION = "presentation"
    UNKNOWN = "unknown"


CREDENTIALS: Final = frozenset(
    {
        DocumentKind.ACHIEVEMENT_CREDENTIAL,
        DocumentKind.CLR_CREDENTIAL,
        DocumentKind.CREDENTIAL,
        DocumentKind.ENDORSEMENT_CREDENTIAL,
    }
)
"""The kinds that a person can be shown, hold and present."""


class CheckName(StrEnum):
    """The checks, in the order in which they are made."""

    PARSE = "parse"
    KIND = "kind"
    CONTEXTS = "contexts"
    SCHEMA = "schema"
    PROOF_POLICY = "proof-policy"
    ISSUER_KEY = "issuer-key"
    SIGNATURE = "signature"
    VALIDITY = "validity"
    REFRESH = "refresh"
    STATUS = "status"
    RECOGNITION = "recognition"
    HOLDER_BINDING = "holder-binding"
    CREDENTIAL = "credential"


PROOF_AND_BINDING: Final = frozenset(
    {
        CheckName.CONTEXTS,
        CheckName.PROOF_POLICY,
        CheckName.ISSUER_KEY,
        CheckName.SIGNATURE,
        CheckName.HOLDER_BINDING,
        CheckName.CREDENTIAL,
    }
)
"""A failure of one of these means: altered, forged, or signed by somebody else."""

_GRAVEST_FIRST: Final = (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.CAUTION)
_NO_FACTS: Final[Mapping[str, JsonValue]] = MappingProxyType({})
_NOTHING_WANTED: Final[Mapping[Url, Wanted]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of one document: ``subject`` is the JSON Pointer of the credential that was checked.

    ``wanted`` says what is expected at an address that is missing, where the check knows; it is for the next round, and
    is not written.
    """

    name: CheckName
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    missing: frozenset[Url] = frozenset()
    facts: Mapping[str, JsonValue] = field(default_factory=lambda: _NO_FACTS)
    subject: str = ""
    wanted: Mapping[Url, Wanted] = field(default_factory=lambda: _NOTHING_WANTED, compare=False, repr=False)

    def to_json(self) -> JsonObject:
        """A JSON object."""
        return {
            "name": str(self.name),
            "outcome": self.outcome.value,
            "problems": [problem.to_json() for problem in self.problems],
            "missing": [str(url) for url in sorted(self.missing)],
            "facts": dict(self.facts),
            "subject": self.subject,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The check that ``to_json`` wrote."""
        return cls(
            name=CheckName(value["name"]),
            outcome=Outcome(value["outcome"]),
            problems=tuple(Problem.from_json(problem) for problem in objects(value, "problems")),
            missing=frozenset(Url(url) for url in texts(value, "missing")),
            facts=member(value, "facts", dict),
            subject=member(value, "subject", str),
        )


@dataclass(slots=True)
class Findings:
    """What a check has found so far; it may find several things."""

    facts: dict[str, JsonValue] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    outcomes: set[Outcome] = field(default_factory=set)
    missing: set[Url] = field(default_factory=set)
    wanted: dict[Url, Wanted] = field(default_factory=dict)
    applicable: bool = True

    def add(self, problem: ProblemError) -> None:
        """Record a problem under the outcome that its class stands for."""
        self.problems.append(problem.problem)
        kinds = ((Caution, Outcome.CAUTION), (Indeterminate, Outcome.INDETERMINATE))
        self.outcomes.add(next((outcome for kind, outcome in kinds if isinstance(problem, kind)), Outcome.FAILED))

    def doubt(self, problem: ProblemError) -> None:
        """Record a problem that leaves the question open, whatever its class stands for elsewhere."""
        self.problems.append(problem.problem)
        self.outcomes.add(Outcome.INDETERMINATE)

    def attempt(self) -> Attempt:
        """Record what the block raises, and go on."""
        return Attempt(self)

    def met(self, error: object) -> bool:
        """Record what was raised; whether it was something that checks record."""
        if isinstance(error, ProblemError):
            self.add(error)
        elif isinstance(error, MissingEvidence):
            self.lack((error.url,))
            if error.wanted is not None:
                note(self.wanted, error.url, error.wanted)
        elif isinstance(error, EvidenceUnavailable):
            self.problems.append(error.problem)
            self.outcomes.add(Outcome.INDETERMINATE)
            self.facts |= {"url": error.url, "reason": error.reason, "at": error.since.isoformat()}
        else:
            return False
        return True

    def lack(self, urls: Iterable[Url]) -> None:
        """Record what has to be fetched before the question can be answered."""
        self.missing.update(urls)
        self.outcomes.add(Outcome.INDETERMINATE)

    def lack_what(self, report: Report) -> None:
        """Record what a report on something that this check rests on still lacks."""
        if report.missing:
            self.lack(report.missing)
            for url, wanted in report.wanted.items():
                note(self.wanted, url, wanted)

    def outcome(self) -> Outcome:
        """The gravest outcome recorded."""
        if self.outcomes:
            return next(outcome for outcome in _GRAVEST_FIRST if outcome in self.outcomes)
        return Outcome.PASSED if self.applicable else Outcome.NOT_APPLICABLE


class Attempt:
    """A block whose problems are recorded."""

    __slots__ = ("_findings",)

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def __enter__(self) -> None:
        """Nothing happens yet."""

    def __exit__(self, _kind: object, error: object, _traceback: object) -> bool:
        """Record what was raised, if anything was."""
        return error is not None and self._findings.met(error)


def run(name: CheckName, step: Callable[[Findings], None], *, subject: str) -> Check:
    """Make one check and write down what it found."""
    findings = Findings()
    with findings.attempt():
        step(findings)
    return Check(
        name=name,
        outcome=findings.outcome(),
        problems=tuple(findings.problems),
        missing=frozenset(findings.missing),
        facts=MappingProxyType(findings.facts) if findings.facts else _NO_FACTS,
        subject=subject,
        wanted=MappingProxyType(findings.wanted) if findings.wanted else _NOTHING_WANTED,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a report was made from, beside the document."""

    evidence: Evidence
    policy: Policy
    now: datetime

    def may_follow(self, earlier: Basis | None) -> bool:
        """Whether checks settled on the earlier basis still stand: the same policy and time, and nothing but more."""
        if earlier is None or (earlier.policy, earlier.now) != (self.policy, self.now):
            return False
        return self.evidence.contains(earlier.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was checked, and what it came to. ``digest`` is the SHA-256 of the document, in hexadecimal.

    ``basis`` is what it was made from, for a next round; it is no part of what the report says, and is not written.
    """

    document_kind: DocumentKind
    digest: str
    checks: tuple[Check, ...]
    children: tuple[Report, ...] = ()
    basis: Basis | None = field(default=None, compare=False, repr=False)

    @property
    def verdict(self) -> Verdict:
        """What follows from the checks.

        A failed proof or binding: not genuine. Revoked, or an envelope with nothing in it but what was: withdrawn. Else
        anything that failed or could not be checked, or nothing that was signed: could not be checked. Else any
        caution: genuine, but. Else genuine and current.
        """
        if any(check.outcome is Outcome.FAILED and check.name in PROOF_AND_BINDING for check in self.checks):
            return Verdict.NOT_GENUINE
        if any(check.outcome is Outcome.FAILED and check.name is CheckName.STATUS for check in self.checks):
            return Verdict.WITHDRAWN
        enveloped = self.children if self.document_kind is DocumentKind.PRESENTATION else ()
        if enveloped and all(child.verdict is Verdict.WITHDRAWN for child in enveloped):
            return Verdict.WITHDRAWN
        outcomes = {check.outcome for check in self.checks}
        if outcomes & {Outcome.FAILED, Outcome.INDETERMINATE} or not self._anything_signed:
            return Verdict.COULD_NOT_BE_CHECKED
        return Verdict.GENUINE_BUT if Outcome.CAUTION in outcomes else Verdict.GENUINE_AND_CURRENT

    @property
    def _anything_signed(self) -> bool:
        if self.document_kind is DocumentKind.PRESENTATION:
            # A signed envelope with nothing in it says nothing about anybody; an unsigned one says what its parts say.
            return any(child.verdict in GENUINE for child in self.children)
        return self.check(CheckName.SIGNATURE).outcome is Outcome.PASSED

    @property
    def subject(self) -> str:
        """The JSON Pointer of the document in what was handed in, which every check repeats."""
        return self.checks[0].subject if self.checks else ""

    @property
    def recognition(self) -> Recognition:
        """Whether a list vouches for the signer; for a presentation, for the signer of each credential in it."""
        recognised = Recognition.RECOGNISED
        if self.document_kind is DocumentKind.PRESENTATION:
            if self.children and all(child.recognition is recognised for child in self.children):
                return recognised
        elif self.check(CheckName.RECOGNITION).facts.get("recognised") is True:
            return recognised
        return Recognition.NOT_RECOGNISED

    @property
    def headline_green(self) -> bool:
        """Whether the headline may be green: genuine and current, and recognised."""
        return self.verdict is Verdict.GENUINE_AND_CURRENT and self.recognition is Recognition.RECOGNISED

    @property
    def missing(self) -> frozenset[Url]:
        """The resources that a further round needs."""
        return frozenset().union(*(check.missing for check in self.checks), *(child.missing for child in self.children))

    @property
    def wanted(self) -> Mapping[Url, Wanted]:
        """What is expected at the missing addresses, where that is known."""
        found: dict[Url, Wanted] = {}
        named = [check.wanted for check in self.checks] + [child.wanted for child in self.children]
        for url, wanted in (pair for source in named for pair in source.items()):
            note(found, url, wanted)
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every check of this document."""
        return tuple(problem for check in self.checks for problem in check.problems)

    def check(self, name: CheckName | str) -> Check:
        """The check of this name; one that does not apply when it was not made."""
        found = (check for check in self.checks if check.name == name)
        return next(found, Check(name=CheckName(name), outcome=Outcome.NOT_APPLICABLE))

    def to_json(self) -> JsonObject:
        """A JSON object; the verdict is in it for readers and is not read back."""
        return {
            "kind": self.document_kind.value,
            "digest": self.digest,
            "verdict": self.verdict.value,
            "recognition": self.recognition.value,
            "headlineGreen": self.headline_green,
            "checks": [check.to_json() for check in self.checks],
            "children": [child.to_json() for child in self.children],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The report that ``to_json`` wrote."""
        return cls(
            document_kind=DocumentKind(value["kind"]),
            digest=member(value, "digest", str),
            checks=tuple(Check.from_json(check) for check in objects(value, "checks")),
            children=tuple(cls.from_json(child) for child in objects(value, "children")),
        )


def settled(previous: Sequence[Check], name: CheckName) -> Check | None:
    """The check of an earlier round, unless it lacked evidence or came after one that did."""
    found = next((check for check in previous if check.name is name), None)
    unsettled = found is None or found.missing or any(problem.type == NotReached.type for problem in found.problems)
    return None if unsettled else found
