"""Attacks on what nobody signed: the order of subjects, the spelling of a type, and what an envelope says by itself."""

import json

import pytest

from tests.attacks.guards import badge_by_address, canonicalize_naively, two_subjects, without_proof_of
from tests.attacks.world import (
    ASKED,
    ATTACKER,
    ATTACKER_SIGNER,
    LEARNER,
    NOW,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    SUITE,
    judge,
    present,
    resource,
    sign,
    signed,
    types,
    unsigned,
)
from vc import DocumentKind, Outcome, Verdict, add_proof
from vc.credential_checks import kind_of
from vc.jsonld import PINNED, Budget
from vc.proof.adding import contained

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
V2 = "https://www.w3.org/ns/credentials/v2"


def bare(*subjects: dict) -> dict:
    """A credential that is no badge, about these."""
    document = unsigned()
    kept = {name: document[name] for name in ("id", "validFrom", "credentialStatus")}
    members = {"@context": [V2], "type": ["VerifiableCredential"], "issuer": document["issuer"]["id"]}
    return sign({**members, **kept, "credentialSubject": list(subjects)})


@pytest.mark.parametrize("order", [1, -1])
def test_A21_two_subjects_bind_neither(order: int) -> None:
    shared = bare({"id": LEARNER}, {"id": ATTACKER})
    shared["credentialSubject"] = shared["credentialSubject"][::order]
    for signer, holder in ((ATTACKER_SIGNER, ATTACKER), (None, LEARNER)):
        shown = present(shared, signer=signer, holder=holder) if signer else present(shared)
        report = judge(shown, **ASKED)
        assert report.check("holder-binding").facts["binding"] == "notBound"
        assert not report.headline_green


def test_A21_one_subject_with_a_nameless_one_beside_it_is_not_bound() -> None:
    shown = present(bare({"id": LEARNER}, {"description": "somebody else"}))
    assert judge(shown, **ASKED).check("holder-binding").facts["binding"] == "notBound"
    assert judge(present(bare({"id": LEARNER})), **ASKED).headline_green


def test_A21_a_badge_about_two_learners_keeps_to_no_rule() -> None:
    report = judge(sign(two_subjects()))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.check("schema").outcome is Outcome.FAILED


def test_A20_a_type_by_its_address_does_not_escape_the_schema() -> None:
    assert judge(badge_by_address()).verdict not in GENUINE


def test_A20_a_type_is_what_it_means(monkeypatch: pytest.MonkeyPatch) -> None:
    badge = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"
    types = frozenset({badge, "https://other.example/"})
    monkeypatch.setattr("vc.jsonld.Processor.type_iris", lambda self, value, pointer: types)
    assert kind_of(badge_by_address(), processor=PINNED) is DocumentKind.ACHIEVEMENT_CREDENTIAL


@pytest.mark.parametrize(
    "address",
    [
        "https://www.w3.org/2018/credentials#EnvelopedVerifiableCredential",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#EndorsementCredential",
        "https://purl.imsglobal.org/spec/vc/clr/vocab.html#ClrCredential",
        "https://www.w3.org/ns/credentials/status#BitstringStatusListCredential",
        "https://www.w3.org/2018/credentials#VerifiablePresentation",
    ],
)
def test_A20_nor_does_another_kind_by_its_address(address: str) -> None:
    document = signed()
    document["type"].append(address)
    assert judge(document).verdict not in GENUINE


def test_A22_an_unsigned_envelope_is_usable_and_its_holder_is_no_fact() -> None:
    envelope = without_proof_of(present(signed(), holder=None))
    assert judge(envelope).headline_green
    for holder in (LEARNER, {"id": LEARNER, "name": "Jonah"}):
        report = judge(envelope | {"holder": holder})
        assert report.verdict is Verdict.GENUINE_BUT
        assert not report.headline_green
        assert types(report) == {"holder-not-bound"}
        assert report.check("holder-binding").facts == {"holders": [], "binding": "notChecked"}


@pytest.mark.parametrize(
    "more",
    [
        {"name": "Harvard's letter of admission"},
        {"description": "All of it checked."},
        {"@context": [V2, "https://attacker.example/context"]},
        {"@context": [V2, {"graduated": "https://attacker.example/#"}]},
        {"graduated": True},
        {"type": ["VerifiablePresentation", "Diploma"]},
    ],
    ids=str,
)
def test_A22_what_an_unsigned_envelope_says_is_never_green(more: dict) -> None:
    report = judge(without_proof_of(present(signed(), holder=None)) | more)
    assert report.verdict not in GENUINE


@pytest.mark.parametrize("body", [{"error": "maintenance"}, {"id": 5}, {"id": "maintenance"}, {}], ids=str)
def test_F4_a_notice_of_maintenance_proves_nothing(body: dict) -> None:
    report = judge(signed(), resource(SCHOOL_DOCUMENT, json.dumps(body).encode()))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "evidence-unavailable" in types(report)


def test_B1_a_transcript_may_be_as_large_when_it_is_signed_as_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials in a CLR's subject count, whether there is one subject or several."""
    asked: list[int] = []
    count = Budget.for_credentials

    def noted(number: int) -> Budget:
        asked.append(number)
        return count(number)

    monkeypatch.setattr("vc.proof.adding.Budget.for_credentials", noted)
    monkeypatch.setattr("vc.jsonld.Processor.canonicalize", canonicalize_naively)
    document = unsigned()
    document["credentialSubject"]["verifiableCredential"] = [signed(), signed(2), signed(3)]
    options = {"signer": SCHOOL_SIGNER, "suite": SUITE, "purpose": "assertionMethod", "created": NOW}
    add_proof(document, **options, challenge=None, domain=None)
    assert asked[-1] == 3
    assert contained({"credentialSubject": [document["credentialSubject"], "x", {"verifiableCredential": {}}]}) == 4
    assert contained({"verifiableCredential": [{}, {}]}) == 2
