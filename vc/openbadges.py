"""What Open Badges 3.0 adds to a credential: an achievement, its results, and who earned it.

Three things: a read-only view of an AchievementCredential, the rules that no schema states, and a builder that writes
what we issue (arrays for sets, whole seconds, no nulls, no empty arrays).

Spec: https://www.imsglobal.org/spec/ob/v3p0/
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vc.credential import (
    CONTEXT,
    VerifiableCredential,
    moment_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_of,
)
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.problems import ProblemError, SchemaViolationError
from vc.status import StatusListEntry
from vc.timestamps import format_timestamp

OPEN_BADGES_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
SCHEMA_TYPE: Final = "1EdTechJsonSchemaValidator2019"
SCHEMA_URL: Final = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ACHIEVEMENT_TYPES: Final = frozenset({"AchievementCredential", "OpenBadgeCredential"})
_HASH: Final = re.compile(r"(sha256|md5)\$([0-9A-Fa-f]+)")


@dataclass(frozen=True, slots=True)
class AchievementCredential(VerifiableCredential):
    """The view of an Open Badges 3.0 credential. Every property may raise ``MalformedValueError`` with a pointer."""

    @property
    def achievement(self) -> Achievement:
        """What was achieved."""
        return Achievement(object_of(self.subject, "achievement", "/credentialSubject"))

    @property
    def results(self) -> tuple[Result, ...]:
        """The results, each beside the description that it refers to."""
        here = _ACHIEVEMENT + "/resultDescription"
        described = {text_of(item, "id", here): item for item in self.achievement.result_descriptions}
        place = "/credentialSubject/result"
        return tuple(
            Result(result, described.get(text_of(result, "resultDescription", place) or "", {}))
            for result in objects_of(self.subject, "result", "/credentialSubject")
        )

    @property
    def identifiers(self) -> tuple[JsonObject, ...]:
        """The identity objects of the subject, hashed or plain."""
        return objects_of(self.subject, "identifier", "/credentialSubject")

    @property
    def credits_earned(self) -> int | float | None:
        """The credits that the subject earned."""
        return number_of(self.subject, "creditsEarned", "/credentialSubject")

    @property
    def term(self) -> str | None:
        """The school term."""
        return text_of(self.subject, "term", "/credentialSubject")

    @property
    def role(self) -> str | None:
        """The part that the subject played."""
        return text_of(self.subject, "role", "/credentialSubject")

    @property
    def narrative(self) -> str | None:
        """How the subject met the criteria, in Markdown."""
        return text_of(self.subject, "narrative", "/credentialSubject")

    @property
    def awarded_date(self) -> datetime | None:
        """The day of the award, which stays when the credential is issued anew."""
        return moment_of(self.document, "awardedDate")


@dataclass(frozen=True, slots=True)
class Achievement:
    """The view of an achievement."""

    value: JsonObject

    @property
    def id(self) -> str | None:
        """The achievement's identifier."""
        return text_of(self.value, "id", _ACHIEVEMENT)

    @property
    def name(self) -> str | None:
        """Its name."""
        return text_of(self.value, "name", _ACHIEVEMENT)

    @property
    def description(self) -> str | None:
        """What it is."""
        return text_of(self.value, "description", _ACHIEVEMENT)

    @property
    def type(self) -> str | None:
        """The ``achievementType``: Course, Competency, …"""
        return text_of(self.value, "achievementType", _ACHIEVEMENT)

    @property
    def criteria(self) -> JsonObject:
        """What had to be done: ``id`` (a URL), ``narrative`` (Markdown), or both."""
        return object_of(self.value, "criteria", _ACHIEVEMENT)

    @property
    def image(self) -> JsonObject:
        """Its picture: ``id`` and ``caption``; an empty object when there is none."""
        return object_of(self.value, "image", _ACHIEVEMENT)

    @property
    def credits_available(self) -> int | float | None:
        """The credits that it is worth."""
        return number_of(self.value, "creditsAvailable", _ACHIEVEMENT)

    @property
    def field_of_study(self) -> str | None:
        """The subject area."""
        return text_of(self.value, "fieldOfStudy", _ACHIEVEMENT)

    @property
    def human_code(self) -> str | None:
        """The code in the provider's catalogue."""
        return text_of(self.value, "humanCode", _ACHIEVEMENT)

    @property
    def in_language(self) -> str | None:
        """The language of its texts."""
        return text_of(self.value, "inLanguage", _ACHIEVEMENT)

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        return texts_of(self.value, "tag", _ACHIEVEMENT)

    @property
    def alignments(self) -> tuple[JsonObject, ...]:
        """The competencies and standards that it is aligned with."""
        return objects_of(self.value, "alignment", _ACHIEVEMENT)

    @property
    def result_descriptions(self) -> tuple[JsonObject, ...]:
        """What its results mean."""
        return objects_of(self.value, "resultDescription", _ACHIEVEMENT)


_ACHIEVEMENT: Final = "/credentialSubject/achievement"


@dataclass(frozen=True, slots=True)
class Result:
    """One result, and the description that it refers to (an empty object when it refers to none)."""

    value_object: JsonObject
    described: JsonObject

    @property
    def value(self) -> str | None:
        """The result as text: a grade, a score."""
        return text_of(self.value_object, "value", "/credentialSubject/result")

    @property
    def status(self) -> str | None:
        """Completed, Enrolled, Failed, …"""
        return text_of(self.value_object, "status", "/credentialSubject/result")

    @property
    def achieved_level(self) -> str | None:
        """The identifier of the rubric level that was reached."""
        return text_of(self.value_object, "achievedLevel", "/credentialSubject/result")

    @property
    def description(self) -> str | None:
        """What the result measures."""
        return text_of(self.described, "name", _ACHIEVEMENT + "/resultDescription")

    @property
    def type(self) -> str | None:
        """The ``resultType``: LetterGrade, Percent, …"""
        return text_of(self.described, "resultType", _ACHIEVEMENT + "/resultDescription")


