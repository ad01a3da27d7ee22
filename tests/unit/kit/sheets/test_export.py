"""What leaves as CSV comes back as it was, and no spreadsheet runs any of it."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sheets import LIMITS, MEDIA_TYPE, Kind, neutralised, read_sheet, to_csv

DANGEROUS = "=+-@＝＋－＠"
TEXTS = st.text(alphabet=st.sampled_from("ab ;,|\"'=+-@＝\n\\ñ0\u00a0"), max_size=12) | st.text(max_size=12)


def fields_of(data, separator=","):
    """The values as a program sees them that splits at `separator`, forgiving as spreadsheets are."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator, strict=False))


def test_a_file_has_its_mark_its_line_ends_and_quotes_around_everything():
    data = to_csv(["name", "hours", "credits", "day", "note"], [["Zoë", 28, Decimal("0.50"), date(2026, 12, 15), None]])
    assert data == (
        b"\xef\xbb\xbf" + '"name","hours","credits","day","note"\r\n"Zoë","28","0.50","2026-12-15",""\r\n'.encode()
    )
    assert MEDIA_TYPE == "text/csv; charset=utf-8"


def test_numbers_stay_numbers_and_text_that_looks_like_one_stays_text():
    assert fields_of(to_csv(["a", "b", "c"], [[-3, Decimal("-0.5"), "-3"]]))[1] == ["-3", "-0.5", "'-3"]
    assert fields_of(to_csv(["a"], [[Decimal("1E+5")]]))[1] == ["100000"]


def test_a_row_of_another_width_is_an_error_of_the_program():
    with pytest.raises(ValueError, match="a row of 1 values under 2 headers"):
        to_csv(["a", "b"], [["x"]])


@given(TEXTS)
def test_no_text_begins_with_what_a_spreadsheet_runs_wherever_it_is_split(text):
    data = to_csv(["name", "note"], [[text, "x"]])
    for separator in ",;\t":
        for record in fields_of(data, separator):
            for value in record:
                assert not value.strip().startswith(tuple(DANGEROUS)), (separator, value)
                assert not re.match("[\t\r\n]", value)


@given(TEXTS)
def test_what_is_written_is_read_back_as_it_was(text):
    data = to_csv(["name", "note"], [[text, "x"]])
    cell = read_sheet(data, limits=LIMITS).rows[0].at(0)
    clean = read_sheet(to_csv(["name", "note"], [[cell.text, "x"]]), limits=LIMITS).rows[0].at(0)
    assert clean == cell
    assert cell.kind in {Kind.TEXT, Kind.EMPTY}
    if text.isprintable() and text == text.strip() and text.isascii():
        assert cell.text == text


@pytest.mark.parametrize(
    "text", ["'=1", "''=1", "'quoted'", "=1", "a;=1", "a;'=1", 'b"=1', "a,-b", "O'Neill", "x\n=1", "- 3"]
)
def test_these_come_back_exactly(text):
    assert read_sheet(to_csv(["a"], [[text]]), limits=LIMITS).rows[0].at(0) == (text, Kind.TEXT)
    assert neutralised(text).count("'") >= text.count("'")
