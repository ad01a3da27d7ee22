"""The bin, and deleting for good.

Rules. What is removed waits in the bin and can be taken back; links that showed it stop at once. When its time is
over, or
when somebody who may manage the learner says so twice, the rows and the learner's wrapped data key are destroyed. Each
destruction is also written to the journal (`wallet.service.journal`), so that an older backup which is restored later
forgets again at the next start; connections with providers that were ended stand there, too.
Issuers' credentials elsewhere are not touched: they still verify.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from kit.errors import NotFound, Refused
from kit.i18n import _
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.import_views import APART
from wallet.service.journal import JOURNAL, read_journal, write_journal
from wallet.service.people import People

_DESTROYED = {
    "learner": store.erasure.erase_learner,
    "credential": store.erasure.erase_credential,
    "collection": store.erasure.erase_collection,
    "work": store.erasure.erase_work,
    "apart": store.erasure.erase_apart,
    "connection": store.erasure.end_connection,
    "family": store.erasure.erase_family,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """What goes when a family deletes everything: names of learners and of members who sign in; and of learners whom
    the member who asks may see and not decide for; `unseen` are those whom they may not even see.
    """

    family: str
    organises: bool
    learners: tuple[str, ...]
    hindered: tuple[str, ...]
    unseen: int
    members: tuple[str, ...]


class Erasure:
    """Removing, taking back and destroying."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def remove_learner(self, actor: Actor, learner_id: str) -> int:
        """Put a learner with everything of theirs in the bin and stop their links; how many links were stopped."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.MANAGE)
            stopped = store.shares.recall_all(session, actor.family_id, learner_id, home.now)
            opened.row.deleted_at = home.now
            home.note("learner.remove", learner_id, count=stopped)
            return stopped

    def restore_learner(self, actor: Actor, learner_id: str) -> None:
        """Take a learner back out of the bin. Links stay stopped."""
        with self._tools.database.session() as session:
            home, opened = self._in_bin(session, actor, learner_id)
            opened.row.deleted_at = None
            home.note("learner.restore", learner_id)

    def in_bin(self, actor: Actor, learner_id: str) -> LearnerView:
        """A learner who is in the bin, before they are destroyed. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home, opened = self._in_bin(session, actor, learner_id)
            return learner_view(home, opened)

    def erase_learner(self, actor: Actor, learner_id: str) -> None:
        """Destroy a learner who is in the bin, at once and for good."""
        with self._tools.database.session() as session:
            home, _opened = self._in_bin(session, actor, learner_id)
            self._journal("learner", learner_id)
            store.erasure.erase_learner(session, learner_id, home.now)
            home.note("learner.erase", learner_id)

    def erase_credential(self, actor: Actor, credential_id: str) -> str:
        """Destroy an award that is in the bin, at once and for good. The learner's id."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.credentials.credential(session, actor.family_id, credential_id, deleted=True)
            if row is None:
                raise NotFound
            home.learner_of(row.learner_id, Right.ARRANGE)
            self._journal("credential", credential_id)
            store.erasure.erase_credential(session, credential_id, home.now)
            home.note("credential.erase", credential_id)
            return row.learner_id

    def erase_collection(self, actor: Actor, collection_id: str) -> str:
        """Destroy a collection at once and for good; its awards stay. The learner's id."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.arranged.collection(session, actor.family_id, collection_id, to_change=True)
            if row is None:
                raise NotFound
            learner_id = home.learner_of(row.learner_id, Right.ARRANGE).id
            self._journal("collection", collection_id)
            store.erasure.erase_collection(session, collection_id, home.now)
            home.note("collection.erase", collection_id)
            return learner_id

    def erase_work(self, actor: Actor, work_id: str) -> str:
        """Destroy a work with its file at once and for good. The learner's id."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.works.work(session, actor.family_id, work_id)
            if row is None:
                raise NotFound
            learner_id = home.learner_of(row.learner_id, Right.ARRANGE).id
            self._journal("work", work_id)
            store.erasure.erase_work(session, work_id, home.now)
            home.note("work.erase", work_id)
            return learner_id

    def erase_apart(self, actor: Actor, item_id: str) -> str:
        """Destroy something that is kept apart, at once and for good. The learner's id. Raises: NotFound for others."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.imports.hold(session, actor.family_id, item_id, [APART])
            if row is None:
                raise NotFound
            learner_id = home.learner_of(row.learner_id, Right.ARRANGE).id
            self._journal("apart", item_id)
            store.erasure.erase_apart(session, item_id, home.now)
            home.note("import.erase", item_id)
            return learner_id

    def empty_bins(self) -> int:
        """Destroy everything whose time in the bin is over, in every family; how many things."""
        now = self._tools.clock.now()
        before = now - timedelta(days=self._tools.settings.bin_days)
        with self._tools.database.session() as session:
            learners = [row.id for row in store.people.learners_deleted_before(session, before)]
            for learner_id in learners:
                self._journal("learner", learner_id)
                store.erasure.erase_learner(session, learner_id, now)
            credentials = [row.id for row in store.credentials.credentials_deleted_before(session, before)]
            for credential_id in credentials:
                self._journal("credential", credential_id)
                store.erasure.erase_credential(session, credential_id, now)
            return len(learners) + len(credentials)

    def replay(self) -> int:
        """Destroy again what a restored backup brought back, as the journal says; how many things. Call at start.

        Raises: ValueError naming the line where the journal is damaged elsewhere than at its end.
        """
        lines = list(read_journal(self._tools.settings.data_dir / JOURNAL))
        now = self._tools.clock.now()
        with self._tools.database.session() as session:
            known = store.erasure.buried(session)
            back = [line for line in lines if line["kind"] in _DESTROYED and line["id"] not in known]
            for line in back:
                _DESTROYED[line["kind"]](session, line["id"], now)
            return len(back)

    def end_connection(self, session: Session, connection_id: str) -> None:
        """End a connection inside an open session, for good: no older backup revives its tokens."""
        self._journal("connection", connection_id)
        store.erasure.end_connection(session, connection_id, self._tools.clock.now())

    def _in_bin(self, session: Session, actor: Actor, learner_id: str) -> tuple[Household, OpenLearner]:
        home = self._people.open(session, actor)
        row = store.people.learner(session, actor.family_id, learner_id, deleted=True)
        if row is None or Right.MANAGE not in home.open_learner(row).rights:
            raise NotFound
        return home, home.open_learner(row)

    def parting(self, actor: Actor) -> Parting:
        """What would go if the family deleted everything, and whom the member may not decide for."""
        with self._tools.database.reading() as session:
            return self._parting(self._people.open(session, actor))

    def erase_family(self, actor: Actor, *, password: str) -> None:
        """Destroy everything of a family, its sign-ins with it, at once and for good.

        Raises: BadInput for a wrong password, TooMany; Refused without the say over every learner, or for somebody who
        does not organise the family.
        """
        self._tools.accounts.confirm(actor.user_id, password, field="password")
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            found = self._parting(home)
            if found.hindered or found.unseen or not found.organises:
                raise Refused(_("You may not delete everything of this family. Ask whoever organises it."))
            self._journal("family", actor.family_id)
            store.erasure.erase_family(session, actor.family_id, home.now)
            home.note("family.erase", actor.family_id, count=len(found.learners))

    @staticmethod
    def _parting(home: Household) -> Parting:
        rows = [
            row
            for deleted in (False, True)
            for row in store.people.learners(home.session, home.actor.family_id, deleted=deleted)
        ]
        opened = [home.open_learner(row) for row in rows]
        members = store.people.members(home.session, home.actor.family_id)
        return Parting(
            family=home.details["name"],
            organises=any(row.organises for row in members if row.id == home.actor.member_id),
            learners=tuple(one.name for one in opened if Right.MANAGE in one.rights),
            hindered=tuple(one.name for one in opened if one.rights and Right.MANAGE not in one.rights),
            unseen=sum(not one.rights for one in opened),
            members=tuple(home.member_name(row.id) for row in members),
        )

    def _journal(self, kind: str, row_id: str) -> None:
        write_journal(self._tools.settings.data_dir, kind=kind, row_id=row_id, at=self._tools.clock.now())
