"""Days that can be read in two ways are asked about; letters that stand in for others are noticed; honest ones are not."""

from datetime import date
from pathlib import Path

import pytest

from kit.i18n import Catalogues
from kit.sheets import Look, Order, odd, odd_look, order_of, read_day, zeros_question

CATALOGUES = Catalogues.load([Path(__file__).parents[4] / "kit" / "locale"])
DAY = date(2026, 12, 15)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-15", "2026/12/15", "2026.12.15", "20261215", "2026-12-15T09:30:00Z", "2026-12-15 09:30", "12/15/2026",
        "15/12/2026", "15.12.2026", "15-12-2026", "15 December 2026", "15th December 2026", "December 15, 2026", "Dec 15 2026",
        "15 de diciembre de 2026", "15 de diciembre del 2026", "15 dic. 2026", "15 DIC 2026", "15/12/2026 0:00", "15  Dec  2026",
    ],
)  # fmt: skip
def test_a_day_that_can_be_read_in_one_way_is_read(text):
    assert (read_day(text, order=None).day, read_day(text, order=None).other) == (DAY, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-13-01",
        "2026-02-30",
        "31/31/2026",
        "3/4/16",
        "15 Foo 2026",
        "2026",
        "0/0/2026",
        "3/4.2026",
        "15 of December 2026",
    ],
)
def test_what_is_no_day_is_none(text):
    assert read_day(text, order=None).day is None
    assert read_day(text, order=None).other is None


def test_a_day_that_can_be_read_in_two_ways_gives_both_until_somebody_chooses():
    either = read_day("3/4/2027", order=None)
    assert (either.day, either.other) == (date(2027, 3, 4), date(2027, 4, 3))
    assert read_day("3/4/2027", order=Order.DAY_FIRST).day == date(2027, 4, 3)
    assert read_day("3/4/2027", order=Order.MONTH_FIRST).day == date(2027, 3, 4)
    assert read_day("3/4/2027", order=Order.MONTH_FIRST).other is None
    assert read_day("5/5/2027", order=None).other is None
    assert read_day("1º de enero de 2027", order=None).day == date(2027, 1, 1)


def test_a_chosen_order_is_kept_to():
    assert read_day("15/12/2026", order=Order.MONTH_FIRST).day is None
    assert read_day("12/15/2026", order=Order.DAY_FIRST).day is None


def test_the_order_of_a_column_shows_where_one_number_is_no_month():
    assert order_of(["3/4/2027", "14/3/2009"]) is Order.DAY_FIRST
    assert order_of(["3/4/2027", "3/14/2009", "x", "2026-12-15"]) is Order.MONTH_FIRST
    assert order_of(["3/4/2027", "4/5/2027"]) is None
    assert order_of(["14/3/2009", "3/14/2009"]) is None
    assert order_of(["14/14/2009"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "Wren Hadley", "Zoë Núñez", "Łukasz", "Nguyễn Thị Ánh", "Мария Иванова", "Ελένη", "李小龍", "たかし タカシ 高橋", "שָׁלוֹם",
        "محمد", "می‌خواهم", "ਸਿੰਘ", "क्ष", "O’Neill-García", "Anna (Аня)", "D'Arcy", "নাজমুল", "C++", "Ḥāfiẓ", "3º B",
    ],
)  # fmt: skip
def test_honest_names_look_fine(text):
    assert odd_look(text) is None


@pytest.mark.parametrize(
    ("text", "look", "word"),
    [
        ("Wrеn Hadley", Look.TWO_ALPHABETS, "Wrеn"),
        ("Jonah Ηadley", Look.TWO_ALPHABETS, "Ηadley"),
        ("Ｗｒｅｎ", Look.ODD_LETTERS, "Ｗｒｅｎ"),
        ("𝐖ren", Look.ODD_LETTERS, "𝐖ren"),
        ("oﬃce", Look.ODD_LETTERS, "oﬃce"),
        ("Wren\u202e yeldaH", Look.INVISIBLE, "Wren"),
        ("Wr\u200ben", Look.INVISIBLE, "Wren"),
        ("Wren\u200d", Look.INVISIBLE, "Wren"),
        ("Wren\ue000", Look.INVISIBLE, "Wren"),
        ("W" + "\u0335" * 20 + "ren", Look.MARKS, "W\u0335\u0335ren"[:3] + "ren"),
    ],
)
def test_what_stands_in_for_something_else_is_noticed(text, look, word):
    found = odd_look(text)
    assert found is not None
    assert found[0] is look
    if look is Look.MARKS:
        assert len(found[1]) < 8
    else:
        assert found[1] == word


@pytest.mark.parametrize("look", Look)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_looks_odd_is_said_in_both_languages(look, language):
    detail, remedy = odd(look, "Wren")
    assert "Wren" in CATALOGUES.say(language, detail)
    assert (CATALOGUES.say(language, remedy) == str(remedy)) is (language == "en")


def test_the_caution_about_zeros_names_the_column():
    assert "“No.”" in str(zeros_question("No."))
    assert "«No.»" in CATALOGUES.say("es", zeros_question("No."))
