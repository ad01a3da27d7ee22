"""What people type is read once, strictly, and refused with its field's name."""

from datetime import UTC, datetime, timedelta

import pytest

from issuer.service import inputs
from issuer.service.award_reading import past_moment
from issuer.service.tokens import grouped, is_token, new_code, new_token, read_code, token_hash
from kit.errors import BadInput

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb", "a\u2028b", "a\u202eb", "a\ud800b", "a\x85b"])
def test_signs_that_nobody_sees_are_refused(text):
    with pytest.raises(BadInput) as refused:
        inputs.paragraph(text, "narrative", required=False)
    assert refused.value.field == "narrative"


def test_text_is_trimmed_and_normalised():
    assert inputs.line("  Cafe\u0301 ", "name", required=True) == "Caf\u00e9"
    assert inputs.paragraph("a\r\nb", "text", required=True) == "a\nb"


@pytest.mark.parametrize("text", ["", "   ", None])
def test_what_is_needed_is_asked_for(text):
    with pytest.raises(BadInput):
        inputs.line(text, "name", required=True)
    assert inputs.line(text, "name", required=False) == ""


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://a.example", "https://", "//a.example", "https://a b.example",
        "https://user:pw@a.example", "https://a.example:99999", "https://a.example/<b>", "http://a.example", "a.example",
        "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(text):
    with pytest.raises(BadInput):
        inputs.web_address(text, "url", required=True, loopback=False)


def test_plain_http_is_for_demonstrations():
    assert inputs.web_address("http://localhost:8001/x", "url", required=True, loopback=True)


@pytest.mark.parametrize("tag", ["en\n", "en .\n<a> <b> <c>", "e", "english!", "en_US"])
def test_what_is_no_language_tag_never_reaches_a_signature(tag):
    if tag == "en\n":
        assert inputs.language_tag(tag, "inLanguage") == "en"
        return
    with pytest.raises(BadInput):
        inputs.language_tag(tag, "inLanguage")


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "23.11.2026", "2026-11-23T10:00", "2026-11-23 10:00Z", "0000-01-01", "tomorrow"],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(BadInput):
        inputs.moment(text, "awardedDate")


def test_a_day_is_noon_and_an_instant_keeps_its_second():
    assert inputs.moment("2026-11-20", "d") == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert inputs.moment("2026-11-20T23:30:00.5-05:00", "d") == datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


def test_today_is_never_in_the_future_wherever_one_lives():
    assert past_moment("2026-11-23", "d", NOW) == NOW
    assert past_moment("2026-11-23", "d", NOW.replace(hour=20)) == NOW.replace(hour=12, minute=0)
    with pytest.raises(BadInput):
        past_moment("2026-11-25", "d", NOW)
    with pytest.raises(BadInput):
        past_moment((NOW + timedelta(hours=1)).isoformat(), "d", NOW)


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "1e9", "a", True])
def test_what_is_no_number_of_credits_is_refused(value):
    with pytest.raises(BadInput):
        inputs.number(value, "creditsEarned")


def test_a_comma_is_a_decimal_point_too():
    assert inputs.number("0,5", "creditsEarned") == 0.5
    assert inputs.number("", "creditsEarned") is None


def test_a_short_name_is_made_from_a_name():
    assert inputs.slug_of("Señora Álvarez' Writing Studio!") == "senora-alvarez-writing-studio"
    assert inputs.slug_of("学校") == ""


def test_codes_survive_being_read_aloud_and_typed():
    code = new_code()
    assert read_code(grouped(code)) == code
    assert read_code(f"  {grouped(code).lower().replace('-', ' ')}  ") == code
    assert read_code(grouped(code).replace("0", "O").replace("1", "l")) == code
    assert read_code("too short") is None
    assert read_code(code + "X") is None


def test_tokens_do_not_repeat_and_are_not_stored():
    found = {new_token() for _ in range(10_000)}
    assert len(found) == 10_000
    token = found.pop()
    assert is_token(token)
    assert not is_token(token + "\n")
    assert token not in token_hash(token)


@pytest.mark.parametrize("text", ["wren@school..example", "wren@.example.org", "wren@example", "wren", "a b@c.example"])
def test_what_is_no_address_is_refused_where_it_is_typed(text):
    with pytest.raises(BadInput) as refused:
        inputs.email(text, "mail", required=False)
    assert refused.value.field == "mail"
    assert inputs.email("wren+art@mail.school.example", "mail", required=False) == "wren+art@mail.school.example"
