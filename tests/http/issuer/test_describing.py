"""The form of an achievement: every part of Open Badges, in rows that come and go without a script."""

import json

import pytest

from tests.http.issuer.conftest import COURSE
from tests.http.issuer.html_forms import buttons_of, fields_of
from vc.checks import DocumentKind, Verdict
from vc.schema import violations

BASE = "/organisations/maple-co-op/achievements"
SKILL = {
    "targetName": "Design under constraints",
    "targetUrl": "https://frameworks.example.org/PB.E.1",
    "targetCode": "PB.E.1",
    "targetDescription": "Within cost, time and matter.",
    "targetFramework": "Prairie Bridge",
    "targetType": "CFItem",
}
EVERYTHING = {
    **COURSE,
    "specialization": "Honors",
    "alignments": [SKILL, {**SKILL, "targetUrl": "https://frameworks.example.org/PB.E.2", "targetType": "ext:Own"}],
    "otherIdentifiers": [{"identifier": "02052-H", "identifierType": "systemId"}],
    "related": [{"id": "https://old.example.org/badge.json", "inLanguage": "es", "version": "Open Badges 2.0"}],
    "creator": {"id": "did:web:ada.example", "name": "Ada", "url": "https://ada.example/", "email": "a@ada.example"},
    "image": "https://maple.example.org/algebra.png",
    "imageCaption": "A parabola",
    "tags": ["algebra", "x, y, and z"],
    "results": [
        {"name": "Final grade", "resultType": "LetterGrade", "allowedValues": ["A", "B, nearly A"], "requiredValue": "A"},
        {"name": "Score", "resultType": "RawScore", "valueMin": "0", "valueMax": "40", "requiredValue": "28"},
        {
            "name": "Proofs",
            "resultType": "RubricCriterionLevel",
            "requiredLevel": "Sound",
            "alignments": [SKILL],
            "levels": [
                {"name": "Begun", "description": "A first line\n\nand a second", "level": "1", "points": "2"},
                {"name": "Sound", "description": "Holds", "level": "2", "points": "4", "alignments": [SKILL]},
            ],
        },
    ],
}  # fmt: skip


@pytest.fixture
def everything(desk):
    return desk.achievement(**EVERYTHING)


def stored(desk, found):
    return desk.client.get(f"{desk.base}/achievements/{found['id']}").json()


def test_a_form_that_is_opened_and_saved_changes_nothing(everything, desk, browser):
    path = f"{BASE}/{everything['id']}/edit"
    page = browser.get(path)
    assert page.status_code == 200
    assert browser.submit(path, **fields_of(page.text)).status_code == 303
    again = stored(desk, everything)
    assert again["version"] == 2
    assert {**again["document"], "version": "1"} == everything["document"]


def test_everything_can_be_typed_without_json_and_is_signed(desk, everything, browser, judge):
    typed = fields_of(browser.get(f"{BASE}/{everything['id']}/edit").text)
    page = browser.get(f"{BASE}/new")
    browser.submit(f"{BASE}/new", **{**typed, "csrf": fields_of(page.text)["csrf"], "name": "Typed"})
    identifier = browser.page.headers["location"].rpartition("/")[2]
    made = stored(desk, {"id": identifier})
    ours = {"id", "version", "name", "resultDescription"}
    assert {k: v for k, v in made["document"].items() if k not in ours} == {
        k: v for k, v in everything["document"].items() if k not in ours
    }
    award = desk.award(made, results=[{"value": "A", "description": "Final grade"}])
    document = desk.document(award)
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT
    assert list(violations(document.json(), kind=DocumentKind.ACHIEVEMENT_CREDENTIAL)) == []


