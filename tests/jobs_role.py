"""A small role with jobs: its rows, its step, its sweep. Run as a program it is a worker process that can be killed.

A job is so many things to do. A step does `CHUNK` of them in one transaction, each exactly once: the rows see to that,
not the engine. `python -m tests.jobs_role ADDRESS DATABASE_URL WORKER [--no-sweep]` prints one JSON line once it works,
a line for each step, and stops at the end of its standard input.
"""

import json
import os
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, insert, select, update

from kit import db
from kit.jobs import GO, STOP, Run, wait

CHUNK = 5
LEASE = timedelta(seconds=2)
KIND = "count"

METADATA = db.metadata()
JOB = Table(
    "job",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("attempt", Integer, nullable=False, default=0),
    Column("lease_until", db.UtcDateTime, nullable=True),
    Column("pause", Integer, nullable=False, default=0),
)
THING = Table(
    "thing",
    METADATA,
    Column("job_id", ForeignKey("job.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("times", Integer, nullable=False),
)


class Work:
    """The rows of the sample role. `pace` is how long a step takes beside its transaction, in seconds."""

    def __init__(self, database, *, pace=0.0, told=lambda run: None):
        self.database, self.pace, self.told = database, pace, told

    def make(self, total, *, pause=0):
        """A job that nobody works on yet; gives its id."""
        job_id = str(uuid.uuid4())
        with self.database.session() as session:
            session.execute(insert(JOB).values(id=job_id, total=total, pause=pause))
        return job_id

    def first(self, job_id):
        """Begin a job: the row has its first attempt before the engine hears of it."""
        with self.database.session() as session:
            session.execute(update(JOB).where(JOB.c.id == job_id).values(attempt=1, lease_until=_now() + LEASE))
        return Run(KIND, job_id, 1)

    def step(self, run):
        self.told(run)
        time.sleep(self.pace)
        with self.database.session() as session:
            row = session.execute(select(JOB).where(JOB.c.id == run.job_id).with_for_update()).one()
            if row.attempt != run.attempt or row.done >= row.total:
                return STOP
            last = min(row.done + CHUNK, row.total)
            for number in range(row.done, last):
                session.execute(insert(THING).values(job_id=run.job_id, number=number, times=1))
            lease = _now() + LEASE + timedelta(seconds=row.pause)
            session.execute(update(JOB).where(JOB.c.id == run.job_id).values(done=last, lease_until=lease))
            if last == row.total:
                return STOP
        return wait(row.pause) if row.pause else GO

    def lapsed(self):
        """The sweep: jobs that are not done and whose lease is over, under their next attempt."""
        now = _now()
        due = (JOB.c.done < JOB.c.total) & (JOB.c.lease_until.is_(None) | (JOB.c.lease_until < now))
        with self.database.session() as session:
            taken = update(JOB).where(due).values(attempt=JOB.c.attempt + 1, lease_until=now + LEASE)
            rows = session.execute(taken.returning(JOB.c.id, JOB.c.attempt)).all()
        return [Run(KIND, row.id, row.attempt) for row in rows]

    def done(self, job_id):
        with self.database.reading() as session:
            return session.execute(select(JOB.c.done).where(JOB.c.id == job_id)).scalar_one()

    def things(self, job_id):
        with self.database.reading() as session:
            return session.execute(select(func.count()).where(THING.c.job_id == job_id)).scalar_one()


def _now():
    return datetime.now(UTC)


def _main(address, database_url, worker, *options):
    os.umask(0)  # what the engine makes is private by itself, not by luck
    from kit import log
    from kit.jobs.durable import DbosJobs

    log.configure(role="sample")
    database = db.Database(database_url)
    one_at_a_time = threading.Lock()

    def say(**words):
        with one_at_a_time:
            sys.stdout.write(json.dumps(words) + "\n")
            sys.stdout.flush()

    work = Work(database, pace=0.02, told=lambda run: say(job=run.job_id, attempt=run.attempt))
    jobs = DbosJobs(role="sample", worker=worker, address=address, sweep_every=0.5)
    jobs.handles(KIND, work.step)
    if "--no-sweep" not in options:
        jobs.sweeps(work.lapsed)
    jobs.start()
    say(event="working")
    for line in sys.stdin:
        jobs.enqueue(work.first(line.strip()))
    jobs.stop(seconds=5)
    say(event="stopped")
    database.close()


if __name__ == "__main__":
    _main(*sys.argv[1:])
