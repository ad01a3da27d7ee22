"""Jobs as pages and the API see them, and what they wait for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from issuer.store import tables
from kit.i18n import Message, _

KIND: Final = "award-sheet"
SCHEDULED, QUEUED, RUNNING, PAUSED = "scheduled", "queued", "running", "paused"
APPROVAL: Final = "approval"
UNDO, RELEASED, UNDOING, UNDONE = "undo", "released", "undoing", "undone"
WORKING: Final = frozenset({QUEUED, RUNNING, UNDOING})
SETTLED: Final = frozenset({UNDO, RELEASED, UNDONE})

KEY, CLOCK, ACHIEVEMENT, ACTOR, REFUSALS, WITHHELD = "key", "clock", "achievement", "actor", "refusals", "withheld"
LOST: Final = "lost"
ADDRESS, ALONE = "address", "alone"
PROBLEMS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        KEY: _("Signing waits: the server’s key file is missing. Nothing is lost; it goes on by itself."),
        CLOCK: _("Signing waits: the server’s clock is behind. Nothing is lost; it goes on when the clock is right."),
        ACHIEVEMENT: _("The achievement was changed or taken off the list meanwhile. Go on only if that is right."),
        LOST: _("The key that your name is made of is no longer safe. Move to a web address, then go on."),
        ACTOR: _("Whoever started this may not award here any more. Somebody who may has to go on with it."),
        REFUSALS: _("Many of the first rows could not be signed. Look at these first, then go on or undo."),
        ALONE: _("Two people have to agree here, and nobody else may approve. Invite somebody, then go on."),
        ADDRESS: _(
            "The server’s address changed while some of these were being signed. "
            "Say what becomes of them; the rest goes on."
        ),
        WITHHELD: _("Some awards did not pass our own check. They are tried again; tell the operator if it stays so."),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job. ``done`` were awarded (corrections counted), ``repeated`` were awarded before, ``refused`` could not be
    signed; ``pace`` is rows a second. ``undo_until`` is when they are handed out unless somebody undoes it.
    """

    id: str
    sheet_id: str
    part: int
    format: str | None
    state: str
    problem: str | None
    total: int
    done: int
    repeated: int
    refused: int
    undone: int
    pace: int
    starts: datetime | None
    started: datetime | None
    undo_until: datetime | None
    released: datetime | None
    created: datetime
    created_by: str

    @property
    def settled(self) -> int:
        """How many rows it is through with."""
        return self.done + self.repeated + self.refused

    @property
    def begun(self) -> bool:
        """Whether anything of it may be signed."""
        return self.started is not None

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to sign or to undo."""
        return self.state in SETTLED

    @property
    def left(self) -> int | None:
        """In how many seconds it will be through, at this pace; None when nobody can tell."""
        if self.state != RUNNING or self.pace <= 0:
            return None
        return -(-(self.total - self.settled) // self.pace)

    @property
    def words(self) -> Message | None:
        """What it waits for."""
        return None if self.problem is None else PROBLEMS.get(self.problem)

    @classmethod
    def of(cls, row: tables.JobRow) -> "JobView":
        """The job of a row."""
        return cls(
            id=row.id,
            sheet_id=row.subject,
            part=row.part,
            format=row.format,
            state=row.state,
            problem=row.problem,
            total=row.total,
            done=row.done,
            repeated=row.repeated,
            refused=row.refused,
            undone=row.undone,
            pace=row.pace,
            starts=row.starts,
            started=row.started,
            undo_until=row.undo_until,
            released=row.released,
            created=row.created,
            created_by=row.created_by,
        )
