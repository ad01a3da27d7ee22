"""Attacks J2–J4, J7, L6, L7, L12, L13, O4 and P1, at the door."""

import json
import logging
import re
from datetime import date

import pytest
from sqlalchemy import insert

from kit.paging import window
from kit.web.vc_api import is_for_programs
from tests.http.wallet.hosting.program import UPSERT, metadata
from tests.unit.wallet.samples import PASSWORD, award, strangers
from wallet.service.hosting.clients import read_metadata
from wallet.service.import_views import Given
from wallet.service.share_views import Choice
from wallet.service.works import Made

ANYBODY = {
    "/", "/sign-in", "/sign-out", "/sign-up", "/recover", "/join/{token}", "/invitations/{token}", "/s", "/s/{token}",
    "/s/{token}/files", "/s/{token}/paper", "/s/{token}/answer", "/healthz", "/readyz", "/metrics", "/static/{name:path}", "/api/accounts", "/api/session",
    "/api/openapi.json", "/api/passkeys/sign-in/options", "/api/passkeys/sign-in", "/api/passkeys/enrolment",
    "/manifest.webmanifest", "/icons/{name}.png", "/phone/worker.js", "/phone/start", "/phone/offline", "/phone/state",
    "/hosting", "/oauth/register", "/oauth/token", "/oauth/revoke", "/ims/ob/v3p0/discovery", "/ims/clr/v2p0/discovery",
    "/reopen", "/api/reopening",
}  # fmt: skip
"""Routes that ask for no member: the ways in, the reader's side, and what a supervisor asks."""


@pytest.fixture
def world(services, hadleys):
    """Ids of one of everything in the Hadleys' family, by path parameter."""
    kept = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award()).credential_id
    in_bin = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award(2)).credential_id
    services.credentials.remove(hadleys.teresa, in_bin)
    choice = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="Jonah")
    share = services.shares.create(hadleys.jonah, hadleys.jonah_learner, choice)
    services.invitations.invite(
        hadleys.teresa, kind="guardian", name="G", learner_id=hadleys.jonah_learner, scopes=["view"]
    )
    permission = services.allowing.allow(hadleys.teresa, hadleys.jonah_learner, "Jonah's school")
    family = services.people.family(hadleys.teresa)
    guardianship = services.people.learner(hadleys.teresa, hadleys.jonah_learner).guardianships[0].id
    from wallet import store

    owner = services.tools.accounts.find_by_login("teresa").id
    with services.tools.database.session() as session:
        home = services.people.open(session, hadleys.teresa)
        claim = store.Claim(
            id="c" * 36, family_id=hadleys.teresa.family_id, learner_id=hadleys.jonah_learner, offer_index=b"x" * 32,
            state="waiting", started_by=hadleys.jonah.member_id, started_at=services.tools.clock.now(), version=0,
        )  # fmt: skip
        offer = dict.fromkeys(
            ("issuerId", "issuerName", "achievementId", "title", "description", "meantFor", "origin"), "x"
        )
        services.claims._seal(
            home.learner(hadleys.jonah_learner),
            claim,
            {"link": "http://localhost:9/claim/x", "offer": offer, "problem": ""},
        )
        session.add(claim)
        passkey = {
            "id": "d" * 64, "account_id": owner, "credential": b"x",
            "public_key": b"x", "sign_count": 0, "transports": "", "backed_up": False, "name": b"Jonah",
            "created": services.tools.clock.now(),
        }  # fmt: skip
        session.execute(insert(store.ACCOUNTS.passkey).values(passkey))
        client = store.HostClient(
            id="h" * 36, secret_hash=b"x", described=json.dumps(read_metadata(metadata(), loopback=True)),
            registered_at=services.tools.clock.now(), used_at=services.tools.clock.now(),
        )  # fmt: skip
        connection = store.HostConnection(
            id="e" * 36, family_id=hadleys.teresa.family_id, learner_id=hadleys.jonah_learner, client_id=client.id,
            state="waiting", scopes=UPSERT, reads="own", started_by=hadleys.jonah.member_id,
            started_at=services.tools.clock.now(), version=0,
        )  # fmt: skip
        home.learner(hadleys.jonah_learner).seal(connection, {"way": None, "proposal": "J."})
        session.add(client)
        session.flush()
        session.add(connection)
    collection = services.arranging.make(hadleys.teresa, hadleys.jonah_learner, name="Jonah's")
    services.arranging.put(hadleys.teresa, collection, [kept])
    work = services.works.add(
        hadleys.teresa, hadleys.jonah_learner, Made(title="Jonah's", words="", credential_id=kept)
    )
    forged = award(9).replace(b"ten kilograms", b"one kilogram ")
    brought = services.imports.take(hadleys.teresa, hadleys.jonah_learner, [Given(name="Jonah's", data=forged)])
    services.imports.go_on(hadleys.teresa, brought)
    apart = services.import_showing.look(hadleys.teresa, brought, window(page=None)).items.items[0].id
    sealed = b"".join(services.packing.pack(hadleys.teresa, passphrase=PHRASE, again=PHRASE).chunks())
    restoration = services.restoring.begin(hadleys.teresa, sealed, passphrase=PHRASE, mine=True).id
    return {
        "import_id": brought, "item_id": apart,
        "passkey_id": "d" * 64, "collection_id": collection, "work_id": work, "connection_id": "e" * 36,
        "learner_id": hadleys.jonah_learner, "credential_id": kept, "share_id": share, "claim_id": "c" * 36, "form": "png",
        "order_id": "e" * 36, "step": "links", "restoration_id": restoration,
        "permission_id": permission, "guardianship_id": guardianship, "invitation_id": family.invitations[0].id,
    }  # fmt: skip


