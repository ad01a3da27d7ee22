"""Sheets and their lines as pages and the API see them, and what somebody may say about them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from issuer.service.achievements import Achievement, result_descriptions
from issuer.service.awarding import judging
from issuer.service.awarding.checking import About, Checked
from issuer.service.awarding.fields import MARK, NAME, SheetField, sheet_fields
from issuer.service.awarding.reading import Problem
from issuer.store import tables
from kit.i18n import Message, _
from kit.sheets import ENCODINGS, place_of, zeros_question
from vc.document import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file or a pasted text, and what was chosen where it leaves a choice."""

    data: bytes
    achievement: str
    name: str = ""
    encoding: str = ""
    tab: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What somebody says about a line; what is None or not named stays as it is.

    ``values`` by field; ``accept``: the questions that are shown are answered with "right as it is"; ``later``: it is
    kept for later; ``again``: a withdrawn award is made again; ``correct``: the award that there is, is corrected.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    accept: bool | None = None
    later: bool | None = None
    again: bool | None = None
    correct: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something about a sheet as a whole that somebody ought to look at. ``code`` names it for programs."""

    code: str
    words: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """A sheet. ``columns`` says for each field its column, from 0; ``counts`` how many lines are in each state;
    ``encodings`` and ``tabs`` are empty where the file leaves no choice.
    """

    id: str
    name: str
    achievement: Achievement
    headers: Sequence[str]
    fields: Sequence[SheetField]
    columns: Mapping[str, int | None]
    counts: Mapping[str, int]
    notes: Sequence[Note]
    encoding: str
    encodings: Sequence[str]
    sample: str
    tab: str
    tabs: Sequence[str]
    day_order: str
    state: str
    version: int
    created: datetime
    created_by: str
    expires: datetime

    @property
    def total(self) -> int:
        """How many lines there are."""
        return sum(self.counts.values())

    @property
    def ready(self) -> int:
        """How many lines are good: those that would be awarded now."""
        return self.counts.get(judging.OK, 0)

    @classmethod
    def of(cls, row: tables.SheetRow, about: About, achievement: Achievement, counts: Mapping[str, int]) -> "SheetView":
        """The sheet of a row."""
        columns: dict[str, int | None] = json.loads(row.columns)
        choice = row.original_sealed is not None
        return cls(
            id=row.id,
            name=about.name,
            achievement=achievement,
            headers=about.headers,
            fields=sheet_fields(achievement),
            columns=columns,
            counts={state: counts[state] for state in judging.STATES if counts.get(state)},
            notes=notes_of(about, columns, achievement),
            encoding=about.encoding,
            encodings=tuple(ENCODINGS) if choice and not about.sure else (),
            sample=about.sample,
            tab=about.tab,
            tabs=about.tabs if choice and len(about.tabs) > 1 else (),
            day_order=row.day_order or "",
            state=row.state,
            version=row.version,
            created=row.created,
            created_by=row.created_by,
            expires=row.expires,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line: what stands in each field, where (``C7``), and what it is. ``fixed`` are the fields that were corrected
    here; ``before`` is the award that there is already; ``correction``: that one is going to be corrected.
    """

    number: int
    name: str
    values: Mapping[str, str]
    places: Mapping[str, str]
    state: str
    problems: Sequence[Problem]
    fixed: frozenset[str]
    credential_id: str | None
    before: str | None
    correction: bool

    @classmethod
    def of(cls, line: tables.SheetLineRow, checked: Checked, columns: Mapping[str, int | None]) -> "LineView":
        """The line of a row, as it was looked at."""
        verdict, read = checked.verdicts[line.number], checked.reads[line.number]
        settled = line.state in judging.AT_WORK or line.state == judging.UNDONE
        problems = () if settled else verdict.problems
        if line.state == judging.REFUSED and not problems:
            problems = (judging.refused(),)
        return cls(
            number=line.number,
            name=read.draft.learner_name,
            values=read.values,
            places={key: place_of(line.number, column) for key, column in columns.items() if column is not None},
            state=line.state,
            problems=problems,
            fixed=frozenset(checked.written[line.number].fixed),
            credential_id=line.credential_id,
            before=verdict.before.credential_id if verdict.before and not settled else None,
            correction=verdict.correction,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is going to be signed for one line, as a document without proof; and how many lines are in each state."""

    number: int
    learner_name: str
    document: JsonObject
    counts: Mapping[str, int]


def notes_of(about: About, columns: Mapping[str, int | None], achievement: Achievement) -> list[Note]:
    """What to look at before the lines."""
    found = []
    if not about.sure:
        asked = _("Does “%(sample)s” look right? If not, choose how the file was saved.", sample=about.sample)
        found.append(Note(code="encoding", words=asked))
    if about.hidden:
        said = _(
            "The file hides some of its rows (%(count)s), by a filter perhaps. They are kept for later.",
            count=about.hidden,
        )
        found.append(Note(code="hidden", words=said))
    number = columns.get("number")
    if about.zeros and number is not None:
        found.append(Note(code="zeros", words=zeros_question(about.headers[number])))
    if all(columns.get(key) is None for key in (NAME, "given_name", "family_name")):
        found.append(Note(code="noName", words=_("Choose the column that holds the learners’ names.")))
    if columns.get("number") is None and columns.get("mail") is None:
        said = _("Choose the column that tells learners apart: a roster number, or an e-mail address.")
        found.append(Note(code="noIdentifier", words=said))
    marks = [key for key in columns if key.startswith(MARK)]
    if result_descriptions(achievement) and all(columns[key] is None for key in marks):
        found.append(Note(code="noMarks", words=_("No column holds a mark; these are awarded without one.")))
    if not achievement.active:
        found.append(Note(code="retired", words=_("This achievement is off the list: it cannot be awarded now.")))
    return found
