"""Undoing what a sheet corrected: the award is signed anew with what it said before, under the same id.

What an award said is sealed into the line before it is corrected. It is put back only while the sheet's correction is
the newest version: what somebody said since stands, and so does what cannot be signed any more. ``corrections`` tells
which.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.orm import Session

from issuer.keystore import Keystore
from issuer.service.award_reading import to_draft
from issuer.service.awarding import judging
from issuer.service.awarding.job_views import KIND
from issuer.service.awards import AwardService
from issuer.service.context import Actor, Context, Desk
from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.service.once import InFlight
from issuer.service.organisations import view
from issuer.service.rights import Right
from issuer.store import credentials, jobs, organisations, sheets, tables
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.paging import Page, Window

AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an award said before it was corrected, and which version that was."""

    credential_id: str
    sequence: int
    draft: AwardDraft

    def to_json(self) -> str:
        """Everything, as text to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Earlier":
        """What ``to_json`` wrote."""
        value = json.loads(text)
        draft = value.pop("draft")
        results = tuple(ResultDraft(**each) for each in draft.pop("results"))
        evidence = tuple(EvidenceDraft(**each) for each in draft.pop("evidence"))
        return cls(**value, draft=AwardDraft(**draft, results=results, evidence=evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a job corrected: the row of the sheet, the award, and whether it was put back or stands all the same."""

    number: int
    credential_id: str
    learner_name: str
    state: str


MADE, RESTORED, STANDS = "made", "undone", "stands"


def remember(
    session: Session, keystore: Keystore, sheet_id: str, lines: Sequence[tuple[tables.SheetLineRow, Earlier]]
) -> None:
    """Keep what awards say that are going to be corrected; what was kept by an earlier try stays."""
    seal = keystore.sealer()
    sheets.change_lines(
        session,
        sheet_id,
        [
            {"number": line.number, "before_sealed": seal(earlier.to_json(), _context(sheet_id, line.number))}
            for line, earlier in lines
            if line.before_sealed is None
        ],
    )


class Restoring:
    """Puts back what the lines of a job said before."""

    def __init__(self, context: Context, awards: AwardService) -> None:
        self._context = context
        self._awards = awards

    def step(self, job: tables.JobRow) -> list[dict[str, object]] | None:
        """Put back the next corrections; what becomes of their lines, None when there are no more.

        Raises: Unavailable without a key; then nothing is lost, and it is tried again.
        """
        with self._context.database.reading() as session:
            lines = jobs.corrected(session, job, AT_ONCE)
            slug = organisations.by_id(session, job.organisation_id).slug
            member = organisations.membership(session, slug, job.actor)
        if not lines:
            return None
        desk = None
        if member is not None:
            desk = Desk(organisation=view(member[0]), actor=Actor(user_id=job.actor, name=""), role=member[1])
        changes: list[dict[str, object]] = []
        for line in lines:
            state = self._put_back(desk, job, line)
            if state is not None:
                changes.append({"number": line.number, **state, "before_sealed": None})
        return changes

    def _put_back(self, desk: Desk | None, job: tables.JobRow, line: tables.SheetLineRow) -> dict[str, object] | None:
        """What becomes of the line; None when somebody is at the award just now."""
        assert line.before_sealed is not None, "only such lines are asked for"
        earlier = Earlier.from_json(
            self._context.keystore.open_text(line.before_sealed, context=_context(job.subject, line.number))
        )
        with self._context.database.reading() as session:
            row = credentials.award(session, job.organisation_id, earlier.credential_id)
        if row is None or row.sequence == earlier.sequence:  # it was never corrected
            return {"state": line.state, "codes": line.codes, "credential_id": line.credential_id}
        if row.erased is not None:  # nothing that was said of somebody who was erased comes back
            return {"state": line.state, "codes": line.codes, "credential_id": line.credential_id}
        named: dict[str, object] = {"credential_id": earlier.credential_id}
        undone = {"state": judging.UNDONE, "codes": judging.CORRECTION, **named}
        stands = {"state": judging.AWARDED, "codes": judging.STANDS, **named}
        if to_draft(self._awards.opened(row), earlier.draft.achievement, "") == earlier.draft:
            return undone  # a step before this one did it, or somebody else
        if row.sequence != earlier.sequence + 1 or desk is None or not desk.may(Right.AWARD):
            return stands
        key = f"undo:{job.subject}:{job.part}:{line.number}"
        try:
            self._awards.reissue(desk, earlier.credential_id, earlier.draft, key=key, part_of_more=True)
        except InFlight:
            return None
        except (BadInput, Conflict, NotFound, Refused):
            return stands
        return undone


def corrections(context: Context, desk: Desk, job_id: str, at: Window) -> Page[Correction]:
    """What a job corrected, first what stands although it was undone. Raises: NotFound."""
    with context.database.reading() as session:
        job = jobs.one(session, desk.organisation.id, KIND, job_id[:36])
        if job is None:
            raise NotFound
        rows, total = jobs.corrections(session, job, offset=at.offset, limit=at.size)
    states = {judging.UNDONE: RESTORED}
    items = [
        Correction(
            number=line.number,
            credential_id=award.id.removeprefix("urn:uuid:"),
            learner_name=award.learner_name,
            state=STANDS if line.codes == judging.STANDS else states.get(line.state, MADE),
        )
        for line, award in rows
    ]
    return Page(items=items, number=at.number, size=at.size, total=total)


def _context(sheet_id: str, number: int) -> str:
    return f"issuer/sheet/{sheet_id}/{number}/before"
