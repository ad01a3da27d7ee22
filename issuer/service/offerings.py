"""Offerings: an organisation's rate card. What is on it, at which price, when, and what it is said to count for.

A rate card speaks of classes, never of learners. What an offering counts for is what the organisation says; nobody
else has said so here.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk, Organisation
from issuer.service.offering_times import WEEK, Meeting, audience, plain
from issuer.service.offering_values import Counts, OfferingDraft, OfferingValues, decimal, read_offering, whole
from issuer.service.offering_words import STATES
from issuer.service.organisations import view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import achievements, offerings, organisations, tables
from issuer.store.offerings import PUBLISHED, Wanted
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.paging import Page, Window

OPEN: Final = "open"
FULL: Final = "full"
CLOSED: Final = "closed"
DRAFT: Final = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """One line of the rate card, as pages and the API see it. ``iri`` is its public address.

    The e-mail address of whoever teaches it is left out of ``values`` unless it was asked for.
    """

    id: str
    iri: str
    version: int
    updated: datetime
    values: OfferingValues

    @property
    def seats_left(self) -> int | None:
        """How many seats are free; None where nobody counts."""
        if self.values.seats is None or self.values.seats_taken is None:
            return None
        return self.values.seats - self.values.seats_taken

    @property
    def state(self) -> str:
        """``open``, ``full``, ``closed`` or ``draft``: full also when the last seat is taken."""
        return FULL if self.values.state == OPEN and self.seats_left == 0 else self.values.state

    @property
    def shown(self) -> bool:
        """Whether it stands on the public rate card."""
        return self.values.state in PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What somebody narrows a list to, as typed or sent."""

    words: str = ""
    state: str = ""
    grade: str = ""
    age: str = ""
    subject: str = ""
    term: str = ""
    day: str = ""
    most: str = ""
    seats: bool = False

    @property
    def used(self) -> Mapping[str, str]:
        """The filters that are in use, for addresses."""
        given = {"q": self.words, "state": self.state, "grade": self.grade, "age": self.age, "subject": self.subject}
        given |= {"term": self.term, "day": self.day, "price": self.most, "seats": "1" if self.seats else ""}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a list can be narrowed to: the subjects and terms that there are."""

    subjects: Sequence[str]
    terms: Sequence[str]


class OfferingService:
    """Keeps the rate card."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def create(self, desk: Desk, draft: OfferingDraft) -> Offering:
        """Put something on the rate card; without a code of its own it gets one from its title.

        Raises: Refused, BadInput naming the field, Conflict when the code is taken.
        """
        desk.require(Right.DESCRIBE)
        values = self.read(draft)
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            values = replace(values, code=values.code or self._free_code(session, desk.organisation, values.title))
            self._check(session, desk, values, itself=None)
            row = self.added(session, desk.organisation, values, now)
            self._record(session, desk, "offering.create", row, now)
            return self._view(session, desk.organisation, row)

    def edit(self, desk: Desk, offering_id: str, draft: OfferingDraft, *, version: int | None) -> Offering:
        """Change it. ``version`` is the one that was edited (None: whichever is newest).

        Raises: Refused, NotFound, BadInput, Conflict when somebody else edited it meanwhile or the code is taken.
        """
        desk.require(Right.DESCRIBE)
        values = self.read(draft)
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk.organisation, offering_id)
            if version is not None and version != row.version:
                raise Conflict(_("Somebody changed this while you were editing. Look at the new version first."))
            values = replace(values, code=values.code or row.code)
            self._check(session, desk, values, itself=row.id)
            self.changed(session, row, values, now)
            self._record(session, desk, "offering.edit", row, now)
            return self._view(session, desk.organisation, row)

    def move(self, desk: Desk, offering_id: str, *, state: str) -> Offering:
        """Show it, say that it is full, close it or take it back to a draft; each can be undone by another.

        Raises: Refused, NotFound, BadInput.
        """
        desk.require(Right.DESCRIBE)
        inputs.choice(state, "state", allowed=tuple(STATES))
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk.organisation, offering_id)
            if row.state != state:
                row.state, row.updated, row.version = state, now, row.version + 1
                self._record(session, desk, "offering.state", row, now, state=state)
            return self._view(session, desk.organisation, row)

    def one(self, desk: Desk, offering_id: str, *, private: bool = False) -> Offering:
        """One offering of this organisation; ``private`` with the e-mail address of whoever teaches it.

        Raises: NotFound; Unavailable when the address cannot be opened for lack of the key.
        """
        with self._context.database.reading() as session:
            row = self._row(session, desk.organisation, offering_id)
            return self._view(session, desk.organisation, row, private=private)

    def listing(self, desk: Desk, at: Window, filters: Filters) -> Page[Offering]:
        """One page of the rate card with drafts and what is closed. Raises: BadInput naming the filter."""
        states = (inputs.choice(filters.state, "state", allowed=tuple(STATES)),) if filters.state else ()
        return self._page(desk.organisation, at, wanted(filters, states=states))

    def public(self, slug: str, at: Window, filters: Filters) -> tuple[Organisation, Page[Offering]]:
        """One page of what everybody may see. Raises: NotFound, BadInput naming the filter."""
        organisation = self._organisation(slug)
        return organisation, self._page(organisation, at, wanted(filters, states=PUBLISHED))

    def public_one(self, slug: str, offering_id: str) -> tuple[Organisation, Offering]:
        """One offering that is or was on the public rate card. Raises: NotFound, also for a draft."""
        organisation = self._organisation(slug)
        with self._context.database.reading() as session:
            found = self._view(session, organisation, self._row(session, organisation, offering_id))
        if found.values.state == DRAFT:
            raise NotFound
        return organisation, found

    def choices(self, organisation: Organisation) -> Choices:
        """The subjects and terms of what everybody may see."""
        with self._context.database.reading() as session:
            return Choices(
                subjects=offerings.distinct(session, organisation.id, "subject", states=PUBLISHED),
                terms=offerings.distinct(session, organisation.id, "term", states=PUBLISHED),
            )

    def on_show(self, organisation: Organisation) -> int:
        """How many offerings everybody may see."""
        return self._page(organisation, Window(number=1, size=1), Wanted(states=PUBLISHED)).total

    def every(self, organisation: Organisation, *, public: bool) -> Sequence[Offering]:
        """All of the rate card, by code, for a file; the e-mail addresses only when it is not ``public``."""
        narrowed = Wanted(states=PUBLISHED if public else ())
        with self._context.database.reading() as session:
            rows = offerings.every(session, organisation.id, narrowed)
            return self._views(session, organisation, rows, private=not public)

    def by_code(self, session: Session, organisation: Organisation, codes: Sequence[str]) -> dict[str, Offering]:
        """The offerings with these codes, with their e-mail addresses."""
        rows = offerings.by_code(session, organisation.id, codes)
        found = self._views(session, organisation, list(rows.values()), private=True)
        return {each.values.code: each for each in found}

    def read(self, draft: OfferingDraft) -> OfferingValues:
        """The values of a draft. Raises: BadInput for the first thing that is wrong."""
        values, problems = read_offering(draft, loopback=self._context.settings.loopback)
        if problems:
            raise problems[0]
        return values

    def added(
        self,
        session: Session,
        organisation: Organisation,
        values: OfferingValues,
        now: datetime,
        *,
        offering_id: str | None = None,
    ) -> tables.OfferingRow:
        """Write a new row. Whoever calls holds the organisation's row, and knows that the code is free."""
        row = tables.OfferingRow(
            id=offering_id or str(uuid.uuid4()), organisation_id=organisation.id, version=1, created=now, updated=now
        )
        self._write(row, values)
        session.add(row)
        session.flush()
        self._write_counts(session, row, values)
        return row

    def changed(self, session: Session, row: tables.OfferingRow, values: OfferingValues, now: datetime) -> None:
        """Write new values into a row. Whoever calls holds the organisation's row, and knows that the code is free."""
        self._write(row, values)
        row.version, row.updated = row.version + 1, now
        session.flush()
        self._write_counts(session, row, values)

    def _check(self, session: Session, desk: Desk, values: OfferingValues, *, itself: str | None) -> None:
        other = offerings.by_code(session, desk.organisation.id, [values.code]).get(values.code)
        if other is not None and other.id != itself:
            raise Conflict(_("The code “%(code)s” belongs to another offering.", code=values.code), field="code")
        if values.achievement and achievements.one(session, desk.organisation.id, values.achievement) is None:
            raise BadInput(
                _("There is no such achievement here."), field="achievement", remedy=_("Choose one from the list.")
            )

    def _free_code(self, session: Session, organisation: Organisation, title: str) -> str:
        stem = inputs.slug_of(title).upper()[:40].strip("-") or "OFFER"
        tried = [stem, *(f"{stem}-{number}" for number in range(2, 200))]
        taken = offerings.by_code(session, organisation.id, tried)
        return next((code for code in tried if code not in taken), f"{stem}-{uuid.uuid4().hex[:8].upper()}")

    def _write(self, row: tables.OfferingRow, values: OfferingValues) -> None:
        sealed = None
        if values.instructor_email:
            sealed = self._context.keystore.seal_text(values.instructor_email, context=_context(row.id))
        row.instructor_email_sealed = sealed
        for name, value in columns(values).items():
            setattr(row, name, value)

    @staticmethod
    def _write_counts(session: Session, row: tables.OfferingRow, values: OfferingValues) -> None:
        rows = [
            {
                "program": each.program,
                "area": each.area,
                "credits": None if each.credits is None else str(each.credits),
                "method": each.method,
                "document_url": each.document_url,
            }
            for each in values.counts
        ]
        offerings.replace_counts(session, row.organisation_id, row.id, rows)

    def _organisation(self, slug: str) -> Organisation:
        with self._context.database.reading() as session:
            row = organisations.by_slug(session, slug)
        if row is None:
            raise NotFound
        return view(row)

    @staticmethod
    def _row(session: Session, organisation: Organisation, offering_id: str) -> tables.OfferingRow:
        row = offerings.one(session, organisation.id, offering_id)
        if row is None:
            raise NotFound
        return row

    def _page(self, organisation: Organisation, at: Window, narrowed: Wanted) -> Page[Offering]:
        with self._context.database.reading() as session:
            rows, total = offerings.listing(session, organisation.id, narrowed, offset=at.offset, limit=at.size)
            items = self._views(session, organisation, rows, private=False)
        return Page(items=items, number=at.number, size=at.size, total=total)

    def _view(
        self, session: Session, organisation: Organisation, row: tables.OfferingRow, *, private: bool = False
    ) -> Offering:
        session.flush()
        return self._views(session, organisation, [row], private=private)[0]

    def _views(
        self, session: Session, organisation: Organisation, rows: Sequence[tables.OfferingRow], *, private: bool
    ) -> list[Offering]:
        counted = offerings.counts(session, organisation.id, [row.id for row in rows])
        base = f"{self._context.settings.identifier_url}/orgs/{organisation.slug}/offerings"
        found = []
        for row in rows:
            email = ""
            if private and row.instructor_email_sealed is not None:
                email = self._context.keystore.open_text(row.instructor_email_sealed, context=_context(row.id))
            values = values_of(row, counted.get(row.id, ()), email=email)
            found.append(
                Offering(id=row.id, iri=f"{base}/{row.id}", version=row.version, updated=row.updated, values=values)
            )
        return found

    @staticmethod
    def _record(
        session: Session, desk: Desk, action: str, row: tables.OfferingRow, now: datetime, **detail: str
    ) -> None:
        session.flush()
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=row.id,
            version=row.version,
            **detail,
        )


