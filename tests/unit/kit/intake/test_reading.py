"""Whatever is handed in, the credential in it is found as it was put there; what holds none says so by its name."""

import pytest
from PIL import Image

from kit.errors import BadInput
from kit.intake import MAX_FILE_BYTES, Carrier, Form, InputRefused, Refusal, explained, read
from kit.intake import words as words_module
from tests.unit.kit.intake import pictures as make
from tests.unit.kit.intake.pictures import CREDENTIAL, JWS, LINK
from vc.baking import Standard, bake_png, bake_svg

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
PNG = make.saved(Image.new("L", (8, 8)))


def png(credential=CREDENTIAL, standard=Standard.OPEN_BADGES_3):
    return bake_png(PNG, credential, standard=standard, replace=False)


def svg(credential=CREDENTIAL, standard=Standard.OPEN_BADGES_3):
    return bake_svg(SVG, credential, standard=standard, replace=False)


def found(data, media_type=None):
    one = read(data, media_type=media_type, name="file")
    return one.carrier, one.only().form, one.only().text


def refusal(data, media_type=None):
    with pytest.raises(InputRefused) as caught:
        read(data, media_type=media_type, name="").only()
    assert explained(caught.value).detail
    return caught.value.refusal


@pytest.mark.parametrize("standard", Standard)
def test_baked_pictures_give_what_was_baked(standard):
    assert found(png(CREDENTIAL, standard)) == (Carrier.PNG, Form.JSON, CREDENTIAL)
    assert found(svg(CREDENTIAL, standard)) == (Carrier.SVG, Form.JSON, CREDENTIAL)
    assert found(png(JWS, standard)) == (Carrier.PNG, Form.JWS, JWS)
    assert found(b"\xef\xbb\xbf<!-- drawn -->\n" + svg(JWS, standard)) == (Carrier.SVG, Form.JWS, JWS)


def test_an_address_baked_by_the_rules_of_version_2_is_a_link():
    text = make.chunk(b"tEXt", b"openbadges\0https://example.org/assertions/1")
    assert found(PNG[:33] + text + PNG[33:]) == (Carrier.PNG, Form.LINK, b"https://example.org/assertions/1")
    later = make.chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0https://example.org/credentials/1")
    assert refusal(PNG[:33] + later + PNG[33:]) is Refusal.BAKED_UNREADABLE


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_picture_of_a_code_gives_its_text(form):
    assert found(make.saved(make.code(), form)) == (Carrier.CODE, Form.LINK, LINK.encode())


def test_a_photo_a_screenshot_without_paper_and_a_token_in_a_code():
    assert found(make.photo())[2] == LINK.encode()
    ink = Image.new("RGBA", make.code().size, (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), mask=make.code().convert("L").point(lambda value: 255 - value))
    assert found(make.saved(ink))[2] == LINK.encode()
    assert found(make.saved(make.code(JWS.decode()))) == (Carrier.CODE, Form.JWS, JWS)


def test_a_code_that_means_something_else_beside_the_right_one_is_passed_over():
    both = make.beside(make.code("WIFI:S:school;;"), make.code())
    assert found(make.saved(both))[2] == LINK.encode()


def test_several_codes_are_named_and_nobody_chooses_for_the_reader():
    other = LINK + "B"
    with pytest.raises(InputRefused) as caught:
        read(make.saved(make.beside(make.code(), make.code(other))), media_type=None, name="").only()
    assert caught.value.refusal is Refusal.SEVERAL_FOUND
    assert set(caught.value.names) == {LINK, other}


@pytest.mark.parametrize("maker", [make.pdf, make.associated_pdf, make.pinned_pdf])
def test_what_is_attached_to_a_pdf_is_found_at_each_place(maker):
    assert found(maker(("notes.txt", b"hello"), ("award.json", CREDENTIAL))) == (Carrier.PDF, Form.JSON, CREDENTIAL)


def test_attachments_may_be_tokens_or_baked_pictures_and_the_same_one_counts_once():
    assert found(make.pdf(("award.jwt", JWS), ("copy.jwt", JWS))) == (Carrier.PDF, Form.JWS, JWS)
    assert found(make.pdf(("badge.png", png()), ("badge.svg", svg())))[2] == CREDENTIAL
    damaged, link = png()[:-3], b"https://example.org/award.json"
    assert found(make.pdf(("a.png", damaged), ("b.svg", SVG), ("c.txt", link), ("d.json", CREDENTIAL)))[2] == CREDENTIAL


