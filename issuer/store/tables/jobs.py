"""Long work: jobs, of which an engine knows nothing but the id."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class JobRow(Model):
    """One job: what is to be done (``kind``) with what (``subject``, for awards a sheet), and how far it is.

    ``part`` counts the jobs of one subject, so that starting twice makes one. ``state`` is approval (somebody else
    has to agree), scheduled, queued, running, paused, undo (done, and it can be undone), released, undoing or undone;
    ``problem`` says in a word what it waits for. ``format`` is how its awards are signed (empty: as usual). ``attempt``
    and ``lease_until`` are the engine's (see ``kit.jobs``). What a job did is held back until it is released.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "kind", "subject", "part"),
        Index("ix_job_listing", "organisation_id", "created"),
        Index("ix_job_lease", "state", "lease_until"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(ID)
    part: Mapped[int]
    request: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str | None] = mapped_column(String(40))
    total: Mapped[int]
    done: Mapped[int]
    repeated: Mapped[int]
    refused: Mapped[int]
    undone: Mapped[int]
    pace: Mapped[int]
    undo_minutes: Mapped[int]
    format: Mapped[str | None] = mapped_column(String(20))
    starts: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    started: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    undo_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    released: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    attempt: Mapped[int]
    lease_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(200))
