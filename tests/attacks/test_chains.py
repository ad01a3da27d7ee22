"""Attacks on proofs that build on proofs (A25), and on several proofs beside each other (A24)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.attacks.signers import PAIRS, SIGNERS, WHOLE, forced, judged, signed_as
from tests.attacks.world import ASKED, ATTACKER_SIGNER, DAY, LEARNER, LEARNER_SIGNER, NOW, plain, types, unsigned
from tests.laws.jsonld.oracles import by_pyld
from vc import Verdict, add_proof, presentation
from vc.did import key_did
from vc.keys import KeyKind
from vc.multibase import base58btc_decode
from vc.problems import DataLossError, ProofGenerationError, ProofVerificationError
from vc.proof import SUITES

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
FIRST, SECOND, THIRD = "urn:uuid:first", "urn:uuid:second", "urn:uuid:third"
ED25519 = KeyKind.ED25519
LEGACY = "Ed25519Signature2020"
CHAINED = [name for name in WHOLE if name != LEGACY]


def extended(document: Any, signer: Any = SIGNERS[ED25519], suite: str = "eddsa-rdfc-2022", **more: Any) -> Any:
    """The document with one more proof."""
    options: dict[str, Any] = {"purpose": "assertionMethod", "created": NOW - 50 * DAY}
    nobody = {"challenge": None, "domain": None}
    return plain(add_proof(document, signer=signer, suite=suite, **(options | nobody | more)))


def chain(name: str = "eddsa-rdfc-2022", kind: KeyKind = ED25519) -> dict[str, Any]:
    """A badge with three proofs: the second builds on the first, the third on both."""
    document = signed_as(name, kind, proof_id=FIRST)
    document = extended(document, SIGNERS[kind], name, proof_id=SECOND, previous=[FIRST])
    return extended(document, SIGNERS[kind], name, proof_id=THIRD, previous=[FIRST, SECOND])


def changed(document: dict[str, Any], index: int, **members: Any) -> dict[str, Any]:
    """The document with one proof changed; ``None`` takes a member away."""
    proofs = [dict(proof) for proof in document["proof"]]
    proofs[index] = {key: value for key, value in (proofs[index] | members).items() if value is not None}
    return {**document, "proof": proofs}


@pytest.mark.parametrize(("name", "kind"), [pair for pair in PAIRS if pair[0] != LEGACY], ids=str)
def test_A25_a_sound_chain_of_every_suite_is_genuine(name: str, kind: KeyKind) -> None:
    document = chain(name, kind)
    report = judged(document)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check("proof-policy").facts["proofs"] == ["/proof/0", "/proof/1", "/proof/2"]
    backwards = {**document, "proof": document["proof"][::-1]}
    verdict = judged(backwards).verdict
    assert verdict is (Verdict.NOT_GENUINE if "jcs" in name else Verdict.GENUINE_AND_CURRENT)


@pytest.mark.parametrize("second", CHAINED)
@pytest.mark.parametrize("first", WHOLE)
def test_A25_suites_build_on_each_other(first: str, second: str) -> None:
    kinds = [next(iter(SUITES[name].hashes)) for name in (first, second)]
    context = "https://w3id.org/security/suites/ed25519-2020/v1"
    document = unsigned() | {"@context": [*unsigned()["@context"], context]}
    document = signed_as(first, kinds[0], document, proof_id=FIRST)
    document = extended(document, SIGNERS[kinds[1]], second, previous=[FIRST])
    assert judged(document).verdict is Verdict.GENUINE_AND_CURRENT
    document["proof"][0]["created"] = "2027-01-05T00:00:00Z"
    assert judged(document).verdict is Verdict.NOT_GENUINE


def test_a_context_that_a_covered_proof_repeats_changes_no_statement() -> None:
    document = extended(signed_as("eddsa-jcs-2022", ED25519, proof_id=FIRST), previous=[FIRST])
    first, second = document["proof"]
    assert first["@context"] == document["@context"]
    whole = {**document, "proof": [first]}
    signature = base58btc_decode(second["proofValue"][1:])
    options = {name: value for name, value in second.items() if name != "proofValue"}
    message = b"".join(
        hashlib.sha256(by_pyld(value)).digest() for value in (options | {"@context": document["@context"]}, whole)
    )
    SIGNERS[ED25519].public_key.verify(signature, message)


@pytest.mark.parametrize("index", [1, 2])
@pytest.mark.parametrize(
    "previous",
    [
        "urn:uuid:nowhere",
        ["urn:uuid:nowhere"],
        [FIRST, "urn:uuid:nowhere"],
        SECOND,
        THIRD,
        [FIRST, THIRD],
        [FIRST, FIRST],
        [],
        5,
        [5],
        [[FIRST]],
        {"id": FIRST},
        "",
        FIRST + " ",
    ],
    ids=str,
)
def test_A25_a_chain_that_dangles_turns_in_circles_or_says_nothing(index: int, previous: Any) -> None:
    report = judged(changed(chain(), index, previousProof=previous))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "PROOF_VERIFICATION_ERROR" in types(report)


@pytest.mark.parametrize("previous", [[], [FIRST, 5], [FIRST, None], [FIRST, FIRST]], ids=str)
def test_A25_an_odd_list_is_refused_though_it_was_signed_so(previous: Any) -> None:
    start = signed_as("eddsa-jcs-2022", ED25519, proof_id=FIRST)
    honest = forced("eddsa-jcs-2022", ED25519, document=start, covering=(FIRST,), previousProof=[FIRST])
    assert judged(honest).verdict is Verdict.GENUINE_AND_CURRENT
    covering = (FIRST,) if previous else ()
    document = forced("eddsa-jcs-2022", ED25519, document=start, covering=covering, previousProof=previous)
    report = judged(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "PROOF_VERIFICATION_ERROR" in types(report)


def test_A25_a_proof_that_builds_on_none_does_not_cover_those_beside_it() -> None:
    report = judged(changed(chain(), 1, previousProof=None))
    assert report.verdict is Verdict.NOT_GENUINE


def test_A25_a_circle_of_two_and_of_three() -> None:
    whole = chain()
    for document in (
        changed(whole, 0, previousProof=SECOND),
        changed(whole, 0, previousProof=THIRD),
        changed({**whole, "proof": whole["proof"][:2]}, 0, previousProof=[SECOND]),
    ):
        report = judged(document)
        assert report.verdict is Verdict.NOT_GENUINE
        assert any("builds on itself" in problem.detail for problem in report.problems)


def test_A25_a_proof_that_is_missing_or_there_twice() -> None:
    whole = chain()
    first, second, third = whole["proof"]
    for proofs in ([second], [third], [first, third], [second, third], [first, first, second]):
        report = judged({**whole, "proof": proofs})
        assert report.verdict is Verdict.NOT_GENUINE, proofs
    assert judged({**whole, "proof": [first]}).verdict is Verdict.GENUINE_AND_CURRENT
    for proofs in ([first, second], [first, second, second]):
        assert judged({**whole, "proof": proofs}).verdict is Verdict.GENUINE_AND_CURRENT


def test_A25_what_is_built_on_must_verify_itself() -> None:
    """The last proof is made over a first one that is forged: it verifies, and the chain does not."""
    document = signed_as("eddsa-rdfc-2022", ED25519, proof_id=FIRST)
    document["proof"]["created"] = "2027-01-05T00:00:00Z"
    document = extended(document, previous=[FIRST])
    report = judged(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert [problem.type.rsplit("#")[1] for problem in report.check("signature").problems] == [
        "PROOF_VERIFICATION_ERROR"
    ]


def test_A25_what_the_issuer_builds_on_counts_though_a_stranger_made_it() -> None:
    signed_by_a_stranger = extended(unsigned(), ATTACKER_SIGNER, proof_id=FIRST)
    document = extended(signed_by_a_stranger, previous=[FIRST])
    assert judged(document).verdict is Verdict.GENUINE_AND_CURRENT
    assert judged(signed_by_a_stranger).verdict is Verdict.NOT_GENUINE
    report = judged(changed(document, 0, created="2027-01-05T00:00:00Z"))
    assert report.verdict is Verdict.NOT_GENUINE


def test_A25_what_builds_on_the_issuers_proof_helps_nobody_and_harms_nobody() -> None:
    document = signed_as("eddsa-rdfc-2022", ED25519, proof_id=FIRST)
    countersigned = extended(document, ATTACKER_SIGNER, previous=[FIRST])
    report = judged(countersigned)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check("proof-policy").facts["foreignProofs"] == [ATTACKER_SIGNER.verification_method]
    assert judged(changed(countersigned, 1, previousProof="urn:uuid:nowhere")).verdict is Verdict.GENUINE_AND_CURRENT
    assert judged(changed(countersigned, 0, created="2027-01-05T00:00:00Z")).verdict is Verdict.NOT_GENUINE


def test_A25_the_oldest_suite_knows_no_chains() -> None:
    document = signed_as(LEGACY, ED25519, proof_id=FIRST)
    with pytest.raises(DataLossError):
        extended(document, suite=LEGACY, previous=[FIRST])
    document["proof"] = [document["proof"], document["proof"] | {"id": SECOND, "previousProof": FIRST}]
    assert judged(document).verdict is Verdict.NOT_GENUINE


def test_A25_no_chain_is_made_that_could_not_be_verified() -> None:
    document = signed_as("eddsa-rdfc-2022", ED25519, proof_id=FIRST)
    for previous in (["urn:uuid:nowhere"], [FIRST, FIRST], [THIRD]):
        with pytest.raises(ProofVerificationError):
            extended(document, proof_id=THIRD, previous=previous)
    with pytest.raises(ProofGenerationError):
        extended(extended(extended(chain())))


@pytest.mark.parametrize("name", WHOLE)
def test_A24_each_of_the_issuers_proofs_must_verify_whatever_their_suites(name: str) -> None:
    context = "https://w3id.org/security/suites/ed25519-2020/v1"
    start = unsigned() | {"@context": [*unsigned()["@context"], context]}
    document = signed_as(name, next(iter(SUITES[name].hashes)), start)
    document = extended(document, SIGNERS[KeyKind.P256], "ecdsa-jcs-2019")
    assert judged(document).verdict is Verdict.GENUINE_AND_CURRENT
    for index in (0, 1):
        report = judged(changed(document, index, created="2027-01-05T00:00:00Z"))
        assert report.verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize(("name", "kind"), PAIRS, ids=str)
def test_a_holder_answers_with_any_suite_and_key(name: str, kind: KeyKind) -> None:
    key = SIGNERS[kind].public_key
    holder = key_did(key)
    signer = type(SIGNERS[kind])(SIGNERS[kind].seed, f"{holder}#{key.multikey}")
    badge = unsigned()
    badge["credentialSubject"]["id"] = holder
    document = presentation.build([signed_as("ecdsa-jcs-2019", KeyKind.P384, badge)], id=None, holder=holder)
    context = "https://w3id.org/security/suites/ed25519-2020/v1" if name == LEGACY else None
    asked = {"purpose": "authentication", "created": NOW, "extra_context": context} | ASKED
    shown = plain(add_proof(document, signer=signer, suite=name, **asked))
    report = judged(shown, **ASKED)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check("holder-binding").facts["binding"] == "bound"
    for change in ({"challenge": "c-2"}, {"domain": "https://other.example"}, {"created": "2027-03-03T10:00:00Z"}):
        assert judged({**shown, "proof": shown["proof"] | change}, **ASKED).verdict is Verdict.NOT_GENUINE


def test_B8_four_proofs_may_build_on_others_and_no_fifth() -> None:
    badge = unsigned()
    badge["credentialSubject"]["id"] = LEARNER
    document = presentation.build([signed_as("eddsa-jcs-2022", ED25519, badge)] * 6, id=None, holder=LEARNER)
    asked = {"purpose": "authentication", "created": NOW} | ASKED
    for number in range(6):
        previous = [f"urn:uuid:{number - 1}"] if number else []
        if number == 5:
            assert judged(document, **ASKED).verdict is Verdict.GENUINE_AND_CURRENT
            first = dict(document["proof"][0])
            document["proof"].append(first | {"id": "urn:uuid:5", "previousProof": "urn:uuid:4"})
            assert types(judged(document, **ASKED)) >= {"too-many-proofs"}
        else:
            more = {"proof_id": f"urn:uuid:{number}", "previous": previous}
            document = extended(document, LEARNER_SIGNER, "eddsa-jcs-2022", **asked, **more)


def test_B8_a_presentation_with_a_chain_of_thirty() -> None:
    """Each proof that builds on others has the document written down once more."""
    shown = [signed_as("eddsa-rdfc-2022", ED25519)] * 32
    document = presentation.build(shown, id=None, holder=LEARNER)
    proofs = [{"id": f"urn:uuid:{number}", "previousProof": f"urn:uuid:{number + 1}"} for number in range(31)]
    report = judged({**document, "proof": proofs}, **ASKED)
    assert report.verdict not in GENUINE
    assert types(report) >= {"too-many-proofs"}
