"""Everybody who may come to a family's wallet, and what the family gave them.

A person is an account of the world, a day (counted from when the world was made) and what happened before. The learner
of the matrix is Jonah, who is seventeen, has a sign-in of his own, and comes of age on day 2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.http.wallet.matrix.route import (
    ARRANGE,
    MANAGE,
    RECEIVE,
    RIGHTS,
    SHARE,
    START_CLAIM,
    START_SHARE,
    STOP_SHARE,
    VIEW,
)

DATED, MAJORITY = 1, 2
"""The first day on which the guardianship with an end no longer holds, and that on which the learner is of age."""


@dataclass(frozen=True)
class Person:
    """Somebody who comes. `rights` are those over the learner; `family` is "here", "elsewhere" or "" for none.
    Whoever is `brief` comes with a program alone: the pages ask the same services.
    """

    name: str
    login: str = ""
    rights: frozenset[str] = frozenset()
    family: str = "here"
    day: int = 0
    before: Callable[[Any], None] | None = None
    organises: bool = False
    operator: bool = False
    program: bool = False
    link: bool = True
    brief: bool = False

    @property
    def signed_in(self) -> bool:
        return bool(self.login)


def _leaves(world: Any) -> None:
    people = world.services.people
    mine = people.learner(world.actors["leaver"], world.ids["learner"]).guardianships
    member = world.actors["leaver"].member_id
    people.end_guardianship(world.actors["leaver"], next(one.id for one in mine if one.member_id == member))


def _court_decides(world: Any) -> None:
    world.services.court_orders.record(
        world.operator, learner_id=world.ids["learner"], member_id=world.actors["barred"].member_id,
        reference="5 DR 12", stop_links=False,
    )  # fmt: skip


def _too_young(world: Any) -> None:
    world.say_about_learner(sign_in_age=18)


def _trusted_anew(world: Any) -> None:
    member = world.actors["receive"].member_id
    world.services.people.entrust(
        world.actors["jonah"], world.ids["learner"], member_id=member, scopes=["receive"], valid_until=None
    )


MINOR = frozenset({VIEW, START_CLAIM, START_SHARE, STOP_SHARE, ARRANGE})
KEEPS = frozenset({VIEW, START_CLAIM, RECEIVE})

PEOPLE = (
    Person("guardian", "teresa", RIGHTS, organises=True),
    Person("second guardian", "marcus", RIGHTS, organises=True),
    Person("guardian who may see", "view", frozenset({VIEW})),
    Person("guardian who may receive", "receive", KEEPS),
    Person("guardian who may share", "share", frozenset({VIEW, START_SHARE, SHARE, STOP_SHARE})),
    Person("guardian who may manage", "manage", frozenset({VIEW, ARRANGE, STOP_SHARE, MANAGE}), organises=True),
    # Whoever once managed a learner still belongs to the family, and may bring in a child of their own.
    Person("guardian who ended it", "leaver", organises=True, before=_leaves, brief=True),
    Person("guardian whom a court ended", "barred", organises=True, before=_court_decides),
    Person("guardian, the day before the end", "dated", RIGHTS, organises=True, brief=True),
    Person("guardian whose day has come", "dated", organises=True, day=DATED, brief=True),
    Person("sibling with a sign-in", "wren"),
    Person("learner below the sign-in age", "jonah", before=_too_young),
    Person("learner", "jonah", MINOR),
    Person("learner, the day before of age", "jonah", MINOR, day=MAJORITY - 1, brief=True),
    Person("learner of age", "jonah", RIGHTS, day=MAJORITY),
    Person("guardian of a learner of age", "teresa", day=MAJORITY, organises=True),
    Person("guardian whom a learner of age trusts", "receive", KEEPS, day=MAJORITY, before=_trusted_anew),
    Person("guardian of another family", "olga", family="elsewhere", organises=True),
    Person("operator", "operator", family="", operator=True),
    Person("provider", family="", program=True),
    Person("verifier with a link", family=""),
    Person("nobody", family="", link=False),
)
