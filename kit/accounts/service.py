"""Accounts: who may come in, and for how long.

Rules: a login is a free name, folded so that case and keyboard do not matter, stored as an HMAC where the role asks for
it; an unknown login costs the same time and gives the same words as a wrong password; tokens are 256 random bits, in
the database only as SHA-256; a session ends after 12 idle hours or 30 days; a recovery code works once.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kit.accounts import passwords
from kit.accounts.passwords import Passwords
from kit.accounts.tables import AccountTables
from kit.clock import Clock
from kit.codes import group, short_code, ungroup
from kit.db import Database
from kit.errors import BadInput, Conflict, Gone
from kit.i18n import _
from kit.limits import Guesses
from kit.vault import Vault

IDLE = timedelta(hours=12)
LONGEST_SESSION = timedelta(days=30)
_SEEN_STEP = timedelta(minutes=5)
RECOVERY_CODES = 10
INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in. `scope` is the role's own word for what they may do, such as "administrator"."""

    id: str
    name: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A place kept for somebody without an account; `token` is shown once."""

    token: str
    scope: str
    expires: datetime


class Accounts:
    """The accounts of one role.

    `login_key` makes logins unreadable in the database (HMAC-SHA-256); None stores them folded but legible.
    `vault` seals the display names; None stores them legible.
    """

    def __init__(
        self,
        *,
        database: Database,
        tables: AccountTables,
        clock: Clock,
        login_key: bytes | None,
        vault: Vault | None,
        hasher: Passwords | None = None,
    ) -> None:
        self.database = database
        self.tables = tables
        self.clock = clock
        self._login_key = login_key
        self._vault = vault
        self._passwords = hasher or Passwords()
        self._guesses = Guesses(clock)

    # -- people ------------------------------------------------------------------------------------------------

    def create_user(
        self, *, login: str, password: str, name: str, scope: str, session: Session | None = None
    ) -> Account:
        """Make an account, in the caller's transaction when `session` is given.

        Raises: BadInput (field login, name or password), Conflict when the login is taken.
        """
        hashed = self._accept(login, password)
        with self._writing(session) as writing:
            return self._insert(writing, login=login, hashed=hashed, name=name, scope=scope)

    def _accept(self, login: str, password: str) -> str:
        folded = fold(login)
        if not 1 <= len(folded) <= 100:
            raise BadInput(_("Choose a sign-in name of 1 to 100 characters."), field="login")
        passwords.accept(password, login=folded)
        return self._passwords.hash(password)

    def _insert(self, session: Session, *, login: str, hashed: str, name: str, scope: str) -> Account:
        made = Account(id=str(uuid.uuid4()), name=name.strip() or login, scope=scope)
        table = self.tables.account
        row = {
            "id": made.id,
            "login": self._stored_login(login),
            "name": self._seal(made.name, made.id),
            "password": hashed,
            "scope": scope,
            "disabled": False,
            "created": self.clock.now(),
        }
        try:
            with session.begin_nested():
                session.execute(insert(table).values(row))
        except IntegrityError:
            raise Conflict(_("That sign-in name is taken. Choose another."), field="login") from None
        return made

    def find(self, account_id: str) -> Account | None:
        """The account with this id."""
        with self.database.reading() as session:
            row = session.execute(select(self.tables.account).where(self.tables.account.c.id == account_id)).first()
        return self._account(row) if row else None

    def find_by_login(self, login: str) -> Account | None:
        """The account with this login: for an operator's commands, never for pages."""
        with self.database.reading() as session:
            row = self._row_by_login(session, login)
        return self._account(row) if row else None

    def count(self) -> int:
        """How many accounts there are."""
        with self.database.reading() as session:
            return session.execute(select(func.count()).select_from(self.tables.account)).scalar_one()

    def set_scope(self, account_id: str, scope: str, *, session: Session | None = None) -> None:
        """Change what somebody may do; their sessions end, so that it holds at once."""
        with self._writing(session) as writing:
            table = self.tables.account
            writing.execute(update(table).where(table.c.id == account_id).values(scope=scope))
            self._end_sessions(writing, account_id)

    def disable(self, account_id: str, *, session: Session | None = None) -> None:
        """Let nobody in under this account any more, from the next request on."""
        with self._writing(session) as writing:
            table = self.tables.account
            writing.execute(update(table).where(table.c.id == account_id).values(disabled=True))
            self._end_sessions(writing, account_id)

    # -- sessions ----------------------------------------------------------------------------------------------

    def sign_in(self, *, login: str, password: str, client: str) -> tuple[Account, str]:
        """The account and a new session token. `client` is whom a limit counts (`visit.client`).

        Raises: TooMany; BadInput with the same words whether the login or the password is wrong.
        """
        key = self._stored_login(login)
        self._guesses.admit(key, client)
        with self.database.reading() as session:
            row = self._row_by_login(session, login)
        fits = self._passwords.matches(row.password if row else None, password)
        if row is None or not fits or row.disabled:
            self._guesses.failed(key, client)
            raise BadInput(
                _("The sign-in name and the password do not belong together."),
                field="login",
                remedy=_("Check both; capital letters in the name do not matter. You can also use a recovery code."),
            )
        self._guesses.succeeded(key, client)
        table = self.tables.account
        with self.database.session() as session:
            if self._passwords.outdated(row.password):
                changed = self._passwords.hash(password)
                session.execute(update(table).where(table.c.id == row.id).values(password=changed))
            return self._account(row), self.open_session(session, row.id)

    def open_session(self, session: Session, account_id: str) -> str:
        """A new session token for `account_id`, in the caller's transaction."""
        token = secrets.token_urlsafe(32)
        now = self.clock.now()
        row = {"token": digest(token), "account_id": account_id, "created": now, "seen": now}
        session.execute(insert(self.tables.session).values(row))
        return token

    def current(self, token: str) -> Account | None:
        """Whose session `token` is, while it lasts."""
        kept, table = self.tables.session, self.tables.account
        now = self.clock.now()
        with self.database.reading() as session:
            found = session.execute(
                select(table, kept.c.seen, kept.c.created.label("opened"))
                .join(kept, kept.c.account_id == table.c.id)
                .where(kept.c.token == digest(token))
            ).first()
        if found is None or found.disabled or now - found.seen > IDLE or now - found.opened > LONGEST_SESSION:
            return None
        if now - found.seen > _SEEN_STEP:
            with self.database.session() as session:
                session.execute(update(kept).where(kept.c.token == digest(token)).values(seen=now))
        return self._account(found)

    def sign_out(self, token: str) -> None:
        """End one session."""
        with self.database.session() as session:
            session.execute(delete(self.tables.session).where(self.tables.session.c.token == digest(token)))

    def sign_out_everywhere(self, account_id: str) -> None:
        """End every session of an account."""
        with self.database.session() as session:
            self._end_sessions(session, account_id)

    def forget_old_sessions(self) -> int:
        """Delete the sessions that have ended; says how many. For a daily sweep."""
        kept, now = self.tables.session, self.clock.now()
        with self.database.session() as session:
            gone = session.execute(
                delete(kept).where((kept.c.seen < now - IDLE) | (kept.c.created < now - LONGEST_SESSION))
            )
            return int(getattr(gone, "rowcount", 0))

    # -- passwords and recovery --------------------------------------------------------------------------------

    def change_password(self, account_id: str, *, old: str, new: str, login: str = "") -> str:
        """Set a new password; every session ends, and the token of a fresh one is given.

        Raises: TooMany, BadInput (field old or new).
        """
        self.confirm(account_id, old, field="old_password")
        return self._set_password(account_id, new, login=login, field="new_password")

    def confirm(self, account_id: str, password: str, *, field: str) -> None:
        """Return when this is the account's present password: asked before what would outlive a stolen session.

        A session that somebody else got hold of is no place for guessing: wrong passwords count per account.
        Raises: TooMany, BadInput naming `field`.
        """
        self._guesses.admit(account_id, account_id)
        table = self.tables.account
        with self.database.reading() as session:
            row = session.execute(select(table).where(table.c.id == account_id)).first()
        if not self._passwords.matches(row.password if row else None, password):
            self._guesses.failed(account_id, account_id)
            raise BadInput(_("This is not your present password."), field=field)
        self._guesses.succeeded(account_id, account_id)

    def make_recovery_codes(self, account_id: str) -> list[str]:
        """Ten fresh single-use codes, to be shown once; older ones stop working."""
        codes = [group(short_code(signs=16)) for _number in range(RECOVERY_CODES)]
        table = self.tables.code
        with self.database.session() as session:
            session.execute(delete(table).where(table.c.account_id == account_id, table.c.kind == "recovery"))
            rows = [
                {"code": digest(ungroup(code)), "account_id": account_id, "kind": "recovery", "expires": None}
                for code in codes
            ]
            session.execute(insert(table), rows)
        return codes

    def recovery_codes_left(self, account_id: str) -> int:
        """How many recovery codes are still unused."""
        table = self.tables.code
        with self.database.reading() as session:
            return session.execute(
                select(func.count())
                .select_from(table)
                .where(table.c.account_id == account_id, table.c.kind == "recovery")
            ).scalar_one()

    def make_reset_code(self, login: str) -> str:
        """A code, valid 24 hours, with which the owner of `login` sets a new password. For the operator's command.

        Raises: BadInput when there is no such login.
        """
        with self.database.session() as session:
            row = self._row_by_login(session, login)
            if row is None:
                raise BadInput(_("There is no account with that sign-in name."), field="login")
            return self.reset_code_for(session, row.id)

    def reset_code_for(self, session: Session, account_id: str) -> str:
        """The same for an account id, in the caller's transaction: for one person helping another."""
        table = self.tables.code
        code = group(short_code(signs=16))
        session.execute(delete(table).where(table.c.account_id == account_id, table.c.kind == "reset"))
        expires = self.clock.now() + RESET_LASTS
        row = {"code": digest(ungroup(code)), "account_id": account_id, "kind": "reset", "expires": expires}
        session.execute(insert(table).values(row))
        return code

    def recover(self, *, login: str, code: str, new: str, client: str) -> tuple[Account, str]:
        """Set a new password with a recovery or reset code, which is spent; every session ends, a fresh one begins.

        Raises: TooMany, BadInput.
        """
        key = self._stored_login(login)
        self._guesses.admit(key, client)
        passwords.accept(new, login=fold(login), field="new_password")
        hashed = self._passwords.hash(new)
        table = self.tables.code
        with self.database.session() as session:
            row = self._row_by_login(session, login)
            found = None
            if row is not None and not row.disabled:
                found = session.execute(
                    delete(table)
                    .where(table.c.code == digest(ungroup(code)), table.c.account_id == row.id)
                    .returning(table.c.expires)
                ).first()
            if row is not None and found is not None and (found.expires is None or found.expires > self.clock.now()):
                self._guesses.succeeded(key, client)
                return self._account(row), self._renew(session, row.id, hashed)
        self._guesses.failed(key, client)
        raise BadInput(
            _("The sign-in name and the code do not belong together, or the code was used already."),
            field="code",
            remedy=_("Type the code as it is written; each works once. Without one, ask whoever runs this service."),
        )

    # -- invitations -------------------------------------------------------------------------------------------

    def invite(self, *, scope: str, invited_by: str, session: Session | None = None) -> Invitation:
        """Keep a place with `scope` for somebody without an account, for seven days."""
        made = Invitation(token=secrets.token_urlsafe(32), scope=scope, expires=self.clock.now() + INVITATION_LASTS)
        row = {"token": digest(made.token), "scope": scope, "invited_by": invited_by, "expires": made.expires}
        with self._writing(session) as writing:
            writing.execute(insert(self.tables.invitation).values(row))
        return made

    def invitation(self, token: str) -> Invitation:
        """The invitation of this token. Raises: Gone when it was used, has expired or never was."""
        table = self.tables.invitation
        with self.database.reading() as session:
            row = session.execute(select(table).where(table.c.token == digest(token))).first()
        if row is None or row.expires <= self.clock.now():
            raise Gone(_("This invitation was used already or has run out. Ask for a new one."))
        return Invitation(token=token, scope=row.scope, expires=row.expires)

    def accept_invitation(self, token: str, *, login: str, password: str, name: str) -> tuple[Account, str]:
        """Make the account that an invitation is for, and open a session.

        Raises: Gone, BadInput, Conflict.
        """
        scope = self.invitation(token).scope
        hashed = self._accept(login, password)
        table = self.tables.invitation
        with self.database.session() as session:
            made = self._insert(session, login=login, hashed=hashed, name=name, scope=scope)
            spent = session.execute(
                delete(table).where(table.c.token == digest(token)).returning(table.c.scope)
            ).first()
            if spent is None:
                raise Gone(_("This invitation was used already or has run out. Ask for a new one."))
            return made, self.open_session(session, made.id)

    # -- inside ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _writing(self, session: Session | None) -> Generator[Session]:
        if session is not None:
            yield session
            return
        with self.database.session() as own:
            yield own

    def _row_by_login(self, session: Session, login: str) -> Any:
        table = self.tables.account
        return session.execute(select(table).where(table.c.login == self._stored_login(login))).first()

    def _set_password(self, account_id: str, new: str, *, login: str, field: str) -> str:
        passwords.accept(new, login=fold(login), field=field)
        hashed = self._passwords.hash(new)
        with self.database.session() as session:
            return self._renew(session, account_id, hashed)

    def _renew(self, session: Session, account_id: str, hashed: str) -> str:
        table = self.tables.account
        session.execute(update(table).where(table.c.id == account_id).values(password=hashed))
        self._end_sessions(session, account_id)
        return self.open_session(session, account_id)

    def _end_sessions(self, session: Session, account_id: str) -> None:
        session.execute(delete(self.tables.session).where(self.tables.session.c.account_id == account_id))

    def _stored_login(self, login: str) -> str:
        folded = fold(login)
        if self._login_key is None:
            return folded
        return hmac.new(self._login_key, folded.encode(), hashlib.sha256).hexdigest()

    def _seal(self, name: str, account_id: str) -> bytes:
        if self._vault is None:
            return name.encode()
        return self._vault.seal(name.encode(), context=f"account/name/{account_id}".encode())

    def _account(self, row: Any) -> Account:
        name = row.name
        if self._vault is not None:
            name = self._vault.open(name, context=f"account/name/{row.id}".encode())
        return Account(id=row.id, name=name.decode(), scope=row.scope)


def fold(login: str) -> str:
    """A login as it is compared: Unicode NFKC, case folded, inner spaces single."""
    return " ".join(unicodedata.normalize("NFKC", login).casefold().split())[:200]


def digest(token: str) -> str:
    """The SHA-256 that stands for a token in the database, as hex."""
    return hashlib.sha256(token.encode()).hexdigest()
