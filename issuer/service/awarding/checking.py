"""Looking at every line of a sheet, or at those that a correction touches; and how a sheet is kept, sealed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.award_reading import Award
from issuer.service.award_rows import sealing_context
from issuer.service.awarding import judging
from issuer.service.awarding.fingerprints import fingerprinting
from issuer.service.awarding.judging import Verdict, fingerprint_of, judge
from issuer.service.awarding.reading import Read, Rules, Written, read_line
from issuer.store import sheets, tables
from issuer.store.sheets import Before
from kit.errors import Unavailable
from kit.sheets import Cell, Kind, Row, Sheet, Source, zeros_dropped
from kit.vault import Vault, VaultError

SAMPLE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a sheet as a whole. ``sure`` is false when its letters were guessed from ``sample``; ``zeros``
    says that its roster numbers look shortened; ``header`` is the row that names the columns.
    """

    name: str
    headers: tuple[str, ...]
    header: int
    width: int
    encoding: str
    sure: bool
    sample: str
    tab: str
    tabs: tuple[str, ...]
    hidden: int
    zeros: bool

    @classmethod
    def of(cls, sheet: Sheet, *, name: str, columns: Mapping[str, int | None]) -> "About":
        """What is known of a sheet that was read."""
        return cls(
            name=name,
            headers=tuple(sheet.headers),
            header=sheet.header.number,
            width=sheet.width,
            encoding=sheet.encoding,
            sure=sheet.sure,
            sample=sheet.sample[:SAMPLE],
            tab=sheet.tab,
            tabs=sheet.tabs,
            hidden=sheet.hidden,
            zeros=zeros_in(sheet, columns),
        )

    @property
    def has_choice(self) -> bool:
        """Whether the file could be read in another way."""
        return not self.sure or len(self.tabs) > 1

    def to_json(self) -> str:
        """Everything, as text to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "About":
        """What ``to_json`` wrote."""
        value = json.loads(text)
        return cls(**{**value, "headers": tuple(value["headers"]), "tabs": tuple(value["tabs"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What lines are, by their numbers, and what they say."""

    verdicts: Mapping[int, Verdict]
    written: Mapping[int, Written]
    reads: Mapping[int, Read]

    def codes(self, number: int) -> frozenset[str]:
        """The names of a line's problems."""
        return frozenset(problem.code for problem in self.verdicts[number].problems)


def zeros_in(sheet: Sheet, columns: Mapping[str, int | None]) -> bool:
    """Whether the roster numbers look as if a spreadsheet program had shortened them."""
    column = columns.get("number")
    return column is not None and zeros_dropped(sheet, column)


def sheet_of(about: About, written: Mapping[int, Written]) -> Sheet:
    """The sheet again, as far as columns are judged by it."""
    header = Row(about.header, tuple(Cell(text, Kind.TEXT if text else Kind.EMPTY) for text in about.headers))
    rows = tuple(Row(number, line.cells) for number, line in sorted(written.items()))
    return Sheet(source=Source.SEPARATED, header=header, rows=rows)


def seal(vault: Vault, sheet_id: str, what: str, said: str | bytes) -> bytes:
    """Seal a part of a sheet: ``about``, ``original``, or a line by its number."""
    return vault.seal(said.encode() if isinstance(said, str) else said, context=context_of(sheet_id, what))


def unseal(vault: Vault, sheet_id: str, what: str, sealed: bytes) -> bytes:
    """Open what ``seal`` sealed. Raises: Unavailable."""
    try:
        return vault.open(sealed, context=context_of(sheet_id, what))
    except VaultError as error:
        raise Unavailable(retry_after=30) from error


def context_of(sheet_id: str, what: str) -> bytes:
    """What a sealed part is bound to."""
    return f"issuer/sheet/{sheet_id}/{what}".encode()


def unsealed_line(vault: Vault, row: tables.SheetLineRow) -> Written:
    """What a line says. Raises: Unavailable."""
    assert row.cells_sealed is not None, "a sheet whose cells were erased is discarded"
    return Written.from_json(unseal(vault, row.sheet_id, str(row.number), row.cells_sealed).decode())


