"""K4: while everything in a wallet is sealed under another key file, the process is killed 20 times: all of it opens."""

import multiprocessing
import os
import random
import signal

import pytest
from sqlalchemy import event, text

from kit.clock import FixedClock
from kit.vault import create_key_file
from tests.unit.wallet.samples import LIGHT, NOW, PASSWORD, Hadleys, award, settings
from wallet.app import build_tools
from wallet.service import build_services

SEED, KILLS, LEARNERS = 20261124, 20, 300


def built(given):
    return build_services(build_tools(given, clock=FixedClock(instant=NOW), hasher=LIGHT))


def rewrap(given, kill_at):
    """In a process of its own: seal everything anew, and die at this statement."""
    services = built(given)
    count = 0

    def step(*_given):
        nonlocal count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(services.tools.database.engine, "before_cursor_execute", step)
    event.listen(services.tools.database.engine, "commit", step)
    services.rewrapping.rewrap(lambda *_given: None)


@pytest.fixture
def moved(tmp_path, database_url):
    create_key_file(tmp_path / "kek")
    given = settings(tmp_path, database_url=database_url, key_hex=None, key_file=tmp_path / "kek")
    services = built(given)
    hadleys = Hadleys(services)
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    for number in range(LEARNERS):
        services.people.add_learner(hadleys.teresa, name=f"Learner {number}", birth_date=None, myself=False)
    services.tools.database.close()
    (tmp_path / "kek").rename(tmp_path / "old")
    create_key_file(tmp_path / "kek")
    return hadleys, kept, given.model_copy(update={"retired_key_files": (tmp_path / "old",)})


def test_K4_a_change_of_the_wallets_key_that_is_killed_twenty_times_loses_nothing(moved):
    hadleys, kept, given = moved
    choose = random.Random(SEED)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["wallet.app", __name__])
    services = built(given)
    present = bytes.fromhex(services.tools.keystore.vault.key_id)
    shares = []
    for kill in range(KILLS):
        process = forks.Process(target=rewrap, args=(given, choose.randint(1, 60 + 12 * kill)))
        process.start()
        process.join(60)
        assert process.exitcode in (-signal.SIGKILL, 0)
        assert services.credentials.document(hadleys.teresa, kept) == award()
        assert len(services.people.learners(hadleys.teresa)) == LEARNERS + 3
        shares.append(services.rewrapping.under().get(present, 0))
    assert shares == sorted(shares), "what was done stays done"
    assert any(0 < share < LEARNERS for share in shares), "some were killed half way"
    found = services.rewrapping.rewrap(lambda *_given: None)
    assert found.left == 0
    assert set(services.rewrapping.under()) == {present}
    services.tools.database.close()
    alone = built(given.model_copy(update={"retired_key_files": ()}))
    alone.rewrapping.require_every_key()
    assert alone.tools.accounts.sign_in(login="teresa", password=PASSWORD, client="c")
    assert alone.credentials.document(hadleys.teresa, kept) == award()
    with alone.tools.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM vault_check WHERE key_id NOT LIKE 'secret:%'")).scalar() == 1
    alone.tools.database.close()
