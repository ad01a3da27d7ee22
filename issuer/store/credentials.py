"""Queries about awards: credentials, what is going to be signed, what was signed, and requests that must not repeat."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from issuer.store.tables import CredentialRow, IdempotencyRow, IntentRow, JobRow, OrganisationRow, SignedCredentialRow

VISIBLE = ("issued", "claimed", "revoked")
PAUSED: Final = "paused"
"""What an award is called that is issued or claimed, and suspended for now."""
HANDING: Final = ("guardian", "bounced")
"""How handing over an award that nobody has claimed may stand."""
AWARD: Final = "award"
ENDORSEMENT: Final = "endorsement"


def insert_if_new(session: Session, table: Any, **values: Any) -> bool:
    """Insert a row unless a unique key is taken; True when it was inserted. One statement: no race, no savepoint.

    ``table`` is a mapped class. On PostgreSQL a concurrent insert of the same key is waited for.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    target = table.__table__
    statement = dialect.insert(target).values(**values).on_conflict_do_nothing()
    # The key comes back only for a row that was inserted; the driver's row count is not to be relied on here.
    return session.execute(statement.returning(*target.primary_key.columns)).first() is not None


def insert_new(
    session: Session, table: Any, rows: Sequence[Mapping[str, Any]], *, returning: InstrumentedAttribute[Any]
) -> list[Any]:
    """Insert those rows whose unique keys are free; the ``returning`` column of each that was inserted.

    As ``insert_if_new``, in few statements. ``rows`` all have the same columns.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.flush()
    statement = dialect.insert(table.__table__).on_conflict_do_nothing().returning(returning)
    return list(session.connection().execute(statement, list(rows)).scalars())


def award(session: Session, organisation_id: str, credential_id: str) -> CredentialRow | None:
    """One award of this organisation; an award of another organisation does not exist here."""
    return session.scalar(
        select(CredentialRow).where(
            CredentialRow.organisation_id == organisation_id,
            CredentialRow.id == credential_id,
            CredentialRow.kind == AWARD,
        )
    )


def by_refresh(session: Session, refresh_hash: str) -> CredentialRow | None:
    """The award whose address for newer versions has a token with this hash."""
    return session.scalar(
        select(CredentialRow).where(CredentialRow.refresh_hash == refresh_hash, CredentialRow.kind == AWARD)
    )


def achievement_of(row: CredentialRow) -> tuple[str, int]:
    """What an award is of: the achievement's id and the version of that day."""
    assert row.achievement_id is not None, "the table refuses an award without an achievement"
    assert row.achievement_version is not None, "the same"
    return row.achievement_id, row.achievement_version


def organisation_of(session: Session, credential_id: str) -> str | None:
    """The short name of the organisation that awarded it: to ask there whether somebody may see it."""
    return session.scalar(
        select(OrganisationRow.slug)
        .join(CredentialRow, CredentialRow.organisation_id == OrganisationRow.id)
        .where(CredentialRow.id == credential_id)
    )


def lock_award(session: Session, organisation_id: str, credential_id: str) -> CredentialRow | None:
    """The same row, locked until the session ends (SQLite's write transaction already excludes others)."""
    found = lock(session, organisation_id, credential_id)
    return found if found is not None and found.kind == AWARD else None


