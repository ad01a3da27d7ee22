"""Bring the database and its journal of status lists to the same knowledge, whichever of the two knows less.

1. An index that the journal knows and the database does not is taken for good, by nobody;
2. an entry that the journal knows as set is set again, and its credential is withdrawn again. What was set stays set,
whatever a line says later; of a list of suspensions the line with the latest moment counts, wherever it stands;
3. a list that the journal knows and the database does not is opened again under its number, with its entries;
4. after a restore without the journal (`RESTORED`), every open list is closed and numbers skip ahead, since nobody
knows what was taken; 5. what the database knows and the journal does not (an installation older than the journal) is
written down.

The database knows less after an older backup was restored, and after a process died between the line and the commit.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuer.store import identities, suspensions
from issuer.store.credentials import insert_if_new
from issuer.store.journal import Journal, Line, opening, written_moment
from issuer.store.suspensions import SUSPENSION
from issuer.store.tables import CredentialRow, OrganisationRow, StatusEntryRow, StatusListRow
from kit.db import Database
from vc.status import Reason

NUMBERS_SKIPPED: Final = 1000
_REPLAY_LOCK: Final = 0x5A7C8E1B


Finish = Callable[[Session, Sequence[CredentialRow]], None]
"""What else belongs to a withdrawal: it is given the awards that a replay withdrew, in the replay's transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay did: lists opened again, indices taken by nobody, entries set again (or lifted again), lists
    closed, lines added to the journal.
    """

    lists: int
    indices: int
    entries: int
    closed: int
    lines: int

    @property
    def changed_database(self) -> bool:
        """Whether the database knew less than the journal."""
        return bool(self.lists or self.indices or self.entries or self.closed)


@dataclass(slots=True, kw_only=True)
class _State:
    """One side's knowledge: lists by id, taken indices by list, set entries by list and index: to what, and when.

    An entry of a list of suspensions that was lifted is there with the value 0.
    """

    lists: dict[str, Line]
    taken: dict[str, set[int]]
    set: dict[tuple[str, int], tuple[int, str]]
    restored: bool = False

    def may_lift(self, list_id: str) -> bool:
        """Whether entries of this list go back to 0."""
        return list_id in self.lists and self.lists[list_id]["purpose"] == SUSPENSION

    def learn(self, list_id: str, position: int, value: int, at: str) -> None:
        """Note what an entry was set to, unless that is older, or takes back what stays."""
        before = self.set.get((list_id, position))
        if self.may_lift(list_id):
            newer = before is None or _moment(at) >= _moment(before[1])
        else:
            newer = value > (0 if before is None else before[0])
        if newer:
            self.set[(list_id, position)] = (value, at)


def replay(database: Database, journal: Journal, *, now: datetime, finish: Finish) -> Replayed:
    """Bring database and journal to the same knowledge, in one transaction; call it before serving.

    ``finish`` does the rest of each withdrawal that the database knew nothing of.
    Raises: ValueError when the journal is damaged; OSError when it cannot be written; kit.errors.Unavailable.
    """
    with database.session() as session:
        if not database.is_sqlite:  # there, the transaction itself keeps others from writing
            session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({_REPLAY_LOCK})")
        written = _read_journal(journal)
        known = _read_database(session)
        organisations = set(session.scalars(select(OrganisationRow.id)))
        lost = [line for key, line in written.lists.items() if key not in known.lists]
        reopened = _reopen(session, [line for line in lost if line["organisation"] in organisations])
        there = known.lists.keys() | reopened
        closed = _close_open_lists(session, now=now) if written.restored else 0
        burnt = _burn(session, written, known, there)
        entries = _set_again(session, written, known, there, finish)
        missing = _unwritten(written, known)
        if missing:  # others may have committed since the journal was read: their lines are in it by now
            missing = _unwritten(_read_journal(journal), known)
    if written.restored:
        missing.append({"closed": True, "at": written_moment(now)})
    journal.append(missing)
    return Replayed(lists=len(reopened), indices=burnt, entries=entries, closed=closed, lines=len(missing))


def _read_journal(journal: Journal) -> _State:
    state = _State(lists={}, taken={}, set={})
    turns: list[Line] = []
    for line in journal.lines():
        if "list" in line:
            state.lists[line["list"]] = line
        elif "taken" in line:
            state.taken.setdefault(line["taken"], set()).add(line["index"])
        elif "set" in line:
            state.taken.setdefault(line["set"], set()).add(line["index"])
            turns.append(line)
        elif "restored" in line:
            state.restored = True
        elif "closed" in line:
            state.restored = False
    for line in turns:  # after all lists are known, whatever their order in a journal made of two copies
        state.learn(line["set"], line["index"], line["value"], line["at"])
    return state


def _read_database(session: Session) -> _State:
    state = _State(lists={}, taken={}, set={})
    for row in session.scalars(select(StatusListRow)):
        state.lists[row.id] = opening(row)
    rows = session.execute(
        select(StatusEntryRow.list_id, StatusEntryRow.position, StatusEntryRow.value, StatusEntryRow.changed)
    )
    for list_id, position, value, changed in rows:
        state.taken.setdefault(list_id, set()).add(position)
        if value or (changed is not None and state.may_lift(list_id)):
            state.set[(list_id, position)] = (value, written_moment(changed) if changed else "")
    return state


def _reopen(session: Session, lost: Iterable[Line]) -> set[str]:
    """Open again, already closed to new entries, the lists that only the journal knows. `changes` makes them be signed
    anew.
    """
    reopened = set()
    for line in lost:
        at = datetime.fromisoformat(line["at"])
        insert_if_new(  # another process may be committing this very row
            session,
            StatusListRow,
            id=line["list"],
            organisation_id=line["organisation"],
            identity_id=_identity(session, line),
            number=line["number"],
            purpose=line["purpose"],
            length=line["length"],
            opened=at,
            full=at,
            changes=1,
            rendered_changes=0,
        )
        reopened.add(line["list"])
    return reopened


def _identity(session: Session, line: Line) -> str:
    """The identifier (its row's id) that signs a list; the present one where that is lost as well.

    A journal from before there were several names none: then it was the organisation's first, which has its id.
    """
    organisation_id: str = line["organisation"]
    wanted = line.get("identity", organisation_id)
    known = {row.id for row in identities.of(session, organisation_id)}
    return wanted if wanted in known else identities.present(session, organisation_id).id


def _close_open_lists(session: Session, *, now: datetime) -> int:
    """Close every open list and leave a gap in the numbers, so that nothing lost is ever given out a second time.

    The gap is held open by an empty, closed list with a number far ahead.
    """
    newest: dict[str, StatusListRow] = {}
    count = 0
    for row in session.scalars(select(StatusListRow).order_by(StatusListRow.number)):
        newest[row.organisation_id] = row
        if row.full is None:
            row.full = now
            count += 1
    for organisation_id, row in newest.items():
        session.add(
            StatusListRow(
                id=str(uuid.uuid4()),
                organisation_id=organisation_id,
                identity_id=row.identity_id,
                number=row.number + NUMBERS_SKIPPED,
                purpose=row.purpose,
                length=row.length,
                opened=now,
                full=now,
                changes=1,
                rendered_changes=0,
            )
        )
    session.flush()
    return count


def _burn(session: Session, written: _State, known: _State, there: set[str]) -> int:
    count = 0
    for list_id, positions in written.taken.items():
        if list_id not in there:
            continue
        organisation = session.get_one(StatusListRow, list_id).organisation_id
        for position in sorted(positions - known.taken.get(list_id, set())):
            # Another process may be committing this very index: then it is not lost, and stays as that one took it.
            count += insert_if_new(
                session,
                StatusEntryRow,
                list_id=list_id,
                position=position,
                organisation_id=organisation,
                credential_id=None,
                value=0,
            )
    return count


def _set_again(session: Session, written: _State, known: _State, there: set[str], finish: Finish) -> int:
    count = 0
    withdrawn: list[CredentialRow] = []
    for (list_id, position), (value, at) in written.set.items():
        if list_id not in there or not _knows_better(written, known, list_id, position):
            continue
        when = datetime.fromisoformat(at)
        entry = session.get_one(StatusEntryRow, (list_id, position))
        status_list = session.get_one(StatusListRow, list_id)
        if status_list.purpose == SUSPENSION:
            count += suspensions.turn_again(session, entry, status_list, value=value, when=when)
            continue
        if entry.credential_id is not None:  # locked before its entry, as everybody does who withdraws
            withdrawn += _withdraw_again(session, entry.credential_id, status_list.purpose, value, when)
        entry.value, entry.changed = value, when
        status_list.changes += 1
        count += 1
    session.flush()
    if withdrawn:
        finish(session, withdrawn)
    return count


def _knows_better(one: _State, other: _State, list_id: str, position: int) -> bool:
    """Whether one side knows something of an entry that the other one does not know, or not any more."""
    here, there = one.set[(list_id, position)], other.set.get((list_id, position))
    may_lift = one.may_lift(list_id) or other.may_lift(list_id)
    return there is None or (may_lift and _moment(here[1]) > _moment(there[1]))


def _withdraw_again(
    session: Session, credential_id: str, purpose: str, value: int, when: datetime
) -> Sequence[CredentialRow]:
    """Withdraw a credential as the journal knows it; the credential, unless it is withdrawn, perhaps since a moment."""
    row = session.scalars(
        select(CredentialRow)
        .where(CredentialRow.id == credential_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if purpose == "message" and row.revocation_reason is None:
        row.revocation_reason = Reason(value).code
    if purpose != "revocation" or row.state == "revoked":
        return ()
    row.state, row.revoked = "revoked", row.revoked or when
    return (row,)


def _unwritten(written: _State, known: _State) -> list[Line]:
    lines: list[Line] = [line for key, line in known.lists.items() if key not in written.lists]
    for list_id, positions in known.taken.items():
        new = sorted(positions - written.taken.get(list_id, set()))
        lines.extend({"taken": list_id, "index": position} for position in new)
    for (list_id, position), (value, at) in known.set.items():
        if _knows_better(known, written, list_id, position):
            lines.append(
                {"set": list_id, "index": position, "value": value, "at": at or written_moment(datetime.now(UTC))}
            )
    return lines


def _moment(at: str) -> datetime:
    """An instant of a line; the beginning of time where none is known."""
    return datetime.fromisoformat(at) if at else datetime.min.replace(tzinfo=UTC)
