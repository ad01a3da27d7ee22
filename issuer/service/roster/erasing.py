"""A learner is erased for good: what was known is overwritten, and what was signed can still be checked and withdrawn.

What stays says nothing about the person: an id, the places in the status lists, dates, and which achievement it was.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.award_reading import Award
from issuer.service.award_rows import award_columns, sealing_context
from issuer.service.claims import recall
from issuer.service.context import Context, Desk
from issuer.service.learner_keys import folded_name
from issuer.service.once import answer_context
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster import copies
from issuer.service.roster.values import ERASED
from issuer.store import classes, credentials, deliveries, erasing, jobs, learners, source_keys, tables
from kit import log
from kit.errors import Conflict, NotFound
from kit.i18n import _

NOBODY: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did: how many awards it emptied; ``gone`` is False while the database's log may hold old rows."""

    awards: int
    gone: bool


class ErasingService:
    """Erases learners."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def erase(self, desk: Desk, learner_id: str) -> Erased:
        """Erase a learner for good. Awards stay valid and can be withdrawn; nobody can claim or correct them any more.

        Raises: Refused, NotFound, Conflict while one of the awards is being signed, Unavailable.
        """
        desk.require(Right.ROSTER)
        now, keystore = self._context.now(), self._context.keystore
        with self._context.database.reading() as session:
            lines = copies.found_in_sheets(session, desk, keystore.vault(), self._known(session, desk, learner_id)[1])
        with self._context.database.session() as session:
            row, known = self._known(session, desk, learner_id, lock=True)
            found = sorted(known.awards)  # in the order in which everybody locks many awards
            fresh = erasing.lines_of(session, desk.organisation.id, found)  # made since the sheets were read
            copies.empty_lines(session, desk, keystore.vault(), {*lines, *fresh})
            copies.drop_requests(session, desk, keystore, known, now)
            for credential_id in found:
                self._empty(session, desk, credential_id, now)
            jobs.free_once(session, desk.organisation.id, found)
            classes.drop_marks(session, desk.organisation.id, row.id)
            erasing.drop_enrolments(session, desk.organisation.id, row.id)
            source_keys.drop_of(session, desk.organisation.id, row.id)
            erasing.drop_imports(session, desk.organisation.id)
            row.given_name = row.family_name = row.folded = row.name_words = ""
            row.private_sealed = row.number_key = row.mail_key = row.person_key = None
            row.state, row.version, row.updated = ERASED, row.version + 1, now
            record(
                session,
                at=now,
                actor=desk.actor,
                action="learner.erase",
                organisation_id=desk.organisation.id,
                object_id=row.id,
                count=len(found),
            )
        gone = self._context.database.forget()
        if not gone:
            log.write("issuer", "erased rows wait in the log of the database")
        return Erased(awards=len(found), gone=gone)

    @staticmethod
    def _known(
        session: Session, desk: Desk, learner_id: str, *, lock: bool = False
    ) -> tuple[tables.LearnerRow, copies.Known]:
        """A learner, and what tells them apart. Raises: NotFound."""
        row = (learners.lock if lock else learners.one)(session, desk.organisation.id, learner_id[:36])
        if row is None or row.state == ERASED:
            raise NotFound
        awards = tuple(each.id for each in learners.awards_of(session, desk.organisation.id, row.id))
        return row, copies.Known(number=row.number_key, mail=row.mail_key, awards=awards)

    def _empty(self, session: Session, desk: Desk, credential_id: str, now: datetime) -> None:
        """Empty one award: its row, its signed versions, its claims and its answers."""
        row = credentials.lock(session, desk.organisation.id, credential_id)
        assert row is not None, "awards are not deleted"
        if credentials.pending_intent(session, row.id) is not None:
            raise Conflict(_("An award of this learner is being signed just now. Try again in a moment."))
        recall(session, desk.organisation, row.id, desk.actor.user_id, now)
        award = _nobody(Award.from_json(self._open(row)))
        for name, value in award_columns(award, row.id, self._context.keystore.sealer()).items():
            setattr(row, name, value)
        row.learner_folded, row.summary = folded_name(NOBODY), ""
        row.holder, row.identifier_key, row.revocation_note, row.erased = None, None, None, now
        row.refresh_hash, row.refresh_sealed = None, None
        row.handing, row.handing_since = None, None
        session.flush()
        deliveries.forget(session, desk.organisation.id, row.id, now)
        for key, sealed in erasing.empty_signed(session, desk.organisation.id, row.id):
            answer = self._context.keystore.open_text(sealed, context=answer_context(desk.organisation.id, key))
            kept = {name: value for name, value in json.loads(answer).items() if name not in {"learnerName", "claim"}}
            resealed = self._context.keystore.seal_text(
                json.dumps(kept), context=answer_context(desk.organisation.id, key)
            )
            credentials.answer_idempotency(session, desk.organisation.id, key, status=201, response_sealed=resealed)

    def _open(self, row: tables.CredentialRow) -> str:
        return self._context.keystore.open_text(row.draft_sealed, context=sealing_context(row.id, "award"))


def _nobody(award: Award) -> Award:
    """The award without anything that somebody typed about a person."""
    return replace(
        award,
        learner_name=NOBODY,
        identifier="",
        salt="",
        show_name=False,
        activity_start="",
        activity_end="",
        role="",
        credits_earned=None,
        narrative="",
        results=(),
        evidence=(),
    )
