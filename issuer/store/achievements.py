"""Queries about achievements."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from issuer.store.tables import AchievementRow, AchievementVersionRow


def one(session: Session, organisation_id: str, achievement_id: str) -> AchievementRow | None:
    """One achievement of this organisation; an achievement of another organisation does not exist here."""
    return session.scalar(
        select(AchievementRow).where(
            AchievementRow.organisation_id == organisation_id, AchievementRow.id == achievement_id
        )
    )


def listing(
    session: Session, organisation_id: str, *, include_retired: bool, offset: int, limit: int
) -> tuple[Sequence[AchievementRow], int]:
    """One page of an organisation's achievements by name, and how many there are in all."""
    where = [AchievementRow.organisation_id == organisation_id]
    if not include_retired:
        where.append(AchievementRow.state == "active")
    total = session.scalar(select(func.count()).select_from(AchievementRow).where(*where)) or 0
    rows = session.scalars(
        select(AchievementRow)
        .where(*where)
        .order_by(AchievementRow.name, AchievementRow.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return rows, total


def versions(session: Session, achievement_id: str) -> Sequence[AchievementVersionRow]:
    """Every version of an achievement, newest first."""
    return session.scalars(
        select(AchievementVersionRow)
        .where(AchievementVersionRow.achievement_id == achievement_id)
        .order_by(AchievementVersionRow.version.desc())
    ).all()


def version(session: Session, achievement_id: str, number: int) -> str:
    """The body of one version, as JSON text."""
    return session.scalars(
        select(AchievementVersionRow.body).where(
            AchievementVersionRow.achievement_id == achievement_id, AchievementVersionRow.version == number
        )
    ).one()
