"""A recovery code opens a family's keys when the server's key is lost for good; nothing else does."""

import pytest
from sqlalchemy import text

from kit.errors import BadInput, Conflict
from kit.vault import VaultError, create_key_file
from tests.unit.wallet.samples import PASSWORD, Hadleys, award, strangers
from tests.unit.wallet.test_rewrapping import started
from wallet import store
from wallet.cli import main
from wallet.service.recovery import replace_lost_key

NEW = "another quilt entirely 7"


@pytest.fixture
def files(tmp_path):
    for name in ("old", "new"):
        create_key_file(tmp_path / name)
    return tmp_path / "old", tmp_path / "new"


def codes_of(services, login):
    return services.tools.accounts.make_recovery_codes(services.tools.accounts.find_by_login(login).id)


def lose(tmp_path, clock, services, new):
    """The key file is gone for good: close everything under a new one."""
    services.tools.database.close()
    from kit.db import Database
    from kit.vault import Vault, read_key_file

    database = Database(f"sqlite:///{tmp_path}/wallet.db")
    closed = replace_lost_key(database, Vault(read_key_file(new)), clock)
    database.close()
    return closed, started(tmp_path, clock, new)


def test_k10_a_code_opens_what_its_owner_may_manage_under_a_new_key(tmp_path, clock, files):
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    codes = codes_of(services, "teresa")
    assert services.recovery.codes_left(hadleys.teresa) == 10
    later = services.people.add_learner(hadleys.teresa, name="Kit", birth_date=None, myself=False)
    closed, services = lose(tmp_path, clock, services, new)
    assert closed == 3
    assert services.recovery.anything_closed()
    for login in ("teresa", "marcus"):
        with pytest.raises(BadInput):
            services.tools.accounts.sign_in(login=login, password=PASSWORD, client="c")
    with pytest.raises(VaultError):
        services.people.family(hadleys.teresa)
    opened = services.recovery.reopen(login="teresa", code=codes[3].lower(), password=NEW, client="c")
    assert (opened.learners, opened.closed) == (4, 0)
    account, _token = services.tools.accounts.sign_in(login="teresa", password=NEW, client="c")
    assert account.name == "Teresa"
    actor = services.people.actor(account.id)
    assert actor == hadleys.teresa
    assert services.credentials.document(actor, kept) == award()
    assert later in [one.id for one in services.people.learners(actor)]
    with pytest.raises(BadInput, match="used already"):
        services.recovery.reopen(login="teresa3", code=codes[3], password=NEW, client="c")
    assert services.recovery.codes_left(actor) == 9
    assert services.rewrapping.rewrap(lambda *_given: None).left == 0
    services.tools.database.close()
    assert started(tmp_path, clock, new).credentials.document(actor, kept) == award()


def test_k10_a_code_opens_nobody_whom_its_owner_may_not_manage(tmp_path, clock, files):
    """Attacks K10 and O6: not what one may only look at, and not what one might manage once and may not any more."""
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    strangers(services)
    codes = codes_of(services, "marcus")
    services.people.entrust(
        hadleys.teresa, hadleys.wren, member_id=hadleys.marcus.member_id, scopes=["manage"], valid_until=None
    )
    with services.tools.database.reading() as session:
        assert {one.learner_id for one in store.recovery.wraps(session, hadleys.marcus.member_id)} == {"", hadleys.wren}
        copied = [(one.learner_id, one.sealed) for one in store.recovery.wraps(session, hadleys.marcus.member_id)]
    given = services.people.learner(hadleys.teresa, hadleys.wren).guardianships
    services.people.end_guardianship(hadleys.teresa, next(one.id for one in given if one.member_name == "Marcus"))
    with services.tools.database.session() as session:
        assert {one.learner_id for one in store.recovery.wraps(session, hadleys.marcus.member_id)} == {""}
        for learner_id, sealed in copied:  # as an older copy would have it
            session.merge(store.RecoveryWrap(member_id=hadleys.marcus.member_id, learner_id=learner_id, sealed=sealed))
    _closed, services = lose(tmp_path, clock, services, new)
    opened = services.recovery.reopen(login="marcus", code=codes[0], password=NEW, client="c")
    assert (opened.learners, opened.closed) == (0, 3)
    assert services.people.learners(hadleys.marcus) == []


