"""Days and hours of a place: hours that are skipped or come twice, days that stand for themselves, ends of days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kit import zones
from kit.i18n import date_long, date_time

OHIO, BERLIN, AUCKLAND = (zones.of(name) for name in ("America/New_York", "Europe/Berlin", "Pacific/Auckland"))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_an_hour_that_is_skipped_is_refused_and_the_next_one_named():
    for clock, zone, day, follows in (
        (time(2), OHIO, date(2027, 3, 14), time(3)),
        (time(2, 59), OHIO, date(2027, 3, 14), time(3)),
        (time(2, 30), BERLIN, date(2027, 3, 28), time(3)),
        (time(2, 15), zones.of("Australia/Lord_Howe"), date(2026, 10, 4), time(2, 30)),
        (time(0, 30), zones.of("Africa/Cairo"), date(2026, 4, 24), time(1)),
    ):
        with pytest.raises(zones.NoSuchHourError) as refused:
            zones.at(day, clock, zone)
        assert refused.value.next == follows
    assert zones.at(date(2027, 3, 14), time(1, 59), OHIO).instant == utc(2027, 3, 14, 6, 59)
    assert zones.at(date(2027, 3, 14), time(3), OHIO).instant == utc(2027, 3, 14, 7)


def test_of_an_hour_that_comes_twice_the_first_is_taken_and_said_to_be():
    found = zones.at(date(2027, 11, 7), time(1, 30), OHIO)
    assert (found.instant, found.twice) == (utc(2027, 11, 7, 5, 30), True)
    assert zones.stamp(found.instant, OHIO) == "2027-11-07 01:30 EDT"
    assert zones.stamp(found.instant + timedelta(hours=1), OHIO) == "2027-11-07 01:30 EST"
    for clock in (time(0, 59), time(2)):
        assert not zones.at(date(2027, 11, 7), clock, OHIO).twice


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "UTC"])
def test_what_is_shown_of_an_instant_leads_back_to_it(name):
    zone = zones.of(name)
    for quarter in range(0, 366 * 96, 7):
        instant = utc(2027, 1, 1) + timedelta(minutes=15) * quarter
        shown = instant.astimezone(zone)
        found = zones.at(shown.date(), shown.time(), zone)
        assert found.instant == instant or (found.twice and found.instant == instant - timedelta(hours=1))


def test_an_evening_belongs_to_the_day_of_the_place_and_a_written_day_to_itself():
    evening = utc(2027, 3, 6, 1, 30)
    assert [zones.day(evening, zone) for zone in (UTC, OHIO, AUCKLAND)] == [
        date(2027, 3, 6),
        date(2027, 3, 5),
        date(2027, 3, 6),
    ]
    for zone in (UTC, OHIO, BERLIN, AUCKLAND):
        assert zones.day(utc(2027, 3, 5, 12), zone) == zones.day(utc(2027, 3, 5, 23, 59, 59), zone) == date(2027, 3, 5)
    assert date_long(evening, "es", OHIO) == "5 de marzo de 2027"
    assert date_time(evening, "en", OHIO) == "5 March 2027, 20:30 EST"
    assert date_time(utc(2027, 3, 5, 12), "en", AUCKLAND) == "6 March 2027, 01:00 NZDT", "of an hour, the day around it"
    assert date_time(evening, "es", zones.of("America/Sao_Paulo")) == "5 de marzo de 2027, 22:30 UTC-03"
    assert date_long(date(2027, 3, 5), "en", AUCKLAND) == "5 March 2027"


def test_days_begin_and_end_where_the_place_has_them_and_hold_what_was_written_by_the_day():
    day = date(2027, 3, 14)
    assert zones.span(day, day, OHIO) == (utc(2027, 3, 14, 5), utc(2027, 3, 15, 3, 59, 59)), "a day of 23 hours"
    assert zones.span(None, None, OHIO) == (None, None)
    for name in zones.names():
        since, until = zones.span(day, day, zones.of(name))
        assert since <= utc(2027, 3, 14, 12) <= until, name
        assert since > utc(2027, 3, 13, 12), name
        assert until < utc(2027, 3, 15, 12), name
        assert until + timedelta(seconds=1) == zones.span(date(2027, 3, 15), None, zones.of(name))[0], name


def test_the_ends_of_the_calendar_are_days_like_any_other():
    for zone in (UTC, OHIO, AUCKLAND):
        since, until = zones.span(date.min, date.max, zone)
        assert since < utc(1, 1, 2) < utc(9999, 12, 31, 12) < until
        for instant in (utc(1, 1, 1), utc(9999, 12, 31, 23, 30)):
            assert zones.stamp(instant, zone)
            assert date_time(instant, "es", zone)
            assert date_long(instant, "en", zone)


def test_a_name_that_is_not_known_counts_as_utc_and_cannot_be_chosen():
    assert zones.of("Mars/Olympus") is zones.of("../../etc/passwd") is zones.of("") is UTC
    assert [zones.place(zone) for zone in (UTC, OHIO)] == ["UTC", "New York"]
    assert {"UTC", "America/New_York", "Europe/Madrid"} <= set(zones.names())
    assert not {"localtime", "posixrules", "Factory", "Etc/UTC"} & set(zones.names())
