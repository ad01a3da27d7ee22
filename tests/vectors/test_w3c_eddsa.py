"""The W3C's vectors for eddsa-rdfc-2022, reproduced bit for bit: canonical texts, hashes, signatures, proof sets."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from vc import RECOMMENDED, Ed25519Signer, Evidence, ProblemError, Verdict, add_proof, jsonld, serialize, verify
from vc.did import ControllerDocument, Did
from vc.did.key import document as did_key_document
from vc.jsonld import CREDENTIAL_BUDGET
from vc.jsonld.plans import Planner
from vc.multibase import base58btc_decode, encode_multibase
from vc.proof import Proof, Transformed, parse_proofs, verify_proof

pytestmark = pytest.mark.shared
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SUITES = frozenset({"eddsa-rdfc-2022"})
# What the vectors use of a context that we do not carry, because no credential of ours may name it.
WORDS = {
    EXAMPLES: {
        word: "https://www.w3.org/ns/credentials/examples#" + word
        for word in ("alumniOf", "AlumniCredential")
    },
}  # fmt: skip


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "vectors" / "w3c" / "vc-di-eddsa"


@pytest.fixture
def vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    planner = Planner()
    compiler = planner.compiler
    compiler._known = {**compiler._known, **dict.fromkeys(WORDS)}
    compiler._definitions |= WORDS
    monkeypatch.setattr(jsonld, "_planner", planner)


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
def test_every_step_of_the_alumni_credential(folder: Path) -> None:
    steps = folder / "eddsa-rdfc-2022"
    keys, document = read(folder / "keyPair.json"), read(folder / "unsigned.json")
    canonical = jsonld.canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET)
    assert canonical.decode() == (steps / "canonDocDataInt.txt").read_text()
    assert hashlib.sha256(canonical).hexdigest() == (steps / "docHashDataInt.txt").read_text()
    options = jsonld.canonicalize(read(steps / "proofConfigDataInt.json"), hash_name="sha256", budget=CREDENTIAL_BUDGET)
    assert options.decode() == (steps / "proofCanonDataInt.txt").read_text()
    assert hashlib.sha256(options).hexdigest() == (steps / "proofHashDataInt.txt").read_text()
    signed = read(steps / "signedDataInt.json")
    (proof,) = parse_proofs(signed, max_proofs=4, suites=SUITES, party=None).claimed
    signer = Ed25519Signer(seed_of(keys["privateKeyMultibase"]), signed["proof"]["verificationMethod"])
    assert signer.public_key.multikey == keys["publicKeyMultibase"]
    transformed = Transformed(signed, budget=CREDENTIAL_BUDGET, digest=None)
    message = message_of(proof, transformed)
    assert message.hex() == (steps / "combinedHashDataInt.txt").read_text()
    assert signer.sign(message).hex() == (steps / "sigHexDataInt.txt").read_text()
    assert encode_multibase(signer.sign(message), encoding="z") == (steps / "sigBTC58DataInt.txt").read_text()
    again = add_proof(
        document,
        signer=signer,
        suite="eddsa-rdfc-2022",
        purpose="assertionMethod",
        created=datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC),
        challenge=None,
        domain=None,
    )
    assert again == signed


def test_every_step_of_the_employment_authorization(folder: Path) -> None:
    steps = folder / "eddsa-rdfc-2022" / "employ"
    document, signed = read(folder / "employmentAuth.json"), read(steps / "signedDataInt.json")
    canonical = jsonld.canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET)
    assert canonical.decode() == (steps / "canonDocDataInt.txt").read_text()
    digest = hashlib.sha256(canonical).digest()
    assert digest.hex() == (steps / "docHashDataInt.txt").read_text()
    options = read(steps / "proofConfigDataInt.json")
    proof = jsonld.canonicalize(options, hash_name="sha256", budget=CREDENTIAL_BUDGET)
    assert proof.decode() == (steps / "proofCanonDataInt.txt").read_text()
    assert hashlib.sha256(proof).hexdigest() == (steps / "proofHashDataInt.txt").read_text()
    (parsed,) = parse_proofs(signed, max_proofs=4, suites=SUITES, party=None).claimed
    signer = Ed25519Signer(seed_of(read(folder / "keyPair.json")["privateKeyMultibase"]), "")
    transformed = Transformed(signed, budget=CREDENTIAL_BUDGET, digest=digest)
    verify_proof(parsed, public_key=signer.public_key, transformed=transformed)
    message = message_of(parsed, transformed)
    assert message.hex() == (steps / "combinedHashDataInt.txt").read_text()
    assert signer.sign(message).hex() == (steps / "sigHexDataInt.txt").read_text()


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
        transformed = Transformed(document, budget=CREDENTIAL_BUDGET, digest=None)
        verify_proof(proof, public_key=method.public_key, transformed=transformed)
        other = Transformed(document | {"name": "Doctor"}, budget=CREDENTIAL_BUDGET, digest=None)
        with pytest.raises(ProblemError):
            verify_proof(proof, public_key=method.public_key, transformed=other)


@pytest.mark.usefixtures("vocabulary")
def test_the_signatures_of_a_set_come_out_bit_for_bit(folder: Path) -> None:
    chain = folder / "proof-set-chain"
    pairs = read(chain / "multiKeyPairs.json").values()
    signers = {pair["publicKeyMultibase"]: Ed25519Signer(seed_of(pair["privateKeyMultibase"]), "") for pair in pairs}
    document = read(chain / "signedProofSet2.json")
    for proof in parse_proofs(document, max_proofs=4, suites=SUITES, party=None).claimed:
        signer = signers[str(proof.method.fragment)]
        transformed = Transformed(document, budget=CREDENTIAL_BUDGET, digest=None)
        message = message_of(proof, transformed)
        assert signer.sign(message) == proof.signature


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    "name", ["eddsa-rdfc-2022/signedDataInt", "proof-set-chain/signedProofSet1", "proof-set-chain/signedProofSet2"]
)
def test_an_issuer_who_did_not_sign_is_not_vouched_for(folder: Path, name: str) -> None:
    report = verify(
        serialize(read(folder / f"{name}.json")), evidence=Evidence(MappingProxyType({})), policy=policy(), now=NOW
    )
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in report.problems[0].type


@pytest.mark.parametrize("name", ["Ed25519Signature2020/signedEdSig", "eddsa-jcs-2022/signedJCS"])
def test_other_suites_are_not_supported_and_so_never_valid(folder: Path, name: str) -> None:
    found = parse_proofs(read(folder / f"{name}.json"), max_proofs=4, suites=SUITES, party=None)
    assert not found.claimed
    assert {type(problem).__name__ for problem in found.problems} == {"Unsupported"}
