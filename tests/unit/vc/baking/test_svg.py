"""One element in an SVG, found, put in and taken out; each way to be wrong is a fault of its own."""

import pytest

from vc.baking import (
    MAX_BAKED_BYTES,
    MAX_PICTURE_BYTES,
    Baked,
    BakingError,
    BakingFault,
    Standard,
    bake_svg,
    remove_svg,
    unbake_svg,
)
from vc.baking import svg as module

JWS = b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"
JSON = '{"name": "Schweißen I – ✓ <&> ]]> \U0001f9f5"}'.encode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'
OB3, OB2, CLR = "https://purl.imsglobal.org/ob/v3p0", "http://openbadges.org", "https://purl.imsglobal.org/clr/v2p0"


def svg(inside, root="", before=""):
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{OB3}"{root}>{inside}<g/></svg>'.encode()


def fault(picture, reading=unbake_svg):
    with pytest.raises(BakingError) as caught:
        reading(picture)
    assert caught.value.detail.endswith(".")
    return caught.value.fault


def test_a_token_stands_in_an_attribute_and_json_in_cdata():
    assert bake_svg(SVG, JWS, standard=Standard.OPEN_BADGES_3, replace=False) == (
        b'<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" xmlns="http://www.w3.org/2000/svg" '
        b'viewBox="0 0 8 8"><openbadges:credential verify="' + JWS + b'"></openbadges:credential>'
        b'<path d="M0 0h8v8z"/></svg>'
    )
    assert b"><openbadges:credential><![CDATA[{}]]></openbadges:credential><path" in bake_svg(
        SVG, b"{}", standard=Standard.OPEN_BADGES_3, replace=False
    )


PICTURES = [
    SVG,
    b"\xef\xbb\xbf" + SVG,
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg> -->\r\n' + SVG + b"\r\n",
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + SVG,
    b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg' a='x>y' b=\">\"\r\n\t><g/></svg:svg >",
    b"<svg><g/></svg>",
    f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges = "{OB2}" xmlns:clr="{CLR}"><g/></svg>'.encode(),
    f'<svg xmlns:openbadges="{OB3}" xmlns="http://www.w3.org/2000/svg"><g/></svg>'.encode(),
]


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("standard", Standard)
@pytest.mark.parametrize("credential", [JWS, JSON, b'\r\n{"a":\r1}\n'])
def test_what_is_put_in_comes_out_and_leaves_no_trace(picture, standard, credential):
    baked = bake_svg(picture, credential, standard=standard, replace=False)
    assert unbake_svg(baked) == Baked(standard=standard, text=credential)
    assert remove_svg(baked) == picture
    again = bake_svg(baked, JWS, standard=Standard.CLR_2, replace=True)
    assert (unbake_svg(again).text, remove_svg(again)) == (JWS, picture)


def test_other_programs_files_are_read():
    spaced = svg("\n  <openbadges:credential>\n  <![CDATA[ {} ]]>\n </openbadges:credential>\n")
    assert unbake_svg(spaced).text.strip() == b"{}"
    escaped = f'<svg xmlns:x="{OB2}"><g><x:assertion verify="a.b.c" /></g></svg>'.encode()
    assert unbake_svg(escaped) == Baked(standard=Standard.OPEN_BADGES_2, text=b"a.b.c")
    assert remove_svg(escaped) == f'<svg xmlns:x="{OB2}"><g></g></svg>'.encode()
    assert unbake_svg(svg("<openbadges:credential>{&quot;a&quot;:1}</openbadges:credential>")).text == b'{"a":1}'


def test_version_2_names_the_address_of_a_hosted_assertion_or_the_token_beside_it():
    def picture(verify, inside):
        return f'<svg xmlns:x="{OB2}"><x:assertion verify="{verify}">{inside}</x:assertion></svg>'.encode()

    assert unbake_svg(picture("https://example.org/1", "<![CDATA[{}]]>")).text == b"{}"
    assert unbake_svg(picture("https://example.org/1", "")).text == b"https://example.org/1"
    assert unbake_svg(picture("a.b.c", "a.b.c")).text == b"a.b.c"
    assert fault(picture("a.b.c", "{}")) is BakingFault.WRONG_PLACE


