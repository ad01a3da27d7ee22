"""Text with separators, whatever program wrote it, is read as it was meant; what is not sure is asked."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import BadInput, TooLarge
from kit.i18n import Catalogues, Message
from kit.sheets import (
    ENCODINGS,
    LIMITS,
    Kind,
    Refusal,
    SheetRefused,
    Source,
    encoding_question,
    explained,
    place_of,
    read_pasted,
    read_sheet,
)
from kit.sheets import words as words_module

ROOT = Path(__file__).parents[4]
FIXTURES = ROOT.parent / "shared" / "education" / "fixtures" / "csv"
NAMES = "name,city\nZoë,Logroño\nAna María,Vitoria\n"


def read(data, **more):
    return read_sheet(data.encode() if isinstance(data, str) else data, limits=more.pop("limits", LIMITS), **more)


def texts(sheet):
    return [[cell.text for cell in row.cells] for row in (sheet.header, *sheet.rows)]


def refusal(data, **more):
    with pytest.raises(SheetRefused) as caught:
        read(data, **more)
    return caught.value


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_separates_its_values_and_ends_its_lines(separator, end):
    data = separator.join(["name", "mark", "note"]) + end + separator.join(["Wren", "A", f'"a{separator}""b"""']) + end
    sheet = read(data)
    assert texts(sheet) == [["name", "mark", "note"], ["Wren", "A", f'a{separator}"b"'.strip()]]
    assert (sheet.delimiter, sheet.source, sheet.width, sheet.sure) == (separator, Source.SEPARATED, 3, True)


def test_a_comma_in_numbers_does_not_cut_a_spanish_sheet():
    sheet = read("nombre;nota;peso\nZoë;9,5;1,25\nIñaki;10;0,5\n")
    assert texts(sheet)[1:] == [["Zoë", "9,5", "1,25"], ["Iñaki", "10", "0,5"]]


