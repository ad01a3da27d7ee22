"""Queries about learners, their enrolments, and rosters on their way in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from issuer.store.sheets import parts
from issuer.store.tables import CredentialRow, EnrolmentRow, LearnerRow, OfferingRow, RosterImportRow

ERASED = "erased"


def one(session: Session, organisation_id: str, learner_id: str) -> LearnerRow | None:
    """One learner of this organisation."""
    return session.scalar(
        select(LearnerRow).where(LearnerRow.organisation_id == organisation_id, LearnerRow.id == learner_id)
    )


def lock(session: Session, organisation_id: str, learner_id: str) -> LearnerRow | None:
    """The same, locked until the session ends and read afresh."""
    return session.scalar(
        select(LearnerRow)
        .where(LearnerRow.organisation_id == organisation_id, LearnerRow.id == learner_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def listing(
    session: Session,
    organisation_id: str,
    *,
    words: Sequence[str],
    keys: Sequence[str],
    states: Sequence[str],
    offering_id: str | None,
    offset: int,
    limit: int,
) -> tuple[Sequence[LearnerRow], int]:
    """One page of learners by family name, and how many match: all folded ``words`` in the name, or one of ``keys``."""
    where: list[ColumnElement[bool]] = [LearnerRow.organisation_id == organisation_id, LearnerRow.state.in_(states)]
    if words:
        named = [LearnerRow.folded.contains(word, autoescape=True) for word in words]
        found = named[0]
        for each in named[1:]:
            found = found & each
        where.append(or_(found, LearnerRow.number_key.in_(keys), LearnerRow.mail_key.in_(keys)))
    if offering_id:
        enrolled = select(EnrolmentRow.learner_id).where(
            EnrolmentRow.organisation_id == organisation_id, EnrolmentRow.offering_id == offering_id
        )
        where.append(LearnerRow.id.in_(enrolled))
    total = session.scalar(select(func.count()).select_from(LearnerRow).where(*where)) or 0
    query = select(LearnerRow).where(*where).order_by(LearnerRow.folded, LearnerRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def among(
    session: Session,
    organisation_id: str,
    column: InstrumentedAttribute[Any],
    values: Sequence[str],
) -> list[LearnerRow]:
    """The learners, but for erased ones, whose ``column`` (such as ``LearnerRow.mail_key``) has one of these values."""
    found: list[LearnerRow] = []
    for part in parts(values):
        query = select(LearnerRow).where(
            LearnerRow.organisation_id == organisation_id, column.in_(part), LearnerRow.state != ERASED
        )
        found.extend(session.scalars(query))
    return found


def of_identifiers(session: Session, organisation_id: str, keys: Sequence[str]) -> dict[str, str]:
    """Whose each of these keyed hashes of a number or an address is, where it is one learner's alone."""
    found: dict[str, set[str]] = {}
    for column in (LearnerRow.number_key, LearnerRow.mail_key):
        for part in parts(keys):
            rows = session.execute(
                select(column, LearnerRow.id).where(LearnerRow.organisation_id == organisation_id, column.in_(part))
            )
            for key, learner_id in rows:
                found.setdefault(str(key), set()).add(learner_id)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}


def claim_awards(session: Session, organisation_id: str, owners: Mapping[str, str]) -> None:
    """Let awards that nobody of the roster has belong to whom their identifier names: learner by keyed hash."""
    if not owners:
        return
    table = CredentialRow.__table__
    session.flush()
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(
            table.c.organisation_id == organisation_id,
            table.c.identifier_key == bindparam("at_key"),
            table.c.learner_id.is_(None),
        )
        .values(learner_id=bindparam("to_learner")),
        [{"at_key": key, "to_learner": learner_id} for key, learner_id in owners.items()],
    )


def awards_of(session: Session, organisation_id: str, learner_id: str) -> Sequence[CredentialRow]:
    """Every credential of a learner, oldest first."""
    return session.scalars(
        select(CredentialRow)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.learner_id == learner_id)
        .order_by(CredentialRow.created, CredentialRow.id)
    ).all()


def enrolments_of(session: Session, organisation_id: str, learner_id: str) -> Sequence[tuple[EnrolmentRow, str, str]]:
    """A learner's enrolments, with title and code of each offering, by title."""
    rows = session.execute(
        select(EnrolmentRow, OfferingRow.title, OfferingRow.code)
        .join(
            OfferingRow,
            (OfferingRow.organisation_id == EnrolmentRow.organisation_id)
            & (OfferingRow.id == EnrolmentRow.offering_id),
        )
        .where(EnrolmentRow.organisation_id == organisation_id, EnrolmentRow.learner_id == learner_id)
        .order_by(OfferingRow.title, OfferingRow.id)
    )
    return [(row, title, code) for row, title, code in rows]


def enrolments_among(
    session: Session, organisation_id: str, learner_ids: Sequence[str]
) -> dict[tuple[str, str], EnrolmentRow]:
    """The enrolments of these learners, by offering and learner."""
    found: dict[tuple[str, str], EnrolmentRow] = {}
    for part in parts(learner_ids):
        query = select(EnrolmentRow).where(
            EnrolmentRow.organisation_id == organisation_id, EnrolmentRow.learner_id.in_(part)
        )
        found |= {(row.offering_id, row.learner_id): row for row in session.scalars(query)}
    return found


def roster_import(session: Session, organisation_id: str, import_id: str) -> RosterImportRow | None:
    """A roster on its way in, of this organisation."""
    return session.scalar(
        select(RosterImportRow).where(
            RosterImportRow.organisation_id == organisation_id, RosterImportRow.id == import_id
        )
    )


def import_of_request(session: Session, organisation_id: str, request: str) -> RosterImportRow | None:
    """The roster that this request brought."""
    return session.scalar(
        select(RosterImportRow).where(
            RosterImportRow.organisation_id == organisation_id, RosterImportRow.request == request
        )
    )


def forget_imports(session: Session, before: datetime) -> int:
    """Erase what rosters say that nobody said yes to in time; how many."""
    due = select(RosterImportRow.id).where(
        RosterImportRow.expires < before, RosterImportRow.content_sealed.is_not(None)
    )
    ids = session.scalars(due.limit(500)).all()
    if ids:
        session.execute(
            update(RosterImportRow)
            .where(RosterImportRow.id.in_(ids))
            .values(content_sealed=None, answers="{}", state="discarded"),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


def change(session: Session, organisation_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change learners, each by its ``id``, in columns that are the same for all; each gets its next version."""
    if not rows:
        return
    table = LearnerRow.__table__
    columns = [name for name in rows[0] if name != "id"]
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.organisation_id == organisation_id, table.c.id == bindparam("at_id"))
        .values({**{name: bindparam(f"to_{name}") for name in columns}, "version": table.c.version + 1})
    )
    session.flush()
    session.connection().execute(
        statement, [{"at_id": row["id"], **{f"to_{name}": row[name] for name in columns}} for row in rows]
    )
    session.expire_all()


def enrol(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Enrol learners, or change what is there: the status, and the day where one is given."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.flush()
    statement = dialect.insert(EnrolmentRow.__table__)
    given = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["organisation_id", "offering_id", "learner_id"],
        set_={
            "status": given.status,
            "enrolled_on": func.coalesce(given.enrolled_on, EnrolmentRow.enrolled_on),
            "version": EnrolmentRow.version + 1,
            "updated": given.updated,
        },
    )
    session.connection().execute(statement, list(rows))
