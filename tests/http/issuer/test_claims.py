"""Claims: one key gets the award, again and again; another key gets words; a wrong claim is repaired."""

import secrets
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from issuer.store.tables import ChallengeRow
from kit.errors import Unavailable
from tests.http.issuer.conftest import NOW, ORIGIN, Wallet
from vc.checks import Verdict
from vc.document import serialize


def path_of(award):
    return award["claim"]["url"].removeprefix(ORIGIN)


def test_a_wallet_gets_the_same_credential_bound_to_the_learners_key(desk, wallet, stranger, judge, clock):
    course = desk.achievement()
    award = desk.award(course, awardedDate="2026-10-01", validFrom="2026-10-01")
    before = desk.document(award).json()
    clock.advance(timedelta(minutes=1))
    answer = wallet.claim(stranger, award["claim"]["url"], now=clock.now())
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vc"
    after = answer.json()
    assert after["credentialSubject"]["id"] == wallet.did
    for member in ("id", "awardedDate", "credentialStatus", "issuer", "name"):
        assert after[member] == before[member]
    assert after["validFrom"] > before["validFrom"]
    assert judge(answer.content).verdict is Verdict.GENUINE_AND_CURRENT
    assert desk.document(award).content == answer.content
    assert desk.client.get(desk.credential(award)).json()["state"] == "claimed"


def test_the_offer_names_provider_and_award_and_never_the_learner(desk, course, stranger):
    award = desk.award(course)
    answer = stranger.post(path_of(award), json={})
    value = answer.json()
    assert value["verifiablePresentationRequest"]["domain"] == ORIGIN
    assert len(value["verifiablePresentationRequest"]["challenge"]) >= 22
    assert value["offer"]["issuer"]["name"] == "Maple Co-op"
    assert value["offer"]["achievement"]["name"] == "Algebra I"
    assert "Jonah" not in answer.text


def test_the_same_key_again_gets_the_same_bytes(desk, course, wallet, stranger):
    award = desk.award(course)
    first, second = (wallet.claim(stranger, award["claim"]["url"]) for _ in range(2))
    assert first.content == second.content


def test_another_key_is_refused_with_words(desk, course, wallet, stranger):
    award = desk.award(course)
    wallet.claim(stranger, award["claim"]["url"])
    answer = Wallet().claim(stranger, award["claim"]["url"])
    assert answer.status_code == 409
    assert "Maple Co-op" in answer.json()["detail"]


def test_a_challenge_is_used_once(desk, course, wallet, stranger):
    path = path_of(desk.award(course))
    presentation = wallet.presentation(stranger.post(path, json={}).json())
    assert wallet.answer(stranger, path, presentation).status_code == 200
    assert wallet.answer(stranger, path, presentation).status_code == 403


def test_of_many_answers_at_once_one_counts(desk, course, stranger, app):
    from starlette.testclient import TestClient

    path = path_of(desk.award(course))
    asked = stranger.post(path, json={}).json()
    wallets = [Wallet() for _ in range(6)]
    answers = []
    start = threading.Barrier(6)

    def claim(wallet):
        client = TestClient(app, base_url=ORIGIN)
        presentation = wallet.presentation(asked)
        start.wait()
        answers.append(wallet.answer(client, path, presentation).status_code)

    threads = [threading.Thread(target=claim, args=(wallet,)) for wallet in wallets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 403, 403, 403, 403, 403]


@pytest.mark.parametrize(
    "change",
    [
        {"domain": "http://localhost:9999"},
        {"challenge": "made-up-by-somebody-else"},
    ],
)
def test_an_answer_for_somebody_else_or_to_another_question_is_refused(desk, course, wallet, stranger, change):
    path = path_of(desk.award(course))
    asked = stranger.post(path, json={}).json()
    assert wallet.answer(stranger, path, wallet.presentation(asked, **change)).status_code == 403


def test_a_challenge_of_another_claim_is_refused(desk, course, wallet, stranger):
    first, second = path_of(desk.award(course)), path_of(desk.award(course))
    asked = stranger.post(first, json={}).json()
    assert wallet.answer(stranger, second, wallet.presentation(asked)).status_code == 403


def test_a_changed_presentation_is_refused(desk, course, wallet, stranger):
    path = path_of(desk.award(course))
    presentation = wallet.presentation(stranger.post(path, json={}).json())
    forged = {**presentation, "holder": Wallet().did}
    assert wallet.answer(stranger, path, forged).status_code == 403
    unsigned = {name: value for name, value in presentation.items() if name != "proof"}
    assert wallet.answer(stranger, path, unsigned).status_code == 403


