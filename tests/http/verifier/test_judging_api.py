"""The verdict over the API: real keys, real lists, real answers on loopback."""

import base64
import copy
import json
from datetime import timedelta

import pytest

from tests.http.verifier.world import NOW, did_key_signer
from vc.document import serialize

LEARNER = did_key_signer(b"\x11" * 32)
LEARNER_DID = LEARNER.verification_method.partition("#")[0]
MALLORY = did_key_signer(b"\x22" * 32)


def recognise(client, provider, name="Maple Co-op"):
    body = {"did": provider.did, "name": name, "list": "Our providers"}
    assert client.post("/api/recognised", json=body).status_code == 201


def outcome(found, name):
    return next(check for check in found["report"]["checks"] if check["name"] == name)["outcome"]


class TestWords:
    def test_a_good_badge_of_an_issuer_on_no_list_is_genuine_and_not_green(self, world, judge):
        found = judge(world.provider().badge())
        assert (found["verdict"], found["recognition"], found["headlineGreen"]) == (
            "genuineAndCurrent",
            "notRecognised",
            False,
        )
        assert [each["word"] for each in found["words"]["statements"]] == [
            "Genuine and current",
            "On no list that you use",
        ]

    def test_a_self_made_harvard_is_never_green_and_adding_it_makes_the_same_badge_green(self, world, judge, signed_in):
        harvard = world.provider("harvard", "Harvard High")
        found = judge(harvard.badge())
        assert not found["headlineGreen"]
        recognise(signed_in, harvard, "Harvard High")
        again = signed_in.post(f"/api/verdicts/{found['id']}/check-again").json()
        assert again["headlineGreen"]
        assert again["earlier"] == found["id"]
        assert signed_in.get(f"/api/verdicts/{found['id']}").json()["headlineGreen"] is False

    def test_a_list_that_is_ignored_makes_nothing_green(self, world, judge, signed_in):
        provider = world.provider()
        recognise(signed_in, provider)
        assert judge(provider.badge())["headlineGreen"]
        assert not judge(provider.badge(), options={"recognition": "ignore"})["headlineGreen"]

    def test_withdrawn_says_since_when_it_was_seen_and_stays_with_the_first_time(self, world, judge, clock, client):
        provider = world.provider()
        badge = provider.badge(index=99)
        provider.revoked.add(99)
        found = judge(badge)
        assert found["verdict"] == "withdrawn"
        entry = next(c for c in found["report"]["checks"] if c["name"] == "status")["facts"]["entries"][0]
        assert entry["firstSeen"].startswith("2027-03-03T10:02:00")
        clock.advance(timedelta(hours=20))
        again = client.post(f"/api/verdicts/{found['id']}/check-again").json()
        entry = next(c for c in again["report"]["checks"] if c["name"] == "status")["facts"]["entries"][0]
        assert entry["firstSeen"].startswith("2027-03-03T10:02:00")

    def test_expired_suspended_and_not_yet_valid_are_genuine_but(self, world, judge):
        provider = world.provider()
        assert judge(provider.badge(valid_until=NOW - timedelta(days=1)))["verdict"] == "genuineBut"
        assert judge(provider.badge(valid_from=NOW + timedelta(days=1)))["verdict"] == "genuineBut"
        provider.suspended.add(5)
        assert judge(provider.badge(index=5, suspendable=True))["verdict"] == "genuineBut"

    def test_an_altered_badge_is_not_genuine(self, world, judge):
        badge = copy.deepcopy(world.provider().badge())
        badge["credentialSubject"]["achievement"]["name"] = "Doctor of Medicine"
        assert judge(badge)["verdict"] == "notGenuine"

    def test_a_badge_signed_with_another_issuers_key_is_not_genuine(self, world, judge):
        honest, other = world.provider(), world.provider("evil", "Evil")
        badge = dict(honest.badge())
        badge.pop("proof")
        assert judge(other.sign(badge))["verdict"] == "notGenuine"

    def test_an_issuer_that_has_vanished_could_not_be_checked(self, world, judge):
        provider = world.provider()
        badge = provider.badge()
        provider.did_mode = "404"
        assert judge(badge)["verdict"] == "couldNotBeChecked"


