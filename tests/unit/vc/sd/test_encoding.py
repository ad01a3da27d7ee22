"""The two proof values: what is written is read back, and nothing else is."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.selective import HMAC_KEY, KEY
from vc.problems import BudgetExceeded, CryptographicSecurityError, ProblemError, ProofVerificationError
from vc.proof.sd import encoding
from vc.proof.sd.encoding import BaseProofValue, DerivedProofValue, multikey_bytes, parse_proof_value, proof_value_of

SIGNATURE = bytes(range(64))
OTHER = bytes(range(64, 128))
BASE = bytes.fromhex("d95d00")
DERIVED = bytes.fromhex("d95d01")
KEY_BYTES = multikey_bytes(KEY)


def base(**changes: object) -> list[object]:
    parts = {"signature": SIGNATURE, "key": KEY_BYTES, "hmac": HMAC_KEY, "signatures": [OTHER], "pointers": ["/a"]}
    return list((parts | changes).values())


def derived(**changes: object) -> list[object]:
    labels = {0: bytes(32), 1: b"\1" * 32}
    parts = {"signature": SIGNATURE, "key": KEY_BYTES, "signatures": [OTHER], "labels": labels, "indexes": [0, 3]}
    return list((parts | changes).values())


def test_each_is_read_back_as_it_was_written() -> None:
    value = BaseProofValue(
        signature=SIGNATURE, public_key=KEY, hmac_key=HMAC_KEY, signatures=(OTHER,), mandatory_pointers=("/a",)
    )
    assert value.to_bytes() == BASE + cbor2.dumps(base())
    assert parse_proof_value(value.to_bytes()) == value
    assert HMAC_KEY.hex() not in repr(value)
    assert repr(HMAC_KEY) not in repr(value)
    shown = DerivedProofValue(
        signature=SIGNATURE,
        public_key=KEY,
        signatures=(OTHER,),
        labels={0: bytes(32), 1: b"\1" * 32},
        mandatory_indexes=(0, 3),
    )
    assert shown.to_bytes() == DERIVED + cbor2.dumps(derived())
    assert parse_proof_value(shown.to_bytes()) == shown


@pytest.mark.parametrize(
    ("components", "reason"),
    [
        (base(signature=SIGNATURE[:63]), "a signature is not 64 bytes"),
        (base(key=KEY_BYTES[:34]), "the key made"),
        (base(key=b"\xed\x01" + KEY_BYTES[2:]), "the key made"),
        (base(key="text"), "the key made"),
        (base(hmac=HMAC_KEY[:31]), "the HMAC key"),
        (base(signatures={}), "not an array"),
        (base(signatures=["x" * 64]), "a signature is not 64 bytes"),
        (base(pointers="/a"), "the mandatory pointers"),
        (base(pointers=[0]), "the mandatory pointers"),
        ([*base(), 0], "not five components"),
        ({0: SIGNATURE}, "not five components"),
    ],
)
def test_a_base_proof_of_another_shape(components: object, reason: str) -> None:
    with pytest.raises(ProofVerificationError, match=reason):
        parse_proof_value(BASE + cbor2.dumps(components))


@pytest.mark.parametrize(
    ("components", "reason"),
    [
        (derived(labels=[]), "the labels are not"),
        (derived(labels={"0": bytes(32)}), "the labels are not"),
        (derived(labels={0: bytes(31)}), "the labels are not"),
        (derived(labels={1: bytes(32)}), "left out or given twice"),
        (derived(labels={0: bytes(32), 1: bytes(32)}), "left out or given twice"),
        (derived(indexes={}), "the mandatory indexes are not numbers"),
        (derived(indexes=["0"]), "the mandatory indexes are not numbers"),
        (derived(indexes=[1, 0]), "not in order"),
        (derived(indexes=[1, 1]), "not in order"),
    ],
)
def test_a_derived_proof_of_another_shape(components: object, reason: str) -> None:
    with pytest.raises(ProofVerificationError, match=reason):
        parse_proof_value(DERIVED + cbor2.dumps(components))


def test_a_key_that_is_no_point_of_its_curve() -> None:
    with pytest.raises(CryptographicSecurityError):
        parse_proof_value(DERIVED + cbor2.dumps(derived(key=KEY_BYTES[:3] + b"\xff" * 32)))


@pytest.mark.parametrize(
    ("header", "components"),
    [
        (BASE, base(signatures=[OTHER] * (encoding.MAX_SIGNATURES + 1))),
        (BASE, base(pointers=["/a"] * (encoding.MAX_POINTERS + 1))),
        (BASE, base(pointers=["/" + "a" * encoding.MAX_POINTER])),
        (DERIVED, derived(labels={number: number.to_bytes(32, "big") for number in range(encoding.MAX_LABELS + 1)})),
    ],
)
def test_more_than_is_looked_at(header: bytes, components: object) -> None:
    with pytest.raises(BudgetExceeded):
        parse_proof_value(header + cbor2.dumps(components))


WRITTEN = cbor2.dumps(derived())


@pytest.mark.parametrize(
    "data",
    {
        "nothing": b"",
        "cut off": WRITTEN[:-1],
        "something behind it": WRITTEN + b"\0",
        "a tag around it": cbor2.dumps(cbor2.CBORTag(0x5D01, derived())),
        "a tag that would be acted on": cbor2.dumps(derived(indexes=[cbor2.CBORTag(2, b"\1")])),
        "an open array": b"\x9f" + WRITTEN[1:] + b"\xff",
        "a longer spelling": b"\x98\x05" + WRITTEN[1:],
        "a number below zero": cbor2.dumps(derived(indexes=[-1])),
        "a fraction": cbor2.dumps(derived(indexes=[1.0])),
        "truth": cbor2.dumps(derived(indexes=[True])),
        "a label twice": WRITTEN.replace(b"\x01" + cbor2.dumps(b"\1" * 32), b"\x00" + cbor2.dumps(b"\1" * 32)),
        "a length beyond the end": b"\x9b" + b"\xff" * 8,
        "arrays without end": b"\x81" * 100_000,
        "a text that is none": b"\x61\xff",
        "a map by arrays": b"\xa1\x80\x00",
    }.items(),
    ids=lambda item: item[0],
)
def test_another_spelling_of_the_same(data: tuple[str, bytes]) -> None:
    with pytest.raises(ProofVerificationError):
        parse_proof_value(DERIVED + data[1])


@pytest.mark.parametrize("text", [None, 7, "", "zabc", "uA", "u=", "abc"])
def test_a_text_that_holds_none(text: object) -> None:
    with pytest.raises(ProofVerificationError):
        parse_proof_value(proof_value_of(text))


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(BudgetExceeded):
        proof_value_of("u" + "A" * encoding.MAX_PROOF_VALUE)
    with pytest.raises(BudgetExceeded):
        parse_proof_value(DERIVED + bytes(encoding.MAX_BYTES))


def test_exactly_as_much_as_is_looked_at() -> None:
    assert len(proof_value_of("u" + "A" * 1_048_575)) == 786_431
    with pytest.raises(BudgetExceeded):
        proof_value_of("u" + "A" * 1_048_576)
    with pytest.raises(ProofVerificationError, match="neither"):
        parse_proof_value(bytes(450_000))
    with pytest.raises(BudgetExceeded):
        parse_proof_value(bytes(450_001))
    pointers = ["/a"] * 999 + ["/" + "a" * 1_023]
    value = parse_proof_value(BASE + cbor2.dumps(base(signatures=[OTHER] * 4_000, pointers=pointers)))
    assert isinstance(value, BaseProofValue)
    assert (len(value.signatures), value.mandatory_pointers) == (4_000, tuple(pointers))
    labels = {number: number.to_bytes(32, "big") for number in range(1_500)}
    shown = parse_proof_value(DERIVED + cbor2.dumps(derived(labels=labels)))
    assert isinstance(shown, DerivedProofValue)
    assert shown.labels == labels


def test_labels_may_stand_in_another_order() -> None:
    labels = {1: b"\1" * 32, 0: bytes(32)}
    shown = parse_proof_value(DERIVED + cbor2.dumps(derived(labels=labels)))
    assert isinstance(shown, DerivedProofValue)
    assert shown.labels == labels


@pytest.mark.parametrize("header", [b"", b"\xd9\x5d", b"\xd9\x5d\x02", b"\xd9\x5e\x00"], ids=bytes.hex)
def test_another_header_is_told_whatever_follows(header: bytes) -> None:
    for components in (base(), derived()):
        with pytest.raises(ProofVerificationError, match="neither"):
            parse_proof_value(header + cbor2.dumps(components))


@pytest.mark.parametrize(
    "data", [b"\xc1" + WRITTEN, b"\x9f" + WRITTEN[1:] + b"\xff", b"\x9c" + bytes(16), b"\xf5", b"\x20"], ids=bytes.hex
)
def test_what_the_library_would_act_on_never_reaches_it(data: bytes) -> None:
    with pytest.raises(ProofVerificationError, match="it holds a tag"):
        parse_proof_value(DERIVED + data)


def test_a_length_of_eight_bytes_is_a_length() -> None:
    with pytest.raises(ProofVerificationError, match="it is not CBOR"):
        parse_proof_value(DERIVED + b"\x9b" + b"\xff" * 8)
    with pytest.raises(ProofVerificationError, match="shortest way"):
        parse_proof_value(DERIVED + b"\x1b" + bytes(8))


@given(st.binary(max_size=200), st.sampled_from([BASE, DERIVED, b""]))
def test_no_bytes_do_more_than_be_refused(data: bytes, header: bytes) -> None:
    try:
        value = parse_proof_value(header + data)
    except ProblemError:
        return
    assert value.to_bytes() == header + data
