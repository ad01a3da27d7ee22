"""Asking for a second person, seeing what waits, and saying yes or no to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.approvals.acts import Act, Request
from issuer.service.context import Actor, Context, Desk
from issuer.service.once import reused
from issuer.service.organisations import view
from issuer.service.rights import Right
from issuer.service.second_person import (
    ASKED,
    EXPIRED,
    GRANTED,
    INVITING,
    JOB,
    REFUSED,
    WITHDRAWN,
    Decided,
    Granting,
    SecondPersonWanted,
    ask,
    asks_for,
    expire,
    note,
    own_request,
    said_in,
)
from issuer.service.work import Work
from issuer.store import approvals, jobs, organisations, tables
from kit.errors import Conflict, NotFound, Refused
from kit.i18n import _
from kit.jobs import Run
from kit.paging import Page, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Something that somebody asked for. ``about`` is what it needs, as long as it waits and where one is looked at.

    ``mine`` when whoever looks asked for it; ``answer`` are the words of whoever decided; ``outcome`` names what came
    of it: an award, a job, a key, an account.
    """

    id: str
    kind: str
    act: str
    subject: str
    asked_by: str
    asked: datetime
    expires: datetime
    state: str
    decided_by: str | None
    decided: datetime | None
    outcome: str | None
    mine: bool
    about: Mapping[str, Any] | None
    answer: str

    @property
    def waits(self) -> bool:
        """Whether it can still be decided."""
        return self.state == ASKED


