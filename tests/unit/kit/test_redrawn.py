"""Pictures from strangers: drawn anew in a process apart, or refused with a sentence that says what to do."""

import gzip
import io
import sys
import zlib

import pytest
from PIL import Image

from kit import redrawing, redrawn
from kit.apart import AT_ONCE, EndedError
from kit.errors import BadInput, TooLarge, Unavailable
from tests.drawn import SVG, announced, chunk, flat_bomb, picture, told


def opened(data):
    found = redrawn.redrawn(data, field="picture")
    image = Image.open(io.BytesIO(found.body))
    image.load()
    assert (image.format, image.width, image.height) == ("PNG", found.width, found.height)
    return image


def refused(data):
    with pytest.raises(BadInput) as caught:
        redrawn.redrawn(data, field="picture")
    assert caught.value.field == "picture"
    assert caught.value.remedy
    return str(caught.value.detail)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew_and_no_larger_than_is_shown(form):
    image = opened(picture(form, size=(1400, 700)))
    assert (image.size, image.mode) == ((512, 256), "RGB")
    red, green, blue = image.getpixel((256, 128))
    assert abs(red - 46) < 4
    assert abs(green - 74) < 4
    assert abs(blue - 140) < 4


def test_what_shines_through_still_does_and_a_small_one_stays_small():
    image = opened(picture(mode="RGBA", colour=(0, 0, 0, 0)))
    assert (image.mode, image.size, image.getpixel((0, 0))[3]) == ("RGBA", (40, 20), 0)


def test_a_photo_stands_upright_and_does_not_say_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # lay on its side
    exif[0x010E] = "Grandmother's kitchen"
    exif.get_ifd(0x8825)[1] = "N"
    image = opened(picture("JPEG", exif=exif))
    assert image.size == (20, 40)
    assert not image.getexif()


def test_M5_what_else_a_file_was_is_gone():
    page = b"<script>alert(1)</script>"
    for data in (
        picture() + page,
        picture() + b"PK\x03\x04 an archive",
        picture("JPEG", comment=page),
        told(Comment=page.decode(), openbadges='{"type": "Assertion"}'),
    ):
        found = redrawn.redrawn(data, field="picture")
        assert b"script" not in found.body
        assert b"openbadges" not in found.body
        assert b"PK\x03\x04" not in found.body
        assert Image.open(io.BytesIO(found.body)).info == {}


def test_M5_the_same_pixels_are_the_same_file_whatever_came_with_them():
    plain = redrawn.redrawn(picture(), field="picture").body
    assert redrawn.redrawn(told(Comment="hello"), field="picture").body == plain


@pytest.mark.parametrize(
    "data",
    [SVG, b"\xef\xbb\xbf  \n" + SVG, b"<?xml version='1.0'?>" + SVG, b"<!-- -->" + SVG, gzip.compress(SVG)],
    ids=range(5),
)
def test_M4_a_drawing_with_programs_is_refused_by_name(data):
    assert "SVG" in refused(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"BM",
        b"%PDF-1.7",
        b"II*\x00",
        b"\x00\x00\x00\x18ftypheic",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\xff\xd8",
    ],
    ids=range(8),
)
def test_M5_the_first_bytes_decide_what_is_opened(data):
    assert "not a picture" in refused(data)


@pytest.mark.parametrize(
    "data",
    [
        announced(60_000, 60_000),
        announced(100, 100, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 << 20), 9))),
        announced(100, 100, chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(200 << 20), 9))),
        announced(0, 0),
        announced(100, 100)[:60],
        picture()[:50],
        picture("JPEG")[:200],
        picture("WEBP")[:30],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 5000,
    ],
    ids=range(9),
)
def test_M6_bombs_and_broken_pictures_are_refused(data):
    assert "many pixels" in refused(data) or "damaged" in refused(data)


def test_M6_more_pixels_than_are_opened_are_refused_before_they_are_unpacked(monkeypatch):
    assert "many pixels" in refused(flat_bomb(6400))


def test_M6_without_the_count_of_pixels_the_bound_on_memory_holds(tmp_path, monkeypatch):
    copy = tmp_path / "redrawing.py"
    text = redrawn.REDRAWING.script.read_text().replace("MAX_PIXELS = 40_000_000", "MAX_PIXELS = 10**12")
    copy.write_text(text)
    monkeypatch.setattr(redrawn.REDRAWING, "script", copy)
    monkeypatch.setattr(redrawn.REDRAWING, "memory_bytes", 200 << 20)
    assert "many pixels" in refused(flat_bomb(9000))


def test_a_picture_that_takes_too_long_or_brings_its_process_down_is_damaged(monkeypatch):
    def ends(*_given, **_options):
        raise EndedError

    monkeypatch.setattr(redrawn.REDRAWING, "_run", ends)
    assert "damaged" in refused(picture())


def test_a_file_that_is_too_large_is_not_opened(monkeypatch):
    monkeypatch.setattr(redrawn.REDRAWING, "_run", None)
    with pytest.raises(TooLarge):
        redrawn.redrawn(picture() + bytes(redrawn.LARGEST), field="picture")


def test_not_more_than_two_are_opened_at_once(monkeypatch):
    monkeypatch.setattr(redrawn.REDRAWING, "patience", 0.01)
    monkeypatch.setattr(redrawn.REDRAWING, "_run", None)
    for _place in range(AT_ONCE):
        redrawn.REDRAWING._places.acquire()
    try:
        with pytest.raises(Unavailable):
            redrawn.redrawn(picture(), field="picture")
    finally:
        redrawn.REDRAWING._places.release(AT_ONCE)


def test_what_opens_pictures_imports_nothing_of_ours():
    names = {
        line.split()[1].split(".")[0]
        for line in redrawn.REDRAWING.script.read_text().splitlines()
        if line.lstrip().startswith(("import ", "from "))
    }
    assert names <= set(sys.stdlib_module_names) | {"PIL"}
    assert redrawing.redraw(picture())["width"] == 40
