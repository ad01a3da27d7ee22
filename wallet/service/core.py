"""What every part of the wallet's service stands on:
the tools it is handed, the person who asks, and the open household.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from kit.accounts import Accounts
from kit.accounts.passwords import Passwords
from kit.audit import append
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFound, Refused
from kit.fetch import Fetcher
from kit.i18n import Message, _
from wallet import store
from wallet.keystore import Chest, Keystore, Place
from wallet.service.authority import Relation, Right, Standing, parse_scopes
from wallet.settings import WalletSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the service works with; built once, in `wallet.app`."""

    settings: WalletSettings
    database: Database
    keystore: Keystore
    fetcher: Fetcher
    accounts: Accounts
    passwords: Passwords
    clock: Clock
    web_secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The member who asks. Made for each request from the session; holds no rights."""

    user_id: str
    member_id: str
    family_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLearner:
    """A learner whose data key is open, with what the asking member may do for them today.

    `handed_over` are the steps of the hand-over at majority that the learner has taken.
    """

    row: store.Learner
    chest: Chest
    name: str
    birth_date: date | None
    handed_over: frozenset[str]
    standing: Standing
    rights: frozenset[Right]

    @property
    def id(self) -> str:
        """The learner's id."""
        return self.row.id

    def place(self, table: str, row_id: str, version: int) -> Place:
        """The place of something sealed under this learner's key."""
        return Place(family_id=self.row.family_id, learner_id=self.row.id, table=table, row_id=row_id, version=version)

    def open(self, row: store.tables.OfLearner) -> dict[str, Any]:
        """The sealed object of one of this learner's rows."""
        return self.chest.open(self.place(row.__tablename__, row.id, row.version), row.sealed)  # type: ignore[attr-defined]

    def rewrite(
        self, *, name: str, birth_date: date | None, sign_in_age: int | None, handed_over: frozenset[str]
    ) -> None:
        """Put what is known of the learner into their row, one version on."""
        self.row.version += 1
        self.row.sealed = self.chest.seal(
            self.place("learner", self.row.id, self.row.version),
            sealed_person(name, birth_date, sign_in_age=sign_in_age, handed_over=handed_over),
        )

    def seal(self, row: store.tables.OfLearner, value: Mapping[str, Any]) -> None:
        """Put a new sealed object into one of this learner's rows, one version on."""
        row.version = (row.version or 0) + 1
        row.sealed = self.chest.seal(self.place(row.__tablename__, row.id, row.version), dict(value))  # type: ignore[attr-defined]


_NOT_ALLOWED: Mapping[Right, Message] = {
    Right.START_CLAIM: _("You may look at these awards, but not keep new ones. Ask a guardian who may."),
    Right.RECEIVE: _("A guardian has to approve what is kept for this learner."),
    Right.START_SHARE: _("You may look at these awards, but not share them. Ask a guardian who may."),
    Right.SHARE: _("A guardian has to approve what this learner shares."),
    Right.STOP_SHARE: _("You may look at these awards, but not stop a link. Ask the learner or a guardian who may."),
    Right.ARRANGE: _(
        "You may look at these awards, but not change or remove them. Ask the learner or a guardian who may."
    ),
    Right.MANAGE: _("You may not change who may do what for this learner. Ask a guardian who may."),
}


