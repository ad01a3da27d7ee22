"""The three credentials: of an achievement, of an endorsement, and the learner record that holds credentials.

Each view reads the whole of what the document says of a thing, wherever it says it (`vc.nodes.Nodes`).

Spec: https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential, https://www.imsglobal.org/spec/clr/v2p0/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from vc.credential import VerifiableCredential, moment_of, number_of, object_of, objects_of, text_of, texts_of
from vc.document import JsonObject, listed, pointer
from vc.openbadges.achievements import Achievement, Result, ResultDescription, StatedResult
from vc.openbadges.identity import IdentityObject
from vc.openbadges.members import View, flag_of, text
from vc.openbadges.profiles import Image, Profile
from vc.openbadges.terms import ACHIEVEMENT, SUBJECT

V = TypeVar("V", bound=View)


def _views(value: JsonObject, name: str, here: str, kind: type[V]) -> tuple[V, ...]:
    found = objects_of(value, name, here)
    return tuple(kind(item, here + pointer(name, index)) for index, item in enumerate(found))


class Evidence(View):
    """A work, or a document about it, that an achievement rests on."""

    __slots__ = ()

    id = text("id")
    name = text("name")
    narrative = text("narrative")
    description = text("description")
    genre = text("genre")
    audience = text("audience")


class Association(View):
    """How one achievement of a learner record stands to another, both named by their ids."""

    __slots__ = ()

    association_type = text("associationType")
    source_id = text("sourceId")
    target_id = text("targetId")


@dataclass(frozen=True, slots=True)
class OpenBadgesCredential(VerifiableCredential):
    """What the credentials of Open Badges 3.0 and CLR 2.0 have in common."""

    @property
    def issuer_profile(self) -> Profile:
        """What the credential says about its issuer, self-asserted."""
        return Profile(self.issuer, "/issuer")

    @property
    def image(self) -> Image | None:
        """The picture of the credential."""
        found = object_of(self.whole, "image")
        return Image(found, "/image") if found else None

    @property
    def awarded_date(self) -> datetime | None:
        """The day of the award, which stays when the credential is issued anew."""
        return moment_of(self.document, "awardedDate")

    @property
    def identifiers(self) -> tuple[IdentityObject, ...]:
        """The identity objects of the subject, hashed or plain."""
        return _views(self.subject, "identifier", SUBJECT, IdentityObject)

    @property
    def evidence_items(self) -> tuple[Evidence, ...]:
        """The evidence that the issuer names."""
        return _views(self.whole, "evidence", "", Evidence)

    @property
    def endorsements(self) -> tuple[JsonObject, ...]:
        """The endorsements of the credential itself, as their documents."""
        return objects_of(self.document, "endorsement")

    @property
    def endorsement_jwts(self) -> tuple[str, ...]:
        """The endorsements of the credential itself that are tokens."""
        return texts_of(self.document, "endorsementJwt")


@dataclass(frozen=True, slots=True)
class AchievementCredential(OpenBadgesCredential):
    """The view of an Open Badges 3.0 credential. Every property may raise ``MalformedValueError`` with a pointer."""

    @property
    def award(self) -> JsonObject:
        """What is said of the award; nothing in a learner record: what it names itself, nobody was awarded."""
        return {} if "ClrSubject" in listed(self.subject.get("type")) else self.subject

    @property
    def achievement(self) -> Achievement:
        """What was achieved."""
        return Achievement(object_of(self.award, "achievement", SUBJECT), ACHIEVEMENT)

    @property
    def results(self) -> tuple[Result, ...]:
        """The results, each beside the description that it refers to."""
        return self.results_by(self.achievement.result_descriptions)

    def results_by(self, descriptions: Sequence[ResultDescription]) -> tuple[Result, ...]:
        """As ``results``, for who has the achievement's descriptions at hand."""
        described = {item.id: item for item in descriptions}
        stated = _views(self.award, "result", SUBJECT, StatedResult)
        return tuple(Result(item, described.get(item.result_description or "")) for item in stated)

    @property
    def credits_earned(self) -> int | float | None:
        """The credits that the subject earned."""
        return number_of(self.award, "creditsEarned", SUBJECT)

    @property
    def activity_start(self) -> datetime | None:
        """When the subject began to work for it."""
        return moment_of(self.award, "activityStartDate", SUBJECT)

    @property
    def activity_end(self) -> datetime | None:
        """When the subject's work for it ended."""
        return moment_of(self.award, "activityEndDate", SUBJECT)

    @property
    def subject_image(self) -> Image | None:
        """The picture of this award, into which the credential may be baked."""
        found = object_of(self.award, "image", SUBJECT)
        return Image(found, SUBJECT + "/image") if found else None

    @property
    def license_number(self) -> str | None:
        """The number of the licence."""
        return text_of(self.award, "licenseNumber", SUBJECT)

    @property
    def term(self) -> str | None:
        """The school term."""
        return text_of(self.award, "term", SUBJECT)

    @property
    def role(self) -> str | None:
        """The part that the subject played."""
        return text_of(self.award, "role", SUBJECT)

    @property
    def narrative(self) -> str | None:
        """How the subject met the criteria, in Markdown."""
        return text_of(self.award, "narrative", SUBJECT)

    @property
    def source(self) -> Profile | None:
        """Who assessed it, where that is not the issuer."""
        found = object_of(self.award, "source", SUBJECT)
        return Profile(found, SUBJECT + "/source") if found else None


