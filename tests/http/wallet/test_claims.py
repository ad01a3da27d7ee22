"""Claims against the real issuer."""

import json
import re
import secrets
import time

import pytest
from sqlalchemy import func, select

from kit.errors import BadInput, TooMany
from kit.fetch import Reply
from tests.http.wallet.conftest import Browser
from tests.http.wallet.provider import Issuer
from tests.unit.wallet.samples import Hadleys, settings, strangers, wallet
from vc.document import PRESENTATION_LIMITS, parse
from wallet import store
from wallet.app import create_app
from wallet.service.exchange import ProviderRefused


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    running = Issuer(tmp_path_factory.mktemp("issuer"))
    yield running
    running.stop()


@pytest.fixture
def clock():
    from kit.clock import SystemClock

    return SystemClock()


def test_a_guardian_keeps_an_award_in_two_presses(browser, services, hadleys, issuer):
    link, _id = issuer.award()
    teresa = browser("teresa")
    seen = teresa.post("/claim", {"offer": link}, follow=True)
    assert "Bridge building" in seen.text
    assert "Maple Co-op" in seen.text
    claim = re.search(r"/claims/([\w-]{36})/keep", seen.text)[1]
    kept = teresa.post(f"/claims/{claim}/keep", {"learner": hadleys.wren}, follow=True)
    assert "Kept." in kept.text
    (card,) = services.credentials.search(hadleys.teresa, hadleys.wren, "")
    assert (card.title, card.bound) == ("Bridge building", True)
    again = teresa.post("/claim", {"offer": link}, follow=True)
    assert "Already kept, here." in again.text
    assert len(services.credentials.search(hadleys.teresa, hadleys.wren, "")) == 1


@pytest.fixture
def beside(tmp_path, clock, issuer):
    """(browsers, services, Hadleys) of a wallet that belongs with the issuer."""
    built = wallet(tmp_path, clock, issuer_url=issuer.url)
    strangers(built)
    app = create_app(settings(tmp_path, issuer_url=issuer.url), services=built)
    yield (lambda login: Browser(app).sign_in(login)), built, Hadleys(built)
    built.tools.fetcher.close()
    built.tools.database.close()


def claims_of(services):
    with services.tools.database.reading() as session:
        return session.scalar(select(func.count()).select_from(store.Claim))


class TestTheIssuerOfThisWallet:
    def test_its_offer_is_seen_without_a_press_and_nothing_is_written_down(self, beside, issuer):
        browsers, services, hadleys = beside
        link, _id = issuer.award(number="91")
        teresa = browsers("teresa")
        for _ in range(2):
            seen = teresa.get("/claim", params={"offer": link})
            assert "Bridge building" in seen.text
            assert "Keep it" in seen.text
        assert claims_of(services) == 0
        kept = teresa.post("/claim", {"offer": link, "learner": hadleys.wren}, follow=True)
        assert "Kept." in kept.text
        (card,) = services.credentials.search(hadleys.teresa, hadleys.wren, "")
        assert (card.title, card.bound) == ("Bridge building", True)
        again = teresa.get("/claim", params={"offer": link})
        assert again.status_code == 303
        assert "Already kept, here." in teresa.follow(again).text

    def test_a_minor_asks_with_one_press(self, beside, issuer):
        browsers, services, hadleys = beside
        link, _id = issuer.award(number="92")
        seen = browsers("jonah").post("/claim", {"offer": link, "learner": hadleys.jonah_learner}, follow=True)
        assert "Waiting for Teresa" in seen.text
        assert services.credentials.search(hadleys.jonah, hadleys.jonah_learner, "") == []

    def test_O4_nobody_keeps_for_a_learner_of_others(self, beside, issuer):
        browsers, services, hadleys = beside
        link, _id = issuer.award(number="93")
        for who in ("olga", "jonah"):
            assert browsers(who).post("/claim", {"offer": link, "learner": hadleys.wren}).status_code == 404
        assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []

    def test_J12_links_of_others_are_not_asked_before_somebody_presses(self, beside, monkeypatch):
        browsers, services, _hadleys = beside
        asked = []
        monkeypatch.setattr(type(services.tools.fetcher), "post_json", lambda *given: asked.append(given))
        teresa = browsers("teresa")
        for link in (
            "https://elsewhere.example/claim/x",
            "http://localhost:9/claim/x",
            "javascript:alert(1)",
            "x" * 900,
        ):
            seen = teresa.get("/claim", params={"offer": link})
            assert (seen.status_code, "See what is offered" in seen.text) == (200, True)
        assert asked == []

    def test_an_offer_that_is_gone_is_told_when_the_button_is_pressed(self, beside, issuer):
        browsers, _services, _hadleys = beside
        teresa, link = browsers("teresa"), f"{issuer.url}/claim/abcdefgh12345678"
        seen = teresa.get("/claim", params={"offer": link})
        assert (seen.status_code, "See what is offered" in seen.text) == (200, True)
        assert teresa.post("/claim", {"offer": link}).status_code in {404, 409}


