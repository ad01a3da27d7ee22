"""What the wallet's store promises of programs and their tokens, on SQLite and on PostgreSQL."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from kit.db import Database
from tests.contracts.test_wallet_store import MIGRATIONS, NOW, credential, two_families
from wallet import store

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    made.upgrade(MIGRATIONS)
    with two_families(made).session() as session:
        for name, used in (("used", NOW), ("idle", None)):
            session.add(store.HostClient(id=name, secret_hash=b"x", described="{}", registered_at=NOW, used_at=used))
        session.add(credential())
        session.flush()
        session.add(connection())
        session.flush()
        session.add(code())
        session.add(token("refresh"))
        session.add(token("access"))
        session.add(act())
    yield made
    made.close()


def connection(row_id="h1", family_id="f", learner_id="wren", state="active"):
    return store.HostConnection(
        id=row_id, family_id=family_id, learner_id=learner_id, client_id="used", state=state, scopes="a b", reads="own",
        started_by="teresa", started_at=NOW, sealed=b"s",
    )  # fmt: skip


def code():
    return store.HostCode(
        id="code", code_hash=b"code", connection_id="h1", redirect_uri="https://x.example/", challenge="c", scopes="a",
        expires_at=LATER,
    )  # fmt: skip


def token(kind):
    return store.HostToken(
        id=kind, token_hash=kind.encode(), connection_id="h1", chain="code", kind=kind, scopes="a", expires_at=LATER
    )


def act():
    return store.HostAct(
        id="act", family_id="f", learner_id="wren", connection_id="h1", credential_id="c1", kind="created", first_at=NOW,
        last_at=NOW, times=1, sealed=b"s",
    )  # fmt: skip


def test_a_connection_cannot_cross_families(database):
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(connection("h2", family_id="g"))


def test_of_many_who_turn_in_one_code_or_one_token_one_gets_something(database):
    won = []

    def turn_in(use, row_id):
        with database.session() as session:
            won.append(use(session, row_id, NOW))

    ways = [(store.hosting.use_code, "code"), (store.hosting.use_token, "refresh")] * 4
    threads = [threading.Thread(target=turn_in, args=way) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 6 + [True] * 2


def test_what_ran_out_is_forgotten_and_who_was_never_used(database):
    with database.session() as session:
        assert store.hosting.forget_old(session, LATER + timedelta(seconds=1), LATER) == 1
    with database.reading() as session:
        assert store.hosting.token(session, b"access") is None
        assert [row.id for row in store.hosting.clients(session)] == ["used"]
        assert store.hosting.put_here(session, "h1") == {"c1"}


def test_a_connection_that_ends_takes_its_tokens_along_and_an_erasure_everything(database):
    with database.session() as session:
        store.erasure.end_connection(session, "h1", NOW)
        store.erasure.end_connection(session, "h1", LATER)
        store.erasure.erase_credential(session, "c1", NOW)
    with database.reading() as session:
        ended = store.hosting.connection(session, "f", "h1")
        assert (ended.state, ended.ended_at) == ("ended", NOW)
        assert store.hosting.connection(session, "g", "h1") is None
        assert store.hosting.token(session, b"refresh") is None
        assert [row.credential_id for row in store.hosting.acts(session, "f", "h1")] == [None]
        assert "h1" in store.erasure.buried(session)
    with database.session() as session:
        store.erasure.erase_learner(session, "wren", NOW)
        assert store.hosting.connection_by_id(session, "h1") is None
