"""From an award that was read to the document that will be signed, and from one signed version to the next.

Nothing here knows a database or a key.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from issuer.service.achievement_body import plain_number
from issuer.service.achievements import Achievement
from issuer.service.award_reading import SALT_BYTES, Award
from issuer.service.context import Organisation
from issuer.service.introduction import stated_identifiers
from issuer.service.securing import USUAL, form_of
from issuer.service.vouched import NOBODY, Vouched, attached
from vc import openbadges
from vc.document import JsonObject, JsonValue
from vc.status import StatusListEntry
from vc.timestamps import format_timestamp

_SPECIMEN_DAY: Final = datetime(2027, 3, 14, 12, tzinfo=UTC)
_SPECIMEN_ID: Final = "urn:uuid:00000000-0000-4000-8000-000000000000"


def credential(
    award: Award,
    *,
    credential_id: str,
    organisation: Organisation,
    achievement: Achievement,
    status: Sequence[StatusListEntry],
    holder: str | None,
    vouched: Vouched,
    format_: str,
    refresh: str | None = None,
) -> JsonObject:
    """The unsigned credential; ``vouched`` goes into it unchanged; ``refresh`` is where its newest version is given
    out.

    Raises: ProblemError when a rule of Open Badges is broken.
    """
    described = achievement.document()
    evidence: list[JsonObject] = [{"type": ["Evidence"], **piece} for piece in award.evidence]
    if holder is None and form_of(format_).names_subject:
        holder = stand_in(award)
    built = openbadges.build(
        credential_id=credential_id,
        issuer=issuer_profile(organisation, on=award.valid_from, beside={**described, "evidence": evidence}),
        achievement=described,
        subject=openbadges.SubjectClaims(
            id=holder,
            identifiers=_identifiers(award),
            results=[{"type": ["Result"], **result} for result in award.results],
            credits_earned=None if award.credits_earned is None else plain_number(award.credits_earned),
            term=award.term or None,
            narrative=award.narrative or None,
            role=award.role or None,
        ),
        valid_from=award.valid_from,
        awarded_date=award.awarded,
        valid_until=award.valid_until,
        status=status,
        evidence=evidence,
        name=achievement.name,
        refresh=refresh,
    )
    days = {"activityStartDate": award.activity_start, "activityEndDate": award.activity_end}
    subject = built["credentialSubject"]
    assert isinstance(subject, Mapping)
    issuer, offered = built["issuer"], subject["achievement"]
    assert isinstance(issuer, Mapping)
    assert isinstance(offered, Mapping)
    whole = {**subject, **{name: _instant(d) for name, d in days.items() if d}}
    return {
        **built,
        "issuer": attached(issuer, vouched.organisation),
        "credentialSubject": {**whole, "achievement": attached(offered, vouched.achievement)},
    }


def stand_in(award: Award) -> str:
    """An id for a learner whom nobody can know by it, as long as no wallet holds the award, where the form needs one.

    It comes from the salt, so that it is another one for each award and the same in each of its versions.
    """
    digest = hashlib.sha256(f"subject {award.salt}".encode()).digest()
    return f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}"


def specimen(organisation: Organisation, achievement: Achievement, vouched: Vouched = NOBODY) -> JsonObject:
    """A credential for nobody, with everything that the achievement brings: what the lint of a template looks at."""
    award = Award(
        learner_name="Specimen",
        identifier="specimen",
        identifier_type="identifier",
        salt="0" * 2 * SALT_BYTES,
        show_name=False,
        awarded=_SPECIMEN_DAY,
        valid_from=_SPECIMEN_DAY,
        valid_until=None,
        activity_start="",
        activity_end="",
        term="",
        role="",
        credits_earned=None,
        narrative="",
        results=(),
        evidence=(),
        adult=False,
    )
    return credential(
        award,
        credential_id=_SPECIMEN_ID,
        organisation=organisation,
        achievement=achievement,
        status=(),
        holder=None,
        format_=USUAL,
        vouched=vouched,
    )


def specimen_of_profile(organisation: Organisation) -> JsonObject:
    """A credential for nobody, with all that the organisation says of itself: what the lint of a profile looks at."""
    return openbadges.build_endorsement(
        credential_id=_SPECIMEN_ID,
        issuer=issuer_profile(organisation, on=_SPECIMEN_DAY),
        endorsed_id="urn:uuid:00000000-0000-4000-8000-000000000001",
        comment="Specimen",
        valid_from=_SPECIMEN_DAY,
        awarded_date=_SPECIMEN_DAY,
        valid_until=None,
        status=(),
        name="Specimen",
    )


def preview_of(award: Award, organisation: Organisation, achievement: Achievement) -> JsonObject:
    """What an award is going to be, before it has an id or status entries of its own. Raises: ProblemError."""
    return credential(
        award,
        credential_id=_SPECIMEN_ID,
        organisation=organisation,
        achievement=achievement,
        status=(),
        holder=None,
        vouched=NOBODY,
        format_=USUAL,
    )


def bound(
    signed: JsonObject, *, holder: str, valid_from: datetime, status: Sequence[StatusListEntry], server: str
) -> JsonObject:
    """The same credential, unsigned, for the learner's key: newer ``validFrom``, everything else as it was.

    ``status`` are its entries, and ``server`` is where newest versions are given out; both are what they were, unless
    this server has another address now.
    """
    subject = signed["credentialSubject"]
    assert isinstance(subject, Mapping)
    return {
        **at_address(signed, status=status, server=server),
        "validFrom": format_timestamp(valid_from),
        "credentialSubject": {"id": holder, **{name: value for name, value in subject.items() if name != "id"}},
    }


def at_address(document: JsonObject, *, status: Sequence[StatusListEntry], server: str) -> JsonObject:
    """The same document, unsigned, with its entries and the address of its newest version as ``bound`` takes them."""
    rest = {name: value for name, value in document.items() if name != "proof"}
    refresh = document.get("refreshService")
    if isinstance(refresh, Mapping):
        token = str(refresh["id"]).rpartition("/")[2]
        rest["refreshService"] = {**refresh, "id": f"{server}/refresh/{token}"}
    return {**rest, "credentialStatus": [entry.to_json() for entry in status]}


def issuer_profile(
    organisation: Organisation, *, on: datetime, beside: JsonObject | None = None
) -> openbadges.IssuerProfile:
    """What the organisation says about itself in what it issues on a day; ``beside`` is what it issues.

    Two things with one id are one thing to a signature. So what stands in ``beside`` under the id of the parent or of
    the logo is all that is said of it there: a creator stays the parent, too, and anything else takes its place.
    """
    parent, logo = organisation.parent, organisation.logo
    taken = _ids(beside) if beside is not None and (parent or logo) else frozenset()
    shown = None
    if parent is not None and parent.id not in taken:
        shown = openbadges.ParentProfile(id=parent.id, name=parent.name or None)
    elif parent is not None and _id_of(beside, "creator") == parent.id:
        shown = openbadges.ParentProfile(id=parent.id)
    return openbadges.IssuerProfile(
        id=organisation.did,
        name=organisation.name,
        url=organisation.url or None,
        phone=organisation.phone or None,
        description=organisation.description or None,
        email=organisation.email or None,
        image=logo if logo and (logo not in taken or _id_of(beside, "image") == logo) else None,
        address=organisation.address,
        official=organisation.official or None,
        parent=shown,
        other_identifiers=stated_identifiers(
            organisation.legal_name,
            organisation.identifiers,
            organisation.accreditations,
            on=organisation.local(on).date(),
        ),
    )


def _ids(value: JsonValue) -> frozenset[JsonValue]:
    """The ids of everything in a document."""
    found, level = [], [value]
    while level:
        item = level.pop()
        if isinstance(item, Mapping):
            found.append(item.get("id"))
            level += item.values()
        elif isinstance(item, list):
            level += item
    return frozenset(each for each in found if isinstance(each, str))


def _id_of(value: JsonObject | None, member: str) -> JsonValue:
    found = (value or {}).get(member)
    return found.get("id") if isinstance(found, Mapping) else None


def _identifiers(award: Award) -> list[JsonObject]:
    hashed = openbadges.identity_object(award.identifier, identity_type=award.identifier_type, salt=award.salt)
    if not award.show_name:
        return [hashed]
    shown: JsonObject = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": award.learner_name,
        "identityType": "name",
    }
    return [hashed, shown]


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"
