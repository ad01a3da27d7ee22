"""Writing what we issue: arrays for sets, whole seconds, no nulls, no empty arrays.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#serialization
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vc.credential import CONTEXT
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.openbadges.credentials import AchievementCredential
from vc.openbadges.rules import achievement_rules
from vc.openbadges.terms import (
    ENDORSEMENT_TYPES,
    EXTENSIONS_CONTEXT,
    OPEN_BADGES_CONTEXT,
    REFRESH_TYPE,
    SCHEMA_TYPE,
    SCHEMA_URL,
)
from vc.problems import ProblemError, SchemaViolationError
from vc.status import StatusListEntry
from vc.timestamps import format_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentProfile:
    """The organisation that an issuer belongs to, as the issuer names it. It says nothing itself."""

    id: str
    name: str | None = None

    def to_json(self) -> JsonObject:
        """The Profile object."""
        return _compact({"id": self.id, "type": ["Profile"], "name": self.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerProfile:
    """What an issuer says about itself in what it issues.

    ``address`` has members of the class Address; ``other_identifiers`` are pairs of a type (one of Open Badges' words,
    or ``ext:…``) and an identifier.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#profile
    """

    id: str
    name: str
    url: str | None = None
    phone: str | None = None
    description: str | None = None
    email: str | None = None
    image: str | None = None
    address: Mapping[str, str] | None = None
    official: str | None = None
    parent: ParentProfile | None = None
    other_identifiers: Sequence[tuple[str, str]] = ()

    def to_json(self) -> JsonObject:
        """The Profile object."""
        return _compact(
            {
                "id": self.id,
                "type": ["Profile"],
                "name": self.name,
                "url": self.url,
                "phone": self.phone,
                "description": self.description,
                "email": self.email,
                "image": {"id": self.image, "type": "Image"} if self.image else None,
                "address": {"type": ["Address"], **self.address} if self.address else None,
                "official": self.official,
                "parentOrg": self.parent.to_json() if self.parent else None,
                "otherIdentifier": [
                    {"type": "IdentifierEntry", "identifier": identifier, "identifierType": kind}
                    for kind, identifier in self.other_identifiers
                ],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectClaims:
    """Who earned it and how: an ``id``, or at least one identity object, and what else is known."""

    id: str | None = None
    identifiers: Sequence[JsonObject] = ()
    results: Sequence[JsonObject] = ()
    credits_earned: int | float | None = None
    term: str | None = None
    narrative: str | None = None
    role: str | None = None
    license_number: str | None = None
    source: JsonObject | None = None

    def to_json(self, achievement: JsonObject) -> JsonObject:
        """The AchievementSubject object."""
        return _compact(
            {
                "id": self.id,
                "type": ["AchievementSubject"],
                "identifier": list(self.identifiers),
                "achievement": achievement,
                "creditsEarned": self.credits_earned,
                "term": self.term,
                "role": self.role,
                "licenseNumber": self.license_number,
                "narrative": self.narrative,
                "result": list(self.results),
                "source": self.source,
            }
        )


def build(
    *,
    credential_id: str,
    issuer: IssuerProfile,
    achievement: JsonObject,
    subject: SubjectClaims,
    valid_from: datetime,
    awarded_date: datetime,
    valid_until: datetime | None,
    status: Sequence[StatusListEntry],
    evidence: Sequence[JsonObject],
    name: str | None,
    description: str | None = None,
    with_schema: bool = False,
    refresh: str | None = None,
) -> JsonObject:
    """An unsigned AchievementCredential (VCDM 2.0) that follows the rules no schema states.

    Every text is brought into Unicode's composed form, so that one name is one text. ``with_schema`` names the
    published schema in the document, so that other verifiers check it, too; ``refresh`` names the address at which its
    newest version is given out.

    Raises:
        SchemaViolationError: a rule is broken; the first one.
        ValueError: a date has no zone, or the credential would end before it starts.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential

    """
    if valid_until is not None and valid_until <= valid_from:
        raise ValueError("A credential ends after it starts.")
    entries = [entry.to_json() for entry in status]
    extensions = [EXTENSIONS_CONTEXT] if with_schema or refresh is not None else []
    document = _compact(
        {
            "@context": [CONTEXT, OPEN_BADGES_CONTEXT, *extensions],
            "id": credential_id,
            # Both names of the class are one IRI; a verifier that checks by compaction gets back the shorter one.
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": name,
            "description": description,
            "issuer": issuer.to_json(),
            "validFrom": format_timestamp(valid_from),
            "awardedDate": format_timestamp(awarded_date),
            "validUntil": None if valid_until is None else format_timestamp(valid_until),
            "credentialSubject": subject.to_json(achievement),
            "evidence": list(evidence),
            "credentialStatus": entries[0] if len(entries) == 1 else entries,
            "credentialSchema": [{"id": SCHEMA_URL, "type": SCHEMA_TYPE}] if with_schema else None,
            "refreshService": None if refresh is None else {"id": refresh, "type": REFRESH_TYPE},
        }
    )
    for problem in (*_shared_ids(document), *achievement_rules(document)):
        raise problem
    return {name: _composed(value) for name, value in document.items()}


def build_endorsement(
    *,
    credential_id: str,
    issuer: IssuerProfile,
    endorsed_id: str,
    comment: str | None,
    valid_from: datetime,
    awarded_date: datetime,
    valid_until: datetime | None,
    status: Sequence[StatusListEntry],
    name: str,
    description: str | None = None,
) -> JsonObject:
    """An unsigned EndorsementCredential (VCDM 2.0): what the issuer says about what somebody else is or offers.

    ``endorsed_id`` is the id of a profile, an achievement or a credential; ``comment`` is Markdown. Every text is
    brought into Unicode's composed form.

    Raises:
        SchemaViolationError: it would be about its own issuer, or about itself.
        ValueError: a date has no zone, or the endorsement would end before it starts.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential

    """
    if valid_until is not None and valid_until <= valid_from:
        raise ValueError("A credential ends after it starts.")
    if endorsed_id in {issuer.id, credential_id}:
        detail = "This would vouch for its own issuer, or for itself; only somebody else can be vouched for."
        raise SchemaViolationError(detail, pointer=pointer("credentialSubject", "id"))
    entries = [entry.to_json() for entry in status]
    subject = {"id": endorsed_id, "type": ["EndorsementSubject"], "endorsementComment": comment}
    document = _compact(
        {
            "@context": [CONTEXT, OPEN_BADGES_CONTEXT],
            "id": credential_id,
            "type": list(ENDORSEMENT_TYPES),
            "name": name,
            "description": description,
            "issuer": issuer.to_json(),
            "validFrom": format_timestamp(valid_from),
            "awardedDate": format_timestamp(awarded_date),
            "validUntil": None if valid_until is None else format_timestamp(valid_until),
            "credentialSubject": _compact(subject),
            "credentialStatus": entries[0] if len(entries) == 1 else entries,
        }
    )
    return {name: _composed(value) for name, value in document.items()}


def _shared_ids(document: JsonObject) -> Iterator[ProblemError]:
    """Evidence and results under the id of something else: two things with one id are one thing to a signature."""
    view = AchievementCredential(document)
    taken = {view.id, view.issuer_id, view.subject_id, view.achievement.id}
    taken |= {item.id for item in view.achievement.result_descriptions}
    places = (("evidence",), document.get("evidence")), (("credentialSubject", "result"), view.subject.get("result"))
    for path, items in places:
        for index, item in enumerate(listed(items)):
            found = item.get("id") if isinstance(item, Mapping) else None
            if found is not None and found in taken:
                detail = "This has the id of something else, so the two would be one; give it its own."
                yield SchemaViolationError(detail, pointer=pointer(*path, index, "id"))


def _composed(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {name: _composed(item) for name, item in value.items()}
    return [_composed(item) for item in value] if isinstance(value, list) else value


def _compact(members: Mapping[str, JsonValue]) -> JsonObject:
    """Without what is absent: nulls and empty arrays are never written."""
    return {name: value for name, value in members.items() if value is not None and value != []}
