"""Resources that a credential names together with their digests: the right ones, the wrong ones, and their places."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from vc import DocumentKind, ProblemError, jsonld
from vc.credential import CONTEXT
from vc.multibase import encode_multibase
from vc.problems import MalformedValueError, SchemaViolationError, Unsupported
from vc.related import _digests
from vc.rules import rules

DATA = jsonld.context_bytes(CONTEXT) or b""
OTHER = b"something else"


def sri(name: str, data: bytes) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def multibase(header: bytes, data: bytes, encoding: str = "u", name: str = "sha256") -> str:
    return encode_multibase(header + hashlib.new(name, data).digest(), encoding=encoding)


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    """What is carried under an address is worked out in each test by itself."""
    _digests.cache_clear()


def problems(related: Any) -> list[ProblemError]:
    """What is wrong with a credential that names these resources."""
    return list(rules({"@context": [CONTEXT], "relatedResource": related}, kind=DocumentKind.CREDENTIAL))


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        ({"digestSRI": sri("sha384", DATA)}, None),
        ({"digestSRI": [sri("sha256", DATA), sri("sha512", DATA) + "?ct=application/ld+json"]}, None),
        ({"digestSRI": f"{sri('sha512', DATA)} {sri('sha256', OTHER)}"}, None),
        ({"digestSRI": f"{sri('sha512', OTHER)} {sri('sha256', DATA)}"}, SchemaViolationError),
        ({"digestSRI": f"{sri('sha256', OTHER)} {sri('sha256', DATA)}"}, None),
        ({"digestSRI": sri("sha256", DATA) + "?ct=text-plain"}, None),
        ({"digestSRI": "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"}, None),
        ({"digestSRI": sri("sha384", OTHER)}, SchemaViolationError),
        ({"digestSRI": "md5-AAAA"}, Unsupported),
        ({"digestSRI": "sha256-A"}, MalformedValueError),
        ({"digestMultibase": multibase(b"\x12\x20", DATA)}, None),
        ({"digestMultibase": multibase(b"\x12\x20", DATA, "z")}, None),
        ({"digestMultibase": multibase(b"", DATA)}, None),
        ({"digestMultibase": multibase(b"\x20\x30", DATA, name="sha384")}, None),
        ({"digestMultibase": multibase(b"\x13\x40", DATA, name="sha512")}, None),
        ({"digestMultibase": multibase(b"\x13\x20", DATA)}, SchemaViolationError),
        ({"digestSRI": sri("sha256", DATA).replace("=", "*=")}, MalformedValueError),
        ({"digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}, None),
        ({"digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"}, SchemaViolationError),
        ({"digestMultibase": "xAAAA"}, MalformedValueError),
        ({"digestMultibase": [5]}, MalformedValueError),
        ({}, SchemaViolationError),
        ({"id": "https://a.example/", "digestSRI": "md5-AAAA"}, None),
        ({"id": 5}, MalformedValueError),
    ],
)
def test_digests_of_related_resources(resource: dict[str, Any], problem: type[Exception] | None) -> None:
    related = {"id": CONTEXT, **resource}
    member = "id" if problem is not None and "id" in resource else next(iter(resource), "")
    for value, place in ((related, ""), ([related], "/0")):
        found = problems(value)
        assert [type(item) for item in found] == ([] if problem is None else [problem])
        where = f"/relatedResource{place}/{member}".removesuffix("/")
        assert all(item.pointer in (where, where + "/0") for item in found)


def test_a_resource_is_named_once_and_has_a_digest() -> None:
    one = {"id": CONTEXT, "digestSRI": sri("sha256", DATA)}
    assert [problem.pointer for problem in problems([one, one])] == ["/relatedResource/1/id"]
    assert [problem.pointer for problem in problems("x")] == ["/relatedResource/0"]
    assert not problems([one, {"digestSRI": "sha256-AAAA"}])


def test_a_digest_is_so_long_and_no_longer() -> None:
    for length, problem in ((200, SchemaViolationError), (201, MalformedValueError)):
        text = "u" + "A" * (length - 1)
        assert [type(found) for found in problems({"id": CONTEXT, "digestMultibase": text})] == [problem]


def test_of_many_digests_the_last_counts_too() -> None:
    many = " ".join([sri("sha256", OTHER)] * 40)
    assert not problems({"id": CONTEXT, "digestSRI": f"{many} {sri('sha512', DATA)}"})
    assert [problem.pointer for problem in problems({"id": CONTEXT, "digestSRI": many})] == [
        "/relatedResource/digestSRI"
    ]
