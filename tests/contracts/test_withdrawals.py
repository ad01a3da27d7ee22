"""Many awards withdrawn together, on SQLite and on PostgreSQL: those that were seen, each once, whoever else is at it."""

import contextlib
import threading

import pytest
from sqlalchemy import event, func, select

from issuer.service.services import Services
from issuer.service.withdrawing import steps
from issuer.service.withdrawing.choosing import Choice
from issuer.service.withdrawing.jobs import KIND
from issuer.store import erasing, journal, status, tables, withdrawals
from kit.errors import BadInput, Conflict, NotFound
from kit.jobs import GO, STOP, Run
from kit.paging import Window
from tests.issuing import Workshop, settings

FIRST = Window(number=1, size=10)


class Died(BaseException):
    """The process is gone."""


class Shop(Workshop):
    """A workshop that withdraws by the dozen."""

    def awards(self, count, first=0):
        frozen = self.freeze(count, first)
        self.finish(frozen)
        return [each.credential_id for each in frozen]

    def see(self, **chosen):
        choice = Choice(**chosen)
        return choice, self.services.withdrawals.select(self.desk, choice, FIRST)

    def start(self, key="k", reason="replaced", note="", **chosen):
        choice, found = self.see(**chosen)
        return self.services.withdrawals.start(
            self.desk, choice, seen=found.seen, count=found.count, reason=reason, note=note, key=key
        )

    def step(self, withdrawal):
        with self.services.context.database.reading() as session:
            job = session.scalar(select(tables.JobRow).where(tables.JobRow.subject == withdrawal.id))
        return self.services.work.step_of(KIND)(Run(KIND, job.id, job.attempt))

    def die_before_the_commit(self, do):
        """Do something, die when its lines are in the journal and its rows are not yet in the database; start again."""
        written = self.services.context.settings.data_dir / journal.FILE_NAME
        before = written.stat().st_size

        def die(_connection):
            if written.stat().st_size > before:
                raise Died

        event.listen(self.services.context.database.engine, "commit", die)
        with pytest.raises(Died):
            do()
        self.services.close()
        self.services = Services.build(self.services.context.settings, clock=self.clock)
        self.desk = self.services.organisations.enter(self.desk.actor, "maple")

    def one(self, withdrawal):
        return self.services.withdrawals.one(self.desk, withdrawal.id)

    def set_entries(self):
        with self.services.context.database.reading() as session:
            return {
                row.purpose: {value for value, _at in status.set_entries(session, row.id).values()}
                | {len(status.set_entries(session, row.id))}
                for row in status.lists(session, self.desk.organisation.id)
            }

    def counted(self, table, *where):
        with self.services.context.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where))

    def acts(self, action):
        return self.counted(tables.AUDIT, tables.AUDIT.c.action == action)


