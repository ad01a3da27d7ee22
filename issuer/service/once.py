"""A request that signs something, done once for its key: whoever sends it again gets the same bytes.

The key is stored in the transaction that freezes the intent, the answer in the one that keeps what was signed. So a
crash in between is finished by the retry, and an answer that got lost is given again.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Organisation
from issuer.service.issuance import Completion, Issuance
from issuer.store import credentials, tables
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import Message, _

LONGEST_KEY: Final = 200


class InFlight(Conflict):
    """The same request is being done at this moment; ask again in a second."""

    kind = "in-flight"

    @property
    def headers(self) -> dict[str, str]:
        """``Retry-After``, in seconds."""
        return {"Retry-After": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to an award: always the same bytes for the same key. ``repeated`` when it was given before."""

    status: int
    body: bytes
    repeated: bool

    @property
    def value(self) -> dict[str, Any]:
        """The answer as data: ``id``, ``claim``, …"""
        found: dict[str, Any] = json.loads(self.body)
        return found


class Once:
    """Does each request once. Every service that signs upon a request has one of its own."""

    def __init__(self, context: Context, issuance: Issuance) -> None:
        self._context = context
        self._issuance = issuance
        self._in_flight: dict[tuple[str, str], tuple[str, object]] = {}
        self._lock = threading.Lock()

    def answer(
        self, organisation: Organisation, key: str, request_hash: str, freeze: Callable[[Session, datetime], str]
    ) -> Answer:
        """The answer to a request; ``freeze`` stores its intent, whose id it returns, and is called for a new key only.

        Raises: BadInput (also for another request under the same key), InFlight, Unavailable; what ``freeze`` raises.
        """
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        mine, ticket = (organisation.id, key), (request_hash, object())
        with self._lock:
            other = self._in_flight.setdefault(mine, ticket)
        if other is not ticket:
            raise InFlight(_("This is being done already. Wait a moment.")) if other[0] == request_hash else reused()
        try:
            return self._do(organisation, key, request_hash, freeze)
        finally:
            with self._lock:
                self._in_flight.pop(mine, None)

    def earlier(self, organisation: Organisation, key: str) -> Answer | None:
        """The answer to whatever request came first under this key, finished where a crash left it; None for none.

        Raises: BadInput where it came to nothing, InFlight, Unavailable.
        """
        with self._context.database.reading() as session:
            known = credentials.idempotency(session, organisation.id, key)
        if known is None:
            return None
        return self.answer(organisation, key, known.request_hash, _nothing_new)

    def keep(self, done: Completion, answer: Mapping[str, Any]) -> None:
        """Store the answer to the request behind an intent, in the transaction that keeps what was signed."""
        key = done.intent.idempotency_key
        assert key is not None, "only what a request waits for has an answer"
        text = json.dumps(answer, ensure_ascii=False)
        sealed = self._context.keystore.seal_text(text, context=answer_context(done.organisation.id, key))
        credentials.answer_idempotency(done.session, done.organisation.id, key, status=201, response_sealed=sealed)

    def _do(
        self, organisation: Organisation, key: str, request_hash: str, freeze: Callable[[Session, datetime], str]
    ) -> Answer:
        with self._context.database.reading() as session:
            known = credentials.idempotency(session, organisation.id, key)
        if known is None:
            self._issuance.ready(organisation)
            known = self._begin(organisation, key, request_hash, freeze)
        if known.request_hash != request_hash:
            raise reused()
        repeated = known.status is not None
        if not repeated:
            assert known.intent_id is not None, "the first transaction stores key and intent together"
            self._issuance.finish(known.intent_id)
            with self._context.database.reading() as session:
                found = credentials.idempotency(session, organisation.id, key)
            assert found is not None, "the second transaction stores the answer"
            known = found
        assert known.status is not None
        assert known.response_sealed is not None
        text = self._context.keystore.open_text(known.response_sealed, context=answer_context(organisation.id, key))
        return Answer(status=known.status, body=text.encode(), repeated=repeated)

    def _begin(
        self, organisation: Organisation, key: str, request_hash: str, freeze: Callable[[Session, datetime], str]
    ) -> tables.IdempotencyRow:
        now = self._context.now()
        with self._context.database.session() as session:
            fresh = credentials.insert_if_new(
                session,
                tables.IdempotencyRow,
                organisation_id=organisation.id,
                key=key,
                request_hash=request_hash,
                created=now,
            )
            row = credentials.idempotency(session, organisation.id, key)
            assert row is not None
            if fresh:
                row.intent_id = freeze(session, now)
                session.flush()
            return row


def _nothing_new(_session: Session, _now: datetime) -> str:
    raise AssertionError("the key is there, and keys are not deleted while they are asked for")


def reused(remedy: Message | None = None) -> RequestError:
    """What is said to another request under the same key; ``remedy`` where it is not about issuing."""
    return BadInput(
        _("This key was used before, for another request."),
        field="Idempotency-Key",
        remedy=remedy or _("Use a new key for a new request. Nothing was issued."),
        kind="idempotency-key-reused",
    )


def answer_context(organisation_id: str, key: str) -> str:
    """What a stored answer is bound to."""
    return f"issuer/idempotency/{organisation_id}/{key}"
