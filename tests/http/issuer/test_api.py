"""The issuer's API: describe, award, find, correct, withdraw; the same key twice is the same answer."""

import json

import pytest

from tests.http.issuer.conftest import COURSE, ORIGIN, bits_of
from vc.checks import Verdict


def test_an_award_is_genuine_and_current_by_what_the_issuer_publishes(desk, course, judge):
    award = desk.award(course, creditsEarned=1.0, term="Fall 2026", narrative="Steady work.", awardedDate="2026-11-20")
    document = desk.document(award)
    assert document.headers["content-type"] == "application/vc"
    assert document.json()["awardedDate"] == "2026-11-20T12:00:00Z"
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_the_credential_names_the_learner_to_nobody_unless_asked(desk, course):
    plain = desk.document(desk.award(course)).text
    assert "Jonah" not in plain
    assert "R-1017" not in plain
    shown = desk.document(desk.award(course, showName=True)).json()
    assert {"type": "IdentityObject", "hashed": False, "identityHash": "Jonah Hadley", "identityType": "name"} in shown[
        "credentialSubject"
    ]["identifier"]


def test_two_awards_to_one_learner_carry_different_identifiers(desk, course):
    first, second = (desk.document(desk.award(course)).json() for _ in range(2))
    hashes = {value["credentialSubject"]["identifier"][0]["identityHash"] for value in (first, second)}
    salts = {value["credentialSubject"]["identifier"][0]["salt"] for value in (first, second)}
    assert len(hashes) == 2
    assert all(len(bytes.fromhex(salt)) * 8 >= 128 for salt in salts)


def test_a_roster_number_or_an_address_can_be_matched_by_who_knows_it(desk, course):
    from vc.openbadges import identity_matches

    award = desk.award(course, identifier="Jonah@Example.org")
    identifier = desk.document(award).json()["credentialSubject"]["identifier"][0]
    assert identifier["identityType"] == "emailAddress"
    assert identity_matches(identifier, identity="jonah@example.org", identity_type="emailAddress")


def test_the_same_key_and_body_give_the_same_bytes(desk, course):
    first = desk.post_award(course, key="k-1")
    second = desk.post_award(course, key="k-1")
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 1


def test_the_same_key_with_another_body_is_refused(desk, course):
    desk.post_award(course, key="k-1")
    again = desk.post_award(course, key="k-1", learnerName="Wren Hadley")
    assert again.status_code == 422
    assert again.json()["type"].endswith("#idempotency-key-reused")
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 1


def test_a_key_belongs_to_one_organisation(desk, other_desk, course):
    first = desk.post_award(course, key="k-1")
    second = other_desk.post_award(other_desk.achievement(), key="k-1")
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


