"""Documents of an odd form: nothing but a report comes out of a verdict (B), and a word is no disguise for another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.attacks import old_badges
from tests.attacks.nested import OB, V2, endorsement
from tests.attacks.test_data_model_1 import DATA_INTEGRITY, V1, older, sign
from tests.attacks.test_nested import fresh
from tests.attacks.world import (
    INDEX,
    NOW,
    REVOCATIONS,
    SCHOOL,
    evidence,
    judge,
    plain,
    policy,
    resource,
    signed,
    status_list,
    unsigned,
)
from tests.attacks.world import sign as world_sign
from tests.work import calls
from vc import Ed25519Signer, Outcome, Report, Verdict, serialize, verify
from vc.checks import CheckName
from vc.did import DidKey, did_document
from vc.jsonld import plans

VCDM = "https://www.w3.org/2018/credentials#"
DATE = "http://www.w3.org/2001/XMLSchema#dateTime"
OB_3_0_0 = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"


@pytest.mark.parametrize(
    "subject", [{"id": {}}, {"id": []}, {"id": None}, {"id": 1}, {}, [{"id": {"id": "x"}}], "x", []]
)
def test_B_an_endorsement_of_nothing_that_has_a_name_is_about_something_else(subject: Any) -> None:
    report = judge(signed() | {"endorsement": [endorsement() | {"credentialSubject": subject}]})
    assert report.verdict is Verdict.NOT_GENUINE
    check = report.check(CheckName.CREDENTIAL)
    assert "about something else" in check.problems[-1].detail


@pytest.mark.parametrize("address", ["http://[", "http://a]/", "https://[", "http://a:b/", "//", "x:"])
@pytest.mark.parametrize("loopback", [False, True])
def test_B_an_address_that_is_none_leaves_an_old_badge_open(address: str, loopback: bool) -> None:
    for badge in (old_badges.assertion(badge=address), old_badges.assertion(id=address)):
        report = old_badges.judge(badge, hosted=badge, loopback=loopback)
        assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def inline(definitions: Any) -> Report:
    """The verdict on a badge that brings these definitions, where the policy reads them."""
    badge = signed()
    badge["@context"] = [*badge["@context"], definitions]
    return verify(serialize(badge), evidence=evidence(), policy=replace(policy(), inline_contexts=True), now=NOW)


@pytest.mark.parametrize("meaning", [{}, [], ["@id"], {"@id": "https://a.example/"}, 1, True, None])
@pytest.mark.parametrize("word", ["id", "type", "mark"])
def test_B_a_word_that_is_defined_by_no_text_is_not_read(word: str, meaning: Any) -> None:
    assert inline({word: {"@id": meaning}}).verdict is not Verdict.GENUINE_AND_CURRENT


@pytest.mark.parametrize("word", ["credentialStatus", "validUntil", "evidence"])
def test_A13_a_document_that_brings_words_gives_none_of_its_own_another_name(
    word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = signed()
    kind = DATE if word == "validUntil" else "@id"
    badge["@context"] = [*badge["@context"], {"mark": {"@id": VCDM + word, "@type": kind}}]
    badge["mark"] = badge.pop(word)
    here, there = evidence(resource(REVOCATIONS, status_list(set_indices=(INDEX,)))), policy()
    accepting = replace(there, inline_contexts=True)
    report = verify(serialize(badge), evidence=here, policy=accepting, now=NOW)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED or word != "credentialStatus"
    assert report.check(CheckName.SIGNATURE).outcome is not Outcome.PASSED
    monkeypatch.setattr(plans, "refuse_second_word", lambda *_, **__: None)
    report = verify(serialize(badge), evidence=here, policy=accepting, now=NOW)
    assert report.check(CheckName.SIGNATURE).outcome is Outcome.PASSED  # the same statements


def test_A13_a_document_that_brings_words_gives_no_type_another_name() -> None:
    badge = signed()
    address = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"
    badge["@context"] = [*badge["@context"], {"Deed": address}]
    badge["credentialSubject"]["achievement"]["type"] = ["Deed"]
    report = verify(serialize(badge), evidence=evidence(), policy=replace(policy(), inline_contexts=True), now=NOW)
    assert "hides from who looks for" in report.check(CheckName.CONTEXTS).problems[0].detail


@pytest.mark.parametrize("length", [40, 300, 1_000])
def test_B2_a_long_chain_of_definitions_is_not_followed(length: int) -> None:
    chain = {f"a{number}": f"a{number + 1}" for number in range(length)} | {f"a{length}": "https://a.example/"}
    assert inline(chain).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert inline(dict(list(chain.items())[-9:])).verdict is Verdict.GENUINE_AND_CURRENT


def praised(times: int) -> bytes:
    """A badge with many words of its own and this many endorsements, which nobody signed."""
    badge = unsigned() | {"proof": {"type": "x"}}
    alignment = badge["credentialSubject"]["achievement"]["alignment"][0]
    badge["credentialSubject"]["achievement"]["alignment"] = [alignment] * 1_900
    praise = {
        "@context": [V2, OB],
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "credentialSubject": {"id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000ee09"},
    }
    badge["endorsement"] = [praise | {"id": f"urn:x:{number}"} for number in range(times)]
    return serialize(badge)


def test_B3_the_words_of_a_document_are_not_gone_through_again_for_each_endorsement() -> None:
    once, often = (calls(lambda n=times: judge(praised(n))) for times in (1, 101))  # type: ignore[misc]
    each = calls(lambda: judge(praised(2))) - once
    assert often < once + 150 * max(each, 100)
    assert each < 5_000  # going through all of them again takes 7,600 and more


def test_A23_a_text_that_spells_a_credential_is_not_judged_as_the_credential() -> None:
    badge = fresh(1)
    text = serialize(badge).decode()
    envelope = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [badge, text]}
    reports = judge(envelope).children
    assert [report.verdict for report in reports] == [Verdict.GENUINE_AND_CURRENT, Verdict.COULD_NOT_BE_CHECKED]
    turned = judge(envelope | {"verifiableCredential": [text, badge]}).children
    assert [report.verdict for report in turned] == [Verdict.COULD_NOT_BE_CHECKED, Verdict.GENUINE_AND_CURRENT]


def test_A12_the_word_of_a_type_is_no_disguise_for_a_member(monkeypatch: pytest.MonkeyPatch) -> None:
    badge = older()
    del badge["awardedDate"]
    badge["credentialSubject"]["achievement"]["creator"] = {"id": "https://maker.example/", "type": ["Profile"]}
    signed_badge = sign(badge | {"@context": [V1, OB_3_0_0]}, suite="eddsa-rdfc-2022")
    assert DATA_INTEGRITY in signed_badge["@context"]
    assert judge(signed_badge).verdict is Verdict.GENUINE_AND_CURRENT
    hidden = plain(signed_badge)
    achievement = hidden["credentialSubject"]["achievement"]
    achievement["Profile"] = achievement.pop("creator")
    assert judge(hidden).verdict is Verdict.NOT_GENUINE
    monkeypatch.setattr(plans, "refuse_second_word", lambda *_, **__: None)
    assert judge(hidden).check(CheckName.SIGNATURE).problems == ()


@pytest.mark.parametrize(
    ("media_type", "verdict"), [("text/plain", "couldNotBeChecked"), ("application/json", "genuineBut")]
)
def test_F_a_text_that_was_fetched_as_a_list_is_nobody_s_keys(media_type: str, verdict: str) -> None:
    # What is at hand for one address is used for whatever else is looked for there, in a later round.
    place = "https://pastes.example/raw/1"
    signer = Ed25519Signer(b"\3" * 32, place + "#key-1")
    document = plain(did_document(SCHOOL, [DidKey(fragment="key-1", public_key=signer.public_key)]))
    keys = serialize(document).replace(SCHOOL.encode(), place.encode())
    badge = unsigned(issuer={"id": place, "type": ["Profile"]})
    del badge["credentialStatus"]
    badge["validUntil"] = "2027-01-03T00:00:00Z"  # it has expired, and is genuine all the same
    report = judge(world_sign(badge, signer=signer), resource(place, keys, media_type=media_type))
    assert report.verdict.value == verdict
