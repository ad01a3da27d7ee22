"""Two people for one act: whoever asks waits, somebody else agrees or not, and what was agreed to is done once."""

import re
import shutil
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.store import tables
from kit import audit
from kit.clock import FixedClock
from tests.awarding import drive
from tests.http.issuer.conftest import COURSE, NOW, ORIGIN, PASSWORD, Browser, Desk, built, settings_in

EVERYTHING = ["award", "sheet", "keys", "compromise", "people"]


class World:
    """One issuer with a fresh organisation for each test: its owner, another owner and an issuer."""

    def __init__(self, folder):
        self.clock = FixedClock(instant=NOW)
        self.services = built(settings_in(folder, job_processes=0), self.clock)
        self.app = create_app(self.services.context.settings, services=self.services)
        self.number = 0

    def organisation(self, *roles, **given):
        """The owner's desk at a new organisation, and one for each further role."""
        self.number += 1
        slug = f"maple-{self.number}"
        names = [f"{slug}-{place}" for place in range(len(roles) + 1)]
        for name in names:
            self.services.accounts.create_user(login=name, password=PASSWORD, name=name, scope="administrator")
        desks = [Desk(self.app, name, slug) for name in names]
        for desk, name in zip(desks, names, strict=True):
            desk.login = name
        assert desks[0].client.post("/api/organisations", json={"name": slug, "slug": slug, **given}).status_code == 201
        for desk, role in zip(desks[1:], roles, strict=True):
            link = invited(desks[0], role)
            assert desk.client.post(link, headers={"Accept": "text/html"}).status_code == 303, link
        return desks

    def later(self, *desks, days=15):
        """So many days on, signed in anew."""
        self.clock.advance(timedelta(days=days))
        for desk in desks:
            account = self.services.accounts.find_by_login(desk.login)
            with self.services.context.database.session() as session:
                token = self.services.accounts.open_session(session, account.id)
            desk.client.headers["Authorization"] = f"Bearer {token}"

    def rows(self, table, *where):
        with self.services.context.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where))

    def acts(self, desk):
        with self.services.context.database.reading() as session:
            assert audit.verify_chain(session, tables.AUDIT) is None
            rows = session.execute(tables.AUDIT.select().order_by(tables.AUDIT.c.sequence)).all()
        organisation = self.services.organisations.public(desk.slug).id
        return [row.action for row in rows if row.object_id.startswith(organisation)]


