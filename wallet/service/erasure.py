"""The bin, and deleting for good.

Rules. What is removed waits in the bin and can be taken back; links that showed it stop at once. When its time is
over, or
when somebody who may manage the learner says so twice, the rows and the learner's wrapped data key are destroyed. Each
destruction is also written to a journal beside the database, flushed before the rows go, so that an older backup
which is
restored later forgets again at the next start. A last line that a crash cut off is left out when the journal is read,
and cut off before the next one is written: its rows were not destroyed yet, and whoever asked was not told so.
Issuers' credentials elsewhere are not touched: they still verify.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kit.errors import NotFound
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.people import People

JOURNAL: Final = "wallet-erased.jsonl"


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
            home.learner(row.learner_id, Right.ARRANGE)
            self._journal("credential", credential_id)
            store.erasure.erase_credential(session, credential_id, home.now)
            home.note("credential.erase", credential_id)
            return row.learner_id

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
        lines = list(read_journal(self._path()))
        now = self._tools.clock.now()
        with self._tools.database.session() as session:
            known = store.erasure.buried(session)
            back = [line for line in lines if line["id"] not in known]
            for line in back:
                if line["kind"] == "learner":
                    store.erasure.erase_learner(session, line["id"], now)
                else:
                    store.erasure.erase_credential(session, line["id"], now)
            return len(back)

    def _in_bin(self, session: Session, actor: Actor, learner_id: str) -> tuple[Household, OpenLearner]:
        home = self._people.open(session, actor)
        row = store.people.learner(session, actor.family_id, learner_id, deleted=True)
        if row is None or Right.MANAGE not in home.open_learner(row).rights:
            raise NotFound
        return home, home.open_learner(row)

    def _journal(self, kind: str, row_id: str) -> None:
        line = json.dumps({"kind": kind, "id": row_id, "at": self._tools.clock.now().isoformat()}) + "\n"
        with self._path().open("a+b") as stream:
            _mend_tail(stream.fileno())
            stream.write(line.encode())
            stream.flush()
            os.fsync(stream.fileno())

    def _path(self) -> Path:
        return self._tools.settings.data_dir / JOURNAL


def read_journal(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a journal of erasures (`kind`, `id`); none when there is no file, and no torn last one.

    Raises: ValueError naming a line that is damaged elsewhere.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.endswith(b"\n"):
                return
            try:
                line = json.loads(raw)
                yield {"kind": str(line["kind"]), "id": str(line["id"])}
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{path}, line {number}, is not readable. Restore this file from its newest copy: it keeps what "
                    "was deleted for good from coming back."
                ) from error


def _mend_tail(descriptor: int) -> None:
    """Cut off a last line without an end."""
    size = os.fstat(descriptor).st_size
    kept, step = size, 4096
    while kept and os.pread(descriptor, 1, kept - 1) != b"\n":
        start = max(0, kept - step)
        found = os.pread(descriptor, kept - start, start).rfind(b"\n")
        kept = start + found + 1 if found >= 0 else start
    if kept != size:
        os.ftruncate(descriptor, kept)