def member_routes(app):
    from tests.http.wallet.routes import every_route

    for path, methods in every_route(app):
        if path in ANYBODY:
            continue
        for method in sorted(methods - {"HEAD", "OPTIONS"}):
            yield method, path


BODIES = {
    ("POST", "/api/archive"): {"passphrase": "x"},
    ("POST", "/api/family/erasure"): {"password": "x"},
    ("POST", "/api/restorations"): {"archive": "", "passphrase": "x", "mine": False},
    ("PUT", "/api/passkeys/{passkey_id}"): {"name": "x"},
    ("POST", "/api/passkeys/{passkey_id}/removal"): {"password": PASSWORD},
    ("PATCH", "/api/learners/{learner_id}"): {"name": "X"},
    ("POST", "/api/learners/{learner_id}/guardians"): {"member": "m", "scopes": ["view"]},
    ("POST", "/api/claims/{claim_id}/learner"): {"learner": "x"},
    ("PUT", "/api/credentials/{credential_id}/note"): {"note": "x"},
    ("POST", "/api/shares/{share_id}/editions"): {"editions": {}},
    ("PUT", "/api/shares/{share_id}/passcode"): {"passcode": "otter 7"},
    ("POST", "/api/learners/{learner_id}/permissions"): {"recipient": "x"},
    ("PUT", "/api/credentials/{credential_id}/tags"): {"tags": ["x"]},
    ("POST", "/api/learners/{learner_id}/collections"): {"name": "x"},
    ("PUT", "/api/collections/{collection_id}"): {"name": "x"},
    ("POST", "/api/learners/{learner_id}/works"): {"title": "x"},
    ("PUT", "/api/works/{work_id}"): {"title": "x"},
    ("POST", "/api/learners/{learner_id}/statements"): {"title": "x", "about": "x", "day": "2026-01-01"},
    ("POST", "/api/collections/{collection_id}/awards"): {"credentials": ["x"]},
    ("PUT", "/api/collections/{collection_id}/order"): {"credentials": ["x"]},
    ("POST", "/api/learners/{learner_id}/requests"): {"request": "{}"},
    ("POST", "/api/learners/{learner_id}/answers"): {"request": "{}", "credentials": []},
    ("POST", "/api/shares/{share_id}/answer"): {"send": False},
    ("PATCH", "/api/shares/{share_id}"): {"until": "2026-12-02"},
}
FORMS = {
    "/learners/{learner_id}/share": {"recipient": "B", "until": "2026-12-01", "do": "share", "credentials": "x"},
    "/shares/{share_id}/extend": {"until": "2026-12-02"},
    "/learners/{learner_id}/guardians": {"member": "m", "scopes": "view"},
    "/learners/{learner_id}/invitations": {"kind": "guardian", "name": "x", "scopes": "view"},
    "/learners/{learner_id}/collections": {"name": "x"},
    "/collections/{collection_id}": {"name": "x"},
    "/learners/{learner_id}/works/add": {"title": "x"},
    "/works/{work_id}": {"title": "x"},
    "/learners/{learner_id}/statements/add": {"title": "x", "about": "x", "day": "2026-01-01"},
    "/collections/{collection_id}/add": {"credentials": "x"},
    "/collections/{collection_id}/awards/{credential_id}": {"do": "up"},
    "/learners/{learner_id}/about": {"name": "X"},
    "/learners/{learner_id}/add": {"text": "{}"},
}


PHRASE = "otter lantern seven violins"
QUERIES = {"/api/learners/{learner_id}/groups": "?by=time"}


