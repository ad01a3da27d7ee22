"""What two other implementations issued and derived (see `tests/peers/selective.py`): we verify it and derive the same."""

import json
from pathlib import Path

import pytest

from tests.peers.selective import SELECTIVE, altered, passes, sample
from tests.selective import derive
from vc import is_base_proof, reveal_all

FOLDER = Path(__file__).parent / "selective_peers"
BASES = sorted(FOLDER.glob("*/*-base.json"))
DERIVED = sorted(FOLDER.glob("*/*-derived.json"))


def named(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def read(file: Path) -> dict:
    return dict(json.loads(file.read_text()))


def test_both_peers_left_their_vectors() -> None:
    assert {named(file) for file in BASES} == {
        "digitalbazaar_sd/medium-base",
        "digitalbazaar_sd/small-base",
        "openvc_sd/small-base",
    }
    assert {named(file) for file in DERIVED} == {"digitalbazaar_sd/medium-derived", "digitalbazaar_sd/small-derived"}


@pytest.mark.parametrize("file", BASES, ids=named)
def test_all_that_a_peer_issued_can_be_shown(file: Path) -> None:
    base = read(file)
    assert is_base_proof(base["proof"])
    assert passes(dict(reveal_all(base)))
    assert not passes(dict(reveal_all(altered(base))))
    assert {**base, "proof": None} == {**sample(file.stem.split("-")[0]), "proof": None}


@pytest.mark.parametrize("file", DERIVED, ids=named)
def test_a_peers_disclosure_is_ours_byte_for_byte(file: Path) -> None:
    shown = read(file)
    assert passes(shown)
    assert not passes(altered(shown))
    base = read(file.with_name(file.name.replace("derived", "base")))
    assert derive(base, *SELECTIVE[file.stem.split("-")[0]]) == shown