def test_a_minors_claim_waits_visibly_and_goes_on_with_one_press(browser, services, hadleys, issuer):
    link, _id = issuer.award("Jonah", "18")
    jonah, teresa = browser("jonah"), browser("teresa")
    seen = jonah.post("/claim", {"offer": link}, follow=True)
    claim = re.search(r"/claims/([\w-]{36})/keep", seen.text)[1]
    waiting = jonah.post(f"/claims/{claim}/keep", {"learner": hadleys.jonah_learner}, follow=True)
    assert "Waiting for Teresa" in waiting.text
    assert services.credentials.search(hadleys.jonah, hadleys.jonah_learner, "") == []
    assert jonah.post(f"/claims/{claim}/approve", {}).status_code == 403
    assert f"/claims/{claim}/approve" in teresa.get("/").text
    kept = teresa.post(f"/claims/{claim}/approve", {}, follow=True)
    assert "Kept." in kept.text
    assert len(services.credentials.search(hadleys.jonah, hadleys.jonah_learner, "")) == 1


def test_a_declined_claim_is_kept_nowhere_and_can_be_opened_again(api, services, hadleys, issuer):
    link, _id = issuer.award("Jonah", "19")
    jonah, teresa = api("jonah"), api("teresa")
    claim = jonah.post("/api/claims", json={"offer": link, "learner": hadleys.jonah_learner}).json()
    assert claim["state"] == "waiting"
    assert teresa.post(f"/api/claims/{claim['id']}/refusal").json()["state"] == "declined"
    assert teresa.post(f"/api/claims/{claim['id']}/approval").status_code == 409
    again = jonah.post("/api/claims", json={"offer": link, "learner": hadleys.jonah_learner}).json()
    assert (again["state"], again["id"] != claim["id"]) == ("waiting", True)


def test_what_arrives_is_stored_byte_for_byte_and_the_key_is_only_for_this_issuer(api, services, hadleys, issuer):
    teresa = api("teresa")
    first = teresa.post("/api/claims", json={"offer": issuer.award()[0], "learner": hadleys.teresa_learner}).json()
    second = teresa.post("/api/claims", json={"offer": issuer.award()[0], "learner": hadleys.teresa_learner}).json()
    other = teresa.post("/api/claims", json={"offer": issuer.award()[0], "learner": hadleys.wren}).json()
    subjects = []
    for claim in (first, second, other):
        data = teresa.get(f"/api/credentials/{claim['credentialId']}/document")
        assert data.headers["content-type"] == "application/vc"
        subjects.append(json.loads(data.content)["credentialSubject"]["id"])
    assert subjects[0] == subjects[1] != subjects[2]
    assert all(subject.startswith("did:key:z6Mk") for subject in subjects)