@pytest.fixture(scope="module")
def world(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("approvals")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    made = World(folder)
    with TestClient(made.app):
        yield made


def invited(desk, role):
    """The path of an invitation's link."""
    answer = desk.client.post(f"{desk.base}/invitations", json={"role": role, "label": "Somebody"})
    assert answer.status_code == 201, answer.text
    return answer.json()["url"].removeprefix(ORIGIN)


def want(desk, *kinds):
    answer = desk.client.put(f"{desk.base}/settings", json={"secondPerson": list(kinds)})
    assert answer.status_code == 200, answer.text


def asked(answer):
    """The id of what waits now."""
    assert answer.status_code == 202, answer.text
    assert answer.json()["approval"]["state"] == "asked"
    return answer.json()["approval"]["id"]


def decide(desk, approval, granted=True, words=""):
    return desk.client.post(f"{desk.base}/approvals/{approval}", json={"granted": granted, "words": words})


def seen(desk, approval):
    return desk.client.get(f"{desk.base}/approvals/{approval}").json()


def mine(world, desk):
    return world.services.organisations.public(desk.slug).id


def test_who_is_alone_cannot_want_two(world):
    (owner,) = world.organisation()
    alone = owner.client.put(f"{owner.base}/settings", json={"secondPerson": ["award"]})
    assert alone.status_code == 422
    assert "Invite a second person first." in alone.text
    joined = invited(owner, "viewer")
    world.services.people.join(joined.rpartition("/")[2], login=f"v-{owner.slug}", password=PASSWORD, name="V")
    assert owner.client.put(f"{owner.base}/settings", json={"secondPerson": ["award"]}).status_code == 422
    assert owner.client.put(f"{owner.base}/settings", json={"secondPerson": ["lunch"]}).status_code == 422


def test_P12_an_award_waits_for_somebody_else_and_is_made_once(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "award")
    course = owner.achievement()
    first = owner.post_award(course, key="k1", learnerName="Wren Hadley-Canary")
    approval = asked(first)
    assert asked(owner.post_award(course, key="k1", learnerName="Wren Hadley-Canary")) == approval, "asked once"
    assert world.rows(tables.CredentialRow, tables.CredentialRow.organisation_id == mine(world, owner)) == 0
    about = seen(issuer, approval)["about"]["draft"]
    assert (about["learnerName"], about["identifier"]) == ("Wren Hadley-Canary", "R-1017")
    own = decide(owner, approval)
    assert (own.status_code, own.json()["detail"]) == (
        403,
        "You asked for this yourself. Somebody else has to approve it.",
    )
    with world.services.context.database.reading() as session:
        row = session.get(tables.ApprovalRow, approval)
        assert b"Canary" not in row.about_sealed
    granted = decide(issuer, approval, words="Right so.")
    assert granted.json()["state"] == "granted"
    assert decide(issuer, approval).json() == granted.json(), "the same again changes nothing"
    assert decide(issuer, approval, granted=False).status_code == 409
    assert world.rows(tables.CredentialRow, tables.CredentialRow.organisation_id == mine(world, owner)) == 1
    again = owner.post_award(course, key="k1", learnerName="Wren Hadley-Canary")
    assert (again.status_code, again.json()["id"]) == (201, granted.json()["outcome"]), "whoever asked gets the award"
    found = seen(owner, approval)
    assert (found["words"], found["about"]) == ("Right so.", None)
    acts = world.acts(owner)
    assert [act for act in acts if act.startswith(("approval", "credential"))] == [
        "approval.ask",
        "approval.grant",
        "credential.award",
    ]


def test_refused_taken_back_and_too_late(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "award")
    course = owner.achievement()
    no = asked(owner.post_award(course, key="no"))
    assert decide(issuer, no, granted=False, words="Not finished.").json()["state"] == "refused"
    assert decide(issuer, no).status_code == 409
    assert seen(owner, no)["words"] == "Not finished."
    assert owner.post_award(course, key="no").status_code == 409, "the same request is not asked again"
    back = asked(issuer.post_award(course, key="back"))
    assert decide(issuer, back, granted=False).json()["state"] == "withdrawn"
    late = asked(owner.post_award(course, key="late"))
    world.later(owner, issuer)
    assert seen(issuer, late)["state"] == "expired"
    assert decide(issuer, late).status_code == 409
    world.services.approvals.forget_old()
    with world.services.context.database.reading() as session:
        row = session.get(tables.ApprovalRow, late)
        assert (row.state, row.about_sealed) == ("expired", None)
    assert world.rows(tables.CredentialRow, tables.CredentialRow.organisation_id == mine(world, owner)) == 0


def test_a_correction_waits_too_and_other_roads_do_nothing(world):
    owner, issuer = world.organisation("issuer")
    course = owner.achievement()
    award = owner.award(course)
    want(owner, "award")
    body = {"achievement": course["id"], "learnerName": "Jonah Hadley", "identifier": "R-1017"}
    wanted = {**body, "results": [{"value": "C"}]}
    path = f"{owner.credential(award)}/reissue"
    approval = asked(owner.client.post(path, json=wanted, headers={"Idempotency-Key": "c1"}))
    assert owner.client.get(owner.credential(award)).json()["mark"] == "A-"
    assert decide(issuer, approval).json()["outcome"] == award["id"]
    assert owner.client.get(owner.credential(award)).json()["mark"] == "C"
    proposal = {
        "credential": {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": [
                    {"type": "IdentityObject", "hashed": False, "identityHash": "R-1", "identityType": "identifier"}
                ],
                "achievement": {"id": course["iri"]},
            },
        },
        "options": {},
    }
    answer = owner.client.post("/credentials/issue", json=proposal, headers={"Idempotency-Key": "v1"})
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (409, "second-person")


