"""The names under which parts without an id are signed, and the hash of what is mandatory, worked out by hand."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from tests.selective import HMAC_KEY, plain
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.proof.sd.grouping import Labelled, label_of, mandatory_hash, signing_data
from vc.proof.sd.options import proof_hash


def test_a_name_is_the_hmac_of_the_canonical_label_in_base64url() -> None:
    assert label_of(bytes(32)) == "u" + "A" * 43
    document = plain()
    achievement = document["credentialSubject"]["achievement"]
    achievement["criteria"] = {"narrative": "Keep bees for a year."}
    labelled = Labelled(document, hmac_key=HMAC_KEY, budget=CREDENTIAL_BUDGET, processor=PINNED)
    part = labelled.part([""])
    assert part.labels
    assert part.labels == {
        number: hmac.new(HMAC_KEY, f"c14n{number}".encode(), hashlib.sha256).digest() for number in part.labels
    }
    for digest in part.labels.values():
        name = "_:u" + urlsafe_b64encode(digest).decode().rstrip("=")
        assert any(name in nquad for nquad in labelled.nquads)
    assert part.indexes == list(range(len(labelled.nquads)))
    assert not any("_:c14n" in nquad for nquad in labelled.nquads)


def test_the_mandatory_statements_are_hashed_one_after_another() -> None:
    assert mandatory_hash(["a\n", "b\n"]) == hashlib.sha256(b"a\nb\n").digest()
    assert mandatory_hash([]) == hashlib.sha256(b"").digest()
    assert signing_data(proof_hash=b"1", proof_key=b"2", mandatory=b"3") == b"123"


def test_the_parts_of_the_options_without_an_id_are_told_apart_by_sha_256() -> None:
    method = {"type": "Multikey", "controller": "urn:uuid:1", "publicKeyMultibase": "z6Mk"}
    options = {
        "@context": ["https://w3id.org/security/data-integrity/v2", "https://w3id.org/security/multikey/v1"],
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-sd-2023",
        "proofPurpose": "assertionMethod",
        "verificationMethod": method,
    }
    canonical = {
        name: PINNED.canonicalize(options, hash_name=name, budget=CREDENTIAL_BUDGET) for name in ("sha256", "sha384")
    }
    assert canonical["sha256"] != canonical["sha384"]
    assert proof_hash(options, PINNED) == hashlib.sha256(canonical["sha256"]).digest()
