"""Queries about classes: who is in one, their marks, who teaches it, and the sheets of awards made of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from issuer.store.tables import ClassInstructorRow, EnrolmentRow, LearnerRow, MarkRow, SheetRow

IN_CLASS = ("active", "completed")


def members(
    session: Session, organisation_id: str, offering_id: str, *, offset: int, limit: int | None
) -> tuple[list[tuple[EnrolmentRow, LearnerRow]], int]:
    """One page of those who are in a class and were not withdrawn, by family name, and how many there are."""
    where = [
        EnrolmentRow.organisation_id == organisation_id,
        EnrolmentRow.offering_id == offering_id,
        EnrolmentRow.status.in_(IN_CLASS),
    ]
    total = session.scalar(select(func.count()).select_from(EnrolmentRow).where(*where)) or 0
    query = (
        select(EnrolmentRow, LearnerRow)
        .join(
            LearnerRow,
            (LearnerRow.organisation_id == EnrolmentRow.organisation_id) & (LearnerRow.id == EnrolmentRow.learner_id),
        )
        .where(*where)
        .order_by(LearnerRow.folded, LearnerRow.id)
        .offset(offset)
    )
    rows = session.execute(query if limit is None else query.limit(limit))
    return [(enrolment, learner) for enrolment, learner in rows], total


def enrolment(
    session: Session, organisation_id: str, offering_id: str, learner_id: str, *, lock: bool = False
) -> EnrolmentRow | None:
    """One learner's place in a class; locked until the session ends where asked."""
    query = select(EnrolmentRow).where(
        EnrolmentRow.organisation_id == organisation_id,
        EnrolmentRow.offering_id == offering_id,
        EnrolmentRow.learner_id == learner_id,
    )
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalar(query)


def marks(session: Session, organisation_id: str, offering_id: str) -> dict[str, dict[str, str]]:
    """The marks of a class: values by description, by learner."""
    rows = session.execute(
        select(MarkRow.learner_id, MarkRow.description_id, MarkRow.value).where(
            MarkRow.organisation_id == organisation_id, MarkRow.offering_id == offering_id
        )
    )
    found: dict[str, dict[str, str]] = {}
    for learner_id, description_id, value in rows:
        found.setdefault(learner_id, {})[description_id] = value
    return found


def set_mark(session: Session, key: Sequence[str], value: str, *, by: str, at: datetime) -> None:
    """Write one mark (organisation, offering, learner, description), or take it away when it is empty."""
    row = session.get(MarkRow, tuple(key))
    if not value:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = MarkRow(organisation_id=key[0], offering_id=key[1], learner_id=key[2], description_id=key[3])
        session.add(row)
    row.value, row.by, row.at = value, by, at


def drop_marks(session: Session, organisation_id: str, learner_id: str) -> None:
    """Delete every mark of a learner."""
    session.execute(
        delete(MarkRow).where(MarkRow.organisation_id == organisation_id, MarkRow.learner_id == learner_id),
        execution_options={"synchronize_session": False},
    )


def instructors(session: Session, organisation_id: str, offering_id: str) -> set[str]:
    """The accounts that mark a class."""
    query = select(ClassInstructorRow.user_id).where(
        ClassInstructorRow.organisation_id == organisation_id, ClassInstructorRow.offering_id == offering_id
    )
    return set(session.scalars(query))


def set_instructors(session: Session, organisation_id: str, offering_id: str, user_ids: Sequence[str]) -> None:
    """Let these accounts, and no others, mark a class."""
    session.execute(
        delete(ClassInstructorRow).where(
            ClassInstructorRow.organisation_id == organisation_id, ClassInstructorRow.offering_id == offering_id
        ),
        execution_options={"synchronize_session": False},
    )
    session.add_all(
        ClassInstructorRow(organisation_id=organisation_id, offering_id=offering_id, user_id=each) for each in user_ids
    )


def first_when(session: Session, organisation_id: str, offering_id: str, achievement_id: str) -> str | None:
    """What the first sheet of a class said about when its awards were earned."""
    found: Any = session.scalar(
        select(SheetRow.earned_when)
        .where(
            SheetRow.organisation_id == organisation_id,
            SheetRow.offering_id == offering_id,
            SheetRow.achievement_id == achievement_id,
        )
        .order_by(SheetRow.created, SheetRow.id)
        .limit(1)
    )
    return None if found is None else str(found)
