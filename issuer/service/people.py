"""The people who work for organisations: invited by an owner, in by a link that works once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import OWNER, ROLES, STAFF, Actor, Context, Desk, Organisation
from issuer.service.organisations import join, view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import (
    APPROVERS,
    GRANTED,
    INVITING,
    PEOPLE,
    Granting,
    agreed,
    ask,
    keep_two,
    needs,
    withdraw_open,
)
from issuer.service.tokens import is_token, new_token, token_hash
from issuer.store import approvals, organisations, tables
from kit.accounts import Accounts
from kit.errors import Conflict, Gone, NotFound
from kit.i18n import _

INVITATION_DAYS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who works for an organisation."""

    user_id: str
    name: str
    role: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInvitation:
    """An invitation that nobody has used yet."""

    id: str
    label: str
    role: str
    expires: datetime


class PeopleService:
    """Invites people and lets them in."""

    def __init__(self, context: Context, accounts: Accounts) -> None:
        self._context = context
        self._accounts = accounts

    def invite(self, desk: Desk, *, role: str, label: str) -> str:
        """Make an invitation that works once; its token is shown once.

        Where two people decide who works here, it lets nobody in until somebody else has agreed.
        Raises: Refused, BadInput, Conflict when nobody else could agree.
        """
        desk.require(Right.PEOPLE)
        inputs.choice(role, "role", allowed=ROLES)
        words = inputs.line(label, "label", required=True, longest=200)
        token, now = new_token(), self._context.now()
        row = tables.InvitationRow(
            id=str(uuid.uuid4()),
            organisation_id=desk.organisation.id,
            token_hash=token_hash(token),
            role=role,
            label=words,
            created=now,
            expires=now + timedelta(days=INVITATION_DAYS),
        )
        with self._context.database.session() as session:
            session.add(row)
            record(
                session,
                at=now,
                actor=desk.actor,
                action="invitation.create",
                organisation_id=desk.organisation.id,
                object_id=row.id,
                role=role,
            )
            if needs(session, desk, PEOPLE):
                ask(
                    session,
                    self._context.keystore,
                    desk,
                    kind=PEOPLE,
                    act=INVITING,
                    subject=row.id,
                    about={"invitation": row.id, "role": role, "label": words},
                    now=now,
                )
        return token

    def confirm(self, desk: Desk, invitation_id: str, *, granting: Granting) -> None:
        """Let an invitation work, now that somebody else has agreed. Raises: Refused, Conflict when it is gone."""
        desk.require(Right.PEOPLE)
        now = self._context.now()
        with self._context.database.session() as session:
            pending = organisations.open_invitations(session, desk.organisation.id, now)
            if invitation_id not in {row.id for row in pending}:
                raise Conflict(_("This invitation was withdrawn, or has run out."))
            granting.settle(session, now, outcome=invitation_id)

    def invitation(self, token: str) -> tuple[Organisation, str]:
        """What an invitation leads to: organisation and role. Raises: NotFound, Gone."""
        now = self._context.clock.now()
        with self._context.database.reading() as session:
            row = organisations.invitation(session, token_hash(token)) if is_token(token) else None
            if row is None:
                raise NotFound
            if row.used is not None or row.expires <= now:
                raise _used_up()
            _check_agreed(session, row)
            return view(organisations.by_id(session, row.organisation_id)), row.role

    def accept(self, actor: Actor, token: str) -> Organisation:
        """Use an invitation with the account that is signed in. Raises: NotFound, Gone."""
        organisation, role = self.invitation(token)
        with self._context.database.session() as session:
            self._enter(session, organisation, role, actor.user_id, token)
        return organisation

    def join(self, token: str, *, login: str, password: str, name: str) -> tuple[Organisation, str]:
        """Use an invitation with a new account; the organisation, and a session's token.

        Raises: NotFound, Gone, BadInput, Conflict when the sign-in name is taken; PasskeyWanted once it is used, where
        a password is not enough.
        """
        organisation, role = self.invitation(token)
        with self._context.database.session() as session:
            account = self._accounts.create_user(
                login=login, password=password, name=name, scope=STAFF, session=session
            )
            self._enter(session, organisation, role, account.id, token)
        return organisation, self._accounts.admit(account, may_make=True)

    def members(self, desk: Desk) -> Sequence[Member]:
        """Who works here."""
        with self._context.database.reading() as session:
            rows = organisations.members(session, desk.organisation.id)
        return [
            Member(user_id=row.user_id, name=self.name_of(row.user_id), role=row.role, since=row.created)
            for row in rows
        ]

    def open_invitations(self, desk: Desk) -> Sequence[OpenInvitation]:
        """The invitations that can still be used."""
        with self._context.database.reading() as session:
            rows = organisations.open_invitations(session, desk.organisation.id, self._context.clock.now())
        return [OpenInvitation(id=row.id, label=row.label, role=row.role, expires=row.expires) for row in rows]

    def member(self, desk: Desk, user_id: str) -> Member:
        """One person who works here. Raises: NotFound."""
        found = next((each for each in self.members(desk) if each.user_id == user_id), None)
        if found is None:
            raise NotFound
        return found

    def change_role(self, desk: Desk, user_id: str, *, role: str, granting: Granting | None = None) -> Member:
        """Let somebody do more or less here, from their next request on. The same role again changes nothing.

        Raises: Refused, NotFound, BadInput, Conflict for the last owner, or for the last but one who may approve where
        two people have to agree; SecondPersonWanted.
        """
        desk.require(Right.PEOPLE)
        inputs.choice(role, "role", allowed=ROLES)
        with self._context.database.session() as session:
            before = self._leavable(session, desk, user_id, stays_owner=role == OWNER)
            if before != role:
                if role not in APPROVERS:
                    keep_two(session, desk, without=user_id)
                agreed(session, desk, PEOPLE, granting, now=self._context.now(), outcome=user_id)
                organisations.set_role(session, desk.organisation.id, user_id, role)
                self._note(session, desk, "member.role", user_id, role, role_before=before)
        return self.member(desk, user_id)

    def remove(self, desk: Desk, user_id: str) -> None:
        """Let somebody work here no longer, from their next request on; their account stays.

        Raises: Refused, NotFound, Conflict for the last owner, or for the last but one who may approve where two people
        have to agree.
        """
        desk.require(Right.PEOPLE)
        with self._context.database.session() as session:
            role = self._leavable(session, desk, user_id, stays_owner=False)
            if role in APPROVERS:
                keep_two(session, desk, without=user_id)
            organisations.remove_member(session, desk.organisation.id, user_id)
            self._note(session, desk, "member.remove", user_id, role)

    def withdraw(self, desk: Desk, invitation_id: str) -> None:
        """Take an invitation back, so that its link lets nobody in. Raises: Refused, NotFound."""
        desk.require(Right.PEOPLE)
        with self._context.database.session() as session:
            role = organisations.withdraw_invitation(session, desk.organisation.id, invitation_id)
            if role is None:
                raise NotFound
            withdraw_open(session, desk, INVITING, invitation_id, self._context.now())
            self._note(session, desk, "invitation.withdraw", invitation_id, role)

    def may_go(self, session: Session, user_id: str) -> None:
        """Return when no organisation would be left without an owner. Raises: Conflict."""
        for row, role in organisations.all_of(session, user_id):
            organisations.lock(session, row.id)
            if role == OWNER and not self._owners_without(session, row.id, user_id):
                raise Conflict(
                    _("This is the last owner of %(name)s. Somebody else has to be one first.", name=row.name)
                )

    def _leavable(self, session: Session, desk: Desk, user_id: str, *, stays_owner: bool) -> str:
        """The role of somebody whose place may be changed, with the organisation locked. Raises: NotFound, Conflict."""
        organisations.lock(session, desk.organisation.id)
        role = organisations.role_of(session, desk.organisation.id, user_id)
        if role is None:
            raise NotFound
        if role == OWNER and not stays_owner and not self._owners_without(session, desk.organisation.id, user_id):
            raise Conflict(_("This is the last owner. Invite somebody else as an owner first."))
        return role

    def _owners_without(self, session: Session, organisation_id: str, user_id: str) -> int:
        """How many owners who may sign in there are beside this one."""
        rows = organisations.members(session, organisation_id)
        owners = [row.user_id for row in rows if row.role == OWNER and row.user_id != user_id]
        return organisations.able(session, owners)

    def _note(self, session: Session, desk: Desk, action: str, object_id: str, role: str, **more: str) -> None:
        record(
            session,
            at=self._context.now(),
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=object_id,
            role=role,
            **more,
        )

    def name_of(self, user_id: str) -> str:
        """How a person is called; the id where the account is gone, and for those who are no persons."""
        found = self._accounts.find(user_id)
        return found.name if found else user_id

    def _enter(self, session: Session, organisation: Organisation, role: str, user_id: str, token: str) -> None:
        now = self._context.now()
        row = organisations.invitation(session, token_hash(token))
        if row is not None:
            _check_agreed(session, row)
        if not organisations.use_invitation(session, token_hash(token), now):
            raise _used_up()
        join(session, organisation.id, user_id, role, now)
        record(
            session,
            at=now,
            actor=user_id,
            action="member.join",
            organisation_id=organisation.id,
            object_id=user_id,
            role=role,
        )


def _check_agreed(session: Session, row: tables.InvitationRow) -> None:
    """Return when nobody has to agree to this invitation, or somebody has. Raises: Conflict."""
    asked = approvals.newest(session, row.organisation_id, INVITING, row.id)
    if asked is not None and asked.state != GRANTED:
        raise Conflict(_("Somebody else who works there has to agree to this invitation first. Try again later."))


def _used_up() -> Gone:
    return Gone(_("This invitation was used or has run out. Ask for a new one."))
