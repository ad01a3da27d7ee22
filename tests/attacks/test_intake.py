"""Hostile files: none of them takes the service down, holds it up or makes it ask anybody anything."""

import time
import zlib
from pathlib import Path

import pytest

from kit.apart import AT_ONCE
from kit.errors import Unavailable
from kit.intake import InputRefused, Refusal, isolated, read
from kit.intake import opening as opening_module
from tests.unit.kit.intake import pictures as make


def refusal(data):
    with pytest.raises(InputRefused) as caught:
        read(data, media_type=None, name="")
    return caught.value.refusal


def nested_name_tree():
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>/Pages 3 0 R>>\nendobj\n"
    body += b"2 0 obj\n<</Kids[2 0 R]>>\nendobj\n3 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    return body + b"trailer\n<</Root 1 0 R>>\n%%EOF"


def stream_bomb():
    packed = zlib.compress(zlib.compress(b"{" * (200 << 20), 9), 9)
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/AF[<</F(a.json)/EF<</F 2 0 R>>>>]/Pages 3 0 R>>\nendobj\n2 0 obj\n"
    body += (
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"
    )
    return body + b"3 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF"


@pytest.mark.parametrize(
    ("bomb", "expected"),
    [
        (make.huge_png(), {Refusal.PICTURE_TOO_LARGE}),
        (make.huge_png(2**31 - 1, 2**31 - 1), {Refusal.PICTURE_TOO_LARGE, Refusal.PICTURE_DAMAGED}),
        (make.huge_png(10_000, 10_000), {Refusal.PICTURE_DAMAGED, Refusal.PICTURE_TOO_LARGE}),
        (nested_name_tree(), {Refusal.PDF_TOO_LARGE, Refusal.PDF_DAMAGED}),
        (stream_bomb(), {Refusal.PDF_TOO_LARGE, Refusal.PDF_DAMAGED}),
    ],
    ids=["pixels", "more pixels", "truncated pixels", "name tree", "stream"],
)
def test_M6_bombs_in_pictures_and_pdfs_are_named_and_cost_this_process_nothing(bomb, expected):
    assert refusal(bomb) in expected


def poison(monkeypatch, tmp_path, code):
    """A file that makes its library do what `code` does."""
    script = tmp_path / "opening.py"
    source = Path(opening_module.__file__).read_text()
    script.write_text(
        source.replace("    data = sys.stdin.buffer.read()\n", f"    data = sys.stdin.buffer.read()\n    {code}\n")
    )
    monkeypatch.setattr(isolated.OPENING, "script", script)
    return make.saved(make.code())


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.kill(os.getpid(), 11)",
        "import os; os._exit(3)",
        "import os; os.abort()",
    ],
    ids=["segmentation fault", "exit", "abort"],
)
def test_M5_a_file_that_brings_its_reader_down_brings_down_nobody_else(monkeypatch, tmp_path, code):
    assert refusal(poison(monkeypatch, tmp_path, code)) is Refusal.TOO_LONG


def test_M5_a_file_that_never_ends_is_given_up(monkeypatch, tmp_path):
    data = poison(monkeypatch, tmp_path, "import time; time.sleep(60)")
    monkeypatch.setattr(isolated.OPENING, "seconds", 1.0)
    begun = time.monotonic()
    with pytest.raises(InputRefused) as caught:
        isolated.open_apart(data, "picture")
    assert caught.value.refusal is Refusal.TOO_LONG
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "code",
    ["x = bytearray(3 << 30)", "open('FOLDER/written', 'wb', 0).write(b'x' * 10)"],
    ids=["memory", "files"],
)
def test_M5_what_a_file_may_take_is_bounded_by_the_system(monkeypatch, tmp_path, code):
    code = code.replace("FOLDER", str(tmp_path))
    assert refusal(poison(monkeypatch, tmp_path, code)) is Refusal.TOO_LONG
    assert [file.stat().st_size for file in tmp_path.glob("written")] in ([], [0])


def test_M5_without_the_bound_it_would_get_what_it_asks_for(monkeypatch, tmp_path):
    data = poison(monkeypatch, tmp_path, "x = bytearray(1 << 30)")
    assert refusal(data) is Refusal.TOO_LONG
    monkeypatch.setattr(isolated.OPENING, "memory_bytes", 4 << 30)
    assert read(data, media_type=None, name="").only().text == make.LINK.encode()


def test_M5_the_process_knows_nothing_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("SATCHEL_WALLET_KEY_FILE", "/secret")
    seen = "import os; sys.stdout.write(json.dumps({'codes': [repr(dict(os.environ)), os.getcwd()]})); sys.exit(0)"
    data = poison(monkeypatch, tmp_path, seen)
    environment, folder = isolated.open_apart(data, "picture")["codes"]
    assert "SATCHEL" not in environment
    assert folder == "/"


def test_M5_only_so_many_files_are_opened_at_a_time(monkeypatch):
    monkeypatch.setattr(isolated.OPENING, "patience", 0.01)
    places = [isolated.OPENING._places.acquire(blocking=False) for _ in range(AT_ONCE)]
    try:
        assert all(places)
        with pytest.raises(Unavailable):
            read(make.saved(make.code()), media_type=None, name="")
    finally:
        for _ in places:
            isolated.OPENING._places.release()
    assert read(make.saved(make.code()), media_type=None, name="").items


@pytest.mark.parametrize("start", [b" ", b"<!-- -->", b"<!--", b"<?xml ", b"<!DOCTYPE svg [", b"<!DOCTYPE "])
def test_M8_what_a_text_begins_with_is_told_without_looking_at_all_of_it(start):
    with pytest.raises(InputRefused):
        read(start * (3_000_000 // len(start)), media_type=None, name="")


@pytest.mark.parametrize(
    "polyglot",
    [
        make.saved(make.code(), "JPEG") + b"<script>alert(1)</script>",
        make.saved(make.code(), "GIF") + b"\n%PDF-1.7\n" + make.pdf(("a.json", make.CREDENTIAL)),
        make.pdf(("a.json", make.CREDENTIAL)) + b"PK\x03\x04",
    ],
    ids=["jpeg+html", "gif+pdf", "pdf+zip"],
)
def test_M5_a_file_that_is_two_things_is_read_as_what_it_begins_as(polyglot):
    only = read(polyglot, media_type=None, name="").only().text
    assert only == (make.CREDENTIAL if polyglot.startswith(b"%PDF") else make.LINK.encode())


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "intent://scan/#Intent;scheme=zxing;end",
        "openid4vp://authorize?client_id=x",
        "tel:+15550100",
        "smsto:+15550100:hello",
        "WIFI:S:school;T:WPA;P:x;;",
        "BEGIN:VCARD\nFN:Mallory\nEND:VCARD",
        "otpauth://totp/x?secret=y",
        "bitcoin:1abc",
        "ftp://attacker.example/x",
    ],
)
def test_J9_a_code_opens_nothing_but_links_to_the_web(text):
    assert refusal(make.saved(make.code(text))) is Refusal.PICTURE_CODE


@pytest.mark.parametrize(
    "svg",
    [
        "<script>fetch('http://attacker.example')</script>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject>",
        "<image href='http://attacker.example/x.png'/>",
        "<style>@import url(http://attacker.example/x.css);</style>",
        "<use href='file:///etc/passwd#x'/>",
    ],
)
def test_M4_an_svg_is_read_for_its_credential_and_never_drawn(svg):
    assert refusal(f'<svg xmlns="http://www.w3.org/2000/svg">{svg}</svg>'.encode()) is Refusal.PICTURE_EMPTY