def test_several_attached_credentials_are_all_found_and_named():
    both = read(make.pdf(("one.json", CREDENTIAL), ("two.jwt", JWS)), media_type=None, name="t.pdf")
    assert sorted((item.name, item.text) for item in both.items) == [("one.json", CREDENTIAL), ("two.jwt", JWS)]
    assert refusal(make.pdf(("one.json", CREDENTIAL), ("two.jwt", JWS))) is Refusal.SEVERAL_FOUND


def test_a_code_printed_on_a_pdf_is_found_when_nothing_is_attached():
    assert found(make.pdf(picture=make.code())) == (Carrier.PDF_CODE, Form.LINK, LINK.encode())


def test_a_pdf_that_only_its_owner_may_change_can_be_read():
    assert found(make.pdf(("award.json", CREDENTIAL), password="", owner="owner"))[2] == CREDENTIAL


JSON_TYPE, JWT_TYPE = "application/vc; charset=utf-8", "application/vc+jwt"


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (CREDENTIAL, JSON_TYPE),
        (CREDENTIAL, "application/octet-stream"),
        (CREDENTIAL, "text/plain"),
        (JWS, JWT_TYPE),
        (JWS, "text/plain"),
        (png(), "image/png"),
        (png(), "image/jpeg"),
        (svg(), "image/svg+xml"),
        (svg(), "text/plain"),
        (make.pdf(("a.json", CREDENTIAL)), "application/pdf"),
    ],
)
def test_a_declared_media_type_that_fits_changes_nothing(data, declared):
    assert found(data, declared)[2] in {CREDENTIAL, JWS}


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (JWS, JSON_TYPE),
        (CREDENTIAL, JWT_TYPE),
        (CREDENTIAL, "image/png"),
        (png(), "application/json"),
        (png(), "application/pdf"),
        (make.pdf(("a.json", CREDENTIAL)), "image/png"),
        (png(), "text/plain"),
    ],
)
def test_N12_bytes_that_are_not_what_a_program_says_are_refused(data, declared):
    assert refusal(data, declared) is Refusal.NOT_WHAT_IT_SAYS


two = png() + b""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"x" * (MAX_FILE_BYTES + 1), Refusal.TOO_LARGE),
        (PNG, Refusal.PICTURE_EMPTY),
        (SVG, Refusal.PICTURE_EMPTY),
        (make.saved(Image.new("L", (50, 50)), "JPEG"), Refusal.PICTURE_EMPTY),
        (make.saved(make.code("WIFI:S:school;T:WPA;P:secret;;")), Refusal.PICTURE_CODE),
        (png()[:-6], Refusal.PICTURE_DAMAGED),
        (b"\xff\xd8\xff\xe0junk", Refusal.PICTURE_DAMAGED),
        (make.saved(make.code(), "JPEG")[:300], Refusal.PICTURE_DAMAGED),
        (png() + b"trailing", Refusal.PICTURE_RULES),
        (png()[:33] + make.chunk(b"iTXt", b"openbadges\0\0\0\0\0{}") + png()[33:], Refusal.PICTURE_SEVERAL),
        (png(b'{"type": "Profile"}'), Refusal.BAKED_UNREADABLE),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', Refusal.SVG_UNSAFE),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Refusal.PICTURE_HEIF),
        (make.huge_png(), Refusal.PICTURE_TOO_LARGE),
        (make.pdf(), Refusal.PDF_EMPTY),
        (make.pdf(("notes.txt", b"hello"), ("data.json", b'{"a": 1}')), Refusal.PDF_EMPTY),
        (make.pdf(picture=make.code("hello")), Refusal.PICTURE_CODE),
        (make.pdf(("award.json", CREDENTIAL), password="secret"), Refusal.PDF_ENCRYPTED),
        (b"%PDF-1.7\njunk", Refusal.PDF_DAMAGED),
        (make.pdf(*((f"{n}.json", b"{%d}" % n) for n in range(80))), Refusal.PDF_TOO_LARGE),
        (b"<!doctype html><svg></svg>", Refusal.WEB_PAGE),
        (b"\x1f\x8b\x08", Refusal.ARCHIVE),
    ],
)
def test_every_way_to_hold_none_has_its_name(data, expected):
    assert refusal(data) is expected


def test_each_refusal_has_its_sentence_and_remedy_and_what_a_code_says_is_shown():
    assert set(words_module._WORDS) == set(Refusal)
    told = explained(InputRefused(Refusal.PICTURE_CODE, place="WIFI:S:school"), field="file")
    assert isinstance(told, BadInput)
    assert "WIFI:S:school" in dict(told.detail.parameters)["place"]
    assert told.field == "file"
