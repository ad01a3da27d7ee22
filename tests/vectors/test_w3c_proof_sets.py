"""The W3C's vectors for sets and chains of proofs, reproduced bit for bit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from vc import RECOMMENDED, Ed25519Signer, Evidence, ProblemError, Verdict, add_proof, serialize, verify
from vc.did import ControllerDocument, Did
from vc.did.key import document as did_key_document
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.multibase import base58btc_decode
from vc.proof import Proof, Transformed, parse_proofs, verify_proof

pytestmark = pytest.mark.shared
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SUITES = frozenset({"eddsa-rdfc-2022"})


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "vectors" / "w3c" / "vc-di-eddsa"


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def seed_of(text: str) -> bytes:
    return base58btc_decode(text[1:])[2:]


def message_of(proof: Proof, transformed: Transformed) -> bytes:
    hash_name = "sha256"
    return proof.suite.scheme.message(proof.options, covered=transformed.covered(proof.previous), hash_name=hash_name)


def policy():
    return RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("name", ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"])
def test_each_proof_of_a_set_or_chain_is_over_what_it_covers(folder: Path, name: str) -> None:
    document = read(folder / "proof-set-chain" / f"{name}.json")
    found = parse_proofs(document, max_proofs=4, suites=SUITES, party=None)
    assert not found.problems
    assert len(found.claimed) == int(name[-1]) + 2 * ("Chain" in name)
    for proof in found.claimed:
        controller = proof.method.controller
        found_keys = did_key_document(Did.parse(controller))
        method = ControllerDocument.parse(found_keys, controller=controller).method_for(
            proof.method, relationship="assertionMethod"
        )
        transformed = Transformed(document, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED)
        verify_proof(proof, public_key=method.public_key, transformed=transformed)
        other = Transformed(document | {"name": "Doctor"}, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED)
        with pytest.raises(ProblemError):
            verify_proof(proof, public_key=method.public_key, transformed=other)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("name", ["signedProofSet2", "signedProofChain2"])
def test_the_signatures_come_out_bit_for_bit(folder: Path, name: str) -> None:
    chain = folder / "proof-set-chain"
    pairs = read(chain / "multiKeyPairs.json").values()
    signers = {pair["publicKeyMultibase"]: Ed25519Signer(seed_of(pair["privateKeyMultibase"]), "") for pair in pairs}
    document = read(chain / f"{name}.json")
    for proof in parse_proofs(document, max_proofs=4, suites=SUITES, party=None).claimed:
        signer = signers[str(proof.method.fragment)]
        transformed = Transformed(document, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED)
        message = message_of(proof, transformed)
        assert signer.sign(message) == proof.signature


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("name", ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"])
def test_an_issuer_who_did_not_sign_is_not_vouched_for(folder: Path, name: str) -> None:
    report = verify(
        serialize(read(folder / "proof-set-chain" / f"{name}.json")),
        evidence=Evidence(MappingProxyType({})),
        policy=policy(),
        now=NOW,
    )
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in report.problems[0].type


@pytest.mark.usefixtures("vocabulary")
def test_we_make_the_same_chain(folder: Path) -> None:
    chain = folder / "proof-set-chain"
    pairs = {pair["publicKeyMultibase"]: pair for pair in read(chain / "multiKeyPairs.json").values()}
    expected = read(chain / "signedProofChain2.json")
    document = read(chain / "unsigned.json")
    for proof in expected["proof"]:
        method = proof["verificationMethod"]
        previous = proof.get("previousProof", [])
        document = add_proof(
            document,
            signer=Ed25519Signer(seed_of(pairs[method.split("#")[1]]["privateKeyMultibase"]), method),
            suite="eddsa-rdfc-2022",
            purpose="assertionMethod",
            created=datetime.fromisoformat(proof["created"]),
            challenge=None,
            domain=None,
            proof_id=proof.get("id"),
            previous=previous if isinstance(previous, list) else [previous],
        )
    # One name may stand alone or in a list: the same statement, so the same signature.
    expected["proof"][3]["previousProof"] = [expected["proof"][3]["previousProof"]]
    assert document == expected