def test_without_a_key_nothing_is_awarded(desk, course):
    body = {"achievement": course["id"], "learnerName": "J", "identifier": "1"}
    answer = desk.client.post(f"{desk.base}/awards", json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "Idempotency-Key"


def test_a_refused_award_frees_its_key(desk, course):
    assert desk.post_award(course, key="k-1", learnerName="").status_code == 422
    assert desk.post_award(course, key="k-1").status_code == 201


def test_dates_in_the_past_are_taken_and_dates_in_the_future_refused(desk, course):
    award = desk.award(course, awardedDate="2024-06-05T12:00:00Z", validFrom="2024-06-05T12:00:00Z")
    document = desk.document(award).json()
    assert document["validFrom"] == document["awardedDate"] == "2024-06-05T12:00:00Z"
    for member in ("awardedDate", "validFrom"):
        answer = desk.post_award(course, **{member: "2027-01-01T00:00:00Z"})
        assert answer.status_code == 422
        assert answer.json()["field"] == member


def test_an_award_that_would_end_before_it_begins_is_refused(desk, course):
    answer = desk.post_award(course, validUntil="2026-01-01")
    assert answer.json()["field"] == "validUntil"


@pytest.mark.parametrize(
    ("results", "given", "expected"),
    [
        ({"name": "Grade", "resultType": "LetterGrade"}, "A-", {"value": "A-"}),
        ({"name": "Score", "resultType": "Percent"}, "91 %", {"value": "91"}),
        ({"name": "Done", "resultType": "Status"}, "completed", {"status": "Completed"}),
        ({"name": "Score", "resultType": "RubricScore"}, "3.3", {"value": "3.3"}),
        (
            {
                "name": "Essay",
                "resultType": "RubricCriterionLevel",
                "levels": [{"name": "Weak"}, {"name": "Proficient"}],
            },
            "proficient",
            {"value": "Proficient"},
        ),
    ],
)
def test_every_kind_of_mark_of_the_sample_family_can_be_signed(desk, judge, results, given, expected):
    achievement = desk.achievement(results=[results])
    document = desk.document(desk.award(achievement, results=[{"value": given}]))
    result = document.json()["credentialSubject"]["result"][0]
    assert expected.items() <= result.items()
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_mark_that_the_achievement_does_not_know_is_refused(desk, course):
    answer = desk.post_award(course, results=[{"value": "Z"}])
    assert answer.status_code == 422
    assert answer.json()["field"] == "results/0/value"


def test_editing_an_achievement_never_changes_what_was_issued(desk, course):
    before = desk.award(course)
    bytes_before = desk.document(before).content
    edited = desk.client.put(
        f"{desk.base}/achievements/{course['id']}", json={**COURSE, "name": "Algebra One", "version": 1}
    ).json()
    assert edited["version"] == 2
    assert desk.document(before).content == bytes_before
    after = desk.document(desk.award(course)).json()["credentialSubject"]["achievement"]
    assert (after["name"], after["version"]) == ("Algebra One", "2")
    old, new = course["document"]["resultDescription"][0], edited["document"]["resultDescription"][0]
    assert old["id"] == new["id"], "a mark given last year still points at something"


def test_two_people_do_not_overwrite_each_other(desk, course):
    path = f"{desk.base}/achievements/{course['id']}"
    assert desk.client.put(path, json={**COURSE, "name": "One", "version": 1}).status_code == 200
    assert desk.client.put(path, json={**COURSE, "name": "Two", "version": 1}).status_code == 409


def test_a_retired_achievement_is_not_awarded(desk, course):
    desk.client.put(f"{desk.base}/achievements/{course['id']}/retirement", json={"retired": True})
    assert desk.post_award(course).json()["field"] == "achievement"
    assert desk.client.get(f"{desk.base}/achievements").json()["items"] == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("inLanguage", 'en .\n<urn:a> <urn:b> "x"@en'),
        ("criteriaUrl", "javascript:alert(1)"),
        ("criteriaUrl", "http://10.0.0.1/secret"),
        ("achievementType", "PhD"),
        ("alignments", [{"targetName": "x", "targetUrl": "not a url"}]),
        ("results", [{"name": "x", "resultType": "RubricCriterionLevel"}]),
        ("name", "two\nlines"),
        ("name", "nul\u0000"),
        ("tags", ["x" * 101]),
        ("creditsAvailable", -1),
    ],
)
def test_P12_a_template_that_could_not_be_signed_is_refused_when_it_is_written(desk, member, value):
    answer = desk.client.post(f"{desk.base}/achievements", json={**COURSE, member: value})
    if (member, value) == ("criteriaUrl", "http://10.0.0.1/secret"):
        assert answer.status_code == 201, "plain http is for demonstrations, which this is; nothing is fetched"
        return
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem.get("field", problem.get("pointer", "")).strip("/").startswith(member)