def knock(client, browser, method, path, values):
    """One request to a route, filled with another family's ids."""
    filled = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path) + QUERIES.get(path, "")
    if is_for_programs(path):
        return client.request(method, filled, json=BODIES.get((method, path), {}) if method != "GET" else None)
    if method == "POST":
        return browser.post(filled, FORMS.get(path, {}))
    return browser.get(filled)


@pytest.mark.parametrize("who", ["olga", "marcus"])
def test_no_route_gives_another_familys_or_another_learners_things(  # noqa: PLR0917
    app, api, browser, services, hadleys, world, who
):
    """Attack O4: every route × (a stranger's family | a guardian of the sister only). New routes are in at once."""
    strangers(services)
    client, page = api(who), browser(who)
    tried = [(m, p) for m, p in member_routes(app) if "{" in p]
    assert len(tried) > 50
    for method, path in tried:
        answer = knock(client, page, method, path, world)
        expected = 403 if "court-orders" in path else 404
        assert answer.status_code == expected, (method, path, answer.status_code, answer.text[:300])
        assert "Jonah" not in answer.text
    family = services.people.family(hadleys.teresa)
    assert {one.learner.name for one in family.learners} == {"Wren Hadley", "Jonah Hadley", "Teresa Hadley"}
    assert services.shares.share(hadleys.teresa, world["share_id"]).state == "waiting"


def test_no_route_answers_somebody_who_is_not_signed_in(app, api, browser, world):
    for method, path in member_routes(app):
        answer = knock(api(), browser(), method, path, world)
        if is_for_programs(path):
            assert answer.status_code == 401, (method, path, answer.status_code)
        else:
            assert answer.status_code in {303, 403}, (method, path, answer.status_code)
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in")


def test_a_minor_approves_nothing_of_their_own(api, world):
    """Attacks K11 and O8, over the API."""
    jonah = api("jonah")
    for path in (
        f"/api/shares/{world['share_id']}/approval",
        f"/api/claims/{world['claim_id']}/approval",
        f"/api/connections/{world['connection_id']}/approval",
    ):
        assert jonah.post(path).status_code == 403


def test_a_removed_guardian_is_out_at_the_next_request(api, services, hadleys, world):
    """Attack O6: the session lives, the say does not."""
    marcus = api("marcus")
    assert marcus.get(f"/api/learners/{hadleys.wren}").status_code == 200
    given = services.people.learner(hadleys.teresa, hadleys.wren).guardianships
    services.people.end_guardianship(hadleys.teresa, next(one.id for one in given if one.member_name == "Marcus"))
    assert marcus.get(f"/api/learners/{hadleys.wren}").status_code == 404


def test_a_typo_in_a_birth_date_is_refused_and_changes_nothing(api, hadleys):
    """Attack O10: nobody is made an adult, and so an orphan, by a wrong year."""
    teresa = api("teresa")
    before = teresa.get("/api/learners").json()
    answer = teresa.post("/api/learners", json={"name": "Kit", "birthDate": "2002-01-01"})
    assert (answer.status_code, answer.json()["field"]) == (422, "birth_date")
    answer = teresa.patch(f"/api/learners/{hadleys.wren}", json={"name": "Wren", "birthDate": "1994-06-03"})
    assert answer.status_code == 422
    assert teresa.get("/api/learners").json() == before


def test_a_sign_in_that_was_taken_away_is_out_at_the_next_request(api, browser, hadleys):
    """Attack O6."""
    jonah = api("jonah")
    assert jonah.get(f"/api/learners/{hadleys.jonah_learner}").status_code == 200
    teresa = browser("teresa")
    about = f"/learners/{hadleys.jonah_learner}/about"
    assert "Take the sign-in away" in teresa.get(about).text
    told = teresa.post(f"/learners/{hadleys.jonah_learner}/sign-in/remove", page=about, follow=True)
    assert "no longer reaches" in told.text
    assert jonah.get(f"/api/learners/{hadleys.jonah_learner}").status_code == 404
    assert api("teresa").delete(f"/api/learners/{hadleys.jonah_learner}/sign-in").status_code == 409


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("multipart/form-data; boundary=x", 415),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 422),
        ("", 422),
    ],
)
def test_a_credential_is_read_as_a_file_or_not_at_all(api, hadleys, kind, status):
    """Attack L13: a form with a bearer token is an answer of 415, not a crash; what is no credential is said."""
    teresa = api("teresa")
    path = f"/api/learners/{hadleys.wren}/credentials"
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    answer = teresa.post(path, content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    for wanted in ("application/vc", "application/json; charset=utf-8", "application/octet-stream"):
        assert teresa.post(path, content=award(), headers={"content-type": wanted}).status_code == 201


def test_guessing_links_runs_dry_and_says_nothing_else(api, browser, clock):
    """Attack J2."""
    reader = browser()
    answers = [reader.get(f"/s/{number:022d}") for number in range(330)]
    codes = [answer.status_code for answer in answers]
    assert set(codes) == {404, 429}
    assert codes == sorted(codes)
    assert int(answers[-1].headers["retry-after"]) > 0
    bodies = {re.sub(r"<code>\w+</code>|\d{22}", "", answer.text) for answer in answers if answer.status_code == 404}
    assert len(bodies) == 1


def test_a_bot_that_opens_the_link_learns_nothing(browser, services, hadleys):
    """Attacks J3 and J4."""
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id
    choice = Choice(
        credential_ids=(kept,),
        recipient="Brightwater",
        purpose="P",
        until=date(2026, 12, 1),
        shown_name="Teresa Hadley",
    )
    share = services.shares.share(
        hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice)
    )
    answer = browser().get(f"/s/{share.token}", headers={"user-agent": "Slackbot-LinkExpanding 1.0"})
    for word in ("Teresa", "Hadley", "Bridge", "Maple", "Brightwater"):
        assert word not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert services.shares.share(hadleys.teresa, share.id).openings.items == ()
    shown = browser()
    text = shown.post(f"/s/{share.token}", {}, page=f"/s/{share.token}").text
    assert not re.findall(r'(?:src|srcset)="(?:https?:)?//', text)
    assert not re.findall(r'<link[^>]+href="(?:https?:)?//', text)


