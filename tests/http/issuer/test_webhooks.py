"""Notices to programs: told in the transaction of the act, by ids, signed, again and again, and then no more."""

import contextlib
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from issuer.service.notices import signature
from issuer.service.recording import record
from issuer.service.webhooks import MOST
from issuer.store import tables
from kit.fetch import Fetcher
from tests.architecture.catalogue import ROOT
from tests.attacks.fetching import Elsewhere, canary
from tests.awarding import drive
from tests.http.issuer.outside import house, outside
from vc.timestamps import format_timestamp

__all__ = ["canary", "house", "outside"]

ALL = ["credential.awarded", "credential.corrected", "credential.kept", "credential.withdrawn", "job.released"]


class Post:
    """A desk, a program, and the postman between them. ``answers`` is what the program says, the last one for ever."""

    def __init__(self, outside, program):
        self.outside, self.program = outside.wake(), program
        program.answers, program.bodies, program.answer = [204], [], self._answered
        program.url = f"http://127.0.0.1:{program.port}/notices"

    def __getattr__(self, name):
        return getattr(self.outside, name)

    @staticmethod
    def _answered(handler):
        server = handler.server
        status = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        server.bodies.append(handler.received)
        handler.reply(b"", status=status)

    def add(self, url=None, events=ALL):
        """An address, the program's unless another is given."""
        answer = self.ask("POST", "", json={"url": url or self.program.url, "events": events})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def told(self, hook):
        """What an address was told, newest first."""
        return self.ask("GET", f"/{hook['id']}/notices").json()["items"]

    def send(self):
        """Send everything that is due; how many were sent."""
        count = 0
        while self.services.couriers.send_one():
            count += 1
        return count


@pytest.fixture
def post(outside, canary):
    made = Post(outside, canary)
    yield made
    made.forget()


def test_the_signature_in_the_documents_is_the_one_that_we_make():
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    vector = dict(re.findall(r"^(secret|body|signature): +(.*)$", text, re.MULTILINE))
    seconds, mac = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", vector["signature"]).groups()
    key, message = vector["secret"].encode(), f"{seconds}.{vector['body']}".encode()
    assert hmac.new(key, message, hashlib.sha256).hexdigest() == mac
    at = datetime.fromtimestamp(int(seconds), UTC)
    assert signature(vector["secret"], vector["body"].encode(), at) == vector["signature"]
    assert set(json.loads(vector["body"])) == {"id", "type", "at", "organisation", "object"}


