"""Workbooks are read as a person sees them: days as days, percents as percents, formulas as formulas."""

import datetime as dt
import zipfile
from dataclasses import replace

import pytest

from kit.sheets import LIMITS, Kind, Refusal, SheetRefused, Source, read_sheet, zeros_dropped
from tests.unit.kit.sheets import workbooks as make

DAY = dt.date(2016, 6, 3)


def read(data, **more):
    return read_sheet(data, limits=more.pop("limits", LIMITS), **more)


def refusal(data, **more):
    with pytest.raises(SheetRefused) as caught:
        read(data, **more)
    return caught.value


def cells(data):
    sheet = read(data)
    return [tuple(cell) for cell in sheet.rows[0].cells]


def styled(*pairs):
    """A workbook with a header and one row: value and number format of each cell."""
    workbook = make.workbook_of([f"h{at}" for at, _ in enumerate(pairs)], [value for value, _ in pairs])
    for column, (_, code) in enumerate(pairs, start=1):
        if code:
            workbook.active.cell(2, column).number_format = code
    return make.saved(workbook)


def test_a_workbook_is_read_like_text():
    sheet = read(make.workbook(["name", "born", "mark"], ["Zoë", DAY, "A"], [], ["Jonah", None, "B"]))
    assert (sheet.source, sheet.headers, sheet.tabs, sheet.tab) == (
        Source.WORKBOOK,
        ["name", "born", "mark"],
        ("Sheet",),
        "Sheet",
    )
    assert sheet.rows[0].cells == (("Zoë", Kind.TEXT), ("2016-06-03", Kind.DATE), ("A", Kind.TEXT))
    assert [row.number for row in sheet.rows] == [2, 4]
    assert sheet.rows[1].at(1).kind is Kind.EMPTY


def test_numbers_say_what_their_format_shows():
    found = cells(
        styled(
            (0.93, "0%"), (0.1 + 0.2, None), (5.0, None), (123, "00000"), (12345678901234567890, None),
            (1e21, None), (0.935, "0.00%"), (-7, "00"), (True, None), (0.0000001, None), (0, None),
        )
    )  # fmt: skip
    assert found == [
        ("93%", Kind.NUMBER), ("0.3", Kind.NUMBER), ("5", Kind.NUMBER), ("00123", Kind.NUMBER),
        ("12345678901234600000", Kind.NUMBER), ("1E+21", Kind.NUMBER), ("93.5%", Kind.NUMBER), ("-7", Kind.NUMBER),
        ("TRUE", Kind.TEXT), ("0.0000001", Kind.NUMBER), ("0", Kind.NUMBER),
    ]  # fmt: skip


def test_digits_that_only_a_computer_sees_are_not_shown():
    data = make.raw(make.row(1, make.text_cell("A1", "n")) + make.row(2, '<c r="A2"><v>0.30000000000000004</v></c>'))
    assert read(data).rows[0].at(0) == ("0.3", Kind.NUMBER)


def test_days_and_times_are_iso():
    found = cells(
        styled(
            (dt.datetime(2026, 12, 15, 0, 0), None),  # noqa: DTZ001 - spreadsheets know no zones
            (dt.datetime(2026, 12, 15, 9, 15), None),  # noqa: DTZ001 - spreadsheets know no zones
            (dt.time(9, 15), None),
            (45000, "d/m/yy"),
        )
    )
    assert found == [
        ("2026-12-15", Kind.DATE),
        ("2026-12-15 09:15:00", Kind.DATE),
        ("09:15:00", Kind.TEXT),
        ("2023-03-15", Kind.DATE),
    ]


def test_formulas_and_errors_are_seen_and_never_values():
    sheet = read(make.workbook(["name", "sum", "x"], ["Wren", "=SUM(1,2)", "#N/A"]))
    assert [cell.kind for cell in sheet.rows[0].cells] == [Kind.TEXT, Kind.FORMULA, Kind.ERROR]
    assert [cell.text for cell in sheet.rows[0].cells[1:]] == ["", ""]
    for column, expected, place in [(1, Refusal.FORMULA, "B2"), (2, Refusal.ERROR_VALUE, "C2")]:
        with pytest.raises(SheetRefused) as caught:
            sheet.need_values([0, column])
        assert (caught.value.refusal, caught.value.place) == (expected, place)


def test_the_value_that_was_saved_with_a_formula_is_not_taken():
    data = make.raw(
        make.row(1, make.text_cell("A1", "name"), make.text_cell("B1", "mark"))
        + make.row(2, make.text_cell("A2", "Wren"), '<c r="B2"><f>1+1</f><v>2</v></c>')
        + make.row(
            3,
            '<c r="A3" t="str"><f t="array" ref="A3:B3">X</f><v>Jonah</v></c>',
            '<c r="B3"><f t="shared" si="0"/><v>9</v></c>',
        )
    )
    sheet = read(data)
    assert sheet.rows[0].at(1) == ("", Kind.FORMULA)
    assert [cell.kind for cell in sheet.rows[1].cells] == [Kind.FORMULA, Kind.FORMULA]


def test_text_that_looks_like_a_formula_is_one_here_too():
    data = make.raw(make.row(1, make.text_cell("A1", "name")) + make.row(2, make.text_cell("A2", "=1+1")))
    assert read(data).rows[0].at(0).kind is Kind.FORMULA


