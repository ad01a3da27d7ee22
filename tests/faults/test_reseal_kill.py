"""K4: while all signing keys are sealed anew under another key file, the process is killed 20 times: every key opens."""

import multiprocessing
import os
import random
import signal

import pytest
from sqlalchemy import event, text

from issuer.keystore import ASSERTION
from issuer.service.drafts import OrganisationDraft
from issuer.service.organisations import sealed_key
from issuer.service.services import Services
from issuer.store import organisations
from kit.clock import FixedClock
from kit.errors import Unavailable
from kit.vault import create_key_file
from tests.issuing import NOW, Workshop, settings

SEED = 20261123
KILLS = 20
KEYS = 60


def opened(services):
    """How many keys open and are the published ones; and under which key files they are sealed."""
    with services.context.database.reading() as session:
        rows = organisations.keys_after(session, "", 1000)
    for row in rows:
        key = sealed_key(row, "did:web:a")
        services.context.keystore.signer(key, organisation_id=row.organisation_id, purpose=ASSERTION, use=row.use)
    return len(rows), [row.sealed_seed[1:9] for row in rows]


def reseal(given, kill_at):
    """In a process of its own: seal all keys anew, and die at this statement."""
    services = Services.build(given, clock=FixedClock(instant=NOW))
    count = 0

    def step(*_given):
        nonlocal count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(services.context.database.engine, "before_cursor_execute", step)
    event.listen(services.context.database.engine, "commit", step)
    services.keys.reseal()
    services.close()


@pytest.fixture
def moved(tmp_path, database_url):
    """Settings with a new key file, of an issuer whose keys are all sealed under the old one."""
    shop = Workshop(settings(tmp_path, database_url, job_processes=0))
    for number in range(KEYS - 2):
        shop.services.organisations.open(shop.desk.actor, OrganisationDraft(name=f"School {number}"))
    shop.services.keys.add(shop.desk, kind="rsa", use="token")
    shop.close()
    (tmp_path / "kek").rename(tmp_path / "old")
    create_key_file(tmp_path / "kek")
    return settings(tmp_path, database_url, job_processes=0, retired_key_files=(tmp_path / "old",))


def test_K4_a_change_of_the_key_file_that_is_killed_twenty_times_loses_no_key(moved):
    choose = random.Random(SEED)
    forks = multiprocessing.get_context("forkserver")  # of a process that has read the code already
    forks.set_forkserver_preload(["issuer.service.services", __name__])
    services = Services.build(moved, clock=FixedClock(instant=NOW))
    present = bytes.fromhex(services.context.keystore.vault().key_id)
    assert present not in opened(services)[1]
    shares = []
    for kill in range(KILLS):
        # The first half dies before its first batch is kept, so that it lies about the middle of the road.
        process = forks.Process(target=reseal, args=(moved, choose.randint(1, 30 + 4 * kill)))
        process.start()
        process.join(60)
        assert process.exitcode in (-signal.SIGKILL, 0)
        found, under = opened(services)
        assert found == KEYS
        shares.append(under.count(present))
    assert shares == sorted(shares), "what was done stays done"
    assert any(0 < share < KEYS for share in shares), "some were killed half way"
    done = services.keys.reseal()
    assert (done.total, done.done) == (KEYS, KEYS - shares[-1])
    assert set(opened(services)[1]) == {present}
    assert services.keys.reseal().done == 0
    assert services.organisations.audit_broken_at() is None
    services.close()


def test_K4_K6_a_key_that_does_not_open_stops_it_and_loses_nothing(moved):
    services = Services.build(moved, clock=FixedClock(instant=NOW))
    with services.context.database.session() as session:
        ids = [row.id for row in organisations.keys_after(session, "", 1000)]
        session.execute(
            text("UPDATE signing_key SET sealed_seed = :bad WHERE id = :id"), {"bad": b"\1" * 80, "id": ids[30]}
        )
    with pytest.raises(Unavailable):
        services.keys.reseal()
    with services.context.database.reading() as session:
        rows = {row.id: row for row in organisations.keys_after(session, "", 1000)}
    assert rows[ids[30]].sealed_seed == b"\1" * 80, "it is left as it is"
    for key_id in set(ids) - {ids[30]}:
        row = rows[key_id]
        services.context.keystore.signer(
            sealed_key(row, "did:web:a"), organisation_id=row.organisation_id, purpose=ASSERTION, use=row.use
        )
    services.close()
