"""What other implementations signed with each suite and kind of key (see `tests/peers/record.py`): we verify all of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.peers.parties import PARTIES, Party, departs
from vc import RECOMMENDED, Evidence, Outcome, Report, Verdict, verify

FOLDER = Path(__file__).parent / "peers" / "suites"
FILES = sorted(FOLDER.glob("*/*.json"))
NOW = datetime(2026, 12, 1, tzinfo=UTC)
each = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")


def judge(document: Any) -> Report:
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    return verify(json.dumps(document).encode(), evidence=Evidence(), policy=policy, now=NOW)


def party_of(file: Path) -> Party:
    return next(
        party
        for party in PARTIES[file.parent.name]
        if file.name.startswith(f"{party.suite}-{party.kind.name.lower()}-")
    )


def test_every_suite_and_key_in_which_a_peer_keeps_to_the_standard_is_there() -> None:
    expected = {
        f"{peer}/{party.suite}-{party.kind.name.lower()}-{name}"
        for peer, parties in PARTIES.items()
        for party in parties
        for name in ("rich.json", "old.json")
        if not departs(peer, party, name)[0] and (peer == "digitalbazaar" or name == "rich.json")
    }
    assert {f"{file.parent.name}/{file.name}" for file in FILES} == expected


@each
def test_it_verifies_and_an_altered_one_does_not(file: Path) -> None:
    document = json.loads(file.read_bytes())
    report = judge(document)
    assert report.check("signature").outcome is Outcome.PASSED
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    for change in ({"name": "Organic chemistry"}, {"proof": document["proof"] | {"created": "2026-01-02T03:04:06Z"}}):
        assert judge(document | change).verdict is Verdict.NOT_GENUINE


@each
def test_we_sign_ed25519_with_the_same_bytes(file: Path) -> None:
    theirs, party = json.loads(file.read_bytes()), party_of(file)
    bare = {name: value for name, value in theirs.items() if name != "proof"}
    ours = party.sign(bare)["proof"]
    if party.suite.lower().startswith("ed"):
        assert ours == theirs["proof"]
    else:
        assert {**ours, "proofValue": ""} == {**theirs["proof"], "proofValue": ""}
