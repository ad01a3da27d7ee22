"""Both engines of jobs keep the same promises, on both databases."""

import threading
import uuid

import pytest

from kit.db import Database
from kit.jobs import GO, STOP, Next, Run, seam, wait
from tests.jobs_engines import ONCE, PATIENCE, Engines, listening, new_run, until
from tests.jobs_role import CHUNK, KIND, METADATA, Work


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    METADATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def work(database):
    return Work(database)


@pytest.fixture(params=["threads", "dbos"])
def engines(request, database, database_url, tmp_path):
    engines = Engines(request.param, database_url, tmp_path)
    yield engines
    engines.stop()


@pytest.fixture
def begun(engines, work):
    """An engine at work on the sample role, which sweeps."""
    jobs = engines()
    jobs.handles(KIND, work.step)
    jobs.sweeps(work.lapsed)
    jobs.start()
    return jobs


@pytest.fixture
def logged():
    with listening() as stream:
        yield stream


def test_a_job_is_driven_to_its_end_and_each_thing_is_done_once(begun, work):
    many = [work.make(CHUNK * 4 + 1) for _ in range(3)]
    for job_id in many:
        begun.enqueue(work.first(job_id))
    until(lambda: all(work.done(job_id) == CHUNK * 4 + 1 for job_id in many))
    assert [work.things(job_id) for job_id in many] == [CHUNK * 4 + 1] * 3


def test_what_nobody_enqueued_is_found_by_the_sweep(begun, work):
    job_id = work.make(CHUNK)
    until(lambda: work.done(job_id) == CHUNK)


def test_a_sweep_that_fails_is_asked_again_and_the_others_are_asked_too(engines, work):
    asked = []

    def broken():
        asked.append(1)
        raise KeyError("Wren Lovelace")

    jobs = engines()
    jobs.handles(KIND, work.step)
    jobs.sweeps(broken)
    jobs.sweeps(work.lapsed)
    job_id = work.make(CHUNK)
    jobs.start()
    until(lambda: work.done(job_id) == CHUNK and len(asked) > 1)


def test_the_same_run_is_driven_once(engines):
    seen = []
    jobs = engines(lanes=1)
    jobs.handles(ONCE, lambda run: seen.append(run) or STOP)
    jobs.start()
    first, last = new_run(), new_run()
    for run in (first, first):
        jobs.enqueue(run)
    until(lambda: seen)
    for run in (first, last):
        jobs.enqueue(run)
    until(lambda: last in seen)
    assert seen == [first, last]


def test_a_job_that_rests_makes_room_and_comes_back(engines):
    seen = []
    answers = {"rests": [wait(1.5), STOP], "waits-for-a-year": [wait(366 * 86_400)], "quick": [GO, wait(0.01), STOP]}

    def step(run):
        seen.append(run.kind)
        return answers[run.kind].pop(0)

    jobs = engines(lanes=1)
    for kind in answers:
        jobs.handles(kind, step)
    jobs.start()
    jobs.enqueue(new_run("waits-for-a-year"))
    jobs.enqueue(new_run("rests"))
    until(lambda: "rests" in seen)
    jobs.enqueue(new_run("quick"))
    until(lambda: seen.count("rests") == 2)
    until(lambda: seen.count("quick") == 3)
    assert seen.count("waits-for-a-year") == 1


def wait_behind(engines, *runs):
    """Have runs wait, in this order, while every lane is taken."""
    for count, run in enumerate(runs, start=1):
        engines.made[-1].enqueue(run)
        until(lambda count=count: engines.made[-1]._waiting() == count)


