"""Clock, paging, codes, limits, languages: the short modules."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kit.clock import FixedClock, SystemClock
from kit.codes import ALPHABET, group, short_code, ungroup
from kit.errors import BadInput, NotFound, RequestError, SignInRequired, TooMany
from kit.i18n import (
    Catalogues,
    _,
    catalogue_files,
    date_long,
    date_time,
    ngettext,
    number,
    pick_language,
    read_catalogue,
    relative,
)
from kit.limits import Attempts
from kit.paging import Window, paginate, window

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)


class TestClock:
    def test_the_system_clock_is_aware_and_in_utc(self):
        assert SystemClock().now().utcoffset() == timedelta(0)

    def test_a_fixed_clock_stands_until_it_is_moved(self):
        clock = FixedClock(instant=NOON.astimezone(timezone(timedelta(hours=5))))
        assert clock.now() == clock.now() == NOON
        assert clock.now().tzinfo is UTC
        clock.advance(timedelta(days=-1))
        assert clock.now() == NOON - timedelta(days=1)

    def test_a_naive_instant_is_refused(self):
        with pytest.raises(ValueError, match="aware"):
            FixedClock(instant=datetime(2027, 3, 3))  # noqa: DTZ001


class TestPaging:
    def test_the_pages_cover_every_row_once(self):
        rows = list(range(123))
        seen, at = [], 1
        while at is not None:
            page = paginate(rows, Window(number=at, size=50))
            seen += page.items
            at = page.next
        assert seen == rows
        assert (page.pages, page.number, page.previous, page.first_row, page.last_row) == (3, 3, 2, 101, 123)

    def test_an_empty_list_is_one_empty_page(self):
        page = paginate([], window(page=None))
        assert (page.pages, page.next, page.previous, page.first_row, page.last_row) == (1, None, None, 0, 0)

    def test_a_page_beyond_the_end_is_empty(self):
        assert paginate([1], window(page="9")).items == []

    @pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "²", "99999999999999999999", "1e3", " 1"])
    def test_a_page_that_is_no_page_is_the_readers_mistake(self, text):
        with pytest.raises(BadInput) as refused:
            window(page=text)
        assert refused.value.field == "page"

    def test_a_page_is_never_huge(self):
        with pytest.raises(BadInput):
            window(page=1, size=10_000)
        assert window(page="3", size="20").offset == 40


class TestCodes:
    def test_a_code_survives_being_typed(self):
        code = short_code(signs=26)
        assert ungroup(group(code).lower().replace("0", "o").replace("1", "i")) == code
        assert ungroup(f" {group(code)} ") == code

    def test_codes_have_no_look_alikes_and_do_not_repeat(self):
        codes = {short_code(signs=12) for _number in range(5000)}
        assert len(codes) == 5000
        assert set("".join(codes)) == set(ALPHABET)
        assert not set(ALPHABET) & set("OILU")


class TestLimits:
    def test_failures_run_dry_and_refill_evenly(self):
        clock = FixedClock(instant=NOON)
        attempts = Attempts(clock, burst=3, per=timedelta(seconds=30))
        for _try in range(3):
            attempts.spend("ada")
        with pytest.raises(TooMany) as refused:
            attempts.admit("ada")
        assert refused.value.headers == {"Retry-After": "10"}
        attempts.admit("ben")
        clock.advance(timedelta(seconds=10))
        attempts.spend("ada")
        with pytest.raises(TooMany):
            attempts.admit("ada")

    def test_a_clock_that_jumps_back_locks_nobody_out(self):
        clock = FixedClock(instant=NOON)
        attempts = Attempts(clock, burst=2, per=timedelta(seconds=30))
        attempts.failed("ada")
        clock.advance(timedelta(days=-1))
        attempts.admit("ada")

    def test_success_forgets_failures(self):
        attempts = Attempts(FixedClock(instant=NOON), burst=1, per=timedelta(hours=1))
        attempts.failed("ada")
        attempts.succeeded("ada")
        attempts.admit("ada")


class TestLanguages:
    @pytest.mark.parametrize(
        ("wanted", "remembered", "accept", "picked"),
        [
            ("es", "en", "en", "es"),
            ("xx", "es", "en", "es"),
            (None, "../es", "es", "es"),
            (None, None, "de, es;q=0.3, en;q=0.2", "es"),
            (None, None, "en;q=0.1, ES-mx", "es"),
            (None, None, "es;q=0, de", "en"),
            (None, None, "es;q=soon", "en"),
            (None, None, "*", "en"),
            (None, None, None, "en"),
            (None, None, "a," * 10_000 + "es", "en"),
        ],
    )
    def test_the_readers_language_is_found(self, wanted, remembered, accept, picked):
        assert pick_language(wanted=wanted, remembered=remembered, accept=accept) == picked

    def test_dates_are_written_out(self):
        assert date_long(date(2027, 3, 3), "en") == "3 March 2027"
        assert date_long(date(2027, 3, 3), "es") == "3 de marzo de 2027"
        assert date_time(NOON.astimezone(timezone(timedelta(hours=5))), "en") == "3 March 2027, 12:00 UTC"
        assert date_time(NOON, "es") == "3 de marzo de 2027, 12:00 UTC"

    def test_a_day_that_begins_earlier_elsewhere_is_told_in_utc(self):
        late = datetime(2027, 3, 3, 1, tzinfo=timezone(timedelta(hours=5)))
        assert date_time(late, "en") == "2 March 2027, 20:00 UTC"

    def test_numbers_and_distances_follow_the_language(self):
        assert (number(12345.5, "en"), number(12345.5, "es")) == ("12,345.5", "12.345,5")
        assert relative(NOON - timedelta(hours=4), NOON, "en") == "4 hours ago"
        assert relative(NOON + timedelta(days=2), NOON, "es") == "dentro de 2 días"

    def test_a_message_waits_for_its_language(self, tmp_path):
        (tmp_path / "es.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
            'msgid "%(who)s kept it"\nmsgstr "%(who)s lo guardó"\n\n'
            'msgid "the school"\nmsgstr "la escuela"\n\n'
            '#, fuzzy\nmsgid "unsure"\nmsgstr "dudoso"\n\n'
            'msgid "empty"\nmsgstr ""\n'
        )
        catalogues = Catalogues.load([tmp_path / "none", tmp_path])
        message = _("%(who)s kept it", who=_("the school"))
        assert catalogues.say("es", message) == "la escuela lo guardó"
        assert catalogues.say("en", message) == str(message) == "the school kept it"
        assert catalogues.say("es", _("unsure")) == "unsure"
        assert set(read_catalogue(tmp_path / "es.po", "es")) == {"%(who)s kept it", "the school"}

    def test_a_language_may_have_many_files(self, tmp_path):
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        for place, words in {
            "a/es.po": "uno",
            "a/es/jobs.po": "dos",
            "a/es/keys.po": "tres",
            "b/es/jobs.po": "más",
        }.items():
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            english = {"más": "dos"}.get(words, words)
            (tmp_path / place).write_text(f'{head}msgid "in {english}"\nmsgstr "{words}"\n')
        (tmp_path / "a/es/notes.txt").write_text("no catalogue")
        (tmp_path / "a/en").mkdir()
        (tmp_path / "a/en/jobs.po").write_text(f'{head}msgid "in dos"\nmsgstr "never read"\n')
        catalogues = Catalogues.load([tmp_path / "a", tmp_path / "b"])
        assert [catalogues.say("es", _(text)) for text in ("in uno", "in dos", "in tres")] == ["uno", "más", "tres"]
        assert catalogues.say("en", _("in dos")) == "in dos"
        assert [path.name for path in catalogue_files(tmp_path / "a", "es")] == ["es.po", "jobs.po", "keys.po"]

    def test_a_percent_sign_needs_no_care_without_parameters(self):
        assert str(_("100 % done")) == "100 % done"

    @pytest.mark.parametrize(("count", "text"), [(0, "0 awards"), (1, "1 award"), (2, "2 awards")])
    def test_plurals(self, count, text):
        assert str(ngettext("%(count)s award", "%(count)s awards", count)) == text


class TestErrors:
    def test_every_kind_has_its_own_status_and_type(self):
        kinds = [kind for kind in RequestError.__subclasses__() if kind.__module__ == "kit.errors"]
        assert len({kind.kind for kind in kinds}) == len({kind.status for kind in kinds}) == len(kinds)

    def test_some_have_words_of_their_own(self):
        assert "address" in str(NotFound().detail)
        assert "Sign in" in str(SignInRequired().detail)
