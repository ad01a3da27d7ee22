"""The phone's routes at the door: what is kept of them by a browser, who is answered, and marks that cannot be carried over."""

import io
import json

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.unit.wallet.samples import award, strangers


@pytest.fixture
def home(services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    return hadleys


def marks(browser, *learners):
    asked = "&".join(f"learner={one}" for one in learners)
    return browser.get(f"/phone/copy?{asked}"), browser.get(f"/phone/state?{asked}").json()["mark"]


def test_L15_everything_but_the_icons_is_stored_by_nobody(browser, home):
    teresa = browser("teresa")
    for path in (
        "/phone/",
        f"/phone/copy?learner={home.wren}",
        "/phone/state",
        "/phone/offline",
        "/phone/worker.js",
        "/manifest.webmanifest",
    ):
        assert teresa.get(path).headers["cache-control"] == "no-store", path
    icon = teresa.get("/icons/192.png")
    assert "set-cookie" not in icon.headers
    assert icon.headers["cache-control"] == "public, max-age=86400"


def test_a_copy_bears_the_mark_that_its_session_holds(browser, home):
    teresa = browser("teresa")
    copy, held = marks(teresa, home.wren)
    assert copy.status_code == 200
    assert copy.headers["x-satchel-copy"] == held != ""
    assert "Bridge building" in copy.text
    assert marks(teresa, home.wren, home.jonah_learner)[1] not in {"", held}


def test_L15_no_mark_is_held_by_another_session_or_account_or_by_nobody(browser, services, home):
    strangers(services)
    copy, held = marks(browser("teresa"), home.wren)
    assert browser("teresa").get(f"/phone/state?learner={home.wren}").json()["mark"] not in {"", held}
    assert browser("marcus").get(f"/phone/state?learner={home.wren}").json()["mark"] not in {"", held}
    for nobody in (browser(), browser("olga")):
        assert nobody.get(f"/phone/state?learner={home.wren}").json() == {"mark": ""}
    assert held in copy.headers.values()
    assert held not in copy.text


def test_O4_a_copy_shows_nobody_who_may_not_be_seen(browser, services, home):
    strangers(services)
    for who, learner in (("olga", home.wren), ("marcus", home.jonah_learner), ("jonah", home.wren)):
        answer = browser(who).get(f"/phone/copy?learner={learner}")
        assert answer.status_code == 404, who
        assert "x-satchel-copy" not in answer.headers
    both = browser("marcus").get(f"/phone/copy?learner={home.wren}&learner={home.jonah_learner}")
    assert both.status_code == 404
    assert browser().get(f"/phone/copy?learner={home.wren}").status_code == 303


def test_a_copy_of_nobody_is_no_copy(browser, home):
    answer = browser("teresa").get("/phone/copy")
    assert answer.status_code == 422
    assert "x-satchel-copy" not in answer.headers


def test_what_is_written_inside_an_award_stays_out_of_the_copy(browser, services, home):
    services.credentials.add_file(home.teresa, home.wren, award(3, title="Pond study", narrative="She was ill in May."))
    copy = browser("teresa").get(f"/phone/copy?learner={home.wren}").text
    assert "Pond study" in copy
    assert "ill in May" not in copy


def test_the_offline_page_is_about_nobody_whoever_asks(browser, home):
    assert "Teresa" not in browser("teresa").get("/phone/offline").text


def test_the_workers_scope_is_not_widened(browser):
    answer = browser().get("/phone/worker.js")
    assert "service-worker-allowed" not in answer.headers
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    files = json.loads(answer.text.partition("const FILES = ")[2].partition(";\n")[0])
    assert all(browser().get(one).headers["cache-control"].endswith("immutable") for one in files)


@pytest.mark.parametrize(("name", "size", "corner"), [("192", 192, 0), ("512", 512, 0), ("maskable", 512, 255)])
def test_the_icons_are_ours_and_fill_what_they_say(browser, name, size, corner):
    picture = Image.open(io.BytesIO(browser().get(f"/icons/{name}.png").content))
    assert picture.size == (size, size)
    assert picture.getpixel((0, 0))[3] == corner
    assert picture.getpixel((size // 2, size // 2))[:3] == (0xB9, 0x77, 0x0E)
    for turn in (90, 180, 270):
        unlike = ImageChops.difference(picture.convert("L"), picture.rotate(turn).convert("L"))
        assert ImageStat.Stat(unlike).mean[0] < 3, "the star is the same from every side"
    assert browser().get("/icons/64.png").status_code == 404


def test_signing_out_everywhere_empties_this_browser_too(browser, home):
    teresa = browser("teresa")
    for path in ("/sign-out", "/account/sign-out-everywhere"):
        assert teresa.post(path).headers["clear-site-data"] == '"storage"'
        teresa.sign_in("teresa")
