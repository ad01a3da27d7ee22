"""The views read what the signed document says, and say where it is malformed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.attacks.world import ACHIEVEMENT, GRADE, LEARNER, NOW, SCHOOL, present, signed, unsigned
from vc import AchievementCredential, VerifiableCredential, VerifiablePresentation, presentation
from vc.problems import MalformedValueError


def test_a_credential_is_read_member_by_member() -> None:
    view = VerifiableCredential.view(signed())
    assert view.id == "urn:uuid:5b6a5a7e-0000-4000-8000-000000000001"
    assert set(view.types) == {"VerifiableCredential", "OpenBadgeCredential"}
    assert (view.name, view.description) == ("Welding I", None)
    assert (view.issuer_id, view.issuer_name) == (SCHOOL, "River School")
    assert (view.subject_id, view.subject["term"]) == (LEARNER, "Spring")
    assert view.valid_from == datetime(2027, 1, 2, 10, 2, tzinfo=UTC)
    assert view.valid_until is not None
    assert view.valid_until > NOW
    assert [entry["statusPurpose"] for entry in view.status_entries] == ["revocation", "suspension", "message"]
    assert view.evidence[0]["name"] == "A photograph"
    assert view.schemas == ()
    assert view.proofs[0]["cryptosuite"] == "eddsa-rdfc-2022"


def test_a_bare_credential_is_read_as_one() -> None:
    view = VerifiableCredential.view({"issuer": "did:web:a.example", "credentialSubject": [{"id": "urn:x:1"}, {}]})
    assert (view.issuer_id, view.issuer, view.issuer_name) == ("did:web:a.example", {}, None)
    assert view.subject_id == "urn:x:1"
    assert (view.id, view.types, view.valid_from) == (None, (), None)
    assert VerifiableCredential.view({}).subject == {}


def test_what_a_credential_names_besides() -> None:
    service, terms, resource = {"type": "R"}, {"type": "T"}, {"id": "https://a.example/"}
    document = {"refreshService": service, "termsOfUse": [terms], "relatedResource": resource}
    view = VerifiableCredential.view({**document, "credentialSubject": [{"id": "urn:x:1"}, {"name": "x"}]})
    assert (view.refresh_services, view.terms_of_use, view.related_resources) == ((service,), (terms,), (resource,))
    assert view.subjects == ({"id": "urn:x:1"}, {"name": "x"})


ENGLISH, SPANISH = {"@value": "Welding", "@language": "en"}, {"@value": "Soldadura", "@language": "es"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Welding", "Welding"),
        (ENGLISH, "Welding"),
        ({"@value": "Welding"}, "Welding"),
        ([SPANISH, ENGLISH], "Welding"),
        ([ENGLISH, SPANISH], "Welding"),
        ([SPANISH, {**SPANISH, "@language": "AR", "@value": "x"}], "x"),
        ([], None),
    ],
)
def test_a_name_in_several_languages_is_read_in_one(name: object, expected: str | None) -> None:
    document: Any = {"name": name, "description": name, "issuer": {"id": "urn:x:1", "name": name}}
    view = VerifiableCredential.view(document)
    assert (view.name, view.description, view.issuer_name) == (expected,) * 3


def test_a_badge_is_read_with_its_results() -> None:
    view = AchievementCredential.view(unsigned())
    assert (view.credits_earned, view.term, view.role, view.narrative) == (1.5, "Spring", None, "Careful work.")
    assert view.identifiers[0].identity_type == "emailAddress"
    assert view.awarded_date == datetime(2027, 1, 1, 10, 2, tzinfo=UTC)
    achievement = view.achievement
    assert (achievement.id, achievement.name, achievement.type) == (ACHIEVEMENT, "Welding I", "Course")
    assert achievement.description == "Joins two plates."
    assert achievement.criteria is not None
    assert achievement.criteria.value == {"narrative": "Weld a sound seam."}
    assert (achievement.image, achievement.tags) == (None, ())
    assert achievement.credits_available == 1.5
    assert (achievement.field_of_study, achievement.human_code, achievement.in_language) == (None, None, None)
    assert achievement.alignments[0].target_code == "J1"
    assert achievement.result_descriptions[0].id == GRADE
    (result,) = view.results
    assert (result.value, result.status, result.achieved_level) == ("A", None, None)
    assert (result.description, result.type) == ("Final grade", "LetterGrade")


def test_a_presentation_is_read_member_by_member() -> None:
    view = VerifiablePresentation.view(present(signed()))
    assert (view.id, view.types, view.holder) == (None, ("VerifiablePresentation",), LEARNER)
    assert [item["name"] for item in view.credentials] == ["Welding I"]
    assert view.proofs[0]["proofPurpose"] == "authentication"


def test_a_presentation_without_credentials_or_holder() -> None:
    document = presentation.build([], id="urn:uuid:1", holder=None)
    assert document == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:1",
        "type": ["VerifiablePresentation"],
    }


MALFORMED: list[tuple[dict[str, Any], Callable[[AchievementCredential], Any], str]] = [
    ({"name": 5}, lambda view: view.name, "/name"),
    ({"name": {"en": "x"}}, lambda view: view.name, "/name"),
    ({"description": [{"@value": "x", "@language": 5}]}, lambda view: view.description, "/description"),
    ({"type": [5]}, lambda view: view.types, "/type/0"),
    ({"issuer": [{}]}, lambda view: view.issuer_id, "/issuer"),
    ({"issuer": {"id": 5}}, lambda view: view.issuer_id, "/issuer/id"),
    ({"evidence": ["x"]}, lambda view: view.evidence, "/evidence/0"),
    ({"validFrom": "yesterday"}, lambda view: view.valid_from, "/validFrom"),
    (
        {"credentialSubject": {"creditsEarned": True}},
        lambda view: view.credits_earned,
        "/credentialSubject/creditsEarned",
    ),
    (
        {"credentialSubject": {"creditsEarned": "1"}},
        lambda view: view.credits_earned,
        "/credentialSubject/creditsEarned",
    ),
    ({"credentialSubject": {"achievement": "x"}}, lambda view: view.achievement, "/credentialSubject/achievement"),
]


@pytest.mark.parametrize(
    ("document", "read", "place"),
    MALFORMED,
    ids=[f"{place}-{number}" for number, (_, _, place) in enumerate(MALFORMED)],
)
def test_what_is_malformed_is_named(document: dict, read: Callable, place: str) -> None:
    with pytest.raises(MalformedValueError) as caught:
        read(AchievementCredential.view(document))
    assert caught.value.pointer == place


JUNK: list[Any] = [None, True, 5, 1.5, "x", [], {}, ["x"], [{}], {"id": []}, {"id": {}}, [[]], [{"id": [1]}]]


@pytest.mark.parametrize("junk", JUNK, ids=str)
def test_junk_in_a_view_raises_only_problems(junk: Any) -> None:
    from vc.openbadges import achievement_rules as rules

    names = ("resultDescription", "alignment", "criteria", "name", "id", "image", "tag", "creditsAvailable")
    for document in (
        dict.fromkeys(("id", "type", "issuer", "credentialSubject", "validFrom", "proof", "evidence", "name"), junk),
        {"credentialSubject": dict.fromkeys(("id", "achievement", "result", "identifier", "term"), junk)},
        {"credentialSubject": {"achievement": dict.fromkeys(names, junk), "result": [{"resultDescription": junk}]}},
        {"credentialSubject": {"achievement": {"resultDescription": [{"id": "a", "rubricCriterionLevel": junk}]}}},
    ):
        list(rules(document))
        view = AchievementCredential.view(document)
        for thing in (
            view,
            *(
                [view.achievement]
                if isinstance(document.get("credentialSubject"), dict)
                and isinstance(document["credentialSubject"].get("achievement"), dict)
                else []
            ),
        ):
            for name in (item for item in dir(type(thing)) if not item.startswith("_")):
                try:
                    getattr(thing, name)
                except MalformedValueError:
                    continue


def test_a_node_in_a_list_that_is_meant_by_its_id_is_the_one_described_elsewhere() -> None:
    told = {"id": "urn:e", "name": "Portfolio"}
    document = {"evidence": ["urn:e"], "credentialSubject": {"id": "urn:s", "source": told}}
    assert VerifiableCredential(document).whole["evidence"] == [told]