def rules(document: JsonObject) -> Iterator[ProblemError]:
    """The rules of Open Badges 3.0 that its schema does not state, each broken one as a problem.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievementsubject
    """
    view = AchievementCredential(document)
    try:
        subject, identifiers, achievement = view.subject, view.identifiers, view.achievement
        descriptions, results = achievement.result_descriptions, view.results
        criteria = achievement.criteria
        levels = {
            text_of(level, "id", _ACHIEVEMENT)
            for item in descriptions
            for level in objects_of(item, "rubricCriterionLevel", _ACHIEVEMENT + "/resultDescription")
        }
    except ProblemError as error:
        yield error
        return
    # "Either id or at least one identifier MUST be supplied."
    if "id" not in subject and not identifiers:
        yield SchemaViolationError("Nothing says who earned this: no id, no identifier.", pointer="/credentialSubject")
    for index, identifier in enumerate(identifiers):
        # "If alg is used, identityHash is alg$hash"; a hash that is none can never be matched
        if identifier.get("hashed") is True and not _HASH.fullmatch(str(identifier.get("identityHash"))):
            here = pointer("credentialSubject", "identifier", index, "identityHash")
            yield SchemaViolationError("A hashed identity has the form sha256$…", pointer=here)
    if not criteria.keys() & {"id", "narrative"}:
        here = _ACHIEVEMENT + "/criteria"
        yield SchemaViolationError("The criteria say nothing: neither id nor narrative.", pointer=here)
    for index, result in enumerate(results):
        here = pointer("credentialSubject", "result", index)
        if "resultDescription" in result.value_object and not result.described:
            yield SchemaViolationError("A result refers to a description that is not there.", pointer=here)
        # "Required if resultType of the linked ResultDescription is Status."
        if result.described.get("resultType") == "Status" and "status" not in result.value_object:
            yield SchemaViolationError("A result of the type Status has no status.", pointer=here)
        if "achievedLevel" in result.value_object and str(result.value_object["achievedLevel"]) not in levels:
            yield SchemaViolationError("A result refers to a rubric level that is not there.", pointer=here)


def identity_hash(identity: str, *, salt: str) -> str:
    """``sha256$`` and the hexadecimal SHA-256 of the identity with the salt behind it.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityhash-type
    """
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def identity_object(identity: str, *, identity_type: str, salt: str) -> JsonObject:
    """A hashed identity: it can be matched by who knows the identity, and does not tell it.

    ``identity_type`` is one of the specification's: ``emailAddress``, ``sisSourcedId``, …

    Raises:
        ValueError: the salt has fewer than 16 characters, so that the identity could be guessed.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityobject

    """
    if len(salt) < 16:
        raise ValueError("A salt of fewer than 16 characters does not hide an identity.")
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(identity, salt=salt),
        "identityType": identity_type,
        "salt": salt,
    }


def identity_matches(identifier: JsonObject, *, identity: str, identity_type: str) -> bool:
    """Whether an identity object is of this type and this identity.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#verify-recipient
    """
    stated, salt = identifier.get("identityHash"), identifier.get("salt", "")
    if identifier.get("identityType") != identity_type or not isinstance(stated, str) or not isinstance(salt, str):
        return False
    if identifier.get("hashed") is not True:
        return hmac.compare_digest(stated.encode(), identity.encode())
    found = _HASH.fullmatch(stated)
    if not found:
        return False
    name = found[1]
    digest = hashlib.new(name, (identity + salt).encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(digest, found[2].lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerProfile:
    """What an issuer says about itself in what it issues."""

    id: str
    name: str
    url: str | None = None
    description: str | None = None
    email: str | None = None
    image: str | None = None

    def to_json(self) -> JsonObject:
        """The Profile object."""
        image = {"id": self.image, "type": "Image"} if self.image else None
        return _compact(
            {
                "id": self.id,
                "type": ["Profile"],
                "name": self.name,
                "url": self.url,
                "description": self.description,
                "email": self.email,
                "image": image,
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
) -> JsonObject:
    """An unsigned AchievementCredential (VCDM 2.0) that follows the rules no schema states.

    Every text is brought into Unicode's composed form, so that one name is one text. ``with_schema`` names the
    published schema in the document, so that other verifiers check it, too.

    Raises:
        SchemaViolationError: a rule is broken; the first one.
        ValueError: a date has no zone, or the credential would end before it starts.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential

    """
    if valid_until is not None and valid_until <= valid_from:
        raise ValueError("A credential ends after it starts.")
    entries = [entry.to_json() for entry in status]
    document = _compact(
        {
            "@context": [CONTEXT, OPEN_BADGES_CONTEXT, *([EXTENSIONS_CONTEXT] if with_schema else [])],
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
        }
    )
    for problem in (*_shared_ids(document), *rules(document)):
        raise problem
    return {name: _composed(value) for name, value in document.items()}


def _shared_ids(document: JsonObject) -> Iterator[ProblemError]:
    """Evidence and results under the id of something else: two things with one id are one thing to a signature."""
    view = AchievementCredential(document)
    taken = {view.id, view.issuer_id, view.subject_id, view.achievement.id}
    taken |= {item.get("id") for item in view.achievement.result_descriptions}  # type: ignore[misc]
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
