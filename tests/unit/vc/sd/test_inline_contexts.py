"""Selective disclosure of documents that bring definitions of their own, where somebody decided to read them."""

import copy
from dataclasses import replace

import pytest

from tests.selective import CREATED, DID, HMAC_KEY, KEY, NOW, PROOF_KEY, SIGNER, value_of
from vc import RECOMMENDED, Evidence, Verdict, add_proof, jsonld, serialize, verify
from vc.jsonld import CREDENTIAL_BUDGET, PINNED, Processor, processor_for
from vc.problems import ProofVerificationError, Unsupported
from vc.proof import SUITES, Transformed, parse_proofs, sd, verify_proof

SAILING = {
    "@protected": True,
    "SailingCredential": "urn:example:SailingCredential",
    "sails": {
        "@id": "urn:example:sails",
        "@context": {
            "@protected": True,
            "sailName": "urn:example:sailName",
            "size": "urn:example:size",
            "year": "urn:example:year",
        },
    },
    "log": {"@id": "urn:example:log", "@container": "@list"},
}
DOCUMENT = {
    "@context": ["https://www.w3.org/ns/credentials/v2", SAILING],
    "type": ["VerifiableCredential", "SailingCredential"],
    "issuer": DID,
    "credentialSubject": {
        "sails": [
            {"size": 5.5, "sailName": "Osprey", "year": 2023},
            {"size": 6.1, "sailName": "Eagle-FR", "year": 2023},
            {"size": 7.0, "sailName": "Eagle-FR", "year": 2020},
        ],
        "log": ["out", "back"],
    },
}


@pytest.fixture(scope="module")
def general() -> Processor:
    return processor_for(inline_contexts=True, extra_contexts={}, directions=False)


def issued(processor: Processor) -> dict:
    return dict(
        sd.create_base_proof(
            DOCUMENT,
            signer=SIGNER,
            mandatory_pointers=["/issuer"],
            created=CREATED,
            hmac_key=HMAC_KEY,
            proof_key=PROOF_KEY,
            processor=processor,
        )
    )


def check(document: dict, processor: Processor) -> None:
    (proof,) = parse_proofs(document, max_proofs=1, suites=frozenset(SUITES), party=None).claimed
    transformed = Transformed(document, budget=CREDENTIAL_BUDGET, digest=None, processor=processor)
    verify_proof(proof, public_key=KEY, transformed=transformed)


def test_issued_derived_and_verified(general: Processor) -> None:
    base = issued(general)
    pointers = ["/credentialSubject/sails/2/size", "/credentialSubject/sails/1", "/credentialSubject/log"]
    shown = dict(sd.derive_proof(base, selective_pointers=pointers, processor=general))
    assert shown["credentialSubject"] == {
        "sails": [{"size": 6.1, "sailName": "Eagle-FR", "year": 2023}, {"size": 7.0}],
        "log": ["out", "back"],
    }
    check(shown, general)
    check(dict(sd.reveal_all(base, processor=general)), general)
    assert len(value_of(shown).labels) == 6
    forged = copy.deepcopy(shown)
    forged["credentialSubject"]["sails"][1]["size"] = 7.5
    with pytest.raises(ProofVerificationError):
        check(forged, general)


def test_nowhere_without_that_decision(general: Processor) -> None:
    base = issued(general)
    shown = dict(sd.derive_proof(base, selective_pointers=[], processor=general))
    with pytest.raises(Unsupported):
        issued(PINNED)
    with pytest.raises(Unsupported):
        sd.derive_proof(base, selective_pointers=[])
    with pytest.raises(Unsupported):
        check(shown, PINNED)


@pytest.mark.parametrize("suite", ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"])
def test_other_suites_likewise(suite: str, general: Processor) -> None:
    arguments = {"purpose": "assertionMethod", "created": CREATED, "challenge": None, "domain": None}
    signed = dict(add_proof(DOCUMENT, signer=SIGNER, suite=suite, processor=general, **arguments))
    check(signed, general)
    with pytest.raises(Unsupported):
        add_proof(DOCUMENT, signer=SIGNER, suite=suite, **arguments)
    with pytest.raises(Unsupported):
        jsonld.canonicalize(DOCUMENT, hash_name="sha256", budget=CREDENTIAL_BUDGET)


@pytest.mark.parametrize(
    ("inline", "verdict"), [(True, Verdict.GENUINE_AND_CURRENT), (False, Verdict.COULD_NOT_BE_CHECKED)]
)
def test_the_verdict_follows_the_policy(inline: bool, verdict: Verdict, general: Processor) -> None:
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    policy = replace(policy, inline_contexts=inline)
    signed = add_proof(
        {**DOCUMENT, "validFrom": "2026-05-01T09:00:00Z"},
        signer=SIGNER,
        suite="ecdsa-rdfc-2019",
        purpose="assertionMethod",
        created=CREATED,
        challenge=None,
        domain=None,
        processor=general,
    )
    shown = sd.derive_proof(issued(general), selective_pointers=[""], processor=general)
    for document in (signed, shown):
        report = verify(serialize(document), evidence=Evidence(), policy=policy, now=NOW)
        assert report.verdict is verdict
