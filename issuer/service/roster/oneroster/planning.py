"""What an export would do: learners, classes and enrolments that are new, change, leave or stay, and what is asked.

A learner is known by the key of the school's system, else as any row of a roster is: by number, never by name alone.
An offering that is here already stays as the rate card says it. Made twice from the same, a plan is the same.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service.awarding.reading import Problem
from issuer.service.learner_keys import LearnerKeys
from issuer.service.offering_values import OfferingValues
from issuer.service.roster.learners import opened
from issuer.service.roster.lines import Reading, Said, read_row
from issuer.service.roster.matching import Directory, Entry
from issuer.service.roster.oneroster.assembling import Assembled, Group, Person, Seat
from issuer.service.roster.oneroster.files import CLASSES, ENROLLMENTS, USERS
from issuer.service.roster.oneroster.keys import DROPPED, LEARNER, LISTED, OFFERING, SEAT, SourceKeys
from issuer.service.roster.planning import Candidate, Place, directory
from issuer.service.roster.values import LearnerValues, whole_name
from issuer.store import learners, offerings, source_keys, tables
from issuer.store.source_keys import Source
from kit.i18n import Message
from kit.sheets import Cell, Kind, Order, Row
from kit.vault import Vault

FRESH, CHANGED, SAME, ASKED, WRONG = "new", "changed", "same", "question", "problem"
GONE, MISSING, HELD = "gone", "missing", "held"
CHANGES: Final = (WRONG, ASKED, MISSING, FRESH, CHANGED, GONE, HELD, SAME)
KINDS: Final = (LEARNER, OFFERING, SEAT)
ACCEPT: Final = "accept"
_COLUMNS: Final = ("given_name", "family_name", "number", "mail", "guardian_name", "guardian_mail")
READ_AS: Final[Mapping[str, int | None]] = {
    **{name: at for at, name in enumerate(_COLUMNS)},
    **dict.fromkeys(("full_name", "birth_date", "enrolled_on", "offering_code", "status", "notes")),
}
"""Where a learner's values stand in a row that is made of an export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one row of a file would do, or somebody who is in none (``number`` 0, ``key`` what an answer names them by).

    ``of`` is what it is about: learner, offering or enrolment.
    """

    of: str
    file: str
    number: int
    name: str
    change: str
    does: tuple[Message, ...] = ()
    problems: tuple[Problem, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    answer: str = ""
    key: str = ""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an export would do, and what is to be written: learners by id (``fresh`` of them new), who leaves, offerings
    by id, offerings to close, places by offering and learner, and keys of the school's system.
    """

    lines: list[Line] = field(default_factory=list)
    fresh: dict[str, LearnerValues] = field(default_factory=dict)
    edited: dict[str, LearnerValues] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
    offerings: dict[str, OfferingValues] = field(default_factory=dict)
    closing: set[str] = field(default_factory=set)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    links: dict[tuple[str, str], Source] = field(default_factory=dict)

    def counted(self, change: str, of: str = "") -> int:
        """How many lines do this."""
        return sum(line.change == change and of in {"", line.of} for line in self.lines)

    @property
    def news(self) -> int:
        """How many lines would change something."""
        ticked = sum(line.change == MISSING and bool(line.answer) for line in self.lines)
        return self.counted(FRESH) + self.counted(CHANGED) + self.counted(GONE) + ticked

    @property
    def left(self) -> int:
        """How many lines cannot be taken over as they are."""
        return self.counted(WRONG) + self.counted(ASKED) + self.counted(HELD)

    @property
    def seen(self) -> str:
        """What stands for all of it: another plan has another."""
        said = [[each.of, each.number, each.key, each.change, list(map(str, each.does)), each.answer]
                for each in self.lines]  # fmt: skip
        wanted = [[*key, place.status, place.enrolled_on] for key, place in sorted(self.places.items())]
        links = [[*key, *link] for key, link in sorted(self.links.items())]
        return hashlib.sha256(json.dumps([said, wanted, links]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a plan is made for: an import, what somebody answered, when, and where."""

    import_id: str
    organisation_id: str
    answers: Mapping[str, str]
    now: datetime
    vault: Vault
    loopback: bool
    system: str


class Known:
    """What is here already of all that an export speaks of. Raises: Unavailable."""

    def __init__(self, session: Session, given: Assembled, asked: Asked) -> None:
        organisation_id = asked.organisation_id
        self.keys = SourceKeys(asked.vault, organisation_id, asked.system)
        self.sources = source_keys.all_of(session, organisation_id, self.keys.system)
        self.said = _read(given.people, asked)
        people = self._people(session, given, asked)
        self.people = people
        before = {each.id for each in people.everybody()}
        ids = sorted({*before, *(each.learner_id for each in self.sources.values() if each.learner_id)})
        elsewhere = {own.learner_id for each in given.seats if (own := self.source(LEARNER, each.person))}
        rows = learners.among(session, organisation_id, tables.LearnerRow.id, sorted(elsewhere - before))
        self.names = {row.id: whole_name(row.given_name, row.family_name) for row in rows}
        self.enrolled: dict[tuple[str, str], tables.EnrolmentRow] = learners.enrolments_among(
            session, organisation_id, ids
        )
        codes = sorted({each.draft.code for each in given.groups if each.draft.code})
        wanted = {each.offering_id for each in self.sources.values() if each.offering_id}
        self.codes = dict(offerings.by_code(session, organisation_id, codes))
        self.offerings = offerings.by_id(session, organisation_id, sorted(wanted))
        self.dropped = {
            (each.offering_id, each.learner_id)
            for (kind, _key), each in self.sources.items()
            if kind == SEAT and each.state == DROPPED
        }
        self.linked = {each.offering_id for (kind, _key), each in self.sources.items() if kind == OFFERING}

    def _people(self, session: Session, given: Assembled, asked: Asked) -> Directory:
        keys = LearnerKeys(asked.vault, asked.organisation_id)
        found = directory(session, asked.organisation_id, list(self.said.values()), keys, asked.vault)
        own = [self.source(LEARNER, each.source) for each in given.people]
        linked = sorted({each.learner_id for each in own if each} - {each.id for each in found.everybody()})
        for row in learners.among(session, asked.organisation_id, tables.LearnerRow.id, linked):
            found.add(Entry(id=row.id, values=opened(row, asked.vault)))
        return found

    def source(self, kind: str, source: str) -> Source | None:
        """What a sourcedId stands for here."""
        return self.sources.get((kind, self.keys.of(kind, source)))


class Draft:
    """A plan in the making, with what its parts tell each other: who and what a sourcedId is by now."""

    def __init__(self, session: Session, given: Assembled, asked: Asked) -> None:
        self.given, self.asked = given, asked
        self.known = Known(session, given, asked)
        self.plan = Plan()
        self.learner_of: dict[str, str] = {}
        self.offering_of: dict[str, str] = {}
        self.held: set[tuple[str, str]] = set()
        self.names: dict[str, str] = dict(self.known.names)
        self.heard = {each.source: whole_name(*each.texts[:2]) for each in given.people}
        self.titles: dict[str, str] = {}
        self._namespace = uuid.UUID(asked.import_id)

    def new_id(self, kind: str, source: str) -> str:
        """The id of something new: the same whenever the same export is planned."""
        return str(uuid.uuid5(self._namespace, f"{kind}/{source}"))

    def link(self, kind: str, source: str, *, learner: str = "", offering: str = "", state: str = LISTED) -> bool:
        """Remember what a sourcedId stands for; whether that is news."""
        key = (kind, self.known.keys.of(kind, source))
        after = Source(learner, offering, state)
        if self.known.sources.get(key) == after:
            return False
        self.plan.links[key] = after
        return True

    def line(self, row: Person | Group | Seat, name: str, change: str, **more: Any) -> None:
        """Say what a row does."""
        of, file = {Person: (LEARNER, USERS), Group: (OFFERING, CLASSES), Seat: (SEAT, ENROLLMENTS)}[type(row)]
        self.plan.lines.append(Line(of=of, file=file, number=row.number, name=name, change=change, **more))


def _read(people: Sequence[Person], asked: Asked) -> dict[int, Said]:
    """The learners of a file, read as rows of a roster are, by their number in it."""
    accepted = frozenset(
        int(name) for name, said in asked.answers.items() if said == ACCEPT and name.isascii() and name.isdecimal()
    )
    reading = Reading(columns=READ_AS, order=Order.DAY_FIRST, now=asked.now, accepted=accepted)
    found = {}
    for person in people:
        if not person.gone:
            cells = tuple(Cell(text, Kind.TEXT if text else Kind.EMPTY) for text in person.texts)
            found[person.number] = read_row(Row(person.number, cells), reading)
    return found
