"""Passkeys: signing in with what a device keeps, beside the password.

Rules: a challenge is a row that is deleted before anything is verified, so that an answer counts once whatever comes of
it; it is bound to the browser that asked, to one purpose, and lasts five minutes; the origin is exactly the role's own,
the device has asked for its owner (fingerprint, face or PIN), and no other site's frame stood around it; a counter that
does not rise is refused and noted. A passkey is added only after the password, a code or an invitation was shown.
Left out: attestation. Which make a device is of does not matter here, and asking would tell on people.
Spec: https://www.w3.org/TR/webauthn-3/
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session
from webauthn.registration.verify_registration_response import VerifiedRegistration

from kit import audit
from kit.accounts.ceremony import Ceremony, Kept, NotValid, challenge_of, handle, sign_in_answer, transports_of
from kit.accounts.service import Account, Accounts, digest
from kit.accounts.values import passkey_place
from kit.errors import BadInput, Conflict, NotFound, SignInRequired
from kit.i18n import _
from kit.limits import Attempts

LASTS: Final = timedelta(minutes=5)
MOST: Final = 10
_SECONDS: Final = int(LASTS.total_seconds())
NAME_LONGEST: Final = 60
_SIGN_IN: Final = "sign-in"
_ADD: Final = "add"
_ENROL: Final = "enrol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One device or keychain. `backed_up`: whether its maker keeps a copy, so that it survives the device."""

    id: str
    name: str
    backed_up: bool
    created: datetime
    used: datetime | None


