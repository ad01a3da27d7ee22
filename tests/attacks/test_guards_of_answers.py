"""The guards of JSON itself, of what answers a question, and of what lies inside: with each, its attack is stopped;
without it, the attack gets through.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.attacks.guards import GENUINE, Case, Guard, naive, no_schema, verdict_of, verdict_without
from tests.attacks.test_nested import within
from tests.attacks.test_tokens_judged import shown, token
from tests.attacks.world import (
    ASKED,
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    LEARNER,
    LEARNER_SIGNER,
    NOW,
    SCHOOL_SIGNER,
    judge,
    present,
    sign,
    sign_options,
    signed,
    types,
    unsigned,
)
from vc import Verdict, timestamps
from vc.document import Document
from vc.multibase import base64url_decode, base64url_encode
from vc.nested import MAX_DEPTH
from vc.problems import MalformedDateError


def read_loosely(data: bytes, *, limits: Any) -> Document:
    """JSON as most programs read it."""
    assert limits
    return Document(bytes=data, value=json.loads(data))


def nothing(*_: Any, **__: Any) -> None:
    """A guard that is not there."""


STRICTLY = timestamps._moment
loose: Guard = ("vc.securing.parse", read_loosely)
extended: Guard = ("vc.jose.compact._refuse_extensions", nothing)
header_only: Guard = ("vc.jose.compact._check_header", nothing)
unlimited: Guard = ("vc.judging.check_limits", nothing)


def written(find: str, put: str, start: Callable[[], dict[str, Any]] = signed) -> Callable[[], bytes]:
    def make() -> bytes:
        text = json.dumps(start())
        assert find in text
        return text.replace(find, put, 1).encode()

    return make


def signed_loosely(value: Any) -> Callable[[], dict[str, Any]]:
    """A badge in which something stands that programs read differently, signed by one that does not mind."""

    def make() -> dict[str, Any]:
        document = unsigned()
        document["credentialSubject"]["creditsEarned"] = value
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*naive)
            return sign_options(document)

    return make


def in_words(value: str) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*naive)
            return sign_options(unsigned(name=value))

    return make


def encoded(name: str) -> Callable[[], bytes]:
    return lambda: json.dumps(signed()).encode(name)


def as_bytes(make: Callable[[], dict[str, Any]]) -> Callable[[], bytes]:
    return lambda: json.dumps(make()).encode()


def of_the_attacker(**changes: Any) -> dict[str, Any]:
    return present(signed(), signer=ATTACKER_SIGNER, **{"holder": ATTACKER, **changes})


def nested_deeply() -> dict[str, Any]:
    """A transcript of a transcript and so on, one level more than is looked at."""
    inner = without_status(1)
    for depth in range(MAX_DEPTH + 1):
        inner = within(depth, inner)
    return inner


def without_status(number: int) -> dict[str, Any]:
    return sign({name: value for name, value in unsigned(number).items() if name != "credentialStatus"})


def asked_for_more(name: str, value: str) -> bytes:
    """The school's token, honestly signed under a header that asks for something special."""
    header, payload, _ = token().split(".")
    said = json.loads(base64url_decode(header)) | {name: value}
    signing = f"{base64url_encode(json.dumps(said).encode())}.{payload}"
    return f"{signing}.{base64url_encode(SCHOOL_SIGNER.sign(signing.encode()))}".encode()


def read_generously(text: str) -> datetime:
    """A date as programs read it that take whatever looks like one."""
    try:
        return STRICTLY(text)
    except MalformedDateError:
        return NOW - 90 * DAY


def to_nobody() -> dict[str, Any]:
    bare = {name: value for name, value in present(signed()).items() if name != "proof"}
    return sign_options(bare, signer=LEARNER_SIGNER, proofPurpose="authentication")


