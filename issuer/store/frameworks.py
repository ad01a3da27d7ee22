"""Queries about frameworks and their items."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import case, delete, func, select
from sqlalchemy.orm import Session

from issuer.store.tables import FrameworkItemRow, FrameworkRow


def one(session: Session, organisation_id: str, framework_id: str) -> FrameworkRow | None:
    """One framework of this organisation."""
    return session.scalar(
        select(FrameworkRow).where(FrameworkRow.organisation_id == organisation_id, FrameworkRow.id == framework_id)
    )


def by_identifier(session: Session, organisation_id: str, identifier: str) -> FrameworkRow | None:
    """The framework that this organisation has under its own identifier."""
    return session.scalar(
        select(FrameworkRow).where(
            FrameworkRow.organisation_id == organisation_id, FrameworkRow.identifier == identifier
        )
    )


def count(session: Session, organisation_id: str) -> int:
    """How many frameworks an organisation has."""
    where = FrameworkRow.organisation_id == organisation_id
    return session.scalar(select(func.count()).select_from(FrameworkRow).where(where)) or 0


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[FrameworkRow], int]:
    """One page of an organisation's frameworks by title, and how many there are in all."""
    where = FrameworkRow.organisation_id == organisation_id
    rows = session.scalars(
        select(FrameworkRow).where(where).order_by(FrameworkRow.title, FrameworkRow.id).offset(offset).limit(limit)
    ).all()
    return rows, count(session, organisation_id)


def replace_items(session: Session, framework: FrameworkRow, items: Iterable[FrameworkItemRow]) -> None:
    """Put these items in the place of all that the framework had."""
    remove_items(session, framework)
    session.add_all(items)
    session.flush()


def remove_items(session: Session, framework: FrameworkRow) -> None:
    """Take out every item of a framework."""
    session.execute(delete(FrameworkItemRow).where(FrameworkItemRow.framework_id == framework.id))


def items(
    session: Session, organisation_id: str, framework_id: str, positions: Collection[int]
) -> Sequence[FrameworkItemRow]:
    """The items at these places of a framework, in its order."""
    return session.scalars(
        select(FrameworkItemRow)
        .where(
            FrameworkItemRow.organisation_id == organisation_id,
            FrameworkItemRow.framework_id == framework_id,
            FrameworkItemRow.position.in_(positions),
        )
        .order_by(FrameworkItemRow.position)
    ).all()


def search(
    session: Session,
    organisation_id: str,
    *,
    words: Sequence[str],
    code: str,
    framework_id: str,
    level: str,
    offset: int,
    limit: int,
) -> tuple[Sequence[tuple[FrameworkItemRow, str]], int]:
    """One page of the items that hold every word, each with its framework's title, and how many there are in all.

    ``words`` and ``code`` are folded; items whose code begins with ``code`` come first. Empty values ask for nothing.
    """
    where = [FrameworkItemRow.organisation_id == organisation_id]
    where += [FrameworkItemRow.folded.contains(word, autoescape=True) for word in words]
    if framework_id:
        where.append(FrameworkItemRow.framework_id == framework_id)
    if level:
        where.append(FrameworkItemRow.levels.contains(f",{level},", autoescape=True))
    total = session.scalar(select(func.count()).select_from(FrameworkItemRow).where(*where)) or 0
    first = case((FrameworkItemRow.code_folded.startswith(code, autoescape=True), 0), else_=1)
    rows = session.execute(
        select(FrameworkItemRow, FrameworkRow.title)
        .join(FrameworkRow, FrameworkRow.id == FrameworkItemRow.framework_id)
        .where(*where)
        .order_by(
            *([first] if code else []), FrameworkRow.title, FrameworkItemRow.framework_id, FrameworkItemRow.position
        )
        .offset(offset)
        .limit(limit)
    ).all()
    return [(row, title) for row, title in rows], total
