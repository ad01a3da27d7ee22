"""Whether a row of a sheet is somebody who is on the roster already.

A roster number tells learners apart, and so do name and birth date together, and name and e-mail address. A name alone
never joins anybody: then somebody is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from issuer.service.award_rows import plain
from issuer.service.learner_keys import name_words
from issuer.service.roster.values import LearnerValues

EXACT, UNSURE, NEW, CLASH = "exact", "unsure", "new", "clash"


@dataclass(slots=True, kw_only=True)
class Entry:
    """Somebody who is known: on the roster, or from ``line`` of the same sheet. ``values`` change as rows are read."""

    id: str
    values: LearnerValues
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What became of a row: ``exact`` is ``entry``, ``unsure`` perhaps one of ``candidates``; ``clash`` cannot be."""

    kind: str
    entry: Entry | None = None
    candidates: tuple[Entry, ...] = field(default=())


class Directory:
    """Those who are known, found by whatever tells learners apart."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        self._numbers: dict[str, Entry] = {}
        self._names: dict[str, list[Entry]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Know somebody, or know them by what they are called from now on."""
        self._entries[entry.id] = entry
        self._numbers[plain(entry.values.number)] = entry
        same_name = self._names.setdefault(name_words(entry.values.name), [])
        if entry not in same_name:
            same_name.append(entry)

    def by_id(self, learner_id: str) -> Entry | None:
        """Somebody by their id."""
        return self._entries.get(learner_id)

    def everybody(self) -> list[Entry]:
        """All of them."""
        return list(self._entries.values())

    def holder(self, number: str) -> Entry | None:
        """Whose roster number this is."""
        found = self._numbers.get(plain(number))
        return found if found is not None and plain(found.values.number) == plain(number) else None

    def match(self, row: LearnerValues) -> Match:
        """Who a row is."""
        numbered = None if row.made else self.holder(row.number)
        if numbered is not None:
            known = numbered.values
            if known.birth_date and row.birth_date and known.birth_date != row.birth_date:
                return Match(kind=CLASH, entry=numbered)
            if known.birth_date and known.birth_date == row.birth_date:
                return Match(kind=EXACT, entry=numbered)
            if name_words(known.name) == name_words(row.name):
                return Match(kind=EXACT, entry=numbered)
            return Match(kind=UNSURE, candidates=(numbered,))
        namesakes = [
            each
            for each in self._names.get(name_words(row.name), ())
            if name_words(each.values.name) == name_words(row.name)
        ]
        if row.birth_date:
            for each in namesakes:
                if each.values.birth_date == row.birth_date:
                    return Match(kind=EXACT if row.made or each.values.made else UNSURE, entry=each, candidates=(each,))
        if row.mail:
            mailed = [each for each in namesakes if each.values.mail == row.mail and not _apart(row, each.values)]
            if len(mailed) == 1:
                return Match(kind=EXACT, entry=mailed[0])
        candidates = tuple(each for each in namesakes if not _apart(row, each.values))
        return Match(kind=UNSURE, candidates=candidates) if candidates else Match(kind=NEW)


def _apart(row: LearnerValues, known: LearnerValues) -> bool:
    """Whether two of one name are surely two people: other birth dates, or other roster numbers of the school's."""
    born = row.birth_date and known.birth_date and row.birth_date != known.birth_date
    numbered = not row.made and not known.made and plain(row.number) != plain(known.number)
    return bool(born) or numbered
