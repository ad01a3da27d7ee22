"""Attacks on the suites: one that is taken for another, a key of the wrong kind, another spelling, another context."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.attacks.signers import (
    ED25519_2020,
    MISFITS,
    PAIRS,
    SIGNERS,
    WHOLE,
    context_for,
    forced,
    judged,
    school_keys,
    signed_as,
)
from tests.attacks.world import SCHOOL, SCHOOL_DOCUMENT, evidence, judge, policy, resource, types, unsigned
from vc import Verdict, serialize
from vc.keys import KeyKind, PublicKey
from vc.multibase import base58btc_decode, base58btc_encode, encode_multibase
from vc.problems import ProblemError
from vc.proof import SUITES

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
INTEGRITY = "https://w3id.org/security/data-integrity/"
each_pair = pytest.mark.parametrize(("name", "kind"), PAIRS, ids=lambda value: getattr(value, "name", value))


def old_credential() -> dict[str, Any]:
    """A credential of the data model 1.1, whose contexts define no proof that we make."""
    return {
        "@context": [V1],
        "type": ["VerifiableCredential"],
        "issuer": SCHOOL,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:1"},
    }


def labels() -> list[dict[str, Any]]:
    """How a proof may say what it is: each suite as it is written, the unknown, and mixtures of both."""
    known = [{"type": suite.type, "cryptosuite": suite.cryptosuite} for suite in SUITES.values()]
    names = [suite.cryptosuite for suite in SUITES.values() if suite.cryptosuite]
    odd: list[Any] = [None, "", 5, [], ["eddsa-rdfc-2022"], "EDDSA-RDFC-2022", "eddsa-rdfc-2022 ", "bbs-2023"]
    return [
        *known,
        *({"type": "DataIntegrityProof", "cryptosuite": value} for value in odd),
        *({"type": "Ed25519Signature2020", "cryptosuite": name} for name in names),
        *({"type": name, "cryptosuite": None} for name in names),
        *({"type": name} for name in ("Ed25519Signature2018", "JsonWebSignature2020", "BbsBlsSignature2020", None, 5)),
    ]


@each_pair
def test_an_honest_proof_of_every_suite_is_genuine(name: str, kind: KeyKind) -> None:
    assert judged(signed_as(name, kind)).verdict is Verdict.GENUINE_AND_CURRENT


@pytest.mark.parametrize("version", ["v1", "v2"])
@each_pair
def test_a_credential_of_the_older_data_model_too(name: str, kind: KeyKind, version: str) -> None:
    context = context_for(name) or INTEGRITY + version
    document = signed_as(name, kind, old_credential(), extra_context=context)
    assert document["@context"] == [V1, context]
    assert judged(document).verdict is Verdict.GENUINE_AND_CURRENT
    assert judged({**document, "issuanceDate": "2025-01-01T00:00:00Z"}).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("name", WHOLE)
def test_no_suite_signs_what_its_contexts_do_not_define(name: str) -> None:
    kind = next(iter(SUITES[name].hashes))
    if name not in {"eddsa-jcs-2022", "ecdsa-jcs-2019"}:
        with pytest.raises(ProblemError):
            signed_as(name, kind, old_credential(), extra_context=None)
    with pytest.raises(ProblemError):
        signed_as(name, kind, unsigned(graduated="yes"))


@each_pair
def test_A1_a_changed_document_is_not_genuine_under_any_suite(name: str, kind: KeyKind) -> None:
    document = signed_as(name, kind)
    assert judged({**document, "name": "Doctor of Welding"}).verdict is Verdict.NOT_GENUINE
    assert judged({**document, "gpa": "4.0"}).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("name", ["eddsa-jcs-2022", "ecdsa-jcs-2019"])
def test_A1_a_word_without_meaning_is_refused_even_if_it_is_signed(name: str) -> None:
    document = forced(name, next(iter(SUITES[name].hashes)), document=unsigned(gpa="4.0"))
    report = judged(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "DATA_LOSS_DETECTION_ERROR" in types(report)


@each_pair
def test_A26_the_options_are_bound_under_every_suite(name: str, kind: KeyKind) -> None:
    honest = signed_as(name, kind)
    for change in (
        {"created": "2027-01-03T10:02:00Z"},
        {"expires": "2031-01-01T00:00:00Z"},
        {"domain": "https://other.example"},
        {"id": "urn:uuid:9"},
        {"nonce": "1"},
        {"nonceX": "1"},
        {"proofPurpose": "authentication"},
    ):
        assert judged({**honest, "proof": honest["proof"] | change}).verdict is Verdict.NOT_GENUINE, change
    for missing in set(honest["proof"]) - {"@context"}:
        proof = {key: value for key, value in honest["proof"].items() if key != missing}
        assert judged({**honest, "proof": proof}).verdict not in GENUINE, missing


def contexts_of(document: dict[str, Any]) -> list[Any]:
    """Contexts that are not the document's."""
    own = document["@context"]
    return [own[:1], own[:-1], [*own, INTEGRITY + "v2"], own[::-1], own[0], [], None, [own], {"@vocab": "urn:x#"}]


