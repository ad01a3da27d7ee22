"""The same bytes as other implementations, on samples and on hundreds of damaged documents that still pass the gate."""

from __future__ import annotations

import pytest

from tests.laws.jsonld.many import compare, difference
from tests.laws.jsonld.shapes import SAMPLES
from vc.jsonld import PINNED


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_have_the_same_bytes_everywhere(name: str) -> None:
    assert difference(PINNED, SAMPLES[name]) is None


@pytest.mark.parametrize("seed", range(3))
def test_damaged_documents_that_pass_have_the_same_bytes_everywhere(seed: int) -> None:
    found = compare(seed, 300)
    assert found.different == 0
    assert found.accepted > 60
