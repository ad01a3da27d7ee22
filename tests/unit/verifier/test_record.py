"""What a record says is read tolerantly: a member of the wrong form is left out, never a crash."""

import pytest

from kit.i18n import Message
from verifier.pages.record import credential

DID = "did:web:maple.example:orgs:coop"


def badge(**changes):
    value = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "AchievementCredential"],
        "issuer": {"id": DID, "name": "Maple Co-op", "url": "https://maple.example/"},
        "validFrom": "2027-02-01T00:00:00Z",
        "awardedDate": "2027-01-31T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"identityType": "emailAddress", "hashed": True, "identityHash": "sha256$00"},
                {"identityType": "name", "hashed": False, "identityHash": "Jonah Reyes"},
            ],
            "creditsEarned": 0.5,
            "achievement": {
                "id": "https://maple.example/a/1",
                "name": "Watershed Survey",
                "achievementType": "Course",
                "criteria": {"narrative": "Do it.", "id": "ftp://x"},
                "resultDescription": [
                    {"id": "urn:a", "name": "Grade", "valueMin": "F", "valueMax": "A"},
                    {"id": "urn:b", "name": "Level", "rubricCriterionLevel": [{"id": "urn:l", "name": "Skilled"}]},
                ],
                "alignment": {
                    "targetName": "Science",
                    "targetFramework": "State",
                    "targetCode": "S1",
                    "targetUrl": "x",
                },
            },
            "result": [
                {"resultDescription": "urn:a", "value": "B+"},
                {"resultDescription": "urn:b", "achievedLevel": "urn:l"},
                {"status": "Completed"},
                {},
            ],
        },
    }
    return value | changes


def test_a_badge_is_read_whole():
    view = credential(badge(), pointer="", loopback=False)
    assert (view.title, view.subject_name, view.credits) == ("Watershed Survey", "Jonah Reyes", "0.5")
    assert view.kind == Message("Course"), "a word of the standard, said in the reader's language"
    assert (view.issuer.did, view.issuer.host, view.issuer.claimed_name) == (DID, "maple.example", "Maple Co-op")
    assert view.hashed_identity
    assert [(r.name, r.text, r.note) for r in view.results] == [
        ("Grade", "B+", "F – A"),
        ("Level", "Skilled", ""),
        ("", "Completed", ""),
    ]
    assert (view.criteria.text, view.criteria.link, view.criteria.note) == ("Do it.", None, "ftp://x")
    assert [(a.name, a.note, a.link) for a in view.alignments] == [("Science", "State · S1", None)]
    assert view.awarded.isoformat().startswith("2027-01-31")


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, ["x", 7], {"id": 7}, [[]], True])
@pytest.mark.parametrize(
    "member",
    [
        "type",
        "issuer",
        "validFrom",
        "awardedDate",
        "validUntil",
        "credentialSubject",
        "evidence",
        "name",
        "description",
    ],
)
def test_junk_in_a_member_is_left_out(member, junk):
    view = credential(badge(**{member: junk}), pointer="", loopback=False)
    assert isinstance(view.title, str | Message)


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, ["x", 7], {"id": 7}, [[]], True])
@pytest.mark.parametrize(
    "member", ["achievement", "identifier", "result", "creditsEarned", "narrative", "name", "term", "id"]
)
def test_junk_in_the_subject_is_left_out(member, junk):
    value = badge()
    value["credentialSubject"][member] = junk
    credential(value, pointer="", loopback=False)


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, ["x", 7], {"id": 7}, [[]], True])
@pytest.mark.parametrize(
    "member",
    ["criteria", "image", "alignment", "resultDescription", "tag", "creditsAvailable", "name", "achievementType"],
)
def test_junk_in_the_achievement_is_left_out(member, junk):
    value = badge()
    value["credentialSubject"]["achievement"][member] = junk
    credential(value, pointer="", loopback=False)


def test_a_list_is_given_whole_since_nobody_signed_its_order():
    value = badge(evidence=[{"id": f"https://maple.example/e/{n}", "name": f"Item {n}"} for n in range(45)])
    subject = value["credentialSubject"]
    subject["result"] = [{"value": f"{n}"} for n in range(45)] + [{"value": "A", "status": "Failed"}]
    subject["achievement"]["alignment"] = [{"targetName": f"T{n}"} for n in range(45)]
    subject["achievement"]["tag"] = [f"t{n}" for n in range(45)]
    subject["identifier"].append({"identityType": "name", "hashed": False, "identityHash": "Ana Reyes"})
    view = credential(value, pointer="", loopback=False)
    assert [len(one) for one in (view.evidence, view.results, view.alignments, view.tags)] == [45, 46, 45, 45]
    assert view.results[-1].text == "A · Failed"
    assert view.subject_name == "Jonah Reyes · Ana Reyes"


def test_an_achieved_level_that_nobody_described_is_shown_as_it_stands():
    value = badge()
    value["credentialSubject"]["result"] = [{"achievedLevel": "urn:unknown"}]
    assert [one.text for one in credential(value, pointer="", loopback=False).results] == ["urn:unknown"]


def test_a_generic_credential_has_a_name_too():
    value = {
        "type": ["VerifiableCredential", "LibraryCard"],
        "issuer": "did:key:z6Mk",
        "credentialSubject": {"id": "did:key:z6Mx", "givenName": "Ana", "familyName": "Reyes"},
    }
    view = credential(value, pointer="", loopback=False)
    assert (view.title, view.subject_name, view.issuer.did) == ("LibraryCard", "Ana Reyes", "did:key:z6Mk")


def test_who_assessed_it_when_and_as_what_is_read_too():
    subject = badge()["credentialSubject"]
    achievement = {**subject["achievement"], "creator": {"name": "State Board"}, "fieldOfStudy": "Ecology"}
    more = {
        "source": {"id": "https://assessor.example", "name": "River Assessors"},
        "role": "Crew leader",
        "activityStartDate": "2026-09-01T00:00:00Z",
        "activityEndDate": "2027-01-20T00:00:00Z",
    }
    view = credential(
        badge(credentialSubject={**subject, **more, "achievement": achievement}), pointer="", loopback=False
    )
    assert [(str(name), text) for name, text in view.facts] == [
        ("Assessed by", "River Assessors"),
        ("Described by", "State Board"),
        ("Part played", "Crew leader"),
        ("Field of study", "Ecology"),
    ]
    assert view.began is not None
    assert view.ended is not None
    assert (view.partial, view.associations) == (False, [])


def test_a_learner_record_says_how_its_parts_belong_together():
    record = {
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": DID},
        "partial": True,
        "credentialSubject": {
            "type": ["ClrSubject"],
            "achievement": [{"id": "urn:a", "type": ["Achievement"], "name": "Unit 1"}],
            "association": [
                {"associationType": "isPartOf", "sourceId": "urn:a", "targetId": "urn:b"},
                {"associationType": "ext:ours", "sourceId": "urn:b", "targetId": "urn:a"},
                {"associationType": 5, "sourceId": "urn:b"},
            ],
        },
    }
    view = credential(record, pointer="", loopback=False)
    assert view.partial
    assert [(each.first, str(each.how), each.second) for each in view.associations] == [
        ("Unit 1", "is a part of", "urn:b"),
        ("urn:b", "ext:ours", "Unit 1"),
    ]
