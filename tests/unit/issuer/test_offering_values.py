"""An offering out of what people type: days and times, grades and ages, numbers and prices, or what is wrong."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest

from issuer.service.offering_times import Audience, Meeting, audience, meetings
from issuer.service.offering_values import CountsDraft, OfferingDraft, decimal, price_of, read_offering, whole
from kit.errors import BadInput

PLAIN = OfferingDraft(title="Bridge builders")


def at(day, start, end):
    return Meeting(day, time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Tue 09:15-11:15", [at("tue", "09:15", "11:15")]),
        ("Mon, Fri 13:10-13:55", [at("mon", "13:10", "13:55"), at("fri", "13:10", "13:55")]),
        ("Thu 09:30-13:30, outdoors", [at("thu", "09:30", "13:30")]),
        ("Tues & Thurs 3-4:30 pm", [at("tue", "15:00", "16:30"), at("thu", "15:00", "16:30")]),
        ("lun y mié 10:00-11:00; vie 9:00-10:30", [at("mon", "10:00", "11:00"), at("wed", "10:00", "11:00"),
                                                  at("fri", "09:00", "10:30")]),
        ("martes de 10:00 a 11:30", [at("tue", "10:00", "11:30")]),
        ("Mon-Wed 9am-12pm", [at(day, "09:00", "12:00") for day in ("mon", "tue", "wed")]),
        ("daily 08:00-08:30", [at(day, "08:00", "08:30") for day in ("mon", "tue", "wed", "thu", "fri")]),
        ("Mon 11:00-12:00 and Mon 11:00-12:00", [at("mon", "11:00", "12:00")]),
        ("any time, 18 weeks", []),
        ("two days a week", []),
        ("every second Fri", []),
        ("8-12 weeks", []),
        ("grades 4-6", []),
        ("-", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_schedule_is_read_for_its_meetings(words, found):
    assert list(meetings(words, field="schedule")) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Tus 09:15-11:15", "“Tus” is not a day of the week."),
        ("Mittwoch 09:15-11:15", "“Mittwoch” is not a day of the week."),
        ("Tue 11:15-09:15", "“11:15-09:15” ends before it begins."),
        ("Tue 09:15-09:15", "“09:15-09:15” ends before it begins."),
        ("Tue 25:00-26:00", "“25:00-26:00” is not a time of the day."),
        ("Tue 10:00-10:75", "“10:00-10:75” is not a time of the day."),
        ("Tue 13pm-2pm", "“13pm-2pm” is not a time of the day."),
    ],
)
def test_a_day_or_a_time_that_is_none_is_told(words, said):
    with pytest.raises(BadInput) as refused:
        meetings(words, field="schedule")
    assert (str(refused.value.detail), refused.value.field) == (said, "schedule")
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("words", "grades", "ages"),
    [
        ("4-6", (4, 6), None),
        ("5", (5, 5), None),
        ("K-2", (0, 2), None),
        ("pre-K-2", (-1, 2), None),
        ("Grades 9-12", (9, 12), None),
        ("10+", (10, 12), None),
        ("8-12 years", None, (8, 12)),
        ("8 a 12 años", None, (8, 12)),
        ("ages 14+", None, (14, 99)),
        ("adult", None, (18, 99)),
        ("12-4", None, None),
        ("9-14", None, None),
        ("everybody", None, None),
        ("", None, None),
    ],
)
def test_whom_it_is_for_is_read_where_the_words_say_it(words, grades, ages):
    assert audience(words) == Audience(grades=grades, ages=ages)


@pytest.mark.parametrize(
    ("text", "places", "number"),
    [
        ("0.5", 3, "0.5"), ("0,125", 3, "0.125"), ("1.0", 3, "1"), ("1,200", 3, "1.2"),
        ("1,200", 2, "1200"), ("1.200,50", 2, "1200.5"), ("1 200.50", 2, "1200.5"), ("1’200", 2, "1200"), ("10", 2, "10"),
    ],
)  # fmt: skip
def test_a_number_has_a_point_or_a_comma(text, places, number):
    assert str(decimal(text, "credits", largest=20_000, places=places)) == number


@pytest.mark.parametrize(
    "text", ["-1", "1e3", "0.1234", "20001", "1,20,0", "half", "½", "٣", "1.2.3", "nan", "9" * 400]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BadInput):
        decimal(text, "credits", largest=20_000, places=3)


@pytest.mark.parametrize(
    ("text", "price", "sign"),
    [
        ("165", "165", ""), ("$38.50", "38.5", ""), ("US$ 1,200", "1200", "USD"), ("165,00 €", "165", "EUR"),
        ("180 usd", "180", "USD"), ("free", "0", ""), ("Gratis", "0", ""), ("0", "0", ""),
    ],
)  # fmt: skip
def test_a_price_may_have_its_sign(text, price, sign):
    assert price_of(text, "price") == (Decimal(price), sign)


@pytest.mark.parametrize("text", ["165 a month", "$165 €", "ask", "-5", "38.5055", "1000001"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(BadInput):
        price_of(text, "price")


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "²", "1" * 30])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(BadInput):
        whole(text, "seats", largest=100)
    assert whole("14.0", "seats", largest=100) == 14
    assert whole(" ", "seats", largest=100) is None


def test_a_title_is_enough():
    values, problems = read_offering(PLAIN, loopback=False)
    assert problems == []
    assert (values.kind, values.state, values.credit_unit, values.currency) == ("class", "open", "carnegie", "USD")
    assert (values.price, values.seats, values.counts) == (None, None, ())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"code": "A B"}, "code"),
        ({"code": "a,b"}, "code"),
        ({"kind": "party"}, "kind"),
        ({"state": "sold"}, "state"),
        ({"start_date": "2026-12-01", "end_date": "2026-11-30"}, "endDate"),
        ({"start_date": "next week"}, "startDate"),
        ({"seats": "10", "seats_taken": "11"}, "seatsTaken"),
        ({"credits": "101"}, "credits"),
        ({"sced_code": "3003"}, "scedCode"),
        ({"price": "165 €", "currency": "USD"}, "currency"),
        ({"currency": "dollars"}, "currency"),
        ({"funding": ("lottery",)}, "funding"),
        ({"instructor_email": "priya"}, "instructorEmail"),
        ({"skills": tuple(f"S{number}" for number in range(61))}, "skills"),
        ({"schedule": "Tus 9:00-10:00"}, "schedule"),
        ({"counts": (CountsDraft(program="Prairie Bridge"),)}, "counts/0/area"),
        ({"counts": (CountsDraft(), CountsDraft(area="Health"))}, "counts/1/program"),
        ({"counts": (CountsDraft(program="A | B", area="Health"),)}, "counts/0/program"),
        ({"counts": (CountsDraft(program="A", area="B", method="magic"),)}, "counts/0/method"),
        ({"counts": (CountsDraft(program="A", area="B", document_url="javascript:alert(1)"),)}, "counts/0/documentUrl"),
        ({"counts": tuple(CountsDraft(program="A", area="B") for _ in range(11))}, "counts"),
    ],
)
def test_what_is_wrong_names_its_field_and_what_would_do(changes, field):
    _values, problems = read_offering(replace(PLAIN, **changes), loopback=False)
    assert [problem.field for problem in problems] == [field]
    assert all(problem.remedy for problem in problems)


def test_everything_that_is_wrong_is_told_at_once():
    draft = OfferingDraft(price="much", seats="few", schedule="Tus 9:00-10:00", sced_code="1")
    _values, problems = read_offering(draft, loopback=False)
    assert {problem.field for problem in problems} == {"title", "price", "seats", "schedule", "scedCode"}


def test_what_nobody_sees_is_not_kept():
    values, problems = read_offering(
        replace(PLAIN, title="Bri\u200bdge\ufeff", description="One\ttwo", skills=("A;B\nC", " ", "A")), loopback=False
    )
    assert problems == []
    assert (values.title, values.description, values.skills) == ("Bridge", "One two", ("A", "B", "C"))