def test_L16_people_let_in_and_their_roles_need_two(world):
    owner, other, issuer = world.organisation("owner", "issuer")
    want(owner, "people")
    link = invited(owner, "owner")
    newcomer = Browser(world.app)
    assert "has to agree to this invitation first" in newcomer.get(link).text
    (waiting,) = issuer.client.get(f"{owner.base}/approvals").json()["items"]
    assert decide(issuer, waiting["id"]).json()["state"] == "granted"
    assert newcomer.get(link).status_code == 200
    refused = invited(owner, "owner")
    (waiting,) = issuer.client.get(f"{owner.base}/approvals").json()["items"]
    decide(other, waiting["id"], granted=False)
    assert newcomer.get(refused).status_code == 404, "an invitation that was refused is gone"
    members = owner.client.get(f"{owner.base}/members").json()["items"]
    target = next(each["account"] for each in members if each["role"] == "issuer")
    path = f"{owner.base}/members/{target}"
    approval = asked(owner.client.put(path, json={"role": "viewer"}))
    assert asked(owner.client.put(path, json={"role": "viewer"})) == approval
    assert decide(other, approval).json()["outcome"] == target
    assert issuer.client.get(f"{owner.base}/approvals").status_code == 403, "a viewer approves nothing"
    second = next(each["account"] for each in members if each["role"] == "owner" and each["name"].endswith("-1"))
    left = owner.client.delete(f"{owner.base}/members/{second}")
    assert left.status_code == 409, "two people have to be left"
    assert "then there would be one" in left.text


def test_L16_to_want_less_needs_two_as_well_unless_whoever_runs_the_server_says_so(world):
    owner, issuer = world.organisation("issuer")
    want(owner, *EVERYTHING)
    put = owner.client.put(f"{owner.base}/settings", json={"secondPerson": ["sheet"], "undoMinutes": 3})
    approval = asked(put)
    assert owner.client.get(f"{owner.base}/settings").json()["secondPerson"] == EVERYTHING
    assert seen(issuer, approval)["about"]["draft"]["secondPerson"] == ["sheet"]
    assert decide(issuer, approval).status_code == 200
    now = owner.client.get(f"{owner.base}/settings").json()
    assert (now["secondPerson"], now["undoMinutes"]) == (["sheet"], 3)
    desk = world.services.organisations.operate(owner.slug)
    assert world.services.settings.lift(desk) is True
    now = owner.client.get(f"{owner.base}/settings").json()
    assert (now["secondPerson"], now["undoMinutes"]) == ([], 3)


def test_keys_are_exchanged_and_taken_back_by_two(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "keys", "compromise")
    keys = f"{owner.base}/keys"
    approval = asked(owner.client.post(f"{keys}/rotation", json={"use": "proof", "kind": "ed25519"}))
    assert len(owner.client.get(keys).json()["items"]) == 1
    assert decide(issuer, approval).status_code == 200
    assert [key["state"] for key in owner.client.get(keys).json()["items"]] == ["in use", "announced"]
    unsafe = asked(owner.client.post(f"{keys}/key-1/compromise", json={"since": "2026-11-20", "note": "A lost disk"}))
    assert seen(issuer, unsafe)["about"]["words"] == "A lost disk"
    assert owner.client.get(keys).json()["items"][0]["state"] == "in use"
    assert decide(issuer, unsafe).json()["outcome"] == "key-1"
    assert owner.client.get(keys).json()["items"][0]["state"] == "revoked"


