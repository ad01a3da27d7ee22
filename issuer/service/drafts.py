"""What people ask for, before it is anything: the fields of an organisation, an achievement, an award.

These are plain values as they were typed or sent. The services read them through :mod:`issuer.service.inputs`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierDraft:
    """Another number or name of the same thing; ``identifier_type`` is one of Open Badges' words, or ``ext:…``."""

    identifier: str
    identifier_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccreditationDraft:
    """What an organisation says of its accreditation. Days are ``YYYY-MM-DD``; ``body_id`` is a DID or an address."""

    body_name: str
    state: str
    body_id: str = ""
    since: str = ""
    until: str = ""
    document_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """An organisation as it introduces itself. ``address`` has the schema.org members (addressLocality, …).

    ``logo`` is the address of a picture that was uploaded; ``official`` is who signs; ``parent_id`` is the DID or web
    address of the organisation that it belongs to. ``named_by`` is what its signatures name, and counts when it is
    opened: ``web``, this server's address, or ``key``, the key itself; empty is as usual. ``time_zone`` is a name such
    as ``America/New_York``; empty leaves what is, or takes the server's usual one.
    """

    name: str
    kind: str = ""
    named_by: str = ""
    slug: str = ""
    url: str = ""
    email: str = ""
    description: str = ""
    address: dict[str, str] | None = None
    legal_name: str = ""
    phone: str = ""
    official: str = ""
    logo: str = ""
    parent_id: str = ""
    parent_name: str = ""
    identifiers: tuple[IdentifierDraft, ...] = ()
    accreditations: tuple[AccreditationDraft, ...] = ()
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentDraft:
    """What an achievement corresponds to: a named item of a framework, with its web address."""

    target_name: str
    target_url: str
    target_code: str = ""
    target_description: str = ""
    target_framework: str = ""
    target_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDraft:
    """One level of a rubric, from low to high."""

    name: str
    id: str = ""
    description: str = ""
    level: str = ""
    points: str = ""
    alignments: tuple[AlignmentDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescriptionDraft:
    """How an achievement is marked. ``id`` is ours; giving it back keeps it when an achievement is edited."""

    name: str
    result_type: str
    id: str = ""
    allowed_values: tuple[str, ...] = ()
    required_value: str = ""
    value_min: str = ""
    value_max: str = ""
    levels: tuple[LevelDraft, ...] = ()
    required_level: str = ""
    alignments: tuple[AlignmentDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedDraft:
    """The same thing elsewhere: in another language, an earlier version, an older badge. ``id`` is its address."""

    id: str
    language: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorDraft:
    """Who thought it up, when that is somebody else. ``id`` is a DID, a web address or a ``urn:uuid:`` name."""

    id: str
    name: str = ""
    url: str = ""
    email: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementDraft:
    """What can be earned, and by which rules. ``image`` is an address, or a small picture as a ``data:`` address.

    ``pausable`` says whether its awards can be paused; None leaves that as it was, or as its kind usually has it.
    ``refreshing`` says whether awards of it to adults name an address that gives out their newest version; None leaves
    that as it was, at first as not.
    ``format`` is how awards of it are signed unless somebody chooses otherwise (`securing`); "organisation": as
    the organisation has it; empty: as before, at first as the organisation has it.
    """

    name: str
    description: str
    criteria_narrative: str = ""
    criteria_url: str = ""
    achievement_type: str = "Achievement"
    human_code: str = ""
    field_of_study: str = ""
    credits_available: float | str | None = None
    tags: tuple[str, ...] = ()
    alignments: tuple[AlignmentDraft, ...] = ()
    results: tuple[ResultDescriptionDraft, ...] = ()
    language: str = ""
    image: str = ""
    image_caption: str = ""
    specialization: str = ""
    other_identifiers: tuple[IdentifierDraft, ...] = ()
    related: tuple[RelatedDraft, ...] = ()
    creator: CreatorDraft | None = None
    pausable: bool | None = None
    refreshing: bool | None = None
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDraft:
    """One mark. ``description`` names the result description (its id or name); empty where there is only one.

    ``value`` is the mark as text; for a rubric the name or id of the level; for a status one of its seven words.
    """

    value: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDraft:
    """A piece of work that shows it: a link, a name, a few words."""

    url: str = ""
    name: str = ""
    description: str = ""
    narrative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardDraft:
    """One learner and what was earned.

    ``identifier`` is a roster number or an e-mail address; only its salted hash enters the credential. ``show_name``
    writes the learner's name into the credential, for everybody to read who gets it. Dates are ``YYYY-MM-DD`` or
    instants with their zone; ``valid_from`` is when the credential begins (now, unless given), ``awarded`` the day it
    was earned. ``adult``: whoever awards it knows that the learner is 18 or older.
    ``format`` is how it is signed (`securing`); empty: as the achievement says.
    """

    achievement: str
    learner_name: str
    identifier: str
    identifier_type: str = ""
    show_name: bool = False
    adult: bool = False
    awarded: str = ""
    valid_from: str = ""
    valid_until: str = ""
    activity_start: str = ""
    activity_end: str = ""
    term: str = ""
    role: str = ""
    credits_earned: float | str | None = None
    narrative: str = ""
    results: tuple[ResultDraft, ...] = ()
    evidence: tuple[EvidenceDraft, ...] = ()
    format: str = ""