def test_long_jobs_take_turns_and_a_short_one_does_not_wait_for_their_end(engines, monkeypatch):
    monkeypatch.setattr(seam, "TURN", 0.0)
    seen, counted, release = [], {}, threading.Event()

    def long(run):
        counted[run] = counted.get(run, 0) + 1
        seen.append(run)
        release.wait(timeout=PATIENCE)
        return STOP if counted[run] == 4 else GO

    jobs = engines(lanes=1)
    jobs.handles("long", long)
    jobs.handles(ONCE, lambda run: seen.append(run) or STOP)
    jobs.start()
    first, second, short = new_run("long"), new_run("long"), new_run()
    jobs.enqueue(first)
    until(lambda: seen)
    wait_behind(engines, second, short)
    release.set()
    until(lambda: list(counted.values()) == [4, 4])
    assert seen == [first, second, short, first, second, first, second, first, second]


def test_while_many_wait_a_job_goes_on_to_its_end(engines, monkeypatch):
    monkeypatch.setattr(seam, "TURN", 0.0)
    monkeypatch.setattr(seam, "MOST_IN_TURN", 1)
    seen, release = [], threading.Event()

    def long(run):
        seen.append(run)
        release.wait(timeout=PATIENCE)
        return STOP if seen.count(run) == 3 else GO

    jobs = engines(lanes=1)
    jobs.handles("long", long)
    jobs.start()
    runs = [new_run("long") for _ in range(4)]
    jobs.enqueue(runs[0])
    until(lambda: seen)
    wait_behind(engines, *runs[1:])
    release.set()
    until(lambda: len(seen) == 12)
    assert seen[:6] == [runs[0]] * 3 + [runs[1]] * 3, "with two and more behind it"
    assert seen[6:] == [runs[2], runs[3]] * 3, "with one behind it they take turns"


def test_a_step_that_raises_is_tried_again_and_its_text_is_kept_nowhere(engines, logged, monkeypatch):
    monkeypatch.setattr(seam, "LONGEST_PAUSE", 0.01)
    seen = []

    def step(run):
        seen.append(run)
        if len(seen) < seam.TRIES:
            raise ValueError("Wren Lovelace, born 2016-03-03")
        return STOP

    jobs = engines()
    jobs.handles(ONCE, step)
    jobs.start()
    run = new_run()
    jobs.enqueue(run)
    until(lambda: len(seen) == seam.TRIES)
    jobs.stop(seconds=5)
    assert seen == [run] * seam.TRIES
    assert logged.getvalue().count("job tries again") == seam.TRIES - 1
    assert "ValueError" in logged.getvalue()
    assert "Lovelace" not in logged.getvalue()
    if engines.kind == "dbos":
        assert engines.rows("SELECT output, error FROM workflow_output") == [('"ended"', None)]


def test_a_step_that_only_ever_raises_is_left_to_the_sweep_and_the_lane_is_free(engines, logged, monkeypatch):
    monkeypatch.setattr(seam, "LONGEST_PAUSE", 0.01)
    tried, done = [], []
    jobs = engines(lanes=1, sweep_every=0.2)
    jobs.handles("broken", lambda run: tried.append(run.attempt) or {}["x"])
    jobs.handles(ONCE, lambda run: done.append(run) or STOP)
    broken = str(uuid.uuid4())
    found = iter([[], *([Run("broken", broken, attempt)] for attempt in (2, 3))])
    jobs.sweeps(lambda: next(found, []))
    jobs.start()
    jobs.enqueue(Run("broken", broken, 1))
    until(lambda: len(tried) == 3 * seam.TRIES)
    jobs.enqueue(new_run())
    until(lambda: done)
    assert sorted(tried) == [1] * seam.TRIES + [2] * seam.TRIES + [3] * seam.TRIES
    assert logged.getvalue().count("job left to the sweep") == 3


def test_mistakes_are_refused_with_a_sentence(engines):
    jobs = engines()
    jobs.handles(ONCE, lambda _run: STOP)
    with pytest.raises(ValueError, match="already"):
        jobs.handles(ONCE, lambda _run: STOP)
    with pytest.raises(ValueError, match="kind of job"):
        jobs.handles("Wren Lovelace", lambda _run: STOP)
    with pytest.raises(RuntimeError, match="once the engine was started"):
        jobs.enqueue(new_run())
    jobs.start()
    with pytest.raises(RuntimeError, match="started already"):
        jobs.start()
    with pytest.raises(RuntimeError, match="started already"):
        jobs.handles("late", lambda _run: STOP)
    with pytest.raises(RuntimeError, match="started already"):
        jobs.sweeps(list)
    with pytest.raises(ValueError, match="Nothing handles"):
        jobs.enqueue(new_run("unknown"))