def test_a_prefix_that_is_used_elsewhere_stays_declared():
    inside = '<openbadges:credential verify="a.b.c"/><openbadges:more/>'
    picture = f'<svg xmlns:openbadges="{OB3}">{inside}</svg>'.encode()
    assert remove_svg(picture) == f'<svg xmlns:openbadges="{OB3}"><openbadges:more/></svg>'.encode()


def test_baking_again_is_an_error_or_asked_for():
    baked = bake_svg(SVG, JSON, standard=Standard.OPEN_BADGES_3, replace=False)
    bake = bake_svg
    assert fault(baked, lambda p: bake(p, JWS, standard=Standard.CLR_2, replace=False)) is BakingFault.ALREADY_BAKED


@pytest.mark.parametrize("credential", [b"", b"hello", b"[1]", b'{"a":"\x01"}', b'{"a":"\xef\xbf\xbf"}'])
def test_only_json_and_tokens_are_baked(credential):
    with pytest.raises(BakingError) as caught:
        bake_svg(SVG, credential, standard=Standard.OPEN_BADGES_3, replace=False)
    assert caught.value.fault is BakingFault.NOT_BAKEABLE


def test_an_empty_picture_takes_up_nothing():
    bake = bake_svg
    empty = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    assert fault(empty, lambda p: bake(p, JWS, standard=Standard.CLR_2, replace=False)) is BakingFault.NOT_BAKEABLE


TOKEN = '<openbadges:credential verify="a.b.c"/>'


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (b"", BakingFault.DAMAGED),
        (b"<svg>", BakingFault.DAMAGED),
        (b"<svg>\0</svg>", BakingFault.NOT_UTF8),
        (svg("&nbsp;"), BakingFault.DAMAGED),
        (b"<html><svg/></html>", BakingFault.NOT_A_PICTURE),
        (SVG, BakingFault.NO_CREDENTIAL),
        (svg("<credential>{}</credential>"), BakingFault.NO_CREDENTIAL),
        (svg(TOKEN + TOKEN), BakingFault.SEVERAL),
        (svg(f'{TOKEN}<a:assertion xmlns:a="{OB2}">{{}}</a:assertion>'), BakingFault.SEVERAL),
        (svg(f"<openbadges:credential>{TOKEN}</openbadges:credential>"), BakingFault.SEVERAL),
        (svg("<openbadges:credential>{}<g><g/></g></openbadges:credential>"), BakingFault.WRONG_PLACE),
        (svg('<openbadges:credential verify="a.b.c">{}</openbadges:credential>'), BakingFault.WRONG_PLACE),
        (SVG.decode().encode("utf-16"), BakingFault.NOT_UTF8),
        (SVG.decode().encode("utf-16-le"), BakingFault.NOT_UTF8),
        (svg(TOKEN, before='<?xml version="1.0" encoding="iso-8859-1"?>'), BakingFault.NOT_UTF8),
        (svg(TOKEN, before='<!DOCTYPE svg [<!ENTITY a "b">]>'), BakingFault.FORBIDDEN_XML),
        (svg("<g/>", before='<!DOCTYPE svg [<!ATTLIST g openbadges CDATA "x">]>'), BakingFault.FORBIDDEN_XML),
        (b"<svg>" + b"<g/>" * module.MAX_ELEMENTS + b"</svg>", BakingFault.TOO_LARGE),
        (b"<svg " + b" ".join(b'a%d=""' % n for n in range(module.MAX_EQUALS + 1)) + b"/>", BakingFault.TOO_LARGE),
        (b"<svg>" + b" " * MAX_PICTURE_BYTES + b"</svg>", BakingFault.TOO_LARGE),
        (svg(f"<openbadges:credential>{' ' * MAX_BAKED_BYTES} </openbadges:credential>"), BakingFault.TOO_LARGE),
    ],
)
def test_every_way_to_be_wrong_has_its_fault(picture, expected):
    assert fault(picture) is expected
