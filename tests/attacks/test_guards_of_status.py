"""The guards of status, of newer versions and of named schemas: without each, its attack gets through."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.attacks.guards import GENUINE, Case, no_schema, verdict_of, verdict_without
from tests.attacks.world import (
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    INDEX,
    NOW,
    REVOCATIONS,
    SCHOOL,
    evidence,
    judge,
    plain,
    policy,
    resource,
    sign,
    signed,
    status_list,
    unsigned,
)
from vc import Verdict, serialize, verify
from vc.multibase import base64url_encode
from vc.status import encode_list

EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
PRIVATE = "https://127.0.0.1/status/1"
LIST = "https://lists.example/withdrawn"
SCHEMA = "https://school.example/schema"


def entry_with(**members: Any) -> Any:
    return lambda: sign(unsigned(credentialStatus=plain(unsigned()["credentialStatus"][0]) | members))


def with_list(change: Any = None, **options: Any) -> Any:
    return lambda: (resource(REVOCATIONS, status_list(change=change, **options)),)


def encoded(bits: bytes) -> Any:
    text = "u" + base64url_encode(gzip.compress(bits, mtime=0))
    return lambda document: document["credentialSubject"].update(encodedList=text)


def one_bad() -> dict[str, Any]:
    document = unsigned()
    document["credentialStatus"][2]["statusSize"] = 9
    return sign(document)


def altered() -> tuple[Any, ...]:
    """A list in which somebody else has cleared the badge."""
    document = status_list(set_indices=(70_001,))
    document["credentialSubject"]["encodedList"] = encode_list((), length=131_072)
    return (resource(REVOCATIONS, document),)


def extended(**members: Any) -> dict[str, Any]:
    document = unsigned(**members)
    document["@context"].append(EXTENSIONS)
    return sign(document)


def no_objection(*_: Any, **__: Any) -> None:
    return None


def from_the_other_end(bits: bytes, *, index: int, size: int) -> int:
    """A position of one bit as a Token Status List counts it."""
    assert size == 1 or index
    return bits[index >> 3] >> (index & 7) & 1


CASES = [
    Case("H2 an altered list", (("vc.status_checks.refuse_unverified", no_objection),), signed, more=altered),
    Case(
        "H3 a list for another purpose",
        (("vc.status.lists.refuse_other_list", no_objection),),
        signed,
        more=with_list(purpose="suspension"),
    ),
    Case(
        "H4 an index in another spelling",
        (("vc.status.entries._INDEX", re.compile("[0-9]+")),),
        entry_with(statusListIndex="0000000009"),
    ),
    Case(
        "H5 a list that expands without end",
        (("vc.status.bits.MAX_LIST_BYTES", 1 << 30),),
        signed,
        more=with_list(encoded(bytes((2 << 20) + 1))),
    ),
    Case(
        "H6 a list too short to hide anybody",
        (("vc.status.bits.MINIMUM_ENTRIES", 8),),
        entry_with(statusListIndex="9"),
        more=with_list(encoded(bytes(2))),
    ),
    Case(
        "H7 a list that cannot be had",
        (("vc.checks.Findings.doubt", no_objection),),
        signed,
        more=lambda: (resource(REVOCATIONS, b"", error="timeout", final=0),),
    ),
    Case(
        "H8 a list past the end that it names itself",
        (("vc.status.lists.life_of", no_objection),),
        signed,
        more=with_list(lambda document: document["credentialSubject"].update(ttl=1)),
    ),
    Case(
        "H15 the bits of a byte from the other end",
        (("vc.status.lists.read_entry", from_the_other_end),),
        signed,
        more=lambda: (resource(REVOCATIONS, status_list(set_indices=(INDEX,))),),
    ),
    Case(
        "H16 one bad entry among three",
        (("vc.checks.Findings.doubt", no_objection),),
        one_bad,
    ),
    Case(
        "H17 a list at a private place",
        (("vc.status_checks.parse_url", lambda text, **_: text),),
        entry_with(statusListCredential=PRIVATE),
        more=lambda: (resource(PRIVATE, status_list(PRIVATE)),),
    ),
    Case(
        "H17 a list with a status of its own",
        (no_schema,),
        signed,
        more=with_list(lambda document: document.update(credentialStatus=unsigned()["credentialStatus"][0])),
    ),
    Case(
        "H2 an unsigned list of another issuer",
        (("vc.status_checks.refuse_other_issuer", lambda listed_by, document: SCHOOL),),
        lambda: extended(credentialStatus={"id": LIST, "type": "1EdTechRevocationList"}),
        more=lambda: (resource(LIST, {"id": LIST, "issuer": ATTACKER, "revokedCredential": []}),),
    ),
    Case(
        "A35 a schema that refers elsewhere",
        (("vc.named_schemas.refuse_unsafe", no_objection),),
        lambda: extended(credentialSchema=[{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]),
        more=lambda: (resource(SCHEMA, {"allOf": [{"$id": "https://evil.example/", "type": "object"}]}),),
    ),
    Case(
        "A35 a schema that doubles with every level",
        (("vc.named_schemas.refuse_costly", no_objection),),
        lambda: extended(credentialSchema=[{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]),
        more=lambda: (resource(SCHEMA, doubling(15)),),
    ),
]


def doubling(levels: int) -> dict[str, Any]:
    """Two to the power of fifteen looks; forty levels would be two to the power of forty."""
    steps = {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/0", "$defs": steps | {str(levels): {"type": "object"}}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE


def test_H2_hearsay_withdraws_nothing_and_without_the_guard_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    document = extended(credentialStatus={"id": LIST, "type": "1EdTechRevocationList"})
    body = {"id": LIST, "issuer": SCHOOL, "revokedCredential": [{"id": document["id"]}]}
    assert judge(document, resource(LIST, body)).verdict is Verdict.COULD_NOT_BE_CHECKED
    monkeypatch.setattr("vc.status_checks.is_own_address", lambda *_, **__: True)
    assert judge(document, resource(LIST, body)).verdict is Verdict.WITHDRAWN


def test_H1_another_issuers_newer_version_is_no_news_and_without_the_guard_it_would_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = "https://school.example/newest/1"
    document = extended(refreshService={"id": service, "type": "1EdTechCredentialRefresh"})
    theirs = unsigned(issuer={**unsigned()["issuer"], "id": ATTACKER}, validFrom="2027-03-02T00:00:00Z")
    del theirs["credentialStatus"]
    answer = resource(service, sign(theirs, signer=ATTACKER_SIGNER, created=NOW - DAY / 2))
    wish = replace(policy(), follow_refresh=True)

    def verdict() -> Verdict:
        return verify(serialize(document), evidence=evidence(answer), policy=wish, now=NOW).verdict

    assert verdict() is Verdict.GENUINE_AND_CURRENT
    monkeypatch.setattr("vc.refresh_checks.refuse_other", no_objection)
    assert verdict() is Verdict.GENUINE_BUT
