"""Queries about offerings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from issuer.store.tables import OfferingCountsRow, OfferingRow

PUBLISHED = ("open", "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; None and empty are no wish. ``words`` are folded, ``day`` is such as ``tue``.

    ``most`` is a price in hundredths; what has no price is no answer to it.
    """

    states: Sequence[str] = ()
    words: Sequence[str] = ()
    grade: int | None = None
    age: int | None = None
    subject: str = ""
    term: str = ""
    day: str = ""
    most: int | None = None
    seats: bool = False


def one(session: Session, organisation_id: str, offering_id: str) -> OfferingRow | None:
    """One offering of this organisation; an offering of another organisation does not exist here."""
    return session.scalar(
        select(OfferingRow).where(OfferingRow.organisation_id == organisation_id, OfferingRow.id == offering_id)
    )


def lock(session: Session, organisation_id: str, offering_id: str) -> OfferingRow | None:
    """The same, locked until the session ends."""
    return session.scalar(
        select(OfferingRow)
        .where(OfferingRow.organisation_id == organisation_id, OfferingRow.id == offering_id)
        .with_for_update(key_share=True)
    )


def by_code(session: Session, organisation_id: str, codes: Sequence[str]) -> Mapping[str, OfferingRow]:
    """The offerings that have one of these codes, by code."""
    found: dict[str, OfferingRow] = {}
    for start in range(0, len(codes), 500):
        query = select(OfferingRow).where(
            OfferingRow.organisation_id == organisation_id, OfferingRow.code.in_(codes[start : start + 500])
        )
        found.update({row.code: row for row in session.scalars(query)})
    return found


def by_id(session: Session, organisation_id: str, ids: Sequence[str]) -> dict[str, OfferingRow]:
    """The offerings with these ids, by id."""
    found: dict[str, OfferingRow] = {}
    for start in range(0, len(ids), 500):
        query = select(OfferingRow).where(
            OfferingRow.organisation_id == organisation_id, OfferingRow.id.in_(ids[start : start + 500])
        )
        found.update({row.id: row for row in session.scalars(query)})
    return found


def listing(
    session: Session, organisation_id: str, wanted: Wanted, *, offset: int, limit: int
) -> tuple[Sequence[OfferingRow], int]:
    """One page of what is wanted, by title, and how many there are in all."""
    where = _where(organisation_id, wanted)
    total = session.scalar(select(func.count()).select_from(OfferingRow).where(*where)) or 0
    query = select(OfferingRow).where(*where).order_by(OfferingRow.title, OfferingRow.id).offset(offset).limit(limit)
    return session.scalars(query).all(), total


def every(session: Session, organisation_id: str, wanted: Wanted) -> Sequence[OfferingRow]:
    """All that is wanted, by code: for a file that leaves."""
    where = _where(organisation_id, wanted)
    return session.scalars(select(OfferingRow).where(*where).order_by(OfferingRow.code)).all()


def distinct(
    session: Session, organisation_id: str, column: Literal["subject", "term"], *, states: Sequence[str]
) -> Sequence[str]:
    """The different values of ``subject`` or ``term``, in order: what a list can be narrowed to."""
    found = OfferingRow.subject if column == "subject" else OfferingRow.term
    where = (OfferingRow.organisation_id == organisation_id, found != "", OfferingRow.state.in_(states))
    return session.scalars(select(found).where(*where).distinct().order_by(found).limit(200)).all()


def counts(
    session: Session, organisation_id: str, offering_ids: Sequence[str]
) -> Mapping[str, Sequence[OfferingCountsRow]]:
    """What each of these offerings is said to count for, in order; without those that count for nothing."""
    found: dict[str, list[OfferingCountsRow]] = {}
    for start in range(0, len(offering_ids), 500):
        query = (
            select(OfferingCountsRow)
            .where(
                OfferingCountsRow.organisation_id == organisation_id,
                OfferingCountsRow.offering_id.in_(offering_ids[start : start + 500]),
            )
            .order_by(OfferingCountsRow.offering_id, OfferingCountsRow.position)
        )
        for row in session.scalars(query):
            found.setdefault(row.offering_id, []).append(row)
    return found


def replace_counts(session: Session, organisation_id: str, offering_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down anew what an offering counts for."""
    session.execute(
        delete(OfferingCountsRow).where(
            OfferingCountsRow.organisation_id == organisation_id, OfferingCountsRow.offering_id == offering_id
        )
    )
    session.add_all(
        OfferingCountsRow(organisation_id=organisation_id, offering_id=offering_id, position=position, **row)
        for position, row in enumerate(rows)
    )


def _where(organisation_id: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    row = OfferingRow
    where = [row.organisation_id == organisation_id]
    where += [row.folded.contains(word, autoescape=True) for word in wanted.words]
    if wanted.states:
        where.append(row.state.in_(wanted.states))
    if wanted.grade is not None:
        where.append(and_(row.grade_from <= wanted.grade, row.grade_to >= wanted.grade))
    if wanted.age is not None:
        where.append(and_(row.age_from <= wanted.age, row.age_to >= wanted.age))
    if wanted.subject:
        where.append(row.subject == wanted.subject)
    if wanted.term:
        where.append(row.term == wanted.term)
    if wanted.day:
        where.append(row.days.contains(f"|{wanted.day}|", autoescape=True))
    if wanted.most is not None:
        where.append(row.price_hundredths <= wanted.most)
    if wanted.seats:
        free = or_(row.seats.is_(None), row.seats_taken.is_(None), row.seats_taken < row.seats)
        where.append(and_(row.state == "open", free))
    return where