def test_a_form_from_another_site_does_nothing(browser, services, hadleys, world):
    """Attack L7."""
    teresa = browser("teresa")
    token = teresa.token("/account")
    path = f"/learners/{hadleys.wren}/remove"
    for headers, sent in (
        ({"origin": "https://evil.example"}, {"csrf": token}),
        ({"origin": "http://localhost:8002"}, {"name": "x"}),
        ({"origin": "http://localhost:8002"}, {"csrf": "0" * 64}),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, {"csrf": token}),
    ):
        assert teresa.client.post(path, data=sent, headers=headers).status_code == 403
    assert teresa.client.post(
        f"/api/shares/{world['share_id']}/approval", content=b"{}",
        headers={"origin": "https://evil.example", "content-type": "application/json", "accept": "application/json"},
    ).status_code == 403  # fmt: skip
    assert (
        teresa.client.post(
            f"/api/shares/{world['share_id']}/approval", content=b"{}", headers={"content-type": "text/plain"}
        ).status_code
        == 415
    )
    assert services.people.learner(hadleys.teresa, hadleys.wren)


def test_a_session_from_before_signing_in_is_worth_nothing_afterwards(browser, hadleys):
    """Attack L6."""
    teresa = browser("teresa")
    old = teresa.client.cookies["satchel-wallet"]
    teresa.post("/account/password", {"old_password": PASSWORD, "new_password": "another patchwork 43"})
    stolen = browser()
    stolen.client.cookies.set("satchel-wallet", old)
    assert stolen.get("/people").status_code == 303
    teresa.post("/sign-out", {})
    assert teresa.get("/people").status_code == 303


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/learners", {"name": "X", "familyId": "other"}),
        ("/api/learners", {"name": "X", "memberId": "other"}),
        ("/api/shares", {"learner": "x", "credentials": [], "recipient": "B", "state": "active"}),
        ("/api/accounts", {"login": "x", "password": PASSWORD, "name": "X", "scope": "administrator"}),
        ("/api/claims", {"offer": "https://x.example/claim/1", "state": "approved"}),
    ],
)
def test_what_was_not_asked_for_is_refused(api, hadleys, path, body):
    """Attack L13."""
    answer = api("teresa").post(path, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_links_are_made_from_the_settings_and_not_from_the_host_header(browser, services, hadleys):
    """Attack L12."""
    answer = browser("teresa").get("/people", headers={"host": "evil.example"})
    assert answer.status_code == 421


def test_no_name_title_or_secret_reaches_the_log(browser, services, hadleys, caplog):
    """Attack P1."""
    caplog.set_level(logging.DEBUG)
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id
    choice = Choice(
        credential_ids=(kept,), recipient="Brightwater", purpose="P", until=date(2026, 12, 1), shown_name=""
    )
    share = services.shares.share(
        hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice)
    )
    teresa = browser("teresa")
    teresa.get(f"/learners/{hadleys.teresa_learner}/awards?q=Zebrafinch")
    teresa.get(f"/credentials/{kept}")
    reader = browser()
    reader.post(f"/s/{share.token}", {"reader": "Ms. Ames"}, page=f"/s/{share.token}")
    said = "\n".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if "httpx" not in record.name
    )
    for word in ("Teresa", "teresa", "Bridge", "Brightwater", "Zebrafinch", "Ames", share.token, PASSWORD):
        assert word not in said
