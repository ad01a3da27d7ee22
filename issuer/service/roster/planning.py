"""What a whole sheet would do to the roster: who is new, who changes, who is asked about, what cannot be used.

A plan is made from the sheet, the answers and what is on the roster; made twice from the same, it is the same.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.orm import InstrumentedAttribute, Session

from issuer.service.awarding.fields import NAME
from issuer.service.awarding.reading import BAD, Problem
from issuer.service.learner_keys import LearnerKeys, name_words
from issuer.service.roster.fields import WORDS
from issuer.service.roster.learners import opened
from issuer.service.roster.lines import Said
from issuer.service.roster.matching import CLASH, EXACT, NEW, UNSURE, Directory, Entry
from issuer.service.roster.values import LearnerValues, merged
from issuer.store import learners, offerings, tables
from kit.i18n import Message, _
from kit.vault import Vault

FRESH, CHANGED, SAME, ASKED, WRONG = "new", "changed", "same", "question", "problem"
CHANGES: Final = (WRONG, ASKED, FRESH, CHANGED, SAME)
SOMEBODY_NEW: Final = "new"
TWICE: Final = "twice"
SHOWN: Final = ("given_name", "family_name", "number", "birth_date", "mail", "guardian_name", "guardian_mail", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody whom a row may be, as the question names them; ``line`` when it is somebody of the same sheet."""

    id: str
    name: str
    birth_date: str
    number: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An enrolment as a row wants it."""

    offering_id: str
    status: str
    enrolled_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a row would do. ``does`` says it in words; ``answer`` is what was said about it."""

    number: int
    name: str
    change: str
    does: tuple[Message, ...] = ()
    problems: tuple[Problem, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    answer: str = ""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a sheet would do: its lines, and what is to be written: learners by id (``fresh`` of them are new), and
    places by offering and learner.
    """

    lines: list[Planned]
    fresh: dict[str, LearnerValues] = field(default_factory=dict)
    edited: dict[str, LearnerValues] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    def counted(self, change: str) -> int:
        """How many rows do this."""
        return sum(line.change == change for line in self.lines)

    @property
    def news(self) -> int:
        """How many rows would change something."""
        return self.counted(FRESH) + self.counted(CHANGED)

    @property
    def seen(self) -> str:
        """What stands for all of it: another plan has another."""
        said = [[line.number, line.change, [str(word) for word in line.does], line.answer] for line in self.lines]
        wanted = [[*key, place.status, place.enrolled_on] for key, place in sorted(self.places.items())]
        return hashlib.sha256(json.dumps([said, wanted]).encode()).hexdigest()[:32]


def directory(
    session: Session, organisation_id: str, said: Sequence[Said], keys: LearnerKeys, vault: Vault
) -> Directory:
    """Everybody on the roster whom one of these rows could be. Raises: Unavailable."""
    row = tables.LearnerRow
    wanted: list[tuple[InstrumentedAttribute[Any], set[str | None]]] = [
        (row.number_key, {keys.number(each.learner.number) for each in said if not each.learner.made}),
        (row.person_key, {keys.person(each.learner.name, each.learner.birth_date) for each in said}),
        (row.name_words, {name_words(each.learner.name) for each in said}),
    ]
    found: dict[str, tables.LearnerRow] = {}
    for column, values in wanted:
        some = sorted(value for value in values if value)
        found |= {each.id: each for each in learners.among(session, organisation_id, column, some)}
    return Directory(Entry(id=each.id, values=opened(each, vault)) for _id, each in sorted(found.items()))


class Planner:
    """Plans one sheet. ``answers`` are what was said about rows: an id, or that it is somebody new."""

    def __init__(
        self, session: Session, organisation_id: str, said: Sequence[Said], *, import_id: str,
        answers: Mapping[int, str], vault: Vault,
    ) -> None:  # fmt: skip
        self._said, self._answers = said, answers
        self._namespace = uuid.UUID(import_id)
        keys = LearnerKeys(vault, organisation_id)
        self._people = directory(session, organisation_id, said, keys, vault)
        self._before = {each.id: each.values for each in self._people.everybody()}
        codes = sorted({each.code for each in said if each.code})
        self._offerings = offerings.by_code(session, organisation_id, codes)
        self._enrolled = learners.enrolments_among(session, organisation_id, sorted(self._before))
        self._plan = Plan(lines=[])
        self._placed: dict[tuple[str, str], int] = {}

    def plan(self) -> Plan:
        """The plan."""
        for said in self._said:
            self._plan.lines.append(self._line(said))
        return self._plan

    def _line(self, said: Said) -> Planned:
        name = said.learner.name or said.texts.get(NAME, "")
        problems = [*said.problems]
        if said.code and said.code not in self._offerings:
            problems.append(_no_offering(said.code))
        if problems:
            return Planned(number=said.number, name=name, change=WRONG, problems=tuple(problems))
        match = self._people.match(said.learner)
        if match.kind == CLASH:
            assert match.entry is not None, "a number clashes with somebody's"
            return Planned(number=said.number, name=name, change=WRONG, problems=(other_birth(said.learner.number),))
        answer = self._answers.get(said.number, "")
        entry = match.entry if match.kind == EXACT else None
        if match.kind == UNSURE:
            entry = next((each for each in match.candidates if each.id == answer), None)
            asks = entry is None and (answer != SOMEBODY_NEW or self._taken(said.learner))
            if asks:
                shown = tuple(candidate(each) for each in match.candidates)
                return Planned(number=said.number, name=name, change=ASKED, candidates=shown)
        if match.kind == NEW or entry is None:
            return self._fresh(said, name, answer if match.kind == UNSURE else "")
        return self._known(said, name, entry, answer if match.kind == UNSURE else "")

    def _taken(self, learner: LearnerValues) -> bool:
        """Whether the number is somebody's: then this cannot be somebody new."""
        return not learner.made and self._people.holder(learner.number) is not None

    def _fresh(self, said: Said, name: str, answer: str) -> Planned:
        learner_id = str(uuid.uuid5(self._namespace, str(said.number)))
        self._people.add(Entry(id=learner_id, values=said.learner, line=said.number))
        self._plan.fresh[learner_id] = said.learner
        does = [_("New on the roster"), *self._place(said, learner_id)]
        return Planned(number=said.number, name=name, change=FRESH, does=tuple(does), answer=answer)

    def _known(self, said: Said, name: str, entry: Entry, answer: str) -> Planned:
        after = merged(entry.values, said.learner)
        other = self._people.holder(after.number)
        if other is not None and other.id != entry.id:
            return Planned(number=said.number, name=name, change=WRONG, problems=(other_number(after.number),))
        place = said.code and (self._offerings[said.code].id, entry.id)
        if place and self._contradicts(said, place):
            return Planned(number=said.number, name=name, change=WRONG, problems=(_twice(self._placed[place]),))
        does = []
        keys = [key for key in SHOWN if getattr(after, key) != getattr(entry.values, key)]
        if keys:
            does.append(changed(keys))
            entry.values = after
            self._people.add(entry)
            kept = self._plan.fresh if entry.id in self._plan.fresh else self._plan.edited
            kept[entry.id] = after
        does.extend(self._place(said, entry.id))
        return Planned(number=said.number, name=name, change=CHANGED if does else SAME, does=tuple(does), answer=answer)

    def _contradicts(self, said: Said, place: tuple[str, str]) -> bool:
        before = self._plan.places.get(place)
        return before is not None and before != _place_of(said, place[0])

    def _place(self, said: Said, learner_id: str) -> list[Message]:
        """Enrol, and say so; nothing when it is so already."""
        if not said.code:
            return []
        offering = self._offerings[said.code]
        place, wanted = (offering.id, learner_id), _place_of(said, offering.id)
        before = self._enrolled.get(place)
        self._placed.setdefault(place, said.number)
        if place in self._plan.places:
            return []
        if before is not None:
            same_day = said.enrolled_on is None or before.enrolled_on == said.enrolled_on
            if same_day and (before.status == said.status or not said.texts.get("status")):
                return []
        self._plan.places[place] = wanted
        if said.status == "withdrawn":
            return [_("Withdrawn from “%(title)s”", title=offering.title)]
        return [_("Enrolled in “%(title)s”", title=offering.title)]


def _place_of(said: Said, offering_id: str) -> Place:
    enrolled = said.enrolled_on.isoformat() if said.enrolled_on else ""
    return Place(offering_id=offering_id, status=said.status, enrolled_on=enrolled)


def changed(keys: Sequence[str]) -> Message:
    """What changes: the first field is named, and how many more there are."""
    if len(keys) == 1:
        return _("Changed: %(field)s", field=WORDS[keys[0]])
    return _("Changed: %(field)s and more (%(count)s)", field=WORDS[keys[0]], count=len(keys) - 1)


def candidate(entry: Entry) -> Candidate:
    """Somebody as a question names them."""
    born = entry.values.birth_date
    return Candidate(
        id=entry.id,
        name=entry.values.name,
        birth_date=born.isoformat() if born else "",
        number="" if entry.values.made else entry.values.number,
        line=entry.line,
    )


def _no_offering(code: str) -> Problem:
    return Problem(
        code=BAD,
        field="offering_code",
        detail=_("There is nothing with the code “%(code)s” on the rate card.", code=code[:60]),
        remedy=_("Put it on the rate card first, or correct the code."),
    )


def other_birth(number: str) -> Problem:
    """A number that is somebody's with another birth date."""
    return Problem(
        code=BAD,
        field="number",
        detail=_("The roster number “%(number)s” is somebody’s with another birth date.", number=number[:60]),
        remedy=_("Correct the number or the birth date, here or on the roster."),
    )


def other_number(number: str) -> Problem:
    """A number that is somebody else's."""
    return Problem(
        code=BAD,
        field="number",
        detail=_("The roster number “%(number)s” belongs to somebody else.", number=number[:60]),
        remedy=_("Correct the number, here or on the roster."),
    )


def _twice(row: int) -> Problem:
    return Problem(
        code=TWICE,
        field="offering_code",
        detail=_("Row %(row)s says something else about the same learner in the same offering.", row=row),
        remedy=_("Keep the row that is right."),
    )
