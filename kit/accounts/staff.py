"""Who may sign in to a role that has staff: seen, invited, let in and kept out by its administrators.

Rules: every act is a row in the role's audit, in its own transaction; the last administrator stays; whoever is kept out
is out from the next request on, and so are the invitations they made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from kit import audit
from kit.accounts.service import Account, Accounts, Invitation
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _

ADMINISTRATOR = "administrator"
STAFF = "staff"
SCOPES = (STAFF, ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with an account. `disabled`: whether they are kept out."""

    id: str
    name: str
    scope: str
    disabled: bool
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An invitation that nobody has used yet. `id` is not its token and opens nothing."""

    id: str
    scope: str
    invited_by: str
    expires: datetime


class Staff:
    """The administrators' view of the accounts of one role.

    `audited` is the role's audit table and `prefix` stands before the account in its rows. `may_go` raises Conflict
    when the role cannot do without an account.
    """

    def __init__(
        self, accounts: Accounts, *, audited: Table, prefix: str, may_go: Callable[[Session, str], None]
    ) -> None:
        self._accounts = accounts
        self._audited = audited
        self._prefix = prefix
        self._may_go = may_go

    def members(self, actor: Account) -> Sequence[Member]:
        """Everybody with an account, longest first. Raises: Refused."""
        _require_administrator(actor)
        table = self._accounts.tables.account
        with self._accounts.database.reading() as session:
            rows = session.execute(select(table).order_by(table.c.created, table.c.id)).all()
        return [
            Member(id=row.id, name=self._name(row.id), scope=row.scope, disabled=row.disabled, created=row.created)
            for row in rows
        ]

    def member(self, actor: Account, account_id: str) -> Member:
        """One of them. Raises: Refused, NotFound."""
        found = next((each for each in self.members(actor) if each.id == account_id), None)
        if found is None:
            raise NotFound
        return found

    def invitations(self, actor: Account) -> Sequence[Pending]:
        """The invitations that can still be used, soonest over first. Raises: Refused."""
        _require_administrator(actor)
        table = self._accounts.tables.invitation
        now = self._accounts.clock.now()
        with self._accounts.database.reading() as session:
            rows = session.execute(select(table).where(table.c.expires > now).order_by(table.c.expires)).all()
        return [
            Pending(id=row.token, scope=row.scope, invited_by=self._name(row.invited_by), expires=row.expires)
            for row in rows
        ]

    def invite(self, actor: Account, *, scope: str) -> Invitation:
        """Keep a place for somebody; the token is shown once. Raises: Refused, BadInput."""
        _require_administrator(actor)
        if scope not in SCOPES:
            raise BadInput(_("Nothing was chosen here."), field="scope", remedy=_("Choose one of the answers."))
        with self._accounts.database.session() as session:
            made = self._accounts.invite(scope=scope, invited_by=actor.id, session=session)
            self._note(session, actor, "account.invite", scope)
        return made

    def withdraw(self, actor: Account, invitation_id: str) -> None:
        """Take an invitation back, so that its link lets nobody in. Raises: Refused, NotFound."""
        _require_administrator(actor)
        table = self._accounts.tables.invitation
        with self._accounts.database.session() as session:
            gone = session.execute(delete(table).where(table.c.token == invitation_id).returning(table.c.scope)).first()
            if gone is None:
                raise NotFound
            self._note(session, actor, "account.withdraw", gone.scope)

    def disable(self, actor: Account, account_id: str) -> None:
        """Keep somebody out. Doing it again changes nothing.

        Raises: Refused, NotFound, Conflict for the last administrator or whom the role cannot do without.
        """
        _require_administrator(actor)
        table, invited = self._accounts.tables.account, self._accounts.tables.invitation
        with self._accounts.database.session() as session:
            # Locked together, so that two administrators cannot keep each other out at the same moment.
            rows = session.execute(select(table).order_by(table.c.id).with_for_update()).all()
            found = next((row for row in rows if row.id == account_id), None)
            if found is None:
                raise NotFound
            if found.disabled:
                return
            left = [row for row in rows if row.scope == ADMINISTRATOR and not row.disabled and row.id != account_id]
            if not left:
                raise Conflict(_("This is the last administrator. Make somebody else one first."))
            self._may_go(session, account_id)
            self._accounts.disable(account_id, session=session)
            session.execute(delete(invited).where(invited.c.invited_by == account_id))
            self._note(session, actor, "account.disable", account_id)

    def allow(self, actor: Account, account_id: str) -> None:
        """Let somebody in again who was kept out. Raises: Refused, NotFound."""
        _require_administrator(actor)
        table = self._accounts.tables.account
        with self._accounts.database.session() as session:
            row = session.execute(select(table.c.disabled).where(table.c.id == account_id)).first()
            if row is None:
                raise NotFound
            if row.disabled:
                session.execute(update(table).where(table.c.id == account_id).values(disabled=False))
                self._note(session, actor, "account.allow", account_id)

    def _name(self, account_id: str) -> str:
        found = self._accounts.find(account_id)
        return found.name if found else account_id

    def _note(self, session: Session, actor: Account, action: str, what: str) -> None:
        audit.append(
            session,
            self._audited,
            at=self._accounts.clock.now(),
            actor=actor.id,
            action=action,
            object_id=f"{self._prefix}{what}",
            detail={},
        )


def _require_administrator(actor: Account) -> None:
    if actor.scope != ADMINISTRATOR:
        raise Refused(_("Only an administrator of this server can do this. Ask one of them."))
