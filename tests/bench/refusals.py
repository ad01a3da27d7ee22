"""Poison measured, and bytes compared: what must be refused quickly, what must not be, and what must not differ."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.pairs import Row
from tests.bench.samples import OB, V2, medium, pretend_signature, record, small
from tests.laws.jsonld.mutations import mutate
from tests.laws.jsonld.oracles import by_pyld
from tests.unit.vc.jsonld.nquads import read
from vc import jsonld
from vc.jsonld import CREDENTIAL_BUDGET, PRESENTATION_BUDGET, Budget
from vc.jsonld.rdfc import canonical
from vc.problems import BudgetExceeded, ProblemError

SUITE = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "w3c" / "rdf-canon"


def _twins(width: int) -> dict[str, Any]:
    twins = [{"name": "x", "image": [{"name": "y"} for _ in range(width)]} for _ in range(2)]
    return {"@context": [V2, OB], "id": "urn:x", "type": "VerifiableCredential", "evidence": twins}


def _chain(length: int) -> dict[str, Any]:
    return {"@context": [V2, OB], "id": "urn:x", "type": "ResultDescription", "allowedValue": ["x"] * length}


def _deep(levels: int) -> dict[str, Any]:
    value: Any = {"name": "x"}
    for _ in range(levels):
        value = {"image": value}
    return {"@context": [V2, OB], "id": "urn:x", "image": value}


def _graph(edges: list[tuple[int, int]]) -> Any:
    return read("".join(f"_:{a} <urn:p> _:{b} .\n" for a, b in edges))[0]


def _answer(work: Callable[[], object]) -> tuple[float, bool]:
    """Seconds until the answer, and whether it was a refusal."""
    start = time.process_time()
    try:
        work()
    except ProblemError:
        return time.process_time() - start, True
    return time.process_time() - start, False


def poison() -> Iterator[Row]:
    """Row 6 of the targets: the slowest answer, in the budgets of one credential and of a hundred."""
    documents = [*map(_twins, (7, 8, 9, 10, 400)), *map(_chain, (300, 900)), *map(_deep, (60, 900))]
    graphs = [_graph([(a, b) for a in range(size) for b in range(size) if a != b]) for size in (8, 10, 20)] + [
        _graph([(a, 6 + b) for a in range(6) for b in range(6)]),
        _graph([(a, (a + 1) % 1_024) for a in range(1_024)]),
    ]
    for name, budget in (("one credential", CREDENTIAL_BUDGET), ("a hundred", PRESENTATION_BUDGET)):

        def by_document(document: Any, budget: Budget = budget) -> Callable[[], object]:
            return lambda: jsonld.canonicalize(document, hash_name="sha256", budget=budget)

        def by_graph(dataset: Any, budget: Budget = budget) -> Callable[[], object]:
            limits = {"max_blank_nodes": budget.max_blank_nodes, "max_work": budget.max_work}
            return lambda: canonical(dataset, hash_name="sha256", **limits)

        works = [*map(by_document, documents), *map(by_graph, graphs)]
        answers = [min(_answer(work) for _ in range(3)) for work in works]
        refused = sum(no for _, no in answers)
        yield Row(
            what=f"slowest poison, budget of {name}",
            value=max(seconds for seconds, _ in answers),
            unit=" s",
            target=0.25,
            at_least=False,
            note=f"{refused} of {len(works)} inputs refused, the others answered",
        )


def false_refusals() -> Iterator[Row]:
    """Row 6, its other half: nothing honest in the W3C suite is refused (only where the vectors are at hand)."""
    if not SUITE.is_dir():
        return
    entries = json.loads((SUITE / "manifest.jsonld").read_text())["entries"]
    refused, slowest = 0, 0.0
    for entry in entries:
        if "Negative" in entry["type"]:
            continue
        dataset, _ = read((SUITE / entry["action"]).read_bytes().decode())
        start = time.perf_counter()
        try:
            canonical(dataset, hash_name="sha256", max_blank_nodes=1_000, max_work=CREDENTIAL_BUDGET.max_work)
        except BudgetExceeded:
            refused += 1
        slowest = max(slowest, time.perf_counter() - start)
    note = f"{len(entries) - 1} cases, slowest {slowest:.3f} s"
    yield Row(what="false refusals in rdf-canon", value=refused, unit="", target=0, at_least=False, note=note)


def bytes_apart() -> Iterator[Row]:
    """The last row: differences from PyLD over random damaged documents that pass the gate."""
    rng = random.Random(time.time_ns())
    accepted = different = 0
    samples = [small(1), medium(2), pretend_signature(small(3)), record(4, sign=pretend_signature, children=2)]
    for _ in range(3_000):
        document = rng.choice(samples)
        for _ in range(rng.randrange(1, 4)):
            document = mutate(document, rng)
        try:
            own = jsonld.canonicalize(document, hash_name="sha256", budget=PRESENTATION_BUDGET)
        except ProblemError:
            continue
        accepted += 1
        if own != by_pyld(document):
            different += 1
            print(json.dumps(document))  # noqa: T201 - the document that shows it
    note = f"{accepted} of 3000 damaged documents passed the gate"
    yield Row(what="bytes that differ from PyLD", value=different, unit="", target=0, at_least=False, note=note)