@each_pair
def test_A27_and_A31_a_proof_is_read_with_the_context_of_its_document(name: str, kind: KeyKind) -> None:
    honest = signed_as(name, kind)
    for context in contexts_of(honest):
        report = judged({**honest, "proof": honest["proof"] | {"@context": context}})
        assert report.verdict is Verdict.NOT_GENUINE, context
        assert "MALFORMED_VALUE_ERROR" in types(report)


@pytest.mark.parametrize("name", ["eddsa-jcs-2022", "ecdsa-jcs-2019"])
def test_A31_a_prefix_of_the_contexts_that_was_signed_so_is_refused(name: str) -> None:
    """The specification accepts it; see docs/divergences.md."""
    kind = next(iter(SUITES[name].hashes))
    context = unsigned()["@context"]
    assert judged(forced(name, kind, **{"@context": context})).verdict is Verdict.GENUINE_AND_CURRENT
    assert judged(forced(name, kind)).verdict is Verdict.GENUINE_AND_CURRENT
    report = judged(forced(name, kind, **{"@context": context[:1]}))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "MALFORMED_VALUE_ERROR" in types(report)


def test_A31_documents_that_programs_read_differently_are_refused_before() -> None:
    data = serialize(signed_as("eddsa-jcs-2022", KeyKind.ED25519))
    assert judged(data).verdict is Verdict.GENUINE_AND_CURRENT
    spaced = json.dumps(json.loads(data), indent=2, sort_keys=True, ensure_ascii=False).encode()
    assert judged(spaced).verdict is Verdict.GENUINE_AND_CURRENT
    for old, new in (
        (b'"creditsEarned":1.5', b'"creditsEarned":1.5,"creditsEarned":1.5'),
        (b'"creditsEarned":1.5', b'"creditsEarned":1.5,"creditsEarned":9.5'),
        (b'"creditsEarned":1.5', b'"creditsEarned":1.50000000000000000001'),
        (b'"creditsEarned":1.5', b'"creditsEarned":NaN'),
        (b'"Careful work."', b'"Careful work\\ud800."'),
        (b'"Careful work."', b'"Careful work.\xff"'),
    ):
        assert old in data
        assert judged(data.replace(old, new)).verdict is Verdict.COULD_NOT_BE_CHECKED, new


@each_pair
def test_A28_no_label_but_its_own_makes_a_proof_genuine(name: str, kind: KeyKind) -> None:
    honest = signed_as(name, kind)
    own = {"type": SUITES[name].type, "cryptosuite": SUITES[name].cryptosuite}
    for label in labels():
        proof = {**honest["proof"], **label}
        proof = {key: value for key, value in proof.items() if value is not None}
        verdict = judged({**honest, "proof": proof}).verdict
        stays = {key: proof.get(key) for key in own} == own
        assert (verdict in GENUINE) == stays, label


