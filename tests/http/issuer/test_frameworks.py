"""Frameworks of standards: taken in as files within bounds, searched by words, code and grade, and picked from."""

import copy
import json

import pytest

from issuer.service import case_packages
from tests.http.issuer.conftest import CASE
from tests.http.issuer.html_forms import fields_of
from vc.checks import Verdict

PAGES = "/organisations/maple-co-op"
ADDRESS = "https://frameworks.example.org/ims/case/v1p1/CFItems"


def changed(**members):
    return {**copy.deepcopy(CASE), **members}


def with_item(**members):
    package = copy.deepcopy(CASE)
    package["CFItems"][1] |= members
    return package


@pytest.fixture
def framework(desk):
    return desk.client.post(f"{desk.base}/frameworks", json=CASE).json()


def codes(desk, framework, **asked):
    answer = desk.client.get(f"{desk.base}/frameworks/{framework['id']}/items", params=asked)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


def test_a_framework_is_taken_in_with_its_items_below_each_other(desk, framework):
    assert {name: framework[name] for name in ("title", "creator", "version", "items", "levels", "notes")} == {
        "title": "Cedar Bend standards",
        "creator": "Cedar Bend",
        "version": "2",
        "items": 3,
        "levels": ["04", "05", "KG"],
        "notes": "Free to use.",
    }
    items = desk.client.get(f"{desk.base}/frameworks/{framework['id']}/items").json()["items"]
    assert [(item["code"], item["depth"], item["within"]) for item in items] == [
        ("CB.N", 0, ""),
        ("CB.N.1", 1, "Número y fracción"),
        ("CB.W", 0, ""),
    ]
    assert items[1]["statement"] == "Compare fractions"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["CB.N", "CB.N.1", "CB.W"]),
        ({"q": "FRACCION numero"}, ["CB.N"]),
        ({"q": "fractions  compare"}, ["CB.N.1"]),
        ({"q": "cb.n"}, ["CB.N", "CB.N.1"]),
        ({"q": "cb.n.1"}, ["CB.N.1"]),
        ({"level": "04"}, ["CB.N.1"]),
        ({"level": "4"}, []),
        ({"q": "%"}, ["CB.W"]),
        ({"q": "n_1"}, ["CB.W"]),
        ({"q": "n.1"}, ["CB.N.1"]),
        ({"q": "fractions nothing"}, []),
        ({"size": "2", "page": "2"}, ["CB.W"]),
    ],
)
def test_items_are_found_by_words_code_and_grade(desk, framework, asked, found):
    assert codes(desk, framework, **asked) == found


def test_the_same_file_twice_is_one_and_a_new_one_takes_its_place(desk, framework):
    again = desk.client.post(f"{desk.base}/frameworks", json=CASE).json()
    assert again == framework
    newer = desk.client.post(f"{desk.base}/frameworks", json=with_item(fullStatement="Numbers")).json()
    assert newer["id"] == framework["id"]
    assert codes(desk, newer, q="numero") == []
    assert codes(desk, newer, q="numbers") == ["CB.N"]
    assert desk.client.get(f"{desk.base}/frameworks").json()["total"] == 1


@pytest.mark.parametrize(
    ("package", "field"),
    [
        ([], "file"),
        ({}, "file"),
        (changed(CFItems=[]), "file"),
        (changed(CFItems={}), "file"),
        (changed(CFItem=[]), "CFItem"),
        (changed(CFItems=["one"]), "CFItems/0"),
        (changed(CFAssociations={}), "CFAssociations"),
        (changed(CFAssociations=[1]), "CFAssociations/0"),
        (with_item(uri="http://frameworks.example.org\\@evil.example/"), "CFItems/1/uri"),
        (with_item(uri="javascript:alert(1)"), "CFItems/1/uri"),
        (with_item(uri=None), "CFItems/1/uri"),
        (with_item(uri=f"{ADDRESS}/i2"), "CFItems/1/uri"),
        (with_item(identifier="i2"), "CFItems/1/identifier"),
        (with_item(fullStatement="rtl \u202e evil"), "CFItems/1/fullStatement"),
        (with_item(fullStatement=""), "CFItems/1/fullStatement"),
        (with_item(fullStatement=["a"]), "CFItems/1/fullStatement"),
        (with_item(fullStatement="x" * 8001), "CFItems/1/fullStatement"),
        (with_item(educationLevel="04"), "CFItems/1/educationLevel"),
        (with_item(educationLevel=["04,05"]), "CFItems/1/educationLevel/0"),
        (with_item(humanCodingScheme=3), "CFItems/1/humanCodingScheme"),
        (changed(CFDocument={**CASE["CFDocument"], "title": ""}), "CFDocument/title"),
        (changed(CFDocument={**CASE["CFDocument"], "language": "<script>"}), "CFDocument/language"),
    ],
)
def test_a_file_that_is_amiss_is_refused_with_its_place_and_nothing_is_kept(desk, package, field):
    answer = desk.client.post(f"{desk.base}/frameworks", json=package)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert desk.client.get(f"{desk.base}/frameworks").json()["total"] == 0


