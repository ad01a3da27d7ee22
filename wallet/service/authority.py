"""Who may do what for a learner: decided anew for every request, from rows and today's date alone.

Plan: the learner decides for themself once of age; before that, guardians decide within their scopes and until their
day;
a minor with a sign-in of their own may look, note, start a claim or a share, and stop a link, but not approve.
A day that has come ends a guardianship even if nobody is there to end it: the date is compared here, not in a
nightly job. Where a court took a guardian's say away, nothing that anybody of the family gives opens it again until the
order is lifted, unless the learner gives it, once of age.
Left out: disagreement between guardians (either may approve, either may stop).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Scope(StrEnum):
    """What a guardian may be trusted with."""

    VIEW = "view"
    RECEIVE = "receive"
    SHARE = "share"
    MANAGE = "manage"


class Right(StrEnum):
    """What a person may do for a learner right now."""

    VIEW = "view"
    START_CLAIM = "startClaim"
    RECEIVE = "receive"
    START_SHARE = "startShare"
    SHARE = "share"
    STOP_SHARE = "stopShare"
    ARRANGE = "arrange"
    MANAGE = "manage"


GRANTED = "granted"
"""The basis of a guardianship that a learner of age gave freely; majority does not end it."""

_BY_SCOPE: dict[Scope, frozenset[Right]] = {
    Scope.VIEW: frozenset({Right.VIEW}),
    Scope.RECEIVE: frozenset({Right.VIEW, Right.START_CLAIM, Right.RECEIVE}),
    Scope.SHARE: frozenset({Right.VIEW, Right.START_SHARE, Right.SHARE, Right.STOP_SHARE}),
    Scope.MANAGE: frozenset({Right.VIEW, Right.ARRANGE, Right.STOP_SHARE, Right.MANAGE}),
}
_MINOR = frozenset({Right.VIEW, Right.START_CLAIM, Right.START_SHARE, Right.STOP_SHARE, Right.ARRANGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One guardianship as the rules see it. `valid_until` is the first day on which it no longer holds; `founding`
    marks that of whoever brought the learner into the wallet.
    """

    member_id: str
    scopes: frozenset[Scope]
    basis: str
    valid_until: date | None
    founding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A learner as the rules see them: their sign-in, age and guardians, and the age (years) of majority.

    `sign_in_age` (years) is what the guardians set for a sign-in of the learner's own; `barred` are the members whose
    say a court took away.
    """

    member_id: str | None
    birth_date: date | None
    relations: Sequence[Relation]
    majority_age: int
    sign_in_age: int | None = None
    barred: frozenset[str] = frozenset()

    def age(self, today: date) -> int | None:
        """Full years; None when no birth date is known."""
        return None if self.birth_date is None else years_between(self.birth_date, today)

    def in_force(self, today: date) -> list[Relation]:
        """The guardianships that hold today."""
        age = self.age(today)
        of_age = age is not None and age >= self.majority_age
        return [
            relation
            for relation in self.relations
            if (relation.valid_until is None or today < relation.valid_until)
            and (relation.basis == GRANTED or (not of_age and relation.member_id not in self.barred))
        ]

    def minor(self, today: date) -> bool:
        """Whether somebody else has to approve: by age, or, when the age is not known, because there is a guardian."""
        age = self.age(today)
        if age is not None:
            return age < self.majority_age
        return any(relation.basis != GRANTED for relation in self.in_force(today))

    def too_young(self, today: date) -> bool:
        """Whether the learner may not have a sign-in yet: younger than the guardians set, and not of age."""
        age = self.age(today)
        return self.sign_in_age is not None and age is not None and self.minor(today) and age < self.sign_in_age

    def sign_in_day(self) -> date | None:
        """The day on which the age for a sign-in is reached; None where none was set or no birth date is known."""
        if self.sign_in_age is None or self.birth_date is None:
            return None
        return birthday(self.birth_date, self.sign_in_age)

    def rights(self, member_id: str, today: date) -> frozenset[Right]:
        """What that member may do today; empty when the learner is none of their business."""
        found: set[Right] = set()
        for relation in self.in_force(today):
            if relation.member_id == member_id:
                for scope in relation.scopes:
                    found |= _BY_SCOPE[scope]
        if self.member_id == member_id and not self.too_young(today):
            found |= _MINOR if self.minor(today) else frozenset(Right)
        return frozenset(found)

    def scopes(self, member_id: str, today: date) -> frozenset[Scope]:
        """What that member may pass on today: their own scopes, and everything for a learner who decides alone."""
        if self.member_id == member_id and not self.minor(today):
            return frozenset(Scope)
        held: set[Scope] = set()
        for relation in self.in_force(today):
            if relation.member_id == member_id:
                held |= relation.scopes
        return frozenset(held)

    def leads(self, member_id: str, today: date) -> bool:
        """Whether the gravest changes are that member's alone: the learner's, once nobody else decides; else the
        founding guardian's; where none is in force, those of any guardian with every scope.
        """
        if self.member_id == member_id and not self.minor(today):
            return True
        founders = {relation.member_id for relation in self.in_force(today) if relation.founding}
        return member_id in founders if founders else self.scopes(member_id, today) == frozenset(Scope)

    def may_invite_learner(self, member_id: str, today: date) -> bool:
        """Whether that member may give the learner a sign-in: whoever may manage; and, for a learner of age whom
        nobody may manage any more, a guardian who could, since nobody could reach the awards otherwise.
        """
        if Right.MANAGE in self.rights(member_id, today):
            return True
        if self.member_id is not None or self.minor(today) or self.managed(today):
            return False
        return member_id not in self.barred and any(
            one.member_id == member_id and Scope.MANAGE in one.scopes for one in self.relations
        )

    def managed(self, today: date) -> bool:
        """Whether anybody at all may manage the learner today."""
        if self.member_id is not None and not self.minor(today):
            return True
        return any(Scope.MANAGE in relation.scopes for relation in self.in_force(today))

    def managed_to_the_end(self, today: date) -> bool:
        """Whether somebody may manage the learner from today until the learner decides alone."""
        if not self.minor(today):
            return self.managed(today)
        end = None if self.birth_date is None else birthday(self.birth_date, self.majority_age)
        return any(
            Scope.MANAGE in relation.scopes
            and (relation.valid_until is None or (end is not None and relation.valid_until >= end))
            for relation in self.in_force(today)
        )

    def approvers(self, right: Right, today: date) -> list[str]:
        """The members who may approve, guardians first named first."""
        named = [
            relation.member_id
            for relation in self.in_force(today)
            if any(right in _BY_SCOPE[s] for s in relation.scopes)
        ]
        return list(dict.fromkeys(named))


def years_between(birth_date: date, today: date) -> int:
    """Full years from a birth date; somebody born on 29 February has the birthday on 1 March of a common year."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, age: int) -> date:
    """The day on which that age is reached."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def parse_scopes(words: Iterable[str]) -> frozenset[Scope]:
    """Scopes from their words. Raises: ValueError for a word that is none."""
    return frozenset(Scope(word) for word in words)


def write_scopes(scopes: Iterable[Scope]) -> str:
    """Scopes as the store keeps them: words in a fixed order."""
    chosen = set(scopes)
    return " ".join(scope for scope in Scope if scope in chosen)
