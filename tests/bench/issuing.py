"""Awards by the hundred: the least that signing takes, everything with the database, and what stays in memory.

By the processor time of this process, in which everything is done: the figure is that of one core. Chunks of 200, as a
job does them; each is two transactions that wait for the disk. A small award: name and roll number, no marks.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from issuer.keystore import ASSERTION, PROOF
from issuer.service.award_reading import read_award
from issuer.service.bulk import Signing
from issuer.service.documents import credential
from issuer.service.drafts import AwardDraft
from issuer.service.issuance import Signed
from issuer.service.organisations import etag_of
from issuer.service.securing import USUAL
from issuer.service.signing import Task
from tests.bench.pairs import Row
from tests.bench.places import postgresql
from tests.issuing import NOW, Workshop, settings
from vc.document import serialize
from vc.proof import add_proof

CHUNK = 200
ROUNDS = 15
WARM = 2
MEMORY_CHUNKS = 50


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def _resident() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class _Desk:
    """An issuer on one database, and the work that is measured."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.shop = Workshop(settings(folder, database_url, job_processes=0))
        self.number = 0

    def chunk(self) -> None:
        """A chunk as a job does it: read, frozen, signed, checked, kept, with claims and audit."""
        frozen = self.shop.freeze(CHUNK, first=self.number)
        self.number += CHUNK
        assert all(isinstance(each, Signed) for each in self.shop.finish(frozen))

    def task(self) -> Task:
        """The task of signing a chunk."""
        found: list[Task] = []
        sign = Signing.sign

        def told(signing: Signing, task: Task) -> object:
            found.append(task)
            return sign(signing, task)

        Signing.sign = told  # type: ignore[method-assign,assignment]
        try:
            self.chunk()
        finally:
            Signing.sign = sign  # type: ignore[method-assign]
        return found[0]

    def limit(self, task: Task) -> None:
        """What no issuer can do without: build the document, sign it, write it, hash it."""
        context = self.shop.services.context
        signer = context.keystore.signer(task.key, organisation_id=task.organisation_id, purpose=ASSERTION, use=PROOF)
        for item in task.items:
            self.number += 1
            draft = AwardDraft(
                achievement=self.shop.achievement.id, learner_name=f"L {self.number}", identifier=f"S-{self.number}"
            )
            award = read_award(draft, achievement=self.shop.achievement, now=NOW, loopback=True)
            unsigned = credential(
                award,
                credential_id=f"urn:uuid:00000000-0000-4000-8000-{self.number:012x}",
                organisation=self.shop.desk.organisation,
                achievement=self.shop.achievement,
                status=[place.entry for place in item.places],
                holder=None,
                format_=USUAL,
            )
            signed = add_proof(
                unsigned,
                signer=signer,
                suite=USUAL,
                purpose=ASSERTION,
                created=NOW,
                challenge=None,
                domain=None,
            )
            etag_of(serialize(signed))


def _measured(name: str, desk: _Desk) -> Iterator[Row]:
    for _ in range(WARM):
        desk.chunk()
    task = desk.task()
    whole, least, ratios = [], [], []
    for number in range(ROUNDS):
        steps = [lambda: whole.append(_seconds(desk.chunk)), lambda: least.append(_seconds(lambda: desk.limit(task)))]
        for step in steps if number % 2 else reversed(steps):
            step()
        ratios.append(whole[-1] / least[-1])
    note = f"median of {ROUNDS} rounds, lowest {CHUNK / max(least):.0f}, highest {CHUNK / min(least):.0f}"
    limit = CHUNK / statistics.median(least)
    yield Row(what=f"signing limit of one core, {name}", value=limit, unit="/s", target=0, at_least=True, note=note)
    note = f"median of {ROUNDS} rounds, lowest {CHUNK / max(whole):.0f}, highest {CHUNK / min(whole):.0f}"
    rate = CHUNK / statistics.median(whole)
    yield Row(what=f"awards with {name}, one core", value=rate, unit="/s", target=1500, at_least=True, note=note)
    what = f"awards with {name} vs the signing limit"
    ratio = statistics.median(ratios)
    yield Row(what=what, value=ratio, unit="×", target=2.5, at_least=False, note=f"highest {max(ratios):.1f}")


def _memory(desk: _Desk) -> Iterator[Row]:
    desk.chunk()
    marks = []
    for _ in range(MEMORY_CHUNKS):
        desk.chunk()
        gc.collect()
        marks.append(_resident())
    half = len(marks) // 2
    grown = statistics.median(marks[half:]) - statistics.median(marks[:half])
    value = grown / (half * CHUNK)
    note = f"over {MEMORY_CHUNKS * CHUNK:,} awards; {marks[-1] / 2**20:.0f} MiB at the end"
    yield Row(what="memory that an award leaves", value=value, unit=" B", target=200, at_least=False, note=note)


def on_sqlite() -> Iterator[Row]:
    """The rates and the memory on SQLite."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as folder:
        desk = _Desk(Path(folder), f"sqlite:///{folder}/issuer.db")
        yield from _measured("SQLite", desk)
        yield from _memory(desk)
        desk.shop.close()


def on_postgresql() -> Iterator[Row]:
    """The rates on PostgreSQL, whose server is another process and not counted."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as folder, postgresql() as url:
        desk = _Desk(Path(folder), url)
        yield from _measured("PostgreSQL", desk)
        desk.shop.close()