def child(of, parent):
    return {
        "associationType": "isChildOf",
        "originNodeURI": {"identifier": of},
        "destinationNodeURI": {"identifier": parent},
    }


def deep(count):
    items = [{**CASE["CFItems"][0], "identifier": f"n{n}", "uri": f"{ADDRESS}/n{n}"} for n in range(count)]
    return changed(CFItems=items, CFAssociations=[child(f"n{n + 1}", f"n{n}") for n in range(count - 1)])


@pytest.mark.parametrize(
    "package",
    [
        changed(CFAssociations=[child("i1", "i2"), child("i2", "i1")]),
        changed(CFAssociations=[child("i1", "i1")]),
        deep(case_packages.DEEPEST + 2),
    ],
)
def test_circles_and_wells_are_refused(desk, package):
    answer = desk.client.post(f"{desk.base}/frameworks", json=package)
    assert (answer.status_code, answer.json()["field"]) == (422, "CFAssociations")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"CFDocument": {}, "CFDocument": {}}',
        b'{"CFItems": [NaN]}',
        b"[" * 100_000,
        json.dumps({"CFItems": [0] * 40_000}).encode(),
        b'{"a": "' + b"x" * 100_000 + b'"}',
    ],
    ids=range(8),
)
def test_what_is_no_strict_json_within_bounds_is_refused(desk, data):
    answer = desk.client.post(f"{desk.base}/frameworks", content=data, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["field"]) == (422, "file")


def test_a_file_too_large_and_too_many_items_are_refused(desk, monkeypatch):
    monkeypatch.setattr(case_packages, "MOST_ITEMS", 2)
    assert desk.client.post(f"{desk.base}/frameworks", json=CASE).status_code == 413
    monkeypatch.setattr(case_packages, "LARGEST", 100)
    assert desk.client.post(f"{desk.base}/frameworks", json=CASE).status_code == 413


def test_a_real_package_of_743_items_is_read_and_searched(desk, shared):
    data = (shared / "education/fixtures/ccss-math-case-v1p1.json").read_bytes()
    answer = desk.client.post(f"{desk.base}/frameworks", content=data, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["items"]) == (201, 743)
    assert codes(desk, answer.json(), q="ccss.math.content.4.nf.a.2")[0] == "CCSS.Math.Content.4.NF.A.2"
    assert "CCSS.Math.Content.4.NF.A.2" in codes(desk, answer.json(), q="compare fractions", level="04")


def test_the_invented_framework_comes_with_the_program(desk, browser):
    browser.get(f"{PAGES}/frameworks")
    page = browser.submit(f"{PAGES}/frameworks", shipped="prairie-bridge")
    assert "Prairie Bridge competencies" in browser.follow().text
    assert page.status_code == 303
    for name, status in (("prairie-bridge", 201), ("other", 404), ("../case", 404)):
        answer = desk.client.post(f"{desk.base}/frameworks/shipped", json={"name": name})
        assert answer.status_code == status


def test_a_file_is_handed_in_on_the_page_and_a_mistake_is_told_there(browser, desk):
    browser.get(f"{PAGES}/frameworks")
    token = {"csrf": fields_of(browser.page.text)["csrf"]}
    files = {"file": ("standards.json", json.dumps(with_item(uri="nowhere")), "application/json")}
    page = browser.client.post(f"{PAGES}/frameworks", data=token, files=files)
    assert page.status_code == 422
    assert "not a web address" in page.text
    files = {"file": ("standards.json", json.dumps(CASE), "text/plain")}
    page = browser.client.post(f"{PAGES}/frameworks", data=token, files=files)
    assert page.status_code == 303
    assert browser.client.post(f"{PAGES}/frameworks", data=token).status_code == 422


