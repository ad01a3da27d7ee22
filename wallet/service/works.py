"""What a learner made, kept beside the awards: essays as text, photos and PDFs as files, for the family's portfolio.

Rules. Works are the family's own. They are sealed like everything personal, no part of any signed award, and no share
shows them. A photo is kept as it came, and shown on pages only drawn anew: without the place where it was taken, and
without anything that a browser could run. A PDF is handed out to be saved and never opened on a page. A work may stand
beside an award; when that is deleted for good, the work stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit.errors import BadInput, NotFound, TooLarge
from kit.i18n import _
from kit.paging import Page, Window
from kit.redrawn import redrawn
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.people import People
from wallet.service.text import plain

TITLE_LENGTH, WORDS_LENGTH, MOST_WORKS = 120, 20_000, 1000
LARGEST: Final = 8 << 20
FILE, SHOWN = "file", "shown"
ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """A work as its family sees it. `credential_id` is the award that it stands beside, empty for none; `media_type` is
    that of its file, empty for none; `pictured` says that pages can show what is in the file.
    """

    id: str
    learner_id: str
    credential_id: str
    title: str
    words: str
    added_at: datetime
    media_type: str
    pictured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """One page of a learner's works."""

    learner: LearnerView
    works: Page[WorkView]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFile:
    """The file of a work, or the picture in it: the bytes, and what kind of file that is."""

    data: bytes
    media_type: str

    @property
    def name(self) -> str:
        """The name under which it is saved: one of ours, never somebody's words."""
        return f"work.{ENDINGS[self.media_type]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is to be kept of a work: its texts, and the award that it stands beside (empty for none)."""

    title: str
    words: str
    credential_id: str


