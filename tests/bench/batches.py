"""Many verdicts in one process and in two; the second core has to be idle for the figure to say anything."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from kit.batch import verify_many
from tests.bench.pairs import Row
from tests.bench.peers import NOW, POLICY
from tests.bench.proofs import KINDS, issue, unsigned
from vc.document import serialize
from vc.evidence import Evidence

ROUNDS = 7


def _seconds_each(documents: list[bytes], processes: int) -> float:
    """From the first answer to the last, so that the start of the processes does not count."""
    marks: list[tuple[float, int]] = []
    verify_many(
        documents,
        evidence=Evidence(),
        policy=POLICY,
        now=NOW,
        processes=processes,
        progress=lambda done, _of: marks.append((time.perf_counter(), done)),
    )
    (start, first), (end, last) = marks[0], marks[-1]
    return (end - start) / (last - first)


def processes() -> Iterator[Row]:
    """Point 6 of the design: two processes on two idle cores."""
    for kind, count in zip(KINDS[:2], (2_000, 600), strict=True):
        documents = [serialize(issue(unsigned(kind, number))) for number in range(1, count + 1)]
        ratios = [_seconds_each(documents, 1) / _seconds_each(documents, 2) for _ in range(ROUNDS)]
        note = f"lowest {min(ratios):.1f}, highest {max(ratios):.1f}; needs two idle cores"
        value = statistics.median(ratios)
        yield Row(what=f"two processes vs one, {kind}", value=value, unit="×", target=1.6, at_least=True, note=note)
