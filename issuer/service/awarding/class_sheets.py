"""A sheet of awards that nobody dropped: made of the marks of a class, and from then on like any other."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from issuer.service import inputs
from issuer.service.achievements import Achievement, AchievementService, result_descriptions
from issuer.service.awarding import judging
from issuer.service.awarding.checking import About, Checker, seal
from issuer.service.awarding.fields import MARK, MOST_MARKS, NAME, sheet_fields
from issuer.service.awarding.reading import Rules, Written
from issuer.service.awarding.sheet_views import SheetView
from issuer.service.awarding.sheets import KEPT, KIND, OPEN, SheetService
from issuer.service.context import Context, Desk
from issuer.service.once import LONGEST_KEY, reused
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.vocabulary import HOURS_ATTENDED
from issuer.store import achievements, classes, credentials, sheets, tables
from kit.errors import Conflict
from kit.i18n import _
from kit.sheets import Cell, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """One line of a class: who, and the marks by description id; ``completed_on`` is a day or empty."""

    name: str
    number: str
    marks: Mapping[str, str]
    completed_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassList:
    """A class as it is to be awarded. ``when`` is its term, where it has one."""

    offering_id: str
    title: str
    achievement_id: str
    when: str
    pupils: Sequence[Pupil]


class ClassSheetService:
    """Makes sheets of classes."""

    def __init__(self, context: Context, achievements_: AchievementService, sheets_: SheetService) -> None:
        self._context = context
        self._achievements = achievements_
        self._sheets = sheets_

    def make(self, desk: Desk, given: ClassList, *, key: str) -> SheetView:
        """A sheet of the class as it stands, once for this ``key``: who has no mark yet is kept for later, and whoever
        was awarded before, for this class, is not awarded again.

        Raises: Refused, BadInput, Conflict when the achievement cannot be awarded, Unavailable.
        """
        desk.require(Right.AWARD)
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        with self._context.database.reading() as session:
            found = achievements.one(session, desk.organisation.id, given.achievement_id)
            first = classes.first_when(session, desk.organisation.id, given.offering_id, given.achievement_id)
        if found is None or found.state != "active":
            raise Conflict(_("This achievement cannot be awarded."))
        achievement = self._achievements.view(desk.organisation, found)
        columns, headers = _columns(achievement)
        written = {
            number: Written(cells=_cells(pupil, achievement, given.when), fixed={})
            for number, pupil in enumerate(given.pupils, start=2)
        }
        request_hash = _digest(json.dumps([given.offering_id, [each.to_json() for each in written.values()]]))
        request = _digest(f"class {key}")
        sheet_id, now, vault = str(uuid.uuid4()), self._context.now(), self._context.keystore.vault()
        when = first if first is not None else (given.when or given.offering_id)
        rules = Rules(
            columns=columns, achievement=achievement, order=None, now=desk.organisation.local(now),
            loopback=self._context.settings.loopback, when=when,
        )  # fmt: skip
        resting = _unmarked(given.pupils, achievement)
        about = About(
            name=given.title, headers=headers, header=1, width=len(headers), encoding="", sure=True, sample="", tab="",
            tabs=(), hidden=0, zeros=False,
        )  # fmt: skip
        row = {
            "id": sheet_id,
            "organisation_id": desk.organisation.id,
            "kind": KIND,
            "achievement_id": achievement.id,
            "achievement_version": achievement.version,
            "request": request,
            "request_hash": request_hash,
            "about_sealed": seal(vault, sheet_id, "about", about.to_json()),
            "original_sealed": None,
            "columns": json.dumps(columns),
            "day_order": None,
            "state": OPEN,
            "version": 1,
            "created": now,
            "created_by": desk.actor.user_id,
            "expires": now + KEPT,
            "offering_id": given.offering_id,
            "earned_when": when,
        }
        with self._context.database.session() as session:
            checked = Checker(vault, desk.organisation.id, rules).all(session, written, resting)
            if credentials.insert_if_new(session, tables.SheetRow, **row):
                sheets.add_lines(session, [
                    {
                        "sheet_id": sheet_id,
                        "number": number,
                        "organisation_id": desk.organisation.id,
                        "cells_sealed": seal(vault, sheet_id, str(number), written[number].to_json()),
                        "state": judging.LATER if number in resting else verdict.state,
                        "codes": verdict.codes,
                        "fingerprint": verdict.fingerprint,
                    }
                    for number, verdict in checked.verdicts.items()
                ])  # fmt: skip
                record(
                    session, at=now, actor=desk.actor, action="sheet.receive", organisation_id=desk.organisation.id,
                    object_id=sheet_id, rows=len(written), offering=given.offering_id,
                )  # fmt: skip
            known = sheets.of_request(session, desk.organisation.id, request)
        assert known is not None, "it was just kept"
        if known.request_hash != request_hash:
            raise reused(_("Use a new key for another sheet. Nothing was kept of this one."))
        return self._sheets.one(desk, known.id)


def _columns(achievement: Achievement) -> tuple[dict[str, int | None], tuple[str, ...]]:
    """Which column holds which field, and the header: a class needs no guessing."""
    descriptions = result_descriptions(achievement)[:MOST_MARKS]
    held = [NAME, "number", *(f"{MARK}{place}" for place in range(len(descriptions))), "completed_on", "term"]
    headers = ("Name", "Number", *(str(each["name"]) for each in descriptions), "Completed on", "Term")
    return {each.key: held.index(each.key) if each.key in held else None for each in sheet_fields(achievement)}, headers


def _cells(pupil: Pupil, achievement: Achievement, when: str) -> tuple[Cell, ...]:
    marks = (_shown(pupil.marks, each) for each in result_descriptions(achievement)[:MOST_MARKS])
    texts = (pupil.name, pupil.number, *marks, pupil.completed_on, when)
    return tuple(Cell(text, Kind.TEXT if text else Kind.EMPTY) for text in texts)


def _shown(marks: Mapping[str, str], description: Mapping[str, object]) -> str:
    """A mark as people write it: the name of a rubric's level, not its id."""
    value = marks.get(str(description["id"]), "")
    levels = description.get("rubricCriterionLevel", ())
    assert isinstance(levels, list | tuple)
    return next((str(level["name"]) for level in levels if level["id"] == value), value)


def _unmarked(pupils: Sequence[Pupil], achievement: Achievement) -> frozenset[int]:
    """The lines of those who have no mark at all, where marks are given. Hours, which are logged before anybody is
    marked, count where nothing else does.
    """
    described = result_descriptions(achievement)
    counting = [each for each in described if each["resultType"] != HOURS_ATTENDED] or described
    keys = [str(each["id"]) for each in counting]
    lines = enumerate(pupils, start=2) if keys else ()
    return frozenset(number for number, pupil in lines if not any(pupil.marks.get(key) for key in keys))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
