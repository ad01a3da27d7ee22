"""Whatever is handed in, by page or by program: the same verdict for the same credential."""

import json

import pytest
from PIL import Image

from tests.unit.kit.intake import pictures as make
from vc.baking import Standard, bake_png, bake_svg
from vc.document import serialize
from vc.jose import JwtForm, in_envelope, sign_credential

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def badge(world):
    return serialize(world.provider().badge())


def png(credential):
    return bake_png(make.saved(Image.new("L", (8, 8))), credential, standard=Standard.OPEN_BADGES_3, replace=False)


def svg(credential):
    return bake_svg(SVG, credential, standard=Standard.OPEN_BADGES_3, replace=False)


CARRIERS = {
    "json": (lambda badge: badge, "application/vc"),
    "png": (png, "image/png"),
    "svg": (svg, "image/svg+xml"),
    "pdf": (lambda badge: make.pdf(("award.json", badge)), "application/pdf"),
    "pdf with a picture": (lambda badge: make.pdf(("award.png", png(badge))), "application/pdf"),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_file_is_judged_by_the_credential_in_it(client, badge, carrier):
    pack, media_type = CARRIERS[carrier]
    page = client.post("/verify", files={"file": ("award", pack(badge), media_type)})
    assert page.status_code == 200
    assert "Genuine and current" in page.text
    assert "Watershed Survey" in page.text
    assert "alert(1)" not in page.text


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_program_sends_the_bytes_as_they_are_or_in_a_form(client, badge, carrier):
    pack, media_type = CARRIERS[carrier]
    raw = client.post("/api/verify", content=pack(badge), headers={"Content-Type": media_type})
    multipart = client.post("/api/verify", files={"file": ("x", pack(badge))}, data={"recognition": "ignore"})
    for answer in (raw, multipart):
        assert answer.status_code == 200, answer.text
        assert (answer.json()["verdict"], answer.json()["input"]) == ("genuineAndCurrent", "document")


@pytest.fixture
def token(world):
    provider = world.provider()
    document = provider.badge(subject_id="did:example:jonah")
    del document["proof"]
    return sign_credential(
        document, signer=provider.signer, form=JwtForm.OPEN_BADGES, embed_key=False, issued=None
    ).encode()


@pytest.mark.parametrize(
    ("pack", "media_type"),
    [
        (lambda token: token, "application/vc+jwt"),
        (lambda token: b"\n " + token + b"\r\n", "text/plain"),
        (png, "image/png"),
        (svg, "image/svg+xml"),
        (lambda token: make.pdf(("award.jwt", token)), "application/pdf"),
        (lambda token: json.dumps(in_envelope(token.decode())).encode(), "application/vc"),
    ],
    ids=["vc+jwt", "text", "png", "svg", "pdf", "envelope"],
)
def test_a_token_is_judged_and_shown_like_any_other_credential(client, token, pack, media_type):
    answer = client.post("/api/verify", content=pack(token), headers={"Content-Type": media_type})
    assert answer.json()["verdict"] == "genuineAndCurrent", answer.text
    page = client.get(answer.json()["url"])
    assert "Watershed Survey" in page.text
    again = client.post(f"/api/verdicts/{answer.json()['id']}/check-again").json()
    record = client.get(again["record"]).json()
    assert client.post("/api/replay", json=record).json()["equal"]


def test_a_token_whose_issuer_is_recognised_is_green_in_every_form(client, world, signed_in, token):
    provider = next(iter(world.providers.values()))
    entry = {"did": provider.did, "name": "Maple Co-op", "list": "Ours"}
    assert signed_in.post("/api/recognised", json=entry).status_code == 201
    for data in (token, json.dumps(in_envelope(token.decode())).encode()):
        assert client.post("/api/verify", content=data, headers={"Content-Type": ""}).json()["headlineGreen"]


def test_a_token_behind_a_link_is_plain_text_or_has_its_own_type(client, world, token):
    for media_type in ("text/plain", "application/vc+jwt", "application/jwt"):
        url = world.publish("badges/1", token, media_type=media_type)
        assert client.post("/api/verify", json={"input": url}).json()["verdict"] == "genuineAndCurrent"


def test_a_form_from_another_site_is_a_strangers_and_judged_all_the_same(client, badge):
    answer = client.post("/api/verify", data={"input": badge.decode()}, headers={"Origin": "https://elsewhere.example"})
    assert answer.json()["verdict"] == "genuineAndCurrent"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_photo_of_a_code_is_a_link_that_is_followed(client, world, badge):
    url = world.publish("badges/1", badge)
    page = client.post("/verify", files={"photo": ("photo.jpg", make.photo(url), "image/jpeg")})
    assert "Genuine and current" in page.text
    assert "/badges/1" in world.paths


def test_a_code_in_a_pdf_is_followed_when_nothing_is_attached(client, world, badge):
    url = world.publish("badges/1", badge)
    answer = client.post(
        "/api/verify", content=make.pdf(picture=make.code(url)), headers={"Content-Type": "application/pdf"}
    )
    assert (answer.json()["verdict"], answer.json()["input"]) == ("genuineAndCurrent", "address")


@pytest.mark.parametrize(
    ("media_type", "pack"),
    [
        ("image/png", png),
        ("image/svg+xml", svg),
        ("application/pdf", lambda badge: make.pdf(("a.json", badge))),
        ("text/plain; charset=utf-8", lambda badge: badge),
        ("application/octet-stream", lambda badge: badge),
    ],
)
def test_a_link_may_lead_to_any_of_them(client, world, badge, media_type, pack):
    url = world.publish("badges/1", pack(badge), media_type=media_type)
    assert client.post("/api/verify", json={"input": url}).json()["verdict"] == "genuineAndCurrent"


class TestWebPages:
    """A page is no record, but it may name the address of one."""

    def page(self, *links):
        return ("<!doctype html><head>" + "".join(links) + "</head><p>Hello").encode()

    def link(self, href, media_type="application/vc"):
        return f'<link rel="alternate" type="{media_type}" href="{href}">'

    def test_the_record_that_a_page_names_is_judged(self, client, world, badge):
        world.publish("badges/1.json", badge)
        body = self.page(self.link("1.json"), self.link("/feed", "application/rss+xml"))
        url = world.publish("badges/1", body, media_type="text/html")
        assert client.post("/api/verify", json={"input": url}).json()["verdict"] == "genuineAndCurrent"

    @pytest.mark.parametrize("links", [[], ["1.json", "2.json"], ["javascript:alert(1)"], ["http://192.168.0.1/x"]])
    def test_a_page_that_names_none_or_several_or_leads_elsewhere_is_a_page(self, client, world, links):
        body = self.page(*(self.link(each) for each in links))
        url = world.publish("badges/1", body, media_type="text/html")
        assert client.post("/api/verify", json={"input": url}).status_code == 422

    def test_a_page_that_names_a_page_is_not_followed_on_and_on(self, client, world, badge):
        world.publish("2", self.page(self.link("/3")), media_type="text/html")
        world.publish("3", badge)
        url = world.publish("1", self.page(self.link("/2")), media_type="text/html")
        assert client.post("/api/verify", json={"input": url}).status_code == 422
        assert "/3" not in world.paths


def test_several_in_one_file_are_offered_and_one_press_checks_one(client, world):
    one, two = (serialize(world.provider(slug).badge(name=slug.title())) for slug in ("maple", "birch"))
    both = make.pdf(("maple.json", one), ("birch.json", two))
    page = client.post("/verify", files={"file": ("both.pdf", both, "application/pdf")}, data={"reader": "Admissions"})
    assert page.status_code == 422
    assert "Which one do you mean?" in page.text
    assert "Check maple.json" in page.text
    assert "Check birch.json" in page.text
    answer = client.post("/api/verify", content=both, headers={"Content-Type": "application/pdf"})
    assert answer.status_code == 422
    assert "maple.json" in answer.json()["remedy"]


@pytest.mark.parametrize(
    ("data", "media_type", "said"),
    [
        (make.saved(Image.new("L", (40, 40))), "image/png", "messengers"),
        (make.pdf(), "application/pdf", "printed"),
        (make.pdf(("a.json", b"{}"), password="secret"), "application/pdf", "password"),
        (make.huge_png(), "image/png", "too large"),
        (b"{}", "application/vc+jwt", "Content-Type"),
    ],
)
def test_what_holds_none_is_said_in_both_languages(client, data, media_type, said):
    told = client.post("/api/verify", content=data, headers={"Content-Type": media_type})
    assert told.status_code == 422
    assert said in told.json()["detail"]
    spanish = client.post("/api/verify", content=data, headers={"Content-Type": media_type, "Accept-Language": "es"})
    assert spanish.json()["detail"] != told.json()["detail"]
    assert spanish.json()["remedy"] != told.json()["remedy"]


def test_M9_the_page_shows_what_is_signed_and_never_the_picture(client, badge):
    page = client.post("/verify", files={"file": ("phd.png", png(badge), "image/png")})
    assert "Watershed Survey" in page.text
    assert page.text.count("<img") == 1  # our own mark
    assert "phd.png" not in page.text
