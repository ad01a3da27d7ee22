"""One credential's whole life over HTTP, between real processes; nothing on the path is faked."""

import json
import time

import pytest

from satchel.client import ApiError
from satchel.demo import logins
from tests.e2e import life

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_awarded_claimed_shared_verified_revoked_and_seen_to_be_revoked(demo):
    awarded = life.award(demo)
    kept, learner = life.keep(demo, awarded)
    shared = life.share(demo, kept, learner)
    verdict = life.check(demo, shared["link"])
    assert (verdict["verdict"], verdict["recognition"]) == ("genuineAndCurrent", "recognised"), verdict
    assert verdict["headlineGreen"] is True

    life.revoke(demo, awarded)
    revoked = time.monotonic()
    while True:
        verdict = life.check_again(demo, verdict)
        if verdict["verdict"] == "withdrawn" or time.monotonic() - revoked > 5:
            break
        time.sleep(0.2)
    assert verdict["verdict"] == "withdrawn"
    (child,) = verdict["report"]["children"]
    assert child["verdict"] == "withdrawn"
    assert time.monotonic() - revoked < 5
    (status,) = [check for check in child["checks"] if check["name"] == "status"]
    assert status["outcome"] == "failed"
    told = json.dumps(status)
    assert "orgs:cedarbend-coop" in told, "by whom"
    assert "issuedInError" in told, "why"
    assert status["facts"].get("since") or "firstSeen" in told, "since when"


def test_a_single_revoked_credential_is_withdrawn(demo):
    awarded = life.award(demo)
    document = life.document(demo, awarded)
    verdict = life.check(demo, document)
    assert verdict["verdict"] == "genuineAndCurrent"
    life.revoke(demo, awarded)
    revoked = time.monotonic()
    while verdict["verdict"] != "withdrawn" and time.monotonic() - revoked < 5:
        time.sleep(0.2)
        verdict = life.check_again(demo, verdict)
    assert verdict["verdict"] == "withdrawn"


def test_an_issuer_that_is_gone_could_not_be_checked_and_is_named_with_the_time(demo):
    awarded = life.award(demo)
    document = life.document(demo, awarded)
    with demo.without("issuer"):
        verdict = life.check(demo, document)
    assert verdict["verdict"] == "couldNotBeChecked"
    assert verdict["headlineGreen"] is False
    told = json.dumps(verdict["report"])
    assert demo.deployment.identifier_url("issuer") in told
    missing = [check["facts"] for check in verdict["report"]["checks"] if check["outcome"] == "indeterminate"]
    assert any("at" in facts and "reason" in facts for facts in missing), "what, why and since when"
    assert life.check(demo, document)["verdict"] == "genuineAndCurrent", "and once it is back, it can be checked again"


def test_a_self_made_harvard_high_is_never_green_until_its_issuer_is_listed(demo):
    with demo.client("issuer", logins.OFFICE) as issuer:
        organisation = issuer.post(
            "/api/organisations", {"name": "Harvard High", "slug": f"harvard-high-{time.time_ns()}", "kind": "other"}
        )
    document = life.document(demo, life.award(demo, slug=organisation["slug"]), slug=organisation["slug"])
    verdict = life.check(demo, document)
    assert verdict["verdict"] == "genuineAndCurrent"
    assert (verdict["recognition"], verdict["headlineGreen"]) == ("notRecognised", False)
    with demo.client("verifier", logins.ADMISSIONS) as reader:
        reader.post("/api/recognised", {"did": organisation["did"], "name": "Harvard High", "list": "Ours", "note": ""})
    verdict = life.check(demo, document)
    assert (verdict["recognition"], verdict["headlineGreen"]) == ("recognised", True)


def test_a_recalled_share_explains_itself(demo):
    shared = life.share(demo, *life.keep(demo, life.award(demo)))
    with demo.client("wallet", logins.GUARDIAN) as wallet:
        wallet.delete(f"/api/shares/{shared['id']}")
    with pytest.raises(ApiError) as refused:
        life.check(demo, shared["link"])
    assert refused.value.code == 410
    assert refused.value.kind == "share-ended"


def test_the_first_look_at_a_share_link_shows_nothing_personal(demo, http):
    shared = life.share(demo, *life.keep(demo, life.award(demo)))
    first = http.get(shared["link"], headers={"Accept": "text/html"}).text
    assert "Wren" not in first
    assert "Hadley" not in first
    assert "Knot" not in first


def test_the_claim_link_names_the_provider_and_never_the_learner(demo, http):
    awarded = life.award(demo)
    first = http.get(awarded["claim"]["url"], headers={"Accept": "text/html"}).text
    assert "Cedar Bend Homeschool Co-op" in first
    assert "Wren" not in first


def test_the_same_award_twice_is_awarded_once(demo):
    with demo.client("issuer", logins.OFFICE) as issuer:
        base = f"/api/organisations/{life.COOP}"
        achievement = issuer.items(f"{base}/achievements")[0]["id"]
        body = {"achievement": achievement, "learnerName": "Ada", "identifier": "ada-1", "identifierType": "sourcedId"}
        key = {"Idempotency-Key": f"twice-{time.time_ns()}"}
        assert issuer.post(f"{base}/awards", body, headers=key) == issuer.post(f"{base}/awards", body, headers=key)
        with pytest.raises(ApiError) as refused:
            issuer.post(f"{base}/awards", {**body, "learnerName": "Bea"}, headers=key)
        assert refused.value.code == 422
