"""Sends awards to hosts: each at most three times, as the specification asks, and then says what came of it.

The rows are the truth (`issuer.service.rounds`). What goes out is the signed version that counts at that moment, byte
for byte; what was withdrawn in the meantime does not. Where the host lets us, what is corrected later goes out once
more, in the same bounds: whoever asked for the first time is told so, and may end it.

Spec: https://www.imsglobal.org/spec/ob/v3p0#retry-behavior
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.keystore import Keystore
from issuer.service.context import Context
from issuer.service.elsewhere import grants
from issuer.service.elsewhere.answers import LEAVE, SILENT, TAKEN, WITHDRAWN, answer_of, wait_of
from issuer.service.elsewhere.descriptions import PATH
from issuer.service.elsewhere.grants import Client, Declined, Tokens
from issuer.service.rounds import Rounds
from issuer.service.work import Work
from issuer.store import credentials, hosts, tables
from kit.errors import Unavailable
from kit.fetch import Fetcher
from kit.fetch.fetcher import Reply

KIND: Final = "push"
PAUSE: Final = timedelta(minutes=30)
TRIES: Final = 3
ANSWER_SECONDS: Final = 8.0
ANSWER_BYTES: Final = 2 * 1024 * 1024
BUSY: Final = timedelta(seconds=60)
LEAVE_KEPT: Final = timedelta(days=365)
"""How long a correction can be sent by itself after the last time."""
_ANSWERS: Final = ("application/json", "application/vc+ld+json", "application/vc", "application/ld+json", "text/plain",
                   "application/problem+json")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    push_id: str
    host: tables.HostRow
    client: Client
    tokens: Tokens
    sequence: int
    body: bytes


class Pushes:
    """Takes what waits, sends it, and notes the answer."""

    def __init__(self, context: Context, fetcher: Fetcher, work: Work) -> None:
        self._context = context
        self._fetcher = fetcher
        self.rounds = Rounds(KIND, work, is_due=self._is_due, send_one=self.send_one)

    def send_one(self) -> bool:
        """Send what has waited longest; whether there was anything."""
        taken = self._take()
        if taken is None:
            return False
        if isinstance(taken, _Parcel):
            reply, given = self._upsert(taken)
            self._settle(taken, reply, given)
        return True

    def _is_due(self) -> bool:
        with self._context.database.reading() as session:
            return hosts.is_due(session, self._context.clock.now())

    def _take(self) -> _Parcel | str | None:
        """Take one, and count the try before it is made; the id alone of one that is not sent after all."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            row = hosts.take(session, now)
            if row is None:
                return None
            credential = credentials.award(session, row.organisation_id, row.credential_id)
            if credential is None or credential.erased is not None or credential.state not in hosts.HOLDS:
                _end(row, hosts.ENDED, WITHDRAWN)
                row.settled = now
                return row.id
            if row.tries >= TRIES:  # whoever sent it last was killed before the answer was noted
                _end(row, hosts.FAILED, row.answer or SILENT)
                row.settled = now
                return row.id
            signed = credentials.signed(session, row.organisation_id, credential.id, credential.sequence)
            host = hosts.one(session, row.host_id)
            assert signed is not None
            assert host is not None, "kept by a foreign key"
            assert row.access_sealed or row.refresh_sealed, "a push that waits has its token, or what gets one"
            keystore = self._context.keystore
            try:
                opened = Tokens(
                    access=""
                    if row.access_sealed is None
                    else keystore.open_text(row.access_sealed, context=token_context(row.id, "access")),
                    refresh=None
                    if row.refresh_sealed is None
                    else keystore.open_text(row.refresh_sealed, context=token_context(row.id, "refresh")),
                )
                client = client_of(host, keystore)
            except Unavailable:
                row.next_try = now + timedelta(minutes=1)
                return None
            row.tries += 1
            row.busy_until, row.next_try = now + BUSY, now + PAUSE
            return _Parcel(
                push_id=row.id, host=host, client=client, tokens=opened, sequence=credential.sequence, body=signed.body
            )

    def _upsert(self, parcel: _Parcel) -> tuple[Reply, Tokens]:
        """What the host says; where its token has run out, with a new one."""
        reply = self._post(parcel, parcel.tokens.access) if parcel.tokens.access else _NO_TOKEN
        if reply.status != 401 or parcel.tokens.refresh is None:
            return reply, parcel.tokens
        try:
            given = grants.refresh(
                self._fetcher,
                parcel.host.refresh_url,
                client=parcel.client,
                token=parcel.tokens.refresh,
                scope=parcel.host.scope,
            )
        except Declined as declined:  # no leave any more; or nobody is there just now, which says nothing about it
            return (_NOBODY_THERE if declined.passing else reply), parcel.tokens
        return self._post(parcel, given.access), given

    def _post(self, parcel: _Parcel, access: str) -> Reply:
        media_type = "application/json" if parcel.body.lstrip()[:1] == b"{" else "text/plain"
        headers = {
            "Content-Type": media_type,
            "Accept": f"{media_type}, application/json",
            "Authorization": f"Bearer {access}",
        }
        return self._fetcher.ask(
            "POST",
            f"{parcel.host.base_url}{PATH}/credentials",
            headers=headers,
            content=parcel.body,
            media_types=_ANSWERS,
            max_bytes=ANSWER_BYTES,
            seconds=ANSWER_SECONDS,
        )

    def _settle(self, parcel: _Parcel, reply: Reply, given: Tokens) -> None:
        now, answer = self._context.clock.now(), answer_of(reply)
        with self._context.database.session() as session:
            row = hosts.lock(session, parcel.push_id)
            assert row is not None, "pushes are not deleted"
            row.busy_until, row.code = None, reply.status
            if answer in TAKEN:
                # What was ended on its way has no leave any more: its tokens stay erased.
                follows = row.state == hosts.WAITING and row.refresh_sealed is not None
                _end(row, hosts.ARRIVED, answer)
                if follows and given.refresh is not None:
                    seal = self._context.keystore.sealer()
                    row.refresh_sealed = seal(given.refresh, token_context(row.id, "refresh"))
                    self._overtaken(session, row, parcel)
            elif row.tries >= TRIES or (answer == LEAVE and reply.status == 401):
                _end(row, hosts.FAILED, answer)
            elif row.state == hosts.WAITING:  # else it was ended while it was on its way: its tokens stay erased
                row.answer, row.next_try = answer, now + (wait_of(reply, now) or PAUSE)
                if given is not parcel.tokens:
                    self._renew(row, given)
                return
            row.settled = None if row.state == hosts.WAITING else now

    def _renew(self, row: tables.PushRow, given: Tokens) -> None:
        """Keep new tokens for the next try. What is sent once more keeps only its leave, which gets a token again."""
        seal = self._context.keystore.sealer()
        if row.access_sealed is not None or given.refresh is None:
            row.access_sealed = seal(given.access, token_context(row.id, "access"))
        if row.refresh_sealed is not None:
            row.refresh_sealed = (
                None if given.refresh is None else seal(given.refresh, token_context(row.id, "refresh"))
            )

    def forget_old(self) -> None:
        """Forget who did not come back from a host, leaves that nobody used for a year, and those to send what does not
        count any more.
        """
        now = self._context.clock.now()
        with self._context.database.session() as session:
            hosts.forget_attempts(session, now)
            hosts.forget_leaves(session, now - LEAVE_KEPT)

    def _overtaken(self, session: Session, row: tables.PushRow, parcel: _Parcel) -> None:
        """Have it sent once more where it was corrected while the version before was on its way."""
        session.flush()
        credential = credentials.award(session, row.organisation_id, row.credential_id)
        if credential is not None and credential.sequence != parcel.sequence:
            hosts.send_again(session, row.organisation_id, row.credential_id, self._context.clock.now())


def client_of(row: tables.HostRow, keystore: Keystore) -> Client:
    """How this server is known at a host. Raises: Unavailable without the key-encryption key."""
    secret = keystore.open_text(row.client_secret_sealed, context=secret_context(row.id))
    return Client(client_id=row.client_id, secret=secret, expires=row.secret_expires)


def secret_context(host_id: str) -> str:
    """What a client's secret is sealed to."""
    return f"issuer/host/{host_id}/client_secret"


def token_context(push_id: str, name: str) -> str:
    """What a token of a push is sealed to."""
    return f"issuer/push/{push_id}/{name}"


_NO_TOKEN: Final = Reply(status=401, media_type="", body=b"", error=None)
"""As if the host had said that the token has run out: it was thrown away when the award arrived."""

_NOBODY_THERE: Final = Reply(status=0, media_type="", body=b"", error=None)


def _end(row: tables.PushRow, state: str, answer: str) -> None:
    """Settle a push; its tokens are gone from now on."""
    row.state, row.answer, row.next_try = state, answer, None
    row.access_sealed, row.refresh_sealed = None, None