def wanted(filters: Filters, *, states: Sequence[str]) -> Wanted:
    """The filters as a question to the store. Raises: BadInput naming the filter."""
    day = inputs.choice(filters.day, "day", allowed=WEEK) if filters.day else ""
    grade = {"k": 0, "prek": -1}.get(filters.grade.strip().casefold().replace("-", ""))
    most = decimal(filters.most, "price", largest=1_000_000, places=2)
    return Wanted(
        states=states,
        words=plain(inputs.line(filters.words, "q", required=False, longest=200)).split()[:10],
        grade=whole(filters.grade, "grade", largest=12) if grade is None else grade,
        age=whole(filters.age, "age", largest=120),
        subject=inputs.line(filters.subject, "subject", required=False, longest=80),
        term=inputs.line(filters.term, "term", required=False, longest=80),
        day=day,
        most=None if most is None else int(most * 100),
        seats=filters.seats,
    )


_AS_THEY_ARE: Final = (
    "code", "title", "kind", "state", "grades_or_ages", "term", "start_date", "end_date", "weeks", "credit_unit",
    "sced_code", "subject", "level", "currency", "price_per", "seats", "seats_taken", "location", "schedule",
    "instructor_name", "description", "prerequisites", "assessment_method",
)  # fmt: skip
_DECIMALS: Final = ("weekly_hours", "total_hours", "credits")


