"""Uploaded pictures: drawn anew, at an address made of their digest, each organisation its own, and never changed."""

import hashlib
import re
from datetime import timedelta

import pytest

from issuer.service.pictures import MOST_WAITING
from issuer.store import tables
from kit import redrawn
from kit.quilt import block_file
from tests.drawn import SVG, picture, told
from tests.http.issuer.conftest import COURSE, NOW, ORIGIN
from tests.http.issuer.html_forms import fields_of
from vc.checks import Verdict

PROFILE = "/organisations/maple-co-op/profile"
NEW = "/organisations/maple-co-op/achievements/new"
ADDRESS = re.compile(ORIGIN + r"/orgs/maple-co-op/pictures/([0-9a-f]{64})\.png")


def uploaded(desk, data=None, **headers):
    return desk.client.post(f"{desk.base}/pictures", content=picture() if data is None else data, headers=headers)


def address_of(desk, data=None):
    answer = uploaded(desk, data)
    assert answer.status_code == 201, answer.text
    return answer.json()["address"]


def count(services):
    with services.context.database.reading() as session:
        return session.query(tables.PictureRow).count()


def described(**fields):
    return {
        "name": "Algebra I",
        "description": "Equations.",
        "criteriaNarrative": "Pass.",
        "achievementType": "Course",
        **fields,
    }


def test_a_picture_is_served_at_the_digest_of_its_bytes(desk, stranger):
    answer = uploaded(desk, told(Comment="<script>"))
    assert answer.status_code == 201, answer.text
    found = ADDRESS.fullmatch(answer.json()["address"])
    assert (answer.json()["width"], answer.json()["height"]) == (40, 20)
    served = stranger.get(answer.json()["address"])
    assert served.status_code == 200
    assert hashlib.sha256(served.content).hexdigest() == found[1]
    assert b"script" not in served.content
    expected = {
        "content-type": "image/png",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "public, max-age=31536000, immutable",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "etag": f'"{found[1]}"',
    }
    assert {name: served.headers.get(name) for name in expected} == expected
    assert "set-cookie" not in served.headers
    known = stranger.get(answer.json()["address"], headers={"If-None-Match": served.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "text/html"])
def test_what_a_file_is_called_means_nothing(desk, stranger, kind):
    answer = uploaded(desk, **{"Content-Type": kind})
    assert stranger.get(answer.json()["address"]).headers["content-type"] == "image/png"


def test_the_same_picture_twice_is_one(desk, services):
    first, many = address_of(desk), count(services)
    assert address_of(desk, told(Comment="again")) == first
    assert count(services) == many


@pytest.mark.parametrize("data", [SVG, b"", b"GIF89a", picture()[:50], b"<html>"], ids=range(5))
def test_M4_M5_M6_what_is_no_picture_is_refused_and_nothing_kept(desk, services, data):
    before = count(services)
    answer = uploaded(desk, data)
    assert answer.status_code == 422
    assert (answer.json()["field"], bool(answer.json()["remedy"])) == ("picture", True)
    assert count(services) == before


def test_M5_a_file_that_is_too_large_is_refused(desk, services, monkeypatch):
    before = count(services)
    monkeypatch.setattr(redrawn, "LARGEST", 50)
    assert uploaded(desk).status_code == 413
    assert count(services) == before


def test_O5_the_same_picture_at_two_organisations_is_two(desk, other_desk, stranger, services):
    same = picture(colour=(5, 6, 7))
    before, mine = count(services), address_of(desk, same)
    assert address_of(other_desk, same) == mine.replace("maple-co-op", "alvarez")
    assert count(services) == before + 2
    only_mine = address_of(desk, picture(colour=(1, 2, 3)))
    assert stranger.get(only_mine).status_code == 200
    assert stranger.get(only_mine.replace("maple-co-op", "alvarez")).status_code == 404
    assert stranger.get(only_mine.replace("maple-co-op", "nobody")).status_code == 404


def test_O5_a_picture_of_others_cannot_be_used(desk, other_desk):
    mine = address_of(desk, picture(colour=(1, 2, 3)))
    for address in (mine, mine.replace("maple-co-op", "alvarez"), mine.replace("maple-co-op", "nobody")):
        answer = other_desk.client.post(f"{other_desk.base}/achievements", json={**COURSE, "image": address})
        assert (answer.status_code, answer.json()["field"]) == (422, "image")
        answer = other_desk.client.put(other_desk.base, json={"name": "Alvarez", "logo": address})
        assert (answer.status_code, answer.json()["field"]) == (422, "logo")
    assert other_desk.client.get(f"{other_desk.base}/achievements").json()["items"] == []
    assert other_desk.client.get(other_desk.base).json()["logo"] == ""


@pytest.mark.parametrize("name", ["0" * 64, "0" * 63, "A" * 64, "..%2f..%2fdid", "x"])
def test_an_address_of_no_picture_is_not_found(desk, stranger, name):
    assert stranger.get(f"/orgs/maple-co-op/pictures/{name}.png").status_code == 404