class Passkeys:
    """The passkeys of one role's accounts.

    `origin` is the role's public address; passkeys belong to its host name. `audited` is the role's audit table and
    `prefix` stands before the account in its rows. `binding` below is what ties a challenge to a browser
    (`visit.binding()`); `client` whom a limit counts (`visit.client`); `answer` what the browser's device said, as
    `PublicKeyCredential.toJSON()` writes it.
    """

    def __init__(self, accounts: Accounts, *, origin: str, audited: Table, prefix: str) -> None:
        self.accounts = accounts
        self._ceremony = Ceremony.of(origin)
        self._audited = audited
        self._prefix = prefix
        # A whole school may sit behind one address; a challenge is a row, and so has a price.
        self._begun = Attempts(accounts.clock, burst=600, per=timedelta(minutes=10))
        self._failed = Attempts(accounts.clock, burst=100, per=timedelta(minutes=15))

    @property
    def possible(self) -> bool:
        """Whether browsers make passkeys for this role's address: names and `localhost` they do, numbers not."""
        return self._ceremony.possible

    # -- signing in --------------------------------------------------------------------------------------------

    def begin_sign_in(self, *, binding: str, client: str) -> dict[str, Any]:
        """What the browser's device is asked, for whoever it knows. Raises: TooMany."""
        self._begun.spend(client)
        challenge = self._challenge(_SIGN_IN, account_id=None, binding=binding)
        return self._ceremony.ask_to_sign_in(challenge, seconds=_SECONDS)

    def finish_sign_in(self, answer: Mapping[str, Any], *, binding: str, client: str) -> tuple[Account, str]:
        """The account whose passkey answered, and a new session token.

        Raises: TooMany; SignInRequired with the same words whatever was wrong.
        """
        self._failed.admit(client)
        try:
            found = self._signed_in(answer, binding)
        except SignInRequired:
            self._failed.failed(client)
            raise
        self._failed.succeeded(client)
        return found

    def _signed_in(self, answer: Mapping[str, Any], binding: str) -> tuple[Account, str]:
        try:
            challenge, _owner = self._spend(answer, _SIGN_IN, binding)
            given = sign_in_answer(answer)
            row = self._row(hashlib.sha256(given.raw_id).hexdigest())
            # The device says whose passkey it is; it has to be whom we gave it to.
            if row is None or row.disabled or given.response.user_handle != handle(row.account_id):
                raise _not_accepted()
            verified = self._ceremony.signed(given, challenge, public_key=row.public_key)
        except NotValid:
            raise _not_accepted() from None
        token = self._counted(row, verified.new_sign_count, backed_up=verified.credential_backed_up)
        account = self.accounts.find(row.account_id)
        if token is None or account is None:
            raise _not_accepted()
        return account, token

    def _counted(self, row: Any, count: int, *, backed_up: bool) -> str | None:
        """A session token when the counter has risen, or never counts; else None, and a line in the audit."""
        table = self.accounts.tables.passkey
        rises = or_(table.c.sign_count < count, (table.c.sign_count == 0) & (count == 0))
        with self.accounts.database.session() as session:
            risen = session.execute(
                update(table)
                .where(table.c.id == row.id, rises)
                .values(sign_count=count, used=self.accounts.clock.now(), backed_up=backed_up)
                .returning(table.c.id)
            ).first()
            if risen is None:
                self._note(session, row.account_id, "passkey.refused", row.account_id)
                return None
            return self.accounts.open_session(session, row.account_id, by_passkey=True)

    # -- adding ------------------------------------------------------------------------------------------------

    def begin_adding(self, account: Account, *, password: str, binding: str) -> dict[str, Any]:
        """What a device is asked that shall sign `account` in from now on.

        Raises: TooMany, BadInput (field passkey_password), Conflict when there are too many already.
        """
        self.accounts.confirm(account.id, password, field="passkey_password")
        return self._begin(account, _ADD, binding)

    def finish_adding(self, account: Account, answer: Mapping[str, Any], *, name: str, binding: str) -> Passkey:
        """Keep the passkey that was made. Raises: BadInput, Conflict."""
        made, owner = self._made(answer, _ADD, binding)
        if owner != account.id:
            raise _not_made()
        with self.accounts.database.session() as session:
            return self._keep(session, account.id, made, answer, name)

    def begin_enrolment(self, account: Account, *, binding: str) -> dict[str, Any]:
        """The same for somebody without a session, who has just shown a password, a code or an invitation.

        Raises: Conflict.
        """
        return self._begin(account, _ENROL, binding)

    def finish_enrolment(self, answer: Mapping[str, Any], *, name: str, binding: str) -> tuple[Account, str]:
        """Keep the passkey, and open a session for its owner. Raises: BadInput, Conflict."""
        made, owner = self._made(answer, _ENROL, binding)
        row = self._owner(owner)
        if row is None or row.disabled:
            raise _not_made()
        with self.accounts.database.session() as session:
            self._keep(session, row.id, made, answer, name)
            token = self.accounts.open_session(session, row.id, by_passkey=True)
        account = self.accounts.find(row.id)
        if account is None:
            raise _not_made()
        return account, token

    def _begin(self, account: Account, purpose: str, binding: str) -> dict[str, Any]:
        kept = self._rows(account.id)
        if len(kept) >= MOST:
            raise Conflict(_("There are %(count)s passkeys already. Remove one first.", count=MOST))
        return self._ceremony.ask_to_make(
            self._challenge(purpose, account_id=account.id, binding=binding),
            account_id=account.id,
            name=account.name,
            seconds=_SECONDS,
            kept=[Kept(credential=row.credential, transports=row.transports.split(",")) for row in kept],
        )

    def _made(self, answer: Mapping[str, Any], purpose: str, binding: str) -> tuple[VerifiedRegistration, str | None]:
        try:
            challenge, owner = self._spend(answer, purpose, binding)
            return self._ceremony.made(answer, challenge), owner
        except NotValid:
            raise _not_made() from None

    def _keep(
        self, session: Session, account_id: str, made: VerifiedRegistration, answer: Mapping[str, Any], name: str
    ) -> Passkey:
        table, people = self.accounts.tables.passkey, self.accounts.tables.account
        identifier = hashlib.sha256(made.credential_id).hexdigest()
        # One after the other for one account, so that ten stays ten.
        session.execute(select(people.c.id).where(people.c.id == account_id).with_for_update()).first()
        count = session.execute(
            select(func.count()).select_from(table).where(table.c.account_id == account_id)
        ).scalar_one()
        if count >= MOST or session.execute(select(table.c.id).where(table.c.id == identifier)).first():
            raise Conflict(_("This passkey is kept here already, or there are too many. Nothing was added."))
        kept = Passkey(
            id=identifier,
            name=_name(name),
            backed_up=made.credential_backed_up,
            created=self.accounts.clock.now(),
            used=None,
        )
        row = {
            "id": kept.id,
            "account_id": account_id,
            "credential": made.credential_id,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "transports": ",".join(transports_of(answer)),
            "backed_up": kept.backed_up,
            "name": self.accounts.seal(kept.name, context=passkey_place(kept.id)),
            "created": kept.created,
            "used": None,
        }
        session.execute(insert(table).values(row))
        self._note(session, account_id, "passkey.add", account_id)
        return kept

    # -- what there is -----------------------------------------------------------------------------------------

    def listing(self, account_id: str) -> Sequence[Passkey]:
        """The passkeys of an account, oldest first; never more than ten."""
        return [self._passkey(row) for row in self._rows(account_id)]

    def one(self, account_id: str, passkey_id: str) -> Passkey:
        """One of them. Raises: NotFound."""
        found = next((each for each in self.listing(account_id) if each.id == passkey_id), None)
        if found is None:
            raise NotFound
        return found

    def rename(self, account_id: str, passkey_id: str, *, name: str) -> None:
        """Call a passkey something else. Raises: NotFound, BadInput."""
        table = self.accounts.tables.passkey
        sealed = self.accounts.seal(_name(name), context=passkey_place(passkey_id))
        with self.accounts.database.session() as session:
            changed = session.execute(
                update(table)
                .where(table.c.id == passkey_id, table.c.account_id == account_id)
                .values(name=sealed)
                .returning(table.c.id)
            ).first()
            if changed is None:
                raise NotFound

    def remove(self, account_id: str, passkey_id: str, *, password: str, session_token: str | None) -> None:
        """Let a passkey sign nobody in any more; every session but this one ends.

        Raises: NotFound, TooMany, BadInput (field present_password), Conflict for the last where one is required.
        """
        self.one(account_id, passkey_id)
        self.accounts.confirm(account_id, password, field="present_password")
        table, people = self.accounts.tables.passkey, self.accounts.tables.account
        with self.accounts.database.session() as session:
            session.execute(select(people.c.id).where(people.c.id == account_id).with_for_update()).first()
            kept = {row.id for row in session.execute(select(table.c.id).where(table.c.account_id == account_id))}
            if passkey_id not in kept:
                raise NotFound
            if self.accounts.passkeys_required and len(kept) == 1:
                raise Conflict(_("This is your last passkey, and this server asks for one. Add another first."))
            session.execute(delete(table).where(table.c.id == passkey_id))
            self.accounts.sign_out_elsewhere(session, account_id, keep=session_token)
            self._note(session, account_id, "passkey.remove", account_id)

    # -- inside ------------------------------------------------------------------------------------------------

    def _challenge(self, purpose: str, *, account_id: str | None, binding: str) -> bytes:
        """A fresh challenge of 32 random bytes; in the database is its hash, and older ones that ran out go."""
        made, now, table = secrets.token_bytes(32), self.accounts.clock.now(), self.accounts.tables.challenge
        row = {
            "challenge": hashlib.sha256(made).hexdigest(),
            "account_id": account_id,
            "purpose": purpose,
            "bound": digest(binding),
            "expires": now + LASTS,
        }
        with self.accounts.database.session() as session:
            session.execute(delete(table).where(table.c.expires <= now))
            session.execute(insert(table).values(row))
        return made

    def _spend(self, answer: Mapping[str, Any], purpose: str, binding: str) -> tuple[bytes, str | None]:
        """The challenge that `answer` answers, and whose it was. It is gone from here on, whatever comes next.

        Raises: NotValid when it never was, was used, ran out, or was another browser's or for another purpose.
        """
        challenge = challenge_of(answer)
        table = self.accounts.tables.challenge
        with self.accounts.database.session() as session:
            row = session.execute(
                delete(table)
                .where(table.c.challenge == hashlib.sha256(challenge).hexdigest())
                .returning(table.c.purpose, table.c.bound, table.c.expires, table.c.account_id)
            ).first()
        if row is None or (row.purpose, row.bound) != (purpose, digest(binding)):
            raise NotValid("no such challenge")
        if row.expires <= self.accounts.clock.now():
            raise NotValid("the challenge ran out")
        return challenge, row.account_id

    def _row(self, identifier: str) -> Any:
        table, people = self.accounts.tables.passkey, self.accounts.tables.account
        with self.accounts.database.reading() as session:
            return session.execute(
                select(table, people.c.disabled)
                .join(people, people.c.id == table.c.account_id)
                .where(table.c.id == identifier)
            ).first()

    def _owner(self, account_id: str | None) -> Any:
        people = self.accounts.tables.account
        with self.accounts.database.reading() as session:
            return session.execute(select(people.c.id, people.c.disabled).where(people.c.id == account_id)).first()

    def _rows(self, account_id: str) -> Sequence[Any]:
        table = self.accounts.tables.passkey
        with self.accounts.database.reading() as session:
            query = select(table).where(table.c.account_id == account_id)
            return session.execute(query.order_by(table.c.created, table.c.id).limit(MOST)).all()

    def _passkey(self, row: Any) -> Passkey:
        name = self.accounts.unseal(row.name, context=passkey_place(row.id))
        return Passkey(id=row.id, name=name, backed_up=row.backed_up, created=row.created, used=row.used)

    def _note(self, session: Session, actor: str, action: str, account_id: str) -> None:
        audit.append(
            session,
            self._audited,
            at=self.accounts.clock.now(),
            actor=actor,
            action=action,
            object_id=f"{self._prefix}{account_id}",
            detail={},
        )


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_LONGEST:
        raise BadInput(
            _("Give this passkey a name of 1 to %(count)s characters.", count=NAME_LONGEST),
            field="passkey_name",
            remedy=_("For example: my phone."),
        )
    return name


def _not_accepted() -> SignInRequired:
    return SignInRequired(_("This passkey was not accepted. Try once more, or sign in with your password."))


def _not_made() -> BadInput:
    return BadInput(_("The passkey could not be kept. Nothing was added: reload the page and try once more."))
