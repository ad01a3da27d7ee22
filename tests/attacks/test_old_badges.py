"""Attacks on badges of Open Badges 2.0, which the catalogue does not list: a badge that lies elsewhere, or is another's.

Each row names the guard that stops it; switched off, the attack gets through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from kit.fetch.kinds import KINDS
from tests.attacks.old_badges import (
    ASSERTION,
    CLASS,
    HOST,
    ISSUER,
    KEY,
    LIST,
    assertion,
    at,
    badge_class,
    judge,
    key_document,
    pem,
    private_key,
    profile,
    revocations,
    signed_assertion,
    token,
)
from tests.attacks.world import DAY, NOW, types
from vc import Verdict
from vc.keys import PublicKey
from vc.openbadges2.keys import parse_pem
from vc.wanted import Wanted

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
EVIL = "https://evil.example"
GRAPH = "vc.openbadges2.graph"
HERE = "vc.openbadges2.verification"


def no_objection(*_: Any, **__: Any) -> None:
    return None


@dataclass(frozen=True)
class Case:
    attack: str
    problem: str
    guards: tuple[tuple[str, Any], ...]
    badge: Callable[[], Any]
    more: Callable[[], tuple[Any, ...]] = tuple
    options: dict[str, Any] = field(default_factory=dict)


def elsewhere(name: str) -> Callable[[], tuple[Any, ...]]:
    return lambda: (at(name, assertion(id=name)),)


def public(number: int) -> dict[str, Any]:
    key = parse_pem(pem(number))
    assert isinstance(key, PublicKey)
    return dict(key.jwk)


def copied_profile() -> dict[str, Any]:
    """A badge at the attacker's address, with the school's profile as the attacker would have it."""
    allowed = profile(verification={"allowedOrigins": "evil.example"})
    return assertion(id=f"{EVIL}/badges/1", badge=badge_class(issuer=allowed, id="urn:uuid:1"))


OUTSIDE = ((f"{HERE}.refuse_outside", no_objection),)
CASES = [
    Case(
        "O1 the copy in hand was changed",
        "hosted-copy",
        ((f"{HERE}.difference", no_objection),),
        lambda: assertion(narrative="Welded a bridge."),
    ),
    Case(
        "O1 a copied badge class was changed",
        "hosted-copy",
        ((f"{HERE}.difference", no_objection),),
        lambda: assertion(badge=badge_class(name="Doctor of Welding")),
    ),
    Case(
        "O2 it lies at another host",
        "hosted-elsewhere",
        OUTSIDE,
        lambda: assertion(id=f"{EVIL}/badges/1"),
        elsewhere(f"{EVIL}/badges/1"),
    ),
    Case(
        "O2 it lies at a host that begins alike",
        "hosted-elsewhere",
        ((f"{GRAPH}.is_below", lambda name, start, context: name.startswith(start)),),
        lambda: assertion(id="https://old.example.evil.example/1"),
        lambda: (
            at("https://old.example.evil.example/1", assertion(id="https://old.example.evil.example/1")),
            at(
                ISSUER,
                profile(
                    verification={"startsWith": HOST, "allowedOrigins": ["old.example", "old.example.evil.example"]}
                ),
            ),
        ),
    ),
    Case(
        "O2 it lies outside the path that the issuer names",
        "hosted-elsewhere",
        OUTSIDE,
        lambda: assertion(id=f"{HOST}/users/mallory/1"),
        lambda: (
            *elsewhere(f"{HOST}/users/mallory/1")(),
            at(ISSUER, profile(verification={"startsWith": [f"{HOST}/badges/"]})),
        ),
    ),
    Case(
        "O3 the copied profile allows another host",
        "hosted-elsewhere",
        ((f"{HERE}.issuer_of", lambda reference, context: (reference, at(ISSUER, profile()))),),
        copied_profile,
        lambda: (at(f"{EVIL}/badges/1", copied_profile()),),
    ),
    Case(
        "O4 a badge class of another issuer",
        "hosted-elsewhere",
        OUTSIDE,
        lambda: assertion(badge="https://famous.example/class"),
        lambda: (
            at(
                "https://famous.example/class",
                badge_class(id="https://famous.example/class", issuer="https://famous.example/issuer"),
            ),
            at("https://famous.example/issuer", profile(id="https://famous.example/issuer", name="Famous")),
        ),
        {"hosted": assertion(badge="https://famous.example/class")},
    ),
    Case(
        "O4 a copied badge class at another's address",
        "hosted-elsewhere",
        ((f"{HERE}.refuse_borrowed", no_objection),),
        lambda: assertion(badge=badge_class(id="https://famous.example/class")),
        tuple,
        {"hosted": assertion(badge=badge_class(id="https://famous.example/class"))},
    ),
    Case(
        "O5 a key that the issuer does not list",
        "INVALID_VERIFICATION_METHOD",
        (
            (
                f"{HERE}.key_of",
                lambda issuer, creator, context: (str(creator), parse_pem(pem(2))),
            ),
        ),
        lambda: token(signed_assertion(verification={"type": "SignedBadge", "creator": f"{EVIL}/key"}), number=2),
        lambda: (at(f"{EVIL}/key", key_document(id=f"{EVIL}/key", publicKeyPem=pem(2))),),
    ),
    Case(
        "O5 a key of another owner",
        "INVALID_VERIFICATION_METHOD",
        (("vc.openbadges2.keys.refuse_other_owner", no_objection),),
        lambda: token(signed_assertion(), number=2),
        lambda: (at(KEY, key_document(owner=f"{EVIL}/issuer", publicKeyPem=pem(2))),),
    ),
    Case(
        "O6 a key in the token",
        "INVALID_VERIFICATION_METHOD",
        ((f"{HERE}.refuse_embedded", no_objection), (f"{HERE}.verify_jws", no_objection)),
        lambda: token(signed_assertion(), number=2, jwk=public(2)),
    ),
    Case(
        "O6 signed with another key",
        "PROOF_VERIFICATION_ERROR",
        ((f"{HERE}.verify_jws", no_objection),),
        lambda: token(signed_assertion(), number=2),
    ),
    Case(
        "O7 a hosted copy from a cache of last month",
        "stale-evidence",
        ((f"{HERE}.refuse_stale", no_objection),),
        assertion,
        lambda: (at(ASSERTION, assertion(), retrieved=NOW - 30 * DAY),),
    ),
    Case(
        "O7 a list from a cache of last month",
        "stale-evidence",
        ((f"{HERE}.refuse_stale", no_objection),),
        lambda: token(signed_assertion()),
        lambda: (at(LIST, revocations(), retrieved=NOW - 30 * DAY),),
    ),
    Case(
        "O8 a list of another issuer clears it",
        "STATUS_VERIFICATION_ERROR",
        ((f"{HERE}.revoked_in", lambda value, issuer: {}),),
        lambda: token(signed_assertion()),
        lambda: (at(LIST, revocations(issuer=f"{EVIL}/issuer")),),
    ),
    Case(
        "O9 another object at the address",
        "unsupported",
        ((f"{GRAPH}.is_same_name", lambda one, other: True),),
        assertion,
        lambda: (at(CLASS, badge_class(id=f"{EVIL}/class")),),
    ),
]


def verdict_of(case: Case) -> Any:
    return judge(case.badge(), *case.more(), **case.options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    report = verdict_of(case)
    assert report.verdict not in GENUINE
    assert case.problem in types(report)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, replacement in case.guards:
        monkeypatch.setattr(path, replacement)
    assert verdict_of(case).verdict in GENUINE


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/1",
        "https://localhost/1",
        "file:///etc/passwd",
        "https://user@old.example/1",
        "urn:uuid:1",
        "x",
    ],
)
def test_O10_nothing_is_asked_at_a_private_place(address: str) -> None:
    for document in (
        assertion(id=address),
        assertion(badge=address),
        assertion(badge=badge_class(issuer=address)),
    ):
        report = judge(document, hosted=document)
        assert report.verdict not in GENUINE
        assert not report.missing


def test_O11_a_redirect_is_not_followed() -> None:
    kinds = (Wanted.HOSTED_BADGE, Wanted.BADGE_OBJECT, Wanted.REVOCATION_LIST, Wanted.SCHEMA, Wanted.CREDENTIAL)
    assert [KINDS[wanted].redirects for wanted in kinds] == [0] * 5
    moved = at(ASSERTION, b"", final=302, error="http-status")
    assert judge(assertion(), moved).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_O12_what_says_that_it_is_signed_and_is_not() -> None:
    report = judge(signed_assertion(), hosted=signed_assertion())
    assert report.verdict is Verdict.NOT_GENUINE
    assert "unsecured" in types(report)


def test_O12_a_token_that_says_that_it_is_hosted() -> None:
    for verification in ({"type": "hosted"}, {"type": ["signed", "hosted"]}, "signed", None):
        document = assertion(verification=verification) if verification else assertion()
        report = judge(token({**document, "verification": verification}))
        assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_the_keys_are_two() -> None:
    assert private_key(1) is not private_key(2)
    assert CLASS.startswith(HOST)
