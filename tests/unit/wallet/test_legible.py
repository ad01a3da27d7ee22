"""Attacks M10 and M11: texts that turn the words around them, or pile marks on one letter, are shown without that."""

import json

import pytest

from tests.unit.wallet.samples import award
from wallet.service.legible import MOST_MARKS, legible, legible_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bridge building", "Bridge building"),
        ("Not \u202enwardhtiw\u202c", "Not nwardhtiw"),
        ("\u2067abc\u2069\u2066", "abc"),
        ("Z" + "\u0354" * 400 + "a", "Z" + "\u0354" * MOST_MARKS + "a"),
        ("Z" + "\u0354\u20dd" * 400, "Z" + "\u0354\u20dd" * (MOST_MARKS // 2)),
        ("", ""),
    ],
)
def test_M10_what_turns_or_piles_up_is_not_shown(text, shown):
    assert legible_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "\u0928\u092e\u0938\u094d\u0924\u0947 \u200d",
        "\u0e17\u0e35\u0e48\u0e19\u0e31\u0e48\u0e19",
        "Vi\u1ec7t Nam e\u0302\u0301",
        "\u0633\u064e\u0644\u0651\u064e\u0627\u0645\u200c \u200f",
        "\U0001f469\u200d\U0001f52c",
    ],
)
def test_what_scripts_need_stays(text):
    assert legible_text(text) == text


def test_members_and_everything_else_stay():
    document = json.loads(award())
    assert legible(document) == document
    turned = {"a\u202e": ["\u202eb", {"c": 1, "d": None, "e": [True, 1.5]}]}
    assert legible(turned) == {"a\u202e": ["b", {"c": 1, "d": None, "e": [True, 1.5]}]}
