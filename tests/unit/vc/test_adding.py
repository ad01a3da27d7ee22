"""Making proofs: what is asked for, what is refused, and that nothing leaves which does not verify."""

from typing import Any

import pytest

from tests.attacks.world import DAY, NOW, SCHOOL, SCHOOL_SIGNER, unsigned
from vc import Ed25519Signer, P256Signer, add_proof, presentation
from vc.jsonld import Budget
from vc.problems import DataLossError, ProofGenerationError, ProofVerificationError, Unsupported
from vc.proof import adding
from vc.proof.adding import contained
from vc.timestamps import format_timestamp

OPTIONS: dict[str, Any] = {
    "signer": SCHOOL_SIGNER,
    "suite": "eddsa-rdfc-2022",
    "purpose": "assertionMethod",
    "created": NOW - DAY,
    "challenge": None,
    "domain": None,
}
INTEGRITY = "https://w3id.org/security/data-integrity/v2"


def test_a_further_context_is_added_once_and_only_when_asked_for() -> None:
    document = {
        "@context": "https://www.w3.org/2018/credentials/v1",
        "type": "VerifiableCredential",
        "issuer": SCHOOL,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:1"},
    }
    with pytest.raises(DataLossError):
        add_proof(document, **OPTIONS)
    signed = add_proof(document, **OPTIONS, extra_context=INTEGRITY)
    assert signed["@context"] == ["https://www.w3.org/2018/credentials/v1", INTEGRITY]
    again = add_proof(signed, **OPTIONS, extra_context=INTEGRITY)
    assert again["@context"] == signed["@context"]
    assert document["@context"] == "https://www.w3.org/2018/credentials/v1"


def test_a_document_that_is_signed_takes_no_further_context() -> None:
    with pytest.raises(ValueError, match="signed already"):
        add_proof(add_proof(unsigned(), **OPTIONS), **OPTIONS, extra_context=INTEGRITY)


@pytest.mark.parametrize(
    "change",
    [
        {"suite": "eddsa-rdfc-2023"},
        {"purpose": "keyAgreement"},
        {"challenge": "1", "domain": "d"},
        {"purpose": "authentication", "challenge": "1"},
        {"purpose": "authentication", "domain": "d"},
        {"purpose": "authentication"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no suite|answers"):
        add_proof(unsigned(), **(OPTIONS | change))


def test_a_key_that_does_not_go_with_the_suite() -> None:
    with pytest.raises(Unsupported):
        add_proof(unsigned(), **(OPTIONS | {"signer": P256Signer(b"\7" * 32, SCHOOL + "#p256")}))
    with pytest.raises(Unsupported):
        add_proof(unsigned(), **(OPTIONS | {"suite": "ecdsa-jcs-2019"}))


@pytest.mark.parametrize("there", ["x", ["x"], 5, [[]]], ids=str)
def test_what_is_no_proof_is_not_lost_in_silence(there: Any) -> None:
    with pytest.raises(ProofGenerationError, match="is no proof"):
        add_proof(unsigned(proof=there), **OPTIONS)


def test_four_proofs_are_enough() -> None:
    document: Any = unsigned()
    for count in range(4):
        document = add_proof(document, **OPTIONS)
        proofs = document["proof"] if count else [document["proof"]]
        assert len(proofs) == count + 1
    with pytest.raises(ProofGenerationError, match="4 proofs already"):
        add_proof(document, **OPTIONS)


def test_thirty_two_holders_are_enough() -> None:
    asked = OPTIONS | {"purpose": "authentication", "challenge": "c-1", "domain": "d", "suite": "eddsa-jcs-2022"}
    document: Any = presentation.build([], id=None, holder=None)
    for _ in range(32):
        document = add_proof(document, **asked)
    with pytest.raises(ProofGenerationError, match="32 proofs already"):
        add_proof(document, **asked)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_C14_a_signature_that_does_not_verify_never_leaves(suite: str) -> None:
    class Broken(Ed25519Signer):
        __slots__ = ()

        def sign(self, message: bytes) -> bytes:
            signature = super().sign(message)
            return signature[:-1] + bytes([signature[-1] ^ 1])

    with pytest.raises(ProofGenerationError, match="does not verify"):
        add_proof(unsigned(), **(OPTIONS | {"suite": suite, "signer": Broken(b"\1" * 32, SCHOOL + "#key-1")}))
    nowhere = Ed25519Signer(b"\1" * 32, "not a key's name")
    with pytest.raises(ProofGenerationError, match="does not verify"):
        add_proof(unsigned(), **(OPTIONS | {"suite": "eddsa-jcs-2022", "signer": nowhere}))


FIRST, SECOND = "urn:uuid:1", "urn:uuid:2"


def test_a_proof_says_what_was_asked_for_and_no_more() -> None:
    first: Any = add_proof(unsigned(), **OPTIONS, proof_id=FIRST)
    members = {
        "id": FIRST,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": format_timestamp(NOW - DAY),
        "verificationMethod": SCHOOL_SIGNER.verification_method,
        "proofPurpose": "assertionMethod",
    }
    assert {name: value for name, value in first["proof"].items() if name != "proofValue"} == members
    both: Any = add_proof(first, **OPTIONS, proof_id=SECOND, previous=[FIRST])
    assert both["proof"][0] == first["proof"]
    found = {name: value for name, value in both["proof"][1].items() if name != "proofValue"}
    assert found == members | {"id": SECOND, "previousProof": [FIRST]}


@pytest.mark.parametrize(("previous", "text"), [([SECOND], "itself"), (["urn:uuid:3"], "not there")])
def test_a_proof_does_not_build_on_itself_or_on_nothing(previous: list[str], text: str) -> None:
    first = add_proof(unsigned(), **OPTIONS, proof_id=FIRST)
    with pytest.raises(ProofVerificationError, match=text) as caught:
        add_proof(first, **OPTIONS, proof_id=SECOND, previous=previous)
    assert caught.value.pointer == "/proof/previousProof"


def test_how_many_credentials_a_document_contains() -> None:
    lines: list[Any] = [{}, {}, {}]
    assert contained({}) == 0
    assert contained({"verifiableCredential": lines}) == 3
    assert contained({"verifiableCredential": {}, "credentialSubject": ["x", {"verifiableCredential": lines}, {}]}) == 4
    assert contained({"credentialSubject": {"verifiableCredential": lines}}) == 3


def test_the_budget_is_that_of_the_credentials_inside_or_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Noted(Budget):
        @classmethod
        def for_credentials(cls, count: int) -> Budget:
            asked.append(count)
            return Budget.for_credentials(count)

    monkeypatch.setattr(adding, "Budget", Noted)
    answer = OPTIONS | {"purpose": "authentication", "challenge": "c-1", "domain": "d", "suite": "eddsa-jcs-2022"}
    for credentials in (0, 1, 3):
        add_proof(presentation.build([unsigned()] * credentials, id=None, holder=None), **answer)
    assert asked == [1, 1, 3]
