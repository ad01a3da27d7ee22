"""What a badge of Open Badges 2.0 shows: read off the assertion, its badge class and its issuer, tolerant of gaps.

``mapped`` puts the same into the members that a badge of 3.0 has, so that one page can show both. It is for display: it
has no context, no type and no proof, and nobody can take it for a badge of 3.0.

Spec: https://www.imsglobal.org/spec/ob/v3p0/impl/#mapping
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from vc.document import JsonObject, JsonValue, listed, parse
from vc.evidence import Evidence
from vc.openbadges2.graph import LIMITS, is_same_name
from vc.problems import MalformedDateError, ProblemError
from vc.timestamps import format_timestamp, parse_timestamp

_IDENTITY_TYPES = {"email": "emailAddress", "url": "url", "telephone": "telephone", "id": "did"}
_NOTHING: JsonObject = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBadge2:
    """An assertion with what it refers to; an empty object stands for what is not at hand."""

    assertion: JsonObject
    badge: JsonObject
    issuer: JsonObject

    @classmethod
    def view(cls, assertion: JsonObject, *, evidence: Evidence) -> Self:
        """The view of an assertion; what it refers to is taken from the evidence of its verdict, or as it is copied."""
        badge = _at_hand(assertion.get("badge"), evidence)
        return cls(assertion=assertion, badge=badge, issuer=_at_hand(badge.get("issuer"), evidence, copied=False))

    @property
    def name(self) -> str:
        """The badge's name."""
        return _text(self.badge.get("name"))

    @property
    def description(self) -> str:
        """What it is given for, in short."""
        return _text(self.badge.get("description"))

    @property
    def criteria(self) -> tuple[str, str]:
        """What has to be done: in words, and the address where that is said."""
        found = self.badge.get("criteria")
        if isinstance(found, Mapping):
            return _text(found.get("narrative")), _text(found.get("id"))
        return "", _text(found)

    @property
    def issuer_name(self) -> str:
        """What the issuer calls itself."""
        return _text(self.issuer.get("name"))

    @property
    def issuer_id(self) -> str:
        """The issuer's identifier."""
        found = self.badge.get("issuer")
        return _text(self.issuer.get("id")) or _text(found.get("id") if isinstance(found, Mapping) else found)

    @property
    def image(self) -> str:
        """The address (or ``data:``) of the badge's picture: the awarded one, or the one of its class."""
        return _image(self.assertion.get("image")) or _image(self.badge.get("image"))

    @property
    def evidence(self) -> tuple[JsonObject, ...]:
        """The evidence, each as an object."""
        found = (item if isinstance(item, Mapping) else {"id": item} for item in listed(self.assertion.get("evidence")))
        return tuple(item for item in found if isinstance(item.get("id", item.get("narrative")), str))

    @property
    def narrative(self) -> str:
        """How it was earned."""
        return _text(self.assertion.get("narrative"))

    @property
    def tags(self) -> tuple[str, ...]:
        """The words it is found under."""
        return tuple(item for item in listed(self.badge.get("tags")) if isinstance(item, str))

    @property
    def recipient(self) -> JsonObject:
        """For whom: an identity object."""
        found = self.assertion.get("recipient")
        return found if isinstance(found, Mapping) else _NOTHING

    @property
    def issued_on(self) -> datetime | None:
        """When it was issued."""
        return _moment(self.assertion.get("issuedOn"))

    @property
    def expires(self) -> datetime | None:
        """When it ceases to hold."""
        return _moment(self.assertion.get("expires"))

    def mapped(self) -> JsonObject:
        """The same in the members of a badge of 3.0, for display."""
        narrative, address = self.criteria
        achievement: dict[str, JsonValue] = {
            "id": _text(self.badge.get("id")),
            "achievementType": "Badge",
            "name": self.name,
            "description": self.description,
            "criteria": _present({"id": address, "narrative": narrative}),
            "image": {"id": self.image, "type": "Image"} if self.image else None,
            "tag": list(self.tags),
            "alignment": [item for item in listed(self.badge.get("alignment")) if isinstance(item, Mapping)],
        }
        issuer = {name: _text(self.issuer.get(name)) for name in ("name", "url", "email", "description")}
        subject: dict[str, JsonValue] = {
            "achievement": _present(achievement),
            "identifier": [self.identity()],
            "narrative": self.narrative,
        }
        return _present(
            {
                "id": _text(self.assertion.get("id")),
                "name": self.name,
                "issuer": _present({"id": self.issuer_id, **issuer}),
                "validFrom": format_timestamp(self.issued_on) if self.issued_on else None,
                "awardedDate": format_timestamp(self.issued_on) if self.issued_on else None,
                "validUntil": format_timestamp(self.expires) if self.expires else None,
                "credentialSubject": _present(subject),
                "evidence": list(self.evidence),
            }
        )

    def identity(self) -> JsonObject:
        """The recipient as an identity object of 3.0."""
        kind = _text(self.recipient.get("type"))
        return _present(
            {
                "type": "IdentityObject",
                "identityType": _IDENTITY_TYPES.get(kind, kind),
                "identityHash": _text(self.recipient.get("identity")),
                "hashed": self.recipient.get("hashed") is True,
                "salt": _text(self.recipient.get("salt")),
            }
        )

    def is_for(self, identity: str) -> bool:
        """Whether it was given to this address, number or identifier; a hash is compared without regard to case.

        Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#IdentityHash
        """
        known = _text(self.recipient.get("identity"))
        if self.recipient.get("hashed") is not True:
            return known != "" and known == identity
        algorithm, _, digits = known.partition("$")
        if algorithm not in {"sha256", "md5"}:
            return False
        data = (identity + _text(self.recipient.get("salt"))).encode()
        computed = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
        return hmac.compare_digest(computed.encode(), digits.lower().encode())


def _at_hand(reference: JsonValue, evidence: Evidence, *, copied: bool = True) -> JsonObject:
    """What is referred to, if it is there; ``copied``: as it stands in the reference itself."""
    if copied and isinstance(reference, Mapping) and len(reference) > 1:
        return reference
    name = reference.get("id") if isinstance(reference, Mapping) else reference
    for resource in evidence.resources.values():
        if isinstance(name, str) and is_same_name(resource.url, name) and resource.error is None:
            try:
                return parse(resource.body, limits=LIMITS).value
            except ProblemError:
                return _NOTHING
    return _NOTHING


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _image(value: JsonValue) -> str:
    return _text(value.get("id") if isinstance(value, Mapping) else value)


def _moment(value: JsonValue) -> datetime | None:
    try:
        return parse_timestamp(value, pointer="")
    except MalformedDateError:
        return None


def _present(members: Mapping[str, JsonValue]) -> JsonObject:
    """The members that say something."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
