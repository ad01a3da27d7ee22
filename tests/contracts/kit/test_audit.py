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


def _entries(*numbers, **detail):
    return [
        audit.Entry(at=NOW, actor="system", action="tested", object_id=str(number), detail=detail) for number in numbers
    ]


def test_many_rows_are_one_chain_with_those_before_and_after(database, sample):
    add(database, sample)
    with database.session() as session:
        audit.append_many(session, sample.audit, _entries(*range(50), reason="ü"))
        audit.append_many(session, sample.audit, [])
        audit.append_many(session, sample.audit, _entries(50))
    add(database, sample)
    assert verify(database, sample) is None
    with database.reading() as session:
        rows = session.execute(text("SELECT sequence, object_id FROM audit ORDER BY sequence")).all()
    assert [row.sequence for row in rows] == list(range(1, 54))
    assert [row.object_id for row in rows] == ["x", *map(str, range(51)), "x"]


def test_one_stray_detail_or_naive_moment_keeps_all_of_them_out(database, sample):
    stray = _entries(1, reason="x") + _entries(2, name="somebody")
    naive = [*_entries(1), audit.Entry(at=NOW.replace(tzinfo=None), actor="a", action="b", object_id="c", detail={})]
    for entries in (stray, naive):
        with pytest.raises(ValueError, match=r"not allowed|aware"), database.session() as session:
            audit.append_many(session, sample.audit, entries)
    with database.reading() as session:
        assert audit.head(session, sample.audit) == (0, audit.GENESIS)


def test_R14_rows_by_the_dozen_from_several_threads_are_one_chain(database, sample):
    start, errors = threading.Barrier(4), []

    def work(number):
        start.wait()
        try:
            for place in range(5):
                with database.session() as session:
                    audit.append_many(session, sample.audit, _entries(*range(12), reason=f"{number}-{place}"))
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert verify(database, sample) is None
    with database.reading() as session:
        assert audit.head(session, sample.audit)[0] == 240
        rows = session.execute(text("SELECT object_id FROM audit ORDER BY sequence")).scalars().all()
    assert rows == [str(number) for number in range(12)] * 20, "what belongs together stays together"
