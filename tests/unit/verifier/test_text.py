"""What strangers wrote is shown plain, bounded and in its place."""

import pytest

from verifier.pages.text import line, link, paragraphs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  Maple \n Co-op ", "Maple Co-op"),
        ("Ana\u202eevoba", "Anaevoba"),
        ("\u2066x\u2069\u200f\u200b\ufeff", "x"),
        ("a\u0000b\u0007c\u009bd", "abcd"),
        ("Z" + "\u0335" * 40, "Z" + "\u0335" * 3),
        ("e\u0301", "é"),
        ("👩\u200d🏫", "👩\u200d🏫"),
        (17, ""),
        (None, ""),
    ],
)
def test_a_line_is_plain(text, shown):
    assert line(text) == shown


def test_a_line_ends():
    assert len(line("x" * 10_000_000)) == 200
    assert line("x" * 201).endswith("…")


def test_paragraphs_keep_their_breaks_and_nothing_else():
    assert paragraphs("one\r\n\r\n\r\n\ntwo\u202e\n") == "one\n\ntwo"
    assert len(paragraphs("x\n" * 100_000)) <= 4000


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "blob:https://x.example/1",
        "http://x.example/",
        "http://localhost:8001/",
        "//x.example/",
        "/relative",
        "x.example",
        "https://good.example@evil.example/",
        "https:\\\\evil.example",
        'https://x.example/"onmouseover=alert(1)',
        "https://x.example/'",
        "https://x.example/<b>",
        "https://еxample.org/",
        "https://",
        "https://[::1",
        "https://x.example:port/",
        "https://x.example/" + "a" * 3000,
        None,
        {"id": "https://x.example/"},
    ],
)
def test_only_plain_https_becomes_a_link(address):
    assert link(address, loopback=False) is None


def test_a_link_shows_its_host():
    found = link("https://maple.example:8443/a?b=c", loopback=False)
    assert (found.url, found.host) == ("https://maple.example:8443/a?b=c", "maple.example:8443")
    assert link("http://localhost:8001/x", loopback=True).host == "localhost:8001"
