"""What the desk does with a sheet: drop it, look at every line, correct in place, keep lines for later, preview.

A sheet is kept as it came, sealed, with what was corrected beside it: choosing another column, or another way to read
its days, loses no correction. Nothing is awarded here.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.achievements import Achievement, AchievementService
from issuer.service.awarding import judging
from issuer.service.awarding.checking import About, Checked, Checker, seal, sheet_of, unseal, unsealed_line, zeros_in
from issuer.service.awarding.editing import (
    MOST_EDITS,
    checked_values,
    columns_after,
    edited,
    need_values,
    read_file,
    rests,
    shown_order,
)
from issuer.service.awarding.fields import columns_of, sheet_fields
from issuer.service.awarding.reading import Rules, Written, read_line
from issuer.service.awarding.sheet_views import Edit, LineView, Preview, SheetView, Upload
from issuer.service.context import Context, Desk, Organisation
from issuer.service.documents import preview_of
from issuer.service.issuance import unsignable
from issuer.service.lint import lint_template
from issuer.service.once import LONGEST_KEY, reused
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import achievements, credentials, sheets, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.paging import Page, Window
from kit.sheets import Order
from kit.vault import Vault
from vc.problems import ProblemError

KIND: Final = "awards"
OPEN, ISSUING, DONE, DISCARDED = "open", "issuing", "done", "discarded"
KEPT: Final = timedelta(days=30)
_LOOKED_AT: Final = judging.ACTIVE | {judging.LATER, judging.REFUSED, judging.UNDONE}


class SheetService:
    """Sheets of awards, of one organisation at a time."""

    def __init__(self, context: Context, achievements_: AchievementService) -> None:
        self._context = context
        self._achievements = achievements_

    def receive(self, desk: Desk, upload: Upload, *, key: str) -> SheetView:
        """Read a sheet and look at every line, once for this ``key``.

        Raises: BadInput or TooLarge when it cannot be read, naming the place; Unavailable.
        """
        desk.require(Right.AWARD)
        desk.require_open()
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request, request_hash = _digest(key.encode()), _request_hash(upload)
        with self._context.database.reading() as session:
            known_ = sheets.of_request(session, desk.organisation.id, request)
        if known_ is None:
            row, lines = self._received(desk, upload)
            row |= {"request": request, "request_hash": request_hash}
            with self._context.database.session() as session:
                sheets.erase(session, self._context.now())
                if credentials.insert_if_new(session, tables.SheetRow, **row):
                    sheets.add_lines(session, lines)
                    self._record(session, desk, "sheet.receive", str(row["id"]), rows=len(lines))
            with self._context.database.reading() as session:
                known_ = sheets.of_request(session, desk.organisation.id, request)
        assert known_ is not None, "it was just kept"
        if known_.request_hash != request_hash:
            raise reused(_("Use a new key for another sheet. Nothing was kept of this one."))
        return self.one(desk, known_.id)

    def reread(self, desk: Desk, sheet_id: str, *, encoding: str = "", tab: str = "") -> SheetView:
        """Read the file anew, in another encoding or another sheet of its workbook. Corrections are given up.

        Raises: NotFound, BadInput, Conflict when it can be read in one way only, or something was awarded from it.
        """
        desk.require(Right.AWARD)
        row, about, achievement = self._open(desk, sheet_id)
        if row.original_sealed is None:
            raise Conflict(_("This file can be read in one way only."))
        vault = self._context.keystore.vault()
        data = unseal(vault, sheet_id, "original", row.original_sealed)
        upload = Upload(data=data, achievement=achievement.id, name=about.name, encoding=encoding, tab=tab)
        fresh, lines = self._kept(vault, desk, sheet_id, upload, achievement)
        with self._context.database.session() as session:
            locked = self._lock(session, desk, sheet_id, version=row.version)
            if sheets.numbers(session, sheet_id, [*judging.AT_WORK]):
                raise Conflict(_("Something was awarded from this sheet already. Drop the file anew."))
            sheets.drop_lines(session, sheet_id)
            sheets.add_lines(session, lines)
            for name, value in fresh.items():
                setattr(locked, name, value)
            self._changed(locked, achievement)
        return self.one(desk, sheet_id)

    def choose(self, desk: Desk, sheet_id: str, chosen: Mapping[str, int | None], *, day_order: str = "") -> SheetView:
        """Say which column holds which field (those not named stay), and what comes first in a day; every line is
        looked at anew.

        Raises: NotFound, BadInput, Conflict.
        """
        desk.require(Right.AWARD)
        row, about, achievement = self._open(desk, sheet_id)
        before = json.loads(row.columns)
        columns = columns_after(before, chosen, about, achievement)
        order = row.day_order if columns.get("completed_on") == before.get("completed_on") else None
        if day_order:
            order = inputs.choice(day_order, "dayOrder", allowed=[each.value for each in Order])
        self._look_again(desk, (row, about, achievement), columns, order)
        return self.one(desk, sheet_id)

    def fix(self, desk: Desk, sheet_id: str, edits: Mapping[int, Edit], *, version: int | None = None) -> SheetView:
        """Correct lines in place, keep them for later, or answer what was asked about them. Only what is named changes;
        a value that stands there already is no correction. ``version`` is the sheet's that was looked at (None: any).

        Raises: NotFound, BadInput naming the line, Conflict.
        """
        desk.require(Right.AWARD)
        _row, _about, achievement = self._open(desk, sheet_id)
        if len(edits) > MOST_EDITS:
            remedy = _("Send at most %(most)s.", most=MOST_EDITS)
            raise BadInput(_("There are too many rows at a time."), field="rows", remedy=remedy)
        names = {each.key for each in sheet_fields(achievement)}
        vault = self._context.keystore.vault()
        with self._context.database.session() as session:
            locked = self._lock(session, desk, sheet_id, version=version)
            rules = self._rules(
                desk.organisation, achievement, json.loads(locked.columns), locked.day_order, locked.earned_when
            )
            lines = {line.number: line for line in sheets.numbered(session, sheet_id, list(edits))}
            for number in edits:
                if number not in lines:
                    raise BadInput(_("There is no row %(row)s in this sheet.", row=number), field=f"rows/{number}")
                if lines[number].state in judging.AT_WORK:
                    raise Conflict(_("Row %(row)s is being awarded, or was awarded; it stays as it is.", row=number))
            resting = {number for number, line in lines.items() if rests(line.state, edits[number])}
            checker = Checker(vault, desk.organisation.id, rules)
            shown = checker.shown(session, list(lines.values()))
            written = {
                number: edited(
                    shown.written[number],
                    checked_values(number, edits[number], names, shown.reads[number].values),
                    edits[number],
                    shown.codes(number),
                )
                for number in lines
            }
            checked = checker.some(session, sheet_id, written, resting)
            sheets.change_lines(session, sheet_id, [
                {
                    "number": number,
                    "cells_sealed": seal(vault, sheet_id, str(number), checked.written[number].to_json()),
                    "state": judging.LATER if number in resting else verdict.state,
                    "codes": verdict.codes,
                    "fingerprint": verdict.fingerprint,
                }
                for number, verdict in checked.verdicts.items()
            ])  # fmt: skip
            self._changed(self._lock(session, desk, sheet_id, version=None), achievement)
        return self.one(desk, sheet_id)

    def discard(self, desk: Desk, sheet_id: str) -> None:
        """Put a sheet away and erase what it says. What was awarded from it stays. Raises: NotFound, Conflict."""
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._lock(session, desk, sheet_id, version=None)
            if sheets.undoable(session, row.id):
                raise Conflict(_("What was awarded from this sheet can still be undone. Undo it or hand it out first."))
            row.state, row.expires = DISCARDED, now - timedelta(seconds=1)
            session.flush()
            sheets.erase(session, now)
            self._record(session, desk, "sheet.discard", sheet_id)

    def one(self, desk: Desk, sheet_id: str) -> SheetView:
        """One sheet; looked at anew when its achievement was changed since. Raises: NotFound, Unavailable."""
        desk.require(Right.AWARD)
        row, about, achievement = self._found(desk, sheet_id)
        if row.state == OPEN and row.achievement_version != achievement.version:
            columns = columns_after(json.loads(row.columns), {}, about, achievement)
            self._look_again(desk, (row, about, achievement), columns, row.day_order)
            row, about, achievement = self._found(desk, sheet_id)
        return self._views([(row, about, achievement)])[0]

    def listing(self, desk: Desk, at: Window) -> Page[SheetView]:
        """One page of the organisation's sheets, newest first. Raises: Unavailable."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            rows, total = sheets.listing(session, desk.organisation.id, offset=at.offset, limit=at.size)
        items = self._views([self._known(desk, row) for row in rows])
        return Page(items=items, number=at.number, size=at.size, total=total)

    def lines(self, desk: Desk, sheet_id: str, at: Window, *, only: str = "") -> Page[LineView]:
        """One page of a sheet's lines in their order; ``only`` those in one state. Raises: NotFound, BadInput."""
        desk.require(Right.AWARD)
        if only:
            inputs.choice(only, "only", allowed=judging.STATES)
        row, _about, achievement = self._found(desk, sheet_id)
        vault = self._context.keystore.vault()
        columns = json.loads(row.columns)
        checker = Checker(
            vault,
            desk.organisation.id,
            self._rules(desk.organisation, achievement, columns, row.day_order, row.earned_when),
        )
        with self._context.database.reading() as session:
            found, total = sheets.lines(session, sheet_id, state=only or None, offset=at.offset, limit=at.size)
            checked = checker.shown(session, found)
        items = [LineView.of(line, checked, columns) for line in found]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def preview(self, desk: Desk, sheet_id: str) -> Preview:
        """What the first good line is going to be. Raises: NotFound, Conflict when there is none, BadInput."""
        desk.require(Right.AWARD)
        view = self.one(desk, sheet_id)
        with self._context.database.reading() as session:
            rows, _total = sheets.lines(session, sheet_id, state=judging.OK, offset=0, limit=1)
        if not rows:
            raise Conflict(_("No row of this sheet is ready to be awarded. Correct one first."))
        rules = self._rules(desk.organisation, view.achievement, view.columns, view.day_order or None)
        award = read_line(unsealed_line(self._context.keystore.vault(), rows[0]), rules).award
        if award is None:
            raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
        try:
            document = preview_of(award, desk.organisation, view.achievement)
            lint_template(document)
        except ProblemError as error:
            raise unsignable(error.detail, error.pointer) from error
        return Preview(number=rows[0].number, learner_name=award.learner_name, document=document, counts=view.counts)

    def forget_old(self) -> int:
        """Erase what sheets say that nobody has touched for a month; how many. At each start, and with each sheet."""
        with self._context.database.session() as session:
            return sheets.erase(session, self._context.now())

    def rules_of(self, organisation: Organisation, row: tables.SheetRow, achievement: Achievement) -> Rules:
        """The rules that a stored sheet's lines are read by."""
        return self._rules(organisation, achievement, json.loads(row.columns), row.day_order, row.earned_when)

    def _received(self, desk: Desk, upload: Upload) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A new sheet's row and lines, but for its request."""
        with self._context.database.reading() as session:
            found = achievements.one(session, desk.organisation.id, upload.achievement)
        if found is None or found.state != "active":
            raise BadInput(
                _("This achievement cannot be awarded."), field="achievement", remedy=_("Choose one from the list.")
            )
        achievement = self._achievements.view(desk.organisation, found)
        now, sheet_id = self._context.now(), str(uuid.uuid4())
        fresh, lines = self._kept(self._context.keystore.vault(), desk, sheet_id, upload, achievement)
        row = {
            "id": sheet_id,
            "organisation_id": desk.organisation.id,
            "kind": KIND,
            "achievement_id": achievement.id,
            "achievement_version": achievement.version,
            **fresh,
            "state": OPEN,
            "version": 1,
            "created": now,
            "created_by": desk.actor.user_id,
            "expires": now + KEPT,
        }
        return row, lines

    def _kept(
        self, vault: Vault, desk: Desk, sheet_id: str, upload: Upload, achievement: Achievement
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Read the file: the columns of its row that depend on it, and its lines."""
        name = inputs.line(upload.name, "name", required=False, longest=200)
        sheet = read_file(upload, achievement)
        columns = columns_of(sheet, achievement)
        need_values(sheet, columns)
        about = About.of(sheet, name=name, columns=columns)
        written = {row.number: Written(cells=row.cells, fixed={}) for row in sheet.rows}
        hidden = frozenset(row.number for row in sheet.rows if row.hidden)
        order = shown_order(sheet, columns)
        checker = Checker(vault, desk.organisation.id, self._rules(desk.organisation, achievement, columns, order))
        with self._context.database.reading() as session:
            checked = checker.all(session, written, hidden)
        fresh = {
            "about_sealed": seal(vault, sheet_id, "about", about.to_json()),
            "original_sealed": seal(vault, sheet_id, "original", upload.data) if about.has_choice else None,
            "columns": json.dumps(columns),
            "day_order": order,
        }
        return fresh, _lines(vault, desk, sheet_id, checked, hidden)

    def _look_again(
        self,
        desk: Desk,
        found: tuple[tables.SheetRow, About, Achievement],
        columns: Mapping[str, int | None],
        order: str | None,
    ) -> None:
        """Judge every line that no job has taken by these columns. Raises: BadInput, Conflict."""
        row, about, achievement = found
        vault = self._context.keystore.vault()
        with self._context.database.reading() as session:
            lines = [line for line in sheets.all_lines(session, row.id) if line.state in _LOOKED_AT]
        written = {line.number: unsealed_line(vault, line) for line in lines}
        sheet = sheet_of(about, written)
        need_values(sheet, columns)
        order = order or shown_order(sheet, columns)
        resting = frozenset(line.number for line in lines if line.state == judging.LATER)
        checker = Checker(
            vault, desk.organisation.id, self._rules(desk.organisation, achievement, columns, order, row.earned_when)
        )
        with self._context.database.reading() as session:
            checked = checker.all(session, written, resting)
        now_about = replace(about, zeros=zeros_in(sheet, columns))
        with self._context.database.session() as session:
            locked = self._lock(session, desk, row.id, version=row.version)
            sheets.change_lines(session, row.id, [
                {
                    "number": number,
                    "state": judging.LATER if number in resting else verdict.state,
                    "codes": verdict.codes,
                    "fingerprint": verdict.fingerprint,
                }
                for number, verdict in checked.verdicts.items()
            ])  # fmt: skip
            locked = self._lock(session, desk, row.id, version=row.version)
            locked.about_sealed = seal(vault, row.id, "about", now_about.to_json())
            locked.columns, locked.day_order = json.dumps(dict(columns)), order
            self._changed(locked, achievement)

    def _rules(
        self,
        organisation: Organisation,
        achievement: Achievement,
        columns: Mapping[str, int | None],
        order: str | None,
        when: str | None = None,
    ) -> Rules:
        return Rules(
            columns=columns,
            achievement=achievement,
            order=Order(order) if order else None,
            now=organisation.local(self._context.now()),
            loopback=self._context.settings.loopback,
            when=when or "",
        )

    def _found(self, desk: Desk, sheet_id: str) -> tuple[tables.SheetRow, About, Achievement]:
        with self._context.database.reading() as session:
            row = sheets.one(session, desk.organisation.id, sheet_id[:36])
        if row is None or row.kind != KIND or row.about_sealed is None:
            raise NotFound
        return self._known(desk, row)

    def _known(self, desk: Desk, row: tables.SheetRow) -> tuple[tables.SheetRow, About, Achievement]:
        assert row.about_sealed is not None, "erased sheets are not shown"
        assert row.achievement_id is not None, "a sheet of awards has its achievement"
        text = unseal(self._context.keystore.vault(), row.id, "about", row.about_sealed).decode()
        return row, About.from_json(text), self._achievements.one(desk.organisation, row.achievement_id)

    def _open(self, desk: Desk, sheet_id: str) -> tuple[tables.SheetRow, About, Achievement]:
        found = self._found(desk, sheet_id)
        check_open(found[0])
        return found

    def _lock(self, session: Session, desk: Desk, sheet_id: str, *, version: int | None) -> tables.SheetRow:
        row = sheets.lock(session, desk.organisation.id, sheet_id[:36])
        if row is None or row.kind != KIND or row.about_sealed is None:
            raise NotFound
        check_open(row)
        if version is not None and row.version != version:
            raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
        return row

    def _changed(self, row: tables.SheetRow, achievement: Achievement) -> None:
        row.version += 1
        row.achievement_version = achievement.version
        row.expires = self._context.now() + KEPT

    def _views(self, found: Sequence[tuple[tables.SheetRow, About, Achievement]]) -> list[SheetView]:
        with self._context.database.reading() as session:
            counts = sheets.counts(session, [row.id for row, _about, _achievement in found])
        return [SheetView.of(row, about, achievement, counts[row.id]) for row, about, achievement in found]

    def _record(self, session: Session, desk: Desk, action: str, sheet_id: str, **detail: int) -> None:
        record(
            session,
            at=self._context.now(),
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=sheet_id,
            **detail,
        )


def check_open(row: tables.SheetRow) -> None:
    """Return when lines of this sheet can be changed. Raises: Conflict."""
    if row.state == ISSUING:
        raise Conflict(
            _("Awards are made from this sheet, or are going to be. Wait until that is done, or call it off.")
        )
    if row.state != OPEN:
        raise Conflict(_("This sheet is done with. Drop it anew."))


def _lines(vault: Vault, desk: Desk, sheet_id: str, checked: Checked, resting: Collection[int]) -> list[dict[str, Any]]:
    return [
        {
            "sheet_id": sheet_id,
            "number": number,
            "organisation_id": desk.organisation.id,
            "cells_sealed": seal(vault, sheet_id, str(number), checked.written[number].to_json()),
            "state": judging.LATER if number in resting else verdict.state,
            "codes": verdict.codes,
            "fingerprint": verdict.fingerprint,
        }
        for number, verdict in checked.verdicts.items()
    ]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _request_hash(upload: Upload) -> str:
    said = json.dumps([upload.achievement, upload.encoding, upload.tab, _digest(upload.data)])
    return _digest(said.encode("utf-8", "surrogatepass"))
