"""What the family's pages see of its people. A birth date is shown to nobody but those who may manage a learner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from wallet.service.authority import Right, Scope
from wallet.service.core import Household, OpenLearner


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """Somebody who signs in."""

    id: str
    name: str
    organises: bool
    is_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianshipView:
    """What a member may do for a learner. `valid_until` is the first day on which it no longer holds."""

    id: str
    member_id: str
    member_name: str
    scopes: tuple[Scope, ...]
    basis: str
    valid_until: date | None
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerView:
    """A learner as lists and switchers show one: never with the birth date."""

    id: str
    name: str
    is_me: bool
    signs_in: bool
    minor: bool
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerDetails:
    """A learner as the people page shows one, to somebody who may manage them (`birth_date` is None for others)."""

    learner: LearnerView
    birth_date: date | None
    of_age_on: date | None
    sign_in_age: int | None
    sign_in_day: date | None
    too_young: bool
    guardianships: tuple[GuardianshipView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """An invitation that waits for an answer."""

    id: str
    kind: str
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """A learner of age without a sign-in, whose awards nobody reaches until somebody makes them a link for one."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyView:
    """The people page."""

    name: str
    me: MemberView
    members: tuple[MemberView, ...]
    learners: tuple[LearnerDetails, ...]
    invitations: tuple[InvitationView, ...]
    deleted: tuple[LearnerView, ...]
    left_behind: tuple[LeftBehind, ...]


def learner_view(home: Household, opened: OpenLearner) -> LearnerView:
    """A learner for lists."""
    return LearnerView(
        id=opened.id,
        name=opened.name,
        is_me=opened.row.member_id == home.actor.member_id,
        signs_in=opened.row.member_id is not None,
        minor=opened.standing.minor(home.today),
        rights=opened.rights,
    )