def test_correcting_keeps_the_id_and_the_status_and_gives_a_newer_validfrom(desk, course, judge, clock):
    award = desk.award(course, awardedDate="2026-10-01", validFrom="2026-10-01")
    before = desk.document(award).json()
    from datetime import timedelta

    clock.advance(timedelta(hours=2))
    body = {
        "achievement": course["id"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1017",
        "results": [{"value": "B+"}],
        "awardedDate": "2026-10-01",
    }
    other = {**body, "achievement": desk.achievement(name="Geometry")["id"]}
    answer = desk.client.post(f"{desk.credential(award)}/reissue", json=other, headers={"Idempotency-Key": "r-0"})
    assert answer.status_code == 422, "what was earned stays"
    assert answer.json()["field"] == "achievement"
    answer = desk.client.post(f"{desk.credential(award)}/reissue", json=body, headers={"Idempotency-Key": "r-1"})
    assert answer.status_code == 201, answer.text
    after = desk.document(award)
    value = after.json()
    for member in ("id", "awardedDate", "credentialStatus"):
        assert value[member] == before[member]
    assert value["validFrom"] > before["validFrom"]
    assert value["credentialSubject"]["identifier"] == before["credentialSubject"]["identifier"]
    assert value["credentialSubject"]["result"][0]["value"] == "B+"
    assert judge(after.content).verdict is Verdict.GENUINE_AND_CURRENT
    detail = desk.client.get(desk.credential(award)).json()
    assert [version["kind"] for version in detail["versions"]] == ["award", "reissue"]


def test_a_withdrawn_award_shows_in_the_published_list_with_its_reason(desk, course, judge, clock, stranger):
    from datetime import timedelta

    award = desk.award(course)
    body = desk.document(award).content
    clock.advance(timedelta(seconds=2))
    answer = desk.revoke(award, reason="wrongPerson", note="mixed up with a namesake")
    assert answer.status_code == 200
    assert answer.json()["state"] == "revoked"
    report = judge(body)
    assert report.verdict is Verdict.WITHDRAWN
    assert "wrongPerson" in json.dumps(dict(report.check("status").facts))
    for entry in json.loads(body)["credentialStatus"]:
        published = stranger.get(entry["statusListCredential"].removeprefix(ORIGIN))
        assert int(entry["statusListIndex"]) in bits_of(published.content)
        assert "namesake" not in published.text


def test_withdrawing_twice_changes_nothing(desk, course):
    award = desk.award(course)
    first, second = desk.revoke(award), desk.revoke(award, reason="replaced")
    assert first.json() == second.json()


def test_a_reason_outside_the_vocabulary_is_refused(desk, course):
    assert desk.revoke(desk.award(course), reason="because").json()["field"] == "reason"


def test_a_withdrawn_award_is_not_corrected(desk, course):
    award = desk.award(course)
    desk.revoke(award)
    body = {"achievement": course["id"], "learnerName": "J", "identifier": "1"}
    answer = desk.client.post(f"{desk.credential(award)}/reissue", json=body, headers={"Idempotency-Key": "x"})
    assert answer.status_code == 409


def test_lists_are_paged_and_filtered(desk, course):
    awards = [desk.award(course, learnerName=name) for name in ("Zoë Ämter", "Ben", "Ana", "Wren")]
    desk.revoke(awards[1])
    base = f"{desk.base}/credentials"
    assert desk.client.get(base, params={"q": "zoe am"}).json()["total"] == 1
    assert desk.client.get(base, params={"state": "revoked"}).json()["items"][0]["learnerName"] == "Ben"
    page = desk.client.get(base, params={"size": 3}).json()
    assert (len(page["items"]), page["total"], page["next"]) == (3, 4, 2)
    assert desk.client.get(base, params={"page": "zero"}).status_code == 422
    assert desk.client.get(base, params={"state": "pending"}).status_code == 422
    assert desk.client.get(base, params={"achievement": course["id"]}).json()["total"] == 4


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"name": "\\ud800"}',
        b'\xef\xbb\xbf{"name": "a"}',
        b'{"name": "a\\u0000b"}',
        b'{"name": 9007199254740993}',
        b'"text"',
        b"",
        b"\xff\xfe{}",
    ],
)
def test_json_that_programs_read_differently_is_refused(desk, body):
    answer = desk.client.post("/api/organisations", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


def test_L13_unknown_members_are_refused_not_ignored(desk, course):
    answer = desk.post_award(course, state="revoked")
    assert answer.status_code == 422
    assert answer.json()["field"] == "state"


def test_text_is_normalised_when_it_is_issued(desk, course):
    document = desk.document(desk.award(course, narrative="Cafe\u0301")).json()
    assert document["credentialSubject"]["narrative"] == "Caf\u00e9"


def test_the_audit_tells_what_happened_and_holds_together(desk, course, services):
    award = desk.award(course)
    desk.revoke(award)
    rows = desk.client.get(f"{desk.base}/audit").json()["items"]
    assert [row["action"] for row in rows][:4] == [
        "credential.revoke",
        "claim.recall",
        "credential.award",
        "achievement.create",
    ]
    assert "Jonah" not in json.dumps(rows)
    assert services.organisations.audit_broken_at() is None
