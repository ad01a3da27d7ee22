"""Clocks that differ by four minutes are forgiven, by six they are not: in proofs, in tokens, where things end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.attacks.world import DAY, NOW, SCHOOL_SIGNER, judge, sign, sign_options, unsigned
from vc import Verdict
from vc.jose import JwtForm, sign_credential
from vc.timestamps import format_timestamp

FOUR, SIX = timedelta(minutes=4), timedelta(minutes=6)
GOOD = Verdict.GENUINE_AND_CURRENT


def vc_jwt(*, issued: datetime | None = None, **changes: Any) -> bytes:
    document = unsigned(**changes)
    return sign_credential(document, signer=SCHOOL_SIGNER, form=JwtForm.VC_JWT, embed_key=False, issued=issued).encode()


@pytest.mark.parametrize(
    "made",
    [
        lambda at: sign(unsigned(), created=at),
        lambda at: vc_jwt(issued=at),
        lambda at: sign(unsigned(validFrom=format_timestamp(at)), created=NOW),
    ],
    ids=["created", "iat", "validFrom"],
)
def test_R9_a_clock_ahead_of_ours_by_four_minutes_is_forgiven_and_by_six_is_not(made):
    assert judge(made(NOW + FOUR)).verdict is GOOD
    assert judge(made(NOW + SIX)).verdict is not GOOD
    assert judge(made(NOW - SIX)).verdict is GOOD, "what is past is no matter of clocks"


def test_R9_what_ended_four_minutes_ago_by_our_clock_may_not_have_ended_and_six_minutes_ago_has():
    def ends(at: datetime) -> dict[str, Any]:
        return sign_options(unsigned(), created=format_timestamp(NOW - DAY), expires=format_timestamp(at))

    assert judge(ends(NOW - FOUR)).verdict is GOOD
    assert judge(ends(NOW - SIX)).verdict is not GOOD