@dataclass(frozen=True, slots=True)
class EndorsementCredential(OpenBadgesCredential):
    """The view of an endorsement: who says what about which achievement, profile or credential.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential
    """

    @property
    def endorsed_id(self) -> str | None:
        """The id of what is endorsed."""
        return self.subject_id

    @property
    def comment(self) -> str | None:
        """What is said about it, in Markdown."""
        return text_of(self.subject, "endorsementComment", SUBJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A credential inside a learner record: where it stands there, and its document, to be judged by itself."""

    pointer: str
    document: JsonObject


@dataclass(frozen=True, slots=True)
class ClrCredential(OpenBadgesCredential):
    """The view of a learner record (CLR 2.0).

    Spec: https://www.imsglobal.org/spec/clr/v2p0/#clrcredential
    """

    @property
    def partial(self) -> bool | None:
        """Whether the publisher knows more of this learner than the record holds."""
        return flag_of(self.document, "partial")

    @property
    def achievements(self) -> tuple[Achievement, ...]:
        """The achievements that associations point at and that nobody was awarded: programmes, frameworks."""
        return _views(self.subject, "achievement", SUBJECT, Achievement)

    @property
    def associations(self) -> tuple[Association, ...]:
        """How the achievements stand to one another."""
        return _views(self.subject, "association", SUBJECT, Association)

    @property
    def contained(self) -> tuple[Contained, ...]:
        """The credentials of the record, as they were signed."""
        found: list[Contained] = []
        for subject in _views(self.document, "credentialSubject", "", View):
            value = subject.value.get("verifiableCredential")
            place = SUBJECT if isinstance(self.document["credentialSubject"], Mapping) else subject.here
            for index, item in enumerate(objects_of(subject.value, "verifiableCredential", place)):
                part = pointer("verifiableCredential", index) if isinstance(value, list) else "/verifiableCredential"
                found.append(Contained(pointer=place + part, document=item))
        return tuple(found)

    @property
    def achievement_ids(self) -> frozenset[str]:
        """The ids of every achievement of the record, awarded or not; associations may name no others."""
        awarded = (_awarded_id(item.document) for item in self.contained if _is_award(item))
        known = (*(item.id for item in self.achievements), *awarded)
        return frozenset(found for found in known if found is not None)


def _awarded_id(document: JsonObject) -> str | None:
    """The id of what a credential awards; the whole document is read only where it does not stand in its place."""
    subject = document["credentialSubject"]
    stated = subject["achievement"] if isinstance(subject, Mapping) else None
    found = stated.get("id") if isinstance(stated, Mapping) else None
    return found if isinstance(found, str) else AchievementCredential(document).achievement.id


def _is_award(item: Contained) -> bool:
    subject = item.document.get("credentialSubject")
    return isinstance(subject, Mapping) and "achievement" in subject
