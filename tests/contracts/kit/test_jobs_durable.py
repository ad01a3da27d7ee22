"""What only the engine of jobs that remembers promises: it keeps ids, in private, opens no pickle, and may be lost."""

import base64
import contextlib
import logging
import os
import pickle
import sqlite3

import pytest

from kit.db import Database
from kit.jobs import ENGINE_FILE, STOP, engine, wait
from kit.jobs import durable as durable_jobs
from kit.jobs.durable import DbosJobs
from tests.jobs_engines import ONCE, Engines, listening, new_run, until
from tests.jobs_role import CHUNK, JOB, KIND, METADATA, Work


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    METADATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def durable(database, database_url, tmp_path):
    engines = Engines("dbos", database_url, tmp_path)
    yield engines
    engines.stop()


@pytest.fixture
def logged():
    with listening() as stream:
        yield stream


def resting(engines, *, run=None):
    """Leave a run in the engine that is due in an hour, and stop; gives the run."""
    run, seen = run or new_run(), []
    jobs = engines()
    jobs.handles(ONCE, lambda run: seen.append(run) or wait(3600))
    jobs.start()
    jobs.enqueue(run)
    until(lambda: seen and engines.rows("SELECT 1 FROM workflow_status WHERE status = 'DELAYED'"))
    jobs.stop(seconds=5)
    return run


def due(engines):
    """Make what rests in the engine due now."""
    engines.rows("UPDATE workflow_status SET delay_until_epoch_ms = 1 WHERE status = 'DELAYED'")


def test_k7_the_engine_holds_ids_and_json_and_nothing_else(durable):
    run = resting(durable)
    assert set(durable.rows("SELECT serialization, application_version FROM workflow_status")) == {
        ("portable_json", "1")
    }
    known = [row[0] for row in durable.rows("SELECT inputs FROM workflow_input ORDER BY inputs")]
    assert known == [f'{{"namedArgs":{{}},"positionalArgs":["once","{run.job_id}",1,{part}]}}' for part in (0, 1)]
    assert durable.rows("SELECT output, error FROM workflow_output") == [('"rests"', None)]
    assert durable.rows("SELECT count(*) FROM operation_outputs") == [(0,)]


