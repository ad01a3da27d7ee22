"""An organisation whose name is its key, and its move to a web address: nothing that it issued breaks."""

import re
import secrets
import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.notices import named_in
from issuer.service.services import Services
from issuer.service.vouched import about_issuer
from issuer.store import identities, tables
from kit.errors import Conflict
from tests.e2e.tutor_words import unknown_words
from tests.http.issuer.conftest import NOW, ORIGIN, Wallet, settings_in
from tests.http.issuer.office import House, Office, uuid_of
from tests.issuing import judged
from vc.checks import Verdict
from vc.document import CREDENTIAL_LIMITS, parse

GOOD = Verdict.GENUINE_AND_CURRENT
ASKED = {"en": "Will this address stay?", "es": "¿Se conservará esta dirección?"}


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    made = House(tmp_path_factory.mktemp("identities"), prepared)
    yield made
    made.close()


@pytest.fixture
def office(house):
    """An organisation whose name is its key."""
    return Office(house, namedBy="key")


def address(office):
    return f"did:web:localhost%3A8001:orgs:{office.slug}"


def document(office, made):
    return office.client.get(f"{office.one(made)}/document")


def issuer(office, made):
    return document(office, made).json()["issuer"]["id"]


def verdict(office, made, **more):
    office.clock.advance(timedelta(seconds=2))
    return judged(office.services, office.slug, document(office, made).content, **more).verdict


def moved(office):
    answer = office.client.post(f"{office.base}/identities/move")
    assert answer.status_code == 200, answer.text
    assert answer.json()["did"] == address(office)


def states(office):
    return [(each["name"], each["state"]) for each in office.get("/keys")["items"]]


def lost(office, name="key-1"):
    answer = office.client.post(f"{office.base}/keys/{name}/compromise", json={"note": "Read by somebody."})
    assert answer.status_code == 200, answer.text


def test_awards_of_a_key_are_checked_with_nothing_but_their_lists(office, house):
    made = office.award()
    key = office.get("/keys")["items"][0]
    name = f"did:key:{key['multikey']}"
    assert (issuer(office, made), key["id"]) == (name, f"{name}#{key['multikey']}")
    assert verdict(office, made) is GOOD
    assert verdict(office, made, asking=False) is Verdict.COULD_NOT_BE_CHECKED, "without its lists it is not known"
    assert house.stranger.get(f"/orgs/{office.slug}/did.json").status_code == 404
    published = house.stranger.get(f"/orgs/{office.slug}/keys/key-1").json()
    assert (published["id"], published["controller"]) == (key["id"], name)
    page = house.stranger.get(f"/orgs/{office.slug}", headers={"Accept": "text/html"}).text
    assert name in page
    assert "did.json" not in page
    assert house.stranger.get(f"/orgs/{office.slug}.json").json()["id"] == name
    assert office.get("/identities")["items"] == [
        {"did": name, "method": "key", "since": "2026-11-23T09:00:00Z", "until": None}
    ]


def test_after_the_move_each_award_is_corrected_claimed_paused_and_withdrawn_by_whom_it_names(office, house):
    pausable = office.achievement(pausable=True)
    kept, claimed, gone, paused = (office.award(identifier=f"S-{n}", achievement=pausable["id"]) for n in range(4))
    name = issuer(office, kept)
    moved(office)
    after = office.award(identifier="S-9", achievement=pausable["id"])
    assert issuer(office, after) == address(office)
    assert verdict(office, kept) is GOOD, "what was released is as it was"
    office.correct(kept, achievement=pausable["id"], identifier="S-0")
    wallet, url = Wallet(), office.client.get(f"{office.one(claimed)}/claim").json()["url"]
    offer = house.stranger.post(url.removeprefix(ORIGIN), json={}).json()["offer"]
    assert offer["issuer"]["id"] == name, "a wallet is told who will have signed it"
    given = wallet.claim(house.stranger, url, now=office.clock.now())
    assert given.status_code == 200, given.text
    assert judged(office.services, office.slug, document(office, claimed).content).verdict is GOOD
    office.revoke(gone)
    for each in (paused, after):
        answer = office.client.put(f"{office.one(each)}/suspension", json={"reason": "fees"})
        assert answer.status_code == 200, answer.text
    found = {each["id"]: (issuer(office, each), verdict(office, each)) for each in (kept, claimed, gone, paused, after)}
    assert list(found.values()) == [
        (name, GOOD), (name, GOOD), (name, Verdict.WITHDRAWN), (name, Verdict.GENUINE_BUT),
        (address(office), Verdict.GENUINE_BUT),
    ]  # fmt: skip
    wrong = {
        "credential_id": kept["id"],
        "kind": "reissue",
        "format_": "eddsa-rdfc-2022",
        "unsigned": {},
        "details": {},
    }
    here = house.services.organisations.public(office.slug)
    with pytest.raises(RuntimeError, match="by no other"), house.services.context.database.session() as session:
        house.services.issuance.freeze(
            session, organisation=here, actor="x", now=NOW, idempotency_key=None, claim_id=None, holder=None, **wrong
        )
    published = house.stranger.get(f"/orgs/{office.slug}/did.json").json()
    assert published["alsoKnownAs"] == [name]
    assert [each["id"] for each in published["verificationMethod"]] == [f"{address(office)}#key-2"]
    assert states(office) == [("key-1", "kept"), ("key-2", "in use")]
    again = office.client.post(f"{office.base}/identities/move")
    assert (again.status_code, again.json()["type"].rpartition("#")[2]) == (409, "moved-already")
    assert office.services.organisations.audit_broken_at() is None