CASES = [
    Case("N1 a member given twice", (loose, unlimited), written('"value": "A"', '"value": "C", "value": "A"')),
    Case("N2 NaN", (loose, unlimited, naive, no_schema), as_bytes(signed_loosely(float("nan")))),
    Case("N4 a number without end", (loose, unlimited, naive, no_schema), as_bytes(signed_loosely(float("inf")))),
    Case("N4 2^53+1", (loose, unlimited, naive, no_schema), as_bytes(signed_loosely(2**53 + 1))),
    Case("N6 a control character", (loose, unlimited, naive, no_schema), as_bytes(in_words("Welding\b I"))),
    Case("N6 N14 a zero", (loose, unlimited, naive, no_schema), as_bytes(in_words("Welding\0 I"))),
    *(Case(f"N7 {name}", (loose, unlimited), encoded(name)) for name in ("utf-8-sig", "utf-16", "utf-32-le")),
    Case(
        "G1 an answer to another question",
        (("vc.judging.presentations.check_answer", nothing),),
        lambda: present(signed(), challenge="c-0"),
        policy=ASKED,
    ),
    Case(
        "G2 an answer for another reader",
        (("vc.judging.presentations.check_answer", nothing),),
        lambda: present(signed(), domain="https://other.example"),
        policy=ASKED,
    ),
    Case(
        "G3 an answer to nobody",
        (("vc.judging.presentations.check_answer", nothing),),
        to_nobody,
        policy=ASKED,
    ),
    Case(
        "G4 a holder who did not sign",
        (("vc.judging.presentations.check_holder", nothing),),
        lambda: of_the_attacker(holder=LEARNER),
        policy=ASKED,
    ),
    Case(
        "D4 a token whose key is somebody else's",
        (("vc.token_checks.refuse_other_owner", nothing),),
        lambda: token(signer=ATTACKER_SIGNER).encode(),
    ),
    *(
        Case(
            f"D13 {name} {value!r}", (extended, header_only), lambda name=name, value=value: asked_for_more(name, value)
        )
        for name, value in (("zip", "DEF"), ("enc", "A256GCM"))
    ),
    *(
        Case(
            f"A33 {date}",
            (("vc.timestamps._moment", read_generously), no_schema),
            lambda date=date: sign(unsigned(validFrom=date)),
        )
        for date in ("2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-12-31T23:59:60Z", "2026-01-01t00:00:00z")
    ),
    Case("D12 B2 signed parts too deep", (("vc.nested.MAX_DEPTH", 99),), nested_deeply),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE


def test_G4_G5_without_the_guard_a_stranger_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = of_the_attacker()
    assert judge(shown, **ASKED).check("holder-binding").facts["binding"] == "notBound"
    monkeypatch.setattr("vc.presentation_checks.subjects_of", lambda credential: (ATTACKER,))
    assert judge(shown, **ASKED).check("holder-binding").facts["binding"] == "bound"


def test_G5_credentials_of_two_people_bind_nobody() -> None:
    other = unsigned(2)
    other["credentialSubject"]["id"] = ATTACKER
    report = judge(present(signed(), sign(other)), **ASKED)
    facts = report.check("holder-binding").facts
    assert (facts["binding"], facts["notBound"]) == ("notBound", ["/verifiableCredential/1"])
    assert report.verdict is Verdict.GENUINE_BUT


def test_G3_without_a_question_nobody_is_bound() -> None:
    assert judge(present(signed())).check("holder-binding").facts["binding"] == "notChecked"


@pytest.mark.parametrize(
    ("attack", "changes"), [("G1", {"challenge": "c-2"}), ("G2", {"domain": "https://other.example"})]
)
def test_G1_G2_a_token_that_answers_another_question_gets_through_without_the_guard(
    attack: str, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attack
    text = shown(without_status(1), **changes).encode()
    assert judge(text, **ASKED).verdict is Verdict.NOT_GENUINE
    monkeypatch.setattr("vc.token_checks.answer_problems", lambda jws, **_: [])
    assert judge(text, **ASKED).verdict in GENUINE


def test_D15_without_its_bound_a_token_of_any_length_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = token().encode()
    monkeypatch.setattr("vc.jose.compact.MAX_CHARACTERS", len(text) - 1)
    report = judge(text)
    assert (report.verdict, types(report)) == (Verdict.COULD_NOT_BE_CHECKED, {"budget-exceeded"})
    monkeypatch.setattr("vc.jose.compact.MAX_CHARACTERS", len(text))
    assert judge(text).verdict in GENUINE


def test_D13_an_encrypted_token_is_none_of_ours() -> None:
    """There is nothing that decrypts: no key, no password of many rounds, no compression."""
    header = base64url_encode(b'{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":1000000000,"p2s":"AAAA"}')
    report = judge(f"{header}.AAAA.AAAA.AAAA.AAAA".encode())
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_N3_without_the_guard_a_hundred_thousand_brackets_end_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'{"a":' + b"[" * 100_000
    assert judge(data).verdict is Verdict.COULD_NOT_BE_CHECKED
    monkeypatch.setattr(*loose)
    with pytest.raises(RecursionError):
        judge(data)