def test_whoever_asked_has_to_work_here_still(world):
    owner, other, issuer = world.organisation("owner", "issuer")
    want(owner, "award")
    course = owner.achievement()
    approval = asked(issuer.post_award(course, key="gone"))
    members = owner.client.get(f"{owner.base}/members").json()["items"]
    gone = next(each["account"] for each in members if each["role"] == "issuer")
    assert owner.client.delete(f"{owner.base}/members/{gone}").status_code == 204
    late = decide(other, approval)
    assert late.status_code == 409
    assert "does not work here any more" in late.text
    assert seen(other, approval)["state"] == "asked", "it can still be refused"
    viewer = asked(other.post_award(course, key="less"))
    account = next(each["account"] for each in members if each["name"].endswith("-1"))
    world.services.accounts.disable(account)
    assert decide(owner, viewer).status_code == 409, "nor may somebody who is kept out"


def sheet_job(desk, course, *, key, number=1, starts=""):
    """A sheet of two rows whose job was asked for."""
    text = f"Name,Roster number,Final grade\nJonah Hadley,R-{number},A-\nWren Hadley,R-{number}1,B"
    sheet = desk.client.post(
        f"{desk.base}/sheets", json={"achievement": course["id"], "text": text}, headers={"Idempotency-Key": key}
    ).json()["id"]
    answer = desk.client.post(
        f"{desk.base}/sheets/{sheet}/issue", json={"starts": starts}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 201, answer.text
    return sheet, answer.json()


def waiting_job(desk, job):
    """The approval that a job waits for."""
    items = desk.client.get(f"{desk.base}/approvals").json()["items"]
    return next(each["id"] for each in items if seen(desk, each["id"])["about"].get("job") == job)


def state(desk, job):
    return desk.client.get(f"{desk.base}/jobs/{job}").json()["state"]


def test_O3_a_sheet_waits_and_begins_when_somebody_agreed(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "sheet")
    course = owner.achievement()
    owner.award(course, identifier="R-77")
    _sheet, job = sheet_job(owner, course, key="s1")
    assert job["state"] == "approval"
    drive(world.services, job["id"])
    assert state(owner, job["id"]) == "approval", "a step changes nothing"
    assert owner.client.post(f"{owner.base}/jobs/{job['id']}/pause").status_code == 409
    assert decide(issuer, waiting_job(owner, job["id"])).json()["outcome"] == job["id"]
    drive(world.services, job["id"])
    assert (state(owner, job["id"]), owner.client.get(f"{owner.base}/jobs/{job['id']}").json()["done"]) == ("undo", 2)


@pytest.mark.parametrize("how", ["refused", "undone", "expired"])
def test_a_sheet_that_nobody_agrees_to_gives_its_rows_back(world, how):
    owner, issuer = world.organisation("issuer")
    want(owner, "sheet")
    sheet, job = sheet_job(owner, owner.achievement(), key="s1")
    approval = waiting_job(owner, job["id"])
    if how == "refused":
        decide(issuer, approval, granted=False)
    elif how == "undone":
        owner.client.post(f"{owner.base}/jobs/{job['id']}/undo")
    else:
        world.later(owner, issuer)
        assert job["id"] in {run.job_id for run in world.services.award_jobs.lapsed()}
    drive(world.services, job["id"])
    assert state(owner, job["id"]) == "undone"
    assert seen(owner, approval)["state"] == {"undone": "withdrawn"}.get(how, how)
    found = owner.client.get(f"{owner.base}/sheets/{sheet}").json()
    assert (found["state"], found["counts"]) == ("open", {"ok": 2})
    assert decide(issuer, approval).status_code == 409


def test_a_job_that_goes_on_with_another_version_is_asked_about_again(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "sheet")
    course = owner.achievement()
    _sheet, job = sheet_job(owner, course, key="s1")
    decide(issuer, waiting_job(owner, job["id"]))
    changed = {**COURSE, "description": "Something else."}
    assert owner.client.put(f"{owner.base}/achievements/{course['id']}", json=changed).status_code == 200
    drive(world.services, job["id"])
    assert state(owner, job["id"]) == "paused"
    assert owner.client.post(f"{owner.base}/jobs/{job['id']}/resume").json()["state"] == "approval"
    decide(issuer, waiting_job(owner, job["id"]))
    drive(world.services, job["id"])
    assert state(owner, job["id"]) == "undo"


def test_the_pages_ask_tell_and_decide(world):
    owner, _issuer = world.organisation("issuer")
    want(owner, "award", "people")
    course = owner.achievement()
    asking, other = Browser(world.app, f"{owner.slug}-0"), Browser(world.app, f"{owner.slug}-1")
    base = f"/organisations/{owner.slug}"
    asking.get(f"{base}/award/{course['id']}")
    asking.submit(f"{base}/award/{course['id']}", learnerName="Wren", identifier="R-1", **{"results/0/value": "B"})
    page = asking.follow()
    assert "This waits for a second person." in page.text
    assert "Take it back" in page.text
    assert "Somebody waits for you" not in asking.get(base).text
    desk = other.get(base).text
    assert "Somebody waits for you" in desk
    assert re.search(r'waits number">1<span class="unseen"> wait for you', desk)
    listed = other.get(f"{base}/approvals").text
    one = re.search(rf'href="({base}/approvals/[0-9a-f-]+)"', listed)[1]
    assert "Wren" in other.get(one).text
    other.submit(one, do="grant", words="")
    done = other.follow().text
    assert "You agreed. It is done." in done
    assert "See what came of it" in other.get(one).text
    assert "Nothing waits." in other.get(f"{base}/approvals").text
    assert asking.get(f"{base}/people").status_code == 200
    asking.submit(f"{base}/people", role="issuer", label="Ash")
    assert "once a second person here has agreed" in asking.page.text


def test_what_waits_pages_like_every_list(world):
    owner, _issuer = world.organisation("issuer")
    now, organisation_id = world.clock.now(), mine(world, owner)
    with world.services.context.database.session() as session:
        for number in range(51):
            session.add(
                tables.ApprovalRow(
                    id=f"{organisation_id[:30]}{number:06}", organisation_id=organisation_id, kind="keys", act="new-key",
                    subject=f"{number}", asked_by="somebody", asked=now + timedelta(seconds=number),
                    expires=now + timedelta(days=1), state="asked",
                )
            )  # fmt: skip
    browser, place = Browser(world.app, owner.login), f"/organisations/{owner.slug}/approvals"
    assert 'href="?waiting=2"' in browser.get(place).text
    last = browser.get(f"{place}?waiting=2").text
    assert f"{place}/{organisation_id[:30]}000050" in last
    assert f"{place}/{organisation_id[:30]}000049" not in last


def test_the_move_to_a_web_address_waits_for_somebody_else_and_is_made_once(world):
    owner, other, issuer = world.organisation("owner", "issuer", namedBy="key")
    want(owner, "keys")
    move = f"{owner.base}/identities/move"
    assert issuer.client.post(move).status_code == 403
    approval = asked(owner.client.post(move))
    assert asked(owner.client.post(move)) == approval, "asked again, it waits once"
    assert decide(owner, approval).status_code == 403
    assert world.services.organisations.public(owner.slug).did.startswith("did:key:")
    page = other.client.get(f"/organisations/{owner.slug}/approvals/{approval}", headers={"Accept": "text/html"})
    assert f"{ORIGIN}/orgs/{owner.slug}" in page.text
    assert decide(other, approval).status_code == 200
    assert world.services.organisations.public(owner.slug).did == f"did:web:localhost%3A8001:orgs:{owner.slug}"
    assert owner.client.post(move).json()["type"].endswith("#moved-already"), "there is nothing to ask for any more"
    assert world.acts(owner).count("identity.move") == 1
