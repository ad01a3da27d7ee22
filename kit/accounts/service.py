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
import uuid
from collections.abc import Callable, Generator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kit.accounts import passwords
from kit.accounts.passwords import Passwords
from kit.accounts.tables import AccountTables
from kit.accounts.values import Account, Invitation, PasskeyWanted, digest, fold, name_place
from kit.clock import Clock
from kit.codes import group, short_code, ungroup
from kit.db import Database
from kit.errors import BadInput, Conflict, Gone, Refused, Unavailable
from kit.i18n import _
from kit.limits import Guesses
from kit.vault import Vault

__all__ = ["Account", "Accounts", "Invitation", "PasskeyWanted", "digest", "fold"]

IDLE = timedelta(hours=12)
LONGEST_SESSION = timedelta(days=30)
_SEEN_STEP = timedelta(minutes=5)
RECOVERY_CODES = 10
INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)


class Accounts:
    """The accounts of one role.

    `login_key` makes logins unreadable in the database (HMAC-SHA-256); None stores them folded but legible.
    `vault` seals the display names; None stores them legible. With `passkeys_required` a session is opened by a
    passkey and by nothing else, and one that was opened otherwise counts for nobody.
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
        passkeys_required: bool = False,
    ) -> None:
        self.database = database
        self.tables = tables
        self.clock = clock
        self.passkeys_required = passkeys_required
        self._login_key = login_key
        self._vault = vault
        self._passwords = hasher or Passwords()
        self._guesses = Guesses(clock)
        self.codes_made: Callable[[str, Sequence[str]], None] = lambda _account_id, _codes: None

    # -- people ------------------------------------------------------------------------------------------------

    def create_user(
        self, *, login: str, password: str, name: str, scope: str, session: Session | None = None
    ) -> Account:
        """Make an account, in the caller's transaction when `session` is given.

        Raises: BadInput (field login, name or password), Conflict when the login is taken.
        """
        hashed = self.hashed(login=login, password=password)
        with self._writing(session) as writing:
            return self.insert(writing, login=login, hashed=hashed, name=name, scope=scope)

    def hashed(self, *, login: str, password: str) -> str:
        """The password as it is stored, which takes a while: before a transaction is begun. Raises: BadInput."""
        folded = fold(login)
        if not 1 <= len(folded) <= 100:
            raise BadInput(_("Choose a sign-in name of 1 to 100 characters."), field="login")
        passwords.accept(password, login=folded)
        return self._passwords.hash(password)

    def insert(self, session: Session, *, login: str, hashed: str, name: str, scope: str) -> Account:
        """Make an account with a password that is hashed already. Raises: Conflict when the login is taken."""
        made = Account(id=str(uuid.uuid4()), name=name.strip() or login, scope=scope)
        table = self.tables.account
        row = {
            "id": made.id,
            "login": self.stored_login(login),
            "name": self.seal(made.name, context=name_place(made.id)),
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

        Raises: TooMany; BadInput with the same words whether the login or the password is wrong; PasskeyWanted.
        """
        key = self.stored_login(login)
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
        if self._passwords.outdated(row.password):
            table, changed = self.tables.account, self._passwords.hash(password)
            with self.database.session() as session:
                session.execute(update(table).where(table.c.id == row.id).values(password=changed))
        account = self._account(row)
        return account, self.admit(account, may_make=not self._has_passkey(row.id))

    def admit(self, account: Account, *, may_make: bool) -> str:
        """A session token for somebody who has shown a password, a code or an invitation, all else being kept already.

        Raises: PasskeyWanted where that is not enough; `may_make`: whether it is enough to make a passkey.
        """
        if self.passkeys_required:
            raise PasskeyWanted(account, may_make=may_make)
        with self.database.session() as session:
            return self.open_session(session, account.id)

    def open_session(self, session: Session, account_id: str, *, by_passkey: bool = False) -> str:
        """A new session token for `account_id`, in the caller's transaction.

        Raises: Refused when only a passkey opens sessions here, and none was shown.
        """
        if self.passkeys_required and not by_passkey:
            raise Refused(_("This server lets people in by passkey only. Sign in first."))
        token = secrets.token_urlsafe(32)
        now = self.clock.now()
        row = {
            "token": digest(token),
            "account_id": account_id,
            "created": now,
            "seen": now,
            "passkey": by_passkey,
        }
        session.execute(insert(self.tables.session).values(row))
        return token

    def current(self, token: str) -> Account | None:
        """Whose session `token` is, while it lasts."""
        kept, table = self.tables.session, self.tables.account
        now = self.clock.now()
        with self.database.reading() as session:
            found = session.execute(
                select(table, kept.c.seen, kept.c.created.label("opened"), kept.c.passkey)
                .join(kept, kept.c.account_id == table.c.id)
                .where(kept.c.token == digest(token))
            ).first()
        if found is None or found.disabled or now - found.seen > IDLE or now - found.opened > LONGEST_SESSION:
            return None
        if self.passkeys_required and not found.passkey:
            return None
        if now - found.seen > _SEEN_STEP:
            # Where that cannot be kept, whoever is here may still look around; the session ends the earlier for it.
            with contextlib.suppress(Unavailable), self.database.session() as session:
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

    def sign_out_elsewhere(self, session: Session, account_id: str, *, keep: str | None) -> None:
        """End every session of an account but that of the token `keep`, in the caller's transaction."""
        table = self.tables.session
        ended = delete(table).where(table.c.account_id == account_id)
        session.execute(ended if keep is None else ended.where(table.c.token != digest(keep)))

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
        codes = [group(short_code(signs=20)) for _number in range(RECOVERY_CODES)]
        table = self.tables.code
        with self.database.session() as session:
            session.execute(delete(table).where(table.c.account_id == account_id, table.c.kind == "recovery"))
            rows = [
                {"code": digest(ungroup(code)), "account_id": account_id, "kind": "recovery", "expires": None}
                for code in codes
            ]
            session.execute(insert(table), rows)
        self.codes_made(account_id, codes)
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

        Raises: TooMany, BadInput, PasskeyWanted once the password is set.
        """
        key = self.stored_login(login)
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
            fits = found is not None and (found.expires is None or found.expires > self.clock.now())
            if fits:
                self._renew(session, row.id, hashed)
        if not fits:
            self._guesses.failed(key, client)
            raise BadInput(
                _("The sign-in name and the code do not belong together, or the code was used already."),
                field="code",
                remedy=_(
                    "Type the code as it is written; each works once. Without one, ask whoever runs this service."
                ),
            )
        self._guesses.succeeded(key, client)
        account = self._account(row)
        return account, self.admit(account, may_make=True)

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

        Raises: Gone, BadInput, Conflict, PasskeyWanted once the account is made.
        """
        scope = self.invitation(token).scope
        hashed = self.hashed(login=login, password=password)
        table = self.tables.invitation
        with self.database.session() as session:
            made = self.insert(session, login=login, hashed=hashed, name=name, scope=scope)
            spent = session.execute(
                delete(table).where(table.c.token == digest(token)).returning(table.c.scope)
            ).first()
            if spent is None:
                raise Gone(_("This invitation was used already or has run out. Ask for a new one."))
        return made, self.admit(made, may_make=True)

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
        return session.execute(select(table).where(table.c.login == self.stored_login(login))).first()

    def _set_password(self, account_id: str, new: str, *, login: str, field: str) -> str:
        passwords.accept(new, login=fold(login), field=field)
        hashed = self._passwords.hash(new)
        with self.database.session() as session:
            self._renew(session, account_id, hashed)
            # Where passkeys are required, the session that asked for this was opened by one.
            return self.open_session(session, account_id, by_passkey=self.passkeys_required)

    def _renew(self, session: Session, account_id: str, hashed: str) -> None:
        table = self.tables.account
        session.execute(update(table).where(table.c.id == account_id).values(password=hashed))
        self._end_sessions(session, account_id)

    def _has_passkey(self, account_id: str) -> bool:
        table = self.tables.passkey
        with self.database.reading() as session:
            return session.execute(select(table.c.id).where(table.c.account_id == account_id)).first() is not None

    def _end_sessions(self, session: Session, account_id: str) -> None:
        session.execute(delete(self.tables.session).where(self.tables.session.c.account_id == account_id))

    def stored_login(self, login: str) -> str:
        """A sign-in name as it is kept, and looked for."""
        folded = fold(login)
        if self._login_key is None:
            return folded
        return hmac.new(self._login_key, folded.encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str, *, context: str) -> bytes:
        """`text` as it is stored: sealed for its place `context`, where this role seals names."""
        return text.encode() if self._vault is None else self._vault.seal(text.encode(), context=context.encode())

    def unseal(self, stored: bytes, *, context: str) -> str:
        """What `seal` was given."""
        return (stored if self._vault is None else self._vault.open(stored, context=context.encode())).decode()

    def _account(self, row: Any) -> Account:
        return Account(id=row.id, name=self.unseal(row.name, context=name_place(row.id)), scope=row.scope)
