"""Public pages of awards: both want it, nobody is a minor, the name shows when asked for, and either takes it back."""

import json
import re
from datetime import datetime, timedelta

import pytest

from issuer.store import erasing, tables
from tests.http.issuer.conftest import COURSE, ORIGIN, Wallet
from tests.http.issuer.outside import house, outside

__all__ = ["house", "outside"]

NAME = "Quillon Farquharson"
BOT = {"User-Agent": "Mozilla/5.0 (compatible; PreviewBot/1.0)", "Accept": "text/html,*/*"}


class Award:
    """An award, its claim link, and the public page that it may have."""

    def __init__(self, outside):
        self.outside = outside.wake()
        self.given = self.award(learnerName=NAME)
        self.claim = self.given["claim"]["url"].removeprefix(ORIGIN)
        self.api = f"{self.desk.credential(self.given)}/public-page"
        self.person = self.visitor()

    def __getattr__(self, name):
        return getattr(self.outside, name)

    def offer(self, adult=True):
        """What the desk does."""
        return self.desk.client.put(self.api, json={"learnerIsAdult": adult})

    def agree(self, **changes):
        """What the holder does."""
        self.person.get(f"{self.claim}/public")
        return self.person.submit(
            f"{self.claim}/public", **{"adult": "yes", "code": self.given["claim"]["code"], **changes}
        )

    def opened(self):
        """The path of the page, open."""
        assert self.offer().status_code == 200
        assert self.agree().status_code == 303
        return self.desk.client.get(self.api).json()["url"].removeprefix(ORIGIN)


@pytest.fixture
def award(outside):
    return Award(outside)


def test_both_have_to_want_it(award):
    assert award.desk.client.get(award.api).status_code == 404
    assert "none was offered" in award.person.get(f"{award.claim}/public").text
    award.person.get("/claim")
    agreed = {"adult": "yes", "code": award.given["claim"]["code"]}
    assert award.person.submit(f"{award.claim}/public", **agreed).status_code == 404
    assert award.offer().json() == {"url": None, "opened": None}
    assert award.offer().json() == {"url": None, "opened": None}
    with award.services.context.database.reading() as session:
        assert session.query(tables.PublicPageRow).filter_by(credential_id=award.given["id"]).count() == 1
    assert award.agree().status_code == 303
    shown = award.person.follow().text
    url = award.desk.client.get(award.api).json()["url"]
    assert url in shown
    acts = [item["action"] for item in award.desk.client.get(f"{award.desk.base}/audit").json()["items"]][:2]
    assert acts == ["page.open", "page.offer"]


def test_O9_there_is_none_for_a_child_and_none_without_the_code(award):
    refused = award.offer(adult=False)
    assert (refused.status_code, refused.json()["field"]) == (422, "adult")
    assert award.desk.client.get(award.api).status_code == 404
    award.offer()
    for changes in ({"adult": ""}, {"code": ""}, {"code": "7KQ2-M9TX-7KQ2-M9TX"}):
        assert award.agree(**changes).status_code == 422
    assert award.desk.client.get(award.api).json()["url"] is None


def test_O9_whom_the_roster_knows_as_a_child_has_none_whoever_says_what(award):
    said = {"givenName": "Quillon", "familyName": "Farquharson", "number": award.given["id"][-20:]}
    learners = f"{award.desk.base}/learners"
    made = award.desk.client.post(learners, json={**said, "birthDate": "2008-11-24"})
    assert made.status_code == 201, made.text
    award.given = award.award(learnerName=NAME, identifier=said["number"], identifierType="identifier")
    award.api, award.claim = (
        f"{award.desk.credential(award.given)}/public-page",
        award.given["claim"]["url"].removeprefix(ORIGIN),
    )
    refused = award.offer()
    assert (refused.status_code, refused.json()["field"]) == (422, "adult")
    assert "roster" in refused.json()["remedy"]

    def born(day):
        place, known = (
            f"{learners}/{made.json()['id']}",
            award.desk.client.get(f"{learners}/{made.json()['id']}").json(),
        )
        told = award.desk.client.put(place, json={**said, "birthDate": day, "version": known["version"]})
        assert told.status_code == 200, told.text

    born("2008-11-23")
    assert award.offer().status_code == 200, "it is the birthday"
    born("2012-01-01")
    assert award.agree().status_code == 422
    assert award.desk.client.get(award.api).json()["url"] is None