class TestStatusLists:
    @pytest.mark.parametrize("mode", ["404", "500", "html"])
    def test_a_list_that_does_not_come_could_not_be_checked(self, world, judge, mode):
        provider = world.provider()
        badge = provider.badge()
        provider.list_mode = mode
        found = judge(badge)
        assert found["verdict"] == "couldNotBeChecked"
        assert outcome(found, "signature") == "passed"

    @pytest.mark.slow
    def test_a_list_that_never_comes_is_given_up_and_could_not_be_checked(self, world, judge, monkeypatch):
        monkeypatch.setattr("kit.fetch.fetcher.FETCH_SECONDS", 1.5)
        provider = world.provider()
        badge = provider.badge()
        provider.list_mode = "slow"
        found = judge(badge)
        assert found["verdict"] == "couldNotBeChecked"
        (status,) = (check for check in found["report"]["checks"] if check["name"] == "status")
        assert status["facts"]["reason"] == "timeout"

    def test_a_revocation_is_seen_at_the_next_look_whatever_was_cached(self, world, judge, client):
        provider = world.provider()
        found = judge(provider.badge(index=3))
        assert found["verdict"] == "genuineAndCurrent"
        provider.revoked.add(3)
        assert client.post(f"/api/verdicts/{found['id']}/check-again").json()["verdict"] == "withdrawn"

    def test_a_cached_list_never_stands_in_for_a_host_that_is_down(self, world, judge, client, clock):
        provider = world.provider()
        found = judge(provider.badge())
        provider.list_mode = "500"
        clock.advance(timedelta(hours=2))
        again = client.post(f"/api/verdicts/{found['id']}/check-again").json()
        assert again["verdict"] == "couldNotBeChecked"
        assert again["lastGood"] == {provider.list_url(): NOW.isoformat()}

    def test_an_attackers_list_says_nothing(self, world, judge):
        provider, other = world.provider(), world.provider("evil", "Evil")
        badge = copy.deepcopy(provider.badge())
        badge.pop("proof")
        badge["credentialStatus"]["statusListCredential"] = other.list_url()
        other.revoked.add(7)
        found = judge(provider.sign(badge))
        assert found["verdict"] == "couldNotBeChecked"


class TestShares:
    def test_a_share_is_asked_for_us_and_now_and_binds_the_learner(self, world, judge):
        provider = world.provider()
        share = world.share([provider.badge(subject_id=LEARNER_DID)], [LEARNER])
        found = judge(world.share_url(share), reader="Ana, Cedar College")
        assert found["verdict"] == "genuineAndCurrent"
        assert found["input"] == "shareLink"
        (asked,) = share.requests
        assert asked["domain"] == "http://localhost:8003"
        assert asked["reader"] == "Ana, Cedar College"
        assert len(asked["challenge"]) >= 22

    def test_every_check_asks_a_fresh_question(self, world, judge, client):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        found = judge(world.share_url(share))
        client.post(f"/api/verdicts/{found['id']}/check-again")
        assert len({asked["challenge"] for asked in share.requests}) == 2

    def test_an_answer_given_before_is_worthless(self, world, judge):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        assert judge(world.share_url(share))["verdict"] == "genuineAndCurrent"
        share.mode = "replay"
        assert judge(world.share_url(share))["verdict"] == "notGenuine"

    def test_an_answer_meant_for_another_verifier_is_worthless(self, world, judge):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        share.mode = "other-domain"
        assert judge(world.share_url(share))["verdict"] == "notGenuine"

    def test_somebody_elses_credential_is_not_bound(self, world, judge):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [MALLORY])
        found = judge(world.share_url(share))
        assert found["verdict"] != "genuineAndCurrent"
        assert outcome(found, "holder-binding") in {"caution", "failed"}

    def test_a_presentation_as_a_file_is_never_called_bound(self, world, judge):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        judge(world.share_url(share))
        found = judge(share.captured.decode())
        binding = next(c for c in found["report"]["checks"] if c["name"] == "holder-binding")
        assert binding["facts"]["binding"] == "notChecked"

    def test_one_withdrawn_line_does_not_hide_among_good_ones(self, world, judge):
        provider = world.provider()
        provider.revoked.add(2)
        badges = [provider.badge(index=i, subject_id=LEARNER_DID) for i in (1, 2)]
        found = judge(world.share_url(world.share(badges, [LEARNER])))
        assert found["verdict"] == "genuineBut"
        assert [child["verdict"] for child in found["report"]["children"]] == ["genuineAndCurrent", "withdrawn"]

    def test_a_recalled_share_is_no_verdict(self, world, client):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        share.mode = "recalled"
        answer = client.post("/api/verify", json={"input": world.share_url(share)})
        assert answer.status_code == 410
        assert answer.json()["type"].endswith("#share-ended")
        assert "2 March 2027" in answer.json()["detail"]

    def test_a_link_that_never_was_is_no_verdict(self, world, client):
        answer = client.post("/api/verify", json={"input": f"{world.base}/s/{'x' * 22}"})
        assert answer.status_code == 410


