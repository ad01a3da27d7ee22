"""Tokens in the verdict: alone, in an envelope, inside a presentation or a transcript; every way in which they lie."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.attacks.nested import endorsement, transcript
from tests.attacks.test_nested import AT, endorsed, fresh, named
from tests.attacks.world import (
    ASKED,
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    INDEX,
    LEARNER,
    LEARNER_SIGNER,
    NOW,
    REVOCATIONS,
    SCHOOL,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    did_json,
    judge,
    policy,
    resource,
    status_list,
    types,
    unsigned,
)
from vc import Ed25519Signer, Outcome, Report, Verdict, presentation, replay
from vc.checks import CheckName, DocumentKind
from vc.did import DidKey, did_document
from vc.jose import JwtForm, in_envelope, parse_compact, sign_credential, sign_presentation
from vc.record import Record
from vc.securing import open_document
from vc.verified import VerifiedCredential

FORMS = [JwtForm.OPEN_BADGES, JwtForm.VC_JWT]


def token(
    document: dict[str, Any] | None = None,
    *,
    signer: Any = SCHOOL_SIGNER,
    form: JwtForm = JwtForm.OPEN_BADGES,
    embed_key: bool = False,
) -> str:
    """A badge of the school as a token."""
    return sign_credential(document or unsigned(), signer=signer, form=form, embed_key=embed_key, issued=None)


def shown(*credentials: Any, form: JwtForm = JwtForm.VP_JWT, signer: Any = LEARNER_SIGNER, **changes: Any) -> str:
    """A presentation as a token, in answer to the reader's question."""
    answer: dict[str, Any] = {
        "challenge": "c-1",
        "domain": "https://reader.example",
        "issued": NOW,
        "expires": NOW + DAY,
    }
    document = presentation.build(list(credentials), id=None, holder=changes.pop("holder", LEARNER))
    return sign_presentation(dict(document), signer=signer, form=form, embed_key=False, **(answer | changes))


def verdict(text: str | dict[str, Any], *more: Any, **changes: Any) -> Report:
    return judge(text.encode() if isinstance(text, str) else text, *more, **changes)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("embed_key", [False, True])
def test_a_token_of_the_school_is_genuine_current_and_green(form: JwtForm, embed_key: bool) -> None:
    report = verdict(token(form=form, embed_key=embed_key))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, report.problems
    assert report.headline_green
    assert report.document_kind is DocumentKind.ACHIEVEMENT_CREDENTIAL
    assert report.check(CheckName.ISSUER_KEY).facts["methods"] == [SCHOOL_SIGNER.verification_method]


def test_a_token_on_a_line_of_its_own_is_read() -> None:
    assert verdict("\n" + token() + "\n").verdict is Verdict.GENUINE_AND_CURRENT


def test_a_withdrawn_token_is_withdrawn() -> None:
    withdrawn = resource(REVOCATIONS, status_list(set_indices=(INDEX,)))
    assert verdict(token(), withdrawn).verdict is Verdict.WITHDRAWN


def test_a_token_in_an_envelope_is_the_same_and_shows_only_what_is_inside() -> None:
    inside = token(form=JwtForm.VC_JWT)
    assert verdict(in_envelope(inside)).verdict is Verdict.GENUINE_AND_CURRENT
    outside = {**in_envelope(inside), "name": "PhD"}
    assert verdict(outside).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_C1_a_changed_token_is_not_genuine() -> None:
    header, payload, signature = token().split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["credentialSubject"]["achievement"]["name"] = "Brain Surgery"
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    assert verdict(f"{header}.{changed}.{signature}").verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("form", FORMS)
def test_F1_a_token_signed_by_somebody_else_is_not_genuine(form: JwtForm) -> None:
    report = verdict(token(signer=ATTACKER_SIGNER, form=form))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in types(report)


def test_F2_a_key_that_the_token_brings_itself_counts_only_if_the_issuer_lists_it() -> None:
    stranger = Ed25519Signer(b"\x07" * 32, SCHOOL_SIGNER.verification_method)
    report = verdict(token(signer=stranger, embed_key=True))
    assert report.verdict is Verdict.NOT_GENUINE
    unheard = verdict(token(signer=stranger, embed_key=True), resource(SCHOOL_DOCUMENT, b"", error="unreachable"))
    assert unheard.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_F5_a_token_made_after_its_key_was_revoked_is_not_genuine() -> None:
    key = DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key, revoked=NOW - 90 * DAY)
    revoked = resource(SCHOOL_DOCUMENT, did_document(SCHOOL, [key]))
    assert judge(token().encode(), revoked).check(CheckName.ISSUER_KEY).outcome is Outcome.FAILED
    later = DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key, revoked=NOW - DAY)
    report = judge(token().encode(), resource(SCHOOL_DOCUMENT, did_document(SCHOOL, [later])))
    assert report.check(CheckName.ISSUER_KEY).outcome is Outcome.PASSED