@pytest.mark.parametrize(
    "body", [b"[]", b'{"verifiablePresentation": 1}', b'{"verifiablePresentation": {}}', b"{", b""]
)
def test_nonsense_is_answered_with_words_never_with_a_failure(desk, course, stranger, body):
    path = path_of(desk.award(course))
    answer = stranger.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500


def test_a_challenge_ends_after_ten_minutes(desk, course, wallet, stranger, clock):
    path = path_of(desk.award(course))
    asked = stranger.post(path, json={}).json()
    clock.advance(timedelta(minutes=11))
    assert wallet.answer(stranger, path, wallet.presentation(asked, now=clock.now())).status_code == 403


def test_a_claim_that_ran_out_says_so_and_a_new_one_works(desk, course, wallet, stranger, clock):
    award = desk.award(course)
    clock.advance(timedelta(days=181))
    answer = stranger.post(path_of(award), json={})
    assert answer.status_code == 410
    assert "Maple Co-op" in answer.json()["detail"]
    token = desk.client.post("/api/session", json={"login": "admin", "password": "four words in a row"}).json()["token"]
    desk.client.headers["Authorization"] = f"Bearer {token}"
    renewed = desk.client.post(f"{desk.credential(award)}/claim").json()
    assert wallet.claim(stranger, renewed["url"], now=clock.now()).status_code == 200


def test_a_recalled_claim_explains_itself(desk, course, stranger):
    award = desk.award(course)
    assert desk.client.delete(f"{desk.credential(award)}/claim").status_code == 204
    answer = stranger.post(path_of(award), json={})
    assert answer.status_code == 410
    assert desk.client.get(f"{desk.credential(award)}/claim").status_code == 410


def test_a_withdrawn_award_cannot_be_claimed(desk, course, stranger):
    award = desk.award(course)
    desk.revoke(award)
    assert stranger.post(path_of(award), json={}).status_code == 410


def test_the_wrong_child_claimed_it(desk, course, stranger, judge, clock):
    award = desk.award(course)
    wrong, right = Wallet(), Wallet()
    bytes_of_wrong = wrong.claim(stranger, award["claim"]["url"]).content
    clock.advance(timedelta(seconds=2))
    answer = desk.client.post(f"{desk.credential(award)}/release", headers={"Idempotency-Key": "release-1"})
    assert answer.status_code == 201, answer.text
    again = answer.json()
    assert again["id"] != award["id"]
    assert judge(bytes_of_wrong).verdict is Verdict.WITHDRAWN
    claimed = right.claim(stranger, again["claim"]["url"], now=clock.now())
    assert claimed.json()["credentialSubject"]["id"] == right.did
    old = desk.client.get(desk.credential(award)).json()
    assert (old["state"], old["replacedBy"]) == ("revoked", again["id"])
    repeated = desk.client.post(f"{desk.credential(award)}/release", headers={"Idempotency-Key": "release-1"})
    assert repeated.content == answer.content


def test_an_award_nobody_claimed_is_not_released(desk, course):
    award = desk.award(course)
    answer = desk.client.post(f"{desk.credential(award)}/release", headers={"Idempotency-Key": "r"})
    assert answer.status_code == 409
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 1
    assert desk.client.get(desk.credential(award)).json()["state"] == "issued"


