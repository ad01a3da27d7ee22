"""The rate card as a sheet: out as CSV, in from any sheet that people have, by the code of each offering.

A sheet is read whole before anything is written: every row that cannot be used is told with its fields, and then
nothing is changed. A column that the sheet does not have leaves what is there; an empty cell empties it. What goes out
comes back in unchanged.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from issuer.service.context import Context, Desk, Organisation
from issuer.service.offering_values import CountsDraft, OfferingDraft, OfferingValues, read_offering
from issuer.service.offering_words import FIELDS
from issuer.service.offerings import Offering, OfferingService
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import offerings, organisations
from kit.errors import BadInput, Conflict
from kit.i18n import Message, _
from kit.sheets import (
    LIMITS,
    Field,
    Guess,
    Order,
    Row,
    Sheet,
    SheetRefused,
    encoding_question,
    explained,
    fields,
    guess,
    headed,
    order_of,
    read_day,
    read_sheet,
    to_csv,
    zeros_dropped,
    zeros_question,
)

SHEET: Final = "sheet"
CATALOGUE_LIMITS: Final = replace(LIMITS, rows=2000, cell_characters=25_000, characters=700_000)
"""What of a rate card is read at once: it is shown, and sent back from the page that shows it."""
_TEMPLATE: Final = fields(
    "offering_code", "title", "grades_or_ages", "term", "start_date", "end_date", "weekly_hours", "weeks",
    "total_hours", "proposed_credits", "sced_code", "subject", "level", "price", "price_per", "seats", "location",
    "schedule", "instructor_name", "instructor_mail", "description", "skills", "prerequisites", "assessment_method",
)  # fmt: skip
_OURS: Final = (
    Field(key="kind", names=("kind", "tipo")),
    Field(key="state", names=("state", "status", "estado")),
    Field(key="credit_unit", names=("credit unit", "unidad de los creditos")),
    Field(key="currency", names=("currency", "moneda")),
    Field(key="funding", names=("funding", "who pays", "quien paga")),
    Field(key="seats_taken", names=("seats taken", "plazas ocupadas")),
    Field(key="counts_as", names=("counts as", "counts for", "cuenta como")),
)
SHEET_FIELDS: Final = (*_TEMPLATE, *_OURS)
_MEMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {"offering_code": "code", "proposed_credits": "credits", "instructor_mail": "instructor_email"}
)
_PRIVATE: Final = frozenset({"instructor_mail"})
_TAKEN_FOR_A_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}-[A-Za-z]{3}\.?|[A-Za-z]{3}\.?-\d{1,2}")
_MOST_SHIFTED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong in a row: in which field, what, and what would do."""

    field: Message | str
    detail: Message | str
    remedy: Message | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a row would do: ``change`` is ``new``, ``changed``, ``same`` or ``problem``; ``number`` as in the file."""

    number: int
    code: str
    title: str
    change: str
    troubles: Sequence[Trouble] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a sheet would do, or did where ``applied``.

    ``columns`` says for each field which header it was found under (None: nowhere). ``seen`` stands for what the rate
    card was when this was written; ``text`` is the sheet as CSV, to be sent back with it. ``cautions`` are questions
    for whoever brought it. ``tabs`` are a workbook's sheets.
    """

    lines: Sequence[Line]
    headers: Sequence[str]
    columns: Mapping[str, int | None]
    seen: str
    text: str
    cautions: Sequence[Message]
    tabs: Sequence[str]
    tab: str
    applied: bool = False

    def counted(self, change: str) -> int:
        """How many rows do this."""
        return sum(line.change == change for line in self.lines)

    @property
    def ready(self) -> bool:
        """Whether it could be applied, and would change something."""
        return not self.counted("problem") and bool(self.counted("new") + self.counted("changed"))


