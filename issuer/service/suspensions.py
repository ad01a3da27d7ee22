"""Pausing an award and lifting the pause: what is not certain just now, and may be put right.

Only an award that was made with a place in a list of suspensions can be paused (its achievement says so). Whoever
checks a paused award is told so, by whom and since when; why is for the desk alone. Lifting leaves nothing in the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.credentials import Credential, view_credential
from issuer.service.issuance import Issuance
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.status_lists import StatusListService
from issuer.store import credentials, suspensions, tables
from kit.errors import Conflict, NotFound, Unavailable
from kit.i18n import _

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One pause of an award. ``reason`` is empty where none is known; ``lifted`` where it goes on."""

    since: datetime
    by: str
    reason: str
    lifted: datetime | None
    lifted_by: str | None


class SuspensionService:
    """Pauses awards of one organisation at a time."""

    def __init__(self, context: Context, lists: StatusListService, issuance: Issuance) -> None:
        self._context = context
        self._lists = lists
        self._issuance = issuance

    def suspend(self, desk: Desk, credential_uuid: str, *, reason: str | None) -> Credential:
        """Pause an award; the published list shows it within a second.

        ``reason`` is for this desk alone; None only where a program gives none. Pausing again changes nothing.
        Raises: Refused, NotFound, BadInput, Conflict for an award that was withdrawn or made without the possibility,
        Unavailable.
        """
        desk.require(Right.WITHDRAW)
        words = None
        if reason is not None:
            words = inputs.paragraph(reason, "reason", required=True, longest=LONGEST_REASON)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk, credential_uuid)
            if not self._lists.pausable(session, row.id):
                raise Conflict(_("This award was made without a pause. Withdraw it, or award it anew."))
            if row.state == "revoked":
                raise Conflict(_("This award was withdrawn. There is nothing left to pause."))
            if row.suspended is not None:
                return view_credential(row)
            self._lists.turn(session, row.id, suspended=True, at=now)
            sealed = None
            if words is not None:
                sealed = self._context.keystore.seal_text(words, context=_reason_context(row.id))
            suspensions.begin(session, row, since=now, by=desk.actor.user_id, reason=sealed)
            self._record(session, desk, "credential.suspend", row.id, now)
            session.flush()
            view = view_credential(row)
        self._publish(desk)
        return view

    def lift(self, desk: Desk, credential_uuid: str) -> Credential:
        """End the pause of an award: it counts again. Lifting again changes nothing.

        Raises: Refused, NotFound, Conflict for an award that was withdrawn, Unavailable.
        """
        desk.require(Right.WITHDRAW)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk, credential_uuid)
            if row.state == "revoked":
                raise Conflict(_("This award was withdrawn, and that stays."))
            if row.suspended is None:
                return view_credential(row)
            self._lists.turn(session, row.id, suspended=False, at=now)
            suspensions.end(session, row, lifted=now, by=desk.actor.user_id)
            self._record(session, desk, "credential.lift", row.id, now)
            session.flush()
            view = view_credential(row)
        self._publish(desk)
        return view

    def pausable(self, desk: Desk, credential_uuid: str) -> bool:
        """Whether an award can be paused. Raises: NotFound."""
        desk.require(Right.SEE)
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid, lock=False)
            return row.state != "revoked" and self._lists.pausable(session, row.id)

    def history(self, desk: Desk, credential_uuid: str) -> Sequence[Pause]:
        """The pauses of an award, oldest first, with their reasons. Raises: NotFound, Unavailable."""
        desk.require(Right.SEE)
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid, lock=False)
            rows = suspensions.of_credential(session, desk.organisation.id, row.id)
        return [
            Pause(
                since=found.since,
                by=found.suspended_by,
                reason=""
                if found.reason_sealed is None
                else self._context.keystore.open_text(found.reason_sealed, context=_reason_context(row.id)),
                lifted=found.lifted,
                lifted_by=found.lifted_by,
            )
            for found in rows
        ]

    def _publish(self, desk: Desk) -> None:
        try:
            self._lists.refresh(desk.organisation.id)
        except Unavailable:
            # The bit is stored; the list is signed anew at the first reading that can.
            return

    def _row(self, session: Session, desk: Desk, credential_uuid: str, *, lock: bool = True) -> tables.CredentialRow:
        find = credentials.lock_award if lock else credentials.award
        row = find(session, desk.organisation.id, f"urn:uuid:{credential_uuid.removeprefix('urn:uuid:')}"[:45])
        if row is None or row.state not in credentials.VISIBLE:
            raise NotFound
        return row

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, credential_id: str, now: datetime) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=credential_id,
        )


def _reason_context(credential_id: str) -> str:
    return f"issuer/credential/{credential_id}/suspension"