def columns(values: OfferingValues) -> dict[str, Any]:
    """The columns of a row that hold these values; the sealed one and the counts are not among them."""
    found: dict[str, Any] = {name: getattr(values, name) for name in _AS_THEY_ARE}
    for name in _DECIMALS:
        number = getattr(values, name)
        found[name] = None if number is None else str(number)
    grades, ages = values.audience.grades or (None, None), values.audience.ages or (None, None)
    meets = [[each.day, each.start.isoformat("minutes"), each.end.isoformat("minutes")] for each in values.meetings]
    return found | {
        "folded": values.folded,
        "grade_from": grades[0],
        "grade_to": grades[1],
        "age_from": ages[0],
        "age_to": ages[1],
        "price_hundredths": None if values.price is None else int(values.price * 100),
        "funding": json.dumps(values.funding),
        "skills": json.dumps(values.skills, ensure_ascii=False),
        "meets": json.dumps(meets),
        "days": "".join(f"|{day}" for day in dict.fromkeys(each.day for each in values.meetings)) + "|",
        "achievement_id": values.achievement or None,
    }


def values_of(row: tables.OfferingRow, counted: Iterable[tables.OfferingCountsRow], *, email: str) -> OfferingValues:
    """The values that a row holds."""
    plainly: dict[str, Any] = {name: getattr(row, name) for name in _AS_THEY_ARE}
    plainly |= {name: _number(getattr(row, name)) for name in _DECIMALS}
    price = None if row.price_hundredths is None else (Decimal(row.price_hundredths) / 100).quantize(Decimal("0.01"))
    return OfferingValues(
        **plainly,
        price=price,
        funding=tuple(json.loads(row.funding)),
        skills=tuple(json.loads(row.skills)),
        instructor_email=email,
        achievement=row.achievement_id or "",
        counts=tuple(
            Counts(
                program=each.program,
                area=each.area,
                credits=_number(each.credits),
                method=each.method,
                document_url=each.document_url,
            )
            for each in counted
        ),
        audience=audience(row.grades_or_ages),
        meetings=tuple(
            Meeting(day, time.fromisoformat(start), time.fromisoformat(end))
            for day, start, end in json.loads(row.meets)
        ),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _context(offering_id: str) -> str:
    return f"issuer/offering/{offering_id}/instructor_email"