def test_rows_are_added_moved_and_removed_and_nothing_typed_is_lost(browser, desk):
    page = browser.get(f"{BASE}/new")
    typed = {"name": "Bridge", "results/0/name": "Load test", "results/0/resultType": "RubricCriterionLevel"}
    for act in ("add:results/0/levels", "add:results/0/levels", "add:alignments"):
        page = browser.submit(f"{BASE}/new", **{**fields_of(page.text), **typed, "do": act})
        assert page.status_code == 200
    fields = fields_of(page.text)
    assert fields["name"] == "Bridge"
    assert {"results/0/levels/0/name", "results/0/levels/1/name", "alignments/0/targetUrl"} <= set(fields)
    assert "results/0/levels/2/name" not in fields
    typed |= {
        "results/0/levels/0/name": "Strong",
        "results/0/levels/1/name": "Started",
        "results/0/requiredLevel": "0",
        "description": "A bridge.",
        "criteriaNarrative": "It carries.",
    }
    assert "up:results/0/levels/1" in buttons_of(page.text)
    page = browser.submit(f"{BASE}/new", **{**fields, **typed, "do": "up:results/0/levels/1"})
    fields = fields_of(page.text)
    assert [fields[f"results/0/levels/{n}/name"] for n in (0, 1)] == ["Started", "Strong"]
    assert fields["results/0/requiredLevel"] == "1"
    page = browser.submit(f"{BASE}/new", **{**fields, "do": "remove:alignments/0"})
    assert "alignments/0/targetUrl" not in fields_of(page.text)
    assert desk.client.get(f"{desk.base}/achievements").json()["total"] == 0
    assert browser.submit(f"{BASE}/new", **fields_of(page.text)).status_code == 303
    (made,) = desk.client.get(f"{desk.base}/achievements").json()["items"]
    (result,) = made["document"]["resultDescription"]
    assert [level["name"] for level in result["rubricCriterionLevel"]] == ["Started", "Strong"]
    assert result["requiredLevel"] == result["rubricCriterionLevel"][1]["id"]


def test_a_mistake_in_a_row_is_shown_at_its_field_after_empty_rows_are_gone(browser, desk):
    page = browser.get(f"{BASE}/new")
    given = {
        **fields_of(page.text),
        "name": "Bridge",
        "description": "A bridge.",
        "criteriaNarrative": "It carries.",
        "alignments/0/targetName": "",
        "alignments/3/targetName": "Named, but nowhere",
    }
    page = browser.submit(f"{BASE}/new", **given)
    assert page.status_code == 422
    assert 'id="f-alignments/0/targetUrl-error"' in page.text
    assert fields_of(page.text)["alignments/0/targetName"] == "Named, but nowhere"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"results": [{"name": "A", "resultType": "Percent"}, {"name": "a", "resultType": "Percent"}]}, "results/1/name"),
        ({"results": [{"name": "R", "resultType": "RubricScore", "levels": [{"name": "x"}, {"name": "X"}]}]}, "results/0/levels/1/name"),
        ({"results": [{"name": "G", "resultType": "LetterGrade", "allowedValues": ["A"], "requiredValue": "B"}]}, "results/0/requiredValue"),
        ({"related": [{"id": "http://old.example.org/1"}] * 2}, "related/1/id"),
        ({"related": [{"id": "javascript:alert(1)"}]}, "related/0/id"),
        ({"creator": {"id": "did:web:localhost%3A8001:orgs:maple-co-op"}}, "creator/id"),
        ({"creator": {"id": "mailto:ada"}}, "creator/id"),
        ({"otherIdentifiers": [{"identifier": "1", "identifierType": "passport"}]}, "otherIdentifiers/0/identifierType"),
        ({"criteriaUrl": "https://a.example/1", "image": "https://a.example/1"}, "image"),
        ({"inLanguage": "en\n"}, None),
        ({"inLanguage": "english words"}, "inLanguage"),
    ],
)  # fmt: skip
def test_what_would_not_hold_is_refused_with_its_place(desk, change, field):
    answer = desk.client.post(f"{desk.base}/achievements", json={**COURSE, **change})
    if field is None:
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_ids_of_marks_stay_with_their_marks_when_names_are_exchanged(desk, everything):
    rows = everything["document"]["resultDescription"]
    first, second = rows[0], rows[1]
    edited = [
        {"id": first["id"], "name": second["name"], "resultType": "LetterGrade"},
        {"id": second["id"], "name": first["name"], "resultType": "RawScore"},
        {"name": rows[2]["name"], "resultType": "Percent"},
        {"id": first["id"], "name": "Another", "resultType": "Percent"},
    ]
    answer = desk.client.put(f"{desk.base}/achievements/{everything['id']}", json={**COURSE, "results": edited})
    found = [row["id"] for row in answer.json()["document"]["resultDescription"]]
    assert found[:3] == [first["id"], second["id"], rows[2]["id"]]
    assert len(set(found)) == 4


