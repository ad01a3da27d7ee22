"""Corners of the verdict that no ordinary document reaches, each with what it must come to."""

from __future__ import annotations

import pytest

from tests.attacks.nested import transcript_of
from tests.attacks.test_tokens_judged import token, verdict
from tests.attacks.world import NOW, SCHOOL_SIGNER, evidence, judge, policy, present, signed, types, unsigned
from tests.unit.vc.jose.tokens import part
from vc import Outcome, Verdict, jsonld
from vc.checks import CheckName, DocumentKind, Findings
from vc.credential_checks import Context, kind_of
from vc.document import mentions, written
from vc.jose import JwtForm, parse_compact
from vc.judging import ROOTS, Judge
from vc.nested import parts
from vc.problems import Unsupported
from vc.securing import Secured


def test_what_is_no_problem_is_not_recorded_and_goes_on() -> None:
    findings = Findings()
    with pytest.raises(KeyError), findings.attempt():
        raise KeyError("a programmer's mistake")
    assert findings.outcome() is Outcome.PASSED


class Translated(jsonld.Processor):
    """Reads every document as one whose types mean an envelope."""

    def type_iris(self, value: object, pointer: str) -> frozenset[str]:
        return frozenset({"https://www.w3.org/2018/credentials#EnvelopedVerifiableCredential"})


def test_an_envelope_by_another_name_of_its_type_is_not_opened() -> None:
    with pytest.raises(Unsupported):
        kind_of(signed(), processor=Translated(jsonld.PINNED.planner))


def test_a_presentation_in_a_token_for_credentials_is_neither() -> None:
    inside = Secured(document=present(signed()), jws=parse_compact(token(form=JwtForm.VC_JWT)))
    context = Context(evidence=evidence(), policy=policy(), now=NOW)
    report = Judge(inside, context=context, digest="", subject="", previous=None, expected=ROOTS).report()
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.check(CheckName.KIND).outcome is Outcome.FAILED


def test_a_token_that_is_out_of_its_time_and_whose_dates_are_none_is_out_of_its_time() -> None:
    payload = {**unsigned(), "exp": 1_700_000_000, "validUntil": "tomorrow"}
    head = {"alg": "EdDSA", "typ": "vc+jwt", "kid": SCHOOL_SIGNER.verification_method}
    signing_input = f"{part(head)}.{part(payload)}"
    text = f"{signing_input}.{part(SCHOOL_SIGNER.sign(signing_input.encode()))}"
    report = verdict(text)
    assert "proof-expired" in types(report)
    assert report.verdict is Verdict.NOT_GENUINE


def test_a_transcript_whose_subject_is_a_text_contains_nothing() -> None:
    document = transcript_of(signed()) | {"credentialSubject": ["did:example:1", {"id": "did:example:2"}]}
    assert parts(document, kind=DocumentKind.CLR_CREDENTIAL) == ()
    assert judge(document).verdict is Verdict.NOT_GENUINE


def test_what_cannot_be_written_as_json_is_looked_through_by_whoever_asks() -> None:
    assert mentions(written({"a": {1, 2}}), b'"b"')
    assert not mentions(written({"a": "x"}), b'"b"')