def test_an_alignment_is_picked_by_a_search_on_the_page(browser, desk, framework, course, judge):
    path = f"{PAGES}/achievements/{course['id']}/alignments"
    page = browser.get(f"{path}?q=compare&level=05")
    assert "Compare fractions" in page.text
    assert "CB.W" not in page.text
    result = course["document"]["resultDescription"][0]["id"]
    for at in ("", result):
        page = browser.get(f"{path}?q=fractions")
        version = fields_of(page.text)["version"]
        browser.submit(path, item=[f"{framework['id']}/1", f"{framework['id']}/2"], at=at, version=version)
        assert "CB.N.1" in browser.follow().text
    found = desk.client.get(f"{desk.base}/achievements/{course['id']}").json()
    expected = {
        "type": ["Alignment"],
        "targetName": "Compare fractions",
        "targetUrl": f"{ADDRESS}/i2",
        "targetCode": "CB.N.1",
        "targetFramework": "Cedar Bend standards",
        "targetType": "CFItem",
    }
    assert expected in found["document"]["alignment"]
    assert len(found["document"]["alignment"]) == 3
    assert expected in found["document"]["resultDescription"][0]["alignment"]
    assert found["version"] == 3
    assert judge(desk.document(desk.award(found)).content).verdict is Verdict.GENUINE_AND_CURRENT
    browser.submit(path, remove=f"{ADDRESS}/i2", at=result, version="3")
    again = desk.client.get(f"{desk.base}/achievements/{course['id']}").json()
    assert [item["targetCode"] for item in again["document"]["resultDescription"][0]["alignment"]] == ["CB.W"]
    assert expected in again["document"]["alignment"]


def test_what_is_there_is_not_repeated_and_a_stale_page_is_refused(browser, desk, framework, course):
    path = f"{desk.base}/achievements/{course['id']}/alignments"
    body = {"framework": framework["id"], "items": [0]}
    assert desk.client.post(path, json=body).json()["version"] == 2
    assert desk.client.post(path, json=body).json()["version"] == 2
    assert desk.client.post(path, json={**body, "items": [1], "version": 1}).status_code == 409
    assert desk.client.post(path, json={**body, "items": [7]}).status_code == 404
    assert desk.client.post(path, json={**body, "at": "urn:uuid:none"}).status_code == 404
    page = f"{PAGES}/achievements/{course['id']}/alignments"
    browser.get(page)
    assert browser.submit(page, item=f"{framework['id']}/1", version="1").status_code == 409
    assert browser.submit(page, item="1/x").status_code == 404
    assert browser.submit(page).status_code == 422


def test_removing_a_framework_asks_once_and_leaves_what_achievements_say(browser, desk, framework, course):
    desk.client.post(
        f"{desk.base}/achievements/{course['id']}/alignments", json={"framework": framework["id"], "items": [1]}
    )
    path = f"{PAGES}/frameworks/{framework['id']}/remove"
    assert "take the same file in again" in browser.get(path).text
    browser.submit(path)
    assert desk.client.get(f"{desk.base}/frameworks").json()["total"] == 0
    document = desk.client.get(f"{desk.base}/achievements/{course['id']}").json()["document"]
    assert document["alignment"][-1]["targetUrl"] == f"{ADDRESS}/i2"


def test_another_organisation_has_its_own_frameworks(desk, other_desk, framework, course):
    assert other_desk.client.get(f"{other_desk.base}/frameworks").json()["total"] == 0
    theirs = other_desk.client.post(f"{other_desk.base}/frameworks", json=CASE).json()
    assert theirs["id"] != framework["id"]
    answer = desk.client.post(
        f"{desk.base}/achievements/{course['id']}/alignments", json={"framework": theirs["id"], "items": [0]}
    )
    assert answer.status_code == 404
    assert other_desk.client.get(f"{other_desk.base}/frameworks/{framework['id']}/items").status_code == 404