def test_editing_changes_nothing_that_was_issued(desk, everything, browser, judge):
    award = desk.award(everything, results=[{"value": "Sound", "description": "Proofs"}])
    before = desk.document(award).content
    path = f"{BASE}/{everything['id']}/edit"
    fields = fields_of(browser.get(path).text)
    for act in ("remove:results/2", "remove:related/0", "remove:alignments/1"):
        fields = fields_of(browser.submit(path, **{**fields, "do": act}).text)
    assert browser.submit(path, **{**fields, "name": "Something else"}).status_code == 303
    assert desk.document(award).content == before
    assert judge(before).verdict is Verdict.GENUINE_AND_CURRENT
    assert json.loads(before)["credentialSubject"]["achievement"]["name"] == "Algebra I"


def test_two_languages_are_two_achievements_that_name_each_other(desk, everything, browser, judge):
    page = browser.get(f"{BASE}/new?like={everything['id']}")
    fields = {**fields_of(page.text), "name": "Álgebra I", "description": "Ecuaciones.", "inLanguage": "es"}
    assert fields["related/0/id"] == everything["iri"]
    browser.submit(f"{BASE}/new", **fields)
    spanish = stored(desk, {"id": browser.page.headers["location"].rpartition("/")[2]})
    english = stored(desk, everything)
    assert spanish["document"]["related"][0] == {"id": english["iri"], "type": ["Related"], "inLanguage": "en"}
    assert english["document"]["related"][-1] == {"id": spanish["iri"], "type": ["Related"], "inLanguage": "es"}
    ids = [{r["id"] for r in found["document"]["resultDescription"]} for found in (english, spanish)]
    assert not ids[0] & ids[1]
    for found in (english, spanish):
        document = desk.document(desk.award(found, results=[])).content
        assert judge(document).verdict is Verdict.GENUINE_AND_CURRENT
    page = browser.get(f"/orgs/maple-co-op/achievements/{english['id']}")
    assert spanish["iri"] in page.text


def test_the_other_language_is_left_alone_when_that_is_wanted(desk, everything, browser):
    page = browser.get(f"{BASE}/new?like={everything['id']}")
    fields = {**fields_of(page.text), "name": "Álgebra I", "inLanguage": "es"}
    del fields["both"]
    assert browser.submit(f"{BASE}/new", **fields).status_code == 303
    assert stored(desk, everything)["version"] == 1


def test_another_organisation_s_achievement_cannot_be_copied_or_joined(desk, other_desk, browser):
    theirs = other_desk.achievement()
    assert browser.get(f"{BASE}/new?like={theirs['id']}").status_code == 404
    page = browser.get(f"{BASE}/new")
    fields = {**fields_of(page.text), "name": "A", "description": "B", "criteriaNarrative": "C"}
    assert browser.submit(f"{BASE}/new", **{**fields, "like": theirs["id"], "both": "yes"}).status_code == 404
    assert desk.client.get(f"{desk.base}/achievements").json()["total"] == 0
    assert stored(other_desk, theirs)["version"] == 1


def test_an_achievement_too_large_for_a_form_says_so(desk, browser):
    levels = [{"name": f"Level {n}"} for n in range(40)]
    results = [{"name": f"Mark {n}", "resultType": "RubricCriterionLevel", "levels": levels} for n in range(6)]
    found = desk.achievement(results=results)
    page = browser.get(f"{BASE}/{found['id']}/edit")
    assert page.status_code == 413
    assert "more parts than a form can hold" in page.text


def test_what_people_read_has_every_part(desk, everything, browser):
    for path in (f"{BASE}/{everything['id']}", f"/orgs/maple-co-op/achievements/{everything['id']}"):
        text = browser.get(path).text
        for words in (
            "Honors",
            "02052-H",
            "Ada",
            "Sound",
            "Points: 4",
            "needed to pass",
            "B, nearly A",
            "old.example.org",
        ):
            assert words in text, (path, words)