def test_an_algorithm_that_the_policy_does_not_accept_leaves_the_question_open() -> None:
    from dataclasses import replace

    from tests.attacks.world import evidence
    from vc import verify

    strict = replace(policy(), algorithms=frozenset({"ES256"}))
    report = verify(token().encode(), evidence=evidence(), policy=strict, now=NOW)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "unsupported" in types(report)


def test_a_word_that_no_vocabulary_defines_is_signed_in_a_token_and_said() -> None:
    document = unsigned()
    document["credentialSubject"]["gpa"] = "4.0"
    report = verdict(token(document))
    assert report.check(CheckName.CONTEXTS).outcome is Outcome.PASSED
    assert "gpa" in str(report.check(CheckName.CONTEXTS).facts["undefined"])


def test_a_vocabulary_that_nobody_knows_leaves_open_what_the_words_of_a_token_mean() -> None:
    document = unsigned()
    document["@context"] = [*document["@context"], "https://evil.example/context"]
    assert verdict(token(document)).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_a_token_with_a_proof_inside_needs_both() -> None:
    both = fresh(1)
    assert verdict(token(both, form=JwtForm.VC_JWT)).verdict is Verdict.GENUINE_AND_CURRENT
    both["credentialSubject"]["achievement"]["name"] = "Brain Surgery"
    assert verdict(token(both, form=JwtForm.VC_JWT)).verdict is Verdict.NOT_GENUINE


def test_a_token_is_read_again_from_a_document_that_was_opened() -> None:
    data = token().encode()
    document = open_document(data)
    from tests.attacks.world import evidence
    from vc import verify

    report = verify(document, evidence=evidence(), policy=policy(), now=NOW)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    kept = VerifiedCredential.of(document, report)
    assert kept.view.achievement.name == "Welding I"
    record = Record(document=data, evidence=evidence(), policy=policy(), now=NOW, report=report)
    assert replay(Record.from_json(json.loads(json.dumps(record.to_json())))) == report


def test_an_envelope_is_opened_again_from_a_document_that_was_opened() -> None:
    from tests.attacks.world import evidence
    from vc import serialize, verify

    document = open_document(serialize(in_envelope(token(form=JwtForm.VC_JWT))))
    assert document.value["name"] == "Welding I"
    report = verify(document, evidence=evidence(), policy=policy(), now=NOW)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert VerifiedCredential.of(document, report).view.achievement.name == "Welding I"


# Presentations


@pytest.mark.parametrize("form", [JwtForm.VP_JWT, JwtForm.VCDM_1_PRESENTATION])
def test_a_presentation_as_a_token_answers_and_binds(form: JwtForm) -> None:
    report = verdict(shown(fresh(1), in_envelope(token(form=JwtForm.VC_JWT)), form=form), **ASKED)
    assert report.check("holder-binding").facts["binding"] == "bound"
    assert [child.verdict for child in report.children] == [Verdict.GENUINE_AND_CURRENT] * 2
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, [p.detail for p in report.problems]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"challenge": "c-2"}, "INVALID_CHALLENGE_ERROR"),
        ({"domain": "https://other.example"}, "INVALID_DOMAIN_ERROR"),
        ({"issued": NOW - 3 * DAY, "expires": NOW - 2 * DAY}, "proof-expired"),
        ({"issued": NOW + DAY, "expires": NOW + 2 * DAY}, "PROOF_VERIFICATION_ERROR"),
    ],
)
def test_G1_G2_a_presentation_made_for_another_question_is_not_genuine(changes: dict, problem: str) -> None:
    report = verdict(shown(fresh(1), **changes), **ASKED)
    assert report.verdict is Verdict.NOT_GENUINE
    assert problem in types(report)