def test_breaks_that_excel_escapes_are_breaks():
    data = make.raw(
        make.row(1, make.text_cell("A1", "name")) + make.row(2, make.text_cell("A2", "a_x000D_\nb_x000A_c"))
    )
    assert read(data).rows[0].at(0).text == "a\nb\nc"


def test_roster_numbers_that_lost_their_zeros_are_noticed():
    def dropped(*values):
        return zeros_dropped(read(make.workbook(["no"], *[[value] for value in values])), 0)

    assert dropped(123, 1245)
    assert dropped("00123", 1245)
    assert dropped(1234567890123456)
    assert dropped("1.23E+15")
    assert not dropped(1234, 5678)
    assert not dropped(*range(1, 25), 100)
    assert not dropped("00123", "01245")
    assert not dropped("A-1", "B-22")
    assert not dropped(None, "x")


def test_the_first_sheet_that_shows_is_read_and_another_can_be_chosen():
    workbook = make.workbook_of(["hidden"], ["x"], title="Secret")
    workbook.active.sheet_state = "hidden"
    for title in ("Spring", "Autumn"):
        workbook.create_sheet(title).append([title])
    workbook.active = 1
    data = make.saved(workbook)
    assert (read(data).tab, read(data).tabs, read(data).headers) == ("Spring", ("Spring", "Autumn"), ["Spring"])
    assert read(data, tab="Autumn").headers == ["Autumn"]
    assert refusal(data, tab="Secret").refusal is Refusal.NO_SUCH_TAB
    assert refusal(data, tab="Nowhere").refusal is Refusal.NO_SUCH_TAB


def test_rows_that_a_filter_hides_are_told_apart():
    workbook = make.workbook_of(["name"], ["Wren"], ["Jonah"], ["Ana"])
    workbook.active.row_dimensions[3].hidden = True
    sheet = read(make.saved(workbook))
    assert [row.hidden for row in sheet.rows] == [False, True, False]
    assert sheet.hidden == 1


def test_a_stray_format_at_the_very_end_costs_nothing():
    data = make.raw(
        make.row(1, make.text_cell("A1", "name"))
        + make.row(2, make.text_cell("A2", "Wren"), '<c r="XFD2" s="0"/>')
        + make.row(1_048_576, '<c r="A1048576" s="0"/>')
    )
    assert [row.number for row in read(data).rows] == [2]


def test_dates_since_1904_are_those_days():
    workbook = make.workbook_of(["born"], [DAY])
    workbook.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no zones
    assert read(make.saved(workbook)).rows[0].at(0).text == "2016-06-03"


@pytest.mark.parametrize(
    ("changed", "expected", "place"),
    [
        ({"rows": 1}, Refusal.ROWS, ""),
        ({"columns": 1}, Refusal.COLUMNS, ""),
        ({"cells": 3}, Refusal.CELLS, ""),
        ({"characters": 10}, Refusal.CELLS, ""),
        ({"cell_characters": 4}, Refusal.LONG_CELL, "A3"),
        ({"parts": 3}, Refusal.UNPACKED, ""),
        ({"unpacked_bytes": 2000}, Refusal.UNPACKED, ""),
    ],
)
def test_every_limit_holds(changed, expected, place):
    data = make.workbook(["a", "b"], ["Wren", "A"], ["Jonah", "B"])
    error = refusal(data, limits=replace(LIMITS, **changed))
    assert (error.refusal, error.place) == (expected, place)
    if expected in {Refusal.ROWS, Refusal.COLUMNS, Refusal.LONG_CELL}:
        assert error.most == next(iter(changed.values()))
    assert read(data, limits=replace(LIMITS, rows=2, columns=2, cells=6, characters=13, cell_characters=5)).rows


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (make.workbook(), Refusal.EMPTY),
        (make.packed({"a.txt": "x"}), Refusal.NOT_A_TABLE),
        (make.packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), Refusal.OTHER_PROGRAM),
        (make.packed({"Index/Document.iwa": "x"}), Refusal.OTHER_PROGRAM),
        (make.raw(kind="application/vnd.ms-excel.sheet.binary.macroEnabled.main"), Refusal.MACRO),
        (make.packed({"[Content_Types].xml": "application/vnd.ms-excel.sheet.binary.main"}), Refusal.OTHER_PROGRAM),
        (make.packed({"[Content_Types].xml": "wordprocessingml.document.main+xml"}), Refusal.NOT_A_TABLE),
        (b"PK\x03\x04" + b"x" * 100, Refusal.DAMAGED),
        (make.workbook(["a"])[:-30], Refusal.DAMAGED),
        (make.raw(sheet="<worksheet>"), Refusal.DAMAGED),
        (make.raw(make.row(1, '<c r="A1" t="s"><v>7</v></c>')), Refusal.DAMAGED),
        (make.raw(make.row(1, '<c r="A1"><v>1E999</v></c>')), Refusal.DAMAGED),
        (make.raw(make.row(1, '<c r="A1"><v>' + "9" * 5000 + "</v></c>")), Refusal.DAMAGED),
        (make.packed({**make.parts(), "xl/styles.xml": "<"}), Refusal.DAMAGED),
        (make.packed(make.parts(), zipfile.ZIP_LZMA), Refusal.DAMAGED),
    ],
)
def test_what_is_no_workbook_is_named(data, expected):
    assert refusal(data).refusal is expected
