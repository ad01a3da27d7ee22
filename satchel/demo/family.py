"""Read the sample family and move its calendar to the day of seeding.

All dates move together by one number of days, so that the file's `asOf` becomes the seeding day and every distance
between two events stays what it was. School years in words ("Spring 2025-26") move by whole years, once the distance
is more than half a year. What the file lists is invented; nothing in it is computed here. Left out: everything that
the demo does not tell yet (the transcript, the plan, the results day by day); it stays in the file for the parts of
Satchel that will.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any, cast

Node = Mapping[str, Any]

_DATE = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?=T\d{2}:\d{2}:\d{2}Z\b|(?![\dT-]))")
_SCHOOL_YEAR = re.compile(r"(?<![\d-])(20\d\d)-(\d\d)(?![\d-])")
_TERM_YEAR = re.compile(r"\b(Spring|Summer|Fall|Winter) (20\d\d)(?![\d-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One organization of the sample; `slug` is its name in web addresses."""

    id: str
    slug: str
    name: str
    kind: str
    url: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person. A child has no e-mail address."""

    id: str
    given_name: str
    family_name: str
    birth_date: date | None
    email: str | None
    title: str | None

    @property
    def name(self) -> str:
        """Given and family name, as a card prints them."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One statement of the sample's own competency framework, as an alignment names it."""

    code: str
    statement: str
    identifier: str
    framework: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """One credential of the sample: who signed what for whom, and what became of it.

    `first_result` is what the provider signed before it corrected the award; `revoked_on` and `revocation_reason` go
    together.
    """

    id: str
    provider: str
    learner: str
    kind: str
    name: str
    human_code: str | None
    field_of_study: str | None
    credits_available: float | None
    credits_earned: float | None
    result_type: str | None
    result: str | None
    first_result: str | None
    correction_note: str | None
    term: str | None
    valid_from: datetime
    awarded: datetime
    valid_until: datetime | None
    evidence: tuple[tuple[str, str], ...]
    skills: tuple[Skill, ...]
    revoked_on: datetime | None
    revocation_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One share of the sample: whose, for whom, for what, until when; `state` is active, ended or expired."""

    id: str
    learner: str
    recipient: str
    purpose: str
    awards: tuple[str, ...]
    until: date | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The part of the sample that the demo tells, on the calendar of the seeding day `as_of`."""

    as_of: date
    name: str
    providers: Mapping[str, Provider]
    people: Mapping[str, Person]
    guardians: tuple[str, ...]
    learners: tuple[str, ...]
    awards: tuple[Award, ...]
    shares: tuple[Share, ...]


def sample_bytes() -> bytes:
    """Give the packaged sample as it stands in the file."""
    return resources.files(__package__ or "satchel.demo").joinpath("family.json").read_bytes()


def shifted(node: object, *, days: int) -> object:
    """Move every date inside `node` by `days`, and school years in words by the nearest whole number of years."""
    years = round(days / 365.25)
    if isinstance(node, str):
        return _shift_text(node, days=days, years=years)
    if isinstance(node, Mapping):
        return {key: shifted(value, days=days) for key, value in node.items()}
    if isinstance(node, list):
        return [shifted(value, days=days) for value in node]
    return node


def _shift_text(text: str, *, days: int, years: int) -> str:
    def moved(match: re.Match[str]) -> str:
        return (date.fromisoformat(match[1]) + timedelta(days=days)).isoformat()

    def school_year(match: re.Match[str]) -> str:
        first = int(match[1]) + years
        return f"{first}-{(first + 1) % 100:02d}" if (int(match[1]) + 1) % 100 == int(match[2]) else match[0]

    text = _SCHOOL_YEAR.sub(school_year, text)
    text = _TERM_YEAR.sub(lambda match: f"{match[1]} {int(match[2]) + years}", text)
    return _DATE.sub(moved, text)


def load(*, as_of: date) -> Family:
    """Read the sample and put it on the calendar of the seeding day.

    Raises: KeyError or ValueError where the packaged file is not what this module expects (a defect of ours).
    """
    raw = json.loads(sample_bytes())
    days = (as_of - date.fromisoformat(raw["asOf"])).days
    sample = cast("dict[str, Any]", shifted(raw, days=days))
    skills = _skills(sample["frameworks"])
    return Family(
        as_of=as_of,
        name=sample["family"]["name"],
        providers={entry["id"]: _provider(entry) for entry in sample["organizations"]},
        people={entry["id"]: _person(entry) for entry in sample["people"]},
        guardians=tuple(sample["family"]["guardians"]),
        learners=tuple(sample["family"]["learners"]),
        awards=tuple(
            _award(entry, skills) for learner in sample["learners"].values() for entry in learner["credentials"]
        ),
        shares=_shares(sample),
    )


def _provider(entry: Node) -> Provider:
    slug = entry["did"].removeprefix("did:web:").removesuffix(".example.org").replace(".", "-")
    return Provider(
        id=entry["id"], slug=slug, name=entry["name"], kind=entry["kind"], url=entry["url"], email=entry["email"]
    )


def _person(entry: Node) -> Person:
    born = entry.get("birthDate")
    return Person(
        id=entry["id"],
        given_name=entry["givenName"],
        family_name=entry["familyName"],
        birth_date=date.fromisoformat(born) if born else None,
        email=entry.get("email"),
        title=entry.get("title"),
    )


def _skills(frameworks: Sequence[Node]) -> Mapping[str, Skill]:
    return {
        item["humanCodingScheme"]: Skill(
            code=item["humanCodingScheme"],
            statement=item["fullStatement"],
            identifier=item["identifier"],
            framework=framework["title"],
        )
        for framework in frameworks
        for item in framework["items"]
    }


def _award(entry: Node, skills: Mapping[str, Skill]) -> Award:
    result: Node = entry.get("result") or {}
    history: Node = (entry.get("history") or [{}])[0]
    return Award(
        id=entry["id"],
        provider=entry["issuer"],
        learner=entry["subject"],
        kind=entry["kind"],
        name=entry["name"],
        human_code=entry.get("humanCode"),
        field_of_study=entry.get("fieldOfStudy"),
        credits_available=entry.get("creditsAvailable"),
        credits_earned=entry.get("creditsEarned"),
        result_type=result.get("type"),
        result=result.get("value"),
        first_result=history.get("value"),
        correction_note=history.get("why"),
        term=entry.get("term"),
        valid_from=_instant(entry["validFrom"]),
        awarded=_instant(entry.get("awardedDate", entry["validFrom"])),
        valid_until=_instant(entry["validUntil"]) if entry.get("validUntil") else None,
        evidence=tuple((item["id"], item["name"]) for item in entry.get("evidence", ())),
        skills=tuple(skills[code] for code in entry.get("alignments", ()) if code in skills),
        revoked_on=_instant(entry["revokedOn"]) if "revokedOn" in entry else None,
        revocation_reason=entry.get("revocationReason"),
    )


def _shares(sample: Node) -> tuple[Share, ...]:
    """Join each share with the consent that covers it: same learner, same recipient."""
    consents = {(consent["subject"], consent["recipients"][0]): consent for consent in sample["consents"]}
    joined = []
    for entry in sample["shares"]:
        consent: Node = consents.get((entry["by"], entry["to"]), {})
        joined.append(
            Share(
                id=entry["id"],
                learner=entry["by"],
                recipient=entry["to"],
                purpose=consent.get("purpose", ""),
                awards=tuple(entry["what"]),
                until=date.fromisoformat(consent["until"]) if "until" in consent else None,
                state=entry["state"],
            )
        )
    return tuple(joined)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
