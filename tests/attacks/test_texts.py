"""M10, N4, N6 and N8, as far as the core decides: texts that trick the eye, texts that are too long, numbers that are none.

What changes how a page looks (direction, width, height) is signed as it stands and isolated by the page; what programs
read differently is refused before anybody asks who signed it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.world import judge, sign, types, unsigned
from vc import AchievementCredential, Verdict, serialize
from vc.document import CREDENTIAL_LIMITS, parse
from vc.problems import BudgetExceeded, MalformedValueError, ParsingError

REFUSED = ["\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1b[31m", "\x1f", "\x7f"]
KEPT = [
    "Welding\u202ePhD", "W\u200belding", "Weld\u0301\u0301\u0301\u0301ing", "Welding\u2028I", "\ufeffWelding", "\U0001f600",
    "مرحبا", "焊接", "<script>", "Welding\tI", "Welding\nI", "\u0085", "K", "ﬁ",
]  # fmt: skip


def named(name: str) -> dict[str, Any]:
    """A badge with this name, signed."""
    return sign(unsigned(name=name))


@pytest.mark.parametrize("text", REFUSED, ids=repr)
def test_N6_control_characters_are_refused(text: str) -> None:
    data = serialize({**unsigned(), "name": f"Welding{text}"})
    with pytest.raises(MalformedValueError, match="control character") as caught:
        parse(data, limits=CREDENTIAL_LIMITS)
    assert caught.value.pointer == "/name"


@pytest.mark.parametrize("text", KEPT, ids=repr)
def test_M10_other_texts_are_signed_and_read_as_they_stand(text: str) -> None:
    document = named(text)
    assert judge(document).verdict is Verdict.GENUINE_AND_CURRENT
    assert AchievementCredential.view(document).name == text
    changed = {**document, "name": text + "\u200b"}
    assert judge(changed).verdict is Verdict.NOT_GENUINE


def test_M10_a_name_of_ten_million_characters_is_not_read() -> None:
    data = serialize({**unsigned(), "name": "W" * 10_000_000})
    with pytest.raises(BudgetExceeded):
        parse(data, limits=CREDENTIAL_LIMITS)


def test_N8_two_spellings_of_one_letter_are_two_texts() -> None:
    document = named("Jos\u00e9")
    assert judge({**document, "name": "Jose\u0301"}).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "9007199254740993", "NaN", "Infinity", "1.00000000000000000001", "01"]
)
def test_N4_numbers_that_programs_read_differently_are_refused(number: str) -> None:
    data = serialize({**unsigned(), "x": 0}).replace(b'"x":0', f'"x":{number}'.encode())
    with pytest.raises((MalformedValueError, ParsingError)):
        parse(data, limits=CREDENTIAL_LIMITS)


@pytest.mark.parametrize("value", [4, 4.5, True, ["4"], {"@value": 4}, None])
def test_N4_N13_a_result_is_a_text(value: Any) -> None:
    document = unsigned()
    document["credentialSubject"]["result"][0]["value"] = value
    report = judge({**document, "proof": sign(unsigned())["proof"]})
    assert report.verdict is not Verdict.GENUINE_AND_CURRENT
    assert "schema-violation" in types(report)


@pytest.mark.parametrize("value", ["4", True, [4], {}, None])
def test_N4_credits_are_a_number(value: Any) -> None:
    document = unsigned()
    document["credentialSubject"]["creditsEarned"] = value
    report = judge({**document, "proof": sign(unsigned())["proof"]})
    assert "schema-violation" in types(report)