class Fires:
    """A pickle that makes a file where it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "x"))


def test_a_pickle_that_somebody_planted_is_not_opened(durable, tmp_path):
    resting(durable)
    with contextlib.closing(pickle.loads(pickle.dumps(Fires(str(tmp_path / "control"))))):
        assert (tmp_path / "control").exists(), "it does fire where it is read"
    planted = base64.b64encode(pickle.dumps(Fires(str(tmp_path / "fired")))).decode()
    rest = "(SELECT workflow_uuid FROM workflow_status WHERE status = 'DELAYED')"
    durable.rows(f"UPDATE workflow_input SET inputs = :planted WHERE workflow_uuid IN {rest}", planted=planted)
    durable.rows("UPDATE workflow_status SET serialization = 'py_pickle' WHERE status = 'DELAYED'")
    due(durable)
    seen = []
    jobs = durable()
    jobs.handles(ONCE, lambda run: seen.append(run) or STOP)
    jobs.start()
    jobs.enqueue(new_run())
    until(lambda: durable.rows("SELECT 1 FROM workflow_status WHERE status = 'ERROR'"))
    until(lambda: seen)
    jobs.stop(seconds=5)
    assert len(seen) == 1, "the planted one was dropped, another one was driven"
    assert not (tmp_path / "fired").exists()


def test_a_line_that_names_no_job_of_ours_is_dropped(durable, logged):
    resting(durable)
    rest = "(SELECT workflow_uuid FROM workflow_status WHERE status = 'DELAYED')"
    stray = '{"namedArgs":{},"positionalArgs":["once","../../Wren Lovelace",1,0]}'
    durable.rows(f"UPDATE workflow_input SET inputs = :stray WHERE workflow_uuid IN {rest}", stray=stray)
    due(durable)
    seen = []
    jobs = durable()
    jobs.handles(ONCE, lambda run: seen.append(run) or STOP)
    jobs.start()
    until(lambda: "job of an unknown kind" in logged.getvalue())
    jobs.stop(seconds=5)
    assert seen == []
    assert "Lovelace" not in logged.getvalue()


def test_a_rest_outlives_the_process(durable):
    run, seen = resting(durable), []
    due(durable)
    jobs = durable()
    jobs.handles(ONCE, lambda run: seen.append(run) or STOP)
    jobs.start()
    until(lambda: seen)
    assert seen == [run]


def test_runs_that_ended_long_ago_are_forgotten_and_others_are_not(durable, monkeypatch):
    run = resting(durable)
    jobs = durable()
    jobs.handles(ONCE, lambda _run: STOP)
    jobs.start()
    assert len(durable.rows("SELECT 1 FROM workflow_status")) == 2
    monkeypatch.setattr(durable_jobs, "KEPT", -durable_jobs.KEPT)
    jobs._forget()
    assert durable.rows("SELECT workflow_uuid, status FROM workflow_status") == [(f"once:{run.job_id}:1:1", "DELAYED")]
    assert durable.rows("SELECT count(*) FROM workflow_input") == [(1,)]


def test_a_process_has_one_engine_and_may_have_another_afterwards(durable):
    first, second = durable(), durable()
    first.start()
    with pytest.raises(RuntimeError, match="This process has an engine"):
        second.start()
    first.stop(seconds=5)
    durable().start()


def test_a_start_that_fails_leaves_room_for_another(durable, tmp_path):
    (tmp_path / "folder").mkdir()
    broken = DbosJobs(role="sample", worker="main", address=f"sqlite:///{tmp_path}/folder/none/jobs.db")
    with pytest.raises(OSError, match="No such file"):
        broken.start()
    durable().start()


def test_jobs_run_on_this_machine_only(durable, monkeypatch):
    monkeypatch.setenv("DBOS__CLOUD", "true")
    with pytest.raises(RuntimeError, match="tell nobody"):
        durable().start()


def test_the_engines_own_words_reach_no_log(durable, logged, capfd):
    durable().start()
    logging.getLogger("dbos").warning("Wren Lovelace %s", "Wren")
    assert "engine of jobs: test_jobs_durable.test_the_engines_own_words" in logged.getvalue()
    assert "Wren" not in logged.getvalue()
    assert capfd.readouterr().out == ""


def test_the_engine_leaves_the_roles_tables_alone(durable, database):
    durable().start()
    assert list(database.differences(METADATA)) == []


# What only holds for a file


@pytest.fixture
def on_file(sqlite_url, tmp_path):
    """An engine in a file, its path, and a role that sweeps."""
    database = Database(sqlite_url)
    METADATA.create_all(database.engine)
    engines = Engines("dbos", sqlite_url, tmp_path)
    yield engines, tmp_path / ENGINE_FILE, Work(database)
    engines.stop()
    database.close()


def swept(engines, work):
    jobs = engines()
    jobs.handles(KIND, work.step)
    jobs.sweeps(work.lapsed)
    jobs.start()
    return jobs


@pytest.mark.parametrize("before", [None, 0o644])
def test_the_file_is_for_nobody_elses_eyes(on_file, before):
    engines, path, work = on_file
    if before:
        sqlite3.connect(path).close()
        path.touch()
        path.chmod(before)
    mask, beside = os.umask(0), set()
    try:
        jobs = swept(engines, work)
        job_id = work.make(CHUNK * 20)
        while work.done(job_id) < CHUNK * 20:
            for each in path.parent.glob("jobs.db*"):
                with contextlib.suppress(FileNotFoundError):  # a journal comes and goes
                    beside.add((each.name, each.stat().st_mode & 0o777))
        jobs.stop(seconds=5)
    finally:
        os.umask(mask)
    assert {mode for _name, mode in beside} == {0o600}


@pytest.mark.parametrize("damage", [b"no database at all" * 100, None])
def test_a_file_that_is_lost_or_damaged_costs_nothing(on_file, damage):
    engines, path, work = on_file
    job_id = work.make(CHUNK * 2, pause=3600)
    jobs = swept(engines, work)
    until(lambda: work.done(job_id) == CHUNK)
    jobs.stop(seconds=5)
    path.unlink()
    if damage:
        path.write_bytes(damage)
    with work.database.session() as session:  # its rest is over
        session.execute(JOB.update().values(lease_until=None, pause=0))
    swept(engines, work)
    until(lambda: work.done(job_id) == CHUNK * 2)
    assert work.things(job_id) == CHUNK * 2


def test_the_engine_lies_beside_the_roles_database(tmp_path):
    assert engine.address_beside("sqlite:////elsewhere/role.db", tmp_path) == f"sqlite:///{tmp_path}/jobs.db"
    address = "postgresql+psycopg://role@/role"
    assert engine.address_beside(address, tmp_path) == address