def test_an_achievement_is_awarded_with_its_picture_and_what_was_issued_keeps_it(desk, stranger, judge):
    first, second = address_of(desk), address_of(desk, picture(colour=(200, 0, 0)))
    course = desk.achievement(image=first, imageCaption="A bridge")
    award = desk.award(course)
    document = desk.document(award)
    assert document.json()["credentialSubject"]["achievement"]["image"] == {
        "id": first,
        "type": "Image",
        "caption": "A bridge",
    }
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT
    desk.client.put(f"{desk.base}/achievements/{course['id']}", json={**COURSE, "image": second})
    assert desk.document(award).content == document.content
    assert stranger.get(first).status_code == 200
    later = desk.document(desk.award(course)).json()
    assert later["credentialSubject"]["achievement"]["image"]["id"] == second


def test_M2_a_page_shows_pictures_of_its_own_and_no_others(desk, stranger):
    own = address_of(desk)
    elsewhere = "https://tracker.example/pixel.png"
    shown = desk.achievement(image=own, imageCaption='A "bridge" <b>')
    not_shown = desk.achievement(image=elsewhere)
    foreign = desk.achievement(image=f"https://localhost:8001/orgs/maple-co-op/pictures/{'0' * 64}.png")
    page = stranger.get(shown["iri"], headers={"Accept": "text/html"}).text
    assert f'<img class="own-picture" src="{own.removeprefix(ORIGIN)}" alt="A &#34;bridge&#34; &lt;b&gt;"' in page
    for found in (not_shown, foreign):
        page = stranger.get(found["iri"], headers={"Accept": "text/html"}).text
        assert "own-picture" not in page
        assert not re.findall(r'src="https?:', page)
        assert "pictures/" not in "".join(re.findall(r"<img[^>]*>", page))


def test_without_a_picture_it_is_still_the_generated_one(desk, stranger):
    course = desk.achievement()
    assert course["document"]["image"]["id"] == f"{course['iri']}/image.svg"
    assert stranger.get(f"{course['iri']}/image.svg").content == block_file(course["iri"])


def test_the_form_takes_a_picture_and_keeps_it_while_rows_are_added(send, see, desk):
    file = {"picture": ("leaf.jpg", picture("JPEG", colour=(9, 9, 9)), "image/jpeg")}
    page = send(NEW, described(do="add:results"), files=file, status=200)
    address = fields_of(page)["image"]
    assert ADDRESS.fullmatch(address)
    assert f'src="{address.removeprefix(ORIGIN)}"' in page
    send(NEW, described(name="Leaves", image=address, imageCaption="A leaf"))
    items = desk.client.get(f"{desk.base}/achievements", params={"size": 200}).json()["items"]
    made = next(item for item in items if item["name"] == "Leaves")
    assert made["document"]["image"] == {"id": address, "type": "Image", "caption": "A leaf"}
    edit = f"/organisations/maple-co-op/achievements/{made['id']}/edit"

    def saved(**changes):
        kept = {name: value for name, value in fields_of(see(edit)).items() if name != "picture"}
        send(edit, {**kept, **changes})
        return desk.client.get(f"{desk.base}/achievements/{made['id']}").json()["document"]

    assert (found := saved())["image"] == made["document"]["image"]
    assert found["version"] == "2"
    assert saved(noPicture="1")["image"] == {"id": f"{made['iri']}/image.svg", "type": "Image"}


def test_a_form_with_a_bad_picture_comes_back_with_all_that_was_typed(send, desk, services):
    before = count(services)
    for page, fields in ((NEW, described()), (PROFILE, {"name": "Maple", "kind": "coop"})):
        answer = send(page, fields, files={"picture": ("leaf.svg", SVG, "image/svg+xml")}, status=422)
        assert "Save it as a PNG, then choose that." in answer
        assert fields_of(answer)["name"] == fields["name"]
    assert count(services) == before
    assert desk.client.get(desk.base).json()["name"] == "Maple Co-op"


def test_a_logo_is_chosen_on_the_page_of_the_profile(send, see, desk):
    def fields():
        return {name: value for name, value in fields_of(see(PROFILE)).items() if name != "picture"}

    send(PROFILE, fields(), files={"picture": ("logo.png", picture(), "image/png")})
    assert ADDRESS.fullmatch(desk.client.get(desk.base).json()["logo"])
    send(PROFILE, {**fields(), "noPicture": "1"})
    assert desk.client.get(desk.base).json()["logo"] == ""


def test_what_nothing_names_is_swept_after_a_day_and_what_was_named_stays(desk, services, stranger):
    unused, used, again = (address_of(desk, picture(colour=(number, 0, 0))) for number in (1, 2, 3))
    course = desk.achievement(image=used)
    desk.client.put(f"{desk.base}/achievements/{course['id']}", json=COURSE)
    kept = ADDRESS.fullmatch(again)[1]
    with services.context.database.session() as session:
        old = session.query(tables.PictureRow).filter(tables.PictureRow.sha256 != kept)
        old.update({"added": NOW - timedelta(days=2)})
    assert address_of(desk, picture(colour=(2, 0, 0))) == used
    assert [stranger.get(address).status_code for address in (unused, used, again)] == [404, 200, 200]


def test_pictures_are_not_piled_up(desk, services, monkeypatch):
    assert MOST_WAITING > 20
    address_of(desk, picture(colour=(7, 7, 7)))
    monkeypatch.setattr("issuer.service.pictures.MOST_WAITING", 1)
    before = count(services)
    answer = uploaded(desk, picture(colour=(8, 8, 8)))
    assert answer.status_code == 429
    assert count(services) == before
