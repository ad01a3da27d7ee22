"""Queries about what a school's own system calls learners, classes and enrolments."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from issuer.store.tables import EnrolmentRow, LearnerRow, OfferingRow, SourceKeyRow


class Source(NamedTuple):
    """What a key of a system's stands for here."""

    learner_id: str
    offering_id: str
    state: str


def all_of(session: Session, organisation_id: str, system: str) -> dict[tuple[str, str], Source]:
    """Everything that is known of one system, by kind and key."""
    row = SourceKeyRow
    found = session.execute(
        select(row.kind, row.key, row.learner_id, row.offering_id, row.state).where(
            row.organisation_id == organisation_id, row.system == system
        )
    )
    return {(kind, key): Source(learner or "", offering or "", state) for kind, key, learner, offering, state in found}


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember keys, or what they stand for by now."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.flush()
    statement = dialect.insert(SourceKeyRow.__table__)
    given = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["organisation_id", "system", "kind", "key"],
        set_={"learner_id": given.learner_id, "offering_id": given.offering_id, "state": given.state},
    )
    session.connection().execute(statement, list(rows))


def drop_of(session: Session, organisation_id: str, learner_id: str) -> None:
    """Forget what any system calls a learner, and their enrolments."""
    session.execute(
        delete(SourceKeyRow).where(
            SourceKeyRow.organisation_id == organisation_id, SourceKeyRow.learner_id == learner_id
        ),
        execution_options={"synchronize_session": False},
    )


def stand(session: Session, organisation_id: str) -> list[tuple[int, int]]:
    """How many learners, offerings and enrolments there are, and how often they were changed in all: whatever changes
    one of them changes this.
    """
    found = []
    for row in (LearnerRow, OfferingRow, EnrolmentRow):
        query = select(func.count(), func.coalesce(func.sum(row.version), 0)).where(
            row.organisation_id == organisation_id
        )
        count, versions = session.execute(query).one()
        found.append((int(count), int(versions)))
    return found