class ApprovalService:
    """Asks where somebody else has to agree, and does what was agreed to."""

    def __init__(
        self,
        context: Context,
        acts: Mapping[str, Act],
        work: Work,
        *,
        turn_down: Callable[[Session, str, datetime], Run | None],
    ) -> None:
        self._context = context
        self._acts = acts
        self._work = work
        self._turn_down = turn_down

    def do(self, desk: Desk, request: Request) -> Any:
        """Do it, and give back what the act gives; or else ask for it, and give back the ``Approval`` that waits.

        Raises: what the act raises; Conflict when nobody else could approve, somebody refused this very request, or
        something else about the same thing waits; BadInput for another request under the same key.
        """
        desk.require(Right.SEE)
        act = self._acts[request.act]
        try:
            return act.perform(desk, request.about, None)
        except SecondPersonWanted:
            pass
        now = self._context.now()
        with self._context.database.session() as session:
            if request.act in _ONCE:
                before = approvals.newest(session, desk.organisation.id, request.act, request.subject)
                if before is not None and self._state(before, now) != ASKED:
                    raise Conflict(_("This very request was decided before. Ask anew."))
                if before is not None and not asks_for(self._context.keystore, before, request.about):
                    raise reused()
            row = ask(
                session,
                self._context.keystore,
                desk,
                kind=act.kind,
                act=request.act,
                subject=request.subject,
                about=request.about,
                now=now,
            )
            return self._view(desk, row, now)

    def one(self, desk: Desk, approval_id: str) -> Approval:
        """One, with everything that was asked for while it waits. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.APPROVE)
        with self._context.database.reading() as session:
            row = approvals.one(session, desk.organisation.id, approval_id[:36])
        if row is None:
            raise NotFound
        return self._view(desk, row, self._context.now(), opened=True)

    def listing(self, desk: Desk, at: Window, *, waiting: bool) -> Page[Approval]:
        """One page of what waits, oldest first, or of what was decided, newest first. Raises: Refused."""
        desk.require(Right.APPROVE)
        now = self._context.now()
        with self._context.database.reading() as session:
            rows, total = approvals.listing(
                session, desk.organisation.id, waiting=waiting, offset=at.offset, limit=at.size
            )
        return Page(items=[self._view(desk, row, now) for row in rows], number=at.number, size=at.size, total=total)

    def waiting(self, desk: Desk) -> int:
        """How many wait for whoever looks. Raises: Refused."""
        desk.require(Right.APPROVE)
        with self._context.database.reading() as session:
            return approvals.waiting_for(session, desk.organisation.id, desk.actor.user_id, self._context.now())

    def decide(self, desk: Desk, approval_id: str, *, granted: bool, words: str = "") -> Approval:
        """Say yes, and it is done in the name of whoever asked; or no. Whoever asked may only take it back.

        The same decision again changes nothing. Raises: Refused, NotFound, BadInput, Conflict when it was decided
        otherwise or ran out; for a yes also what the act raises, and then it still waits.
        """
        desk.require(Right.APPROVE)
        answer = inputs.paragraph(words, "words", required=False, longest=2000)
        found = self.one(desk, approval_id)
        if not found.waits:
            return self._repeated(found, granted=granted)
        place = f"{_place(found.id)}/answer"
        sealed = self._context.keystore.seal_text(answer, context=place) if answer else None
        try:
            if granted:
                self._grant(desk, found, sealed)
            else:
                self._refuse(desk, found, sealed)
        except Decided:
            return self._repeated(self.one(desk, found.id), granted=granted)
        return self.one(desk, found.id)

    def forget_old(self) -> int:
        """Close what nobody decided in time, in all organisations; how many. At each start."""
        with self._context.database.session() as session:
            return expire(session, self._context.now())

    def _grant(self, desk: Desk, found: Approval, sealed: bytes | None) -> None:
        if found.mine:
            raise own_request()
        assert found.about is not None, "it waits"
        granting = Granting(approval_id=found.id, actor=desk.actor, answer_sealed=sealed)
        asker = self._asker(desk, found)
        try:
            self._acts[found.act].perform(asker, found.about, granting)
        except Refused as error:
            raise Conflict(_("Whoever asked for this may not do it any more. Refuse it.")) from error
        now = self._context.now()
        with self._context.database.session() as session:
            row = approvals.lock(session, found.id)
            assert row is not None, "approvals are not deleted"
            if row.state == ASKED:
                # It was done before, by the same request: nothing was left to do but to say so.
                granting.settle(session, now)

    def _refuse(self, desk: Desk, found: Approval, sealed: bytes | None) -> None:
        now, run = self._context.now(), None
        with self._context.database.session() as session:
            if found.act == JOB:
                jobs.lock(session, found.subject)  # in the same order as whoever agrees
            row = approvals.lock(session, found.id)
            if row is None or row.state != ASKED:
                raise Decided
            row.state = WITHDRAWN if found.mine else REFUSED
            row.decided_by, row.decided, row.about_sealed, row.answer_sealed = desk.actor.user_id, now, None, sealed
            if row.act == JOB:
                run = self._turn_down(session, row.subject, now)
            elif row.act == INVITING:
                organisations.withdraw_invitation(session, row.organisation_id, row.subject)
            note(
                session,
                row,
                action="approval.withdraw" if found.mine else "approval.refuse",
                actor=desk.actor.user_id,
                now=now,
            )
        if run is not None:
            self._work.enqueue(run)

    @staticmethod
    def _repeated(found: Approval, *, granted: bool) -> Approval:
        if found.state == GRANTED if granted else found.state in {REFUSED, WITHDRAWN}:
            return found
        raise Decided

    def _asker(self, desk: Desk, found: Approval) -> Desk:
        """The desk of whoever asked, with the role that they have now. Raises: Conflict when they are gone."""
        with self._context.database.reading() as session:
            member = organisations.membership(session, desk.organisation.slug, found.asked_by)
            able = organisations.able(session, [found.asked_by])
        if member is None or not able:
            raise Conflict(_("Whoever asked for this does not work here any more. Refuse it."))
        return Desk(organisation=view(member[0]), actor=Actor(user_id=found.asked_by, name=""), role=member[1])

    @staticmethod
    def _state(row: tables.ApprovalRow, now: datetime) -> str:
        return EXPIRED if row.state == ASKED and row.expires <= now else row.state

    def _view(self, desk: Desk, row: tables.ApprovalRow, now: datetime, *, opened: bool = False) -> Approval:
        state = self._state(row, now)
        keystore, place = self._context.keystore, _place(row.id)
        return Approval(
            id=row.id,
            kind=row.kind,
            act=row.act,
            subject=row.subject,
            asked_by=row.asked_by,
            asked=row.asked,
            expires=row.expires,
            state=state,
            decided_by=row.decided_by,
            decided=row.decided,
            outcome=row.outcome,
            mine=row.asked_by == desk.actor.user_id,
            about=said_in(keystore, row) if opened and state == ASKED and row.about_sealed else None,
            answer=keystore.open_text(row.answer_sealed, context=f"{place}/answer") if row.answer_sealed else "",
        )


_ONCE = frozenset({"award", "correction", "withdrawal"})
"""The acts whose requests carry a key of their own: what was decided about one is not asked again."""


def _place(approval_id: str) -> str:
    return f"issuer/approval/{approval_id}"
