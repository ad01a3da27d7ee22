"""What two other implementations signed (see `tests/peers/record.py`; the seed is recorded there): we verify all of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.peers.samples import SEED, samples
from vc import RECOMMENDED, Ed25519Signer, Evidence, Outcome, Verdict, add_proof, verify
from vc.did import key_did

FOLDER = Path(__file__).parent / "peers"
FILES = sorted(FOLDER.glob("*/*.json"))
CREDENTIALS = [file for file in FILES if file.name != "presentation.json"]
NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEY = Ed25519Signer(SEED, "").public_key
DID = key_did(KEY)


def judge(data: bytes, **changes: str):
    asked = {"challenge": None, "domain": None} | changes
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, **asked)
    return verify(data, evidence=Evidence(), policy=policy, now=NOW)


def test_both_peers_left_their_vectors() -> None:
    assert {file.parent.name for file in FILES} == {"digitalbazaar", "openvc"}
    assert {file.name for file in CREDENTIALS} == set(samples())


@pytest.mark.parametrize("file", CREDENTIALS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_peers_credential_verifies_and_an_altered_one_does_not(file: Path) -> None:
    report = judge(file.read_bytes())
    assert report.check("signature").outcome is Outcome.PASSED
    assert report.check("contexts").outcome is report.check("schema").outcome is Outcome.PASSED
    if "credentialStatus" in json.loads(file.read_bytes()):
        assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
        assert report.missing == {"https://coop.example.org/status/1"}
    else:
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
    altered = json.loads(file.read_bytes())
    altered["issuer"]["name"] = "Another Co-op"
    assert judge(json.dumps(altered).encode()).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("file", CREDENTIALS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_we_sign_the_same_bytes(file: Path) -> None:
    theirs = json.loads(file.read_bytes())
    unsigned = {name: value for name, value in theirs.items() if name != "proof"}
    ours = add_proof(
        unsigned,
        signer=Ed25519Signer(SEED, f"{DID}#{KEY.multikey}"),
        suite="eddsa-rdfc-2022",
        purpose="assertionMethod",
        created=datetime.fromisoformat(theirs["proof"]["created"]),
        challenge=None,
        domain=None,
    )
    assert ours["proof"] == theirs["proof"]


def test_a_peers_presentation_answers_its_question_and_no_other() -> None:
    data = (FOLDER / "digitalbazaar" / "presentation.json").read_bytes()
    report = judge(data, challenge="c-1", domain="https://reader.example")
    assert report.check("signature").outcome is Outcome.PASSED
    assert report.check("holder-binding").facts["holders"] == [DID]
    assert len(report.children) == 3
    assert all(child.check("signature").outcome is Outcome.PASSED for child in report.children)
    assert judge(data, challenge="c-2", domain="https://reader.example").verdict is Verdict.NOT_GENUINE