class OfferingSheetService:
    """Rate cards in and out."""

    def __init__(self, context: Context, kept: OfferingService) -> None:
        self._context = context
        self._kept = kept

    def export(self, desk: Desk) -> bytes:
        """The whole rate card as CSV, by code. Raises: Refused; Unavailable without the key."""
        desk.require(Right.DESCRIBE)
        return self._written(desk.organisation, public=False)

    def published(self, organisation: Organisation) -> bytes:
        """What everybody may see of the rate card, as CSV."""
        return self._written(organisation, public=True)

    def _written(self, organisation: Organisation, *, public: bool) -> bytes:
        wanted = [field for field in SHEET_FIELDS if not (public and field.key in _PRIVATE)]
        found = self._kept.every(organisation, public=public)
        return to_csv(
            [_header(field) for field in wanted], ([_cell(each, field) for field in wanted] for each in found)
        )

    def look(
        self,
        desk: Desk,
        data: bytes,
        *,
        encoding: str | None = None,
        tab: str | None = None,
        chosen: Mapping[str, str] | None = None,
    ) -> Report:
        """What a sheet would do. Changes nothing.

        ``chosen`` says for fields in which column (from 0, as text) they stand; empty for none. Raises: Refused;
        BadInput or TooLarge when it cannot be read as a rate card; Unavailable.
        """
        desk.require(Right.DESCRIBE)
        sheet, columns = self._sheet(data, encoding=encoding, tab=tab, chosen=chosen or {})
        with self._context.database.reading() as session:
            rows = self._rows(sheet, columns)
            known = self._kept.by_code(session, desk.organisation, [row.code for row in rows if row.code])
        report, _values = self._report(sheet, columns, rows, known)
        return report

    def apply(self, desk: Desk, data: bytes, *, seen: str, chosen: Mapping[str, str] | None = None) -> Report:
        """Do what a sheet says, all of it or nothing. ``seen`` is that of the report that somebody said yes to.

        Raises: Refused; BadInput when a row has a problem, or the sheet cannot be read; Conflict when the rate card
        has changed since; Unavailable.
        """
        desk.require(Right.DESCRIBE)
        sheet, columns = self._sheet(data, encoding=None, tab=None, chosen=chosen or {})
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            rows = self._rows(sheet, columns)
            codes = [row.code for row in rows if row.code]
            known = self._kept.by_code(session, desk.organisation, codes)
            report, values = self._report(sheet, columns, rows, known)
            if report.counted("problem"):
                raise BadInput(
                    _("Some rows have problems. Nothing was changed."),
                    field=SHEET,
                    remedy=_("Correct them in the sheet, and look at it again."),
                )
            if seen != report.seen:
                raise Conflict(_("Somebody changed the rate card meanwhile. Look at what the sheet would do now."))
            stored = offerings.by_code(session, desk.organisation.id, codes)
            for line, value in zip(report.lines, values, strict=True):
                if line.change == "new":
                    self._kept.added(session, desk.organisation, value, now)
                elif line.change == "changed":
                    self._kept.changed(session, stored[line.code], value, now)
            if report.ready:
                record(
                    session,
                    at=now,
                    actor=desk.actor,
                    action="offering.import",
                    organisation_id=desk.organisation.id,
                    object_id="offerings",
                    rows=len(report.lines),
                    count=report.counted("new") + report.counted("changed"),
                )
        return replace(report, applied=True)

    @staticmethod
    def _sheet(
        data: bytes, *, encoding: str | None, tab: str | None, chosen: Mapping[str, str]
    ) -> tuple[Sheet, Mapping[str, int | None]]:
        try:
            sheet = headed(read_sheet(data, limits=CATALOGUE_LIMITS, encoding=encoding, tab=tab), SHEET_FIELDS)
            columns = _columns(sheet, guess(sheet, SHEET_FIELDS), chosen)
            sheet.need_values(columns.values())
        except SheetRefused as error:
            raise explained(error, field=SHEET) from error
        for key in ("offering_code", "title"):
            if columns[key] is None:
                raise BadInput(
                    _("No column of this sheet holds “%(field)s”.", field=label_of(key)),
                    field=SHEET,
                    remedy=_("Put a header such as %(header)s above it.", header=_header_of(key)),
                )
        if not sheet.rows:
            raise BadInput(
                _("There is nothing in this sheet."),
                field=SHEET,
                remedy=_("Choose the sheet that has a header row and at least one row under it."),
            )
        return sheet, columns

    def _rows(self, sheet: Sheet, columns: Mapping[str, int | None]) -> "list[_Read]":
        orders = {key: order_of(row.at(columns[key]).text for row in sheet.rows) for key in ("start_date", "end_date")}
        return [_Read(row, columns, orders) for row in sheet.rows]

    def _report(
        self,
        sheet: Sheet,
        columns: Mapping[str, int | None],
        rows: "Sequence[_Read]",
        known: Mapping[str, Offering],
    ) -> tuple[Report, list[OfferingValues]]:
        """The report, and for each of its lines the values that would be kept."""
        lines: list[Line] = []
        values: list[OfferingValues] = []
        places: dict[str, list[int]] = {}
        for row in rows:
            places.setdefault(row.code, []).append(row.row.number)
        for row in rows:
            before = known.get(row.code)
            read, problems = read_offering(
                row.draft(before.values if before else None), loopback=self._context.settings.loopback
            )
            troubles = [_trouble(problem) for problem in [*row.problems, *problems]]
            if not row.code:
                troubles.insert(0, _no_code())
            elif len(places[row.code]) > 1:
                others = ", ".join(str(number) for number in places[row.code] if number != row.row.number)
                troubles.append(_twice(others))
            values.append(read)
            change = "problem" if troubles else _change(before, read)
            lines.append(
                Line(number=row.row.number, code=row.code, title=row.title, change=change, troubles=tuple(troubles))
            )
        cautions = [question] if (question := encoding_question(sheet)) else []
        column = columns["offering_code"]
        if column is not None and zeros_dropped(sheet, column):
            cautions.append(zeros_question(sheet.header.at(column).text))
        report = Report(
            lines=lines,
            headers=sheet.headers,
            columns=columns,
            seen=_fingerprint(known),
            text=_kept_text(sheet),
            cautions=cautions,
            tabs=sheet.tabs,
            tab=sheet.tab,
        )
        return report, values


