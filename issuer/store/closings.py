"""Queries about organisations that close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from issuer.store.credentials import AWARD
from issuer.store.jobs import DRIVEN
from issuer.store.tables import (
    ClaimRow,
    ClosingFileRow,
    ClosingRow,
    CredentialRow,
    IntentRow,
    JobRow,
    OrganisationRow,
    SignedCredentialRow,
    SigningKeyRow,
    StatusEntryRow,
    StatusListRow,
)

UNFINISHED = (*DRIVEN, "paused")
"""The states of jobs that may still award something, or take it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What there is in an organisation that closes: how many of each."""

    awards: int
    unclaimed: int
    claims: int
    signing: int
    jobs: int
    lists: int
    keys: int


def counts(session: Session, organisation_id: str, now: datetime) -> Counts:
    """Count everything that matters to a closing."""

    def count(row: Any, *where: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(row).where(row.organisation_id == organisation_id, *where)
        return session.scalar(query) or 0

    award = CredentialRow.kind == AWARD
    return Counts(
        awards=count(CredentialRow, award, CredentialRow.state.in_(("issued", "claimed"))),
        unclaimed=count(CredentialRow, award, CredentialRow.state == "issued"),
        claims=count(ClaimRow, ClaimRow.state == "open", ClaimRow.expires > now),
        signing=count(IntentRow, IntentRow.state == "pending"),
        jobs=count(JobRow, JobRow.state.in_(UNFINISHED)),
        lists=count(StatusListRow),
        keys=count(SigningKeyRow),
    )


def unfinished_jobs(session: Session, organisation_id: str) -> int:
    """How many jobs may still award something, or take it back."""
    where = (JobRow.organisation_id == organisation_id, JobRow.state.in_(UNFINISHED))
    return session.scalar(select(func.count()).select_from(JobRow).where(*where)) or 0


def one(session: Session, organisation_id: str) -> ClosingRow | None:
    """The closing of this organisation, if it has closed."""
    return session.get(ClosingRow, organisation_id)


def by_slug(session: Session, slug: str) -> tuple[OrganisationRow, ClosingRow] | None:
    """An organisation that has closed, by its short name."""
    row = session.execute(
        select(OrganisationRow, ClosingRow)
        .join(ClosingRow, ClosingRow.organisation_id == OrganisationRow.id)
        .where(OrganisationRow.slug == slug)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def newest(session: Session, closing: ClosingRow) -> SignedCredentialRow | None:
    """The newest signed version of a snapshot; None before there is one."""
    mine = (
        SignedCredentialRow.organisation_id == closing.organisation_id,
        SignedCredentialRow.credential_id == closing.credential_id,
    )
    query = select(SignedCredentialRow).where(*mine)
    return session.scalar(query.order_by(SignedCredentialRow.sequence.desc()).limit(1))


def files(session: Session, credential_id: str, sequence: int) -> Sequence[ClosingFileRow]:
    """The documents that one version of a snapshot names, by name."""
    query = select(ClosingFileRow).where(
        ClosingFileRow.credential_id == credential_id, ClosingFileRow.sequence == sequence
    )
    return session.scalars(query.order_by(ClosingFileRow.name)).all()


def drop_files(session: Session, credential_id: str, *, before: int | None = None) -> None:
    """Delete the documents of a snapshot's versions ``before`` this one; of all of them without one."""
    where = [ClosingFileRow.credential_id == credential_id]
    if before is not None:
        where.append(ClosingFileRow.sequence < before)
    session.execute(delete(ClosingFileRow).where(*where).execution_options(synchronize_session=False))


def changed_since(session: Session, organisation_id: str, moment: datetime) -> int:
    """How many awards were withdrawn after a moment."""
    query = select(func.count(func.distinct(StatusEntryRow.credential_id))).where(
        StatusEntryRow.organisation_id == organisation_id, StatusEntryRow.changed > moment
    )
    return session.scalar(query) or 0