def test_new_codes_take_the_place_of_those_before_and_a_spent_one_opens_nothing(tmp_path, clock, files):
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    before, codes = codes_of(services, "teresa"), codes_of(services, "teresa")
    services.tools.accounts.recover(login="teresa", code=codes[0], new=NEW, client="c")
    assert services.recovery.codes_left(hadleys.teresa) == 9
    with pytest.raises(BadInput, match="is open"):
        services.recovery.reopen(login="x", code=codes[1], password=NEW, client="c")
    assert services.recovery.codes_left(hadleys.teresa) == 9, "the code was not spent"
    _closed, services = lose(tmp_path, clock, services, new)
    for code in (before[0], codes[0], "", "0000-0000-0000-0000-0000"):
        with pytest.raises(BadInput) as refused:
            services.recovery.reopen(login="x", code=code, password=NEW, client="c")
        assert (refused.value.field, bool(refused.value.remedy)) == ("code", True)
    with services.tools.database.session() as session:
        services.tools.accounts.create_user(login="x", password=PASSWORD, name="X", scope="member", session=session)
    with pytest.raises(BadInput, match="opens nothing"):  # whether a name is taken is said to nobody without a code
        services.recovery.reopen(login="x", code="0000-0000-0000-0000-0000", password=NEW, client="c")
    with pytest.raises(Conflict):
        services.recovery.reopen(login="x", code=codes[1], password=NEW, client="c")
    assert services.recovery.reopen(login="y", code=codes[1], password=NEW, client="c").learners == 3


def test_k2_a_copy_that_was_moved_to_another_learner_opens_nothing(tmp_path, clock, files):
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    codes = codes_of(services, "teresa")
    with services.tools.database.session() as session:
        session.execute(
            text(
                "UPDATE recovery_wrap SET sealed = (SELECT sealed FROM recovery_wrap WHERE learner_id = :a) WHERE learner_id = :b"
            ),
            {"a": hadleys.wren, "b": hadleys.jonah_learner},
        )
    _closed, services = lose(tmp_path, clock, services, new)
    with pytest.raises(VaultError, match="another row"):
        services.recovery.reopen(login="teresa", code=codes[0], password=NEW, client="c")


def test_k12_a_learner_who_is_erased_has_no_copy_of_the_key_left(tmp_path, clock, files):
    services = started(tmp_path, clock, files[0])
    hadleys = Hadleys(services)
    codes_of(services, "teresa")
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    with services.tools.database.reading() as session:
        assert hadleys.wren not in {one.learner_id for one in store.recovery.wraps(session, hadleys.teresa.member_id)}


def test_o6_a_court_order_takes_the_copy_of_the_key_away_at_once(tmp_path, clock, files):
    services = started(tmp_path, clock, files[0])
    hadleys = Hadleys(services)
    codes_of(services, "teresa")
    services.tools.accounts.create_user(login="office", password=PASSWORD, name="Office", scope="administrator")
    services.court_orders.record(
        services.tools.accounts.find_by_login("office"), learner_id=hadleys.wren,
        member_id=hadleys.teresa.member_id, reference="Court 1, 2026", stop_links=True,
    )  # fmt: skip
    with services.tools.database.reading() as session:
        copies = {one.learner_id for one in store.recovery.wraps(session, hadleys.teresa.member_id)}
    assert copies == {"", hadleys.jonah_learner, hadleys.teresa_learner}


def test_k6_a_key_that_is_not_lost_is_not_replaced(tmp_path, clock, files, monkeypatch, capsys):
    old, new = files
    services = started(tmp_path, clock, old)
    Hadleys(services)
    services.tools.database.close()
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/wallet.db", "DATA_DIR": str(tmp_path), "LOOPBACK": "true",
        "PUBLIC_URL": "http://localhost:8002", "KEY_FILE": str(old),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SATCHEL_WALLET_{name}", value)
    assert main(["keys", "replace-lost", "--it-is-lost"]) == 1
    assert "nothing is lost" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["keys", "replace-lost"])
    capsys.readouterr()
    monkeypatch.setenv("SATCHEL_WALLET_KEY_FILE", str(new))
    assert main(["keys", "replace-lost", "--it-is-lost"]) == 0
    assert "/reopen" in capsys.readouterr().out