def test_J4_the_first_look_says_nothing_of_anybody_and_pressing_the_button_does(award):
    path = award.opened()
    previews = [BOT, *({"Accept": accept} for accept in ("*/*", "", "text/html, application/json;q=0.1", "image/png"))]
    for page in (*(award.stranger.get(path, headers=each) for each in previews), award.visitor().get(path)):
        assert page.status_code == 200
        assert NAME not in page.text
        assert "Algebra" not in page.text
        assert "A-" not in page.text.partition("<main")[2]
    visitor = award.visitor()
    visitor.get(path)
    shown = visitor.submit(path)
    assert shown.status_code == 200
    assert NAME in shown.text
    assert "Algebra I" in shown.text


def test_J3_nobody_lists_it_and_its_address_goes_nowhere(award):
    path = award.opened()
    for answer in (award.stranger.get(path, headers=BOT), award.stranger.get(f"{path}.json")):
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "no-store" in answer.headers["cache-control"]
    page = award.stranger.get(path, headers=BOT).text
    assert re.findall(r'(?:src|href|action)="https?://(?!localhost:800)', page) == []
    for place in (
        "/orgs/maple-co-op",
        f"/orgs/maple-co-op/achievements/{award.course['id']}",
        "/orgs/maple-co-op/catalogue",
    ):
        assert path not in award.stranger.get(place, headers=BOT).text


@pytest.mark.parametrize("accept", ["application/json", "application/vc", "application/ld+json, */*;q=0.1"])
def test_programs_of_any_origin_get_the_signed_bytes(award, accept):
    path = award.opened()
    signed = award.desk.document(award.given).content
    for place, wanted in ((path, accept), (f"{path}.json", accept), (f"{path}.json", "*/*")):
        answer = award.stranger.get(place, headers={"Accept": wanted, "Origin": "https://evil.example"})
        assert (answer.content, answer.headers["content-type"]) == (signed, "application/vc")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "set-cookie" not in answer.headers
    assert "Accept" in answer.headers["vary"]


def test_J1_the_address_cannot_be_guessed_and_is_not_stored(award):
    token = award.opened().rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    folder = award.house.settings.data_dir
    stored = b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("issuer.db"))
    assert token.encode() not in stored


@pytest.mark.parametrize("who", ["desk", "holder"])
def test_J6_whoever_takes_it_back_ends_it_at_once_and_for_good(award, who):
    path = award.opened()
    if who == "desk":
        assert award.desk.client.delete(award.api).status_code == 204
    else:
        award.person.get(f"{award.claim}/public")
        assert award.person.submit(f"{award.claim}/public/end").status_code == 303
    for answer in (award.stranger.get(path), award.stranger.get(f"{path}.json"), award.stranger.get(path, headers=BOT)):
        assert answer.status_code == 410
        assert award.given["id"] not in answer.text
    assert award.opened() != path
    assert award.stranger.get(path).status_code == 410


def test_J6_the_holder_takes_it_back_although_the_award_was_withdrawn(award):
    path = award.opened()
    award.desk.revoke(award.given)
    assert award.person.get(award.claim).status_code == 410
    assert "Take the public page back" in award.person.get(f"{award.claim}/public").text
    assert award.person.submit(f"{award.claim}/public/end").status_code == 303
    assert award.stranger.get(path).status_code == 410
    assert award.person.get(f"{award.claim}/public").status_code == 410


def test_J6_a_link_that_is_taken_back_takes_the_page_with_it_that_it_opened(award):
    path, link = award.opened(), f"{award.desk.credential(award.given)}/claim"
    new = award.desk.client.post(link)
    assert new.status_code == 201, new.text
    assert award.stranger.get(path).status_code == 410
    assert award.offer().status_code == 200
    assert award.person.submit(f"{award.claim}/public/end").status_code == 410, "it is no business of the old link"
    award.given["claim"], award.claim = new.json(), new.json()["url"].removeprefix(ORIGIN)
    path = award.opened()
    assert award.desk.client.delete(link).status_code == 204
    assert award.stranger.get(path).status_code == 410


def test_J6_what_the_wrong_child_opened_ends_when_that_is_repaired(award):
    path = award.opened()
    assert Wallet().claim(award.stranger, award.given["claim"]["url"]).status_code == 200
    released = award.desk.client.post(
        f"{award.desk.credential(award.given)}/release", headers={"Idempotency-Key": award.given["id"]}
    )
    assert released.status_code == 201, released.text
    assert award.stranger.get(path).status_code == 410


def test_what_is_withdrawn_says_so(award):
    path = award.opened()
    award.desk.revoke(award.given)
    visitor = award.visitor()
    visitor.get(path)
    assert "withdrew this award on" in visitor.submit(path).text
    other = Award(award.outside)
    other.desk.revoke(other.given)
    assert other.offer().status_code == 409


