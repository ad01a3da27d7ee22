"""Pausing an award: on pages, for programs, over the VC-API; what everybody who checks it is told, and what nobody is."""

from datetime import timedelta

import pytest

from tests.http.issuer.conftest import bits_of
from tests.http.issuer.test_vc_api import withdraw
from vc.checks import Verdict
from vc.timestamps import format_timestamp

LICENCE = {
    "name": "Belay licence",
    "description": "Belays another climber.",
    "criteriaNarrative": "Shown twice.",
    "achievementType": "License",
}
REASON = "Her first-aid course has run out."


@pytest.fixture(scope="module")
def licence(desk):
    answer = desk.client.post(f"{desk.base}/achievements", json=LICENCE)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def award(desk, licence):
    return desk.award(licence, results=[])


def suspension(desk, award):
    return f"{desk.credential(award)}/suspension"


def suspend(desk, award, reason=REASON):
    return desk.client.put(suspension(desk, award), json={"reason": reason})


def bit(stranger, entries):
    entry = next(each for each in entries if each["statusPurpose"] == "suspension")
    path = entry["statusListCredential"].removeprefix("http://localhost:8001")
    published = stranger.get(path, headers={"Accept": "application/vc"})
    return int(entry["statusListIndex"]) in bits_of(published.content), published


def test_R4_a_pause_is_seen_within_a_second_and_lifting_it_too(desk, award, stranger, judge, clock):
    document = desk.document(award)
    entries = document.json()["credentialStatus"]
    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "message", "suspension"]
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT
    assert bit(stranger, entries)[0] is False

    answer = suspend(desk, award)
    assert (answer.status_code, answer.json()["suspended"]) == (200, format_timestamp(clock.now()))
    clock.advance(timedelta(seconds=1))
    is_set, published = bit(stranger, entries)
    assert is_set
    assert published.json()["description"].startswith("Set since the day before the colon: 2026-11-23: ")
    report = judge(document.content)
    assert report.verdict is Verdict.GENUINE_BUT
    assert [
        problem.type.rpartition("/")[2].rpartition("#")[2] for check in report.checks for problem in check.problems
    ] == ["suspended"]

    clock.advance(timedelta(minutes=10))
    answer = desk.client.delete(suspension(desk, award))
    assert (answer.status_code, answer.json()["suspended"]) == (200, None)
    clock.advance(timedelta(seconds=1))
    is_set, published = bit(stranger, entries)
    assert not is_set
    assert "description" not in published.json(), "lifting leaves nothing behind"
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_the_reason_is_for_the_desk_alone(desk, award, stranger, clock, caplog):
    link = award["claim"]["url"].removeprefix("http://localhost:8001")
    entries = desk.document(award).json()["credentialStatus"]
    suspend(desk, award)
    clock.advance(timedelta(seconds=1))
    found = desk.client.get(suspension(desk, award)).json()
    assert (found["pausable"], [item["reason"] for item in found["items"]]) == (True, [REASON])
    told = [
        *(stranger.get(entry["statusListCredential"].removeprefix("http://localhost:8001")).text for entry in entries),
        desk.client.get(f"{desk.base}/audit").text,
        desk.client.get(desk.credential(award)).text,
        stranger.get(link, headers={"Accept": "text/html"}).text,
        caplog.text,
    ]
    assert not [text for text in told if "first-aid" in text]
    assert "has paused this award for now" in told[-2]


def test_a_paused_award_is_claimed_corrected_and_withdrawn_and_stays_paused(desk, award, wallet, judge, clock):
    suspend(desk, award)
    claimed = wallet.claim(desk.client, award["claim"]["url"], now=clock.now())
    assert judge(claimed.content).verdict is Verdict.GENUINE_BUT
    release = desk.client.post(f"{desk.credential(award)}/release", headers={"Idempotency-Key": "r"})
    assert release.status_code == 409, "giving it to somebody else would lift the pause"
    body = {"achievement": award["achievement"].rpartition("/")[2], "learnerName": "Jo", "identifier": "R-1017"}
    again = desk.client.post(f"{desk.credential(award)}/reissue", json=body, headers={"Idempotency-Key": "c"})
    assert again.status_code == 201, again.text
    clock.advance(timedelta(seconds=2))
    assert judge(desk.document(award).content).verdict is Verdict.GENUINE_BUT
    assert desk.revoke(award).status_code == 200
    assert desk.client.delete(suspension(desk, award)).status_code == 409
    assert suspend(desk, award).status_code == 409
    clock.advance(timedelta(seconds=2))
    assert judge(desk.document(award).content).verdict is Verdict.WITHDRAWN


def test_a_pause_needs_a_reason_in_words(desk, award):
    for reason in ("", "  \n", "x" * 2001, "a\u0007"):
        answer = suspend(desk, award, reason)
        assert answer.status_code == 422, answer.text
        assert "reason" in {answer.json().get("field"), str(answer.json().get("pointer")).strip("/")}
    assert desk.client.get(desk.credential(award)).json()["suspended"] is None