@pytest.fixture
def shop(issuer_url, tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", 7)
    made = Shop(settings(tmp_path, issuer_url))
    yield made
    made.close()


@pytest.fixture
def one_shop(sqlite_url, tmp_path, monkeypatch):
    """On one database only: what the store does not decide."""
    monkeypatch.setattr(steps, "CHUNK", 7)
    made = Shop(settings(tmp_path, sqlite_url))
    yield made
    made.close()


def test_all_that_were_seen_are_withdrawn_each_once(shop):
    ids = shop.awards(16)
    begun = shop.start(reason="requirementsNotMet", note="The course was not held.")
    assert (begun.state, begun.total, begun.done) == ("queued", 16, 0)
    by_hand = ids[3]
    shop.services.credentials.revoke(shop.desk, by_hand, reason="replaced", note="")
    assert [shop.step(begun), shop.step(begun), shop.step(begun), shop.step(begun)] == [GO, GO, STOP, STOP]
    found = shop.one(begun)
    assert (found.state, found.done, found.already) == ("done", 15, 1)
    assert shop.services.withdrawals.note(shop.desk, begun.id) == "The course was not held."
    rows = [shop.services.credentials.one(shop.desk, each) for each in ids]
    assert [row.revocation_reason for row in rows] == [
        "replaced" if row.id == by_hand else "requirementsNotMet" for row in rows
    ]
    entries = shop.set_entries()
    assert entries["revocation"] == {1, 16}
    assert shop.acts("credential.revoke") == shop.acts("claim.recall") == 16
    assert (shop.acts("withdrawal.start"), shop.acts("withdrawal.finish")) == (1, 1)
    assert shop.counted(tables.ClaimRow, tables.ClaimRow.secrets_sealed.is_not(None)) == 0
    assert shop.services.organisations.audit_broken_at() is None


def test_R1_what_died_between_the_journal_and_the_commit_is_withdrawn_whole_by_whoever_asked(shop):
    """The bits are carried out at the next start, since somebody asked for them; so is everything else, once."""
    ids = shop.awards(16)
    begun = shop.start(reason="requirementsNotMet")
    shop.die_before_the_commit(lambda: shop.step(begun))
    found = shop.one(begun)
    assert (found.done, found.already, shop.acts("credential.revoke"), shop.acts("claim.recall")) == (7, 0, 7, 7)
    assert {shop.services.credentials.one(shop.desk, each).revocation_reason for each in ids} == {
        "requirementsNotMet",
        None,
    }
    while shop.step(begun) == GO:
        pass
    found = shop.one(begun)
    assert (found.state, found.done, found.already) == ("done", 16, 0)
    assert shop.acts("credential.revoke") == shop.acts("claim.recall") == 16
    assert shop.counted(tables.ClaimRow, tables.ClaimRow.secrets_sealed.is_not(None)) == 0
    assert shop.services.organisations.audit_broken_at() is None


def test_R1_a_withdrawal_that_died_before_its_commit_takes_its_link_back_and_is_in_the_audit(shop):
    (one,) = shop.awards(1)
    shop.die_before_the_commit(
        lambda: shop.services.credentials.revoke(shop.desk, one, reason="issuedInError", note="")
    )
    again = shop.services.credentials.revoke(shop.desk, one, reason="issuedInError", note="")
    assert (again.state, again.revocation_reason) == ("revoked", "issuedInError")
    assert (shop.acts("credential.revoke"), shop.acts("claim.recall")) == (1, 1)
    assert shop.counted(tables.ClaimRow, tables.ClaimRow.secrets_sealed.is_not(None)) == 0
    told = shop.services.credentials.story(shop.desk, one)
    assert [(entry.actor, entry.detail) for entry in told if entry.action == "credential.revoke"] == [
        ("system", {"reason": "issuedInError", "method": "journal"})
    ]


def test_H18_a_list_is_signed_anew_once_a_second_at_most(shop):
    shop.awards(15)
    begun, seen = shop.start(), set()
    clock = shop.services.context.clock
    while shop.step(begun) is GO:
        seen |= {shop.services.lists.serve("maple", 1).etag for _reader in range(3)}
    assert len(seen) == 1, "within one second"
    clock.advance(steps.LEASE / 60)
    assert shop.services.lists.serve("maple", 1).etag not in seen


def test_H10_withdrawals_of_the_same_awards_at_once_lose_and_repeat_nothing(shop):
    ids = shop.awards(12)
    first, second = shop.start("one"), shop.start("two")
    start, errors = threading.Barrier(4), []

    def work(do):
        start.wait()
        try:
            do()
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    def drive(begun):
        while shop.step(begun) is GO:
            pass

    def by_hand(some):
        for each in some:
            shop.services.credentials.revoke(shop.desk, each, reason="replaced", note="")

    todo = [lambda: drive(first), lambda: drive(second), lambda: by_hand(ids[:6]), lambda: by_hand(reversed(ids))]
    threads = [threading.Thread(target=work, args=(do,)) for do in todo]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert shop.set_entries()["revocation"] == {1, 12}
    assert shop.acts("credential.revoke") == 12
    for begun in (first, second):
        found = shop.one(begun)
        assert (found.state, found.done + found.already) == ("done", 12)
    assert shop.services.organisations.audit_broken_at() is None


def test_the_same_request_again_is_the_same_withdrawal(one_shop):
    shop = one_shop
    shop.awards(3)
    choice, found = shop.see()
    asked = {"seen": found.seen, "count": 3, "reason": "replaced", "key": "k"}
    begun = shop.services.withdrawals.start(shop.desk, choice, note="", **asked)
    shop.step(begun)
    again = shop.services.withdrawals.start(shop.desk, choice, note="", **asked)
    assert (again.id, again.done) == (begun.id, 3)
    with pytest.raises(BadInput, match="used before"):
        shop.services.withdrawals.start(shop.desk, choice, note="other", **asked)
    assert shop.acts("withdrawal.start") == 1


def test_whoever_saw_others_has_to_look_again(one_shop):
    shop = one_shop
    ids = shop.awards(3)
    choice, found = shop.see()
    asked = {"seen": found.seen, "reason": "replaced", "note": "", "key": "k"}
    for wrong in (None, 2, 4):
        with pytest.raises(BadInput, match="not their number"):
            shop.services.withdrawals.start(shop.desk, choice, count=wrong, **asked)
    shop.services.credentials.revoke(shop.desk, ids[0], reason="replaced", note="")
    shop.awards(1, first=3)
    with pytest.raises(Conflict, match="no longer the awards that you saw"):
        shop.services.withdrawals.start(shop.desk, choice, count=3, **asked)
    with pytest.raises(BadInput, match="why this is withdrawn"):
        shop.start(reason="because")
    with pytest.raises(NotFound):
        shop.see(credentials=("00000000-0000-4000-8000-000000000000",))
    assert shop.acts("withdrawal.start") == 0


def test_awards_are_chosen_by_what_was_asked_for(one_shop):
    shop = one_shop
    ids = shop.awards(4)
    day = "2026-11-23"
    assert shop.see(achievement=shop.achievement.id, since=day, until=day)[1].count == 4
    assert shop.see(since="2026-11-24")[1].count == 0
    assert shop.see(until="2026-11-22")[1].count == 0
    assert shop.see(achievement="other")[1].count == 0
    assert shop.see(job="other")[1].count == 0
    begun = shop.start(credentials=(ids[1], ids[2].removeprefix("urn:uuid:")))
    shop.step(begun)
    states = [shop.services.credentials.one(shop.desk, each).state for each in ids]
    assert states == ["issued", "revoked", "revoked", "issued"]
    for wrong in ({"since": "2026-02-30"}, {"since": day, "until": "2026-11-22"}, {"credentials": ("x",)}):
        with pytest.raises(BadInput):
            shop.see(**wrong)


def test_a_stopped_withdrawal_leaves_the_rest_as_it_is(one_shop):
    shop = one_shop
    shop.awards(10)
    begun = shop.start()
    assert shop.step(begun) == GO
    assert shop.services.withdrawals.stop(shop.desk, begun.id).state == "stopped"
    assert shop.step(begun) == STOP
    assert shop.services.withdrawals.stop(shop.desk, begun.id).done == 7
    assert shop.see()[1].count == 3
    rest = shop.start("again")
    while shop.step(rest) is GO:
        pass
    with pytest.raises(Conflict):
        shop.services.withdrawals.stop(shop.desk, rest.id)
    listed = shop.services.withdrawals.listing(shop.desk, FIRST)
    assert sorted((each.state, each.done) for each in listed.items) == [("done", 3), ("stopped", 7)]
    assert shop.services.award_jobs.listing(shop.desk, FIRST).total == 0, "they are no jobs of sheets"


def test_the_same_press_twice_at_once_begins_one(shop, monkeypatch):
    shop.awards(2)
    look, both, found, errors = withdrawals.by_request, threading.Barrier(2), [], []

    def together(*given):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.3)
        return look(*given)

    def press():
        try:
            found.append(shop.start("k").id)
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    monkeypatch.setattr(withdrawals, "by_request", together)
    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(found)) == 1


def test_O10_what_was_searched_for_and_noted_goes_with_an_erased_award(one_shop):
    (award,) = one_shop.awards(1)
    begun = one_shop.start(note="Wren asked for it.")
    with one_shop.services.context.database.session() as session:
        erasing.empty_signed(session, one_shop.desk.organisation.id, award)
    with one_shop.services.context.database.reading() as session:
        row = session.get(tables.WithdrawalRow, begun.id)
        assert (row.chosen, row.note_sealed) == ("{}", None)
