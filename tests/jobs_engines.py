"""What the tests of both engines of jobs share: making engines, looking into them, waiting, listening to the log."""

import contextlib
import io
import logging
import time
import uuid

from sqlalchemy import create_engine, text

from kit import log
from kit.jobs import Run, ThreadJobs, engine
from kit.jobs import durable as durable_jobs
from kit.jobs.durable import DbosJobs

ONCE = "once"
PATIENCE = 30


def until(true):
    """Wait until something holds; fails after a minute."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def new_run(kind=ONCE):
    return Run(kind, str(uuid.uuid4()), 1)


class Engines:
    """Makes engines of one kind on one database, one after the other, and stops what a test leaves running."""

    def __init__(self, kind, database_url, folder):
        self.kind = kind
        self.address = engine.address_beside(database_url, folder)
        self.made = []

    def __call__(self, *, lanes=2, sweep_every=0.3):
        if self.kind == "threads":
            jobs = ThreadJobs(role="sample", lanes=lanes, sweep_every=sweep_every)
        else:
            jobs = DbosJobs(role="sample", worker="main", address=self.address, lanes=lanes, sweep_every=sweep_every)
        self.made.append(jobs)
        return jobs

    def stop(self):
        """Stop them all, and wait until nothing of them is left."""
        for jobs in self.made:
            jobs.stop(seconds=5)
        until(lambda: not durable_jobs._one_a_process.locked())

    def rows(self, statement, **values):
        """What the engine's own database says."""
        opened = create_engine(self.address)
        with opened.begin() as connection:
            if not self.address.startswith("sqlite"):
                connection.execute(text(f"SET search_path TO {engine.POSTGRES_SCHEMA}"))
            found = connection.execute(text(statement), values)
            rows = found.all() if found.returns_rows else []
        opened.dispose()
        return rows


@contextlib.contextmanager
def listening():
    """What the log of this process says, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.JsonLines())
    root, ours = logging.getLogger(), logging.getLogger(log.ROOT)
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    ours.setLevel(before)
