"""Awards by the hundred keep the promises of a single one, on SQLite and on PostgreSQL."""

import json
import math
import multiprocessing
import os
import statistics
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text

from issuer.service.drafts import AchievementDraft, OrganisationDraft
from issuer.service.issuance import Signed
from issuer.service.many import Intended
from issuer.service.securing import USUAL
from issuer.service.services import Services
from issuer.store import credentials, identities, intents, journal, status, tables
from kit import audit
from kit.clock import FixedClock
from kit.errors import BadInput, Conflict, Unavailable
from tests.issuing import NOW, Workshop, freeze, settings
from vc.document import CREDENTIAL_LIMITS, parse

EACH = int(os.environ.get("SATCHEL_R3_EACH", "500"))
"""Awards by each of four processes; the figure in docs/performance.md was taken with 5000."""
ATTEMPTS = 20


@pytest.fixture
def shop(issuer_url, tmp_path):
    made = Workshop(settings(tmp_path, issuer_url, job_processes=0))
    yield made
    made.close()


class PowerCut(Exception):  # noqa: N818 - what happens, not what is wrong
    pass


def test_one_by_one_and_in_bulk_the_same_intent_gives_the_same_bytes(shop):
    frozen = shop.freeze(5)
    complete = shop.services.many.completing["award"]
    in_bulk = {}

    def cut(done):
        in_bulk.update({signed.credential_id: signed.body for _intent, signed in done.signed})
        raise PowerCut

    shop.services.many.completing["award"] = cut
    with pytest.raises(PowerCut):
        shop.finish(frozen)
    assert len(in_bulk) == 5
    for each in frozen[:3]:
        assert shop.services.issuance.finish(each.intent_id).body == in_bulk[each.credential_id]
    shop.services.many.completing["award"] = complete
    again = shop.finish(frozen)
    assert [each.body for each in again] == [in_bulk[each.credential_id] for each in frozen]
    assert [each.body for each in shop.finish(frozen)] == [each.body for each in again]


def test_what_is_kept_is_what_a_single_award_keeps(shop):
    (frozen,) = shop.freeze(1)
    (done,) = shop.finish([frozen])
    single = shop.award(7, "k").value
    for credential_id in (frozen.credential_id, single["id"]):
        found = shop.services.credentials.one(shop.desk, credential_id)
        assert found.state == "issued"
        assert shop.services.claims.printable(shop.desk.organisation, credential_id) is not None
    ours, theirs = (_rows(shop, credential_id) for credential_id in (frozen.credential_id, single["id"]))
    assert ours == theirs
    assert isinstance(done, Signed)
    assert shop.services.credentials.revoke(shop.desk, frozen.credential_id, reason="replaced", note="").state == (
        "revoked"
    )
    assert shop.services.organisations.audit_broken_at() is None


def _rows(shop, credential_id):
    """What is stored of an award, without what has to differ."""
    with shop.services.context.database.reading() as session:
        credential = session.get(tables.CredentialRow, credential_id)
        (intent,) = session.scalars(select(tables.IntentRow).where(tables.IntentRow.credential_id == credential_id))
        (signed,) = session.scalars(
            select(tables.SignedCredentialRow).where(tables.SignedCredentialRow.credential_id == credential_id)
        )
        (claim,) = session.scalars(select(tables.ClaimRow).where(tables.ClaimRow.credential_id == credential_id))
        ours = tables.AUDIT.c.object_id.endswith(credential_id)
        acts = session.execute(select(tables.AUDIT.c.action, tables.AUDIT.c.actor, tables.AUDIT.c.detail).where(ours))
        entries = status.of_credential(session, credential_id)
        return [
            (credential.kind, credential.state, credential.sequence, credential.achievement_version, credential.holder),
            (intent.kind, intent.key_id, intent.state, intent.details, intent.created, intent.actor),
            (signed.kind, signed.sequence, signed.valid_from, signed.signed),
            (claim.state, claim.created, claim.expires, claim.secrets_sealed is not None),
            [tuple(row) for row in acts],
            [(entry.value, row.purpose) for entry, row in entries],
        ]


