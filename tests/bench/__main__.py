"""``python -m tests.bench [name ...]``: measure, print the table, and end with 1 if a target is missed.

Ratios come from one run in which both sides alternate round by round; absolute times say little on a shared machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from tests.bench import batches, issuing, lists, peers, proofs, recall, refusals, sheets, suites
from tests.bench.pairs import Row

MEASUREMENTS: dict[str, Callable[[], Iterator[Row]]] = {
    "pyld": proofs.against_pyld,
    "peers": peers.against_peers,
    "batch": batches.processes,
    "limit": proofs.against_the_limit,
    "suites": suites.against_the_limit,
    "distinct": proofs.distinct_against_repeated,
    "poison": refusals.poison,
    "suite": refusals.false_refusals,
    "bytes": refusals.bytes_apart,
    "sheets": sheets.sheets,
    "lists": lists.lists,
    "issuing": issuing.on_sqlite,
    "issuing-postgresql": issuing.on_postgresql,
    "recall": recall.on_sqlite,
    "recall-postgresql": recall.on_postgresql,
}


def main(names: list[str]) -> int:
    """Run the named measurements, or all of them."""
    unknown = set(names) - MEASUREMENTS.keys()
    if unknown:
        print(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")  # noqa: T201
        return 64
    missed = 0
    for name in names or MEASUREMENTS:
        for row in MEASUREMENTS[name]():
            print(row, flush=True)  # noqa: T201 - the table
            missed += not row.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