def test_G4_a_presentation_of_somebody_else_s_token_is_not_bound() -> None:
    report = verdict(shown(fresh(1), signer=ATTACKER_SIGNER, holder=ATTACKER), **ASKED)
    assert report.verdict is Verdict.GENUINE_BUT
    assert report.check("holder-binding").facts["binding"] == "notBound"


def test_G4_a_presentation_that_names_a_holder_who_did_not_sign_it_is_not_genuine() -> None:
    report = verdict(shown(fresh(1), signer=ATTACKER_SIGNER, holder=LEARNER), **ASKED)
    assert report.verdict is Verdict.NOT_GENUINE


def test_a_presentation_without_a_holder_belongs_to_whoever_s_key_signed_it() -> None:
    report = verdict(shown(fresh(1), holder=None), **ASKED)
    assert report.check("holder-binding").facts["binding"] == "bound"


def test_a_presentation_that_names_nobody_and_no_key_cannot_be_checked() -> None:
    document = presentation.build([fresh(1)], id=None, holder=None)
    text = sign_presentation(
        dict(document),
        signer=LEARNER_SIGNER,
        form=JwtForm.VP_JWT,
        embed_key=True,
        challenge="c-1",
        domain="https://reader.example",
        issued=NOW,
        expires=NOW + timedelta(hours=1),
    )
    report = verdict(text, **ASKED)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_A20_a_credential_in_the_clothes_of_a_presentation_is_neither() -> None:
    text = shown(fresh(1))
    jws = parse_compact(text)
    assert jws.form is JwtForm.VP_JWT
    disguised = {**in_envelope(text), "type": "EnvelopedVerifiableCredential"}
    assert verdict(disguised).verdict is Verdict.COULD_NOT_BE_CHECKED


# Inside others


def test_a_transcript_may_contain_tokens() -> None:
    report = verdict(transcript(in_envelope(token(form=JwtForm.VC_JWT)), fresh(2)))
    assert [child.verdict for child in report.children] == [Verdict.GENUINE_AND_CURRENT] * 2
    assert named(report)[AT + "0"] is Outcome.PASSED


def test_A21_a_forged_token_in_a_presentation_makes_it_not_genuine() -> None:
    forged = in_envelope(token(signer=ATTACKER_SIGNER, form=JwtForm.VC_JWT))
    report = verdict(shown(forged, fresh(2)), **ASKED)
    assert report.verdict is Verdict.NOT_GENUINE
    assert named(report)["/verifiableCredential/0"] is Outcome.FAILED


def test_A21_what_cannot_be_read_in_a_presentation_leaves_it_unchecked() -> None:
    broken = {**in_envelope(token(form=JwtForm.VC_JWT)), "id": "data:application/vc+jwt,a.b.c"}
    report = verdict(shown(broken, fresh(2)), **ASKED)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.children[0].check(CheckName.PARSE).outcome is Outcome.FAILED


def test_an_endorsement_as_a_token_counts_like_any_other() -> None:
    from tests.attacks.nested import ENDORSER_SIGNER

    praise = {k: v for k, v in endorsement().items() if k != "proof"}
    document = {k: v for k, v in unsigned().items() if k != "credentialStatus"}
    text = sign_credential(praise, signer=ENDORSER_SIGNER, form=JwtForm.OPEN_BADGES, embed_key=False, issued=None)
    document["credentialSubject"]["achievement"]["endorsementJwt"] = [text]
    from tests.attacks.world import sign

    report = verdict(sign(document))
    assert report.children[0].document_kind is DocumentKind.ENDORSEMENT_CREDENTIAL
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, [p.detail for p in report.problems]
    assert endorsed
    document["credentialSubject"]["achievement"]["endorsementJwt"] = [token(signer=ATTACKER_SIGNER)]
    assert verdict(sign(document)).verdict is not Verdict.GENUINE_AND_CURRENT


def test_a_status_list_as_a_token_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {k: v for k, v in status_list(set_indices=(INDEX,)).items() if k != "proof"}
    text = sign_credential(bare, signer=SCHOOL_SIGNER, form=JwtForm.VC_JWT, embed_key=False, issued=None)
    report = verdict(token(), resource(REVOCATIONS, text.encode()))
    assert report.verdict is Verdict.WITHDRAWN
    forged = sign_credential(bare, signer=ATTACKER_SIGNER, form=JwtForm.VC_JWT, embed_key=False, issued=None)
    assert verdict(token(), resource(REVOCATIONS, forged.encode())).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert did_json()
