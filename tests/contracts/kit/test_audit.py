import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit import audit

NOW = datetime(2027, 3, 3, tzinfo=UTC)


def add(database, sample, *, count=1, **detail):
    for _number in range(count):
        with database.session() as session:
            audit.append(session, sample.audit, at=NOW, actor="system", action="tested", object_id="x", detail=detail)


def verify(database, sample):
    with database.reading() as session:
        return audit.verify_chain(session, sample.audit)


def test_a_whole_chain_verifies(database, sample):
    add(database, sample, count=3, reason="ü")
    assert verify(database, sample) is None
    with database.reading() as session:
        assert audit.head(session, sample.audit)[0] == 3


def test_an_empty_chain_is_whole_and_says_that_it_is_empty(database, sample):
    assert verify(database, sample) is None
    with database.reading() as session:
        assert audit.head(session, sample.audit) == (0, audit.GENESIS)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_history(database, sample, statement):
    add(database, sample)
    with pytest.raises(DBAPIError, match="only ever added"), database.session() as session:
        session.execute(text(statement))
    assert verify(database, sample) is None


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE sequence = 2", 2),
        ("DELETE FROM audit WHERE sequence = 2", 2),
        ("UPDATE audit SET hash = previous WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 1", 1),
    ],
)
def test_a_changed_chain_says_where(database, sample, statement, place):
    add(database, sample, count=4)
    with database.session() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER audit_no_update"))
            session.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        session.execute(text(statement))
    assert verify(database, sample) == place


def test_an_act_that_is_rolled_back_leaves_no_row(database, sample):
    with pytest.raises(KeyError), database.session() as session:  # noqa: PT012
        audit.append(session, sample.audit, at=NOW, actor="a", action="b", object_id="c", detail={})
        raise KeyError
    add(database, sample)
    assert verify(database, sample) is None


def test_details_off_the_list_are_refused(database, sample):
    with pytest.raises(ValueError, match="name"), database.session() as session:
        audit.append(session, sample.audit, at=NOW, actor="a", action="b", object_id="c", detail={"name": "Ada"})


def test_concurrent_writers_make_one_chain(database, sample):
    threads = [threading.Thread(target=add, args=(database, sample), kwargs={"count": 10}) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(database, sample) is None
    with database.reading() as session:
        assert audit.head(session, sample.audit)[0] == 40
