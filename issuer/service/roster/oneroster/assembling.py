"""Rows of an export put together: who learns, which classes there are, who is in them, and who teaches.

Nothing here knows a database. A row that cannot be used is a problem with its file and its number.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from issuer.service.awarding.reading import BAD, Problem
from issuer.service.offering_values import OfferingDraft
from issuer.service.roster.oneroster.files import (
    ACTIVE,
    ADULTS,
    ASKED,
    BULK,
    CLASSES,
    COLUMNS,
    COURSES,
    DELTA,
    ENROLLMENTS,
    ORGS,
    ROLES,
    SESSIONS,
    STUDENT,
    TEACHER,
    TO_BE_DELETED,
    USERS,
)
from issuer.service.roster.oneroster.reading import Export
from issuer.service.roster.values import whole_name
from kit.i18n import Message, _

TWICE: Final = "twice"
_SCED: Final = re.compile(r"\d{5}")
_NO_CODE: Final = re.compile(r"[\s;,\"']+")
_LONGEST_CODE: Final = 60

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A learner of the file. ``gone``: the file says that the learner left. ``texts`` as on the row, with a guardian
    where one was asked for.
    """

    number: int
    source: str
    gone: bool
    texts: tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A class of the file, as a draft of an offering; ``gone``: the file says that there is none any more."""

    number: int
    source: str
    gone: bool
    draft: OfferingDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A learner's place in a class, by the sourcedIds of the three; ``gone``: it was given up."""

    number: int
    source: str
    gone: bool
    group: str
    person: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Somebody to invite: nobody is invited by a file."""

    name: str
    mail: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row that cannot be used. ``source`` is its sourcedId, as far as it has one: whoever it names is not missing."""

    file: str
    number: int
    name: str
    source: str
    problem: Problem


@dataclass(slots=True, kw_only=True)
class Assembled:
    """Everything of an export that can be used, and what cannot. ``modes`` are those of the files that are used."""

    modes: Mapping[str, str]
    schools: Sequence[str] = ()
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    teachers: list[Teacher] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def open_questions(export: Export, said: Mapping[str, str]) -> list[str]:
    """The files that the manifest calls absent, that are there, and of which nobody said yet what they are."""
    return [name for name, file in export.files.items() if file.mode == ASKED and name not in said]


def assemble(export: Export, said: Mapping[str, str]) -> Assembled:
    """Put an export together. ``said`` is what somebody said about files that are asked about."""
    modes = {name: said.get(name, ASKED) if file.mode == ASKED else file.mode for name, file in export.files.items()}
    found = Assembled(modes={name: mode for name, mode in modes.items() if mode in {BULK, DELTA}})
    users = {each["sourcedId"]: each for _number, each in _records(export, found, USERS)}
    found.schools = [each["name"] for _number, each in _records(export, found, ORGS) if each["name"]]
    _people(export, found, users)
    taught = _seats(export, found)
    _groups(export, found, users, taught)
    _teachers(found, users, taught)
    return found


def _records(export: Export, found: Assembled, name: str) -> Iterator[tuple[int, Record]]:
    """The rows of a file that have a sourcedId of their own and a status that means something; faults are kept."""
    if name not in found.modes:
        return
    seen: dict[str, int] = {}
    known = {(each.file, each.number) for each in found.faults}
    for number, row in export.files[name].rows:
        record = dict(zip(COLUMNS[name], row, strict=True))
        source = record["sourcedId"]
        if not source or len(source) > 255:
            problem = _problem("sourcedId", _("This row has no sourcedId."), _("Export it again."))
        elif source in seen:
            problem = _problem(
                "sourcedId",
                _("Row %(row)s has the same sourcedId.", row=seen[source]),
                _("Keep the row that is right."),
                code=TWICE,
            )
        elif record["status"] not in {"", ACTIVE, TO_BE_DELETED}:
            problem = _problem(
                "status",
                _("“%(text)s” is no status that is known here.", text=record["status"][:40]),
                _("Use one of: active, tobedeleted."),
            )
        else:
            seen[source] = number
            yield number, record
            continue
        if (name, number) not in known:
            found.faults.append(Fault(file=name, number=number, name="", source=source, problem=problem))


def _people(export: Export, found: Assembled, users: Mapping[str, Record]) -> None:
    for number, record in _records(export, found, USERS):
        role, gone = record["role"], record["status"] == TO_BE_DELETED
        if role not in ROLES and not (gone and not role):
            detail = _("“%(text)s” is no role of OneRoster 1.1.", text=role[:40])
            problem = _problem("role", detail, _("Correct it in the school’s system, and export again."))
            source = record["sourcedId"]
            found.faults.append(Fault(file=USERS, number=number, name="", source=source, problem=problem))
        elif role == STUDENT or (gone and not role):
            guardian = _guardian(record, users) if export.guardians else ("", "")
            texts = (record["givenName"], record["familyName"], record["identifier"], record["email"], *guardian)
            found.people.append(Person(number=number, source=record["sourcedId"], gone=gone, texts=texts))


