"""kill -9 at random moments of long jobs: each thing is done once, and the jobs end. Real processes; seeded.

Without the sweep it is the engine alone that takes up again what a kill interrupted; with it, nothing that the engine
knew is needed.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kit.db import Database
from kit.jobs import ENGINE_FILE, engine
from tests.jobs_role import CHUNK, METADATA, Work

SEED = 20261123
KILLS = 5
PATIENCE = 60
ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """A worker process of the sample role; what it prints is read line by line."""

    def __init__(self, address, database_url, *, name="main", sweeps=True):
        options = [] if sweeps else ["--no-sweep"]
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.jobs_role", address, database_url, name, *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said, self.logged = [], []
        self.readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self.process.stdout, self.said), (self.process.stderr, self.logged))
        ]
        for reader in self.readers:
            reader.start()
        until(lambda: self.said or self.process.poll() is not None)
        assert self.said, self.logged

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(line)

    def enqueue(self, job_id):
        self.process.stdin.write(job_id + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self._close()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self._close()

    def _close(self):
        self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


def until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


class Place:
    """A database of the sample role, and where its engine keeps its own."""

    def __init__(self, url, folder):
        self.url, self.address = url, engine.address_beside(url, folder)
        self.database = Database(url)
        METADATA.create_all(self.database.engine)
        self.work = Work(self.database)
        self.workers = []

    def worker(self, **options):
        self.workers.append(Worker(self.address, self.url, **options))
        return self.workers[-1]

    def close(self):
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.kill()
        self.database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request, tmp_path):
    url = f"sqlite:///{tmp_path}/role.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    place = Place(url, tmp_path)
    yield place
    place.close()


@pytest.mark.slow
@pytest.mark.parametrize("sweeps", [False, True], ids=["engine", "sweep"])
def test_no_kill_loses_or_repeats_anything(place, sweeps, tmp_path):
    dice, work = random.Random(SEED), place.work
    total = CHUNK * 100 * KILLS
    many = [work.make(total) for _ in range(2)]
    worker = place.worker(sweeps=sweeps)
    for job_id in many:
        worker.enqueue(job_id)
    for _kill in range(KILLS):
        before = [work.done(job_id) for job_id in many]
        until(lambda before=before: all(work.done(each) > done for each, done in zip(many, before, strict=True)))
        time.sleep(dice.uniform(0, 0.5))
        worker.kill()
        assert all(work.done(job_id) < total for job_id in many), "it was killed while both were under way"
        if sweeps:  # whatever the engine knew is lost, too
            (tmp_path / ENGINE_FILE).unlink(missing_ok=True)
        worker = place.worker(sweeps=sweeps)
    until(lambda: all(work.done(job_id) == total for job_id in many))
    assert [work.things(job_id) for job_id in many] == [total, total]
    worker.stop()
    assert worker.process.returncode == 0
    assert json.loads(worker.said[-1]) == {"event": "stopped"}
    _only_lines_of_ours(place.workers)


def _only_lines_of_ours(workers):
    """Standard output has our lines alone, and the log is JSON without a warning of any library's."""
    for worker in workers:
        assert all(json.loads(line).keys() <= {"event", "job", "attempt"} for line in worker.said[:-1])
        assert [json.loads(line)["level"] for line in worker.logged if json.loads(line)["level"] != "info"] == []


@pytest.mark.slow
def test_two_processes_of_one_name_do_no_harm(place):
    work, total = place.work, CHUNK * 60
    many = [work.make(total) for _ in range(3)]
    first = place.worker()
    for job_id in many:
        first.enqueue(job_id)
    until(lambda: any(work.done(job_id) for job_id in many))
    second = place.worker()  # it takes up what the first one is at
    until(lambda: all(work.done(job_id) == total for job_id in many))
    assert [work.things(job_id) for job_id in many] == [total] * 3
    for worker in (first, second):
        worker.stop()
        assert worker.process.returncode == 0


@pytest.mark.slow
def test_another_machine_takes_over_what_a_dead_one_left(place):
    work, total = place.work, CHUNK * 60
    job_id = work.make(total)
    first = place.worker(name="first")
    first.enqueue(job_id)
    until(lambda: work.done(job_id))
    first.kill()
    assert work.done(job_id) < total
    second = place.worker(name="second")
    until(lambda: work.done(job_id) == total)
    assert work.things(job_id) == total
    assert {json.loads(line)["attempt"] for line in second.said if "attempt" in line} == {2}
