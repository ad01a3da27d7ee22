"""What others say: accepted only when it is genuine, by somebody else and about us; published as a part that is judged."""

import json
from datetime import timedelta

from issuer.store.tables import ReceivedEndorsementRow
from tests.http.issuer.matrix.vouching import praise
from tests.http.issuer.test_endorsements import HTML, document, given
from vc.checks import Verdict

OURS = "did:web:localhost%3A8001:orgs:maple-co-op"


def hand_in(desk, value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return desk.client.post(
        f"{desk.base}/received-endorsements", content=data, headers={"Content-Type": "application/json"}
    )


def accepted(desk, value):
    answer = hand_in(desk, value)
    assert answer.status_code == 201, answer.text
    return answer.json()


def kept(services):
    with services.context.database.reading() as session:
        return session.query(ReceivedEndorsementRow).count()


def embedded(stranger, path="/orgs/maple-co-op"):
    return stranger.get(path, headers={"Accept": "application/ld+json"}).json().get("endorsement", [])


def kind(answer):
    return answer.json()["type"].rpartition("#")[2]


def test_it_is_published_with_the_organisation_as_it_was_signed(desk, stranger, judge):
    found = accepted(desk, praise(OURS))
    assert (found["state"], found["published"], found["achievement"]) == ("good", True, None)
    assert embedded(stranger) == [praise(OURS)]
    assert judge(json.dumps(embedded(stranger)[0]).encode()).verdict is Verdict.GENUINE_AND_CURRENT
    assert "Sound teaching." in stranger.get("/orgs/maple-co-op", headers=HTML).text


def test_or_with_the_achievement_that_it_is_about(desk, course, stranger):
    assert accepted(desk, praise(course["iri"]))["achievement"] == course["id"]
    assert embedded(stranger) == []
    path = f"/orgs/maple-co-op/achievements/{course['id']}"
    assert embedded(stranger, path) == [praise(course["iri"])]
    assert "Quién lo avala" in stranger.get(path, headers=HTML | {"Accept-Language": "es"}).text


def test_the_same_bytes_are_kept_once(desk, services):
    assert accepted(desk, praise(OURS))["id"] == accepted(desk, praise(OURS))["id"]
    assert kept(services) == 1


def test_one_organisation_vouches_for_another_until_it_withdraws(desk, other_desk, stranger, clock):
    number = given(desk)
    found = accepted(other_desk, document(desk, number).content)
    assert len(embedded(stranger, "/orgs/alvarez")) == 1
    desk.client.post(f"{desk.base}/endorsements/{number}/revocation", json={"reason": "replaced"})
    clock.advance(timedelta(seconds=2))
    path = f"{other_desk.base}/received-endorsements/{found['id']}"
    assert other_desk.client.post(f"{path}/check").json()["state"] == "stopped"
    assert embedded(stranger, "/orgs/alvarez") == []
    assert other_desk.client.put(path, json={"published": True}).status_code == 422
    assert hand_in(other_desk, document(desk, number).content).status_code == 422


def test_it_can_be_hidden_and_shown_again(desk, stranger):
    path = f"{desk.base}/received-endorsements/{accepted(desk, praise(OURS))['id']}"
    assert desk.client.put(path, json={"published": False}).json()["published"] is False
    assert embedded(stranger) == []
    desk.client.put(path, json={"published": True})
    assert len(embedded(stranger)) == 1


def test_one_that_ends_is_no_longer_shown(desk, stranger, clock):
    accepted(desk, praise(OURS, validUntil="2026-12-01T00:00:00Z"))
    clock.advance(timedelta(days=10))
    assert embedded(stranger) == []


def test_F13_A21_what_does_not_count_is_not_kept(desk, services, stranger):
    changed = praise(OURS)
    changed["credentialSubject"]["endorsementComment"] = "The best of all."
    for value, said in [
        (changed, "not-genuine"),
        (praise(OURS, validUntil="2026-02-01T00:00:00Z"), "not-current"),
        (praise("did:web:localhost%3A8001:orgs:alvarez"), "about-something-else"),
        (praise("http://localhost:8001/orgs/maple-co-op/achievements/none"), "about-something-else"),
        (b"", "not-an-endorsement"),
        (b"[]", "not-an-endorsement"),
        ({"type": "EndorsementCredential"}, "not-an-endorsement"),
    ]:
        answer = hand_in(desk, value)
        assert (answer.status_code, kind(answer)) == (422, said), answer.text
    unsigned = {name: value for name, value in praise(OURS).items() if name != "proof"}
    assert hand_in(desk, unsigned).status_code == 422
    assert kept(services) == 0
    assert embedded(stranger) == []


def test_what_can_never_be_checked_is_refused_and_not_put_off(desk, services):
    for odd in (None, True, "", "x", [[]], {"id": 1}):
        answer = hand_in(desk, {**praise(OURS), "@context": [praise(OURS)["@context"][0], odd]})
        assert (answer.status_code, "retry-after" in answer.headers) == (422, False), (odd, answer.text)
    assert kept(services) == 0


def test_a_check_asks_for_nothing_and_takes_nothing(desk):
    path = f"{desk.base}/received-endorsements/{accepted(desk, praise(OURS))['id']}/check"
    assert desk.client.post(path, json={"state": "good"}).status_code == 422
    assert desk.client.post(path, json={}).status_code == 200
    assert desk.client.post(path).status_code == 200


def test_F13_ones_own_praise_is_refused(desk, services):
    own = document(desk, given(desk)).json()
    own["credentialSubject"]["id"] = OURS
    assert kind(hand_in(desk, own)) == "self-endorsement"
    assert kept(services) == 0


def test_A20_a_badge_is_no_endorsement(desk, other_desk, services):
    award = other_desk.award(other_desk.achievement())
    assert kind(hand_in(desk, other_desk.document(award).content)) == "not-an-endorsement"
    assert kept(services) == 0


def test_a_person_hands_in_a_file(browser, desk, stranger):
    base = "/organisations/maple-co-op/received-endorsements"
    browser.get(base)
    token = browser.page.text.partition('name="csrf" value="')[2].partition('"')[0]

    def sent(data):
        return browser.client.post(base, data={"csrf": token}, files={"endorsement": ("x.json", data)})

    refused = sent(b"{}")
    assert (refused.status_code, "not a signed endorsement" in refused.text) == (422, True)
    browser.page = sent(json.dumps(praise(OURS)).encode())
    page = browser.follow()
    assert "Sound teaching." in page.text
    path = str(page.url.path)
    browser.submit(path, published="no")
    assert "Publish it" in browser.follow().text
    assert embedded(stranger) == []
    browser.submit(f"{path}/check")
    assert "It is genuine." in browser.follow().text
    assert "Welders" in browser.get(base).text
