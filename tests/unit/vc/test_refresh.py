"""A newer version: asked once, after the proof, only where the policy says so; and it never takes the old one's place."""

from dataclasses import replace

import pytest

from kit.fetch.kinds import KINDS, kind_of
from tests.attacks.world import (
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    NOW,
    REVOCATIONS,
    SCHOOL_SIGNER,
    evidence,
    policy,
    resource,
    sign,
    status_list,
    types,
    unsigned,
)
from vc import Outcome, Url, Verdict, serialize, verify
from vc.evidence import Resource
from vc.jose import JwtForm, sign_credential
from vc.timestamps import format_timestamp
from vc.wanted import Wanted, note

SERVICE = Url("https://school.example/orgs/river/newest/7f3a")
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def badge(begin=NOW - 60 * DAY, signer=None, **changes):
    document = unsigned(refreshService={"id": SERVICE, "type": "1EdTechCredentialRefresh"})
    document["@context"].append(EXTENSIONS)
    document |= {"validFrom": format_timestamp(begin)} | changes
    return sign(document, **({"signer": signer} if signer else {}))


def checked(document, *more, follow=True, **changes):
    wish = replace(policy(**changes), follow_refresh=follow)
    return verify(serialize(document), evidence=evidence(*more), policy=wish, now=NOW)


def newer(**changes):
    return badge(begin=NOW - DAY, **changes)


def test_by_default_nobody_is_asked_and_the_facts_say_that_there_is_an_address():
    report = checked(badge(), follow=False)
    check = report.check("refresh")
    assert report.headline_green
    assert check.outcome is Outcome.NOT_APPLICABLE
    assert check.facts == {"service": SERVICE, "followed": False}
    assert not report.missing


def test_it_is_asked_for_as_what_is_about_a_person():
    report = checked(badge())
    assert report.missing == {SERVICE}
    assert report.wanted[SERVICE] is Wanted.CREDENTIAL
    assert not kind_of(SERVICE, report.wanted[SERVICE]).kept
    assert set(KINDS) == set(Wanted)


def test_the_same_again_is_the_newest_version():
    document = badge()
    report = checked(document, resource(SERVICE, document))
    assert report.check("refresh").outcome is Outcome.PASSED
    assert report.headline_green


def test_a_newer_genuine_version_is_a_caution_about_the_one_in_hand():
    report = checked(badge(), resource(SERVICE, newer()))
    assert report.verdict is Verdict.GENUINE_BUT
    assert types(report) == {"newer-version"}
    facts = report.check("refresh").facts
    assert (facts["newer"], facts["newerValidFrom"]) == ("genuineAndCurrent", format_timestamp(NOW - DAY))


def test_a_newer_version_that_was_withdrawn_is_told_too():
    gone = newer(credentialStatus=[{**unsigned()["credentialStatus"][0], "statusListIndex": "9"}])
    gone = sign({**{k: v for k, v in gone.items() if k != "proof"}})
    report = checked(badge(), resource(SERVICE, gone), resource(REVOCATIONS, status_list(set_indices=(9,))))
    assert report.verdict is Verdict.GENUINE_BUT
    assert report.check("refresh").facts["newer"] == "withdrawn"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: {**newer(), "name": "Doctor of Welding"},
        lambda: newer(id="urn:uuid:5b6a5a7e-0000-4000-8000-00000000beef"),
        lambda: badge(begin=NOW - DAY, signer=ATTACKER_SIGNER, issuer={**unsigned()["issuer"], "id": ATTACKER}),
        lambda: badge(begin=NOW - 90 * DAY),
        lambda: b"<html>Sign in</html>",
        lambda: {"@context": [], "type": ["VerifiableCredential"]},
    ],
    ids=["altered", "another id", "another issuer", "older", "no credential", "nothing of the kind"],
)
def test_what_is_no_newer_version_is_no_news(answer):
    report = checked(badge(), resource(SERVICE, answer()))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check("refresh").outcome is Outcome.NOT_APPLICABLE


def test_an_address_that_does_not_answer_is_no_news():
    silent = Resource(url=SERVICE, body=b"", media_type="", retrieved=NOW, final=0, error="timeout")
    report = checked(badge(), silent)
    assert report.headline_green
    assert report.check("refresh").facts["unused"] == "timeout"


@pytest.mark.parametrize("address", ["https://127.0.0.1/x", "http://school.example/x", "file:///etc/passwd"])
def test_H17_no_request_to_a_private_place(address):
    report = checked(badge(refreshService={"id": address, "type": "1EdTechCredentialRefresh"}))
    assert not report.missing
    assert report.headline_green


def test_an_address_that_nobody_signed_is_not_asked():
    report = checked({**badge(), "name": "Doctor of Welding"})
    assert SERVICE not in report.missing
    assert report.verdict is Verdict.NOT_GENUINE


def test_another_kind_of_service_is_only_told():
    document = unsigned(refreshService={"id": SERVICE, "type": "https://services.example/#Renewal"})
    report = checked(sign(document))
    assert report.check("refresh").facts == {"service": SERVICE, "followed": False}
    assert not report.missing


def test_the_newer_version_is_not_refreshed_again():
    elsewhere = "https://school.example/orgs/river/newest/2"
    again = newer(refreshService={"id": elsewhere, "type": "1EdTechCredentialRefresh"})
    report = checked(badge(), resource(SERVICE, again))
    assert not report.missing
    assert report.verdict is Verdict.GENUINE_BUT


def test_what_the_newer_version_needs_is_asked_for():
    there = newer(issuer=unsigned()["issuer"])
    held = evidence(resource(SERVICE, there))
    entry = {**unsigned()["credentialStatus"][0], "statusListCredential": "https://school.example/orgs/river/status/8"}
    there = sign({**{k: v for k, v in newer().items() if k != "proof"}, "credentialStatus": [entry]})
    held |= {SERVICE: resource(SERVICE, there)}
    wish = replace(policy(), follow_refresh=True)
    report = verify(serialize(badge()), evidence=held, policy=wish, now=NOW)
    assert report.missing == {"https://school.example/orgs/river/status/8"}


def test_an_address_named_for_two_things_is_asked_for_as_the_more_private():
    found = {}
    note(found, SERVICE, Wanted.CREDENTIAL)
    note(found, SERVICE, Wanted.STATUS_LIST)
    assert found == {SERVICE: Wanted.CREDENTIAL}


def test_a_newer_version_that_does_not_say_from_when_it_holds():
    bare = {name: value for name, value in newer().items() if name not in {"proof", "validFrom"}}
    report = checked(badge(), resource(SERVICE, sign(bare)))
    assert "newerValidFrom" not in report.check("refresh").facts


def test_a_newer_version_may_come_as_a_token():
    bare = {name: value for name, value in newer().items() if name != "proof"}
    text = sign_credential(bare, signer=SCHOOL_SIGNER, form=JwtForm.VC_JWT, embed_key=False, issued=None)
    report = checked(badge(), resource(SERVICE, text.encode(), media_type="application/vc+jwt"))
    assert report.verdict is Verdict.GENUINE_BUT
    assert types(report) == {"newer-version"}
    altered = text[:-8] + "AAAAAAAA"
    assert checked(badge(), resource(SERVICE, altered.encode())).verdict is Verdict.GENUINE_AND_CURRENT
