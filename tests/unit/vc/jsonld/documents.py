"""Small documents for the tests of the gate: a node with types of one's choice, under the usual contexts."""

from __future__ import annotations

from typing import Any

from tests.bench.samples import OB, V2
from vc import jsonld
from vc.jsonld import Budget

BUDGET = Budget(max_nodes=2_000, max_blank_nodes=50, max_work=2_000)


def node(*types: str, **members: Any) -> dict[str, Any]:
    """A document of these types with these members."""
    return {"@context": [V2, OB], "id": "urn:uuid:0", "type": list(types) or ["Profile"], **members}


def text(document: Any) -> str:
    """Its canonical form."""
    return jsonld.canonicalize(document, hash_name="sha256", budget=BUDGET).decode()


def said(document: Any) -> list[str]:
    """Its statements without those about types, each without subject and full stop."""
    lines = [line.split(" ", 1)[1].removesuffix(" .") for line in text(document).splitlines()]
    return [line for line in lines if "#type>" not in line]
