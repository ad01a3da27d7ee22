"""QR codes as a phone's camera and a scanner see them: from the screen, and from a grey print at 200 dots an inch."""

import io

import pytest
import zxingcpp
from PIL import Image

from satchel.demo import logins
from tests.e2e import life

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
DOTS_PER_INCH = 200
CSS_PIXELS_PER_INCH = 96
A4 = {"width": 794, "height": 1123}


def codes_in(png):
    """The texts of the QR codes in a picture, in grey."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(picture) if found.format == zxingcpp.BarcodeFormat.QRCode]


def sign_in(page, demo, role, login):
    page.goto(demo.url(role) + "/sign-in")
    page.fill("input[name=login]", login.login)
    page.fill("input[name=password]", logins.PASSWORD)
    page.click("main button[type=submit]")


@pytest.fixture
def paper(browser):
    """A window the size of a sheet, printed at 200 dots an inch: the print style sheet, and no colours."""
    context = browser.new_context(viewport=A4, device_scale_factor=DOTS_PER_INCH / CSS_PIXELS_PER_INCH, locale="en-US")
    sheet = context.new_page()
    yield sheet
    context.close()


def test_a_share_link_is_read_from_the_screen_and_opens(page, demo):
    shared = life.share(demo, *life.keep(demo, life.award(demo)))
    sign_in(page, demo, "wallet", logins.GUARDIAN)
    page.goto(f"{demo.url('wallet')}/shares/{shared['id']}")
    assert codes_in(page.screenshot()) == [shared["link"]]
    assert page.goto(codes_in(page.screenshot())[0]).status == 200
    assert life.check(demo, shared["link"])["verdict"] == "genuineAndCurrent"


def test_a_share_link_is_read_from_a_grey_print_and_opens(paper, demo):
    shared = life.share(demo, *life.keep(demo, life.award(demo)))
    sign_in(paper, demo, "wallet", logins.GUARDIAN)
    paper.goto(f"{demo.url('wallet')}/shares/{shared['id']}/print")
    paper.emulate_media(media="print")
    picture = paper.screenshot(full_page=True)
    assert shared["link"] in codes_in(picture)
    size = paper.locator("svg.qr").first.bounding_box()
    assert size["width"] / CSS_PIXELS_PER_INCH * 25.4 >= 30, "at least 30 mm"
    assert paper.goto(shared["link"]).status == 200


def test_a_claim_link_is_read_from_the_screen_and_from_the_printed_sheet(page, paper, demo):
    awarded = life.award(demo)
    address = f"{demo.url('issuer')}/organisations/{life.COOP}/credentials/{life.uuid_of(awarded)}"
    sign_in(page, demo, "issuer", logins.COORDINATOR)
    page.goto(address)
    assert codes_in(page.screenshot(full_page=True)) == [awarded["claim"]["url"]]
    sign_in(paper, demo, "issuer", logins.COORDINATOR)
    paper.goto(f"{address}/sheet")
    paper.emulate_media(media="print")
    assert awarded["claim"]["url"] in codes_in(paper.screenshot(full_page=True))
    assert "Wren" not in page.request.get(awarded["claim"]["url"], headers={"Accept": "text/html"}).text()
