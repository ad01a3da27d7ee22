"""One text chunk in a PNG, found, put in and taken out; each way to be wrong is a fault of its own."""

import zlib

import pytest

from vc.baking import (
    MAX_BAKED_BYTES,
    MAX_PICTURE_BYTES,
    Baked,
    BakingError,
    BakingFault,
    Standard,
    bake_png,
    remove_png,
    unbake_png,
)
from vc.baking import png as module

CREDENTIAL = '{"type": ["VerifiableCredential"], "name": "Schweißen I – ✓"}'.encode()
JWS = b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, body=b""):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


HEADER = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
DATA = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND")


def png(*between, after=b""):
    return SIGNATURE + HEADER + b"".join(between) + DATA + END + after


def itxt(keyword, text, *, flag=0, method=0, language=b"", translated=b""):
    return chunk(b"iTXt", keyword + b"\0" + bytes([flag, method]) + language + b"\0" + translated + b"\0" + text)


def fault(picture, reading=unbake_png):
    with pytest.raises(BakingError) as caught:
        reading(picture)
    assert caught.value.detail.endswith(".")
    return caught.value.fault


@pytest.mark.parametrize(
    ("keyword", "standard"),
    [
        (b"openbadgecredential", Standard.OPEN_BADGES_3),
        (b"openbadges", Standard.OPEN_BADGES_2),
        (b"clrcredential", Standard.CLR_2),
    ],
)
@pytest.mark.parametrize("text", [CREDENTIAL, JWS])
def test_each_keyword_names_its_standard(keyword, standard, text):
    assert unbake_png(png(itxt(keyword, text))) == Baked(standard=standard, text=text)
    assert (
        bake_png(png(), text, standard=standard, replace=False) == SIGNATURE + HEADER + itxt(keyword, text) + DATA + END
    )


def test_the_credential_may_stand_behind_the_pixels_and_carry_a_language():
    picture = SIGNATURE + HEADER + DATA + itxt(b"openbadgecredential", JWS, language=b"en", translated=b"badge") + END
    assert unbake_png(picture).text == JWS


@pytest.mark.parametrize(
    "between",
    [
        chunk(b"tEXt", b"openbadges\0https://example.org/assertions/1"),
        chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"https://example.org/assertions/1")),
        itxt(b"openbadges", zlib.compress(b"https://example.org/assertions/1"), flag=1),
    ],
)
def test_the_older_forms_of_version_2_are_read(between):
    assert unbake_png(png(between)) == Baked(standard=Standard.OPEN_BADGES_2, text=b"https://example.org/assertions/1")


def test_taking_out_leaves_every_other_byte():
    other = chunk(b"tEXt", b"Comment\0openbadgecredential is only a word here")
    assert remove_png(png(other, itxt(b"openbadgecredential", JWS))) == png(other)


def test_baking_again_is_an_error_or_asked_for():
    baked = bake_png(png(), CREDENTIAL, standard=Standard.OPEN_BADGES_3, replace=False)
    with pytest.raises(BakingError) as caught:
        bake_png(baked, JWS, standard=Standard.OPEN_BADGES_3, replace=False)
    assert caught.value.fault is BakingFault.ALREADY_BAKED
    again = bake_png(baked, JWS, standard=Standard.OPEN_BADGES_3, replace=True)
    assert (unbake_png(again).text, remove_png(again)) == (JWS, png())


def test_replacing_does_not_choose_among_several():
    two = png(itxt(b"openbadges", JWS), itxt(b"openbadgecredential", JWS))
    assert fault(two, lambda p: bake_png(p, JWS, standard=Standard.CLR_2, replace=True)) is BakingFault.SEVERAL


@pytest.mark.parametrize("credential", [b"", b"hello", b"[1]", b"\xff\xfe", b"a.b", b"https://example.org/1"])
def test_only_json_and_tokens_are_baked(credential):
    with pytest.raises(BakingError) as caught:
        bake_png(png(), credential, standard=Standard.OPEN_BADGES_3, replace=False)
    assert caught.value.fault is BakingFault.NOT_BAKEABLE


def test_nothing_is_baked_into_a_file_that_goes_on_after_its_end():
    picture = png(after=b"<script>")
    assert fault(picture) is BakingFault.NO_CREDENTIAL
    bake = bake_png
    assert fault(picture, lambda p: bake(p, JWS, standard=Standard.CLR_2, replace=False)) is BakingFault.AFTER_THE_END


good = itxt(b"openbadgecredential", JWS)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (b"", BakingFault.NOT_A_PICTURE),
        (b"GIF89a", BakingFault.NOT_A_PICTURE),
        (png(), BakingFault.NO_CREDENTIAL),
        (png(chunk(b"eXIf", b"openbadgecredential\0\0\0\0\0{}")), BakingFault.NO_CREDENTIAL),
        (SIGNATURE, BakingFault.DAMAGED),
        (SIGNATURE + DATA + HEADER + END, BakingFault.DAMAGED),
        (SIGNATURE + HEADER + HEADER + DATA + END, BakingFault.DAMAGED),
        (SIGNATURE + chunk(b"IHDR", b"\0") + DATA + END, BakingFault.DAMAGED),
        (png(good)[:-4], BakingFault.DAMAGED),
        (png(good)[: -len(END)], BakingFault.DAMAGED),
        (png(good[:-1] + bytes([good[-1] ^ 1])), BakingFault.DAMAGED),
        (png(b"\xff\xff\xff\xff" + good[4:]), BakingFault.DAMAGED),
        (png(chunk(b"i\0Xt", b"")), BakingFault.DAMAGED),
        (png(chunk(b"iTXt", b"openbadgecredential")), BakingFault.DAMAGED),
        (png(chunk(b"iTXt", b"openbadgecredential\0\0\0\0")), BakingFault.DAMAGED),
        (png(itxt(b"openbadgecredential", JWS, flag=2)), BakingFault.DAMAGED),
        (png(itxt(b"openbadgecredential", JWS, method=1)), BakingFault.DAMAGED),
        (png(itxt(b"openbadges", b"not deflated", flag=1)), BakingFault.DAMAGED),
        (png(itxt(b"openbadges", zlib.compress(JWS)[:-2], flag=1)), BakingFault.DAMAGED),
        (png(itxt(b"openbadges", zlib.compress(JWS) + b"x", flag=1)), BakingFault.DAMAGED),
        (png(itxt(b"openbadgecredential", zlib.compress(JWS), flag=1)), BakingFault.COMPRESSED),
        (png(chunk(b"tEXt", b"openbadgecredential\0" + JWS)), BakingFault.WRONG_PLACE),
        (png(chunk(b"zTXt", b"clrcredential\0\0" + zlib.compress(JWS))), BakingFault.WRONG_PLACE),
        (png(itxt(b"openbadgecredential", b"\xff{}")), BakingFault.NOT_UTF8),
        (png(chunk(b"tEXt", b"openbadges\0https://example.org/\xe9")), BakingFault.NOT_UTF8),
        (b"\x89PNG\r\n\x1a\n" + b"x" * MAX_PICTURE_BYTES, BakingFault.TOO_LARGE),
        (png(*[chunk(b"tEXt", b"a\0")] * module.MAX_CHUNKS), BakingFault.TOO_LARGE),
        (png(itxt(b"openbadgecredential", b" " * (MAX_BAKED_BYTES + 1))), BakingFault.TOO_LARGE),
    ],
)
def test_every_way_to_be_wrong_has_its_fault(picture, expected):
    assert fault(picture) is expected
