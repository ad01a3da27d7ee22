"""From the ZIP file to rows: the manifest says what every file is, and nothing is guessed.

Only the columns that are used are kept, and of people only learners and teachers, and guardians where somebody asked
for them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from issuer.service.roster.oneroster.files import (
    ABSENT,
    ADULTS,
    ARCHIVE,
    ASKED,
    BULK,
    COLUMNS,
    DELTA,
    DEMOGRAPHICS,
    GIVES,
    LIMITS_OF,
    MANIFEST,
    MOST_LEARNERS,
    NEEDED,
    STUDENT,
    TEACHER,
    UNREAD,
    USERS,
    file_name,
)
from kit.errors import BadInput, RequestError, TooLarge
from kit.i18n import Message, _
from kit.sheets import (
    ArchiveRefused,
    Refusal,
    Sheet,
    SheetRefused,
    archive_explained,
    explained,
    read_archive,
    read_sheet,
)

_VERSION: Final = "1.1"
_SAYS: Final = frozenset({BULK, DELTA, ABSENT})
_MOST_NAMED: Final = 20
_PRIVATE: Final = tuple(COLUMNS[USERS].index(name) for name in ("givenName", "familyName", "identifier", "email"))
_AGENTS: Final = COLUMNS[USERS].index("agentSourcedIds")

Fields = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file: ``mode`` is bulk, delta or asked; ``rows`` are numbers in the file with the values of its columns."""

    mode: str
    rows: Sequence[tuple[int, Fields]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What was exported. ``system`` tells one school's system from another; ``unread`` are files that were not opened,
    ``guardians`` whether somebody asked for them.
    """

    name: str
    system: str
    guardians: bool
    files: Mapping[str, File]
    unread: tuple[str, ...]

    def to_json(self) -> str:
        """Everything, as text to be sealed."""
        files = {name: [each.mode, [[number, *row] for number, row in each.rows]] for name, each in self.files.items()}
        about: dict[str, Any] = {"name": self.name, "system": self.system, "guardians": self.guardians}
        return json.dumps({**about, "unread": self.unread, "files": files}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Export":
        """What ``to_json`` wrote."""
        value = json.loads(text)
        files = {
            name: File(mode=mode, rows=[(number, tuple(row)) for number, *row in rows])
            for name, (mode, rows) in value["files"].items()
        }
        return cls(
            name=value["name"],
            system=value["system"],
            guardians=value["guardians"],
            files=files,
            unread=tuple(value["unread"]),
        )


def read_export(data: bytes, *, name: str, guardians: bool) -> Export:
    """Read an export. Raises: BadInput or TooLarge, naming the file and the place; Unavailable."""
    try:
        archive = read_archive(data, wanted={file_name(each) for each in (MANIFEST, *COLUMNS)}, limits=ARCHIVE)
    except ArchiveRefused as error:
        raise archive_explained(error, field="file") from error
    if file_name(MANIFEST) not in archive.members:
        raise _refused(
            _("There is no manifest.csv in this ZIP file."),
            _("Choose “OneRoster 1.1, CSV” in the school’s system, and drop the ZIP file as it made it."),
        )
    says = _manifest(archive.members[file_name(MANIFEST)])
    files: dict[str, File] = {}
    for each in COLUMNS:
        content = archive.members.get(file_name(each))
        mode = says.get(f"file.{each}", ABSENT)
        if content is None:
            if mode != ABSENT:
                raise _refused(
                    _("manifest.csv says that there is %(file)s, and there is none.", file=file_name(each)),
                    _("Export it again from the school’s system, and drop that file."),
                )
            continue
        rows = _rows(each, _sheet(each, content))
        files[each] = File(mode=ASKED if mode == ABSENT else mode, rows=_kept(each, rows, guardians=guardians))
    if not any(each in files for each in GIVES):
        raise _refused(
            _("There are no users, classes or enrollments in this export."),
            _("Choose them in the school’s system, and export again."),
        )
    system = says.get("source.systemCode", "") or says.get("source.systemName", "")
    return Export(name=name, system=system, guardians=guardians, files=files, unread=archive.others[:_MOST_NAMED])


def notes(export: Export) -> list[Message]:
    """What was not opened, and why."""
    found = []
    for name in export.unread:
        stem = name.removesuffix(".csv")
        if stem == DEMOGRAPHICS:
            found.append(_("%(file)s was not opened: birth dates and what else is in it are never read.", file=name))
        elif stem in UNREAD:
            found.append(_("%(file)s was not opened: nothing of it belongs on the roster.", file=name))
        else:
            found.append(_("“%(file)s” is no file of OneRoster 1.1 and was not opened.", file=name))
    return found


def _manifest(content: bytes) -> dict[str, str]:
    """What the manifest says, by property. Raises: BadInput."""
    sheet = _sheet(MANIFEST, content)
    if [header.casefold() for header in sheet.headers[:2]] != ["propertyname", "value"]:
        raise _refused(
            _("manifest.csv does not begin with “propertyName,value”."),
            _("Export it again from the school’s system, and drop that file."),
        )
    says: dict[str, str] = {}
    for row in sheet.rows:
        key, value = row.at(0).text, row.at(1).text
        if says.setdefault(key, value) != value:
            raise _refused(
                _("manifest.csv says two things about “%(what)s”.", what=key[:60]), _("Keep the one that is right.")
            )
        if key.startswith("file.") and value not in _SAYS:
            raise _refused(
                _("manifest.csv calls %(file)s “%(value)s”.", file=file_name(key[5:65]), value=value[:40]),
                _("It can only be bulk, delta or absent."),
            )
    version = says.get("oneroster.version", "")
    if version != _VERSION:
        raise _refused(
            _("This export is of OneRoster %(version)s; what is read here is 1.1.", version=version[:20] or "–"),
            _("Choose “OneRoster 1.1, CSV” in the school’s system, and drop the ZIP file as it made it."),
        )
    return says


def _sheet(name: str, content: bytes) -> Sheet:
    """One file as a table; strictly UTF-8. Raises: BadInput, TooLarge."""
    try:
        if content.startswith(b"PK"):  # a workbook under the name of a CSV file
            raise SheetRefused(Refusal.NOT_A_TABLE)
        return read_sheet(content, limits=LIMITS_OF[name], encoding="utf-8")
    except SheetRefused as error:
        raise _of_file(name, error) from error


def _rows(name: str, sheet: Sheet) -> list[tuple[int, Fields]]:
    """The columns that are used. Raises: BadInput."""
    headers = [header.strip("\ufeff").casefold() for header in sheet.headers]
    for each in NEEDED[name]:
        if headers.count(each.casefold()) != 1:
            raise _refused(
                _("%(file)s needs one column “%(column)s”.", file=file_name(name), column=each),
                _("Export it again from the school’s system, and drop that file."),
            )
    places = [headers.index(each.casefold()) if each.casefold() in headers else None for each in COLUMNS[name]]
    try:
        sheet.need_values(places)
    except SheetRefused as error:
        raise _of_file(name, error) from error
    return [(row.number, tuple(row.at(place).text for place in places)) for row in sheet.rows]


def _kept(name: str, rows: list[tuple[int, Fields]], *, guardians: bool) -> list[tuple[int, Fields]]:
    """The rows without people who are none of our business. Raises: TooLarge."""
    if name != USERS:
        return rows
    role = COLUMNS[USERS].index("role")
    wanted = {STUDENT, TEACHER, *(ADULTS if guardians else ())}
    kept = []
    for number, row in rows:
        if row[role] in wanted or not row[role]:
            kept.append((number, row if guardians else _without(row, (_AGENTS,))))
        elif row[role] not in ADULTS:
            kept.append((number, _without(row, (*_PRIVATE, _AGENTS))))
    if sum(row[role] == STUDENT for _number, row in kept) > MOST_LEARNERS:
        raise TooLarge(
            _("There are too many learners; %(most)s fit at a time.", most=f"{MOST_LEARNERS:,}".replace(",", "\u202f")),
            field="file",
            remedy=_("Export one school at a time."),
        )
    return kept


def _without(row: Fields, places: Sequence[int]) -> Fields:
    return tuple("" if at in places else value for at, value in enumerate(row))


def _of_file(name: str, error: SheetRefused) -> RequestError:
    """The refusal of one file, with its name."""
    found = explained(error, field="file")
    kind = TooLarge if isinstance(found, TooLarge) else BadInput
    detail = _("%(file)s: %(what)s", file=file_name(name), what=found.detail)
    if error.refusal is Refusal.ENCODING:
        return kind(
            _("%(file)s is not saved as UTF-8.", file=file_name(name)),
            title=found.title,
            field="file",
            remedy=_("Export it again from the school’s system, and do not open it in between."),
        )
    return kind(detail, title=found.title, field="file", remedy=found.remedy)


def _refused(detail: Message, remedy: Message) -> BadInput:
    return BadInput(detail, title=_("This file cannot be read as it is"), field="file", remedy=remedy)
