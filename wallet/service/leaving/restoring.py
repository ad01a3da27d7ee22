"""Taking an archive in: opened and looked through at once, then one thing after another, each verified on arrival.

Rules. Nothing of an archive is kept before all of it was opened, unpacked within bounds, and found to say what it has
to. Then what it holds waits, sealed under the learners' keys, and a job takes it in: an award is judged like every
other that arrives, and what is not genuine is left out. What is here is not changed: the same award again is there
already, a note is put only where the award is new. A crash loses nothing and doubles nothing, and the same archive once
more does not either. What could not be checked today waits, and is tried again when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kit.errors import BadInput, Conflict, NotFound, RequestError, Unavailable
from kit.i18n import _
from kit.jobs import GO, STOP, Next, Run
from vc.multibase import base64url_decode, base64url_encode
from wallet import store
from wallet.service.arranging import Arranging
from wallet.service.authority import Right
from wallet.service.core import Actor, OpenLearner, Tools, new_id
from wallet.service.leaving.awards import AwardsArriving, title_of
from wallet.service.leaving.contents import Award, Edition, Learner, read_archive
from wallet.service.leaving.learners import arrive
from wallet.service.people import People
from wallet.service.works import FILE, Made, Works

KIND: Final = "restoration"
KEPT, ALREADY, FORGED, UNREADABLE, UNREACHABLE, NOT_YOURS = (
    "kept", "already", "forged", "unreadable", "unreachable", "notYours",
)  # fmt: skip
_LEASE = timedelta(minutes=3)
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationLine:
    """One thing that did not simply arrive: what it is, whose, and what became of it."""

    kind: str
    learner: str
    title: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationView:
    """How far an archive is. `counts` are things by what became of them; `lines` those that want a word."""

    id: str
    running: bool
    started_at: datetime
    total: int
    done: int
    counts: dict[str, int]
    lines: tuple[RestorationLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What was begun: the id, the learners who were found or made, and the names of those who were left out."""

    id: str
    learners: int
    left_out: tuple[str, ...]


