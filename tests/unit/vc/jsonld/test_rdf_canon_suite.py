"""The W3C suite for RDF Dataset Canonicalization, complete: 64 evaluations, 21 maps of issued identifiers, 1 poison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.vc.jsonld.nquads import read
from vc.jsonld import CREDENTIAL_BUDGET
from vc.jsonld.rdfc import canonical
from vc.problems import BudgetExceeded

pytestmark = pytest.mark.shared


def _run(folder: Path, entry: dict[str, str]):
    dataset, names = read((folder / entry["action"]).read_bytes().decode())
    result = canonical(
        dataset,
        hash_name={"SHA384": "sha384"}.get(entry.get("hashAlgorithm", ""), "sha256"),
        max_blank_nodes=CREDENTIAL_BUDGET.max_blank_nodes,
        max_work=CREDENTIAL_BUDGET.max_work,
    )
    return result.nquads.decode(), {name: result.labels[number] for name, number in names.items()}


@pytest.mark.parametrize(
    ("kind", "count"), [("RDFC10EvalTest", 64), ("RDFC10MapTest", 21), ("RDFC10NegativeEvalTest", 1)]
)
def test_every_case_of_the_suite(shared: Path, kind: str, count: int) -> None:
    folder = shared / "vectors" / "w3c" / "rdf-canon"
    entries = json.loads((folder / "manifest.jsonld").read_text())["entries"]
    cases = [entry for entry in entries if entry["type"] == f"rdfc:{kind}"]
    assert len(cases) == count
    for entry in cases:
        if kind == "RDFC10NegativeEvalTest":
            with pytest.raises(BudgetExceeded):
                _run(folder, entry)
            continue
        text, labels = _run(folder, entry)
        expected = (folder / entry["result"]).read_bytes().decode()
        if kind == "RDFC10EvalTest":
            assert text == expected, entry["id"]
        else:
            assert labels == json.loads(expected), entry["id"]
