"""Imports as pages and programs see them: an import thing by thing, what waits, and what is kept apart."""

from __future__ import annotations

from kit.errors import NotFound
from kit.paging import Page, Window
from vc.checks import Report
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.family_views import learner_view
from wallet.service.import_views import (
    APART,
    ASKED,
    WAITING,
    ApartView,
    ImportLine,
    ImportView,
    ItemView,
    Why,
)
from wallet.service.people import People

GIVEN = "given"
"""The kind of bytes that a thing came as."""


class ImportShowing:
    """Shows what a family brings by itself."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def look(self, actor: Actor, import_id: str, at: Window) -> ImportView:
        """An import, and one page of its things."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = import_of(home, import_id)
            opened = home.learner_of(row.learner_id)
            counts = store.imports.counts(session, row.id)
            rows = store.imports.items(session, row.id, offset=at.offset, limit=at.size)
            total = sum(counts.values())
            items = [self._view(home, opened, one) for one in rows]
            return ImportView(
                id=row.id,
                learner=learner_view(home, opened),
                started_by=home.member_name(row.started_by),
                started_at=row.started_at,
                counts=counts,
                total=total,
                left=counts.get(WAITING, 0),
                items=Page(items=items, number=at.number, size=at.size, total=total),
            )

    def pending(self, actor: Actor, learner_id: str) -> list[ImportLine]:
        """A learner's imports that are not through, or wait for a guardian."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            found = store.imports.of_learner(session, actor.family_id, learner_id, [WAITING, ASKED])
            return [self._line(home, opened, row) for row in found]

    def apart(self, actor: Actor, learner_id: str, at: Window) -> Page[ItemView]:
        """What is kept apart for a learner, the newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            total = store.imports.count_in_states(session, actor.family_id, learner_id, [APART])
            rows = store.imports.in_states(
                session, actor.family_id, learner_id, [APART], offset=at.offset, limit=at.size
            )
            items = [self._view(home, opened, row) for row in rows]
            return Page(items=items, number=at.number, size=at.size, total=total)

    def apart_count(self, actor: Actor, learner_id: str) -> int:
        """How much is kept apart for a learner."""
        with self._tools.database.reading() as session:
            self._people.open(session, actor).learner(learner_id)
            return store.imports.count_in_states(session, actor.family_id, learner_id, [APART])

    def item(self, actor: Actor, item_id: str) -> ApartView:
        """One thing, with what the last check of it found. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row, opened = item_of(home, item_id)
            report = opened.open(row).get("report")
            return ApartView(
                item=self._view(home, opened, row),
                learner=learner_view(home, opened),
                report=Report.from_json(report) if report else None,
            )

    def document(self, actor: Actor, item_id: str) -> bytes:
        """The bytes of something that is kept apart or waits, as they came. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row, opened = item_of(home, item_id)
            file = store.imports.file(session, row.id, GIVEN)
            if file is None:
                raise NotFound
            return bytes_of(opened, file)

    def _view(self, home: Household, opened: OpenLearner, row: store.ImportItem) -> ItemView:
        told = opened.open(row)
        approvers = opened.standing.approvers(Right.RECEIVE, home.today) if row.state == ASKED else []
        return ItemView(
            id=row.id,
            import_id=row.import_id,
            learner_id=opened.id,
            name=told["name"],
            state=row.state,
            title=told.get("title", ""),
            issuer=told.get("issuer", ""),
            why=Why.from_json(told["why"]) if told.get("why") else None,
            credential_id=row.credential_id,
            offer=told.get("offer", ""),
            same=told.get("same", ""),
            changed_at=row.changed_at,
            waits_for=home.member_names(approvers),
            may_decide=row.state == ASKED and Right.RECEIVE in opened.rights,
            may_remove=row.state == APART and Right.ARRANGE in opened.rights,
        )

    @staticmethod
    def _line(home: Household, opened: OpenLearner, row: store.Import) -> ImportLine:
        counts = store.imports.counts(home.session, row.id)
        asked = counts.get(ASKED, 0)
        approvers = opened.standing.approvers(Right.RECEIVE, home.today) if asked else []
        return ImportLine(
            id=row.id,
            learner=learner_view(home, opened),
            started_by=home.member_name(row.started_by),
            left=counts.get(WAITING, 0),
            asked=asked,
            waits_for=home.member_names(approvers),
            may_decide=asked > 0 and Right.RECEIVE in opened.rights,
        )


def import_of(home: Household, import_id: str) -> store.Import:
    """An import that the member may look at. Raises: NotFound."""
    row = store.imports.one(home.session, home.actor.family_id, import_id)
    if row is None:
        raise NotFound
    home.learner_of(row.learner_id)
    return row


def item_of(home: Household, item_id: str, right: Right = Right.VIEW) -> tuple[store.ImportItem, OpenLearner]:
    """A thing of an import, and its learner. Raises: NotFound; Refused without the right."""
    row = store.imports.item(home.session, home.actor.family_id, item_id)
    if row is None:
        raise NotFound
    return row, home.learner_of(row.learner_id, right)


def bytes_of(opened: OpenLearner, file: store.ImportFile) -> bytes:
    """The bytes of a thing that is not done with."""
    return opened.chest.open_bytes(opened.place("import_file", file.id, file.version), file.sealed)
