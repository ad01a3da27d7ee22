"""How single values are written, at the bounds of what is read."""

from __future__ import annotations

import pytest

from tests.unit.vc.jsonld.documents import node, text
from vc.jsonld.grammar import XSD, Unwritable, canonical_json, is_language_tag, number
from vc.problems import DataLossError


def test_a_language_tag_has_at_most_64_characters() -> None:
    longest = "en" + "-abcdefgh" * 6 + "-abcdefg"
    assert len(longest) == 64
    assert is_language_tag(longest)
    assert not is_language_tag(longest + "h")
    assert not is_language_tag("en" + "-abcdefgh" * 30)


@pytest.mark.parametrize("bound", [2**53 - 1, -(2**53) + 1])
def test_whole_numbers_are_read_up_to_the_bound_and_no_further(bound: int) -> None:
    beyond = bound + (1 if bound > 0 else -1)
    assert canonical_json(bound) == str(bound)
    assert number(bound, None) == (str(bound), XSD + "integer")
    with pytest.raises(Unwritable):
        canonical_json(beyond)
    with pytest.raises(Unwritable):
        number(beyond, None)


def test_a_whole_number_with_a_point_keeps_the_datatype_that_its_term_has() -> None:
    assert number(-3.0, XSD + "decimal") == ("-3", XSD + "decimal")
    assert number(0.0, XSD + "decimal") == ("0", XSD + "decimal")
    assert number(0.0, None) == ("0", XSD + "integer")
    with pytest.raises(Unwritable):
        number(-0.0, None)


def test_the_smallest_fraction_that_is_read_is_a_millionth() -> None:
    assert number(1e-6, None) == ("1.0E-6", XSD + "double")
    with pytest.raises(Unwritable):
        number(9.99e-7, None)


@pytest.mark.parametrize(("value", "kind"), [(True, "boolean"), (3, "integer"), (1.5, "double"), ("x", "string")])
def test_what_plain_json_says_is_not_written_out_with_its_type(value: object, kind: str) -> None:
    with pytest.raises(DataLossError, match="plain JSON"):
        text(node(name={"@value": value, "@type": XSD + kind}))


def test_a_value_may_have_a_datatype_that_plain_json_cannot_give_it() -> None:
    assert f'"3"^^<{XSD}decimal>' in text(node(name={"@value": 3, "@type": XSD + "decimal"}))
