"""The W3C's vectors for ecdsa-sd-2023, reproduced bit for bit: labels, groups, hashes, signatures, proof values."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vc import RECOMMENDED, Evidence, P256Signer, Verdict, jsonld, serialize, verify
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.multibase import base58btc_decode
from vc.proof import sd
from vc.proof.sd.grouping import Labelled, label_of, mandatory_hash
from vc.proof.sd.options import proof_hash
from vc.proof.sd.verify import statements_of

pytestmark = pytest.mark.shared
CASES = {"prc": "prCredSelective.json", "employ": "employSelective.json"}


class Vectors:
    """The files of one case, read by name."""

    def __init__(self, folder: Path, case: str) -> None:
        self.folder, self.case = folder, case
        self.keys = json.loads((folder / "ecdsa-sd-2023" / "SDKeyMaterial.json").read_text())
        self.selective = json.loads((folder / CASES[case]).read_text())
        self.signed = self.read("addSignedSDBase")
        self.document = {name: value for name, value in self.signed.items() if name != "proof"}

    def read(self, name: str) -> Any:
        return json.loads((self.folder / "ecdsa-sd-2023" / self.case / f"{name}.json").read_text())

    def text(self, name: str) -> str:
        return (self.folder / "ecdsa-sd-2023" / self.case / name).read_text()

    def seed(self, pair: str) -> bytes:
        return base58btc_decode(self.keys[pair]["secretKeyMultibase"][1:])[2:]

    def labelled(self) -> Labelled:
        return Labelled(
            self.document,
            hmac_key=bytes.fromhex(self.keys["hmacKeyString"]),
            budget=CREDENTIAL_BUDGET,
            processor=PINNED,
        )

    def base(self) -> sd.BaseProofValue:
        value = sd.parse_proof_value(sd.proof_value_of(self.signed["proof"]["proofValue"]))
        assert isinstance(value, sd.BaseProofValue)
        return value


@pytest.fixture(params=list(CASES))
def vectors(shared: Path, request: pytest.FixtureRequest) -> Vectors:
    return Vectors(shared / "vectors" / "w3c" / "vc-di-ecdsa", request.param)


def numbered(labelled: Labelled, indexes: list[int]) -> list[list]:
    return [[index, labelled.nquads[index]] for index in indexes]


def test_the_canonical_form_and_the_labels_that_hide_its_order(vectors: Vectors) -> None:
    canonical = jsonld.canonicalize(vectors.document, hash_name="sha256", budget=CREDENTIAL_BUDGET)
    assert canonical.decode().splitlines(keepends=True) == vectors.read("addBaseDocCanon")
    assert vectors.labelled().nquads == vectors.read("addBaseDocHMACCanon")


def test_the_mandatory_group_and_both_hashes(vectors: Vectors) -> None:
    transform, hashes, labelled = vectors.read("addBaseTransform"), vectors.read("addHashData"), vectors.labelled()
    indexes = labelled.part(transform["mandatoryPointers"]).indexes
    others = [index for index in range(len(labelled.nquads)) if index not in indexes]
    assert numbered(labelled, indexes) == transform["mandatory"]["value"]
    assert numbered(labelled, others) == transform["nonMandatory"]["value"]
    assert mandatory_hash([labelled.nquads[index] for index in indexes]).hex() == hashes["mandatoryHash"]
    assert proof_hash(vectors.read("addProofConfig"), PINNED).hex() == hashes["proofHash"]
    options = jsonld.canonicalize(vectors.read("addProofConfig"), hash_name="sha256", budget=CREDENTIAL_BUDGET)
    assert options.decode() == vectors.text("addProofConfigCanon.txt")


def test_the_base_proof_read_and_made_again(vectors: Vectors) -> None:
    raw, value = vectors.read("addRawBaseSignatureInfo"), vectors.base()
    assert value.signature.hex() == raw["baseSignature"]
    assert value.public_key.multikey == raw["publicKey"]
    assert [signature.hex() for signature in value.signatures] == raw["signatures"]
    assert list(value.mandatory_pointers) == raw["mandatoryPointers"]
    again = sd.create_base_proof(
        vectors.document,
        signer=P256Signer(vectors.seed("baseKeyPair"), vectors.signed["proof"]["verificationMethod"]),
        mandatory_pointers=value.mandatory_pointers,
        created=datetime(2023, 8, 15, 23, 36, 38, tzinfo=UTC),
        hmac_key=value.hmac_key,
        proof_key=vectors.seed("proofKeyPair"),
    )
    assert again == vectors.signed


def test_the_groups_of_a_selection(vectors: Vectors) -> None:
    groups = vectors.read("derivedGroupIndexes")
    labelled, mandatory = vectors.labelled(), vectors.base().mandatory_pointers
    assert labelled.part(mandatory).indexes == groups["mandatoryIndexes"]
    assert labelled.part(vectors.selective).indexes == groups["selectiveIndexes"]
    assert labelled.part([*mandatory, *vectors.selective]).indexes == groups["combinedIndexes"]
    for name, pointers in {
        "mandatory": mandatory,
        "selective": vectors.selective,
        "combined": [*mandatory, *vectors.selective],
    }.items():
        expected = vectors.read("derivedAllGroupData")["groups"][name]["matching"]["value"]
        assert numbered(labelled, labelled.part(pointers).indexes) == expected


def test_what_is_disclosed(vectors: Vectors) -> None:
    derived = sd.derive_proof(vectors.signed, selective_pointers=vectors.selective)
    assert derived == vectors.read("derivedRevealDocument")
    assert {**derived, "proof": 0} == {**vectors.read("derivedUnsignedReveal"), "proof": 0}
    value = sd.parse_derived(sd.proof_value_of(derived["proof"]["proofValue"]))
    data = vectors.read("derivedDisclosureData")
    labels = {f"c14n{number}": label_of(label) for number, label in value.labels.items()}
    assert labels == dict(data["labelMap"]["value"])
    assert list(value.mandatory_indexes) == data["mandatoryIndexes"]
    assert [signature.hex() for signature in value.signatures] == data["signatures"]
    assert list(value.mandatory_indexes) == vectors.read("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"]
    assert [signature.hex() for signature in value.signatures] == vectors.read("derivedAdjSignatures")[
        "filteredSignatures"
    ]


def test_what_a_verifier_works_out(vectors: Vectors) -> None:
    derived, data = vectors.read("derivedRevealDocument"), vectors.read("verifyCreateVerifyData")
    value = sd.parse_derived(sd.proof_value_of(derived["proof"]["proofValue"]))
    mandatory, optional = statements_of(
        vectors.read("derivedUnsignedReveal"), value, budget=CREDENTIAL_BUDGET, processor=PINNED
    )
    assert sorted(mandatory + optional) == vectors.read("verifyNQuads")
    assert optional == data["nonMandatory"]
    assert mandatory_hash(mandatory).hex() == data["mandatoryHash"]
    public_key = P256Signer(vectors.seed("baseKeyPair"), "").public_key
    options = {name: member for name, member in derived["proof"].items() if name != "proofValue"}
    options["@context"] = derived["@context"]
    assert proof_hash(options, PINNED).hex() == data["proofHash"]
    sd.verify_derived(
        vectors.read("derivedUnsignedReveal"),
        options=options,
        value=value,
        public_key=public_key,
        budget=CREDENTIAL_BUDGET,
        processor=PINNED,
    )


def test_the_verdict_is_not_genuine_because_somebody_else_is_named_as_issuer(vectors: Vectors) -> None:
    """The vectors are signed with a key that is none of their issuer's; the signature alone is not enough."""
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    derived = serialize(vectors.read("derivedRevealDocument"))
    report = verify(derived, evidence=Evidence(), policy=policy, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert report.verdict is Verdict.NOT_GENUINE