def test_a_key_that_is_a_name_is_not_exchanged_and_the_new_one_is(office):
    for path, body in (
        ("/keys/rotation", {"use": "proof", "kind": "ed25519"}),
        ("/keys", {"use": "selective", "kind": "p256"}),
    ):
        answer = office.client.post(office.base + path, json=body)
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (409, "name-is-the-key")
    shown = office.browser.post(f"{office.pages}/signing/keys/key-1/exchange")
    assert "Move it to a web address first" in shown.text
    assert f"{office.pages}/signing/move" in office.look(f"{office.pages}/signing")
    assert "nobody can see whether an earlier award was withdrawn" in office.look(f"{office.pages}/signing")
    sure = office.look(f"{office.pages}/signing/move")
    for words in (
        "leads to this computer alone",
        "There is no way back",
        "as long as this server is still found where it was",
        "see another name",
    ):
        assert words in sure
    assert office.submit(f"{office.pages}/signing/move") == f"{office.pages}/signing"
    page = office.look(f"{office.pages}/signing")
    assert "they named" in page
    assert f"{office.pages}/signing/move" not in page
    assert "has its web address already" in office.look(f"{office.pages}/signing/move")
    for path, body in (
        ("/keys/rotation", {"use": "proof", "kind": "ed25519"}),
        ("/keys", {"use": "selective", "kind": "p256"}),
    ):
        assert office.client.post(office.base + path, json=body).status_code == 201
    office.clock.advance(timedelta(minutes=6))
    assert states(office) == [("key-1", "kept"), ("key-2", "retired"), ("key-3", "in use"), ("key-4", "in use")]
    assert verdict(office, office.award()) is GOOD


def test_which_form_is_usual_goes_by_the_keys_of_the_present_identifier(office):
    chosen = {"format": "ecdsa-sd-2023"}
    moved(office)
    refused = office.client.put(f"{office.base}/settings", json=chosen)
    assert (refused.status_code, refused.json()["field"]) == (422, "format"), "no key for it yet"
    made = office.client.post(f"{office.base}/keys", json={"use": "selective", "kind": "p256"})
    assert made.status_code == 201
    office.clock.advance(timedelta(minutes=6))
    kept = office.client.put(f"{office.base}/settings", json=chosen)
    assert (kept.status_code, kept.json().get("format")) == (200, "ecdsa-sd-2023")


