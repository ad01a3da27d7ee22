"""Learners on the roster: added, found, edited. Nobody is joined to anybody by name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.credentials import Credential, view_credential
from issuer.service.learner_keys import LearnerKeys, folded_name
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster.values import ACTIVE, ERASED, LEFT, LearnerDraft, LearnerValues, read_learner
from issuer.store import credentials, learners, organisations, tables
from kit.errors import BadInput, Conflict, NotFound, Unavailable
from kit.i18n import _
from kit.paging import Page, Window
from kit.vault import Vault, VaultError

SHOWN: Final = {"": (ACTIVE,), ACTIVE: (ACTIVE,), LEFT: (LEFT,), "all": (ACTIVE, LEFT)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A learner as pages and the API see it; ``values`` is None for one that was erased."""

    id: str
    values: LearnerValues | None
    state: str
    version: int
    updated: datetime

    @property
    def name(self) -> str:
        """The whole name; a dash for one that was erased."""
        return self.values.name if self.values else "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A learner's place in an offering."""

    offering_id: str
    title: str
    code: str
    status: str
    enrolled_on: date | None


class LearnerService:
    """Keeps the roster of one organisation at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, desk: Desk, draft: LearnerDraft) -> Learner:
        """Put a learner on the roster.

        Raises: Refused, BadInput naming the field, Conflict when the roster number is somebody else's or the same
        person is there already, Unavailable.
        """
        desk.require(Right.ROSTER)
        now = self._context.now()
        values = _good(draft, None, desk.organisation.local(now))
        vault = self._context.keystore.vault()
        keys = LearnerKeys(vault, desk.organisation.id)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)  # as whoever takes a list over does
            self._check(session, desk, values, keys, itself=None)
            row = tables.LearnerRow(
                id=str(uuid.uuid4()), organisation_id=desk.organisation.id, version=1, created=now, updated=now
            )
            write(row, values, keys, vault)
            session.add(row)
            session.flush()
            claim(session, row)
            self._record(session, desk, "learner.add", row.id, now)
            return view_learner(row, vault)

    def edit(self, desk: Desk, learner_id: str, draft: LearnerDraft, *, version: int | None) -> Learner:
        """Change a learner; awards keep what they say. ``version`` is the one that was edited (None: the newest).

        Raises: Refused, NotFound, BadInput, Conflict, Unavailable.
        """
        desk.require(Right.ROSTER)
        now = self._context.now()
        vault = self._context.keystore.vault()
        keys = LearnerKeys(vault, desk.organisation.id)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk, learner_id, lock=True)
            if version is not None and version != row.version:
                raise Conflict(_("Somebody changed this while you were editing. Look at the new version first."))
            values = _good(draft, opened(row, vault), desk.organisation.local(now))
            self._check(session, desk, values, keys, itself=row.id)
            write(row, values, keys, vault)
            row.version, row.updated = row.version + 1, now
            session.flush()
            claim(session, row)
            self._record(session, desk, "learner.edit", row.id, now)
            return view_learner(row, vault)

    def one(self, desk: Desk, learner_id: str) -> Learner:
        """One learner. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.ROSTER)
        with self._context.database.reading() as session:
            return view_learner(self._row(session, desk, learner_id), self._context.keystore.vault())

    def listing(self, desk: Desk, at: Window, *, words: str = "", state: str = "", offering: str = "") -> Page[Learner]:
        """One page of the roster by family name. ``words`` are parts of a name, or a whole roster number or address.

        Raises: Refused, BadInput, Unavailable.
        """
        desk.require(Right.ROSTER)
        if state not in SHOWN:
            inputs.choice(state, "state", allowed=tuple(SHOWN))
        text = inputs.line(words, "q", required=False, longest=200)
        vault = self._context.keystore.vault()
        keys = LearnerKeys(vault, desk.organisation.id)
        with self._context.database.reading() as session:
            rows, total = learners.listing(
                session,
                desk.organisation.id,
                words=folded_name(text).split()[:10],
                keys=[key for key in (keys.number(text), keys.mail(text)) if key],
                states=SHOWN[state],
                offering_id=offering[:36] or None,
                offset=at.offset,
                limit=at.size,
            )
        items = [view_learner(row, vault) for row in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def awards(self, desk: Desk, learner_id: str) -> Sequence[Credential]:
        """What a learner was awarded here, oldest first. Raises: Refused, NotFound."""
        desk.require(Right.ROSTER)
        with self._context.database.reading() as session:
            row = self._row(session, desk, learner_id)
            found = learners.awards_of(session, desk.organisation.id, row.id)
        return [view_credential(each) for each in found if each.state in credentials.VISIBLE]

    def enrolments(self, desk: Desk, learner_id: str) -> Sequence[Enrolment]:
        """What a learner is or was enrolled for. Raises: Refused, NotFound."""
        desk.require(Right.ROSTER)
        with self._context.database.reading() as session:
            row = self._row(session, desk, learner_id)
            found = learners.enrolments_of(session, desk.organisation.id, row.id)
        return [
            Enrolment(
                offering_id=each.offering_id,
                title=title,
                code=code,
                status=each.status,
                enrolled_on=each.enrolled_on,
            )
            for each, title, code in found
        ]

    def _row(self, session: Session, desk: Desk, learner_id: str, *, lock: bool = False) -> tables.LearnerRow:
        find = learners.lock if lock else learners.one
        row = find(session, desk.organisation.id, learner_id[:36])
        if row is None or row.state == ERASED:
            raise NotFound
        return row

    @staticmethod
    def _check(session: Session, desk: Desk, values: LearnerValues, keys: LearnerKeys, *, itself: str | None) -> None:
        number = keys.number(values.number)
        for row in learners.among(session, desk.organisation.id, tables.LearnerRow.number_key, [number or ""]):
            if row.id != itself:
                raise Conflict(
                    _("The roster number “%(number)s” belongs to somebody else.", number=values.number), field="number"
                )
        person = keys.person(values.name, values.birth_date)
        for row in learners.among(session, desk.organisation.id, tables.LearnerRow.person_key, [person or ""]):
            if row.id != itself:
                raise Conflict(
                    _("Somebody of this name with this birth date is on the roster already."), field="birth_date"
                )

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, learner_id: str, now: datetime) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=learner_id,
        )