def test_what_says_its_separator_is_believed():
    assert texts(read("sep=;\r\nname;a,b,c\r\nWren;1,2,3\r\n")) == [["name", "a,b,c"], ["Wren", "1,2,3"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_title_above_the_header_hides_no_separator(separator):
    rows = ["Spring grades", separator.join(["name", "mark", "note"]), separator.join(["Wren", "A", ""])]
    assert texts(read("\n".join(rows)))[1:] == [["name", "mark", "note"], ["Wren", "A"]]


def test_names_with_a_comma_under_one_header_stay_whole():
    assert texts(read("Student\nHadley, Wren\nHadley, Jonah\n"))[1:] == [["Hadley, Wren"], ["Hadley, Jonah"]]


def test_one_column_is_a_table():
    assert texts(read("name\nWren\nJonah\n")) == [["name"], ["Wren"], ["Jonah"]]


def test_rows_have_the_numbers_that_a_spreadsheet_shows():
    sheet = read('name,note\n\nWren,"two\nlines"\n,\nJonah,x\n')
    assert [(row.number, row.cells[0].text) for row in (sheet.header, *sheet.rows)] == [
        (1, "name"),
        (3, "Wren"),
        (5, "Jonah"),
    ]
    assert sheet.rows[0].at(1).text == "two\nlines"
    assert sheet.rows[0].at(7).kind is Kind.EMPTY
    assert sheet.rows[0].at(None).kind is Kind.EMPTY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom"])
def test_a_file_that_says_how_it_is_written_raises_no_question(encoding):
    data = b"\xfe\xff" + NAMES.encode("utf-16-be") if encoding == "utf-16-be-bom" else NAMES.encode(encoding)
    sheet = read(data)
    assert texts(sheet)[1] == ["Zoë", "Logroño"]
    assert sheet.headers == ["name", "city"]
    assert sheet.sure
    assert encoding_question(sheet) is None


@pytest.mark.parametrize(
    ("codec", "name"), [("cp1252", "windows-1252"), ("mac_roman", "macintosh"), ("cp850", "ibm850")]
)
def test_a_file_that_does_not_is_guessed_and_asked_about(codec, name):
    sheet = read(NAMES.encode(codec))
    assert (sheet.encoding, sheet.sure, sheet.sample) == (name, False, "Zoë")
    assert texts(sheet)[1:] == [["Zoë", "Logroño"], ["Ana María", "Vitoria"]]
    assert str(encoding_question(sheet)) == "Does “Zoë” look right? If not, choose how the file was saved."


def test_the_sample_shows_the_letters_in_question():
    sheet = read(f"name\n{'x' * 200}ñ{'y' * 200}\n".encode("cp1252"))
    assert len(sheet.sample) == 60
    assert "ñ" in sheet.sample


@pytest.mark.parametrize("name", ENCODINGS)
def test_somebody_can_say_how_it_was_saved(name):
    codec = {"macintosh": "mac_roman", "ibm850": "cp850", "windows-1252": "cp1252", "utf-16": "utf-16-le"}.get(
        name, name
    )
    sheet = read(NAMES.encode(codec), encoding=name)
    assert (texts(sheet)[1], sheet.sure, sheet.encoding) == (["Zoë", "Logroño"], True, name)


def test_a_way_of_saving_that_cannot_be_is_refused():
    assert refusal(NAMES.encode("cp1252"), encoding="utf-8").refusal is Refusal.ENCODING
    assert refusal(b"name\nxy", encoding="utf-16").refusal is Refusal.ENCODING  # half a unit
    assert refusal(NAMES.encode(), encoding="rot13").refusal is Refusal.ENCODING


def test_text_is_composed_and_trimmed_and_lines_within_a_cell_are_line_feeds():
    sheet = read('name,note\n"  Zoe\u0308\u00a0","a\r\nb\u2028c"\n\ufeffWren,\u200b\n')
    assert texts(sheet)[1:] == [["Zoë", "a\nb\nc"], ["Wren"]]


def test_codes_keep_their_zeros_and_the_way_of_excel_to_say_so_is_understood():
    sheet = read('number,name\n00123,Wren\n"=""00124""",Jonah\n="0",x\n')
    assert [(row.at(0).text, row.at(0).kind) for row in sheet.rows] == [
        ("00123", Kind.TEXT),
        ("00124", Kind.TEXT),
        ("0", Kind.TEXT),
    ]


@pytest.mark.parametrize(
    "formula", ["=1+1", "=HYPERLINK(1)", "＝1", '=""&A1', "=", ' =cmd|" /C calc"!A0'.replace('"', '""')]
)
def test_what_begins_like_a_formula_is_never_a_value_and_its_place_is_named(formula):
    sheet = read(f'name,total,mark\nWren,5,A\nJonah,"{formula}",B\n')
    assert sheet.rows[1].at(1) == ("", Kind.FORMULA)
    sheet.need_values([0, 2, None])
    with pytest.raises(SheetRefused) as caught:
        sheet.need_values([0, 1])
    assert (caught.value.refusal, caught.value.place) == (Refusal.FORMULA, "B3")
    answer = explained(caught.value, field="sheet")
    assert isinstance(answer, BadInput)
    assert str(answer.detail) == "Cell B3 holds a formula."
    assert str(answer.remedy) == "Copy the column and paste the values only."


@pytest.mark.parametrize("text", ["+1 555 0100", "-3", "@wren", "a=b", "1-2"])
def test_what_only_looks_a_little_like_one_is_a_value(text):
    assert read(f"name,note\nWren,{text}\n").rows[0].at(1) == (text, Kind.TEXT)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Refusal.EMPTY),
        (b"\xef\xbb\xbf \r\n", Refusal.EMPTY),
        (b",,,\n , \n", Refusal.EMPTY),
        (b"%PDF-1.7\n", Refusal.NOT_A_TABLE),
        (b"\x89PNG\r\n\x1a\n", Refusal.NOT_A_TABLE),
        (b"<!DOCTYPE html><table><tr><td>Wren", Refusal.NOT_A_TABLE),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', Refusal.NOT_A_TABLE),
        (b'[{"name": "Wren"}]', Refusal.NOT_A_TABLE),
        (b'{"name": "Wren"}', Refusal.NOT_A_TABLE),
        (b"PK\x05\x06" + bytes(18), Refusal.NOT_A_TABLE),
        (b"name\nWr\x00en\n", Refusal.NOT_A_TABLE),
        ("name\nWren\n".encode("utf-16-le"), Refusal.NOT_A_TABLE),
        ("name\nZoë\n".encode("utf-32"), Refusal.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Refusal.OLD_FORM),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), Refusal.LOCKED),
        (b'name,note\nWren,"never closed\nJonah,x\n', Refusal.QUOTES),
        (b'name,note\nWren,"closed" too early\n', Refusal.QUOTES),
        (b'name,note\nWren,"' + b"x" * 140_000 + b'"\n', Refusal.QUOTES),
    ],
)
def test_what_is_no_table_is_named(data, expected):
    assert refusal(data).refusal is expected


def test_the_line_of_a_quotation_mark_that_is_never_closed_is_named():
    assert refusal('name,note\nWren,"fine\nhere"\n\nJonah,"not\nhere\n').place == "5"


def test_a_file_in_two_encodings_is_refused_with_the_line():
    error = refusal("name\nZoë\nWren\n".encode() + "Iñaki\n".encode("cp1252"))
    assert (error.refusal, error.place) == (Refusal.MIXED, "4")
    assert texts(read("name\nZoë\n".encode() + b"I\xf1aki\n", encoding="windows-1252"))[2] == ["Iñaki"]