class Works:
    """Keeping, showing and changing what a learner made."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def page(self, actor: Actor, learner_id: str, at: Window) -> WorkPage:
        """One page of a learner's works, newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            rows = store.works.works(session, actor.family_id, learner_id, offset=at.offset, limit=at.size)
            total = store.works.count(session, actor.family_id, learner_id)
            items = [_view(opened, row) for row in rows]
            works = Page(items=items, number=at.number, size=at.size, total=total)
            return WorkPage(learner=learner_view(home, opened), works=works)

    def of_award(self, actor: Actor, credential_id: str) -> list[WorkView]:
        """The works that stand beside an award."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = store.credentials.credential(session, actor.family_id, credential_id)
            if row is None:
                raise NotFound
            opened = home.learner_of(row.learner_id)
            return [_view(opened, one) for one in store.works.of_award(session, actor.family_id, row.id)]

    def alone(self, actor: Actor, learner_id: str) -> list[WorkView]:
        """A learner's works that stand beside no award."""
        with self._tools.database.reading() as session:
            opened = self._people.open(session, actor).learner(learner_id)
            return [_view(opened, one) for one in store.works.alone(session, actor.family_id, learner_id)]

    def awards_with(self, actor: Actor, learner_id: str) -> frozenset[str]:
        """The ids of a learner's awards that have works beside them."""
        with self._tools.database.reading() as session:
            self._people.open(session, actor).learner(learner_id)
            return store.works.awards_with(session, actor.family_id, learner_id)

    def work(self, actor: Actor, work_id: str) -> tuple[LearnerView, WorkView]:
        """One work, and whose it is."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, work_id)
            return learner_view(home, opened), _view(opened, row)

    def file(self, actor: Actor, work_id: str, kind: str) -> WorkFile:
        """The file of a work as it came (`FILE`), or the picture in it drawn anew (`SHOWN`). Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, work_id)
            found = store.works.file(session, actor.family_id, row.id, kind)
            if found is None:
                raise NotFound
            place = opened.place("work_file", found.id, found.version)
            data = opened.chest.open_bytes(place, found.sealed)
            return WorkFile(data=data, media_type="image/png" if kind == SHOWN else row.media_type)

    def add(self, actor: Actor, learner_id: str, made: Made, *, file: bytes | None = None) -> str:
        """Keep a work; its id. Raises: BadInput without a title, for a file of another kind, for too many; TooLarge."""
        self._require(actor, learner_id)
        taken = _taken(file) if file else None
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.ARRANGE)
            if store.works.count(session, actor.family_id, opened.id) >= MOST_WORKS:
                remedy = _("Delete one that is not needed any more.")
                raise BadInput(_("There is no room for another work."), field="title", remedy=remedy)
            row = store.Work(
                id=new_id(),
                family_id=actor.family_id,
                learner_id=opened.id,
                added_at=home.now,
                media_type="",
                version=0,
            )
            self._write(home, opened, row, made)
            session.add(row)
            session.flush()
            if taken is not None:
                _write_files(home, opened, row, taken)
            home.note("work.add", row.id, learner=opened.id)
            return row.id

    def change(self, actor: Actor, work_id: str, made: Made) -> None:
        """Other texts, or another award to stand beside."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, work_id, Right.ARRANGE)
            self._write(home, opened, row, made)
            home.note("work.change", row.id)

    def put_file(self, actor: Actor, work_id: str, data: bytes) -> None:
        """Another file in the place of the one that there is. Raises: BadInput for one of another kind; TooLarge."""
        _learner, seen = self.work(actor, work_id)
        self._require(actor, seen.learner_id)
        taken = _taken(data)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, work_id, Right.ARRANGE)
            store.works.drop_files(session, row.id)
            _write_files(home, opened, row, taken)
            home.note("work.file", row.id)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _require(self, actor: Actor, learner_id: str) -> None:
        """Before a picture is opened, which takes a while and needs no session."""
        with self._tools.database.reading() as session:
            self._people.open(session, actor).learner(learner_id, Right.ARRANGE)

    @staticmethod
    def _write(home: Household, opened: OpenLearner, row: store.Work, made: Made) -> None:
        if made.credential_id and made.credential_id != row.credential_id:
            beside = store.credentials.credential(home.session, home.actor.family_id, made.credential_id)
            if beside is None or beside.learner_id != opened.id:
                raise NotFound(_("This award is not there any more. Choose another, or none."))
        row.credential_id = made.credential_id or None
        title = plain(made.title, field="title", most=TITLE_LENGTH)
        words = plain(made.words, field="words", most=WORDS_LENGTH, required=False, lines=True)
        opened.seal(row, {"title": title, "words": words})

    @staticmethod
    def _mine(home: Household, work_id: str, right: Right = Right.VIEW) -> tuple[OpenLearner, store.Work]:
        row = store.works.work(home.session, home.actor.family_id, work_id)
        if row is None:
            raise NotFound
        return home.learner_of(row.learner_id, right), row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    data: bytes
    media_type: str
    shown: bytes | None


def _taken(data: bytes) -> _Taken:
    """A file by its first bytes, whatever its name says. Raises: BadInput, TooLarge."""
    if len(data) > LARGEST:
        raise TooLarge(_("This file has more than 8 MB. Make it smaller, then choose it again."))
    if data.startswith(b"%PDF-"):
        return _Taken(data=data, media_type="application/pdf", shown=None)
    shown = redrawn(data, field="file").body
    first = {b"\x89PNG": "image/png", b"RIFF": "image/webp"}
    return _Taken(data=data, media_type=first.get(data[:4], "image/jpeg"), shown=shown)


def _write_files(home: Household, opened: OpenLearner, row: store.Work, taken: _Taken) -> None:
    row.media_type = taken.media_type
    for kind, data in ((FILE, taken.data), (SHOWN, taken.shown)):
        if data is not None:
            file = store.WorkFile(
                id=new_id(),
                family_id=row.family_id,
                learner_id=row.learner_id,
                work_id=row.id,
                kind=kind,
                version=1,
            )
            file.sealed = opened.chest.seal_bytes(opened.place("work_file", file.id, 1), data)
            home.session.add(file)


def _view(opened: OpenLearner, row: store.Work) -> WorkView:
    told = opened.open(row)
    return WorkView(
        id=row.id,
        learner_id=row.learner_id,
        credential_id=row.credential_id or "",
        title=told["title"],
        words=told["words"],
        added_at=row.added_at,
        media_type=row.media_type,
        pictured=row.media_type.startswith("image/"),
    )