@pytest.mark.parametrize("name", [None, "", 5, "eddsa-rdfc-2023", "ECDSA-RDFC-2019", "bbs-2023", ["eddsa-rdfc-2022"]])
def test_A28_an_unknown_suite_could_not_be_checked(name: object) -> None:
    honest = signed_as("eddsa-rdfc-2022", KeyKind.ED25519)
    report = judged({**honest, "proof": honest["proof"] | {"cryptosuite": name}})
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "unsupported" in types(report)


@pytest.mark.parametrize("name", WHOLE)
def test_A28_a_suite_that_the_policy_leaves_out_could_not_be_checked(name: str) -> None:
    from dataclasses import replace

    from tests.attacks.world import NOW
    from vc import verify

    document = serialize(signed_as(name, next(iter(SUITES[name].hashes))))
    strict = replace(policy(), suites=frozenset(SUITES) - {name})
    found = evidence(resource(SCHOOL_DOCUMENT, school_keys()))
    report = verify(document, evidence=found, policy=strict, now=NOW)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "unsupported" in types(report)


@pytest.mark.parametrize(("name", "kind"), MISFITS, ids=lambda value: getattr(value, "name", value))
def test_A29_a_key_of_a_kind_that_the_suite_is_not_for(name: str, kind: KeyKind) -> None:
    start = unsigned() | {"@context": [*unsigned()["@context"], ED25519_2020]}
    for hash_name in ("sha256", "sha384"):
        report = judged(forced(name, kind, hash_name=hash_name, document=start))
        assert report.verdict not in GENUINE
        assert types(report) & {"unsupported", "MALFORMED_VALUE_ERROR"}


