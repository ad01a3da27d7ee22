"""When the key-encryption key is lost for good: recovery codes open what their owners may manage, under a new one.

Rules. Codes are made on the account's page; from then on they open the family's keys, too (`recovering`). That a key is
lost is for the operator to say, once, at the command line, with the new key file in place: every account is closed
then, since the sign-in names were kept under the lost key, and everything that families keep stays as it is, closed.
A recovery code, used once, opens it for its family under the new key, with a sign-in name and a password of their
choice. Whoever has no code is invited anew by somebody of the family who has; what nobody has a code for stays closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kit.accounts.passwords import accept
from kit.accounts.values import digest, fold, name_place, passkey_place
from kit.audit import append
from kit.clock import Clock
from kit.codes import ungroup
from kit.db import Database
from kit.errors import BadInput, Conflict
from kit.i18n import _
from kit.limits import Misses
from kit.recovering import Pair, new_pair, open_sealed, open_with_code, seal_under_code
from kit.vault import Vault, VaultError
from wallet import store
from wallet.keystore import place_of_key
from wallet.service.authority import Right
from wallet.service.core import Actor, Tools, open_learner
from wallet.service.people import People
from wallet.service.recovering import keep_in_step
from wallet.service.rewrapping import SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """What a code opened: a session, how many learners, and how many of the family stay closed."""

    token: str
    learners: int
    closed: int


class Recovery:
    """Recovery codes as keys."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people
        self._misses = Misses(tools.clock)

    def codes_made(self, account_id: str, codes: Sequence[str]) -> None:
        """Let fresh recovery codes open what their owner may manage; those from before do not any more."""
        actor = self._people.actor(account_id)
        if actor is None:
            return
        pair = new_pair()
        slots = [(digest(ungroup(code)), *seal_under_code(pair, code)) for code in codes]
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            store.recovery.drop(session, actor.member_id)
            session.add(
                store.RecoveryKey(
                    member_id=actor.member_id, family_id=actor.family_id, public_key=pair.public, made_at=home.now
                )
            )
            session.flush()
            for code, salt, sealed in slots:
                session.add(store.RecoverySlot(code=code, member_id=actor.member_id, salt=salt, sealed=sealed))
            keep_in_step(home)
            home.note("recovery.make", actor.member_id, count=len(codes))

    def codes_left(self, actor: Actor) -> int:
        """How many of a member's codes open the family's keys."""
        with self._tools.database.reading() as session:
            return store.recovery.slots_left(session, actor.member_id)

    def catch_up(self) -> None:
        """Bring every family in step with today: for the daily sweep."""
        with self._tools.database.reading() as session:
            families = store.recovery.families(session)
        for family_id in families:
            with self._tools.database.session() as session:
                family = store.people.family(session, family_id)
                if family is not None and self._tools.keystore.opens(family.wrapped_key):
                    keep_in_step(self._people.open(session, Actor(user_id="", member_id="", family_id=family_id)))

    def anything_closed(self) -> bool:
        """Whether there are accounts that only a recovery code opens."""
        with self._tools.database.reading() as session:
            return store.recovery.closed(session) > 0

    def reopen(self, *, login: str, code: str, password: str, client: str) -> Reopened:
        """Open a family's keys with a recovery code, which is spent.

        Raises: TooMany; BadInput naming the field; Conflict when the sign-in name is taken.
        """
        self._misses.admit(client)
        accounts = self._tools.accounts
        accept(password, login=fold(login))
        stored, hashed = accounts.stored_login(login), accounts.hashed(login=login, password=password)
        with self._tools.database.session() as session:
            pair, account_id = self._pair(session, code, client)
            if accounts.find_by_login(login) is not None:  # said only to somebody with a code, which is not spent by it
                raise Conflict(_("That sign-in name is taken. Choose another."), field="login")
            member = store.people.member_of_user(session, account_id)
            if member is None:
                raise _unknown()
            actor = Actor(user_id=account_id, member_id=member.id, family_id=member.family_id)
            opened = self._open_all(session, actor, pair)
            home = self._people.open(session, actor)
            sealed = accounts.seal(home.member_name(member.id), context=name_place(account_id))
            store.recovery.reopen(session, account_id, login=stored, password=hashed, name=sealed)
            home.note("recovery.use", member.id, count=opened)
            learners = store.people.learners(session, actor.family_id)
            closed = sum(not self._tools.keystore.opens(row.wrapped_key) for row in learners)
            token = accounts.open_session(session, account_id)
        return Reopened(token=token, learners=opened, closed=closed)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _pair(self, session: Session, code: str, client: str) -> tuple[Pair, str]:
        """The pair that a code opens, and whose it is; the code is spent. Raises: BadInput."""
        slot = store.recovery.slot(session, digest(ungroup(code)))
        key = session.get(store.RecoveryKey, slot.member_id) if slot is not None else None
        if slot is None or key is None:
            self._misses.missed(client)
            raise _unknown()
        try:
            pair = open_with_code(key.public_key, slot.salt, slot.sealed, code)
        except VaultError:
            raise _unknown() from None
        account_id = store.recovery.spend(session, slot.code)
        row = store.recovery.account(session, account_id) if account_id else None
        if row is None:
            raise _unknown()
        if not row.login.startswith(store.recovery.CLOSED):
            raise BadInput(
                _("This account is open."),
                field="code",
                remedy=_("If you forgot the password, use the page for a forgotten one. The code was not spent."),
            )
        return pair, row.id

    def _open_all(self, session: Session, actor: Actor, pair: Pair) -> int:
        """Wrap under the present key what was sealed for a pair and its owner may manage; how many learners."""
        keystore, count = self._tools.keystore, 0
        family = store.people.family(session, actor.family_id)
        wraps = {one.learner_id: one.sealed for one in store.recovery.wraps(session, actor.member_id)}
        if family is None or "" not in wraps:
            raise _unknown()
        if not keystore.opens(family.wrapped_key):
            key = open_sealed(pair, wraps[""], context=place_of_key(family.id, ""))
            family.wrapped_key = keystore.adopt(key, family.id, "")
        today = self._tools.clock.now().date()
        for row in store.people.learners(session, family.id):
            if keystore.opens(row.wrapped_key) or row.id not in wraps:
                continue
            before = row.wrapped_key
            key = open_sealed(pair, wraps[row.id], context=place_of_key(family.id, row.id))
            row.wrapped_key = keystore.adopt(key, family.id, row.id)
            if Right.MANAGE in open_learner(self._tools, session, row, actor.member_id, today).rights:
                count += 1
            else:
                row.wrapped_key = before
        session.flush()
        return count


def replace_lost_key(database: Database, vault: Vault, clock: Clock) -> int:
    """Say that the key-encryption key is lost for good: the present one takes its place; how many accounts were closed.

    Raises: VaultError when nothing is lost.
    """
    now = clock.now()
    with database.session() as session:
        vault.replace_lost(session, store.VAULT, at=now)
        accounts = store.recovery.ids(session, passkeys=False)
        for account_id in accounts:
            name = vault.seal(b"", context=name_place(account_id).encode())
            store.recovery.close_account(session, account_id, name=name)
        for passkey_id in store.recovery.ids(session, passkeys=True):
            name = vault.seal(b"passkey", context=passkey_place(passkey_id).encode())
            store.recovery.rename_passkey(session, passkey_id, name=name)
        detail = {"count": len(accounts)}
        append(session, store.AUDIT, at=now, actor=SYSTEM, action="key.lost", object_id=vault.key_id, detail=detail)
        return len(accounts)


def _unknown() -> BadInput:
    return BadInput(
        _("This code opens nothing here, or it was used already."),
        field="code",
        remedy=_("Type it as it is written; each works once. Without one, ask whoever else of your family has some."),
    )
