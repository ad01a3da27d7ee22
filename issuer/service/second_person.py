"""What needs a second person, and the decision that is stored in the transaction of the act it allows.

A service asks ``agreed`` in the transaction in which it acts. Where the organisation wants two people and nobody else
has agreed, that raises ``SecondPersonWanted``, so whichever road an act comes by, nothing is done; roads that can ask
(``ApprovalService.do``) ask then. With a ``Granting`` the decision is stored together with the act: a crash leaves both
or neither, and of two people who agree at once one is too late.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.keystore import Keystore
from issuer.service.context import SYSTEM, Actor, Desk
from issuer.service.organisation_settings import settings_of
from issuer.service.recording import record
from issuer.service.rights import ROLE_RIGHTS, Right
from issuer.store import approvals, credentials, tables
from kit.errors import Conflict, Refused
from kit.i18n import Message, _

AWARD, SHEET, KEYS, COMPROMISE, PEOPLE = "award", "sheet", "keys", "compromise", "people"
WITHDRAWALS, CLOSE = "withdrawals", "close"
CHOICES: Final = (AWARD, SHEET, KEYS, COMPROMISE, PEOPLE, WITHDRAWALS, CLOSE)
SETTINGS: Final = "settings"
"""To want fewer things approved is approved itself, or else the others would mean nothing."""

INVITING: Final = "invitation"
WITHDRAWING: Final = "withdrawal"
JOB: Final = approvals.JOB
"""Acts that are asked for by what they are about: an invitation that is made already, a job that is."""

ASKED, GRANTED, REFUSED, WITHDRAWN, EXPIRED = approvals.ASKED, "granted", "refused", "withdrawn", "expired"
LASTS: Final = timedelta(days=14)
APPROVERS: Final = tuple(role for role, rights in ROLE_RIGHTS.items() if Right.APPROVE in rights)


class SecondPersonWanted(Conflict):
    """Somebody else has to agree first, and this road cannot ask."""

    kind = "second-person"
    words = _("Somebody else has to agree")

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("At %(name)s somebody else has to agree to this first.", name=desk.organisation.name))


class Decided(Conflict):
    """It was decided, taken back or ran out in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("This was decided in the meantime. Look at it again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """Somebody's yes, on its way into the transaction of the act."""

    approval_id: str
    actor: Actor
    answer_sealed: bytes | None

    def settle(self, session: Session, now: datetime, *, outcome: str = "") -> None:
        """Store the decision. Raises: Decided, Refused for whoever asked."""
        row = approvals.lock(session, self.approval_id)
        if row is None or row.state != ASKED or row.expires <= now:
            raise Decided
        if row.asked_by == self.actor.user_id:
            raise own_request()
        row.state, row.decided_by, row.decided = GRANTED, self.actor.user_id, now
        row.about_sealed, row.answer_sealed, row.outcome = None, self.answer_sealed, outcome[:200] or None
        session.flush()
        note(session, row, "approval.grant", self.actor.user_id, now)


def own_request() -> Refused:
    """What whoever asked is told."""
    return Refused(_("You asked for this yourself. Somebody else has to approve it."))


def needs(session: Session, desk: Desk, kind: str) -> bool:
    """Whether this organisation wants a second person for this. What the operator's command line does needs none."""
    wanted = settings_of(session, desk.organisation.id).second_person
    if desk.actor.user_id == SYSTEM:
        return False
    if kind == SETTINGS:
        return bool(wanted)
    return kind in wanted or (kind == SHEET and AWARD in wanted)


def agreed(
    session: Session, desk: Desk, kind: str, granting: Granting | None, *, now: datetime, outcome: str = ""
) -> None:
    """Return when this may be done: it needs nobody else, or this is somebody else's yes, which is stored.

    Raises: SecondPersonWanted, Decided, Refused.
    """
    if granting is not None:
        granting.settle(session, now, outcome=outcome)
    elif needs(session, desk, kind):
        raise SecondPersonWanted(desk)


def others(session: Session, desk: Desk, *, but: str) -> int:
    """How many people here could approve what this person asks for."""
    return approvals.others_able(session, desk.organisation.id, APPROVERS, but=but)


def keep_two(session: Session, desk: Desk, *, without: str) -> None:
    """Return when two people who may approve would be left without this one, or nothing needs two. Raises: Conflict."""
    if needs(session, desk, SETTINGS) and others(session, desk, but=without) < 2:
        raise Conflict(
            _("Two people have to agree here, and then there would be one. Invite somebody first, or switch that off.")
        )


def ask(
    session: Session,
    keystore: Keystore,
    desk: Desk,
    *,
    kind: str,
    act: str,
    subject: str,
    about: Mapping[str, Any],
    now: datetime,
) -> tables.ApprovalRow:
    """Ask for it in the caller's transaction; when the very same is open, that is given back instead.

    Raises: Conflict when nobody else could approve, or something else about the same thing is open.
    """
    if not others(session, desk, but=desk.actor.user_id):
        raise Conflict(nobody_else())
    expire(session, now, desk.organisation.id)
    approval_id = str(uuid.uuid4())
    made = credentials.insert_if_new(
        session,
        tables.ApprovalRow,
        id=approval_id,
        organisation_id=desk.organisation.id,
        kind=kind,
        act=act,
        subject=subject,
        about_sealed=keystore.seal_text(json.dumps(about, ensure_ascii=False), context=_about_context(approval_id)),
        asked_by=desk.actor.user_id,
        asked=now,
        expires=now + LASTS,
        state=ASKED,
    )
    if not made:
        open_ = approvals.newest(session, desk.organisation.id, act, subject)
        assert open_ is not None, "it was there when this one was stored"
        if not asks_for(keystore, open_, about):
            raise Conflict(
                _("Something else about this waits for a second person. Have that decided first, or take it back.")
            )
        return open_
    row = approvals.one(session, desk.organisation.id, approval_id)
    assert row is not None, "it was stored just now"
    note(session, row, "approval.ask", desk.actor.user_id, now)
    return row


def said_in(keystore: Keystore, row: tables.ApprovalRow) -> Mapping[str, Any]:
    """All that was asked for, while it is kept; nothing afterwards. Raises: Unavailable."""
    if row.about_sealed is None:
        return {}
    found: Mapping[str, Any] = json.loads(keystore.open_text(row.about_sealed, context=_about_context(row.id)))
    return found


def asks_for(keystore: Keystore, row: tables.ApprovalRow, about: Mapping[str, Any]) -> bool:
    """Whether the very same was asked for. Raises: Unavailable."""
    return bool(said_in(keystore, row) == json.loads(json.dumps(about)))


def _about_context(approval_id: str) -> str:
    return f"issuer/approval/{approval_id}/about"


def nobody_else() -> Message:
    """What is said where one person is alone."""
    return _("Nobody else here may approve. Invite a second person first.")


def expire(session: Session, now: datetime, organisation_id: str | None = None) -> int:
    """Close what nobody decided in time, and erase what it needed; how many. A job's own is closed by the job."""
    rows = approvals.overdue(session, now, organisation_id)
    for row in rows:
        expire_one(session, row, now)
    return len(rows)


def expire_one(session: Session, row: tables.ApprovalRow | None, now: datetime) -> None:
    """Close one that is still open, because nobody decided it in time."""
    if row is not None and row.state == ASKED:
        approvals.close(session, row, state=EXPIRED, by=SYSTEM, now=now)
        note(session, row, "approval.expire", SYSTEM, now)


def withdraw_open(session: Session, desk: Desk, act: str, subject: str, now: datetime) -> None:
    """Close what is open about something that is taken back by itself."""
    row = approvals.newest(session, desk.organisation.id, act, subject)
    if row is not None and row.state == ASKED:
        approvals.close(session, row, state=WITHDRAWN, by=desk.actor.user_id, now=now)
        note(session, row, "approval.withdraw", desk.actor.user_id, now)


def note(session: Session, row: tables.ApprovalRow, action: str, actor: str, now: datetime) -> None:
    """Record an act about an approval, in its transaction."""
    record(
        session,
        at=now,
        actor=actor,
        action=action,
        organisation_id=row.organisation_id,
        object_id=row.id,
        kind=row.act,
    )
