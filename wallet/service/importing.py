"""Imports: everything that a family brings at one time, thing by thing.

Rules. What was handed in is stored, sealed, before anything of it is looked at: from then on a crash, a closed page or
a slow provider leaves something to take up again. Each thing is looked at, and what became of it written down, in one
transaction of its own: repeated, it adds nothing twice. One that is bad spoils no other. What is genuine is kept, or
waits for a guardian where the learner has one to ask. What is not, or what cannot be found out today, is kept apart:
it is no award here, is on no list of them, can be put in no share, and is moved in by a check that it passes and by
nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from kit.errors import BadInput, Conflict, Refused
from kit.i18n import _
from kit.intake import Form, Noted, Piece
from wallet import store
from wallet.service.arranging import tidy_tags
from wallet.service.arriving import Original
from wallet.service.authority import Right
from wallet.service.cards import named
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import NOTE_LENGTH, Credentials
from wallet.service.import_looking import Found, Looking, Task, original_of, refused_why
from wallet.service.import_looking import opened as opened_pieces
from wallet.service.import_showing import GIVEN, bytes_of, import_of, item_of
from wallet.service.import_views import (
    ADDED,
    APART,
    ASKED,
    CLAIM,
    DECLINED,
    HERE,
    KNOWN,
    LEFT,
    NEWER,
    OLDER,
    OPEN,
    UNREADABLE,
    WAITING,
    Given,
    Why,
)
from wallet.service.judging import Judging
from wallet.service.people import People
from wallet.service.text import plain

MOST_OPEN: Final = 1000
REMEMBERED: Final = timedelta(days=30)
"""For how long an import's list is kept of which everything is done with."""

STEP_SECONDS: Final = 4.0
"""For how long one request looks at things, one at least; the rest is for the next."""

_ORIGINAL, _LINK = "original", "text/uri-list"
_NAME_LENGTH: Final = 120


