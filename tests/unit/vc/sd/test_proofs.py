"""Base proofs, what is derived from them, and the check of what is shown."""

import copy
import itertools
from dataclasses import replace
from typing import Any

import pytest

from tests.bench.samples import issuer, record
from tests.selective import (
    CREATED,
    DID,
    HMAC_KEY,
    PROOF_KEY,
    SEED,
    SIGNER,
    derive,
    issue,
    judge,
    plain,
    rich,
    value_of,
)
from vc import Ed25519Signer, P256Signer, Verdict, add_proof
from vc.checks import Outcome
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.problems import (
    BaseProofShown,
    BudgetExceeded,
    DataLossError,
    ProofGenerationError,
    ProofVerificationError,
    Unsupported,
)
from vc.proof import SUITES, sd
from vc.proof.sd import issuing
from vc.proof.sd.derive import base_proof
from vc.proof.sd.options import options_of

ACHIEVEMENT = "/credentialSubject/achievement"


def make(document: dict, **changes: Any) -> dict:
    arguments = {
        "signer": SIGNER,
        "mandatory_pointers": ["/issuer"],
        "created": CREATED,
        "hmac_key": HMAC_KEY,
        "proof_key": PROOF_KEY,
    }
    return dict(sd.create_base_proof(document, **(arguments | changes)))


def test_the_whole_badge_is_shown_and_nothing_else_is_in_it() -> None:
    document = rich()
    shown = dict(sd.reveal_all(issue(document)))
    assert {name: value for name, value in shown.items() if name != "proof"} == document
    assert judge(shown).check("signature").outcome is Outcome.PASSED


def test_the_mandatory_part_alone_is_genuine_and_current() -> None:
    document = plain()
    shown = derive(issue(document))
    achievement = document["credentialSubject"]["achievement"]
    assert shown["credentialSubject"]["achievement"] == {
        name: achievement[name] for name in ("id", "type", "name", "description", "criteria")
    }
    assert judge(shown).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(shown).check("proof-policy").facts["selective"] is True


def test_what_other_programs_cannot_disclose() -> None:
    shown = derive(
        issue(rich()),
        f"{ACHIEVEMENT}/resultDescription/2/allowedValue",
        f"{ACHIEVEMENT}/creator/address/geo/latitude",
    )
    achievement = shown["credentialSubject"]["achievement"]
    (description,) = achievement["resultDescription"]
    assert description["allowedValue"] == ["2.F", "2.D", "2.C", "2.B", "2.A"]
    assert achievement["creator"]["address"]["geo"] == {"type": "GeoCoordinates", "latitude": 20.97}
    assert judge(shown).check("signature").outcome is Outcome.PASSED


def test_a_piece_of_an_ordered_list_is_not_selected() -> None:
    with pytest.raises(ProofGenerationError, match="allowedValue have an order"):
        derive(issue(rich()), f"{ACHIEVEMENT}/resultDescription/2/allowedValue/1")
    with pytest.raises(ProofGenerationError, match="allowedValue have an order"):
        make(rich(), mandatory_pointers=[f"{ACHIEVEMENT}/resultDescription/2/allowedValue/0"])


def test_a_piece_of_a_value_that_is_one_statement_is_not_selected() -> None:
    document = plain()
    document["name"] = {"@value": "Apicultura", "@language": "es"}
    base = make(document)
    assert derive(base, "/name")["name"] == document["name"]
    for piece in ("@language", "@value"):
        with pytest.raises(DataLossError):
            derive(base, f"/name/{piece}")
    document["credentialSubject"] = {"type": "JsonSchema", "jsonSchema": {"title": "A", "description": "B"}}
    base = make(document)
    assert derive(base, "/credentialSubject/jsonSchema")["credentialSubject"] == document["credentialSubject"]
    with pytest.raises(ProofGenerationError, match="only as a whole"):
        derive(base, "/credentialSubject/jsonSchema/title")


def test_an_object_that_stands_in_two_places() -> None:
    document = plain()
    profile = {"type": ["Profile"], "id": "urn:uuid:00000000-0000-4000-8000-00000000abcd", "name": "X"}
    document["credentialSubject"]["source"] = profile
    document["credentialSubject"]["achievement"]["creator"] = profile
    shown = derive(issue(document), "/credentialSubject/source")
    assert judge(shown).check("signature").outcome is Outcome.PASSED


def test_mandatory_parts_only_and_selected_parts_only() -> None:
    base = make(plain(), mandatory_pointers=[""])
    assert value_of(derive(base)).signatures == ()
    assert judge(derive(base)).verdict is Verdict.GENUINE_AND_CURRENT
    everything = make(plain())
    assert value_of(derive(everything)).mandatory_indexes