class _Read:
    """One row of a sheet, by field."""

    def __init__(self, row: Row, columns: Mapping[str, int | None], orders: Mapping[str, Order | None]) -> None:
        self.row = row
        self.problems: list[BadInput] = []
        self.given = {key: row.at(column).text for key, column in columns.items() if column is not None}
        for key, order in orders.items():
            if self.given.get(key):
                self.given[key] = self._day(key, self.given[key], order)
        self._grades()

    @property
    def code(self) -> str:
        return self.given["offering_code"]

    @property
    def title(self) -> str:
        return self.given["title"]

    def draft(self, before: OfferingValues | None) -> OfferingDraft:
        """What the row says; what it has no column for is as it was."""
        members = _draft_members(before) if before else {}
        for key, text in self.given.items():
            members |= _member(key, text)
        return OfferingDraft(**members)

    def _day(self, key: str, text: str, order: Order | None) -> str:
        found = read_day(text, order=order)
        if found.other is not None and found.day is not None:
            days = {"one": found.day.isoformat(), "other": found.other.isoformat()}
            detail = _("“%(text)s” could be %(one)s or %(other)s.", text=text[:40], **days)
            self.problems.append(BadInput(detail, field=_name(key), remedy=_("Write it as 2027-03-14.")))
            return ""
        return text if found.day is None else found.day.isoformat()

    def _grades(self) -> None:
        text = self.given.get("grades_or_ages", "")
        if _TAKEN_FOR_A_DAY.fullmatch(text):
            self.given["grades_or_ages"] = ""
            self.problems.append(
                BadInput(
                    _("The spreadsheet took this for a day: “%(text)s”.", text=text[:40]),
                    field="gradesOrAges",
                    remedy=_("Set the column to text in your spreadsheet program, and type it again, such as 4-6."),
                )
            )


def _columns(sheet: Sheet, proposed: Guess, chosen: Mapping[str, str]) -> Mapping[str, int | None]:
    """The columns as guessed, but where somebody chose another one."""
    found = dict(proposed.columns)
    for key, column in chosen.items():
        if key not in found or not (column == "" or (column.isascii() and column.isdigit() and len(column) < 4)):
            raise BadInput(_("That is no column of this sheet."), field=SHEET, remedy=_("Choose one from the list."))
        found[key] = int(column) if column else None
        if column and int(column) >= sheet.width:
            raise BadInput(_("That is no column of this sheet."), field=SHEET, remedy=_("Choose one from the list."))
    return MappingProxyType(found)