class Restoring:
    """Takes archives in."""

    def __init__(
        self, tools: Tools, people: People, awards: AwardsArriving, arranging: Arranging, works: Works
    ) -> None:
        self._tools = tools
        self._people = people
        self._awards = awards
        self._arranging = arranging
        self._works = works
        self.enqueue: Callable[[Run], None] = lambda _run: None

    def begin(self, actor: Actor, sealed: bytes, *, passphrase: str, mine: bool) -> Begun:
        """Open an archive and let a job take it in.

        `mine`: whoever brings it says that they saved it, so that their own awards in it become theirs here.
        Raises: BadInput naming "file" or "passphrase"; Refused without the say over a learner who is here. Nothing is
        kept then.
        """
        learners = read_archive(sealed, passphrase)
        left_out: list[str] = []
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            store.restoring.forget_before(session, home.now - _KEPT_FOR)
            row = store.Restoration(
                id=new_id(),
                family_id=actor.family_id,
                member_id=actor.member_id,
                started_at=home.now,
                state=store.restoring.RUNNING,
                attempt=1,
                lease_until=home.now + _LEASE,
            )
            session.add(row)
            session.flush()
            position = 0
            for learner in learners:
                opened = arrive(home, self._people, learner, mine=mine)
                if opened is None:
                    left_out.append(learner.name)
                    continue
                for kind, thing in _things(learner):
                    position += 1
                    item = store.RestorationItem(
                        id=new_id(),
                        restoration_id=row.id,
                        family_id=actor.family_id,
                        learner_id=opened.id,
                        position=position,
                        kind=kind,
                        outcome=store.restoring.WAITING,
                        version=0,
                    )
                    opened.seal(item, thing)
                    session.add(item)
            home.note("archive.restore", row.id, count=position)
            restoration_id = row.id
        self.enqueue(Run(KIND, restoration_id, 1))
        return Begun(id=restoration_id, learners=len(learners) - len(left_out), left_out=tuple(left_out))

    def view(self, actor: Actor, restoration_id: str) -> RestorationView:
        """How far it is. Raises: NotFound for what somebody else brought."""
        with self._tools.database.reading() as session:
            row = self._mine(session, actor, restoration_id)
            home = self._people.open(session, actor)
            counts = store.restoring.counts(session, row.id)
            lines = []
            named = [outcome for outcome in counts if outcome not in {KEPT, ALREADY, store.restoring.WAITING}]
            visible = {one.id: one for one in home.learners()}
            for item in store.restoring.items(session, row.id, outcomes=named):
                opened = visible.get(item.learner_id)
                if opened is not None:
                    title = opened.open(item).get("title", "")
                    lines.append(
                        RestorationLine(kind=item.kind, learner=opened.name, title=title, outcome=item.outcome)
                    )
            waiting = counts.pop(store.restoring.WAITING, 0)
            return RestorationView(
                id=row.id,
                running=row.state == store.restoring.RUNNING,
                started_at=row.started_at,
                total=sum(counts.values()) + waiting,
                done=sum(counts.values()),
                counts=counts,
                lines=tuple(lines),
            )

    def try_again(self, actor: Actor, restoration_id: str) -> None:
        """Let what could not be checked be tried once more. Raises: NotFound; Conflict while it is under way."""
        with self._tools.database.session() as session:
            row = self._mine(session, actor, restoration_id)
            if row.state == store.restoring.RUNNING:
                raise Conflict(_("The archive is being taken in right now. Look again when it is done."))
            store.restoring.wait_again(session, row.id, UNREACHABLE)
            until = self._tools.clock.now() + _LEASE
            attempt = row.attempt + 1
            store.restoring.take_up(session, row.id, attempt=row.attempt, until=until)
        self.enqueue(Run(KIND, restoration_id, attempt))

    # -- the job ------------------------------------------------------------------------------------------------------

    def step(self, run: Run) -> Next:
        """Take one thing in; STOP when there is nothing left, or another attempt goes on."""
        with self._tools.database.session() as session:
            until = self._tools.clock.now() + _LEASE
            if not store.restoring.renew(session, run.job_id, attempt=run.attempt, until=until):
                return STOP
            row, item = store.restoring.by_id(session, run.job_id), store.restoring.next_waiting(session, run.job_id)
            if row is None or item is None:
                store.restoring.finish(session, run.job_id)
                return STOP
            actor = Actor(user_id="", member_id=row.member_id, family_id=row.family_id)
            item_id, kind, learner_id = item.id, item.kind, item.learner_id
        self._take(actor, item_id, kind, learner_id)
        return GO

    def lapsed(self) -> list[Run]:
        """What nobody works on though somebody should: after a crash, or a restart."""
        now, found = self._tools.clock.now(), []
        with self._tools.database.session() as session:
            for row in store.restoring.lapsed(session, now):
                attempt = row.attempt
                if store.restoring.take_up(session, row.id, attempt=attempt, until=now + _LEASE):
                    found.append(Run(KIND, row.id, attempt + 1))
        return found

    def drive(self, actor: Actor, restoration_id: str, say: Callable[[int, int], None]) -> RestorationView:
        """Take everything in at once, for whoever has no job engine; `say` hears how many are done, of how many."""
        with self._tools.database.reading() as session:
            attempt = self._mine(session, actor, restoration_id).attempt
        while self.step(Run(KIND, restoration_id, attempt)) is GO:
            view = self.view(actor, restoration_id)
            say(view.done, view.total)
        return self.view(actor, restoration_id)

    # -- one thing ----------------------------------------------------------------------------------------------------

    def _take(self, actor: Actor, item_id: str, kind: str, learner_id: str) -> None:
        title, object_id, thing = "", None, {}
        try:
            with self._tools.database.reading() as session:
                opened = self._people.open(session, actor).learner(learner_id, Right.RECEIVE)
                item = session.get(store.RestorationItem, item_id)
                thing = opened.open(item) if item is not None else {}
                named = self._named(session, opened, item) if item is not None and kind == "collection" else {}
            title = _title(kind, thing)
            if kind == "award":
                object_id, outcome = self._awards.take(actor, learner_id, _award(thing))
            elif kind == "work":
                object_id, outcome = self._work(actor, learner_id, thing)
            else:
                object_id, outcome = self._collection(actor, learner_id, thing, named)
        except Unavailable:
            outcome = UNREACHABLE
        except BadInput as error:
            outcome = FORGED if error.type.endswith("#not-genuine") else UNREADABLE
        except RequestError:
            outcome = NOT_YOURS
        with self._tools.database.session() as session:
            row = session.get(store.RestorationItem, item_id)
            learner = store.people.learner_by_id(session, learner_id)
            if row is None or learner is None or row.outcome != store.restoring.WAITING:
                return
            opened = self._people.open(session, actor).open_learner(learner)
            row.outcome, row.object_id = outcome, object_id
            kept = thing if outcome == UNREACHABLE else {"id": thing.get("id", "")}
            opened.seal(row, kept | {"title": title})

    def _named(self, session: Any, opened: OpenLearner, of: store.RestorationItem) -> dict[str, str]:
        """What the awards that were taken in are here, by their ids in the archive."""
        items = store.restoring.items(session, of.restoration_id, outcomes=[KEPT, ALREADY, FORGED])
        return {
            opened.open(item)["id"]: item.object_id
            for item in items
            if item.kind == "award" and item.learner_id == opened.id and item.object_id
        }

    def _work(self, actor: Actor, learner_id: str, thing: dict[str, Any]) -> tuple[str, str]:
        file = base64url_decode(thing["file"]) if thing["file"] else None
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.ARRANGE)
            for row in store.works.works(session, actor.family_id, learner_id):
                told = opened.open(row)
                if (told["title"], told["words"]) != (thing["title"], thing["words"]):
                    continue
                there = store.works.file(session, actor.family_id, row.id, FILE)
                place = opened.place("work_file", there.id, there.version) if there is not None else None
                if file == (opened.chest.open_bytes(place, there.sealed) if there and place else None):
                    return row.id, ALREADY
            beside = self._beside(session, opened, thing["credential"])
        made = Made(title=thing["title"], words=thing["words"], credential_id=beside)
        return self._works.add(actor, learner_id, made, file=file), KEPT

    def _beside(self, session: Any, opened: OpenLearner, archived: str) -> str:
        """The award here that is that one in the archive, of the newest restoration that knows it; empty for none."""
        for item in store.restoring.awards_taken_in(session, opened.id):
            if archived and opened.open(item)["id"] == archived:
                row = store.credentials.credential(session, opened.row.family_id, item.object_id or "")
                return row.id if row is not None else ""
        return ""

    def _collection(
        self, actor: Actor, learner_id: str, thing: dict[str, Any], named: dict[str, str]
    ) -> tuple[str, str]:
        there = {one.name: one.id for one in self._arranging.collections(actor, learner_id)}
        collection_id = there.get(thing["name"])
        made = collection_id is None
        if collection_id is None:
            collection_id = self._arranging.make(actor, learner_id, name=thing["name"], note=thing["note"])
        members = [named[one] for one in thing["credentials"] if one in named]
        added = self._arranging.put(actor, collection_id, members) if members else 0
        return collection_id, KEPT if made or added else ALREADY

    @staticmethod
    def _mine(session: Any, actor: Actor, restoration_id: str) -> store.Restoration:
        row = store.restoring.restoration(session, actor.family_id, restoration_id)
        if row is None or row.member_id != actor.member_id:
            raise NotFound
        return row