class TestInputs:
    def test_the_document_itself_is_a_body(self, world, client):
        body = serialize(world.provider().badge())
        for media_type in ("application/vc", "application/json", "application/ld+json"):
            answer = client.post("/api/verify", content=body, headers={"Content-Type": media_type})
            assert answer.json()["verdict"] == "genuineAndCurrent"

    @pytest.mark.parametrize(("path", "expected"), [("/api/verify", {422}), ("/api/replay", {403, 415})])
    @pytest.mark.parametrize("bearer", ["Bearer made-up", "Bearer ", "Bearer x"])
    def test_a_form_without_a_file_to_check_is_refused_with_words(self, client, path, expected, bearer):
        answer = client.post(path, files={"a": ("a.json", b"{}")}, headers={"Authorization": bearer})
        assert answer.status_code in expected
        assert answer.json()["detail"]

    def test_an_object_is_an_input(self, world, client):
        answer = client.post("/api/verify", json={"input": world.provider().badge()})
        assert answer.json()["verdict"] == "genuineAndCurrent"

    def test_an_object_given_twice_is_refused(self, world, client):
        text = serialize(world.provider().badge()).decode()
        body = '{"input": ' + text.replace('"issuer":', '"issuer": "did:web:x.example", "issuer":', 1) + "}"
        answer = client.post("/api/verify", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422

    def test_an_address_is_fetched(self, world, judge):
        url = world.publish("badge.json", serialize(world.provider().badge()))
        assert judge(url)["verdict"] == "genuineAndCurrent"

    @pytest.mark.parametrize(
        ("body", "media_type"),
        [(b"<!doctype html>", "text/html"), (b"{}", "application/json"), (b" <html>", "application/json")],
    )
    def test_an_address_without_a_record_is_no_verdict(self, world, client, body, media_type):
        answer = client.post("/api/verify", json={"input": world.publish("page", body, media_type)})
        assert answer.status_code == 422
        assert answer.json()["remedy"]

    def test_an_address_that_answers_nothing_is_no_verdict(self, world, client):
        answer = client.post("/api/verify", json={"input": f"{world.base}/not-there"})
        assert answer.status_code == 502
        assert answer.json()["type"].endswith("#link-unreachable")

    @pytest.mark.parametrize(
        "body",
        [
            {"input": 7},
            {"input": "x", "extra": 1},
            {"input": "x", "options": {"recognition": "all"}},
            {},
            {"reader": "x"},
        ],
    )
    def test_a_wrong_body_is_refused_with_its_field(self, client, body):
        answer = client.post("/api/verify", json=body)
        assert answer.status_code == 422
        assert answer.json()["field"]

    def test_a_comma_that_is_missing_is_found(self, client):
        answer = client.post("/api/verify", json={"input": '{\n "a": 1\n "b": 2}'})
        assert "Line 3" in answer.json()["detail"]
        assert "comma" in answer.json()["detail"]


class TestRecords:
    def test_a_record_replays_to_the_same_report(self, world, judge, client):
        provider = world.provider()
        provider.revoked.add(7)
        found = judge(provider.badge())
        before = len(world.paths)
        record = client.get(f"/api/verdicts/{found['id']}/record").content
        again = client.post("/api/replay", content=record, headers={"Content-Type": "application/json"}).json()
        assert again["equal"] is True
        assert again["report"] == found["report"]
        assert len(world.paths) == before

    def test_a_changed_record_is_noticed(self, world, judge, client):
        provider = world.provider()
        provider.revoked.add(7)
        found = judge(provider.badge())
        record = client.get(f"/api/verdicts/{found['id']}/record").json()
        record["report"]["checks"] = [c for c in record["report"]["checks"] if c["name"] != "status"]
        again = client.post("/api/replay", json=record).json()
        assert again["equal"] is False
        assert again["verdict"] == "withdrawn"

    def test_a_changed_document_in_a_record_is_not_genuine(self, world, judge, client):
        found = judge(world.provider().badge())
        record = client.get(f"/api/verdicts/{found['id']}/record").json()
        document = base64.b64decode(record["document"]).replace(b"Watershed", b"Wonderful")
        record["document"] = base64.b64encode(document).decode()
        again = client.post("/api/replay", json=record).json()
        assert (again["equal"], again["verdict"]) == (False, "notGenuine")

    @pytest.mark.parametrize(
        ("place", "value"),
        [
            (("policy", "clockSkewSeconds"), 1e20),
            (("policy", "clockSkewSeconds"), 1e13),
            (("policy", "maxStatusAgeSeconds"), 1e300),
            (("policy", "maxProofs"), None),
            (("policy", "maxProofs"), 64),
            (("policy", "maxChildren"), "x"),
            (("policy", "maxChildren"), 501),
            (("policy", "domain"), "\ud800"),
            (("now",), "9999-12-31T23:59:59+00:00"),
            (("now",), "2027-03-03T10:02:00"),
            (("evidence", "resources", 0, "retrieved"), "2027-03-03T10:02:00"),
            (("report", "checks", 0, "facts"), 5),
            (("report", "checks", 0, "missing"), [1, "x"]),
        ],
        ids=str,
    )
    def test_a_record_with_an_odd_value_is_refused_in_words(self, world, judge, client, place, value):
        found = judge(world.provider().badge())
        record = client.get(f"/api/verdicts/{found['id']}/record").json()
        *way, last = place
        at = record
        for step in way:
            at = at[step]
        at[last] = value
        body = json.dumps(record).encode()
        answer = client.post("/api/replay", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422

    @pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"{", b'{"document": 7}', b'{"document": "!"}'])
    def test_what_is_no_record_is_refused(self, client, body):
        answer = client.post("/api/replay", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422

    def test_a_verdict_is_kept_for_its_time_and_found_by_its_id_only(self, world, judge, client, clock):
        found = judge(world.provider().badge())
        answer = client.get(f"/api/verdicts/{found['id']}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert client.get(f"/api/verdicts/{found['id'][:-1]}x").status_code == 404
        clock.advance(timedelta(days=30))
        assert client.get(f"/api/verdicts/{found['id']}").status_code == 404

    def test_the_daily_sweep_runs_with_the_next_check(self, world, judge, clock, services):
        from verifier import store

        judge(world.provider().badge())
        clock.advance(timedelta(days=31))
        judge(world.provider("other", "Other").badge(index=None))
        with services.database.reading() as session:
            assert store.count_verdicts(session) == 1

    def test_the_record_carries_only_what_matters_of_the_offices_list(self, world, judge, signed_in):
        provider, secret = world.provider(), world.provider("secret", "Secret School")
        for each in (provider, secret):
            recognise(signed_in, each, each.name)
        found = judge(provider.badge())
        record = signed_in.get(f"/api/verdicts/{found['id']}/record").text
        assert "Secret School" not in record


class TestLimits:
    def test_B8_the_one_too_many_is_told_when_to_come_back(self, world, client, services, monkeypatch):
        import contextlib

        from verifier.service.capacity import Capacity

        full = Capacity(running=1, waiting=0, waiting_seconds=2)
        monkeypatch.setattr(services.judging, "_capacity", full)
        with contextlib.ExitStack() as stack:
            stack.enter_context(full.place())
            answer = client.post("/api/verify", json={"input": world.provider().badge()})
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "2"
            assert client.get("/healthz").status_code == 200
            # The guard switched off: the excess is let in.
            monkeypatch.setattr(full, "place", contextlib.nullcontext)
            assert client.post("/api/verify", json={"input": world.provider().badge()}).status_code == 200

    def test_a_flood_from_one_place_is_slowed_down(self, world, client):
        url = f"{world.base}/nothing"
        statuses = {client.post("/api/verify", json={"input": url}).status_code for _ in range(125)}
        assert statuses == {502, 429}

    def test_guessing_at_verdicts_runs_dry(self, client):
        statuses = {client.get(f"/api/verdicts/{'x' * 22}").status_code for _ in range(310)}
        assert statuses == {404, 429}

    def test_other_origins_may_ask_without_cookies(self, world, client):
        answer = client.post(
            "/api/verify", json={"input": world.provider().badge()}, headers={"Origin": "https://elsewhere.example"}
        )
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert client.options("/api/verify").headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in client.options("/api/recognised").headers


class TestRecognisedApi:
    def test_nobody_who_is_not_signed_in_sees_or_changes_the_list(self, client):
        assert client.get("/api/recognised").status_code == 401
        assert (
            client.post("/api/recognised", json={"did": "did:web:a.example", "name": "A", "list": "L"}).status_code
            == 401
        )
        assert client.delete("/api/recognised/1").status_code == 401

    def test_the_list_has_a_twin_of_every_page(self, signed_in):
        made = signed_in.post("/api/recognised", json={"did": "did:web:a.example", "name": "A", "list": "L"})
        (item,) = signed_in.get("/api/recognised").json()["items"]
        assert (item["did"], item["addedBy"]) == ("did:web:a.example", "Ana")
        body = {"did": "did:web:a.example", "name": "B", "list": "L", "note": "n"}
        signed_in.put(f"/api/recognised/{item['id']}", json=body)
        exported = signed_in.get("/api/recognised/export").json()
        assert exported["issuers"][0]["name"] == "B"
        removed = signed_in.delete(f"/api/recognised/{item['id']}").json()["batch"]
        assert signed_in.get("/api/recognised").json()["total"] == 0
        assert signed_in.post("/api/recognised/undo", json={"batch": removed}).json() == {"undone": 1}
        assert signed_in.post("/api/recognised/undo", json={"batch": made.json()["batch"]}).status_code == 409
        done = signed_in.post("/api/recognised/import", json=exported).json()
        assert (done["added"], done["unchanged"]) == (0, 1)

    def test_a_wrong_entry_is_refused_with_its_field(self, signed_in):
        answer = signed_in.post("/api/recognised", json={"did": "x", "name": "A", "list": "L"})
        assert (answer.status_code, answer.json()["field"]) == (422, "did")
        extra = {"did": "did:web:a.example", "name": "A", "list": "L", "admin": True}
        assert signed_in.post("/api/recognised", json=extra).status_code == 422


class TestLookAlikes:
    @pytest.mark.parametrize("name", ["Harvard High", "Hаrvard High", "HARVARD  HIGH"])
    def test_an_imitation_is_pointed_out(self, world, judge, signed_in, name):
        recognise(signed_in, world.provider("harvard", "Harvard High"), "Harvard High")
        evil = world.provider("evil", name)
        found = judge(evil.badge())
        assert not found["headlineGreen"]
        assert found["warnings"][evil.did][0]["resembles"] == "Harvard High"
