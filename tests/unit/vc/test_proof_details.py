"""What the checks of proofs say in detail: which count, what speaks against them, their keys and their signatures."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.attacks.world import (
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    LEARNER,
    LEARNER_SIGNER,
    NOW,
    SCHOOL,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    did_json,
    evidence,
    policy,
    resource,
    signed,
)
from vc import Outcome, Url, jsonld
from vc import credential_checks as checks
from vc.checks import Findings
from vc.credential import CONTEXT
from vc.credential_checks import Context
from vc.did import KeyUrl, VerificationMethod
from vc.problems import (
    IssuerMismatchError,
    KeyExpiredError,
    KeyRevokedError,
    MalformedValueError,
    NotReached,
    ProblemError,
    ProofExpiredError,
    ProofVerificationError,
    TooManyProofsError,
    Unsupported,
)
from vc.proof import Proof, parse_proofs
from vc.proof.parsing import Proofs
from vc.proof.suites import suite_named

SKEW = timedelta(seconds=300)
KEY = SCHOOL_SIGNER.verification_method
METHOD = VerificationMethod(id=KEY, controller=SCHOOL, public_key=SCHOOL_SIGNER.public_key, expires=None, revoked=None)


def context(*found: Any, **changes: Any) -> Context:
    """What checks are handed in the small world."""
    return Context(evidence=evidence(*found), policy=replace(policy(), **changes), now=NOW)


def details(findings: Findings) -> list[tuple[str, str | None]]:
    """The types and the places of what was found."""
    return [(problem.type.rsplit("#", 1)[1], problem.pointer) for problem in findings.problems]


def name_of(problem: type[ProblemError]) -> str:
    return problem.type.rsplit("#", 1)[1]


# Which proofs count


def entry(method: str = KEY, **changes: Any) -> dict[str, Any]:
    """A proof that can be read."""
    members = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2027-01-02T10:02:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "proofValue": signed()["proof"]["proofValue"],
    } | changes
    return {name: value for name, value in members.items() if value is not None}


def proof(method: str = KEY, **changes: Any) -> Proof:
    """A proof as it has been read."""
    document: Any = {"@context": [CONTEXT], "proof": entry(method)}
    (found,) = parse_proofs(document, max_proofs=1, suites=policy().suites, party=None).claimed
    return replace(found, **changes)


def asked(
    proofs: list[Any], *, party: str | None = SCHOOL, shown: int = 0, purpose: str = "assertionMethod"
) -> tuple[Findings, list[Proof]]:
    """What comes of looking at these proofs, and which of them count."""
    findings = Findings()
    found: list[Proof] = []
    document = {"@context": [CONTEXT], "proof": proofs, "verifiableCredential": [{}] * shown}
    with findings.attempt():
        found = checks.check_proof_policy(findings, document=document, party=party, purpose=purpose, context=context())
    return findings, found


def test_what_is_told_of_the_proofs_that_count() -> None:
    findings, found = asked(
        [entry(), entry(created="2027-01-03T10:02:00Z"), entry(ATTACKER_SIGNER.verification_method)]
    )
    assert [each.pointer for each in found] == ["/proof/0", "/proof/1"]
    assert findings.facts == {
        "foreignProofs": [ATTACKER_SIGNER.verification_method],
        "proofs": ["/proof/0", "/proof/1"],
        "created": "2027-01-02T10:02:00Z",
    }
    assert not findings.problems
    undated, _ = asked([entry(created=None)])
    assert undated.facts == {"proofs": ["/proof/0"]}
    later, _ = asked([entry(created=None), entry()])
    assert later.facts["created"] == "2027-01-02T10:02:00Z"


@pytest.mark.parametrize("names", [["ecdsa-sd-2023"], ["eddsa-rdfc-2022", "ecdsa-sd-2023"]])
def test_a_proof_of_a_selection_is_told(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    suites = (suite_named(type_="DataIntegrityProof", cryptosuite=name, accepted=policy().suites) for name in names)
    found = Proofs(claimed=tuple(proof(suite=suite) for suite in suites), problems=(), foreign=())
    monkeypatch.setattr(checks, "parse_proofs", lambda _document, **_: found)
    findings, _ = asked([])
    assert findings.facts["selective"] is True


def test_a_presentation_has_a_proof_for_each_of_its_credentials_within_reason() -> None:
    too_many = [(name_of(TooManyProofsError), "/proof")]
    for count, party, shown, fits in (
        (4, SCHOOL, 0, True),
        (5, SCHOOL, 6, False),
        (4, None, 1, True),
        (6, None, 6, True),
        (7, None, 6, False),
        (32, None, 40, True),
        (33, None, 40, False),
    ):
        findings, _ = asked([entry()] * count, party=party, shown=shown)
        assert details(findings) == ([] if fits else too_many), count


def test_only_somebody_else_s_proofs_are_no_proof_of_the_issuer() -> None:
    others = [entry(ATTACKER_SIGNER.verification_method), entry(LEARNER_SIGNER.verification_method)]
    findings, found = asked(others)
    signers = f"{ATTACKER_SIGNER.verification_method}, {LEARNER_SIGNER.verification_method}"
    assert not found
    assert details(findings) == [(name_of(IssuerMismatchError), "/proof")]
    assert findings.problems[0].detail == f"Signed with {signers}, which is not a key of {SCHOOL}."
    assert findings.facts == {"foreignProofs": signers.split(", ")}
    unknowable, _ = asked(others, party="urn:uuid:5b6a5a7e-0000-4000-8000-000000000001")
    assert details(unknowable) == [(name_of(Unsupported), None)]


def test_a_proof_that_cannot_be_read_is_told_and_is_not_somebody_else_s() -> None:
    findings, found = asked([entry(proofValue="x")])
    assert details(findings) == [(name_of(MalformedValueError), "/proof/0/proofValue")]
    assert not found
    assert findings.facts == {"proofs": []}


def test_for_whom_nothing_can_be_looked_up() -> None:
    for party in ("did:example:1", "https://school.example/"):
        checks.refuse_unknowable(party, context=context())
    with pytest.raises(Unsupported):
        checks.refuse_unknowable("urn:did:x", context=context())


def test_what_speaks_against_a_proof_before_its_signature() -> None:
    assert not checks.proof_problems(proof(), purpose="assertionMethod", context=context())
    bad = proof(created=NOW + DAY, expires=NOW - DAY)
    found = checks.proof_problems(bad, purpose="authentication", context=context())
    assert [(type(problem), problem.pointer, problem.detail) for problem in found] == [
        (
            ProofVerificationError,
            "/proof/proofPurpose",
            "The proof was made for assertionMethod, not for authentication.",
        ),
        (ProofVerificationError, "/proof/created", "The proof says that it was made in the future."),
        (ProofExpiredError, "/proof/expires", "The proof was only to be used until 2027-03-02T10:02:00Z."),
    ]
    findings, _ = asked([entry()], purpose="authentication")
    assert details(findings) == [(name_of(ProofVerificationError), "/proof/0/proofPurpose")]


def test_the_times_of_a_proof_may_be_off_by_the_difference_of_clocks() -> None:
    second = timedelta(seconds=1)
    for created, fine in ((None, True), (NOW + SKEW, True), (NOW + SKEW + second, False)):
        assert (checks.created_problem(proof(created=created), context()) is None) is fine
    for expires, fine in ((None, True), (NOW - SKEW + second, True), (NOW - SKEW, False)):
        assert (checks.expiry_problem(proof(expires=expires), context()) is None) is fine


# Their keys

KEYS: dict[str, Any] = {"relationship": "assertionMethod"}


def test_the_keys_of_the_proofs_are_told_with_the_age_of_what_lists_them() -> None:
    findings = Findings()
    found = checks.check_keys(findings, proofs=[proof()], party=SCHOOL, context=context(), **KEYS)
    assert [(each.pointer, method.id) for each, method in found] == [("/proof", KEY)]
    assert findings.facts == {"methods": [KEY], "retrieved": (NOW - DAY / 4).isoformat(), "fromCache": False}
    generated = Findings()
    key = LEARNER_SIGNER.verification_method
    checks.check_keys(generated, proofs=[proof(key)], party=LEARNER, context=context(), **KEYS)
    assert generated.facts == {"methods": [key]}


def test_a_key_that_is_not_listed_is_told_with_the_age_of_the_list() -> None:
    findings = Findings()
    assert not checks.check_keys(findings, proofs=[proof(f"{SCHOOL}#other")], party=SCHOOL, context=context(), **KEYS)
    assert findings.facts == {"methods": [], "retrieved": (NOW - DAY / 4).isoformat(), "fromCache": False}
    assert findings.outcome() is Outcome.FAILED


def test_of_several_lists_of_keys_the_age_of_the_oldest_is_told() -> None:
    place = Url("https://other.example/.well-known/did.json")
    older = resource(place, {}, retrieved=NOW - DAY, from_cache=True)
    findings = Findings()
    named_there = [KeyUrl(controller="did:web:other.example", fragment="key-1")]
    checks.tell_of_keys(findings, [METHOD], named=named_there, context=context(older))
    assert findings.facts == {"methods": [KEY], "retrieved": (NOW - DAY).isoformat(), "fromCache": True}


def test_keys_with_an_end_are_told_and_those_of_the_token_stay() -> None:
    findings = Findings()
    findings.facts |= {"methods": ["urn:token"], "retired": ["urn:token"]}
    revoked, expiring = replace(METHOD, id="urn:r", revoked=NOW), replace(METHOD, id="urn:e", expires=NOW)
    checks.tell_of_keys(findings, [METHOD, revoked, expiring], named=(), context=context())
    assert findings.facts["methods"] == ["urn:token", KEY, "urn:r", "urn:e"]
    assert findings.facts["retired"] == ["urn:token", "urn:r", "urn:e"]


def test_a_key_of_another_kind_than_the_suite_asks_for_is_not_used() -> None:
    ecdsa = suite_named(type_="DataIntegrityProof", cryptosuite="ecdsa-rdfc-2019", accepted=policy().suites)
    findings = Findings()
    assert not checks.check_keys(findings, proofs=[proof(suite=ecdsa)], party=SCHOOL, context=context(), **KEYS)
    assert details(findings) == [(name_of(Unsupported), None)]


def test_a_key_that_a_proof_carries_has_to_be_listed_by_the_party() -> None:
    carried = proof(LEARNER_SIGNER.verification_method, embedded_key=LEARNER_SIGNER.public_key)
    anybody = checks.key_of(carried, party=None, context=context(), **KEYS)
    assert anybody.controller == LEARNER
    with pytest.raises(ProblemError):
        checks.key_of(carried, party=SCHOOL, context=context(), **KEYS)
    lent = replace(carried, embedded_key=SCHOOL_SIGNER.public_key)
    assert checks.key_of(lent, party=SCHOOL, context=context(), **KEYS).id == KEY


def test_a_key_at_an_address_of_its_own_is_the_party_s_or_refused() -> None:
    place = Url("https://keys.example/1")
    document = {
        "id": place,
        "type": "Multikey",
        "controller": ATTACKER,
        "publicKeyMultibase": ATTACKER_SIGNER.public_key.multikey,
    }
    here = context(resource(place, document, media_type="application/json"))
    found = checks.key_of(proof(place), party=None, context=here, **KEYS)
    assert found.controller == ATTACKER
    assert checks.key_of(proof(place), party=ATTACKER, context=here, **KEYS).controller == ATTACKER
    with pytest.raises(IssuerMismatchError) as refused_one:
        checks.key_of(proof(place), party=SCHOOL, context=here, **KEYS)
    assert refused_one.value.detail == f"The key {place} belongs to {ATTACKER}, not to {SCHOOL}."
    assert refused_one.value.pointer == "/proof/verificationMethod"


def test_a_key_is_not_used_from_its_end_on() -> None:
    before = NOW - timedelta(seconds=1)
    for ended, problem, words in (
        (replace(METHOD, revoked=NOW), KeyRevokedError, "was revoked on"),
        (replace(METHOD, expires=NOW), KeyExpiredError, "expired on"),
    ):
        checks.check_key_period(before, ended, pointer="/proof")
        for created in (None, NOW):
            with pytest.raises(problem) as refused_one:
                checks.check_key_period(created, ended, pointer="/proof")
            assert refused_one.value.detail == f"The key {KEY} {words} 2027-03-03T10:02:00Z."
            assert refused_one.value.pointer == "/proof"
    checks.check_key_period(None, METHOD, pointer="/proof")
    findings = Findings()
    gone = did_json()
    gone["verificationMethod"][0]["revoked"] = "2027-01-01T00:00:00Z"
    here = context(resource(SCHOOL_DOCUMENT, gone))
    assert not checks.check_keys(findings, proofs=[proof()], party=SCHOOL, context=here, **KEYS)
    assert details(findings) == [(name_of(KeyRevokedError), "/proof")]
    assert "retired" not in findings.facts


# Their signatures


def compared(keys: list[tuple[Proof, VerificationMethod]], expected: int, *, digest: Any = ...) -> Findings:
    document = signed()
    bare = {name: value for name, value in document.items() if name != "proof"}
    canonical = jsonld.canonicalize(bare, hash_name="sha256", budget=jsonld.CREDENTIAL_BUDGET)
    findings = Findings()
    with findings.attempt():
        checks.check_signatures(
            findings,
            document=document,
            keys=keys,
            expected=expected,
            digest=hashlib.sha256(canonical).hexdigest() if digest is ... else digest,
            budget=jsonld.CREDENTIAL_BUDGET,
            processor=context().processor,
        )
    return findings


def test_every_proof_is_compared_and_one_without_a_key_leaves_the_question_open() -> None:
    (real,) = parse_proofs(signed(), max_proofs=1, suites=policy().suites, party=SCHOOL).claimed
    assert compared([(real, METHOD)], 1).outcome() is Outcome.PASSED
    unreached = [(name_of(NotReached), None)]
    for keys, expected in (([], 0), ([], 1), ([(real, METHOD)], 2)):
        findings = compared(keys, expected)
        assert (findings.outcome(), details(findings)) == (Outcome.INDETERMINATE, unreached)
    unknown = compared([(real, METHOD)], 1, digest=None)
    assert (unknown.outcome(), details(unknown)) == (Outcome.INDETERMINATE, unreached)
    stranger = replace(METHOD, public_key=ATTACKER_SIGNER.public_key)
    assert compared([(real, stranger)], 1).outcome() is Outcome.FAILED
