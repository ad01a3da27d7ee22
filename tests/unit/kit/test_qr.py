import re

import pytest
import zxingcpp
from PIL import Image

from kit import qr

LINK = "https://issuer.example/claim/0123456789ABCDEFGHJKMNPQRS"


def drawn(svg, scale):
    """What the SVG paints, as a grey picture: its only path is made of runs of one row each."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = Image.new("L", (size, size), 255)
    for left, top, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        for column in range(int(left), int(left) + int(width)):
            picture.putpixel((column, int(top)), 0)
    return picture.resize((size * scale, size * scale), Image.NEAREST)


@pytest.mark.parametrize("text", [LINK, "x", "https://a.example/" + "y" * 500, "ñ 中文 🧵"])
def test_what_is_drawn_is_read_back(text):
    found = zxingcpp.read_barcodes(drawn(qr.svg(text, title="t"), 4))
    assert [result.text for result in found] == [text]


def test_it_has_a_quiet_zone_that_cannot_be_given_up():
    picture = drawn(qr.svg(LINK, title="t"), 1)
    width, height = picture.size
    for place in range(width):
        assert all(picture.getpixel((place, edge)) == 255 for edge in (0, 3, height - 4, height - 1))
    with pytest.raises(ValueError, match="four modules"):
        qr.svg(LINK, title="t", border=3)


def test_its_title_is_escaped_and_nothing_in_it_runs():
    svg = qr.svg(LINK, title='</title><script>"')
    assert "<script" not in svg
    assert "style" not in svg
    assert re.fullmatch(r"<svg [^<>]*><title>[^<>]*</title><path [^<>]*/><path [^<>]*/></svg>", svg)


def test_too_much_text_is_refused():
    with pytest.raises(ValueError, match=r"QR|version|Invalid"):
        qr.svg("x" * 5000, title="t")