def public_keys() -> dict[KeyKind, PublicKey]:
    """A key of every kind that there is, also of those that no suite is for."""
    found = {kind: signer.public_key for kind, signer in SIGNERS.items()}
    point = ec.derive_private_key(7, ec.SECP521R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    found[KeyKind.P521] = PublicKey(kind=KeyKind.P521, raw=raw)
    raw = rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    found[KeyKind.RSA] = PublicKey(kind=KeyKind.RSA, raw=raw)
    assert set(found) == set(KeyKind)
    return found


def test_A29_every_suite_with_a_key_of_every_kind_in_the_place_of_its_own() -> None:
    keys = public_keys()
    for name, kind in PAIRS:
        document = signed_as(name, kind)
        for other, key in keys.items():
            listed = school_keys()
            for method in listed["verificationMethod"]:
                if method["id"] == document["proof"]["verificationMethod"]:
                    method["publicKeyMultibase"] = key.multikey
            report = judge(document, resource(SCHOOL_DOCUMENT, listed))
            if other is kind:
                assert report.verdict is Verdict.GENUINE_AND_CURRENT, (name, kind)
            elif other in SUITES[name].hashes:
                assert report.verdict is Verdict.NOT_GENUINE, (name, kind, other)
            else:
                assert report.verdict is Verdict.COULD_NOT_BE_CHECKED, (name, kind, other)
                assert "unsupported" in types(report)


@each_pair
def test_A29_the_other_hash(name: str, kind: KeyKind) -> None:
    start = unsigned() | {"@context": [*unsigned()["@context"], ED25519_2020]}
    own = SUITES[name].hashes[kind]
    other = {"sha256": "sha384", "sha384": "sha256"}[own]
    assert judged(forced(name, kind, hash_name=own, document=start)).verdict in GENUINE
    assert judged(forced(name, kind, hash_name=other, document=start)).verdict is Verdict.NOT_GENUINE


@each_pair
def test_A29_another_key_of_the_same_school(name: str, kind: KeyKind) -> None:
    honest = signed_as(name, kind)
    for other, signer in SIGNERS.items():
        proof = honest["proof"] | {"verificationMethod": signer.verification_method}
        assert (judged({**honest, "proof": proof}).verdict in GENUINE) == (other is kind)


def spelled(value: str) -> dict[str, Any]:
    raw = base58btc_decode(value[1:])
    return {
        "base64url": encode_multibase(raw, encoding="u"),
        "base16": "f" + raw.hex(),
        "base64": "m" + encode_multibase(raw, encoding="u")[1:],
        "no prefix": value[1:],
        "space before": " " + value,
        "space": value + " ",
        "newline": value + "\n",
        "leading one": "z1" + value[1:],
        "half": "z" + base58btc_encode(raw[: len(raw) // 2]),
        "short": "z" + base58btc_encode(raw[:-1]),
        "long": "z" + base58btc_encode(raw + b"\1"),
        "padded": "z" + base58btc_encode(raw[: len(raw) // 2].rjust(48, b"\0") + raw[len(raw) // 2 :].rjust(48, b"\0")),
        "zero": "z" + base58btc_encode(bytes(len(raw))),
        "alphabet": value[:5] + "0" + value[6:],
        "upper prefix": "Z" + value[1:],
        "empty": "",
        "bare prefix": "z",
        "megabyte": "z" + "2" * 1_000_000,
        "list": [value],
        "number": 5,
    }


@each_pair
def test_A30_one_spelling_of_a_signature_under_every_suite(name: str, kind: KeyKind) -> None:
    honest = signed_as(name, kind)
    value = honest["proof"]["proofValue"]
    for spelling, other in spelled(value).items():
        if other == value:
            assert spelling == "padded", spelling
            continue
        report = judged({**honest, "proof": honest["proof"] | {"proofValue": other}})
        assert report.verdict is Verdict.NOT_GENUINE, spelling
        if spelling not in {"zero", "padded"}:  # these could be signatures, by their length
            assert "/proof/proofValue" in [problem.pointer for problem in report.problems], spelling


@pytest.mark.parametrize("name", ["eddsa-jcs-2022", "ecdsa-jcs-2019"])
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("challenge", 5),
        ("domain", 5),
        ("domain", ["d", 5]),
        ("id", 5),
        ("proofPurpose", 5),
        ("created", 5),
        ("nonceX", "1"),
    ],
)
def test_A26_a_member_of_another_kind_is_refused_though_json_signs_it(name: str, member: str, value: Any) -> None:
    report = judged(forced(name, next(iter(SUITES[name].hashes)), **{member: value}))
    assert report.verdict is Verdict.NOT_GENUINE
    found = {problem.pointer: problem.type.rsplit("#")[1] for problem in report.problems}
    assert found[f"/proof/{member}"] in {"MALFORMED_VALUE_ERROR", "malformed-date"}


def test_C8_the_high_s_twin_verifies_and_nothing_is_known_by_its_signature() -> None:
    """P-256 has no rule of a low s; so a proof has two signatures, and nothing may count or remember them."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    honest = signed_as("ecdsa-rdfc-2019", KeyKind.P256)
    raw = base58btc_decode(honest["proof"]["proofValue"][1:])
    twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    other = {**honest, "proof": honest["proof"] | {"proofValue": encode_multibase(twin, encoding="z")}}
    assert judged(honest).verdict is judged(other).verdict is Verdict.GENUINE_AND_CURRENT


def test_C9_signatures_of_zeros() -> None:
    honest = signed_as("ecdsa-rdfc-2019", KeyKind.P256)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for r, s in ((0, 0), (0, 1), (1, 0), (order, 1), (1, order), (order, order)):
        value = encode_multibase(r.to_bytes(32, "big") + s.to_bytes(32, "big"), encoding="z")
        assert judged({**honest, "proof": honest["proof"] | {"proofValue": value}}).verdict is Verdict.NOT_GENUINE


@each_pair
def test_C11_the_same_document_is_signed_the_same_twice(name: str, kind: KeyKind) -> None:
    assert signed_as(name, kind) == signed_as(name, kind)