def _guardian(record: Record, users: Mapping[str, Record]) -> tuple[str, str]:
    """Name and address of the first guardian whom the file holds."""
    for source in _several(record["agentSourcedIds"]):
        agent = users.get(source)
        if agent is not None and agent["role"] in ADULTS and agent["status"] != TO_BE_DELETED:
            return whole_name(agent["givenName"], agent["familyName"]), agent["email"]
    return "", ""


def _seats(export: Export, found: Assembled) -> dict[str, list[str]]:
    """Gather the places of learners; the teachers of each class by sourcedId, the first one first."""
    taught: dict[str, list[str]] = {}
    for number, record in _records(export, found, ENROLLMENTS):
        gone = record["status"] == TO_BE_DELETED
        group, person = record["classSourcedId"], record["userSourcedId"]
        if record["role"] == TEACHER and not gone:
            place = 0 if record["primary"].casefold() == "true" else len(taught.get(group, ()))
            taught.setdefault(group, []).insert(place, person)
        elif record["role"] == STUDENT or (gone and not record["role"]):
            found.seats.append(
                Seat(
                    number=number, source=record["sourcedId"], gone=gone, group=group, person=person,
                    since=record["beginDate"],
                )
            )  # fmt: skip
        elif record["role"] not in ROLES:
            detail = _("“%(text)s” is no role of OneRoster 1.1.", text=record["role"][:40])
            problem = _problem("role", detail, _("Correct it in the school’s system, and export again."))
            source = record["sourcedId"]
            found.faults.append(Fault(file=ENROLLMENTS, number=number, name="", source=source, problem=problem))
    return taught


def _groups(export: Export, found: Assembled, users: Mapping[str, Record], taught: Mapping[str, Sequence[str]]) -> None:
    courses = {each["sourcedId"]: each for _number, each in _records(export, found, COURSES)}
    sessions = {each["sourcedId"]: each for _number, each in _records(export, found, SESSIONS)}
    for number, record in _records(export, found, CLASSES):
        course = courses.get(record["courseSourcedId"], {})
        terms = [sessions[each] for each in _several(record["termSourcedIds"]) if each in sessions]
        first = next((users[each] for each in taught.get(record["sourcedId"], ()) if each in users), None)
        code = record["classCode"] or course.get("courseCode", "")
        subject = next(iter(_several(record["subjects"]) or _several(course.get("subjects", ""))), "")
        sced = [each for each in _several(record["subjectCodes"]) if _SCED.fullmatch(each)]
        draft = OfferingDraft(
            code=_NO_CODE.sub("-", code).strip("-")[:_LONGEST_CODE],
            title=record["title"] or course.get("title", ""),
            state="draft",
            grades_or_ages=_grades(record["grades"] or course.get("grades", "")),
            term=", ".join(each["title"] for each in terms)[:80],
            start_date=min((each["startDate"] for each in terms if each["startDate"]), default=""),
            end_date=max((each["endDate"] for each in terms if each["endDate"]), default=""),
            sced_code=sced[0] if len(sced) == 1 else "",
            subject=subject[:80],
            location=record["location"][:200],
            instructor_name=whole_name(first["givenName"], first["familyName"]) if first else "",
        )
        gone = record["status"] == TO_BE_DELETED
        found.groups.append(Group(number=number, source=record["sourcedId"], gone=gone, draft=draft))


def _teachers(found: Assembled, users: Mapping[str, Record], taught: Mapping[str, Sequence[str]]) -> None:
    titles = {each.source: each.draft.title for each in found.groups}
    teaches: dict[str, list[str]] = {}
    for group, sources in taught.items():
        for source in sources:
            if group in titles:
                teaches.setdefault(source, []).append(titles[group])
    for source, record in users.items():
        if record["role"] == TEACHER and record["status"] != TO_BE_DELETED:
            name = whole_name(record["givenName"], record["familyName"])
            found.teachers.append(Teacher(name=name, mail=record["email"], classes=tuple(teaches.get(source, ()))))


def _grades(text: str) -> str:
    """Grades as a rate card says them: ``04,05,06`` is 4-6, ``KG`` is K."""
    found = []
    for each in _several(text):
        plain = {"KG": "K", "PK": "Pre-K"}.get(each, each.lstrip("0") or each)
        found.append(plain)
    numbers = sorted({int(each) for each in found if each.isascii() and each.isdecimal() and len(each) < 3})
    if len(numbers) == len(set(found)) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}-{numbers[-1]}"
    return ", ".join(dict.fromkeys(found))[:80]


def _several(text: str) -> list[str]:
    """The values of a column that holds several, divided by commas."""
    return [part for each in text.split(",") if (part := each.strip())]


def _problem(name: str, detail: Message, remedy: Message, *, code: str = BAD) -> Problem:
    return Problem(code=code, field=name, detail=detail, remedy=remedy)
