"""A reader hands in whatever they were sent; a family adds it; both with a real browser, and without JavaScript."""

import json

import pytest

from kit.pictures import baked_block, emblem_of
from satchel.demo import logins
from tests.e2e.life import award, document, keep, revoke, share
from tests.e2e.walk import Walk
from tests.unit.kit.intake import pictures as make
from tests.unit.wallet.test_arriving import token

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def signed(demo):
    """A fresh award and its signed bytes."""
    awarded = award(demo)
    found = document(demo, awarded)
    return awarded, found.encode() if isinstance(found, str) else json.dumps(found).encode()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def window(browser, request):
    context = browser.new_context(locale="en-US", java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def hand_in(page, demo, name, data, kind, *, says=".verdict, .problem"):
    page.goto(demo.url("verifier") + "/")
    page.set_input_files("#f-file", {"name": name, "mimeType": kind, "buffer": data})
    page.get_by_role("button", name="Check it").click()
    return page.locator(says).first.inner_text()


def test_a_reader_hands_in_a_badge_a_pdf_a_token_and_a_photo(window, demo, signed):
    _awarded, credential = signed
    baked = baked_block(emblem_of(credential), credential, form="png")
    assert "Genuine and current" in hand_in(window, demo, "badge.png", baked, "image/png")
    svg = baked_block(emblem_of(credential), credential, form="svg")
    assert "Genuine and current" in hand_in(window, demo, "badge.svg", svg, "image/svg+xml")
    attached = make.pdf(("award.json", credential))
    assert "Genuine and current" in hand_in(window, demo, "award.pdf", attached, "application/pdf")
    assert "Genuine and current" in hand_in(window, demo, "award.jwt", token(), "application/octet-stream")
    kept, learner = keep(demo, award(demo))
    link = share(demo, kept, learner)["link"]
    assert "Genuine and current" in hand_in(window, demo, "photo.jpg", make.photo(link), "image/jpeg")
    empty = hand_in(window, demo, "holiday.png", make.saved(make.Image.new("L", (60, 60))), "image/png")
    assert "holds no credential" in empty


def test_of_two_records_in_one_pdf_one_press_checks_one(window, demo, signed):
    _awarded, credential = signed
    both = make.pdf(("award.json", credential), ("bridge.jwt", token()))
    hand_in(window, demo, "both.pdf", both, "application/pdf", says=".choices")
    assert "Which one do you mean?" in window.locator("main").inner_text()
    window.get_by_role("button", name="Check bridge.jwt").click()
    assert "Genuine and current" in window.locator(".verdict").first.inner_text()
    assert "Bridge building" in window.content()


def test_a_withdrawn_badge_stays_withdrawn_in_its_picture(demo, http):
    awarded = award(demo)
    credential = json.dumps(document(demo, awarded)).encode()
    picture = baked_block(emblem_of(credential), credential, form="png")

    def verdict():
        address = demo.url("verifier") + "/api/verify"
        return http.post(address, content=picture, headers={"Content-Type": "image/png"}).json()["verdict"]

    assert verdict() == "genuineAndCurrent"
    revoke(demo, awarded)
    assert verdict() == "withdrawn"


def test_a_guardian_adds_a_badges_picture_and_saves_it_again(window, demo):
    with demo.client("wallet", logins.GUARDIAN) as wallet:
        learner = next(each["id"] for each in wallet.items("/api/learners") if each["name"] == "Wren Hadley")
    title = f"Raft building {id(window)}"
    credential = token(title, number=id(window) % 10**9)
    window.goto(f"{demo.url('wallet')}/learners/{learner}/add")
    Walk(window, demo).sign_in(logins.GUARDIAN)
    picture = baked_block(emblem_of(credential), credential, form="png")
    window.set_input_files("#f-file", {"name": "badge.png", "mimeType": "image/png", "buffer": picture})
    window.get_by_role("button", name="Check and keep", exact=True).click()
    assert title in window.locator("h1").inner_text()
    with window.expect_download() as saved:
        window.get_by_role("link", name="Save the picture or PDF in which it came").click()
    assert saved.value.path().read_bytes() == picture