def _intend(shop, frozen, change):
    """The second version of these credentials, each document changed by ``change``; their intents."""
    with shop.services.context.database.session() as session:
        items = []
        for place, each in enumerate(frozen):
            row = credentials.signed(session, shop.desk.organisation.id, each.credential_id, 1)
            document = dict(parse(row.body, limits=CREDENTIAL_LIMITS).value)
            del document["proof"]
            items.append(
                Intended(
                    credential_id=each.credential_id,
                    kind="award",
                    format=USUAL,
                    unsigned=change(place, document),
                    details={"awarded": "2026-11-23T09:00:00Z", "validFrom": "2026-11-23T09:00:00Z"},
                    holder=None,
                )
            )
        return shop.services.many.freeze_many(
            session, organisation=shop.desk.organisation, items=items, actor="system", now=NOW
        )


def test_one_that_cannot_be_signed_keeps_none_of_the_others_back(shop):
    frozen = shop.freeze(4)
    shop.finish(frozen)
    made = _intend(shop, frozen, lambda place, document: document if place != 2 else {**document, "validFrom": "soon"})
    answers = shop.services.many.finish_many(shop.desk.organisation, made)
    assert [type(each) for each in answers] == [Signed, Signed, BadInput, Signed]
    assert answers[2].field == "/validFrom"
    again = shop.services.many.finish_many(shop.desk.organisation, made)
    assert [type(each) for each in again] == [Signed, Signed, BadInput, Signed]
    with shop.services.context.database.reading() as session:
        states = intents.many(session, shop.desk.organisation.id, made)
        refusals = session.scalar(
            select(func.count()).select_from(tables.AUDIT).where(tables.AUDIT.c.action == "credential.refuse")
        )
    assert [states[each].state for each in made] == ["signed", "signed", "refused", "signed"]
    assert refusals == 1


def test_one_that_does_not_pass_our_own_check_waits(shop):
    frozen = shop.freeze(3)
    with shop.services.context.database.session() as session:
        entry, row = status.of_credential(session, frozen[1].credential_id)[0]
        assert status.set_value(session, list_id=row.id, position=entry.position, value=1, now=NOW)
    answers = shop.finish(frozen)
    assert [type(each) for each in answers] == [Signed, Unavailable, Signed]
    with shop.services.context.database.reading() as session:
        assert credentials.intent(session, frozen[1].intent_id).state == "pending"
    elsewhere = shop.services.organisations.open(shop.desk.actor, OrganisationDraft(name="Oak"))
    desk = shop.services.organisations.enter(shop.desk.actor, elsewhere.slug)
    course = shop.services.achievements.create(
        desk, AchievementDraft(name="Reading", description="d", criteria_narrative="c", achievement_type="Course")
    )
    freeze(shop.services, desk, course, 2, 0)
    shop.freeze(2, 10)
    assert shop.services.many.recover(limit=None) == 4, "what is withheld holds up nobody else's, and none of its own"
    assert shop.services.many.recover(limit=50) == 0
    assert shop.services.issuance.has_pending()


def test_a_credential_that_is_being_signed_is_not_frozen_again(shop):
    frozen = shop.freeze(2)
    shop.finish(frozen[:1])
    _intend(shop, frozen[:1], lambda _place, document: document)
    with pytest.raises(Conflict):
        _intend(shop, frozen[:1], lambda _place, document: document)


def test_an_achievement_that_changed_since_the_awards_were_read_is_not_awarded(shop):
    stale = replace(shop.achievement, version=7)
    with pytest.raises(Conflict):
        freeze(shop.services, shop.desk, stale, 1, 0)
    shop.services.achievements.retire(shop.desk, shop.achievement.id, retired=True)
    with pytest.raises(BadInput):
        shop.freeze(1)


def test_recovery_finishes_what_a_crash_left_behind(shop):
    frozen = shop.freeze(7)
    assert shop.services.many.recover(limit=3) == 3
    assert shop.services.many.recover(limit=None) == 4
    assert not shop.services.issuance.has_pending()
    assert all(isinstance(each, Signed) for each in shop.finish(frozen))


