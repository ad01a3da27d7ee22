"""What forms ask alike: a number, a version, a key, a place to return to."""

import pytest
from starlette.datastructures import FormData

from issuer.pages.forms import columns_of, form_key, lettered, place_kept, table_of, version_of
from kit.errors import BadInput
from kit.web import Form, whole


def given(**fields):
    return Form(FormData(fields))


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "١٢", "1e3", "1234567890", " 1", "²"])
def test_what_is_no_whole_number_of_ascii_digits_is_none(text):
    assert whole(text) is None


def test_a_whole_number_is_read_up_to_its_digits():
    assert (whole("007"), whole("123456789"), whole("1234", digits=3)) == (7, 123456789, None)
    assert given(hours=" 12 ").whole("hours") == 12


@pytest.mark.parametrize(("said", "read"), [("", None), ("0", 0), ("7", 7), ("9" * 5000, -1), ("seven", -1)])
def test_a_version_that_cannot_be_read_is_none_that_there_ever_was(said, read):
    assert version_of(given(version=said)) == read


def test_the_same_page_is_the_same_key_and_another_sheet_from_it_is_another():
    page = given(key="k")
    assert form_key(page) == form_key(page) == "form-k"
    assert form_key(page, b"one") == form_key(page, b"one") != form_key(page, b"two")
    assert len(form_key(given(key="k" * 5000), b"one")) < 200
    with pytest.raises(BadInput):
        form_key(given(key=""))


def test_what_was_pasted_is_a_sheet_and_nothing_is_none():
    table = table_of(given(text=" a\tb\n"), largest=10)
    assert (table.data, table.encoding, table.name) == (b" a\tb\n", "utf-8", "")
    with pytest.raises(BadInput) as caught:
        table_of(given(text=" \n"), largest=10)
    assert caught.value.field == "file"


def test_columns_are_numbers_or_none():
    form = Form(FormData({"columns/name": "0", "columns/mail": "", "columns/number": "1234", "other": "x"}))
    assert columns_of(form) == {"name": 0, "mail": None, "number": 1234}
    assert lettered(["Name", ""]) == [(0, "A", "Name"), (1, "B", "")]


@pytest.mark.parametrize("said", ["12345", "-1", "x", "1.5", "١"])
def test_a_column_that_cannot_be_read_is_not_taken_for_none(said):
    with pytest.raises(BadInput) as caught:
        columns_of(Form(FormData({"columns/name": "0", "columns/mail": said})))
    assert caught.value.field == "columns/mail"


def test_the_place_in_a_list_is_kept_while_there_is_something_in_it():
    form = given(only="problem", page="3")
    assert place_kept(form, lambda _change: 1, ("problem",)) == "?only=problem&page=3"
    assert place_kept(form, lambda _change: 0, ("problem",)) == ""
    assert place_kept(given(only="all", page="2"), lambda _change: 0, ("problem",)) == "?only=all&page=2"
    assert place_kept(given(), lambda _change: 0, ()) == ""