@dataclass(kw_only=True)
class Household:
    """One family, opened inside one session for one member: names, keys and rights as they stand at this moment."""

    tools: Tools
    session: Session
    actor: Actor
    now: datetime
    _learners: dict[str, OpenLearner] = field(default_factory=dict)

    @cached_property
    def row(self) -> store.Family:
        """The family's row."""
        found = store.people.family(self.session, self.actor.family_id)
        if found is None:
            raise NotFound
        return found

    @cached_property
    def chest(self) -> Chest:
        """The family's open data key."""
        return self.tools.keystore.chest(self.row.wrapped_key, self.row.id)

    @cached_property
    def details(self) -> dict[str, Any]:
        """The family's sealed object: `name`."""
        return self.chest.open(self.place("family", self.row.id, self.row.version), self.row.sealed)

    @property
    def today(self) -> date:
        """The day on which rights are judged, in UTC."""
        return self.now.date()

    def place(self, table: str, row_id: str, version: int) -> Place:
        """The place of something sealed under the family's key."""
        return Place(family_id=self.actor.family_id, learner_id="", table=table, row_id=row_id, version=version)

    def member_name(self, member_id: str | None) -> str:
        """What the family calls a member; empty for one who is not (or no longer) of the family."""
        row = store.people.member(self.session, self.actor.family_id, member_id) if member_id else None
        if row is None:
            return ""
        name: str = self.chest.open(self.place("member", row.id, row.version), row.sealed)["name"]
        return name

    def member_names(self, member_ids: list[str]) -> str:
        """Several members' names, for a sentence."""
        return ", ".join(name for name in map(self.member_name, member_ids) if name)

    def learner(self, learner_id: str, right: Right = Right.VIEW) -> OpenLearner:
        """A learner of this family for whom the member has that right now.

        Raises: NotFound when the member may not even look (or there is none); Refused when they may look, but not this.
        """
        found = self._allowed(learner_id, right)
        if found is None:
            raise no_such_learner()
        return found

    def learner_of(self, learner_id: str, right: Right = Right.VIEW) -> OpenLearner:
        """The learner of something that was found by its own id, for whom the member has that right now.

        Raises: NotFound in the words for an id that never was, so that nobody learns which ids there are; Refused.
        """
        found = self._allowed(learner_id, right)
        if found is None:
            raise NotFound
        return found

    def may_invite(self, learner_id: str) -> bool:
        """Whether the member may give that learner a sign-in, and so see and withdraw invitations about them."""
        found = self._open(store.people.learner(self.session, self.actor.family_id, learner_id))
        return found is not None and found.standing.may_invite_learner(self.actor.member_id, self.today)

    def _allowed(self, learner_id: str, right: Right) -> OpenLearner | None:
        found = self._open(store.people.learner(self.session, self.actor.family_id, learner_id))
        if found is None or not found.rights:
            return None
        if right not in found.rights:
            raise Refused(_NOT_ALLOWED.get(right, _("You may not do that for this learner.")))
        return found

    def learners(self) -> list[OpenLearner]:
        """Every learner whom the member may look at, oldest row first."""
        opened = [self._open(row) for row in store.people.learners(self.session, self.actor.family_id)]
        return [one for one in opened if one is not None and Right.VIEW in one.rights]

    def open_learner(self, row: store.Learner) -> OpenLearner:
        """A learner's row, opened, with the member's rights as they are:
        for callers who check the rights themselves.
        """
        opened = self._open(row)
        if opened is None:
            raise NotFound
        return opened

    def _open(self, row: store.Learner | None) -> OpenLearner | None:
        if row is None or not self.tools.keystore.opens(row.wrapped_key):
            return None  # there is none, or the key is lost: only a recovery code of whoever manages them opens it
        if row.id not in self._learners:
            self._learners[row.id] = open_learner(self.tools, self.session, row, self.actor.member_id, self.today)
        return self._learners[row.id]

    def note(self, action: str, object_id: str, **detail: str | int) -> None:
        """Append to the audit log: ids, states and counts; never a name or a title."""
        append(
            self.session,
            store.AUDIT,
            at=self.now,
            actor=self.actor.member_id,
            action=action,
            object_id=object_id,
            detail=detail,
        )


def no_such_learner() -> NotFound:
    """What is said of a learner who is none of the member's business, and of one who never was."""
    return NotFound(_("There is no such learner in your family. Check who you are signed in as."))


def sealed_person(
    name: str, birth_date: date | None, *, sign_in_age: int | None = None, handed_over: Iterable[str] = ()
) -> dict[str, Any]:
    """What a learner's row holds sealed."""
    return {
        "name": name,
        "birthDate": birth_date.isoformat() if birth_date else None,
        "signInAge": sign_in_age,
        "handedOver": sorted(handed_over),
    }


def open_learner(tools: Tools, session: Session, row: store.Learner, member_id: str, today: date) -> OpenLearner:
    """Open a learner's data key, and say what that member may do for them; nobody (an empty id) may do nothing."""
    chest = tools.keystore.chest(row.wrapped_key, row.family_id, row.id)
    place = Place(family_id=row.family_id, learner_id=row.id, table="learner", row_id=row.id, version=row.version)
    person = chest.open(place, row.sealed)
    birth_date = date.fromisoformat(person["birthDate"]) if person.get("birthDate") else None
    standing = Standing(
        member_id=row.member_id,
        birth_date=birth_date,
        relations=relations_of(session, row),
        majority_age=tools.settings.majority_age,
        sign_in_age=person.get("signInAge"),
        barred=store.court_orders.barred(session, row.family_id, row.id),
    )
    rights = standing.rights(member_id, today) if member_id else frozenset()
    return OpenLearner(
        row=row,
        chest=chest,
        name=person["name"],
        birth_date=birth_date,
        handed_over=frozenset(person.get("handedOver", ())),
        standing=standing,
        rights=rights,
    )


def relations_of(session: Session, row: store.Learner) -> list[Relation]:
    """A learner's guardianships that nobody ended, as the rules see them."""
    return [
        Relation(
            member_id=one.member_id,
            scopes=parse_scopes(one.scopes.split()),
            basis=one.basis,
            valid_until=one.valid_until,
            founding=is_founding(one, row),
        )
        for one in store.people.guardianships(session, row.family_id, learner_id=row.id)
    ]


def is_founding(one: store.Guardianship, row: store.Learner) -> bool:
    """Whether a guardianship is that of whoever added the learner: nobody gave it, and it began with the learner."""
    return one.created_by == one.member_id and one.created_at == row.created_at


def new_id() -> str:
    """A random id for a row."""
    return str(uuid.uuid4())
