"""Every class and every member of the data model can be read, and each view reads what its class has."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests import whole_documents as whole
from vc.openbadges import (
    AchievementCredential,
    Address,
    Alignment,
    Association,
    ClrCredential,
    Criteria,
    EndorsementCredential,
    Evidence,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    Profile,
    Related,
    ResultDescription,
    RubricCriterionLevel,
    StatedResult,
    View,
)
from vc.openbadges.members import flag_of
from vc.problems import MalformedValueError, ProblemError

MOMENT, LATER = datetime(2026, 3, 3, 10, 2, tzinfo=UTC), datetime(2027, 3, 3, 10, 2, tzinfo=UTC)


def members(kind: type[Any]) -> list[str]:
    """The members of a view, in the order of their names."""
    return [name for name in dir(kind) if not name.startswith("_") and name not in {"matches", "here", "value"}]


def said(view: Any, kind: type[Any]) -> dict[str, Any]:
    """What each member says."""
    return {name: getattr(view, name) for name in members(kind)}


@pytest.mark.parametrize("edition", [1, 2])
def test_a_badge_with_every_member(edition: int) -> None:
    view = AchievementCredential.view(whole.badge(edition))
    assert (view.name, view.description, view.awarded_date) == ("Welding I", whole.TEXT, MOMENT)
    assert (view.valid_from, view.valid_until) == (MOMENT, LATER)
    assert (view.activity_start, view.activity_end) == (MOMENT, MOMENT)
    assert (view.credits_earned, view.license_number) == (1.5, "L-1")
    assert (view.role, view.term, view.narrative) == ("Student", "Spring", whole.TEXT)
    assert view.source == Profile(
        {"id": "https://registrar.example/", "type": ["Profile"], "name": "Registrar"}, "/credentialSubject/source"
    )
    for image in (view.image, view.subject_image, view.achievement.image, view.issuer_profile.image):
        assert image is not None
        assert (image.id, image.caption, image.types) == (whole.IMAGE["id"], "A logo", ("Image",))
    assert view.image == Image(whole.IMAGE, "/image")
    assert [item["name"] for item in view.endorsements] == ["Endorsed by the trade association"]
    assert view.endorsement_jwts == (whole.JWS,)
    (evidence,) = view.evidence_items
    assert said(evidence, Evidence) | {"types": None} == {
        "id": "https://school.example/evidence/1",
        "name": "A photograph",
        "narrative": whole.TEXT,
        "description": whole.TEXT,
        "genre": "Photograph",
        "audience": "Everybody",
        "types": None,
    }


def test_a_profile_with_every_member() -> None:
    profile = AchievementCredential.view(whole.badge()).issuer_profile
    whole_profile = whole.profile()
    for name, member in [
        ("id", "id"), ("name", "name"), ("url", "url"), ("phone", "phone"), ("description", "description"),
        ("email", "email"), ("official", "official"), ("family_name", "familyName"), ("given_name", "givenName"),
        ("additional_name", "additionalName"), ("patronymic_name", "patronymicName"),
        ("honorific_prefix", "honorificPrefix"), ("honorific_suffix", "honorificSuffix"),
        ("family_name_prefix", "familyNamePrefix"), ("date_of_birth", "dateOfBirth"),
    ]:  # fmt: skip
        assert getattr(profile, name) == whole_profile[member]
    assert set(profile.types) == {"Profile", "EndorsementSubject"}  # as the endorsement inside says, too
    assert profile.endorsement_jwts == (whole.JWS,)
    assert profile.endorsements == (whole.endorsement(about=whole.SCHOOL),)
    assert profile.parent_org is not None
    assert profile.parent_org.name == "District"
    (entry,) = profile.other_identifiers
    assert entry == IdentifierEntry(whole.ENTRY, "/issuer/otherIdentifier/0")
    assert (entry.identifier, entry.identifier_type) == ("17", "sourcedId")
    address = profile.address
    assert address is not None
    assert said(address, Address) == {
        "country": "United States",
        "country_code": "US",
        "region": "Ohio",
        "locality": "River Town",
        "street_address": "1 School Street",
        "post_office_box_number": "12",
        "postal_code": "45001",
        "geo": GeoCoordinates(whole_profile["address"]["geo"], "/issuer/address/geo"),
        "types": ("Address",),
    }
    assert address.geo is not None
    assert (address.geo.latitude, address.geo.longitude) == (39.5, -84.5)


def test_an_achievement_with_every_member() -> None:
    achievement = AchievementCredential.view(whole.badge()).achievement
    assert (achievement.id, achievement.name, achievement.description) == (whole.COURSE, "Welding I", whole.TEXT)
    assert (achievement.type, achievement.credits_available) == ("Course", 1.5)
    assert (achievement.field_of_study, achievement.human_code) == ("Welding", "W-101")
    assert (achievement.in_language, achievement.specialization, achievement.version) == ("en-US", "Steel", "3")
    assert achievement.tags == ("metal", "joining")
    assert achievement.endorsement_jwts == (whole.JWS,)
    assert achievement.endorsements == (whole.endorsement(),)
    assert achievement.creator is not None
    assert achievement.creator.name == "Publisher"
    assert achievement.criteria is not None
    assert said(achievement.criteria, Criteria) == {
        "id": "https://school.example/criteria/1",
        "narrative": whole.TEXT,
        "types": (),
    }
    (alignment,) = achievement.alignments
    assert said(alignment, Alignment) == {
        "target_code": "J1",
        "target_description": whole.TEXT,
        "target_name": "Joining",
        "target_framework": "Trades",
        "target_type": "CFItem",
        "target_url": "https://framework.example/J1",
        "types": ("Alignment",),
    }
    (related,) = achievement.related
    assert said(related, Related) == {
        "id": "urn:example:2",
        "in_language": "es",
        "version": "2",
        "types": ("Related",),
    }
    assert [entry.identifier for entry in achievement.other_identifiers] == ["17"]


def test_results_with_every_member() -> None:
    view = AchievementCredential.view(whole.badge())
    (described,) = view.achievement.result_descriptions
    assert view.achievement.description_of(whole.GRADE) == described
    assert view.achievement.description_of(None) is None
    assert {name: value for name, value in said(described, ResultDescription).items() if name != "levels"} == {
        "id": whole.GRADE,
        "name": "Final grade",
        "result_type": "LetterGrade",
        "allowed_values": ("F", "C", "A"),
        "required_level": whole.LEVEL,
        "required_value": "C",
        "value_min": "F",
        "value_max": "A",
        "alignments": (Alignment(whole.ALIGNMENT, described.here + "/alignment/0"),),
        "types": ("ResultDescription",),
    }
    (level,) = described.levels
    assert said(level, RubricCriterionLevel) == {
        "id": whole.LEVEL,
        "name": "Good",
        "description": whole.TEXT,
        "level": "2",
        "points": "10",
        "alignments": (Alignment(whole.ALIGNMENT, level.here + "/alignment/0"),),
        "types": ("RubricCriterionLevel",),
    }
    (result,) = view.results
    assert (result.value, result.status, result.achieved_level) == ("A", "Completed", whole.LEVEL)
    assert (result.description, result.type, result.level) == ("Final grade", "LetterGrade", level)
    assert (result.described["id"], result.value_object["value"]) == (whole.GRADE, "A")
    assert result.alignments[0].target_code == "J1"
    assert set(members(StatedResult)) == {
        "achieved_level", "alignments", "result_description", "status", "types", "value_text",
    }  # fmt: skip


def test_a_result_that_refers_to_nothing() -> None:
    document = whole.badge()
    del document["credentialSubject"]["result"][0]["resultDescription"]
    (result,) = AchievementCredential.view(document).results
    assert (result.described, result.description, result.type, result.level) == ({}, None, None, None)


def test_an_endorsement_with_every_member() -> None:
    view = EndorsementCredential.view(whole.endorsement())
    assert (view.endorsed_id, view.comment, view.name) == (
        whole.COURSE,
        whole.TEXT,
        "Endorsed by the trade association",
    )
    assert (view.awarded_date, view.issuer_profile.name) == (MOMENT, "Trade Association")
    assert view.image is None


def test_a_learner_record_with_every_member() -> None:
    view = ClrCredential.view(whole.record())
    assert (view.name, view.partial, view.awarded_date) == ("Learner record", True, MOMENT)
    assert [achievement.name for achievement in view.achievements] == ["Metal trades"]
    (association,) = view.associations
    assert said(association, Association) == {
        "association_type": "isPartOf",
        "source_id": whole.COURSE,
        "target_id": "urn:example:program",
        "types": ("Association",),
    }
    (contained,) = view.contained
    assert contained.pointer == "/credentialSubject/verifiableCredential/0"
    assert contained.document == whole.badge()
    assert view.achievement_ids == {whole.COURSE, "urn:example:program"}
    (identity,) = view.identifiers
    assert said(identity, IdentityObject) == {
        "hashed": True,
        "identity_hash": whole.IDENTITY["identityHash"],
        "identity_type": "emailAddress",
        "salt": "Kosher",
        "types": ("IdentityObject",),
    }
    assert identity.matches("a@example.com")


def test_the_credentials_of_a_record_are_found_wherever_its_subject_stands() -> None:
    badge = {"type": ["VerifiableCredential"], "credentialSubject": {"name": "Ada"}}
    alone = ClrCredential.view({"credentialSubject": {"verifiableCredential": badge}})
    assert [item.pointer for item in alone.contained] == ["/credentialSubject/verifiableCredential"]
    several = ClrCredential.view({"credentialSubject": [{}, {"verifiableCredential": [badge]}]})
    assert [item.pointer for item in several.contained] == ["/credentialSubject/1/verifiableCredential/0"]
    assert several.achievement_ids == frozenset()
    assert ClrCredential.view({}).contained == ()


def test_an_empty_credential_says_nothing() -> None:
    view = AchievementCredential.view({})
    assert view.source is view.image is view.subject_image is None
    assert (view.issuer_profile, view.evidence_items, view.endorsements) == (Profile({}, "/issuer"), (), ())
    assert ClrCredential.view({}).partial is None


@pytest.mark.parametrize(
    ("value", "read", "place"),
    [
        ({"image": "https://a.example/"}, lambda value: Profile(value, "/issuer").image, "/issuer/image"),
        ({"related": [5]}, lambda value: View(value).types, None),
        ({"levels": 5, "rubricCriterionLevel": [5]}, lambda value: ResultDescription(value, "/x").levels, "/x/rubricCriterionLevel/0"),
        ({"latitude": "5"}, lambda value: GeoCoordinates(value).latitude, "/latitude"),
        ({"hashed": "true"}, lambda value: flag_of(value, "hashed", "/i"), "/i/hashed"),
        ({"type": [5]}, lambda value: View(value, "/v").types, "/v/type/0"),
    ],
)  # fmt: skip
def test_a_member_of_another_form_is_named(value: dict[str, Any], read: Any, place: str | None) -> None:
    if place is None:
        assert read(value) == ()
        return
    with pytest.raises(MalformedValueError) as caught:
        read(value)
    assert caught.value.pointer == place


JUNK: list[Any] = [None, 5, "x", ["x"], [{}], {"id": []}]


def explored(view: Any, depth: int = 0) -> int:
    """Ask for every member of every view below this one; gives how many were asked."""
    asked = 0
    for name in (item for item in dir(type(view)) if not item.startswith("_") and item not in {"view", "matches"}):
        try:
            found = getattr(view, name)
        except ProblemError:
            continue
        asked += 1
        for item in found if isinstance(found, tuple) else (found,):
            if isinstance(item, View) and depth < 4:
                asked += explored(item, depth + 1)
    return asked


@pytest.mark.parametrize("junk", JUNK, ids=str)
@pytest.mark.parametrize("kind", [AchievementCredential, EndorsementCredential, ClrCredential])
def test_junk_anywhere_raises_only_problems(kind: type[Any], junk: Any) -> None:
    document = whole.record() if kind is ClrCredential else whole.badge()
    for holder in (document, document["credentialSubject"], document["issuer"]):
        for name in list(holder):
            if name != "credentialSubject":
                before, holder[name] = holder[name], junk
                assert explored(kind.view(document)) > 10
                holder[name] = before
