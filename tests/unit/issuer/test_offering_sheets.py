"""A rate card as a sheet: what goes out comes back in as it was, whatever stands in it."""

from types import SimpleNamespace

from hypothesis import assume, given
from hypothesis import strategies as st

from issuer.service.offering_sheets import (
    CATALOGUE_LIMITS,
    SHEET_FIELDS,
    OfferingSheetService,
    _columns,
    _Read,
    _text_of,
)
from issuer.service.offering_values import CountsDraft, OfferingDraft, read_offering
from issuer.service.offering_words import FUNDING, KINDS, METHODS, STATES, UNITS
from kit.sheets import guess, headed, read_sheet, to_csv

LETTERS = st.sampled_from(list("aZé ñ1=+-@'\";,|\n\t#%{}<>\\/²字\u200b"))
TEXT = st.text(LETTERS, max_size=12)
LINE = TEXT.map(lambda text: text.replace("\n", " "))
NUMBER = st.sampled_from(["", "0", "0.5", "0,125", "1", "12", "1.50"])
WHOLE = st.sampled_from(["", "0", "7", "40"])
COUNTS = st.builds(
    CountsDraft,
    program=st.sampled_from(["Prairie Bridge Academy", "=A; B", 'Ñandú "X"']),
    area=st.sampled_from(["Health", "an elective", "+1"]),
    credits=NUMBER,
    method=st.sampled_from(list(METHODS)),
    document_url=st.sampled_from(["", "https://prairiebridge.example.org/a?b=c;d,e"]),
)
DRAFTS = st.builds(
    OfferingDraft,
    code=st.sampled_from(["A-1", "BRIDGE-F26", "0042", "-X", "=1"]),
    title=LINE.map(lambda text: text + "x"),
    kind=st.sampled_from(list(KINDS)),
    state=st.sampled_from(list(STATES)),
    grades_or_ages=st.sampled_from(["", "4-6", "8-12 years", "adult", "all"]),
    term=LINE,
    start_date=st.sampled_from(["", "2026-09-08"]),
    end_date=st.sampled_from(["", "2026-12-15"]),
    weekly_hours=NUMBER,
    weeks=WHOLE,
    total_hours=NUMBER,
    credits=NUMBER,
    credit_unit=st.sampled_from(list(UNITS)),
    sced_code=st.sampled_from(["", "03003"]),
    subject=LINE,
    level=LINE,
    price=st.sampled_from(["", "0", "165", "38.50", "1,200"]),
    currency=st.sampled_from(["", "MXN"]),
    price_per=LINE,
    funding=st.lists(st.sampled_from(list(FUNDING)), unique=True).map(tuple),
    seats=st.sampled_from(["", "40"]),
    seats_taken=WHOLE,
    location=LINE,
    schedule=st.sampled_from(["", "-", "Tue 09:15-11:15", "any time; =1+1", "Mon, Fri 13:10-13:55"]),
    instructor_name=LINE,
    instructor_email=st.sampled_from(["", "priya@cedarbend.example.org"]),
    description=TEXT,
    skills=st.lists(LINE, max_size=3).map(tuple),
    prerequisites=LINE,
    assessment_method=LINE,
    counts=st.lists(COUNTS, max_size=3).map(tuple),
)


def written(values):
    return to_csv([field.key for field in SHEET_FIELDS], [[_text_of(values, field.key) for field in SHEET_FIELDS]])


@given(DRAFTS)
def test_O1_what_goes_out_comes_back_in_as_it_was(draft):
    values, problems = read_offering(draft, loopback=False)
    assume(not problems)
    data = written(values)
    sheet = headed(read_sheet(data, limits=CATALOGUE_LIMITS), SHEET_FIELDS)
    columns = {field.key: place for place, field in enumerate(SHEET_FIELDS)}
    row = _Read(sheet.rows[0], columns, {"start_date": None, "end_date": None})
    again, problems = read_offering(row.draft(None), loopback=False)
    assert [*row.problems, *problems] == []
    assert again == values
    assert written(again) == data


def test_the_headers_that_go_out_are_found_again():
    service = OfferingSheetService(None, SimpleNamespace(every=lambda _organisation, public: []))
    for sheet in (service._written(None, public=True), service._written(None, public=False)):
        read = read_sheet(sheet + b'"X"\r\n', limits=CATALOGUE_LIMITS)
        found = guess(read, SHEET_FIELDS)
        private = {"instructor_mail"} if len(read.headers) < len(SHEET_FIELDS) else set()
        assert found.sure == {field.key for field in SHEET_FIELDS} - private
        columns = [found.columns[field.key] for field in SHEET_FIELDS if field.key not in private]
        assert columns == list(range(len(columns)))
        assert _columns(read, found, {}) == found.columns