def test_a_shared_award_is_presented_with_a_proof_for_the_readers_challenge(api, services, hadleys, issuer):
    teresa = api("teresa")
    claim = teresa.post("/api/claims", json={"offer": issuer.award()[0], "learner": hadleys.teresa_learner}).json()
    time.sleep(1.1)  # an award that is claimed in the second it was made starts to hold in the next
    share = teresa.post(
        "/api/shares",
        json={"learner": hadleys.teresa_learner, "credentials": [claim["credentialId"]], "recipient": "Brightwater"},
    ).json()
    reader = api()
    token = share["link"].rpartition("/")[2]
    question = {"challenge": secrets.token_urlsafe(16), "domain": "http://localhost:8003", "reader": "Ms. Ames"}
    answer = reader.post(f"/s/{token}", json=question, headers={"accept": "application/vp+ld+json"})
    assert answer.status_code == 200, answer.text
    presentation = answer.json()
    assert presentation["proof"]["challenge"] == question["challenge"]
    assert presentation["proof"]["domain"] == question["domain"]
    assert presentation["holder"] == presentation["verifiableCredential"][0]["credentialSubject"]["id"]
    from kit.fetch.online import verify_online
    from vc.policy import Policy

    policy = Policy.recommended(
        recognised=(),
        loopback=True,
        require_holder_binding=True,
        challenge=question["challenge"],
        domain=question["domain"],
    )
    report, _evidence = verify_online(
        parse(answer.content, limits=PRESENTATION_LIMITS), fetcher=services.tools.fetcher, policy=policy,
        now=services.tools.clock.now(),
    )  # fmt: skip
    assert report.verdict.value == "genuineAndCurrent", [
        (p.type, p.detail) for r in (report, *report.children) for p in r.problems
    ]
    assert teresa.delete(f"/api/shares/{share['id']}").status_code == 204
    ended = reader.post(f"/s/{token}", json=question)
    assert ended.status_code == 410
    assert ended.json()["type"].endswith("#share-ended")


def test_another_familys_claim_of_the_same_link_is_refused_in_words(api, services, hadleys, issuer):
    from tests.unit.wallet.samples import strangers

    link, _id = issuer.award()
    assert api("teresa").post("/api/claims", json={"offer": link, "learner": hadleys.wren}).status_code == 201
    _olga, pia = strangers(services)
    answer = api("olga").post("/api/claims", json={"offer": link, "learner": pia})
    assert answer.status_code == 409
    assert "claimed" in answer.json()["detail"]


def test_a_link_nobody_made_is_refused_in_words(browser, hadleys, issuer):
    answer = browser("teresa").post("/claim", {"offer": f"{issuer.url}/claim/{'x' * 22}"})
    assert answer.status_code == 409
    assert "knows nothing of this link" in answer.text


def code_of(issuer, link):
    """The code that is printed for a claim link."""
    items = issuer.ok(issuer.client.get("/api/organisations/maple/codes"))["items"]
    return next(each["claim"]["code"] for each in items if each["claim"] and each["claim"]["url"] == link)


def test_a_typed_code_leads_where_the_link_would(browser, api, hadleys, issuer):
    link, _id = issuer.award("Wren", "31")
    code = code_of(issuer, link)
    teresa = browser("teresa")
    assert 'name="provider"' in teresa.get("/claim").text
    where = teresa.post("/claim", {"offer": link}).headers["location"]
    for typed in (code, code.lower().replace("-", " ")):
        assert teresa.post("/claim", {"code": typed, "provider": issuer.url}).headers["location"] == where
    made = api("teresa").post("/api/claims", json={"code": code, "provider": f"{issuer.url}/claim"})
    assert (made.status_code, f"/claims/{made.json()['id']}") == (201, where)