def test_what_may_be_paused_is_said_with_the_achievement(desk, course, licence):
    assert (course["pausable"], licence["pausable"]) == (False, True)
    award = desk.award(course)
    answer = suspend(desk, award)
    assert answer.status_code == 409
    assert "without a pause" in answer.json()["detail"]
    path = f"{desk.base}/achievements/{licence['id']}"
    assert desk.client.put(path, json={**LICENCE, "pausable": False}).json()["pausable"] is False
    assert desk.client.put(path, json=LICENCE).json()["pausable"] is False, "what is not said stays as it was"
    assert desk.client.put(path, json={**LICENCE, "pausable": True}).json()["pausable"] is True
    assert "pausable" not in desk.client.get(path).json()["document"], "it is no part of what is signed"


ENTRY = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}


class TestVcApi:
    def test_a_status_of_the_purpose_suspension_is_set_and_set_back(self, desk, award, judge, clock):
        known = desk.document(award).json()["credentialStatus"][2]
        whole = {
            name: known[name] for name in ("type", "id", "statusPurpose", "statusListIndex", "statusListCredential")
        }
        answer = withdraw(desk.client, award["id"], credentialStatus=whole, options={"reason": REASON})
        assert (answer.status_code, answer.json()) == (
            200, {"credentialId": award["id"], "status": True, "since": format_timestamp(clock.now())},
        )  # fmt: skip
        assert desk.client.get(suspension(desk, award)).json()["items"][0]["reason"] == REASON
        clock.advance(timedelta(seconds=1))
        assert judge(desk.document(award).content).verdict is Verdict.GENUINE_BUT
        answer = withdraw(desk.client, award["id"], credentialStatus=ENTRY, status=False)
        assert answer.json() == {"credentialId": award["id"], "status": False, "since": None}
        assert withdraw(desk.client, award["id"], credentialStatus=ENTRY).json()["status"] is True, "without why"

    def test_a_withdrawal_is_not_set_back(self, desk, award):
        answer = withdraw(desk.client, award["id"], status=False)
        assert (answer.status_code, "cannot be taken back" in answer.text) == (422, True)


class TestPages:
    @pytest.fixture
    def page(self, award):
        return f"/organisations/maple-co-op/credentials/{award['id'].removeprefix('urn:uuid:')}"

    def test_a_pause_asks_once_and_is_lifted_by_one_button(self, browser, page):
        assert f'href="{page}/pause"' in browser.get(page).text
        assert "You can lift the pause at any time" in browser.get(f"{page}/pause").text
        browser.submit(f"{page}/pause", reason=" ")
        assert (browser.page.status_code, "left empty" in browser.page.text) == (422, True)
        browser.submit(f"{page}/pause", reason=REASON)
        shown = browser.follow().text
        for words in ("Paused", REASON.replace("'", "&#39;"), "Lift the pause", "23 November 2026"):
            assert words in shown
        assert f'href="{page}/pause"' not in shown
        assert "paused already" in browser.get(f"{page}/pause").text
        assert f'href="{page}"' in browser.get("/organisations/maple-co-op/credentials?state=paused").text
        browser.get(page)
        browser.submit(f"{page}/lift")
        shown = browser.follow().text
        assert "The award counts again" in shown
        assert "Pause lifted" in shown
        assert f'href="{page}"' not in browser.get("/organisations/maple-co-op/credentials?state=paused").text
        acts = browser.get("/organisations/maple-co-op/audit").text
        assert "Lifted the pause" in acts

    def test_an_award_without_the_possibility_offers_none(self, browser, desk, course):
        uuid = desk.award(course)["id"].removeprefix("urn:uuid:")
        page = f"/organisations/maple-co-op/credentials/{uuid}"
        assert "/pause" not in browser.get(page).text
        assert "made without a pause" in browser.get(f"{page}/pause").text

    def test_the_form_of_an_achievement_asks_whether_its_awards_can_be_paused(self, browser, desk, licence):
        path = f"/organisations/maple-co-op/achievements/{licence['id']}/edit"
        assert '<option value="yes" selected' in browser.get(path).text
        fields = {"name": "Belay licence", "description": "d", "criteriaNarrative": "c", "achievementType": "License"}
        browser.submit(path, **fields, pausable="no")
        browser.follow()
        assert desk.client.get(f"{desk.base}/achievements/{licence['id']}").json()["pausable"] is False
        new = "/organisations/maple-co-op/achievements/new"
        assert "As usual for its kind" in browser.get(new).text
        browser.submit(new, **fields, pausable="")
        made = browser.page.headers["location"].rpartition("/")[2]
        assert desk.client.get(f"{desk.base}/achievements/{made}").json()["pausable"] is True