def test_O17_a_notice_has_ids_a_signature_and_nothing_of_anybody(post, wallet):
    hook = post.add()
    award = post.award(learnerName="Quillon Farquharson", identifier="Q-99417")
    wallet.claim(post.desk.client, award["claim"]["url"], now=post.clock.now())
    post.desk.revoke(award, note="Quillon moved away")
    assert post.send() == 3
    kinds = sorted(json.loads(body)["type"] for body in post.program.bodies)
    assert kinds == ["credential.awarded", "credential.kept", "credential.withdrawn"]
    for body, (_method, _path, headers) in zip(post.program.bodies, post.program.asked, strict=True):
        value = json.loads(body)
        assert value == {
            "id": headers["Satchel-Delivery"], "type": value["type"], "at": format_timestamp(post.clock.now()),
            "organisation": f"did:web:localhost%3A8001:orgs:{post.slug}", "object": award["id"],
        }  # fmt: skip
        seconds, mac = re.fullmatch(r"t=(\d+),v1=(.*)", headers["Satchel-Signature"]).groups()
        assert int(seconds) == int(post.clock.now().timestamp())
        wanted = hmac.new(hook["secret"].encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        assert mac == wanted
    sent = json.dumps(post.program.asked) + "".join(body.decode() for body in post.program.bodies)
    for word in ("Quillon", "Q-99417", "Algebra", "moved", wallet.did):
        assert word not in sent


def test_a_pause_and_its_end_are_told_but_not_why(post):
    post.add(None, ["credential.paused", "credential.resumed"])
    licence = post.desk.achievement(achievementType="License", results=[])
    award = post.desk.award(licence, results=[])
    place = f"{post.desk.credential(award)}/suspension"
    for _time in range(2):
        assert post.desk.client.put(place, json={"reason": "Her course has run out."}).status_code == 200
    assert post.send() == 1
    assert post.desk.client.delete(place).status_code == 200
    assert post.send() == 1
    assert [json.loads(body)["type"] for body in post.program.bodies] == ["credential.paused", "credential.resumed"]
    assert b"course" not in b"".join(post.program.bodies)


def test_only_what_was_asked_for_and_what_really_happened_is_told(post):
    hook = post.add(None, ["credential.withdrawn"])
    award = post.award()
    assert post.desk.revoke(award, reason="nonsense").status_code == 422
    with contextlib.suppress(RuntimeError), post.services.context.database.session() as session:
        organisation_id = session.query(tables.OrganisationRow).filter_by(slug=post.slug).one().id
        record(
            session, at=post.services.context.now(), actor="system", action="credential.revoke",
            organisation_id=organisation_id, object_id=award["id"],
        )  # fmt: skip
        raise RuntimeError
    assert (post.send(), post.told(hook)) == (0, [])
    post.desk.revoke(award)
    post.desk.revoke(award)
    assert (post.send(), len(post.told(hook))) == (1, 1)


def test_a_notice_is_tried_for_a_day_and_a_half_and_then_the_address_is_put_off(post):
    hook = post.add()
    post.program.answers = [500]
    post.award()
    for minutes in (1, 5, 30, 120, 480, 1440):
        assert post.send() == 1
        post.clock.advance(timedelta(minutes=minutes) - timedelta(seconds=1))
        assert post.send() == 0
        post.clock.advance(timedelta(seconds=1))
    post.sign_in()
    post.award()
    assert post.send() == 1
    assert len(set(post.program.bodies[:7])) == 1, "the same bytes at every try"
    newer, older = post.told(hook)
    assert (older["state"], older["tries"], older["status"], older["nextTry"]) == ("failed", 7, 500, None)
    assert newer["state"] == "waiting"
    seen = post.ask("GET", f"/{hook['id']}").json()
    assert (seen["on"], seen["problem"]) == (False, "refused")
    assert "could not be told anything" in post.browser().get(post.page).text
    acts = [item["action"] for item in post.desk.client.get(f"{post.desk.base}/audit").json()["items"]]
    assert acts[0] == "webhook.stop"
    post.award()
    post.clock.advance(timedelta(hours=11))
    assert (post.send(), len(post.told(hook))) == (0, 2), "nothing is kept for an address that is off"
    post.program.answers = [204]
    change = {"events": ALL, "on": True}
    assert post.ask("PUT", f"/{hook['id']}", json=change).json()["problem"] is None
    assert (post.send(), [each["state"] for each in post.told(hook)]) == (1, ["sent", "failed"])
    again = post.ask("POST", f"/{hook['id']}/notices/{older['id']}/resend")
    assert (again.status_code, again.json()["id"], post.send()) == (202, older["id"], 1)
    assert {each["state"] for each in post.told(hook)} == {"sent"}
    assert "could not be told anything" not in post.browser().get(post.page).text


def test_R11_an_address_that_does_not_answer_rests_and_holds_up_no_other(post):
    gone = post.add("http://127.0.0.1:9/gone")
    good = post.add()
    for _each in range(3):
        post.award()
    assert post.send() == 4, "one that nobody answers, and all three of the other"
    assert [each["state"] for each in post.told(good)] == ["sent"] * 3
    assert sorted(each["tries"] for each in post.told(gone)) == [0, 0, 1]


def test_a_try_is_made_once_and_a_notice_about_nothing(post):
    hook = post.add()
    post.program.answers = [404]
    assert post.ask("POST", f"/{hook['id']}/test").status_code == 202
    assert post.send() == 1
    assert json.loads(post.program.bodies[0])["type"] == "test"
    assert [(each["state"], each["status"]) for each in post.told(hook)] == [("failed", 404)]


def test_what_a_sheet_awards_is_told_when_it_is_handed_out(post):
    post.add()
    text = "Name,Roster number,Final grade\nJonah,R-1,A-\nWren,R-2,B"
    key = {"Idempotency-Key": "a"}
    sheet = post.desk.client.post(
        f"{post.desk.base}/sheets", json={"achievement": post.course["id"], "text": text}, headers=key
    ).json()
    job = post.desk.client.post(f"{post.desk.base}/sheets/{sheet['id']}/issue", json={}, headers=key).json()
    drive(post.services, job["id"])
    assert post.send() == 0, "nothing leaves the house while it can be undone"
    post.desk.client.post(f"{post.desk.base}/jobs/{job['id']}/release")
    assert post.send() == 1
    value = json.loads(post.program.bodies[0])
    assert (value["type"], value["object"]) == ("job.released", job["id"])
    found = post.desk.client.get(f"{post.desk.base}/credentials", params={"job": job["id"]}).json()
    assert [item["learnerName"] for item in found["items"]] == ["Jonah", "Wren"]


def test_K1_the_secret_is_shown_once_and_sealed(post, caplog):
    hook = post.add()
    secret = hook["secret"].encode()
    assert len(secret) >= 43
    stored = b"".join(
        path.read_bytes() for path in post.house.settings.data_dir.iterdir() if path.name.startswith("issuer.db")
    )
    assert hook["id"].encode() in stored
    assert secret not in stored
    browser = post.browser()
    listed = post.ask("GET", "").text + browser.get(f"{post.page}/webhooks").text
    one = browser.get(f"{post.page}/webhooks/{hook['id']}").text
    assert hook["secret"] not in listed + one + caplog.text


@pytest.mark.parametrize(
    "url", ["", "ftp://program.example/", "https://127.1/", "https://user:word@program.example/", "https://intranet/",
            "https://program.example/#part", "https://program.example:22/", "https://printer.local/"],
)  # fmt: skip
def test_I1_an_address_that_leads_inside_is_refused_with_its_field(post, url):
    answer = post.ask("POST", "", json={"url": url, "events": ALL})
    assert (answer.status_code, answer.json()["field"]) == (422, "url")


def test_I1_a_name_that_leads_inside_later_gets_nothing(post, monkeypatch):
    hook = post.add("https://program.example/notices")
    outer = Elsewhere(post.program, "10.0.0.7")
    guarded = Fetcher(clock=post.clock, loopback=False, ca_file=None, network=outer)
    monkeypatch.setattr(post.services.couriers, "_fetcher", guarded)
    post.award()
    assert (post.send(), outer.dialled, post.program.connections) == (1, [], 0)
    guarded.close()
    assert (post.told(hook)[0]["problem"], post.told(hook)[0]["status"]) == ("no-answer", None)


@pytest.mark.parametrize("events", [[], ["credential.read"], ["test"]])
def test_an_address_is_told_something_that_there_is(post, events):
    answer = post.ask("POST", "", json={"url": post.program.url, "events": events})
    assert (answer.status_code, answer.json()["field"]) == (422, "events")


def test_there_is_an_end_to_addresses(post):
    for _each in range(MOST):
        post.add()
    assert post.ask("POST", "", json={"url": post.program.url, "events": ALL}).status_code == 409


def test_R10_without_the_key_file_notices_wait(post):
    hook = post.add()
    post.award()
    kept = post.house.settings.key_file.rename(post.house.settings.key_file.with_name("away"))
    assert (post.send(), post.program.connections) == (0, 0)
    kept.rename(post.house.settings.key_file)
    post.clock.advance(timedelta(minutes=2))
    assert (post.send(), post.told(hook)[0]["tries"]) == (1, 1)


def test_what_was_told_is_forgotten_after_a_month_and_what_waits_is_not(post):
    hook = post.add()
    assert post.ask("POST", f"/{hook['id']}/test").status_code == 202
    post.send()
    post.ask("POST", f"/{hook['id']}/test")
    post.clock.advance(timedelta(days=31))
    post.sign_in()
    assert post.services.couriers.forget_old() == 1
    assert [each["state"] for each in post.told(hook)] == ["waiting"]


def test_the_engine_is_told_after_the_commit_and_the_sweep_finds_what_it_missed(post, monkeypatch):
    rung = []
    monkeypatch.setattr(post.services.work, "enqueue", rung.append)
    post.services.couriers.rounds._rung.clear()
    assert post.services.couriers.rounds.waiting() == []
    post.add()
    post.award()
    assert [run.kind for run in rung] == ["webhook"]
    post.award()
    assert len(rung) == 1, "one look finds both"
    assert len(post.services.couriers.rounds.waiting()) == 1
    post.award()
    assert len(rung) == 2, "after a sweep whoever was called before may be gone"
    assert post.services.couriers.rounds.step(rung[0]).seconds is None
    assert (len(post.program.bodies), post.services.couriers.rounds.waiting()) == (3, [])


def test_somebody_adds_tries_and_removes_an_address_on_pages(post):
    base, browser = f"{post.page}/webhooks", post.browser()
    browser.get(base)
    bad = browser.submit(base, url="http://", events=ALL)
    assert (bad.status_code, "This is not a web address that can be used here." in bad.text) == (422, True)
    shown = browser.submit(base, url=post.program.url, events=["credential.kept"])
    secret = re.search(r"<code>([\w-]{43})</code>", shown.text)[1]
    one = re.search(rf'href="({base}/[0-9a-f-]{{36}})"', shown.text)[1]
    assert secret not in browser.get(one).text
    assert browser.submit(f"{one}/test").status_code == 303
    post.send()
    assert "Status 204" in browser.get(one).text
    resend = re.search(r'action="([^"]+/resend)"', browser.page.text)[1]
    assert browser.submit(resend).status_code == 303
    assert (post.send(), len(post.program.bodies)) == (1, 2)
    browser.follow()
    assert browser.submit(one, events=["job.released"]).status_code == 303
    assert "Off" in browser.get(base).text
    browser.get(f"{one}/remove")
    assert browser.submit(f"{one}/remove").status_code == 303
    assert browser.get(one).status_code == 404
