"""The quick way to read a document and the strict one never disagree: the quick one may only decline."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.bench.samples import medium, small
from vc import document
from vc.document import Limits, parse, serialize
from vc.problems import ProblemError

LIMITS = Limits(max_bytes=1 << 20, max_depth=7, max_nodes=90, max_items=4, max_string=1 << 20)
PIECES = [
    *(b'"a":1,', b'"id":"x",', b"\\n", b"\\u0022", b'\\"', b"\\\\", b"\\u0000", b"\\b", b"\x7f", b"1e400", b"9007199254740993"),
    *(b"1.49999999999999999999", b"1.5", b"1e-400", b"1.5e0", b"0.30000000000000004"),
    *(b"-0", b"-0.0", b"null", b'{"a":1,"a":2}', b'"', b",", b"}", b"[", b'\\u000a":1,"', b" ", b"\\ud800", b"\xff", b":"),
    *(b"18446744073709551617", b'"x\\ty":1,', b'"q\\"":1,"q\\"":2,', b'"q":[1,2],', b'"":"",', b"NaN", b"\xef\xbb\xbf"),
]  # fmt: skip


def _strictly(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(document, "_quickly", lambda *_: None)
        return parse(data, limits=LIMITS).value


@pytest.mark.parametrize("seed", range(4))
def test_what_is_read_quickly_is_read_strictly_with_the_same_value(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    read = 0
    for _ in range(2_500):
        data = bytearray(serialize(small(seed)))
        for _ in range(rng.randrange(1, 3)):
            place = rng.randrange(len(data))
            if rng.random() < 0.5:
                place = max(0, data.find(rng.choice([b'"', b"{", b",", b":"]), place)) + rng.randrange(2)
            piece = rng.choice(PIECES)
            data[place : place + (len(piece) if rng.random() < 0.3 else 0)] = piece
        quick = document._quickly(bytes(data), LIMITS)
        if quick is not None:
            read += 1
            assert json.dumps(quick) == json.dumps(_strictly(bytes(data), monkeypatch))
    assert read > 100


def test_honest_documents_are_read_quickly() -> None:
    for value in (small(1), medium(1)):
        assert document._quickly(serialize(value), document.CREDENTIAL_LIMITS) == value
        assert document._quickly(json.dumps(value).encode(), document.CREDENTIAL_LIMITS) in (value, None)


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":1}', b'{"a":"","b":{"a":2,"a":{}}}', b'{"a\\"":1,"a\\"":1}', b'{"":0,"":0}']
)
def test_a_member_given_twice_is_never_overlooked(data: bytes) -> None:
    assert document._quickly(data, LIMITS) is None
    with pytest.raises(ProblemError, match="given twice"):
        parse(data, limits=LIMITS)