@pytest.mark.parametrize(
    ("changed", "data", "expected", "place"),
    [
        ({"file_bytes": 10}, "name\nWren\nJonah\n", Refusal.TOO_LARGE, ""),
        ({"rows": 2}, "name\na\nb\nc\n", Refusal.ROWS, ""),
        ({"columns": 2}, "a,b\n1,2,3\n", Refusal.COLUMNS, ""),
        ({"cell_characters": 5}, "name,note\nWren,123456\n", Refusal.LONG_CELL, "B2"),
        ({"cells": 3}, "a,b\n1,2\n", Refusal.CELLS, ""),
        ({"characters": 7}, "ab,cd\nef,gh\n", Refusal.CELLS, ""),
    ],
)
def test_every_limit_holds_and_one_less_fits(changed, data, expected, place):
    ((name, most),) = changed.items()
    error = refusal(data, limits=replace(LIMITS, **changed))
    assert (error.refusal, error.place) == (expected, place)
    assert read(data, limits=replace(LIMITS, **{name: most + 10})).rows
    if expected in {Refusal.ROWS, Refusal.COLUMNS, Refusal.LONG_CELL, Refusal.TOO_LARGE}:
        assert str(most) in str(explained(error, field="sheet").detail)


def test_exactly_as_much_as_the_limits_say_fits():
    limits = replace(LIMITS, rows=2, columns=2, cell_characters=2, cells=6, characters=10)
    assert len(read("ab,cd,\ne,ff\ngg,h,,,\n", limits=limits).rows) == 2


def test_empty_columns_beyond_the_limit_are_nobodys_business():
    assert read("a,b" + "," * 5000 + "\n1,2" + "," * 5000 + "\n").width == 2


def test_another_row_can_be_the_header():
    sheet = read("Grades of spring\n\nname,mark\nWren,A\n").headed_by(3)
    assert (sheet.headers, [row.number for row in sheet.rows]) == (["name", "mark"], [4])
    with pytest.raises(KeyError):
        sheet.headed_by(2)


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(1, 0, "A1"), (7, 2, "C7"), (3, 25, "Z3"), (3, 26, "AA3"), (9, 701, "ZZ9"), (9, 702, "AAA9")],
)
def test_places_are_named_as_spreadsheets_name_them(row, column, name):
    assert place_of(row, column) == name


def test_what_is_pasted_is_read_like_a_file():
    assert texts(read_pasted("name\tmark\r\nZoë\tA\r\n", limits=LIMITS)) == [["name", "mark"], ["Zoë", "A"]]
    with pytest.raises(SheetRefused) as caught:
        read_pasted("name\n\ud800\n", limits=LIMITS)
    assert caught.value.refusal is Refusal.ENCODING


@pytest.mark.parametrize("refused", Refusal)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_refusal_is_a_sentence_with_its_place_and_a_remedy_in_both_languages(refused, language):
    catalogues = Catalogues.load([ROOT / "kit" / "locale"])
    answer = explained(SheetRefused(refused, place="C7", most=20_000), field="sheet")
    said = [catalogues.say(language, words) for words in (answer.title, answer.detail, answer.remedy)]
    assert all(said)
    assert not any("%(" in words for words in said)
    assert answer.field == "sheet"
    english = [str(words) for words in (answer.title, answer.detail, answer.remedy)]
    assert (said == english) is (language == "en")
    assert isinstance(answer, (BadInput, TooLarge))
    template = words_module._WORDS[refused][0].singular
    assert ("C7" in said[1]) is ("%(place)s" in template)
    assert ("20\u202f000" in said[1]) is ("%(most)s" in template)
    assert all(isinstance(words, Message) for words in (answer.title, answer.detail, answer.remedy))


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(FIXTURES.rglob("*.csv")), ids=lambda path: path.name)
def test_the_templates_that_providers_bring_are_read_as_they_are(path):
    sheet = read(path.read_bytes())
    lines = path.read_text().splitlines()
    assert len(sheet.rows) == len(lines) - 1
    assert sheet.headers == lines[0].split(",")
    assert sheet.delimiter == ","


@given(st.binary(max_size=400) | st.text(alphabet='a,;\t"\n\r=ñ\x00\x85\u202e', max_size=200).map(str.encode))
def test_junk_is_a_table_or_refused_and_nothing_else(data):
    try:
        sheet = read(data)
    except SheetRefused as error:
        assert explained(error, field="sheet").detail  # noqa: PT017 - either way is an answer
    else:
        for row in (sheet.header, *sheet.rows):
            assert row.cells
            assert row.cells[-1].kind is not Kind.EMPTY
            for cell in row.cells:
                assert (cell.text != "") is (cell.kind in {Kind.TEXT, Kind.NUMBER, Kind.DATE})