def test_a_lost_key_is_said_to_be_the_name_and_its_awards_are_withdrawn_and_not_renewed(office, house):
    made, other = office.award(identifier="S-1"), office.award(identifier="S-2")
    url = office.client.get(f"{office.one(other)}/claim").json()["url"]
    assert "nobody who checks can see" in office.look(f"{office.pages}/signing/keys/key-1/compromised")
    lost(office)
    assert "You cannot award until you move" in office.look(f"{office.pages}/signing")
    refused = office.client.post(
        f"{office.base}/awards",
        json={"achievement": office.course["id"], "learnerName": "Wren", "identifier": "S-3"},
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (409, "key-not-safe")
    renewed = office.client.post(f"{office.base}/keys/key-1/renewals", json={"credentials": [uuid_of(made)]}).json()
    assert (renewed["done"], len(renewed["failed"])) == (0, 1)
    claimed = Wallet().claim(house.stranger, url, now=office.clock.now())
    assert (claimed.status_code, claimed.json()["type"].rpartition("#")[2]) == (409, "key-not-safe")
    assert "Ask them to award it anew" in claimed.json()["detail"], "a family is not told to move"
    page = office.look(f"{office.pages}/signing/keys/key-1/after")
    assert "pass a check as they are" in page
    assert 'value="renew"' not in page
    gone = office.client.post(f"{office.base}/keys/key-1/withdrawals", json={"credentials": [uuid_of(made)]}).json()
    assert gone["done"] == 1
    assert verdict(office, made) is Verdict.WITHDRAWN
    moved(office)
    assert "alsoKnownAs" not in house.stranger.get(f"/orgs/{office.slug}/did.json").json()
    assert states(office) == [("key-1", "revoked"), ("key-2", "in use")]
    office.revoke(other)
    assert verdict(office, other) is Verdict.WITHDRAWN, "also after the move"
    assert verdict(office, office.award(identifier="S-4")) is GOOD


def test_a_key_that_is_lost_after_the_move_is_no_other_name_any_more(office, house):
    name = issuer(office, office.award())
    moved(office)
    assert "alsoKnownAs" in house.stranger.get(f"/orgs/{office.slug}/did.json").json()
    page = {"url": f"/orgs/{office.slug}", "headers": {"Accept": "text/html"}}
    shown = house.stranger.get(**page).text
    assert "Identifier in awards until" in shown, "who holds an older award beside the page sees that it is theirs"
    assert name in shown
    lost(office)
    assert name not in house.stranger.get(**page).text
    assert "alsoKnownAs" not in house.stranger.get(f"/orgs/{office.slug}/did.json").json()
    assert states(office) == [("key-1", "revoked"), ("key-2", "in use")], "the other key has nothing to do with it"


def test_a_move_that_dies_half_way_changed_nothing(office, monkeypatch):
    def dies(*_given, **_named):
        raise RuntimeError("killed")

    for step in ("publish", "record"):
        monkeypatch.setattr(f"issuer.service.moving.{step}", dies)
        with pytest.raises(RuntimeError):
            office.services.moving.move(office.at)
        monkeypatch.undo()
        assert [each["until"] for each in office.get("/identities")["items"]] == [None]
    assert states(office) == [("key-1", "in use")]
    assert verdict(office, office.award()) is GOOD


@pytest.mark.parametrize("place", ["https://nas.local", "https://192.168.1.5:8443", "https://School.Example"])
def test_nobody_moves_for_good_to_an_address_where_nobody_can_ask(office, place):
    folder = office.services.context.settings.data_dir
    services = Services.build(settings_in(folder, identifier_url=place), clock=office.clock)
    with pytest.raises(Conflict, match="cannot be your name") as refused:
        services.moving.move(office.at)
    assert refused.value.type.rpartition("#")[2] == "no-public-address"
    assert states(office) == [("key-1", "in use")]
    services.close()


def test_what_names_the_organisation_knows_both_its_names(office, house):
    made = office.award()
    before = issuer(office, made)
    moved(office)
    for name in (before, address(office)):
        wanted = {"targetKind": "organisation", "targetId": name, "targetName": "Us", "comment": "Good."}
        key = {"Idempotency-Key": secrets.token_hex(8)}
        own = office.client.post(f"{office.base}/endorsements", json=wanted, headers=key)
        assert own.json()["type"].rpartition("#")[2] == "self-endorsement"
        parent = {"name": "Maple", "parent": {"id": name, "name": "Us"}}
        assert office.client.put(office.base, json=parent).status_code == 422
    about = [{"credentialSubject": {"id": name}} for name in (before, address(office))]
    assert about_issuer(about, before) == (about[0],), "what is about one name cannot stand under the other"
    organisation, later = office.at.organisation.id, office.clock.now() + timedelta(days=1)
    with office.services.context.database.reading() as session:
        first, second = identities.of(session, organisation)
        notices = {
            (made["id"], later): before,
            ("job", NOW - timedelta(hours=1)): before,
            ("job", later): second.did,
        }
        for (thing, at), name in notices.items():
            assert named_in(session, tables.NoticeRow(organisation_id=organisation, object_id=thing, at=at)) == name
    assert first.until == second.since


def test_an_organisation_without_an_address_does_not_close_and_the_snapshot_of_one_that_moved_has_both(
    office, house, tmp_path, prepared
):
    office.award()
    wanted = {"slug": office.slug, "successorName": "Cedar", "successorUrl": "https://cedar.example.org/"}
    key = {"Idempotency-Key": "close"}
    refused = office.client.post(f"{office.base}/closing", json=wanted, headers=key)
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (409, "no-web-address")
    moved(office)
    office.award(identifier="S-2")
    assert office.client.post(f"{office.base}/closing", json=wanted, headers=key).status_code == 201
    for file in ("issuer.db", "kek"):
        shutil.copy(prepared / file, tmp_path / file)
    elsewhere = {"public_url": "http://localhost:9001", "identifier_url": "http://localhost:9001"}
    custodian = Services.build(settings_in(tmp_path).model_copy(update=elsewhere), clock=office.clock)
    custodian.adoption.adopt(house.stranger.get(f"/orgs/{office.slug}/closed.zip").content)
    before, after = (each["did"] for each in office.get("/identities")["items"])

    def kept(path):
        served = custodian.adoption.document("localhost:8001", f"/orgs/{office.slug}/{path}")
        return parse(served.published.body, limits=CREDENTIAL_LIMITS).value

    assert [kept(f"keys/key-{n}")["controller"] for n in (1, 2)] == [before, after]
    assert [kept(f"status/{n}")["issuer"] for n in (1, 2, 3, 4)] == [before, before, after, after]
    assert kept("did.json")["alsoKnownAs"] == [before]
    custodian.close()


def test_what_a_key_signed_is_claimed_corrected_and_renewed_at_the_servers_next_address(office, house):
    """The tutor's computer has another address: the old lists cannot be asked any more, so awards name the new ones."""
    renewing = office.achievement(refreshing=True)["id"]
    first, second = (office.award(identifier=f"S-{n}", achievement=renewing, results=[], adult=True) for n in (1, 2))
    url = office.client.get(f"{office.one(first)}/claim").json()["url"]
    wanted = {"targetKind": "organisation", "targetId": "did:web:a.example", "targetName": "A", "comment": "Good."}
    vouched = office.client.post(
        f"{office.base}/endorsements", json=wanted, headers={"Idempotency-Key": secrets.token_hex(8)}
    ).json()
    folder = office.services.context.settings.data_dir
    settings = settings_in(folder, identifier_url="http://localhost:9001")
    services = Services.build(settings, clock=office.clock)
    app = create_app(settings, services=services)
    office.clock.advance(timedelta(seconds=2))
    stranger = TestClient(app, base_url=ORIGIN, follow_redirects=False)
    assert Wallet().claim(stranger, url, now=office.clock.now()).status_code == 200
    draft, _described = services.awards.draft_of(office.at, second["id"])
    services.awards.reissue(office.at, second["id"], draft, key="again")
    services.endorsements.renew(office.at, vouched["id"], key="once more")
    bodies = [services.credentials.document(office.at, uuid_of(each))[0] for each in (first, second)]
    for body in bodies:
        newest = parse(body, limits=CREDENTIAL_LIMITS).value["refreshService"]["id"]
        assert newest.startswith("http://localhost:9001/refresh/")
        assert stranger.get(newest.removeprefix("http://localhost:9001")).content == body
    for body in (*bodies, services.endorsements.document(office.at, vouched["id"])[0]):
        found = parse(body, limits=CREDENTIAL_LIMITS).value
        assert found["credentialStatus"][0]["statusListCredential"].startswith("http://localhost:9001/orgs/")
        assert judged(services, office.slug, body).verdict is GOOD
    services.close()


def test_an_organisation_is_opened_with_the_choice_and_keeps_it(house, office):
    form = house.client(Accept="text/html")
    for language, words in (("en", "The key that you sign with"), ("es", "La clave con la que firma")):
        page = form.get(f"/organisations/new?lang={language}").text
        choice = re.sub(
            "<[^>]+>", " ", page[page.index("<details>\n  <summary>" + ASKED[language]) :].partition("</details>")[0]
        )
        assert words in choice
        assert {"en": "was withdrawn, until", "es": "se retiró hasta"}[language] in choice, "what it costs is said"
        assert unknown_words(choice, language) == []
    for chosen, method in (("", "web"), ("web", "web"), ("key", "key")):
        slug = f"chosen-{chosen or 'nothing'}"
        given = {"name": "Rosa", "slug": slug, "kind": "tutor", "namedBy": chosen}
        assert form.post("/organisations/new", data=given).status_code == 303
        assert house.services.organisations.public(slug).did.startswith(f"did:{method}:")
    wrong = house.client().post("/api/organisations", json={"name": "X", "slug": "wrong", "namedBy": "paper"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "namedBy")
    later = office.client.put(office.base, json={"name": "Maple", "namedBy": "web"})
    assert (later.status_code, later.json()["field"]) == (422, "namedBy")