def test_a_corrected_award_stays_bound_and_comes_by_the_same_link(desk, course, wallet, stranger, clock):
    award = desk.award(course)
    wallet.claim(stranger, award["claim"]["url"])
    clock.advance(timedelta(minutes=1))
    body = {
        "achievement": course["id"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1017",
        "results": [{"value": "B"}],
    }
    desk.client.post(f"{desk.credential(award)}/reissue", json=body, headers={"Idempotency-Key": "r"})
    again = wallet.claim(stranger, award["claim"]["url"], now=clock.now()).json()
    assert again["credentialSubject"]["id"] == wallet.did
    assert again["credentialSubject"]["result"][0]["value"] == "B"


def test_links_cannot_be_guessed(desk, course, stranger):
    award = desk.award(course)
    assert len(award["claim"]["url"].rpartition("/")[2]) == 22
    answers = [stranger.get(f"/claim/{secrets.token_urlsafe(16)}").status_code for _ in range(320)]
    assert set(answers) == {404, 429}
    assert stranger.post(path_of(award), json={}).status_code == 429


def test_the_database_holds_no_link_no_code_and_no_roster_number(desk, course, settings):
    award = desk.award(course, identifier="ROSTER-CANARY-7781", narrative="x")
    desk.revoke(desk.award(course), note="NOTE-CANARY-4432")
    held = b"".join(
        path.read_bytes() for path in settings.data_dir.iterdir() if path.name.startswith(("issuer.db", "status"))
    )
    token = award["claim"]["url"].rpartition("/")[2]
    for secret in (token, award["claim"]["code"].replace("-", ""), "ROSTER-CANARY-7781", "NOTE-CANARY-4432"):
        assert secret.encode() not in held


def test_a_presentation_with_a_credential_inside_still_only_proves_the_key(desk, course, wallet, stranger):
    from vc.presentation import build
    from vc.proof import add_proof

    award = desk.award(course)
    inner = desk.document(award).json()
    path = path_of(award)
    asked = stranger.post(path, json={}).json()["verifiablePresentationRequest"]
    presentation = add_proof(
        build((inner,), id=None, holder=wallet.did),
        signer=wallet.signer,
        suite="eddsa-rdfc-2022",
        purpose="authentication",
        created=NOW,
        challenge=asked["challenge"],
        domain=asked["domain"],
    )
    answer = stranger.post(
        path,
        content=serialize({"verifiablePresentation": presentation}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 403, "an answer carries a key and nothing else"


@pytest.fixture
def unfinished(desk, course, services, stranger, monkeypatch):
    """An award whose claim by a first wallet was frozen and never signed; that wallet."""
    award, first = desk.award(course), Wallet()

    def stop(_intent_id):
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(services.issuance, "finish", stop)
        assert first.claim(stranger, award["claim"]["url"]).status_code == 503
    return award, first


def test_while_a_wallet_is_answered_no_new_link_is_made_and_none_taken_back(desk, unfinished, services, stranger):
    award, first = unfinished
    path = f"{desk.credential(award)}/claim"
    assert desk.client.post(path).status_code == 409
    assert desk.client.delete(path).status_code == 409
    headers = {"Idempotency-Key": "release-unfinished"}
    assert desk.client.post(f"{desk.credential(award)}/release", headers=headers).status_code == 409
    assert services.many.recover(limit=None) == 1
    assert desk.client.get(desk.credential(award)).json()["holder"] == first.did
    assert Wallet().claim(stranger, award["claim"]["url"]).status_code == 409


def test_an_award_that_is_kept_goes_to_no_second_wallet_by_whichever_link(desk, course, services, wallet, stranger):
    from issuer.store import credentials, organisations

    award = desk.award(course)
    with services.context.database.session() as session:
        organisation = organisations.by_slug(session, desk.slug)
        credentials.lock(session, organisation.id, award["id"]).holder = wallet.did
    assert Wallet().claim(stranger, award["claim"]["url"]).status_code == 409
    assert wallet.claim(stranger, award["claim"]["url"]).status_code == 200


def test_challenges_for_one_award_run_out_and_come_back(desk, wallet, stranger, clock, services):
    course = desk.achievement()
    award = desk.award(course)
    statuses = [stranger.post(path_of(award), json={}).status_code for _ in range(40)]
    assert (statuses.count(200), statuses.count(429)) == (30, 10)
    other = desk.award(course)
    assert stranger.post(path_of(other), json={}).status_code == 200
    clock.advance(timedelta(minutes=11))
    assert wallet.claim(stranger, award["claim"]["url"], now=clock.now()).status_code == 200
    with services.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChallengeRow)) == 1, (
            "what has expired is forgotten when the next is made"
        )


def test_challenges_for_one_client_run_out(desk, course, stranger, services, monkeypatch):
    from kit.limits import Attempts

    monkeypatch.setattr(
        services.claims, "_by_client", Attempts(services.context.clock, burst=3, per=timedelta(minutes=10))
    )
    statuses = [stranger.post(path_of(desk.award(course)), json={}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("bearer", ["Bearer made-up", "Bearer "])
def test_a_form_at_the_exchange_is_refused_with_words(desk, course, stranger, bearer):
    path = path_of(desk.award(course))
    answer = stranger.post(
        path, files={"a": ("a.json", b"{}")}, headers={"Authorization": bearer, "Accept": "application/json"}
    )
    assert answer.status_code in {403, 415}
    assert desk.client.post(path, files={"a": ("a.json", b"{}")}).status_code == 415
    assert desk.client.post(f"{desk.base}/awards", files={"a": ("a.json", b"{}")}).status_code == 415