def test_parts_without_an_id_that_look_alike() -> None:
    """Which of two equal results is which cannot be told, and need not be: what they say is the same."""
    document = rich()
    result = {"type": ["Result"], "value": "A"}
    document["credentialSubject"]["result"] = [result, result, {**result, "value": "B"}, {**result, "status": "Failed"}]
    base = issue(document)
    pieces = [f"/credentialSubject/result/{index}/{name}" for index in range(4) for name in ("type", "value")]
    for chosen in itertools.combinations(pieces, 3):
        assert judge(derive(base, *chosen)).check("signature").outcome is Outcome.PASSED, chosen


def test_a_transcript_is_shown_with_all_that_it_contains() -> None:
    document = record(1, sign=signed_line, did=DID, children=4)
    for base in (issue(document), make(document)):
        assert judge(derive(base, "/credentialSubject")).check("signature").outcome is Outcome.PASSED
    assert judge(derive(issue(document))).verdict is Verdict.GENUINE_AND_CURRENT


def signed_line(document: dict) -> dict:
    unsigned = {name: value for name, value in document.items() if name != "credentialStatus"}
    arguments = {"purpose": "assertionMethod", "created": CREATED, "challenge": None, "domain": None}
    unsigned["issuer"] = issuer(1, did=DID)
    return dict(add_proof(unsigned, signer=SIGNER, suite="ecdsa-rdfc-2019", **arguments))


def test_labels_are_written_in_the_order_of_their_numbers() -> None:
    labels = value_of(derive(issue(rich()), "")).labels
    assert len(labels) > 10
    assert list(labels) == list(range(len(labels)))


def test_a_base_proof_without_mandatory_parts_is_read_though_never_made() -> None:
    """Others make them: then the holder may leave out everything but what is selected, yet not everything."""
    with pytest.raises(ProofGenerationError, match="At least one part"):
        make(plain(), mandatory_pointers=[])
    base = without_mandatory(plain())
    shown = derive(base, "/issuer", "/validFrom")
    assert value_of(shown).mandatory_indexes == ()
    assert judge(shown).check("signature").outcome is Outcome.PASSED
    with pytest.raises(ProofGenerationError, match="Nothing was selected"):
        derive(base)


def without_mandatory(document: dict) -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issuing, "_check_pointers", lambda pointers: None)
        return make(document, mandatory_pointers=[])


@pytest.mark.parametrize(
    ("pointers", "reason"),
    [
        ("/issuer", "At least one part"),
        (["/" + "a" * 1_024], "At most 1000 mandatory pointers"),
        (["/issuer", "/" + "a" * 1_024], "At most 1000 mandatory pointers"),
        (["/" + "a" * 1_023], "There is nothing at"),
        (["/issuer"] * 1_001, "At most 1000 mandatory pointers"),
    ],
    ids=["text", "long", "long beside short", "longest", "many"],
)
def test_mandatory_pointers_that_are_not_kept(pointers: object, reason: str) -> None:
    with pytest.raises(ProofGenerationError, match=reason):
        make(plain(), mandatory_pointers=pointers)


def test_as_many_mandatory_pointers_as_are_read_are_kept() -> None:
    _, value = base_proof(make(plain(), mandatory_pointers=["/issuer"] * 1_000))
    assert value.mandatory_pointers == ("/issuer",) * 1_000


def test_the_options_of_a_base_proof() -> None:
    proof = make(plain())["proof"]
    value = proof.pop("proofValue")
    assert value.startswith("u")
    assert proof == {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-sd-2023",
        "created": "2026-05-01T09:00:00Z",
        "verificationMethod": SIGNER.verification_method,
        "proofPurpose": "assertionMethod",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": Ed25519Signer(SEED, SIGNER.verification_method)},
        {"hmac_key": HMAC_KEY[:31]},
        {"proof_key": PROOF_KEY[:31]},
        {"proof_key": bytes(32)},
    ],
    ids=["Ed25519", "short HMAC key", "short key", "zero"],
)
def test_keys_of_another_kind_or_length(changes: dict) -> None:
    with pytest.raises(ValueError, match="P-256"):
        make(plain(), **changes)