def view_learner(row: tables.LearnerRow, vault: Vault) -> Learner:
    """The learner of a row. Raises: Unavailable."""
    values = None if row.state == ERASED else opened(row, vault)
    return Learner(id=row.id, values=values, state=row.state, version=row.version, updated=row.updated)


def opened(row: tables.LearnerRow, vault: Vault) -> LearnerValues:
    """What is kept of a learner. Raises: Unavailable."""
    assert row.private_sealed is not None, "only an erased learner has nothing sealed"
    try:
        return LearnerValues.of(row, vault.open(row.private_sealed, context=context_of(row.id)).decode())
    except VaultError as error:
        raise Unavailable(retry_after=30) from error


def write(row: tables.LearnerRow, values: LearnerValues, keys: LearnerKeys, vault: Vault) -> None:
    """Write a learner into a row."""
    for name, value in values.columns(keys).items():
        setattr(row, name, value)
    row.private_sealed = vault.seal(values.private().encode(), context=context_of(row.id))


def claim(session: Session, row: tables.LearnerRow) -> None:
    """Let the awards that name this learner's number or address be this learner's, where it is one learner's alone."""
    wanted = [key for key in (row.number_key, row.mail_key) if key]
    owners = learners.of_identifiers(session, row.organisation_id, wanted)
    learners.claim_awards(session, row.organisation_id, {key: own for key, own in owners.items() if own == row.id})


def context_of(learner_id: str) -> bytes:
    """What the sealed part of a learner is bound to."""
    return f"issuer/learner/{learner_id}/private".encode()


def _good(draft: LearnerDraft, before: LearnerValues | None, now: datetime) -> LearnerValues:
    values, problems = read_learner(draft, before=before, now=now)
    if problems:
        raise _named(problems[0])
    return values


def _named(problem: BadInput) -> BadInput:
    """The same with the field as the API and the form call it: ``givenName``."""
    first, *rest = (problem.field or "").split("_")
    field = first + "".join(part.title() for part in rest)
    return BadInput(problem.detail, field=field, remedy=problem.remedy)