def test_H11_a_list_takes_half_its_length_and_the_rest_goes_to_the_next(shop):
    ids = [each.credential_id for each in shop.freeze(60)]
    with shop.services.context.database.session() as session:
        first = status.add_list(
            session, identities.present(session, shop.desk.organisation.id), "suspension", length=100, now=NOW
        )
        taken = status.allocate_many(session, status_list=first, credential_ids=ids[:20], now=NOW)
        more = status.allocate_many(session, status_list=first, credential_ids=ids[20:], now=NOW)
        assert status.allocate_many(session, status_list=first, credential_ids=ids[50:], now=NOW) == {}
    assert len(taken) == 20
    assert len(more) == 30
    positions = [*taken.values(), *more.values()]
    assert len(set(positions)) == 50
    assert all(0 <= position < 100 for position in positions)
    with shop.services.context.database.reading() as session:
        assert session.get(tables.StatusListRow, first.id).full is not None


def test_R14_chunks_and_single_awards_at_once_leave_one_whole_chain(shop):
    start, errors = threading.Barrier(4), []

    def many(number):
        shop.finish(shop.freeze(30, first=100 * number))

    def single(number):
        for place in range(4):
            shop.award(place, f"{number}-{place}")

    def work(number):
        start.wait()
        try:
            (many if number % 2 else single)(number)
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with shop.services.context.database.reading() as session:
        assert audit.verify_chain(session, tables.AUDIT) is None
        awarded = session.scalars(
            select(tables.AUDIT.c.object_id).where(tables.AUDIT.c.action == "credential.award")
        ).all()
    assert len(awarded) == len(set(awarded)) == 68


def _take_indices(given, desk, achievement, numbers):
    """One process: freeze so many awards, some at a time, each time until it works."""
    services = Services.build(given, clock=FixedClock(instant=NOW))
    for start in numbers:
        for attempt in range(ATTEMPTS):
            try:
                freeze(services, desk, achievement, numbers.step, start)
                break
            except Unavailable:  # SQLite gives its lock to whoever asks at the right moment, not in turn
                assert attempt < ATTEMPTS - 1
    services.close()


@pytest.mark.parametrize("count", [EACH])
def test_R3_four_processes_take_indices_without_a_duplicate_or_a_pattern(shop, count, capsys):
    context = multiprocessing.get_context("spawn")
    given = shop.services.context.settings
    numbers = [range(each * count, (each + 1) * count, 100) for each in range(4)]
    processes = [
        context.Process(target=_take_indices, args=(given, shop.desk, shop.achievement, each)) for each in numbers
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    with shop.services.context.database.reading() as session:
        rows = session.execute(text("SELECT list_id, position, credential_id FROM status_entry")).all()
        lists = {row.id: row.purpose for row in session.scalars(select(tables.StatusListRow))}
    assert len(rows) == 2 * 4 * count
    assert len({(row.list_id, row.position) for row in rows}) == len(rows)
    assert sorted(lists.values()) == ["message", "revocation"], "the herd is not split"
    lines = list(journal.Journal(given.data_dir / journal.FILE_NAME).lines())
    written = [(line["taken"], line["index"]) for line in lines if "taken" in line]
    assert len(set(written)) == len(written), "an index is written down once"
    assert sorted(written) == sorted((row.list_id, row.position) for row in rows), "every row has its line"
    for list_id in lists:
        z = _runs([position for one, position in written if one == list_id])
        with capsys.disabled():
            print(f"  runs test: p = {math.erfc(abs(z) / math.sqrt(2)):.3f}")  # noqa: T201 - the figure
        assert abs(z) < 4.9, "a pattern: by chance this happens once in a million lists"


def _runs(positions):
    """The Wald-Wolfowitz statistic of the positions in the order in which they were given out, about their median."""
    middle = statistics.median(positions)
    above = [position > middle for position in positions if position != middle]
    many, few = above.count(True), above.count(False)
    runs = 1 + sum(one != other for one, other in pairwise(above))
    expected = 2 * many * few / (many + few) + 1
    spread = math.sqrt((expected - 1) * (expected - 2) / (many + few - 1))
    return (runs - expected) / spread


def test_salts_and_identifiers_stay_apart(shop):
    bodies = [json.loads(each.body) for each in shop.finish(shop.freeze(50))]
    hashes = {body["credentialSubject"]["identifier"][0]["salt"] for body in bodies}
    assert len(hashes) == 50