def lock(session: Session, organisation_id: str, credential_id: str) -> CredentialRow | None:
    """One credential of this organisation, of whatever kind, locked until the session ends."""
    return session.scalar(
        select(CredentialRow)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id == credential_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def listing(
    session: Session,
    organisation_id: str,
    *,
    state: str | None,
    achievement_id: str | None,
    words: str,
    offset: int,
    limit: int,
    job_id: str | None = None,
    ids: Sequence[str] | None = None,
    free: bool = False,
) -> tuple[Sequence[CredentialRow], int]:
    """One page of an organisation's awards, newest first, and how many match.

    ``state`` may be ``PAUSED``, or one of ``HANDING``, too; ``ids`` are those that are meant; ``free`` leaves out what
    a job holds back. ``words`` is folded text that the learner's name must contain; empty for all.
    Those of one job come by name.
    """
    where = [CredentialRow.organisation_id == organisation_id, CredentialRow.kind == AWARD]
    if state == PAUSED:
        where += [CredentialRow.state.in_(("issued", "claimed")), CredentialRow.suspended.is_not(None)]
    elif state in HANDING:
        where += [CredentialRow.state == "issued", CredentialRow.handing == state]
    else:
        where.append(CredentialRow.state == state if state else CredentialRow.state.in_(VISIBLE))
    if achievement_id:
        where.append(CredentialRow.achievement_id == achievement_id)
    if words:
        where.append(CredentialRow.learner_folded.contains(words, autoescape=True))
    if job_id:
        where.append(CredentialRow.job_id == job_id)
    if ids is not None:
        where.append(CredentialRow.id.in_(ids))
    if free:
        released = select(JobRow.id).where(
            JobRow.organisation_id == organisation_id, JobRow.id == CredentialRow.job_id, JobRow.released.is_not(None)
        )
        where.append(or_(CredentialRow.job_id.is_(None), released.exists()))
    first = CredentialRow.learner_folded if job_id or free else CredentialRow.created.desc()
    total = session.scalar(select(func.count()).select_from(CredentialRow).where(*where)) or 0
    rows = session.scalars(
        select(CredentialRow).where(*where).order_by(first, CredentialRow.id).offset(offset).limit(limit)
    ).all()
    return rows, total


def counts(session: Session, organisation_id: str) -> dict[str, int]:
    """How many awards of an organisation are in each state."""
    rows = session.execute(
        select(CredentialRow.state, func.count())
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.kind == AWARD)
        .group_by(CredentialRow.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to mypy


def awarded_counts(session: Session, organisation_id: str) -> dict[str, int]:
    """How many times each achievement of an organisation was awarded (withdrawn awards included)."""
    rows = session.execute(
        select(CredentialRow.achievement_id, func.count())
        .where(
            CredentialRow.organisation_id == organisation_id,
            CredentialRow.kind == AWARD,
            CredentialRow.state.in_(VISIBLE),
        )
        .group_by(CredentialRow.achievement_id)
    )
    return {achievement: count for achievement, count in rows if achievement is not None}


def refuse(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> None:
    """Mark pending credentials as ones that could not be signed."""
    if credential_ids:
        session.execute(
            update(CredentialRow)
            .where(
                CredentialRow.organisation_id == organisation_id,
                CredentialRow.id.in_(credential_ids),
                CredentialRow.state == "pending",
            )
            .values(state="refused")
            .execution_options(synchronize_session=False)
        )


def corrected(session: Session, organisation_id: str, credential_id: str) -> datetime | None:
    """When an award was corrected last; None when it never was."""
    query = select(func.max(SignedCredentialRow.signed)).where(
        SignedCredentialRow.organisation_id == organisation_id,
        SignedCredentialRow.credential_id == credential_id,
        SignedCredentialRow.kind == "reissue",
    )
    return session.scalar(query)


def bind(session: Session, organisation_id: str, credential_id: str, holder: str) -> None:
    """Mark a credential as one that a learner's key holds."""
    session.execute(
        update(CredentialRow)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id == credential_id)
        .values(holder=holder, state="claimed")
        .execution_options(synchronize_session=False)
    )


def signed(session: Session, organisation_id: str, credential_id: str, sequence: int) -> SignedCredentialRow | None:
    """One signed version of a credential of this organisation."""
    return session.scalar(
        select(SignedCredentialRow).where(
            SignedCredentialRow.organisation_id == organisation_id,
            SignedCredentialRow.credential_id == credential_id,
            SignedCredentialRow.sequence == sequence,
        )
    )


def signed_versions(session: Session, organisation_id: str, credential_id: str) -> Sequence[SignedCredentialRow]:
    """Every signed version of a credential of this organisation, oldest first."""
    return session.scalars(
        select(SignedCredentialRow)
        .where(
            SignedCredentialRow.organisation_id == organisation_id,
            SignedCredentialRow.credential_id == credential_id,
        )
        .order_by(SignedCredentialRow.sequence)
    ).all()


def intent(session: Session, intent_id: str) -> IntentRow | None:
    """One intent by its id."""
    return session.get(IntentRow, intent_id)


def lock_intent(session: Session, intent_id: str) -> IntentRow | None:
    """The same, locked until the session ends and read afresh."""
    return session.scalar(
        select(IntentRow)
        .where(IntentRow.id == intent_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def pending_intent(session: Session, credential_id: str) -> IntentRow | None:
    """The intent of this credential that was not signed yet, if there is one."""
    return session.scalar(
        select(IntentRow).where(IntentRow.credential_id == credential_id, IntentRow.state == "pending")
    )


def give_up(session: Session, organisation_id: str, credential_id: str, *, instead: str | None) -> None:
    """Have what this credential was to replace be replaced by another one, or by nothing."""
    session.execute(
        update(CredentialRow)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.replaced_by == credential_id)
        .values(replaced_by=instead)
    )


def next_sequence(session: Session, credential_id: str) -> int:
    """The number that the next intent of this credential gets."""
    newest = session.scalar(select(func.max(IntentRow.sequence)).where(IntentRow.credential_id == credential_id))
    return (newest or 0) + 1


def pending_intents(session: Session, limit: int, *, without: Collection[str]) -> Sequence[IntentRow]:
    """Intents that nobody signed, but these: what a crash leaves behind, and what is being signed just now. Oldest
    first.
    """
    query = select(IntentRow).where(IntentRow.state == "pending", IntentRow.id.not_in(without))
    return session.scalars(query.order_by(IntentRow.created, IntentRow.id).limit(limit)).all()


def newest_intent_date(session: Session) -> datetime | None:
    """When this server last decided to sign a credential."""
    return session.scalar(select(IntentRow.created).order_by(IntentRow.created.desc()).limit(1))


def idempotency(session: Session, organisation_id: str, key: str) -> IdempotencyRow | None:
    """What is known about a request with this idempotency key."""
    return session.scalar(
        select(IdempotencyRow)
        .where(IdempotencyRow.organisation_id == organisation_id, IdempotencyRow.key == key)
        .execution_options(populate_existing=True)
    )


def answer_idempotency(
    session: Session, organisation_id: str, key: str, *, status: int, response_sealed: bytes
) -> None:
    """Keep the answer of a request, to be given again."""
    session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.organisation_id == organisation_id, IdempotencyRow.key == key)
        .values(status=status, response_sealed=response_sealed)
        .execution_options(synchronize_session=False)
    )


def drop_idempotency(session: Session, organisation_id: str, key: str) -> None:
    """Forget a request that was refused, so that it can be sent again, corrected."""
    session.execute(
        delete(IdempotencyRow).where(IdempotencyRow.organisation_id == organisation_id, IdempotencyRow.key == key)
    )


def forget_idempotency(session: Session, before: datetime) -> int:
    """Delete answered requests that are older than ``before``; the number of rows deleted."""
    result = session.execute(
        delete(IdempotencyRow).where(IdempotencyRow.created < before, IdempotencyRow.status.is_not(None))
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
