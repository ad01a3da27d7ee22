"""Sends notices: at least once, by the engine of jobs, again and again for a day and a half, and then no more.

The rows are the truth (`issuer.service.rounds`). Everything goes out through the guard (`kit.fetch`), so an address
that somebody typed leads to no neighbour of this server. The answer's body is not kept.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from issuer.service.context import SYSTEM, Context
from issuer.service.notices import TEST, WAKE, body_of, named_in, signature
from issuer.service.recording import record
from issuer.service.rounds import Rounds
from issuer.service.work import Work
from issuer.store import webhooks
from kit import log
from kit.errors import Unavailable
from kit.fetch import Fetcher
from kit.fetch.fetcher import Reply

KIND: Final = "webhook"
PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""After the first try and each one that failed; when the last one fails too, the address is put off."""

ANSWER_SECONDS: Final = 5.0
ANSWER_BYTES: Final = 16 * 1024
REST: Final = timedelta(minutes=1)
"""How long an address that did not answer at all is left alone, so that it holds up nobody else's notices."""

BUSY: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=30)
REFUSED, NO_ANSWER = "refused", "no-answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    """One notice on its way."""

    notice_id: str
    webhook_id: str
    url: str
    body: bytes
    signature: str


class Couriers:
    """Takes notices from the outbox and sends them."""

    def __init__(self, context: Context, fetcher: Fetcher, work: Work) -> None:
        self._context = context
        self._fetcher = fetcher
        self.rounds = Rounds(KIND, work, is_due=self._is_due, send_one=self.send_one)
        context.database.engine.update_execution_options(**{WAKE: self.rounds.wake})

    def send_one(self) -> bool:
        """Send the notice that has waited longest; whether there was one."""
        parcel = self._take()
        if parcel is None:
            return False
        headers = {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "Satchel-Delivery": parcel.notice_id,
            "Satchel-Signature": parcel.signature,
        }
        reply = self._fetcher.ask(
            "POST",
            parcel.url,
            headers=headers,
            content=parcel.body,
            media_types=None,
            max_bytes=ANSWER_BYTES,
            seconds=ANSWER_SECONDS,
        )
        self._settle(parcel, reply)
        return True

    def forget_old(self) -> int:
        """Delete what was told more than a month ago; how many. At each start."""
        with self._context.database.session() as session:
            return webhooks.forget(session, self._context.clock.now() - KEPT)

    def _is_due(self) -> bool:
        with self._context.database.reading() as session:
            return webhooks.is_due(session, self._context.clock.now())

    def _take(self) -> _Parcel | None:
        """Take a notice, and count the try before it is made: one that kills us is tried ever less often."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            found = webhooks.take(session, now)
            if found is None:
                return None
            notice, hook = found
            try:
                secret = self._context.keystore.open_text(hook.secret_sealed, context=secret_context(hook.id))
            except Unavailable:
                hook.rests_until = now + REST
                return None
            hook.busy_until = now + BUSY
            notice.tries += 1
            notice.tried, notice.next_try = now, now + PAUSES[min(notice.tries, len(PAUSES)) - 1]
            body = body_of(notice, named_in(session, notice))
            return _Parcel(
                notice_id=notice.id,
                webhook_id=hook.id,
                url=hook.url,
                body=body,
                signature=signature(secret, body, now),
            )

    def _settle(self, parcel: _Parcel, reply: Reply) -> None:
        now = self._context.clock.now()
        with self._context.database.session() as session:
            hook = webhooks.lock(session, parcel.webhook_id)
            notice = (
                None
                if hook is None
                else webhooks.notice(session, hook.organisation_id, parcel.webhook_id, parcel.notice_id)
            )
            if hook is None or notice is None:
                return  # removed while it was on its way
            hook.busy_until = None
            notice.code = reply.status
            if 200 <= reply.status < 300:
                notice.state, notice.next_try, notice.problem = webhooks.SENT, None, None
                hook.rests_until = None
                return
            notice.problem = REFUSED if reply.status else NO_ANSWER
            if not reply.status:
                hook.rests_until = now + REST
            if notice.event == TEST:
                notice.state, notice.next_try = webhooks.FAILED, None
            elif notice.tries > len(PAUSES):
                notice.state, notice.next_try = webhooks.FAILED, None
                hook.state, hook.problem = webhooks.OFF, notice.problem
                log.write("issuer", "webhook put off", reason=notice.problem)
                record(
                    session,
                    at=now,
                    actor=SYSTEM,
                    action="webhook.stop",
                    organisation_id=hook.organisation_id,
                    object_id=hook.id,
                    hook=hook.id,
                )


def secret_context(webhook_id: str) -> str:
    """What the secret of an address is sealed to."""
    return f"issuer/webhook/{webhook_id}/secret"