def test_what_cannot_be_signed() -> None:
    with pytest.raises(ProofGenerationError, match="has a proof already"):
        make(make(plain()))
    with pytest.raises(DataLossError):
        make(plain() | {"undefined": "word"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issuing, "MAX_SIGNATURES", 3)
        with pytest.raises(BudgetExceeded, match="at most 3"):
            make(plain())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(issuing, "MAX_BYTES", 100)
        with pytest.raises(BudgetExceeded, match="at most 100 are read"):
            make(plain())


def test_what_can_just_be_signed() -> None:
    _, value = base_proof(make(plain()))
    most = {"MAX_SIGNATURES": len(value.signatures), "MAX_BYTES": len(value.to_bytes())}
    for name, count in most.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(issuing, name, count)
            assert len(base_proof(make(plain()))[1].signatures) == len(value.signatures)
            patch.setattr(issuing, name, count - 1)
            with pytest.raises(BudgetExceeded, match=f"at most {count - 1} are"):
                make(plain())


class Broken:
    """A signer whose signatures are of another key."""

    public_key = SIGNER.public_key
    verification_method = SIGNER.verification_method

    def sign(self, message: bytes) -> bytes:
        return P256Signer(PROOF_KEY, "").sign(message)


def test_a_signature_that_does_not_verify_is_never_handed_out() -> None:
    with pytest.raises(ProofGenerationError, match="does not verify"):
        make(plain(), signer=Broken())


def test_base_and_derived_are_told_apart() -> None:
    base = make(plain())
    assert sd.is_base_proof(base["proof"])
    assert not sd.is_base_proof(derive(base)["proof"])
    assert not sd.is_base_proof({"cryptosuite": "eddsa-rdfc-2022"})
    assert not sd.is_base_proof(None)
    assert sd.is_base_proof({"cryptosuite": "ecdsa-sd-2023", "proofValue": "u"}) is False
    with pytest.raises(ProofGenerationError, match="a selection already"):
        derive(derive(base))
    with pytest.raises(ProofGenerationError, match="here are none"):
        derive(plain())
    with pytest.raises(ProofGenerationError, match="here are 2"):
        derive({**base, "proof": [base["proof"], base["proof"]]})


def test_a_base_proof_beside_a_proof_of_another_suite() -> None:
    base = make(plain())
    beside = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z"}
    assert derive({**base, "proof": [beside, base["proof"]]}) == derive(base)


def test_a_base_proof_of_another_document() -> None:
    base = make(plain())
    with pytest.raises(ProofGenerationError, match="another document"):
        derive({**base, "description": "One statement more."})


def test_what_was_issued_to_a_holder_wrongly_is_found_by_showing_everything() -> None:
    base = make(plain())
    forged = {**base, "name": "Something else"}
    assert judge(dict(sd.reveal_all(forged))).verdict is Verdict.NOT_GENUINE
    assert judge(dict(sd.reveal_all(base))).verdict is Verdict.GENUINE_AND_CURRENT


def parts_of(shown: dict) -> dict[str, Any]:
    document = {name: value for name, value in shown.items() if name != "proof"}
    return {
        "document": document,
        "options": options_of(shown["proof"], shown),
        "value": value_of(shown),
        "public_key": SIGNER.public_key,
        "budget": CREDENTIAL_BUDGET,
        "processor": PINNED,
    }


def check(parts: dict[str, Any], **changes: Any) -> None:
    arguments = parts | changes
    sd.verify_derived(arguments.pop("document"), **arguments)


def test_the_check_by_itself() -> None:
    parts = parts_of(derive(issue(rich()), "/credentialSubject/result/1"))
    value = parts["value"]
    check(parts)
    with pytest.raises(Unsupported):
        check(parts, public_key=Ed25519Signer(SEED, "").public_key)
    with pytest.raises(ProofVerificationError):
        check(parts, public_key=P256Signer(PROOF_KEY, "").public_key)
    with pytest.raises(ProofVerificationError, match="parts without an id"):
        check(parts, value=replace(value, labels={0: bytes(32)}))
    with pytest.raises(ProofVerificationError, match="beyond the statements"):
        check(parts, value=replace(value, mandatory_indexes=(*value.mandatory_indexes, 10_000)))
    behind_the_last = len(value.mandatory_indexes) + len(value.signatures)
    with pytest.raises(ProofVerificationError, match="beyond the statements"):
        check(parts, value=replace(value, mandatory_indexes=(*value.mandatory_indexes, behind_the_last)))
    with pytest.raises(ProofVerificationError, match="need a signature"):
        check(parts, value=replace(value, signatures=value.signatures[1:]))
    with pytest.raises(ProofVerificationError):
        check(parts, value=replace(value, signatures=value.signatures[::-1]))
    options = {**parts["options"], "created": "2026-05-01T09:00:01Z"}
    with pytest.raises(ProofVerificationError):
        check(parts, options=options)


def test_the_row_in_the_table_of_suites() -> None:
    suite = SUITES["ecdsa-sd-2023"]
    assert suite.scheme.max_proof_value > 500_000
    base, shown = make(plain()), derive(make(plain()))
    proof = shown["proof"]
    assert suite.scheme.prepared(proof, shown, processor=PINNED) == proof
    suite.scheme.check(sd.proof_value_of(proof["proofValue"]))
    with pytest.raises(BaseProofShown):
        suite.scheme.check(sd.proof_value_of(base["proof"]["proofValue"]))
    with pytest.raises(ProofGenerationError, match="create_base_proof"):
        add_proof(
            plain(),
            signer=SIGNER,
            suite="ecdsa-sd-2023",
            purpose="assertionMethod",
            created=CREATED,
            challenge=None,
            domain=None,
        )


def test_the_document_handed_in_is_left_alone() -> None:
    document = rich()
    before = copy.deepcopy(document)
    base = issue(document)
    kept = copy.deepcopy(base)
    sd.derive_proof(base, selective_pointers=["/credentialSubject/result/1"])
    assert document == before
    assert base == kept
    assert document["issuer"]["id"] == DID
