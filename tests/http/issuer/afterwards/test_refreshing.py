"""The newest version of an award at an address of its own: for adults, where it was asked for, and for nobody else."""

import dataclasses
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.http.issuer.conftest import ORIGIN, Browser
from vc import verify
from vc.checks import CheckName, Verdict
from vc.document import CREDENTIAL_LIMITS, parse
from vc.evidence import Evidence, Resource
from vc.openbadges import EXTENSIONS_CONTEXT
from vc.policy import Policy

WELDING = {"name": "Welding", "description": "Welds.", "criteriaNarrative": "Shown twice.", "refreshing": True}


@pytest.fixture(scope="module")
def welding(desk):
    answer = desk.client.post(f"{desk.base}/achievements", json=WELDING)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def award(desk, welding):
    return desk.award(welding, results=[], adult=True)


@pytest.fixture
def follow(stranger, clock):
    """The verdict of a reader who asks for newer versions, from what the issuer publishes, fetched like anybody's."""

    def verdict(body):
        usual = Policy.recommended(
            recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None
        )
        policy, evidence = dataclasses.replace(usual, follow_refresh=True), Evidence({})
        for _round in range(5):
            report = verify(parse(body, limits=CREDENTIAL_LIMITS), evidence=evidence, policy=policy, now=clock.now())
            found = {}
            for url in report.missing:
                answer = stranger.get(url.removeprefix(ORIGIN), headers={"Accept": "application/vc"})
                assert answer.status_code == 200, url
                kind = answer.headers["content-type"]
                found[url] = Resource(url=url, body=answer.content, media_type=kind, retrieved=clock.now())
            if not found:
                break
            evidence |= Evidence(found)
        return report

    return verdict


def service(document):
    return document.json().get("refreshService", {}).get("id", "")


def correct(desk, award, welding, **members):
    body = {
        "achievement": welding["id"],
        "learnerName": "Jo",
        "identifier": "R-1017",
        "narrative": "Better.",
        **members,
    }
    return desk.client.post(
        f"{desk.credential(award)}/reissue", json=body, headers={"Idempotency-Key": str(members) + award["id"]}
    )


def test_a_correction_is_found_by_whoever_has_the_award(desk, award, stranger, follow, clock):
    welding = {"id": award["achievement"].rpartition("/")[2]}
    before = desk.document(award)
    place = service(before)
    assert place.startswith(f"{ORIGIN}/refresh/")
    assert before.json()["refreshService"]["type"] == "1EdTechCredentialRefresh"
    assert before.json()["@context"][-1] == EXTENSIONS_CONTEXT
    given = stranger.get(place.removeprefix(ORIGIN))
    assert (given.content, given.headers["content-type"]) == (before.content, "application/vc")
    assert given.headers["cache-control"] == "no-store"
    assert follow(before.content).verdict is Verdict.GENUINE_AND_CURRENT

    clock.advance(timedelta(seconds=2))
    assert correct(desk, award, welding, adult=True).status_code == 201
    after = stranger.get(place.removeprefix(ORIGIN))
    assert after.json()["id"] == before.json()["id"]
    assert after.json()["validFrom"] > before.json()["validFrom"]
    assert service(after) == place
    report = follow(before.content)
    assert report.verdict is Verdict.GENUINE_BUT
    assert report.check(CheckName.REFRESH).facts["newer"] == "genuineAndCurrent"
    assert follow(after.content).verdict is Verdict.GENUINE_AND_CURRENT

    desk.revoke(award)
    clock.advance(timedelta(seconds=2))
    assert follow(stranger.get(place.removeprefix(ORIGIN)).content).verdict is Verdict.WITHDRAWN


def test_the_learners_version_is_given_out_once_it_is_claimed(desk, award, stranger, wallet, clock):
    place = service(desk.document(award)).removeprefix(ORIGIN)
    claimed = wallet.claim(stranger, award["claim"]["url"], now=clock.now())
    assert stranger.get(place).content == claimed.content


def test_O8_nobody_who_is_not_known_to_be_an_adult_gets_such_an_address(desk, welding, award):
    plain = desk.award(welding, results=[])
    assert service(desk.document(plain)) == ""
    assert desk.client.get(desk.credential(plain)).json()["refreshes"] is False
    other = desk.client.post(f"{desk.base}/achievements", json={**WELDING, "refreshing": False}).json()
    assert service(desk.document(desk.award(other, results=[], adult=True))) == ""


def test_an_address_ends_when_a_correction_says_that_it_is_no_adult(desk, welding, award, stranger, clock):
    place = service(desk.document(award))
    clock.advance(timedelta(seconds=2))
    assert correct(desk, award, welding).status_code == 201
    assert service(desk.document(award)) == ""
    assert stranger.get(place.removeprefix(ORIGIN)).status_code == 404
    clock.advance(timedelta(seconds=2))
    assert correct(desk, award, welding, adult=True, term="Fall").status_code == 201
    assert service(desk.document(award)) not in {"", place}, "a new one, where it is an adult after all"


def test_J1_J2_addresses_cannot_be_guessed_and_tries_are_counted(app, desk, award):
    token = service(desk.document(award)).rpartition("/")[2]
    assert len(token) == 22
    visitor = TestClient(app, base_url=ORIGIN, client=("192.0.2.7", 1))
    assert visitor.get(f"/refresh/{token}").status_code == 200
    for wrong in ("x", token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "Q")):
        assert visitor.get(f"/refresh/{wrong}").status_code == 404
    answers = [visitor.get(f"/refresh/{'A' * 22}").status_code for _try in range(320)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_the_forms_ask_for_it(app, desk, welding):
    browser = Browser(app, "admin")
    page = f"/organisations/maple-co-op/award/{welding['id']}"
    assert "18 or older" in browser.get(page).text
    browser.submit(page, learnerName="Rosa", identifier="R-9", adult="1")
    assert "Whoever has the award can fetch it." in browser.follow().text
    plain = desk.client.post(f"{desk.base}/achievements", json={**WELDING, "refreshing": None}).json()
    assert plain["refreshing"] is False
    assert "18 or older" not in browser.get(f"/organisations/maple-co-op/award/{plain['id']}").text
    edit = f"/organisations/maple-co-op/achievements/{plain['id']}/edit"
    browser.get(edit)
    browser.submit(
        edit, name="Welding", description="d", criteriaNarrative="c", achievementType="Course", refreshing="yes"
    )
    browser.follow()
    assert desk.client.get(f"{desk.base}/achievements/{plain['id']}").json()["refreshing"] is True