class Checker:
    """Looks at lines of one organisation's sheet."""

    def __init__(self, vault: Vault, organisation_id: str, rules: Rules) -> None:
        self._vault = vault
        self._organisation_id = organisation_id
        self._rules = rules
        self._fingerprint = fingerprinting(vault, organisation_id)

    def all(self, session: Session, written: Mapping[int, Written], resting: Collection[int]) -> Checked:
        """Look at every line that is active, and at those that are resting."""
        reads, prints = self._read(written)
        return self._judged(session, written, reads, prints, _first(prints, resting))

    def some(
        self, session: Session, sheet_id: str, changed: Mapping[int, Written], resting: Collection[int]
    ) -> Checked:
        """Look at lines that were changed, and at those that were, or are now, the same as one of them."""
        old = {line.fingerprint for line in sheets.numbered(session, sheet_id, list(changed)) if line.fingerprint}
        reads, prints = self._read(changed)
        touched = old | {fingerprint for fingerprint in prints.values() if fingerprint}
        shared = sheets.sharing(session, sheet_id, sorted(touched))
        others = {
            number
            for members in shared.values()
            for number, state in members
            if number not in changed and state in judging.ACTIVE
        }
        rows = sheets.numbered(session, sheet_id, sorted(others))
        written = {row.number: unsealed_line(self._vault, row) for row in rows} | dict(changed)
        reads, prints = self._read(written)
        return self._judged(session, written, reads, prints, _first(prints, resting))

    def shown(self, session: Session, rows: Sequence[tables.SheetLineRow]) -> Checked:
        """Look at lines as they are kept, to show them."""
        written = {row.number: unsealed_line(self._vault, row) for row in rows}
        reads, prints = self._read(written)
        wanted = sorted({fingerprint for fingerprint in prints.values() if fingerprint})
        shared = sheets.sharing(session, rows[0].sheet_id, wanted) if rows else {}
        first = {
            fingerprint: min(number for number, state in members if state in judging.COUNTED)
            for fingerprint, members in shared.items()
            if any(state in judging.COUNTED for _number, state in members)
        }
        return self._judged(session, written, reads, prints, first)

    def opened(self, before: Before) -> Award:
        """The award that there is. Raises: Unavailable."""
        try:
            context = sealing_context(before.credential_id, "award").encode()
            return Award.from_json(self._vault.open(before.draft_sealed, context=context).decode())
        except VaultError as error:
            raise Unavailable(retry_after=30) from error

    def _read(self, written: Mapping[int, Written]) -> tuple[dict[int, Read], dict[int, str | None]]:
        reads = {number: read_line(line, self._rules) for number, line in written.items()}
        achievement_id = self._rules.achievement.id
        return reads, {
            number: fingerprint_of(read, achievement_id, self._fingerprint) for number, read in reads.items()
        }

    def _judged(
        self,
        session: Session,
        written: Mapping[int, Written],
        reads: Mapping[int, Read],
        prints: Mapping[int, str | None],
        first: Mapping[str, int],
    ) -> Checked:
        wanted = sorted({fingerprint for fingerprint in prints.values() if fingerprint})
        before = sheets.awarded_before(session, self._organisation_id, wanted)
        verdicts = {
            number: judge(
                number,
                line,
                reads[number],
                fingerprint=prints[number],
                first=first,
                before=before,
                opened=self.opened,
                zone=self._rules.now.tzinfo or UTC,
            )
            for number, line in written.items()
        }
        return Checked(verdicts=verdicts, written=written, reads=reads)


def _first(prints: Mapping[int, str | None], resting: Collection[int]) -> dict[str, int]:
    """The first line that has a fingerprint, of those that are not resting."""
    first: dict[str, int] = {}
    for number in sorted(prints):
        fingerprint = prints[number]
        if fingerprint is not None and number not in resting:
            first.setdefault(fingerprint, number)
    return first
