"""Addresses of programs that an organisation wants to be told: added, tried, put off, put on again, removed."""

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.couriers import secret_context
from issuer.service.notices import EVENTS, put, ring, trial
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import tables, webhooks
from kit.errors import BadInput, Conflict, NotFound
from kit.fetch import Fetcher
from kit.i18n import _
from kit.paging import Page, Window

MOST: Final = 10
"""Addresses of one organisation: each act is told to all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One address as pages and the API see it. ``problem`` says in a word why it was put off by itself."""

    id: str
    url: str
    events: tuple[str, ...]
    on: bool
    problem: str | None
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice: what was told about what, and how far it is. ``code`` is the last answer's status (0: none)."""

    id: str
    event: str
    object_id: str
    at: datetime
    state: str
    tries: int
    next_try: datetime | None
    tried: datetime | None
    code: int
    problem: str | None


class WebhookService:
    """The desk's side of notices."""

    def __init__(self, context: Context, fetcher: Fetcher) -> None:
        self._context = context
        self._fetcher = fetcher

    def add(self, desk: Desk, *, url: str, events: Sequence[str]) -> tuple[Webhook, str]:
        """Tell this address from now on. Gives the secret, which nobody sees a second time.

        Raises: Refused, BadInput, Conflict when there are ten, Unavailable without the key-encryption key.
        """
        desk.require(Right.SETTINGS)
        address, chosen = self._address(url), _events(events)
        now, webhook_id, secret = self._context.now(), str(uuid.uuid4()), secrets.token_urlsafe(32)
        sealed = self._context.keystore.seal_text(secret, context=secret_context(webhook_id))
        with self._context.database.session() as session:
            _rows, total = webhooks.listing(session, desk.organisation.id, offset=0, limit=1)
            if total >= MOST:
                raise Conflict(_("There are %(most)s addresses already. Remove one that is not needed.", most=MOST))
            row = tables.WebhookRow(
                id=webhook_id,
                organisation_id=desk.organisation.id,
                url=address,
                events=json.dumps(chosen),
                secret_sealed=sealed,
                state=webhooks.ON,
                problem=None,
                busy_until=None,
                rests_until=None,
                created=now,
                created_by=desk.actor.user_id,
            )
            session.add(row)
            session.flush()
            self._record(session, desk, "webhook.add", webhook_id, now)
            return _view(row), secret

    def listing(self, desk: Desk, at: Window) -> Page[Webhook]:
        """One page of the organisation's addresses. Raises: Refused."""
        desk.require(Right.SETTINGS)
        with self._context.database.reading() as session:
            rows, total = webhooks.listing(session, desk.organisation.id, offset=at.offset, limit=at.size)
        return Page(items=[_view(row) for row in rows], number=at.number, size=at.size, total=total)

    def one(self, desk: Desk, webhook_id: str) -> Webhook:
        """One address. Raises: Refused, NotFound."""
        desk.require(Right.SETTINGS)
        with self._context.database.reading() as session:
            return _view(_row(session, desk, webhook_id))

    def stopped(self, desk: Desk) -> int:
        """How many addresses were put off because nothing arrived there. Raises: Refused."""
        desk.require(Right.SETTINGS)
        with self._context.database.reading() as session:
            return webhooks.stopped(session, desk.organisation.id)

    def history(self, desk: Desk, webhook_id: str, at: Window) -> Page[Notice]:
        """One page of what was told to an address, newest first. Raises: Refused, NotFound."""
        desk.require(Right.SETTINGS)
        with self._context.database.reading() as session:
            row = _row(session, desk, webhook_id)
            rows, total = webhooks.history(session, desk.organisation.id, row.id, offset=at.offset, limit=at.size)
        return Page(items=[_notice(each) for each in rows], number=at.number, size=at.size, total=total)

    def change(self, desk: Desk, webhook_id: str, *, events: Sequence[str], on: bool) -> Webhook:
        """Say what an address is told, and whether at all. Put on again, it is sent what waited for it.

        Raises: Refused, NotFound, BadInput.
        """
        desk.require(Right.SETTINGS)
        chosen, now = _events(events), self._context.now()
        with self._context.database.session() as session:
            row = self._locked(session, desk, webhook_id)
            before = (row.state, row.events)
            row.events = json.dumps(chosen)
            if on and row.state == webhooks.OFF:
                row.problem, row.rests_until, row.busy_until = None, None, None
                webhooks.wait_again(session, row.id, now)
                ring(session)
            row.state = webhooks.ON if on else webhooks.OFF
            if not on:
                row.problem = None
            session.flush()
            if before != (row.state, row.events):
                self._record(session, desk, "webhook.change", row.id, now, state=row.state)
            return _view(row)

    def test(self, desk: Desk, webhook_id: str) -> Notice:
        """Send a notice about nothing, once. What came of it is in the history. Raises: Refused, NotFound, Conflict."""
        desk.require(Right.SETTINGS)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._locked(session, desk, webhook_id)
            _is_on(row)
            made = trial(row, now)
            row.rests_until = None
            session.flush()
            put(session, [made])
            found = webhooks.notice(session, desk.organisation.id, row.id, str(made["id"]))
            assert found is not None, "it was stored just now"
            return _notice(found)

    def resend(self, desk: Desk, webhook_id: str, notice_id: str) -> Notice:
        """Send a notice once more, with the same id. Raises: Refused, NotFound, Conflict when the address is off."""
        desk.require(Right.SETTINGS)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._locked(session, desk, webhook_id)
            found = webhooks.notice(session, desk.organisation.id, row.id, notice_id[:36])
            if found is None:
                raise NotFound
            _is_on(row)
            row.rests_until = None
            found.state, found.tries, found.next_try, found.problem = webhooks.WAITING, 0, now, None
            session.flush()
            ring(session)
            return _notice(found)

    def remove(self, desk: Desk, webhook_id: str) -> None:
        """Tell this address nothing any more, and forget what it was told. Raises: Refused, NotFound."""
        desk.require(Right.SETTINGS)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._locked(session, desk, webhook_id)
            webhooks.remove(session, desk.organisation.id, row.id)
            self._record(session, desk, "webhook.remove", row.id, now)

    def _address(self, url: str) -> str:
        address = inputs.web_address(url, "url", required=True, loopback=self._context.settings.loopback)
        if not self._fetcher.takes(address):
            raise BadInput(
                _("Notices cannot be sent to this address."),
                field="url",
                remedy=_("It has to be a public https address, at its usual port, without a name or password in it."),
            )
        return address

    @staticmethod
    def _locked(session: Session, desk: Desk, webhook_id: str) -> tables.WebhookRow:
        _row(session, desk, webhook_id)
        found = webhooks.lock(session, webhook_id)
        if found is None:
            raise NotFound
        return found

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, webhook_id: str, now: datetime, **detail: str) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=webhook_id,
            hook=webhook_id,
            **detail,
        )


def _events(given: Sequence[str]) -> list[str]:
    unknown = [each for each in given if each not in EVENTS]
    if unknown:
        inputs.choice(unknown[0], "events", allowed=tuple(EVENTS))
    chosen = [each for each in EVENTS if each in given]
    if not chosen:
        raise BadInput(_("Nothing was chosen here."), field="events", remedy=_("Choose at least one."))
    return chosen


def _is_on(row: tables.WebhookRow) -> None:
    if row.state != webhooks.ON:
        raise Conflict(_("This address is off. Switch it on again first."))


def _row(session: Session, desk: Desk, webhook_id: str) -> tables.WebhookRow:
    row = webhooks.one(session, desk.organisation.id, webhook_id[:36])
    if row is None or row.id != webhook_id:
        raise NotFound
    return row


def _view(row: tables.WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(json.loads(row.events)),
        on=row.state == webhooks.ON,
        problem=row.problem,
        created=row.created,
    )


def _notice(row: tables.NoticeRow) -> Notice:
    return Notice(
        id=row.id,
        event=row.event,
        object_id=row.object_id,
        at=row.at,
        state=row.state,
        tries=row.tries,
        next_try=row.next_try,
        tried=row.tried,
        code=row.code,
        problem=row.problem,
    )
