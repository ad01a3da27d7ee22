"""Fixtures for the published vectors."""

import pytest

from vc import jsonld
from vc.jsonld.plans import Planner

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
WORDS = {
    EXAMPLES: {word: "https://www.w3.org/ns/credentials/examples#" + word for word in ("alumniOf", "AlumniCredential")},
}


@pytest.fixture
def vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the W3C's vectors use of a context that we do not carry, because no credential of ours may name it."""
    planner = Planner()
    compiler = planner.compiler
    compiler.known = {**compiler.known, **dict.fromkeys(WORDS)}
    compiler._definitions |= WORDS
    monkeypatch.setattr(jsonld.PINNED, "planner", planner)