def test_what_has_expired_or_is_paused_says_so(award):
    award.given = award.award(learnerName=NAME, validUntil="2099-01-01")
    award.claim = award.given["claim"]["url"].removeprefix(ORIGIN)
    award.api = f"{award.desk.credential(award.given)}/public-page"
    path = award.opened()
    now = award.clock.now()
    for until, paused, word in (("2099", None, "Holds"), ("2026", None, "Expired"), ("2099", now, "Paused")):
        with award.services.context.database.session() as session:
            row = session.get(tables.CredentialRow, award.given["id"])
            row.valid_until, row.suspended = datetime.fromisoformat(f"{until}-01-01T00:00Z"), paused
        visitor = award.visitor()
        visitor.get(path)
        assert f"<span>{word}</span>" in visitor.submit(path).text


def test_J2_addresses_that_lead_nowhere_run_dry(award):
    path = award.opened()
    award.offer()
    seen = {award.stranger.get("/c/aaaaaaaaaaaaaaaaaaaaaa").status_code for _each in range(301)}
    assert seen == {404, 429}
    assert award.stranger.get(path).status_code == 429
    award.clock.advance(timedelta(minutes=10))
    assert award.stranger.get(path).status_code == 200


def test_O10_a_page_ends_when_its_learner_is_erased(award):
    path = award.opened()
    with award.services.context.database.session() as session:
        row = session.query(tables.PublicPageRow).filter_by(credential_id=award.given["id"]).one()
        erasing.empty_signed(session, row.organisation_id, award.given["id"])
    assert award.stranger.get(path).status_code == 410
    with award.services.context.database.reading() as session:
        assert session.get(tables.PublicPageRow, row.id).token_sealed is None


def test_O4_an_offer_is_no_page_and_what_a_sheet_holds_back_has_none(award):
    award.offer()
    with award.services.context.database.reading() as session:
        row = session.query(tables.PublicPageRow).filter_by(credential_id=award.given["id"]).one()
        token = award.services.context.keystore.open_text(
            row.token_sealed, context=f"issuer/public_page/{row.id}/token"
        )
    assert award.stranger.get(f"/c/{token}").status_code == 404


def test_somebody_at_the_desk_offers_and_ends_it_on_pages(award):
    place = f"{award.page}/credentials/{award.given['id'].removeprefix('urn:uuid:')}"
    browser = award.browser()
    assert f'href="{place}/public"' in browser.get(place).text
    browser.get(f"{place}/public")
    assert browser.submit(f"{place}/public").status_code == 422
    assert browser.submit(f"{place}/public", adult="yes").status_code == 303
    assert "It opens when the holder agrees" in browser.follow().text
    assert f'href="{award.claim}/public"' in award.person.get(award.claim).text
    award.agree()
    assert "Everybody who has the address" in browser.get(f"{place}/public").text
    assert browser.submit(f"{place}/public/end").status_code == 303
    assert "Offer a public page" in browser.follow().text


def test_O9_search_engines_may_list_what_is_offered_but_not_what_is_no_longer(award):
    place = f"/orgs/maple-co-op/achievements/{award.course['id']}"
    assert award.stranger.get(place, headers=BOT).headers["x-robots-tag"] == "all"
    assert award.stranger.get(f"{place}.json").headers["x-robots-tag"] == "noindex, nofollow"
    retired = award.desk.achievement(name="Old course")
    award.desk.client.put(f"{award.desk.base}/achievements/{retired['id']}/retirement", json={"retired": True})
    for accept in ("text/html", "application/json"):
        answer = award.stranger.get(f"/orgs/maple-co-op/achievements/{retired['id']}", headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"


def test_what_is_public_has_an_address_that_is_json_whoever_asks(award):
    for path in ("/orgs/maple-co-op", f"/orgs/maple-co-op/achievements/{award.course['id']}"):
        page = award.stranger.get(path, headers=BOT)
        assert page.headers["content-type"].startswith("text/html")
        for answer in (award.stranger.get(f"{path}.json", headers=BOT), award.stranger.get(path)):
            assert answer.headers["content-type"] == "application/ld+json"
            assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.content == award.stranger.get(f"{path}.json").content
        again = award.stranger.get(f"{path}.json", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        assert f'href="{path}.json"' in page.text
    assert award.stranger.get("/orgs/nobody.json").status_code == 404
    assert json.loads(answer.content)["name"] == COURSE["name"]