@pytest.mark.parametrize(
    ("code", "provider", "field", "says"),
    [
        ("ABCD-EFGH-JKMN-PQRS", "", "provider", "does not say which provider"),
        ("ABCD-EFGH-JKMN-PQRS", "http://maple.example", "provider", "does not say which provider"),
        ("ABCD-EFGH-JKMN-PQRS", "{issuer}", "code", "knows no award with this code"),
        ("<script>", "{issuer}", "code", "not a code from a sheet"),
        ("", "{issuer}", "code", "not a code from a sheet"),
        ("ABCD-EFGH-JKMN-PQRS", "https://10.0.0.1", "code", "did not hand the award out"),
    ],
)  # fmt: skip
def test_a_code_that_leads_nowhere_says_what_to_do(browser, hadleys, issuer, code, provider, field, says):  # noqa: PLR0917
    answer = browser("teresa").post("/claim", {"code": code, "provider": provider.format(issuer=issuer.url)})
    assert answer.status_code in {409, 422}
    assert says in answer.text
    assert re.search(rf'id="f-{field}-error"', answer.text)


def test_J12_a_servers_link_to_somewhere_else_is_not_followed(services, hadleys, monkeypatch):
    asked = []

    def answer(address, body):
        asked.append((address, body))
        return Reply(
            status=200,
            media_type="application/json",
            body=b'{"url": "https://evil.example/claim/abcdefgh"}',
            error=None,
        )

    monkeypatch.setattr(services.tools.fetcher, "post_json", answer)
    with pytest.raises(ProviderRefused):
        services.claims.link_of_code(hadleys.teresa, "ABCD-EFGH-JKMN-PQRS", "maple.example/claim")
    assert asked == [("https://maple.example/api/claim-codes", {"code": "ABCD-EFGH-JKMN-PQRS"})]


def test_J2_guessing_codes_runs_dry(services, hadleys, monkeypatch):
    gone = Reply(status=422, media_type="application/problem+json", body=b"{}", error=None)
    monkeypatch.setattr(services.tools.fetcher, "post_json", lambda *_given: gone)
    for _each in range(300):
        with pytest.raises(BadInput):
            services.claims.link_of_code(hadleys.teresa, "ABCD-EFGH-JKMN-PQRS", "maple.example")
    with pytest.raises(TooMany):
        services.claims.link_of_code(hadleys.teresa, "ABCD-EFGH-JKMN-PQRS", "maple.example")


@pytest.mark.parametrize(
    "offer",
    ["", "hello world", "ABCD-EFGH-JKMN", "javascript:alert(1)", "ftp://x.example/claim/1", "https://u:p@x.example/"],
)
def test_what_is_no_claim_link_says_what_to_do(browser, hadleys, offer):
    answer = browser("teresa").post("/claim", {"offer": offer})
    assert answer.status_code == 422
    assert "problem" in answer.text or "error" in answer.text


def test_a_revoked_award_turns_withdrawn_at_the_next_check(api, services, hadleys, issuer):
    """Attack J13."""
    link, award_id = issuer.award()
    teresa = api("teresa")
    claim = teresa.post("/api/claims", json={"offer": link, "learner": hadleys.wren}).json()
    issuer.revoke(award_id)
    checked = teresa.post(f"/api/credentials/{claim['credentialId']}/check").json()
    assert checked["card"]["verdict"] == "withdrawn"


def test_an_issuer_that_went_away_leaves_a_claim_that_can_be_taken_up(api, services, hadleys, issuer, monkeypatch):
    link, _id = issuer.award()
    teresa = api("teresa")
    claim = teresa.post("/api/claims", json={"offer": link}).json()
    real = services.tools.fetcher.post_json
    from kit.fetch import Reason, Reply

    gone = Reply(status=0, media_type="", body=b"", error=Reason.UNREACHABLE)
    monkeypatch.setattr(type(services.tools.fetcher), "post_json", lambda *_a, **_k: gone)
    failed = teresa.post(f"/api/claims/{claim['id']}/learner", json={"learner": hadleys.wren})
    assert failed.status_code == 409
    assert teresa.get(f"/api/claims/{claim['id']}").json()["state"] == "approved"
    monkeypatch.undo()
    assert services.tools.fetcher.post_json.__func__ is real.__func__
    assert teresa.post(f"/api/claims/{claim['id']}/attempt").json()["state"] == "kept"
