"""Invitations: links by which a family, a guardian or a learner comes in. Used once, and only their hashes are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kit.errors import BadInput, Conflict, Gone, NotFound
from kit.i18n import _
from wallet import store
from wallet.keystore import new_token, token_hash
from wallet.service.authority import Right, Scope, parse_scopes, write_scopes
from wallet.service.core import Actor, Household, Tools, new_id, no_such_learner
from wallet.service.guarding import require_gift
from wallet.service.people import GUARDIAN, NAME_LENGTH, People, earlier, read_scopes
from wallet.service.text import plain

APPOINTED = "appointed"
"""The kind of an invitation that the operator made for a learner whom nobody may manage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What an invitation says to the person who opens it: kind, and nobody's name."""

    kind: str
    expires_at: datetime


class Invitations:
    """Making, withdrawing and accepting invitations."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def invite(
        self,
        actor: Actor,
        *,
        kind: str,
        name: str,
        learner_id: str,
        scopes: Iterable[str] = (),
        valid_until: date | None = None,
    ) -> str:
        """Invite somebody into the family; the secret part of the link, shown once.

        `kind` is "guardian" (for one learner, with scopes) or "learner" (a sign-in for a learner who has none).
        Raises: Refused, NotFound, Conflict or BadInput.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            if kind not in {"guardian", "learner"}:
                raise BadInput(_("Choose whom you invite: a guardian, or the learner."), field="kind")
            row = self._invitable(home, learner_id, kind)
            wanted = read_scopes(scopes) if kind == "guardian" else frozenset()
            require_gift(home, home.open_learner(row), wanted)
            return self._write_invitation(
                home, kind=kind, name=name, learner_id=row.id, scopes=wanted, valid_until=valid_until
            )

    def invite_family(self, user_id: str) -> str:
        """Invite a new family: for the operator. The secret part of the link, shown once."""
        with self._tools.database.session() as session:
            now = self._tools.clock.now()
            token = new_token()
            session.add(
                store.Invitation(
                    id=new_id(),
                    kind="family",
                    token_hash=token_hash(token),
                    created_by=user_id,
                    created_at=now,
                    expires_at=now + timedelta(days=self._tools.settings.invitation_days),
                    scopes="",
                )
            )
            return token

    def withdraw(self, actor: Actor, invitation_id: str) -> None:
        """Make an invitation's link useless: for whoever could make it.

        Raises: NotFound; Refused.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.people.invitation(session, actor.family_id, invitation_id)
            if row is None or row.learner_id is None:
                raise NotFound
            if not home.may_invite(row.learner_id):
                home.learner_of(row.learner_id, Right.MANAGE)
            row.used_at = home.now

    def welcome(self, token: str) -> Welcome:
        """What an invitation link offers. Raises: Gone for one that is used, withdrawn, too old, or none."""
        with self._tools.database.session() as session:
            row = self._invitation(session, token)
            return Welcome(kind="guardian" if row.kind == APPOINTED else row.kind, expires_at=row.expires_at)

    def accept(self, session: Session, token: str, user_id: str, *, my_name: str, family_name: str) -> Actor:
        """Join by an invitation, inside the caller's session (which made the account).

        Raises: Gone for an invitation that no longer holds; Conflict when the account already belongs to a family.
        """
        row = self._invitation(session, token)
        now = self._tools.clock.now()
        if not store.people.use_invitation(session, row.id, now):
            raise self._gone()
        if row.kind == "family" or row.family_id is None:
            return self._people.found_family(session, user_id, family_name=family_name or my_name, my_name=my_name)
        if store.people.member_of_user(session, user_id) is not None:
            raise Conflict(_("You already belong to a family. Use another sign-in to join another one."))
        scopes = parse_scopes(row.scopes.split())
        actor = self._people.add_member(
            session, row.family_id, user_id, name=my_name, organises=Scope.MANAGE in scopes, now=now
        )
        home = self._people.open(session, actor)
        learner = store.people.learner(session, row.family_id, row.learner_id or "")
        if learner is None or not self._still_meant(home, learner, row):
            raise self._gone()
        if row.kind == "learner":
            learner.member_id = actor.member_id
        else:
            birth_date = home.open_learner(learner).birth_date
            until = earlier(row.valid_until, self._people.majority(birth_date))
            self._people.entrust_member(
                home, learner.id, actor.member_id, scopes, until=until, basis=GUARDIAN, given_by=row.created_by
            )
        home.note("invitation.accept", row.id)
        return actor

    def _invitable(self, home: Household, learner_id: str, kind: str) -> store.Learner:
        row = store.people.learner(home.session, home.actor.family_id, learner_id)
        if row is None:
            raise no_such_learner()
        # A guardian whose time is over may still do this one thing: without it nobody could reach the learner's awards.
        standing = home.open_learner(row).standing
        if kind != "learner" or not standing.may_invite_learner(home.actor.member_id, home.today):
            home.learner(learner_id, Right.MANAGE)
        if kind == "learner" and row.member_id is not None:
            raise Conflict(_("This learner already has a sign-in."))
        if kind == "learner" and standing.too_young(home.today):
            day = standing.sign_in_day()
            raise Conflict(
                _("You set that a sign-in of their own begins on %(day)s. Change the age first.", day=f"{day}")
            )
        return row

    @staticmethod
    def _still_meant(home: Household, learner: store.Learner, row: store.Invitation) -> bool:
        """Whether whoever made an invitation could make it today: an ended say leaves no open door behind."""
        standing = home.open_learner(learner).standing
        if row.kind == APPOINTED:
            return not standing.managed(home.today)
        if row.kind == "learner":
            return learner.member_id is None and standing.may_invite_learner(row.created_by, home.today)
        may = Right.MANAGE in standing.rights(row.created_by, home.today)
        return may and parse_scopes(row.scopes.split()) <= standing.scopes(row.created_by, home.today)

    def _write_invitation(
        self,
        home: Household,
        *,
        kind: str,
        name: str,
        learner_id: str,
        scopes: frozenset[Scope],
        valid_until: date | None,
    ) -> str:
        token, row_id = new_token(), new_id()
        sealed = home.chest.seal(
            home.place("invitation", row_id, 1), {"name": plain(name, field="name", most=NAME_LENGTH)}
        )
        home.session.add(
            store.Invitation(
                id=row_id,
                kind=kind,
                family_id=home.actor.family_id,
                learner_id=learner_id,
                token_hash=token_hash(token),
                created_by=home.actor.member_id,
                created_at=home.now,
                expires_at=home.now + timedelta(days=self._tools.settings.invitation_days),
                scopes=write_scopes(scopes),
                valid_until=valid_until,
                sealed=sealed,
            )
        )
        home.note("invitation.make", row_id)
        return token

    def _invitation(self, session: Session, token: str) -> store.Invitation:
        found = store.people.open_invitation(session, token_hash(token), self._tools.clock.now())
        if found is None:
            raise self._gone()
        return found

    @staticmethod
    def _gone() -> Gone:
        return Gone(_("This invitation was used, withdrawn or is too old. Ask the person who sent it for a new one."))
