"""How an organisation introduces itself: what its profile says, read, kept and signed.

All of it is what the organisation says about itself. That holds for its accreditation above all: it is signed as an
identifier of the type ``ext:statedAccreditation``, never as an endorsement, which only the accrediting body can give.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#profile
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from issuer.service import inputs, local_times
from issuer.service.drafts import AccreditationDraft, IdentifierDraft, OrganisationDraft
from issuer.service.vocabulary import (
    ACCREDITATION_STATES,
    IDENTIFIER_TYPES,
    ORGANISATION_IDENTIFIERS,
    ORGANISATION_KINDS,
)
from kit.errors import BadInput
from kit.i18n import _

ADDRESS_MEMBERS: Final = ("streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry")
MOST_IDENTIFIERS: Final = 20
MOST_ACCREDITATIONS: Final = 10
LEGAL_NAME: Final = "ext:legalName"
STATED_ACCREDITATION: Final = "ext:statedAccreditation"
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{3,38}(?:x[0-9]{1,8})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The organisation that one belongs to: its DID or web address, and its name or an empty text."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number or code under which others know an organisation, and of which kind it is."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accreditation:
    """By whom an organisation says that it is accredited. Days are ``YYYY-MM-DD``; what is not said is empty."""

    body_name: str
    body_id: str
    state: str
    since: str
    until: str
    document_url: str

    def holds(self, on: date) -> bool:
        """Whether the days that were given include this one."""
        return (self.first or on) <= on <= (self.last or on)

    @property
    def first(self) -> date | None:
        """The day since when, if one was given."""
        return date.fromisoformat(self.since) if self.since else None

    @property
    def last(self) -> date | None:
        """The day until when, if one was given."""
        return date.fromisoformat(self.until) if self.until else None

    def in_a_line(self) -> str:
        """All of it as one text that programs can divide: body, state, days as an ISO 8601 interval, addresses."""
        days = f"{self.since or '..'}/{self.until or '..'}" if self.since or self.until else ""
        return "; ".join(part for part in (self.body_name, self.state, days, self.body_id, self.document_url) if part)


def stated_identifiers(
    legal_name: str, identifiers: Sequence[Identifier], accreditations: Sequence[Accreditation], *, on: date
) -> list[tuple[str, str]]:
    """What is signed as identifiers, as pairs of type and text; an accreditation only on the days that it holds."""
    found = [(LEGAL_NAME, legal_name)] if legal_name else []
    found += [(item.kind, item.value) for item in identifiers]
    return found + [(STATED_ACCREDITATION, item.in_a_line()) for item in accreditations if item.holds(on)]


def columns(draft: OrganisationDraft, *, loopback: bool, time_zone: str | None) -> dict[str, str | None]:
    """The columns of a profile; ``time_zone`` is what holds when the draft names none.

    Raises: BadInput, naming the field.
    """
    kind = draft.kind or "other"
    if kind not in ORGANISATION_KINDS:
        inputs.line(kind, "kind", required=True, longest=60)
        kind = "other"
    parent_id = inputs.party_uri(draft.parent_id, "parent/id", required=False, loopback=loopback)
    parent_name = inputs.line(draft.parent_name, "parent/name", required=False)
    if parent_name and not parent_id:
        raise BadInput(
            _("Which organisation this is has to be said in a way that programs understand, too."),
            field="parent/id",
            remedy=_("Give its web address, or its identifier that begins with did:."),
        )
    return {
        "name": inputs.line(draft.name, "name", required=True, longest=200),
        "kind": kind,
        "url": inputs.web_address(draft.url, "url", required=False, loopback=loopback),
        "email": inputs.email(draft.email, "email", required=False),
        "description": inputs.paragraph(draft.description, "description", required=False, longest=2000),
        "address": _address(draft.address or {}),
        "legal_name": inputs.line(draft.legal_name, "legalName", required=False) or None,
        "phone": _phone(draft.phone),
        "official": inputs.line(draft.official, "official", required=False, longest=200) or None,
        "logo": inputs.web_address(draft.logo, "logo", required=False, loopback=loopback) or None,
        "parent_id": parent_id or None,
        "parent_name": parent_name or None,
        "identifiers": _listed([_identifier(item, n) for n, item in enumerate(draft.identifiers)], "otherIdentifiers"),
        "accreditations": _listed(
            [_accreditation(item, n, loopback=loopback) for n, item in enumerate(draft.accreditations)],
            "accreditations",
        ),
        "time_zone": local_times.zone_name(draft.time_zone, "timeZone") or time_zone,
    }


def identifiers_in(text: str | None) -> tuple[Identifier, ...]:
    """What ``columns`` wrote."""
    return tuple(Identifier(**item) for item in json.loads(text or "[]"))


def accreditations_in(text: str | None) -> tuple[Accreditation, ...]:
    """What ``columns`` wrote."""
    return tuple(Accreditation(**item) for item in json.loads(text or "[]"))


def _address(address: Mapping[str, str]) -> str | None:
    for name in address:
        if name not in ADDRESS_MEMBERS:
            raise BadInput(
                _("An address has no member “%(name)s”.", name=name[:40]),
                field="address",
                remedy=_("Use these: %(members)s.", members=", ".join(ADDRESS_MEMBERS)),
            )
    lines = {
        name: inputs.line(address.get(name), f"address/{name}", required=False, longest=200) for name in ADDRESS_MEMBERS
    }
    kept = {name: value for name, value in lines.items() if value}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _phone(value: str) -> str | None:
    text = inputs.line(value, "phone", required=False, longest=60)
    if text and not _PHONE.fullmatch(text):
        raise BadInput(_("This is not a telephone number."), field="phone", remedy=_("Write it like +1 515 555 0142."))
    return text or None


def _identifier(draft: IdentifierDraft, place: int) -> Identifier:
    field = f"otherIdentifiers/{place}"
    kind = inputs.choice(
        draft.identifier_type,
        f"{field}/identifierType",
        allowed=(*ORGANISATION_IDENTIFIERS, *IDENTIFIER_TYPES),
        extensible=True,
    )
    if kind in {LEGAL_NAME, STATED_ACCREDITATION}:
        raise BadInput(
            _("This has a place of its own in the profile."),
            field=f"{field}/identifierType",
            remedy=_("Fill it in there."),
        )
    return Identifier(kind=kind, value=inputs.line(draft.identifier, f"{field}/identifier", required=True, longest=200))


def _accreditation(draft: AccreditationDraft, place: int, *, loopback: bool) -> Accreditation:
    field = f"accreditations/{place}"
    since, until = _day(draft.since, f"{field}/since"), _day(draft.until, f"{field}/until")
    if since and until and until < since:
        raise BadInput(
            _("It would end before it begins."), field=f"{field}/until", remedy=_("Give a later date, or none.")
        )
    return Accreditation(
        body_name=inputs.line(draft.body_name, f"{field}/bodyName", required=True, longest=200),
        body_id=inputs.party_uri(draft.body_id, f"{field}/bodyId", required=False, loopback=loopback),
        state=inputs.choice(draft.state, f"{field}/state", allowed=tuple(ACCREDITATION_STATES)),
        since=since,
        until=until,
        document_url=inputs.web_address(draft.document_url, f"{field}/documentUrl", required=False, loopback=loopback),
    )


def _day(value: str, field: str) -> str:
    text = inputs.line(value, field, required=False, longest=40)
    if text and not _DATE.fullmatch(text):
        raise BadInput(_("This is not a date."), field=field, remedy=_("Write it as 2027-03-14."))
    found = inputs.day(text, field)
    return found.isoformat() if found else ""


def _listed(items: Sequence[Any], field: str) -> str | None:
    most = MOST_IDENTIFIERS if field == "otherIdentifiers" else MOST_ACCREDITATIONS
    if len(items) > most:
        raise BadInput(_("There are too many entries here."), field=field, remedy=_("Use at most %(most)s.", most=most))
    kept = list(dict.fromkeys(items))
    return json.dumps([asdict(item) for item in kept], ensure_ascii=False) if kept else None