AN_ID = "5e6d9576-1c27-4648-a903-5b85e24ba1df"


@pytest.mark.parametrize(
    ("kind", "job_id", "attempt"),
    [
        (ONCE, "Wren Lovelace", 1),
        (ONCE, "wren@maple.example", 1),
        (ONCE, "", 1),
        (ONCE, AN_ID.upper(), 1),
        (ONCE, AN_ID.replace("-", ""), 1),
        (ONCE, uuid.UUID(AN_ID), 1),
        ("Once", AN_ID, 1),
        ("a" * 41, AN_ID, 1),
        ("to wren", AN_ID, 1),
        (ONCE, AN_ID, 0),
        (ONCE, AN_ID, True),
        (ONCE, AN_ID, "1"),
    ],
)
def test_k7_nothing_but_ids_goes_to_an_engine(kind, job_id, attempt):
    with pytest.raises(ValueError, match=r"kind of job|UUID|counted"):
        Run(kind, job_id, attempt)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 367 * 86_400])
def test_a_rest_is_of_a_length_that_ends(seconds):
    with pytest.raises(ValueError, match="a year at most"):
        wait(seconds)
    assert wait(3) == Next(3.0)


def test_r12_a_stop_lets_the_step_end_and_begins_no_other(engines, work):
    entered, leave, steps = threading.Event(), threading.Event(), []

    def slow(run):
        steps.append(run)
        entered.set()
        assert leave.wait(PATIENCE)
        return work.step(run)

    jobs = engines()
    jobs.handles(KIND, slow)
    jobs.start()
    job_id = work.make(CHUNK * 3)
    jobs.enqueue(work.first(job_id))
    assert entered.wait(PATIENCE)
    stopping = threading.Thread(target=jobs.stop, kwargs={"seconds": PATIENCE})
    stopping.start()
    until(jobs._stopping.is_set)
    leave.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert (len(steps), work.done(job_id)) == (1, CHUNK), "the step under way ended, and no other began"
    again = engines()
    again.handles(KIND, work.step)
    again.sweeps(work.lapsed)
    again.start()
    until(lambda: work.done(job_id) == CHUNK * 3)
    assert work.things(job_id) == CHUNK * 3
    again.stop(seconds=5)
    again.stop(seconds=5)


def test_r12_a_stop_does_not_wait_for_a_step_that_never_ends(engines):
    entered, leave = threading.Event(), threading.Event()

    def hangs(_run):
        entered.set()
        leave.wait(PATIENCE)
        return STOP

    jobs = engines()
    jobs.handles(ONCE, hangs)
    jobs.start()
    jobs.enqueue(new_run())
    assert entered.wait(PATIENCE)
    jobs.stop(seconds=1.5)
    assert not leave.is_set(), "the step still hangs, and the stop is over"
    leave.set()


def test_a_worker_that_hangs_is_overtaken_and_does_no_harm(engines, work):
    leave, hung = threading.Event(), []

    def step(run):
        if run.attempt == 1 and work.done(run.job_id):
            hung.append(run)
            leave.wait(PATIENCE)
        return work.step(run)

    jobs = engines()
    jobs.handles(KIND, step)
    jobs.sweeps(work.lapsed)
    jobs.start()
    job_id = work.make(CHUNK * 3)
    jobs.enqueue(work.first(job_id))
    until(lambda: work.done(job_id) == CHUNK * 3)
    assert hung, "another attempt ended it while the first one hung"
    leave.set()
    jobs.stop(seconds=5)
    assert work.things(job_id) == CHUNK * 3