class Imports:
    """Takes in what a family brings by itself."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, judging: Judging) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._looking = Looking(tools, judging)

    # -- taking in ----------------------------------------------------------------------------------------------------

    def take(self, actor: Actor, learner_id: str, given: Sequence[Given]) -> str:
        """Store everything that was handed in, to be looked at by `go_on`; the import's id.

        Raises: BadInput when it is one thing and that cannot be opened; Refused without the right to add, or when
        nobody may approve; Conflict when too much waits already.
        """
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            self._may_add(home, learner_id)
        pieces = opened_pieces(given)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = self._may_add(home, learner_id)
            store.imports.forget_finished(session, actor.family_id, home.now - REMEMBERED, OPEN)
            waiting = store.imports.count_in_states(session, actor.family_id, learner_id, OPEN)
            if waiting + len(pieces) > MOST_OPEN:
                raise Conflict(
                    _("So much is waiting or kept apart already that there is no room for more. Look at that first."),
                    field="file",
                )
            row = store.Import(
                id=new_id(),
                family_id=actor.family_id,
                learner_id=learner_id,
                started_by=actor.member_id,
                started_at=home.now,
                version=0,
            )
            opened.seal(row, {})
            session.add(row)
            session.flush()
            owners = {piece.noted.owner.casefold() for piece in pieces if piece.noted is not None}
            for piece in pieces:
                foreign = len(owners) > 1 and piece.noted is not None and not _is_theirs(piece.noted, opened)
                self._add_item(home, opened, row.id, piece, foreign=foreign)
            home.note("import.take", row.id, learner=learner_id, count=len(pieces))
            return row.id

    def go_on(self, actor: Actor, import_id: str, *, seconds: float = STEP_SECONDS) -> int:
        """Look at what was not looked at yet, for about so long and at one thing at least; how many are left.

        Raises: NotFound; Refused without the right to add.
        """
        until = time.monotonic() + seconds
        while True:
            with self._tools.database.reading() as session:
                home = self._people.open(session, actor)
                row = import_of(home, import_id)
                home.learner_of(row.learner_id, Right.START_CLAIM)
                waiting = [one.id for one in store.imports.items(session, row.id, states=[WAITING])]
            for number, item_id in enumerate(waiting):
                self._look_at(actor, item_id, [WAITING])
                if time.monotonic() > until and number + 1 < len(waiting):
                    return len(waiting) - number - 1
            if not waiting:
                return 0

    def admit(self, actor: Actor, item_id: str) -> str:
        """Look again at something that is kept apart, or let in what waits for a guardian, once it passes the check.

        Its state afterwards. Raises: NotFound; Refused without the say; Conflict when it was decided already.
        """
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row, _learner = item_of(home, item_id)
            if row.state not in {APART, ASKED}:
                raise Conflict(_("Somebody decided about this already. Its list says how it stands."))
            home.learner_of(row.learner_id, Right.RECEIVE if row.state == ASKED else Right.START_CLAIM)
        return self._look_at(actor, item_id, [APART, ASKED])

    def approve(self, actor: Actor, import_id: str, *, seconds: float = STEP_SECONDS) -> int:
        """Let in everything of an import that waits for a guardian; how many still do after about so long."""
        until = time.monotonic() + seconds
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = import_of(home, import_id)
            home.learner_of(row.learner_id, Right.RECEIVE)
            asked = [one.id for one in store.imports.items(session, row.id, states=[ASKED])]
        for number, item_id in enumerate(asked):
            self._look_at(actor, item_id, [ASKED])
            if time.monotonic() > until:
                return len(asked) - number - 1
        return 0

    def decline(self, actor: Actor, item_id: str) -> str:
        """Say no to something that waits for a guardian; it is not kept. The import's id."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row, opened = item_of(home, item_id)
            home.learner_of(row.learner_id, Right.RECEIVE)
            if store.imports.hold(session, actor.family_id, item_id, [ASKED]) is None:
                raise Conflict(_("Somebody decided about this already. Its list says how it stands."))
            self._close(home, opened, row, DECLINED, opened.open(row))
            home.note("import.decline", item_id, learner=opened.id)
            return row.import_id

    # -- one thing ----------------------------------------------------------------------------------------------------

    def _look_at(self, actor: Actor, item_id: str, states: Collection[str]) -> str:
        task = self._task(actor, item_id)
        if task is None or task.state not in states:
            return task.state if task is not None else HERE
        found = self._looking.look_at(task)
        try:
            return self._settle(actor, task, found)
        except IntegrityError:  # the same award arrived another way at this moment
            return self._settle(actor, task, found)

    def _task(self, actor: Actor, item_id: str) -> Task | None:
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row, opened = item_of(home, item_id, Right.START_CLAIM)
            given, around = (store.imports.file(session, row.id, kind) for kind in (GIVEN, _ORIGINAL))
            if given is None:
                return None
            original = None
            if around is not None:
                original = Original(data=bytes_of(opened, around), media_type=around.media_type)
            return Task(
                item_id=row.id,
                learner_id=row.learner_id,
                state=row.state,
                data=bytes_of(opened, given),
                link=given.media_type == _LINK,
                original=original,
            )

    def _settle(self, actor: Actor, task: Task, found: Found) -> str:
        """Write down what became of a thing: one transaction, after which it is done with, or waits for somebody."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(task.learner_id, Right.START_CLAIM)
            row = store.imports.hold(session, actor.family_id, task.item_id, [task.state])
            if row is None:
                return HERE  # somebody else was faster
            told = opened.open(row)
            if found.judged is not None:
                told |= named(found.judged.document.value)
            if task.link and found.judged is not None:
                self._write(home, opened, row, GIVEN, Original(data=found.data, media_type=""))
                row.fingerprint = _fingerprint(opened, found.data)
            for piece in found.more:
                self._add_item(home, opened, row.import_id, piece)
            if found.why is not None:
                self._set_aside(home, opened, row, told, found)
            elif Right.RECEIVE in opened.rights:
                self._keep(home, opened, row, found, task)
            elif not self._is_known(home, opened, row, told, ASKED):
                assert found.judged is not None
                row.state, row.changed_at = ASKED, home.now
                opened.seal(row, told | {"why": None, "report": dict(found.judged.report.to_json())})
            home.note("import.look", row.id, learner=opened.id, state=row.state)
            return row.state

    def _keep(self, home: Household, opened: OpenLearner, row: store.ImportItem, found: Found, task: Task) -> None:
        assert found.judged is not None
        told = opened.open(row) | named(found.judged.document.value)
        try:
            arrival = self._credentials.keep(
                home, opened, found.judged, source="file", key_id=None, original=task.original
            )
        except Conflict as error:
            why = Why(kind="older", detail=error.detail, remedy=None)
            self._close(home, opened, row, OLDER, told | {"why": why.to_json()})
            return
        row.credential_id = arrival.credential_id
        state = HERE if arrival.already else NEWER if arrival.replaced else ADDED
        if state == ADDED and told["noted"]:
            _put_beside(home, opened, arrival.credential_id, told["noted"])
        self._close(home, opened, row, state, told | {"why": None})

    def _set_aside(
        self, home: Household, opened: OpenLearner, row: store.ImportItem, told: dict[str, Any], found: Found
    ) -> None:
        assert found.why is not None
        told = told | {"why": found.why.to_json()}
        if found.judged is None:
            self._close(home, opened, row, UNREADABLE, told)
        elif not self._is_known(home, opened, row, told, APART):
            row.state, row.changed_at = APART, home.now
            opened.seal(row, told | {"report": dict(found.judged.report.to_json())})

    def _is_known(
        self, home: Household, opened: OpenLearner, row: store.ImportItem, told: dict[str, Any], state: str
    ) -> bool:
        """Whether the same bytes wait, or are kept apart, already; then this one is done with."""
        same = store.imports.same(home.session, opened.id, row.fingerprint, state, but=row.id)
        if same is None or row.state == state:
            return False
        self._close(home, opened, row, KNOWN, told | {"same": same.id})
        return True

    # -- inside -------------------------------------------------------------------------------------------------------

    def _add_item(
        self,
        home: Household,
        opened: OpenLearner,
        import_id: str,
        piece: Piece,
        *,
        foreign: bool = False,
    ) -> None:
        state, why, link = WAITING, None, ""
        data = piece.item.text if piece.item is not None else b""
        if piece.refused is not None:
            state, why = UNREADABLE, refused_why(piece.refused)
        elif foreign and piece.noted is not None:
            state, why = LEFT, _of_somebody_else(piece.noted)
        elif piece.item is not None and piece.item.form is Form.LINK:
            state, why, link = self._looking.link(data)
        row = store.ImportItem(
            id=new_id(),
            family_id=home.actor.family_id,
            learner_id=opened.id,
            import_id=import_id,
            position=store.imports.next_position(home.session, import_id),
            state=state,
            fingerprint=_fingerprint(opened, data),
            changed_at=home.now,
            version=0,
        )
        noted = None
        if piece.noted is not None:
            noted = {"note": piece.noted.note, "tags": list(piece.noted.tags)}
        told = {"name": _shown(piece.name), "noted": noted, "why": why.to_json() if why else None}
        opened.seal(row, told | ({"offer": link} if state == CLAIM else {}))
        home.session.add(row)
        home.session.flush()
        if state == WAITING:
            given = Original(data=link.encode() or data, media_type=_LINK if link else "")
            self._write(home, opened, row, GIVEN, given)
            if (original := original_of(piece)) is not None:
                self._write(home, opened, row, _ORIGINAL, original)

    @staticmethod
    def _write(home: Household, opened: OpenLearner, row: store.ImportItem, kind: str, file: Original) -> None:
        made = store.imports.file(home.session, row.id, kind) or store.ImportFile(
            id=new_id(), family_id=row.family_id, learner_id=row.learner_id, item_id=row.id, kind=kind, version=0
        )
        made.version += 1
        made.media_type = file.media_type
        made.sealed = opened.chest.seal_bytes(opened.place("import_file", made.id, made.version), file.data)
        home.session.add(made)

    @staticmethod
    def _close(home: Household, opened: OpenLearner, row: store.ImportItem, state: str, told: dict[str, Any]) -> None:
        """Be done with a thing: its bytes go, what became of it stays."""
        row.state, row.changed_at = state, home.now
        opened.seal(row, told | {"report": None, "noted": None})
        store.imports.drop_files(home.session, row.id)

    def _may_add(self, home: Household, learner_id: str) -> OpenLearner:
        opened = home.learner(learner_id, Right.START_CLAIM)
        if Right.RECEIVE not in opened.rights and not opened.standing.approvers(Right.RECEIVE, home.today):
            raise Refused(
                _("No guardian of this learner may approve what is kept at present. Ask the family's organiser.")
            )
        return opened


def _fingerprint(opened: OpenLearner, data: bytes) -> bytes:
    return opened.chest.index("import", hashlib.sha256(data).hexdigest())


def _put_beside(home: Household, opened: OpenLearner, credential_id: str, noted: Mapping[str, Any]) -> None:
    """The note and the tags that came with an award, as far as there is room for them."""
    row = store.credentials.credential(home.session, home.actor.family_id, credential_id)
    if row is None:
        return
    beside: dict[str, Any] = {}
    with contextlib.suppress(BadInput):
        beside["note"] = plain(noted["note"], field="note", most=NOTE_LENGTH, required=False, lines=True)
    with contextlib.suppress(BadInput):
        beside["tags"] = tidy_tags(noted["tags"])
    opened.seal(row, opened.open(row) | beside)


def _is_theirs(noted: Noted, opened: OpenLearner) -> bool:
    return noted.owner.casefold() == opened.name.casefold()


def _of_somebody_else(noted: Noted) -> Why:
    whose = plain(noted.owner[:_NAME_LENGTH], field="owner", most=_NAME_LENGTH, required=False)
    return Why(
        kind="left",
        detail=_("In this archive it is an award of %(name)s.", name=whose or "—"),
        remedy=_("Add the archive once more, for the learner of that name."),
    )


def _shown(name: str) -> str:
    return plain(name[:_NAME_LENGTH], field="name", most=_NAME_LENGTH, required=False)