def _things(learner: Learner) -> list[tuple[str, dict[str, Any]]]:
    """What is to be taken in of a learner, in an order in which each finds what it needs."""
    awards = [
        {
            "id": award.id,
            "note": award.note,
            "tags": list(award.tags),
            "editions": [
                {
                    "data": base64url_encode(one.data),
                    "receivedAt": one.received_at,
                    "original": base64url_encode(one.original) if one.original is not None else "",
                    "originalType": one.original_type,
                }
                for one in award.editions
            ],
        }
        for award in learner.awards
    ]
    works = [
        {
            "title": work.title,
            "words": work.words,
            "credential": work.credential,
            "file": base64url_encode(work.file) if work.file is not None else "",
        }
        for work in learner.works
    ]
    collections = [
        {"name": one.name, "note": one.note, "credentials": list(one.credentials)} for one in learner.collections
    ]
    return [
        *(("award", one) for one in awards),
        *(("work", one) for one in works),
        *(("collection", one) for one in collections),
    ]


def _award(thing: dict[str, Any]) -> Award:
    return Award(
        id=thing["id"],
        note=thing["note"],
        tags=tuple(thing["tags"]),
        editions=tuple(
            Edition(
                data=base64url_decode(one["data"]),
                received_at=one["receivedAt"],
                original=base64url_decode(one["original"]) if one["original"] else None,
                original_type=one["originalType"],
            )
            for one in thing["editions"]
        ),
    )


def _title(kind: str, thing: dict[str, Any]) -> str:
    if kind == "award":
        return title_of(base64url_decode(thing["editions"][-1]["data"])) if thing.get("editions") else ""
    return str(thing.get("title") or thing.get("name") or "")[:120]
