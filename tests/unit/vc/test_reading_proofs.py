"""Each member of a proof as it is read, whose proof it is, and which proofs build on which: without any signature."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.attacks.signers import SIGNERS
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.keys import KeyKind
from vc.multibase import encode_multibase
from vc.problems import (
    DataLossError,
    InvalidVerificationMethodUrlError,
    MalformedValueError,
    ProblemError,
    ProofVerificationError,
    TooManyProofsError,
    UnsecuredError,
    Unsupported,
)
from vc.proof import SUITES
from vc.proof.chains import named, previous_proofs, reached
from vc.proof.parsing import Proof, is_foreign, own_or_unknown, parse_proof, parse_proofs, proof_objects
from vc.proof.suites import suite_named
from vc.proof.transforming import HASHES, JCS, Covered, without_proof

CONTEXT = ["https://www.w3.org/ns/credentials/v2"]
ISSUER, STRANGER = "did:web:school.example", "did:web:stranger.example"
SIGNATURE = bytes(range(64))
ALL = frozenset(SUITES)
PROOF: dict[str, Any] = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "verificationMethod": ISSUER + "#key-1",
    "proofPurpose": "assertionMethod",
    "proofValue": encode_multibase(SIGNATURE, encoding="z"),
}
MINIMAL = ("type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue")


def read(proof: dict[str, Any], *, document: dict[str, Any] | None = None, beside: Any = None) -> Proof:
    document = {"@context": CONTEXT} if document is None else document
    return parse_proof(
        proof, document=document, here="/proof", beside=[proof] if beside is None else beside, suites=ALL
    )


def of(method: Any, **more: Any) -> dict[str, Any]:
    return PROOF | {"verificationMethod": method} | more


def test_every_member_is_read() -> None:
    whole = PROOF | {
        "@context": CONTEXT,
        "id": "urn:uuid:2",
        "previousProof": "urn:uuid:1",
        "created": "2026-01-02T03:04:05Z",
        "expires": "2027-01-02T03:04:05Z",
        "challenge": "c-1",
        "domain": ["a.example", "b.example"],
        "nonce": "n",
    }
    proof = read(whole, beside=[PROOF | {"id": "urn:uuid:1"}, whole])
    assert (proof.pointer, proof.suite.name, proof.id) == ("/proof", "eddsa-rdfc-2022", "urn:uuid:2")
    assert (proof.previous, proof.purpose, str(proof.method)) == (("urn:uuid:1",), "assertionMethod", ISSUER + "#key-1")
    assert proof.embedded_key is None
    assert proof.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert proof.expires == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (proof.challenge, proof.domains, proof.signature) == ("c-1", ("a.example", "b.example"), SIGNATURE)
    assert proof.options == {name: value for name, value in whole.items() if name != "proofValue"}


def test_what_is_not_there_is_not_made_up() -> None:
    proof = read(PROOF)
    assert (proof.id, proof.previous, proof.created, proof.expires) == (None, (), None, None)
    assert (proof.challenge, proof.domains) == (None, ())
    assert read(PROOF | {"domain": "a.example"}).domains == ("a.example",)
    assert proof.options["@context"] == CONTEXT


def test_the_options_carry_the_context_only_where_they_are_rdf() -> None:
    assert "@context" not in read(PROOF | {"cryptosuite": "eddsa-jcs-2022"}).options
    assert read(PROOF).options.keys() == {*MINIMAL, "@context"} - {"proofValue"}


@pytest.mark.parametrize("member", ["id", "created", "expires", "challenge", "domain", "proofPurpose", "proofValue"])
@pytest.mark.parametrize("value", [5, False, {"a": "b"}, [["x"]]], ids=str)
def test_a_member_that_is_not_a_text_is_refused_at_its_place(member: str, value: Any) -> None:
    with pytest.raises(MalformedValueError) as caught:
        read(PROOF | {member: value})
    assert caught.value.pointer == "/proof/" + member


@pytest.mark.parametrize(
    ("member", "said"), [("proofPurpose", "not say what it is for"), ("proofValue", "no signature")]
)
@pytest.mark.parametrize("more", [{}, {"value": None}, {"value": 5}, {"value": ["z1"]}], ids=str)
def test_a_member_that_must_be_there(member: str, said: str, more: dict[str, Any]) -> None:
    rest = {name: value for name, value in PROOF.items() if name != member}
    with pytest.raises(MalformedValueError, match=said) as caught:
        read(rest | ({member: more["value"]} if more else {}))
    assert caught.value.pointer == "/proof/" + member


@pytest.mark.parametrize("domain", [["a.example", 5], [None], [{}]], ids=str)
def test_each_of_several_domains_is_a_text(domain: Any) -> None:
    with pytest.raises(MalformedValueError, match="domain"):
        read(PROOF | {"domain": domain})


@pytest.mark.parametrize("name", ["jws", "signatureValue", "", "Created", "type "])
def test_an_unknown_member_is_refused_wherever_it_stands(name: str) -> None:
    for proof in ({name: "x", **PROOF}, {**PROOF, name: "x"}):
        with pytest.raises(MalformedValueError, match="is not a member") as caught:
            read(proof)
        assert caught.value.pointer == "/proof/" + name


@pytest.mark.parametrize("context", [CONTEXT[0], [], None, [*CONTEXT, "https://w3id.org/security/v2"]], ids=str)
def test_another_context_than_the_documents_is_refused(context: Any) -> None:
    with pytest.raises(MalformedValueError, match="context differs") as caught:
        read(PROOF | {"@context": context})
    assert caught.value.pointer == "/proof/@context"


@pytest.mark.parametrize("length", [0, 1, 63, 65, 96])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedValueError, match=r"bytes|multibase|no signature") as caught:
        read(PROOF | {"proofValue": encode_multibase(bytes(length), encoding="z")})
    assert caught.value.pointer == "/proof/proofValue"


def test_a_proof_value_has_at_most_256_characters() -> None:
    assert SUITES["eddsa-rdfc-2022"].scheme.max_proof_value == 256
    with pytest.raises(MalformedValueError, match="bytes"):
        read(PROOF | {"proofValue": "z" + "2" * 255})
    with pytest.raises(MalformedValueError) as caught:
        read(PROOF | {"proofValue": "z" + "2" * 256})
    assert "bytes" not in caught.value.detail


@pytest.mark.parametrize("name", [name for name in SUITES if name.startswith("ecdsa") and "sd" not in name])
def test_a_suite_for_two_kinds_of_keys_takes_the_length_of_each(name: str) -> None:
    for length in (64, 96):
        value = encode_multibase(bytes(range(length)), encoding="z")
        assert read(PROOF | {"cryptosuite": name, "proofValue": value}).signature == bytes(range(length))
    with pytest.raises(MalformedValueError):
        read(PROOF | {"cryptosuite": name, "proofValue": encode_multibase(bytes(80), encoding="z")})


def test_a_proof_that_is_no_rdf_carries_the_context_and_signs_only_words_with_a_meaning() -> None:
    document: dict[str, Any] = {"@context": CONTEXT, "type": "VerifiableCredential", "proof": {"junk": 1}}
    by_json, by_statements = SUITES["eddsa-jcs-2022"].scheme, SUITES["eddsa-rdfc-2022"].scheme
    assert by_json.prepared(PROOF, document, processor=PINNED) == PROOF | {"@context": CONTEXT}
    assert by_statements.prepared(PROOF, document, processor=PINNED) == PROOF
    with pytest.raises(DataLossError):
        by_json.prepared(PROOF, document | {"unknown": 1}, processor=PINNED)


@pytest.mark.parametrize(("name", "hashed"), [("sha256", hashlib.sha256), ("sha384", hashlib.sha384)])
def test_options_that_are_no_rdf_are_hashed_as_canonical_json(name: Any, hashed: Any) -> None:
    covered = Covered({"z": 1, "a": 2}, budget=CREDENTIAL_BUDGET, processor=PINNED)
    assert covered.configuration(JCS, {"b": 1, "a": [2]}, name) == hashed(b'{"a":[2],"b":1}').digest()
    assert covered.digest(JCS, name) == hashed(b'{"a":2,"z":1}').digest()


def test_a_name_of_a_key_is_refused_at_its_place() -> None:
    with pytest.raises(InvalidVerificationMethodUrlError) as caught:
        read(of("no name"))
    assert caught.value.pointer == "/proof/verificationMethod"
    with pytest.raises(InvalidVerificationMethodUrlError) as caught:
        read(of({"id": "no name"}))
    assert caught.value.pointer == "/proof/verificationMethod/id"


def test_a_key_that_a_proof_carries() -> None:
    key = SIGNERS[KeyKind.ED25519].public_key
    method = {"id": ISSUER + "#k", "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": key.multikey}
    proof = read(of(method))
    assert (str(proof.method), proof.embedded_key) == (ISSUER + "#k", key)


def test_suites_are_told_by_type_and_name_together_and_must_be_accepted() -> None:
    for name, suite in SUITES.items():
        found = suite_named(type_=suite.type, cryptosuite=suite.cryptosuite, accepted=ALL)
        assert found is suite
        assert found.name == name
        with pytest.raises(Unsupported, match="does not accept"):
            suite_named(type_=suite.type, cryptosuite=suite.cryptosuite, accepted=ALL - {name})
        for type_, cryptosuite in (
            (suite.type, name + "x"),
            (suite.type + "x", suite.cryptosuite),
            (None, suite.cryptosuite),
            (suite.type, ["x"]),
        ):
            with pytest.raises(Unsupported, match="are not supported"):
                suite_named(type_=type_, cryptosuite=cryptosuite, accepted=ALL)
    for name in SUITES:
        if name != "Ed25519Signature2020":
            with pytest.raises(Unsupported, match="are not supported"):
                suite_named(type_=name, cryptosuite=None, accepted=ALL)
    with pytest.raises(Unsupported):
        suite_named(type_="DataIntegrityProof", cryptosuite="Ed25519Signature2020", accepted=ALL)
    with pytest.raises(Unsupported):
        suite_named(type_="Ed25519Signature2020", cryptosuite="Ed25519Signature2020", accepted=ALL)


def test_what_each_suite_is() -> None:
    ed25519 = {KeyKind.ED25519: "sha256"}
    ecdsa = {KeyKind.P256: "sha256", KeyKind.P384: "sha384"}
    rows = {name: (suite.type, suite.cryptosuite, dict(suite.hashes), suite.encoding) for name, suite in SUITES.items()}
    integrity = "DataIntegrityProof"
    assert rows == {
        "eddsa-rdfc-2022": (integrity, "eddsa-rdfc-2022", ed25519, "z"),
        "eddsa-jcs-2022": (integrity, "eddsa-jcs-2022", ed25519, "z"),
        "ecdsa-rdfc-2019": (integrity, "ecdsa-rdfc-2019", ecdsa, "z"),
        "ecdsa-jcs-2019": (integrity, "ecdsa-jcs-2019", ecdsa, "z"),
        "ecdsa-sd-2023": (integrity, "ecdsa-sd-2023", {KeyKind.P256: "sha256"}, "u"),
        "eddsa-2022": (integrity, "eddsa-2022", ed25519, "z"),
        "Ed25519Signature2020": ("Ed25519Signature2020", None, ed25519, "z"),
    }
    for suite in SUITES.values():
        for kind in KeyKind:
            if kind in suite.hashes:
                assert suite.hash_for(kind) == suite.hashes[kind]
            else:
                with pytest.raises(Unsupported):
                    suite.hash_for(kind)
    assert [HASHES[name](b"").digest_size for name in ("sha256", "sha384")] == [32, 48]


@pytest.mark.parametrize("found", [None, [], {}, "x", 5, [{}], ["x"], [PROOF, "x"], [PROOF, {}], [[PROOF]]], ids=repr)
def test_where_there_is_no_proof_nothing_is_signed(found: Any) -> None:
    for document in ({"proof": found}, {"name": "b"} if found is None else {"proof": found, "name": "b"}):
        with pytest.raises(UnsecuredError) as caught:
            proof_objects(document, max_proofs=4)
        assert caught.value.pointer == "/proof"


def test_each_proof_has_its_place_and_there_are_so_many_at_most() -> None:
    assert proof_objects({"proof": PROOF}, max_proofs=1) == [("/proof", PROOF)]
    assert proof_objects({"proof": [PROOF]}, max_proofs=1) == [("/proof/0", PROOF)]
    assert [here for here, _ in proof_objects({"proof": [PROOF] * 3}, max_proofs=3)] == [
        "/proof/0",
        "/proof/1",
        "/proof/2",
    ]
    with pytest.raises(TooManyProofsError, match="4 proofs; at most 3"):
        proof_objects({"proof": [PROOF] * 4}, max_proofs=3)


def test_at_most_four_proofs_build_on_others() -> None:
    building = PROOF | {"previousProof": "urn:1"}
    assert len(proof_objects({"proof": [PROOF, *[building] * 4]}, max_proofs=9)) == 5
    with pytest.raises(TooManyProofsError, match="More than 4"):
        proof_objects({"proof": [building] * 5}, max_proofs=9)


@pytest.mark.parametrize(
    ("method", "foreign"),
    [
        (ISSUER + "#key-1", False),
        (ISSUER, False),
        (STRANGER + "#key-1", True),
        ("did:web:school.example.evil.example#key-1", True),
        (STRANGER + "#" + ISSUER, True),
        (None, False),
        (5, False),
        ({}, False),
        ({"controller": ISSUER}, False),
        ({"controller": STRANGER}, True),
        ({"controller": STRANGER, "id": ISSUER + "#k"}, True),
        ({"id": ISSUER + "#k"}, False),
        ({"id": STRANGER + "#k"}, True),
        ("#" + ISSUER, True),
    ],
    ids=str,
)
def test_whose_key_is_named(method: Any, foreign: bool) -> None:
    assert is_foreign(method, ISSUER) is foreign
    assert not is_foreign(method, None)
    assert own_or_unknown([of(ISSUER + "#k"), of(method)], ISSUER)(method) is not foreign


def test_a_key_at_an_address_of_its_own_counts_where_no_proof_is_the_partys() -> None:
    address = "https://keys.example/1"
    methods = [address, address + "#k", STRANGER + "#k", "http://keys.example/1", {"id": address}]
    unknown = own_or_unknown([of(method) for method in methods], ISSUER)
    assert [unknown(method) for method in methods] == [True, False, False, False, False]
    known = own_or_unknown([of(address), of(ISSUER + "#k")], ISSUER)
    assert [known(address), known(ISSUER + "#k")] == [False, True]


def parsed(*proofs: dict[str, Any], party: str | None = ISSUER) -> Any:
    return parse_proofs({"@context": CONTEXT, "proof": list(proofs)}, max_proofs=9, suites=ALL, party=party)


def test_a_strangers_proof_is_listed_and_never_read() -> None:
    nonsense = {"verificationMethod": STRANGER + "#k", "junk": 1}
    carried = {"verificationMethod": {"controller": STRANGER}}
    found = parsed(nonsense, PROOF, carried)
    assert found.foreign == (STRANGER + "#k", STRANGER)
    assert [proof.pointer for proof in found.claimed] == ["/proof/1"]
    assert found.problems == ()


def test_a_proof_of_nobody_counts_as_the_partys() -> None:
    found = parsed(PROOF, {"junk": 1}, {"verificationMethod": {}, "type": 5})
    assert [proof.pointer for proof in found.claimed] == ["/proof/0"]
    assert [problem.pointer for problem in found.problems] == ["/proof/1", "/proof/2"]
    assert found.foreign == ()


def test_each_problem_says_where_it_is() -> None:
    found = parsed(PROOF | {"cryptosuite": "none"}, PROOF | {"junk": 1}, PROOF | {"id": 5})
    assert [problem.pointer for problem in found.problems] == ["/proof/0", "/proof/1/junk", "/proof/2/id"]
    assert [type(problem) for problem in found.problems] == [Unsupported, MalformedValueError, MalformedValueError]
    assert "is not a member" in found.problems[1].detail
    assert found.claimed == ()


def test_what_the_party_builds_on_counts_through_every_link() -> None:
    first = of(STRANGER + "#1", id="urn:1")
    second = of(STRANGER + "#2", id="urn:2", previousProof="urn:1")
    own = PROOF | {"id": "urn:3", "previousProof": ["urn:2"]}
    aside = of(STRANGER + "#4", id="urn:4", previousProof="urn:3")
    nameless = of(STRANGER + "#5")
    found = parsed(first, second, own, aside, nameless)
    assert [proof.id for proof in found.claimed] == ["urn:1", "urn:2", "urn:3"]
    assert found.foreign == (STRANGER + "#4", STRANGER + "#5")
    assert [proof.id for proof in parsed(first, own | {"previousProof": "urn:1"}).claimed] == ["urn:1", "urn:3"]


def test_what_strangers_build_on_does_not_count() -> None:
    first = of(STRANGER + "#1", id="urn:1")
    second = of(STRANGER + "#2", id="urn:2", previousProof="urn:1")
    found = parsed(first, second, PROOF)
    assert found.foreign == (STRANGER + "#1", STRANGER + "#2")
    assert [proof.pointer for proof in found.claimed] == ["/proof/2"]


def test_everybodys_proofs_count_where_no_party_is_named() -> None:
    found = parsed(PROOF, of(STRANGER + "#k"), party=None)
    assert len(found.claimed) == 2
    assert found.foreign == ()


A, B, C = ({"id": "urn:a"}, {"id": "urn:b", "previousProof": "urn:a"}, {"id": "urn:c", "previousProof": ["urn:b", 5]})


def test_what_is_named_and_what_is_reached() -> None:
    assert named(A) == []
    assert named(B) == ["urn:a"]
    assert named(C) == ["urn:b"]
    assert reached([], [A, B, C]) == set()
    assert reached(["urn:c"], [A, B, C]) == {"urn:a", "urn:b", "urn:c"}
    assert reached(["urn:b", "urn:x"], [A, B, C]) == {"urn:a", "urn:b", "urn:x"}
    circle = [{"id": "urn:a", "previousProof": "urn:b"}, {"id": "urn:b", "previousProof": ["urn:a", "urn:c"]}, C]
    assert reached(["urn:a"], circle) == {"urn:a", "urn:b", "urn:c"}


@pytest.mark.parametrize(
    ("previous", "text"),
    [
        ([], "not there"),
        (None, "not there"),
        ("urn:x", "not there"),
        (["urn:a", "urn:x"], "not there"),
        (["urn:a", 5], "not there"),
        ("urn:t", "not there"),
        (["urn:a", "urn:a"], "twice"),
        ("urn:d", "itself"),
        (["urn:a", "urn:e"], "itself"),
    ],
    ids=str,
)
def test_a_proof_builds_on_others_that_are_there_once(previous: Any, text: str) -> None:
    proof = {"id": "urn:d", "previousProof": previous}
    twice = {"id": "urn:t"}
    beside: list[Any] = [A, B, proof, twice, twice, {"id": "urn:e", "previousProof": "urn:d"}]
    with pytest.raises(ProofVerificationError, match=text) as caught:
        previous_proofs(proof, beside=beside, here="/proof/2")
    assert caught.value.pointer == "/proof/2/previousProof"


def test_a_sound_chain_keeps_its_order() -> None:
    proof = {"id": "urn:d", "previousProof": ["urn:b", "urn:a"]}
    assert previous_proofs(proof, beside=[A, B, proof], here="/proof") == ("urn:b", "urn:a")
    assert previous_proofs(A, beside=[A], here="/proof") == ()
    assert previous_proofs({"previousProof": "urn:b"}, beside=[A, B], here="/proof") == ("urn:b",)


def test_the_document_without_its_proofs() -> None:
    assert without_proof({"name": "b", "proof": PROOF, "proofs": 1}) == {"name": "b", "proofs": 1}
    assert without_proof({"name": "b"}) == {"name": "b"}
    with pytest.raises(ProblemError):
        parse_proofs({}, max_proofs=1, suites=ALL, party=None)