def _member(key: str, text: str) -> dict[str, Any]:
    if key == "skills":
        return {"skills": tuple(text.replace("\n", ";").split(";"))}
    if key == "funding":
        return {"funding": tuple(part.strip() for part in text.replace(",", ";").split(";") if part.strip())}
    if key == "counts_as":
        parts = [[part.strip() for part in line.split("|")] for line in text.split("\n") if line.strip()]
        return {"counts": tuple(CountsDraft(**dict(zip(_COUNTS_PARTS, line, strict=False))) for line in parts)}
    return {_MEMBERS.get(key, key): text}


_COUNTS_PARTS: Final = ("program", "area", "credits", "method", "document_url")


def _draft_members(values: OfferingValues) -> dict[str, Any]:
    """What is kept, as it would be typed: what a sheet says is laid over it."""
    found: dict[str, Any] = {"achievement": values.achievement}
    for field in SHEET_FIELDS:
        found |= _member(field.key, _text_of(values, field.key))
    return found


def _cell(offering: Offering, field: Field) -> str:
    return _text_of(offering.values, field.key)


def _text_of(values: OfferingValues, key: str) -> str:
    """A value as it stands in a sheet."""
    if key == "counts_as":
        return "\n".join(
            " | ".join(
                [each.program, each.area, "" if each.credits is None else f"{each.credits:f}", each.method,
                 each.document_url]
            ).rstrip(" |")
            for each in values.counts
        )  # fmt: skip
    value = getattr(values, _MEMBERS.get(key, key))
    if value is None:
        return ""
    if key == "price":
        return f"{value:f}".removesuffix(".00")
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _change(before: Offering | None, read: OfferingValues) -> str:
    if before is None:
        return "new"
    return "same" if before.values == read else "changed"


def _trouble(problem: BadInput) -> Trouble:
    stem = (problem.field or "").partition("/")[0]
    return Trouble(field=FIELDS.get(stem, stem), detail=problem.detail, remedy=problem.remedy)


def _no_code() -> Trouble:
    remedy = _("Give it one of its own, such as BRIDGE-F26: by it the row is found again next time.")
    return Trouble(field=FIELDS["code"], detail=_("This row has no code."), remedy=remedy)


def _twice(others: str) -> Trouble:
    return Trouble(
        field=FIELDS["code"],
        detail=_("The same code stands in row %(rows)s, too.", rows=others),
        remedy=_("Give each offering a code of its own."),
    )


def _fingerprint(known: Mapping[str, Offering]) -> str:
    """What the rate card is, as far as a sheet is concerned with it."""
    versions = "\n".join(f"{each.id} {each.version}" for each in sorted(known.values(), key=lambda each: each.id))
    return hashlib.sha256(versions.encode()).hexdigest()[:32]


def _kept_text(sheet: Sheet) -> str:
    """The sheet as CSV, its rows where they were in the file as far as that makes sense."""
    rows = (sheet.header, *sheet.rows)
    shifted = rows[-1].number > len(rows) + _MOST_SHIFTED
    placed = {(at if shifted else row.number): row for at, row in enumerate(rows, start=1)}
    table = [
        [placed[number].at(column).text if number in placed else "" for column in range(sheet.width)]
        for number in range(1, max(placed) + 1)
    ]
    return to_csv(table[0], table[1:]).decode("utf-8-sig")


def label_of(key: str) -> Message:
    """What the field of a column is called."""
    return FIELDS["counts"] if key == "counts_as" else FIELDS[_name(key)]


def _name(key: str) -> str:
    """A field as the API calls it: ``startDate``."""
    first, *rest = _MEMBERS.get(key, key).split("_")
    return first + "".join(part.title() for part in rest)


def _header(field: Field) -> str:
    return _header_of(field.key)


def _header_of(key: str) -> str:
    return {"instructor_mail": "instructor_email"}.get(key, key)
