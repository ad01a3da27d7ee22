"""Attacks B, C and N: on parsers, on signature primitives, on JSON itself. One test, one attack."""

import dataclasses
import json

import pytest

from tests.attacks.world import (
    ATTACKER_SIGNER,
    NOW,
    SCHOOL,
    SCHOOL_SIGNER,
    judge,
    plain,
    present,
    resource,
    sign,
    signed,
    types,
    unsigned,
)
from tests.work import calls
from vc import (
    Ed25519Signer,
    P256Signer,
    ProblemError,
    PublicKey,
    Verdict,
    add_proof,
    parse,
    parse_multikey,
    self_test,
    serialize,
)
from vc.document import CREDENTIAL_LIMITS
from vc.keys import KeyKind, is_valid_point, small_order_encodings
from vc.multibase import base58btc_decode, base58btc_encode, decode_multibase
from vc.problems import BudgetExceeded, MalformedValueError, ParsingError, ProofGenerationError
from vc.timestamps import parse_timestamp
from vc.urls import parse_url

UNKNOWN = Verdict.COULD_NOT_BE_CHECKED
HONEST = signed()


@pytest.mark.parametrize("levels", [33, 300, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")], ids=["arrays", "objects"])
def test_B2_deep_nesting(levels: int, brackets: tuple[str, str]) -> None:
    data = ('{"a":' + brackets[0] * levels + "1" + brackets[1] * levels + "}").encode()
    assert calls(lambda: judge(data)) < 20_000
    report = judge(data)
    assert report.verdict is UNKNOWN
    assert types(report) == {"budget-exceeded"}


def test_B3_wide_arrays() -> None:
    document = plain(HONEST)
    document["credentialSubject"]["achievement"]["tag"] = [f"tag {number}" for number in range(10_000)]
    report = judge(document)
    assert report.verdict is UNKNOWN
    assert types(report) == {"budget-exceeded"}


def test_B3_many_values_and_many_bytes() -> None:
    many = plain(HONEST) | {"x": [[0] * 1999] * 11}
    assert judge(many).verdict is UNKNOWN
    with pytest.raises(BudgetExceeded):
        parse(serialize(many), limits=CREDENTIAL_LIMITS)
    with pytest.raises(BudgetExceeded, match="bytes"):
        parse(b" " * (CREDENTIAL_LIMITS.max_bytes + 1), limits=CREDENTIAL_LIMITS)


def test_B6_a_megabyte_of_base58() -> None:
    text = "z" + "2" * 1_000_000

    def read() -> None:
        with pytest.raises(MalformedValueError):
            decode_multibase(text, encodings="z", max_length=128)
        with pytest.raises(MalformedValueError):
            base58btc_decode(text)

    assert calls(read) < 200


def test_B6_without_its_guard_a_long_text_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "2" * 2_000
    with pytest.raises(MalformedValueError):
        base58btc_decode(text)
    monkeypatch.setattr("vc.multibase.MAX_BASE58", 10_000)
    assert base58btc_encode(base58btc_decode(text)) == text


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "(" * 100_000, "2026-" * 20_000, "did:web:" + "a:" * 50_000, "https://" + "a." * 50_000]
)
def test_B7_no_expression_that_backtracks(text: str) -> None:
    def read() -> None:
        for reader in (lambda: parse_timestamp(text, pointer=""), lambda: parse_url(text, loopback=False)):
            with pytest.raises(ProblemError):
                reader()
        document = plain(HONEST) | {"validFrom": text, "issuer": text, "id": text}
        document["proof"] |= {"verificationMethod": text, "created": text, "proofValue": text}
        assert judge(document).verdict in {UNKNOWN, Verdict.NOT_GENUINE}

    read()  # where an expression went back and forth over these texts, this would not end


def test_too_many_credentials_in_one_presentation() -> None:
    report = judge(present(HONEST), challenge="c-1", domain="https://reader.example")
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    crowd = {**present(HONEST), "verifiableCredential": [HONEST] * 501}
    report = judge(crowd)
    assert report.verdict is UNKNOWN
    assert types(report) == {"budget-exceeded"}


@pytest.mark.parametrize("raw", small_order_encodings(), ids=bytes.hex)
def test_C1_small_order_keys(raw: bytes) -> None:
    with pytest.raises(ProblemError):
        PublicKey(kind=KeyKind.ED25519, raw=raw)
    did = "did:key:z" + base58btc_encode(bytes.fromhex("ed01") + raw)
    document = unsigned()
    document["issuer"]["id"] = did
    universal = (1).to_bytes(32, "little") + bytes(32)
    document["proof"] = HONEST["proof"] | {
        "verificationMethod": f"{did}#{did.removeprefix('did:key:')}",
        "proofValue": "z" + base58btc_encode(universal),
    }
    assert judge(document).verdict is Verdict.NOT_GENUINE


def test_C2_a_key_of_mixed_order() -> None:
    self_test()
    honest = Ed25519Signer(bytes(range(32)), "").public_key.raw
    prime = 2**255 - 19
    y = (prime - int.from_bytes(honest, "little") % 2**255) % prime
    mixed = (y | (1 - (honest[31] >> 7)) << 255).to_bytes(32, "little")
    assert not is_valid_point(mixed)


@pytest.mark.parametrize("seed", range(8))
def test_C3_a_signature_with_s_beyond_the_order(seed: int) -> None:
    signer = Ed25519Signer(bytes([seed]) * 32, "")
    signature = signer.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    twin = signature[:32] + s.to_bytes(32, "little")
    signer.public_key.verify(signature, b"message")
    with pytest.raises(ProblemError):
        signer.public_key.verify(twin, b"message")


@pytest.mark.parametrize("raw", [(2**255 - 19 + 3).to_bytes(32, "little"), b"\xff" * 32], ids=bytes.hex)
def test_C4_a_key_that_is_not_canonical(raw: bytes) -> None:
    with pytest.raises(ProblemError):
        PublicKey(kind=KeyKind.ED25519, raw=raw)


def test_C5_and_C10_points_off_their_curve() -> None:
    off = next(raw for raw in (bytes([n]) + bytes(31) for n in range(2, 60)) if not is_valid_point(raw))
    with pytest.raises(ProblemError):
        parse_multikey("z" + base58btc_encode(bytes.fromhex("ed01") + off))
    for raw in (b"\x02" + b"\xff" * 32, b"\x04" + bytes(32), b"\x00" * 33, b"\x05" + bytes(32)):
        with pytest.raises(ProblemError):
            parse_multikey("z" + base58btc_encode(bytes.fromhex("8024") + raw))


def test_C6_an_old_library_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    self_test()
    monkeypatch.setattr("vc.keys.probing.is_valid_point", lambda raw: True)
    with pytest.raises(RuntimeError, match=r"PyNaCl 1\.6\.2"):
        self_test()


def test_C6_a_library_that_verifies_everything_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicKey, "verify", lambda self, signature, message: None)
    with pytest.raises(RuntimeError, match="another message"):
        self_test()


@pytest.mark.parametrize("length", [0, 63, 65, 80])
def test_C7_signatures_of_another_length(length: int) -> None:
    for signer in (Ed25519Signer(b"\1" * 32, ""), P256Signer(b"\1" * 32, "")):
        signature = signer.sign(b"m")
        padded = (
            (bytes(8) + signature[:32] + bytes(8) + signature[32:]) if length == 80 else (signature + b"\0")[:length]
        )
        with pytest.raises(ProblemError):
            signer.public_key.verify(padded, b"m")


def test_C8_the_high_s_twin_is_the_same_credential() -> None:
    signer = P256Signer(b"\1" * 32, "")
    signature = signer.sign(b"m")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    twin = signature[:32] + (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    signer.public_key.verify(twin, b"m")


@pytest.mark.parametrize(("r", "s"), [(0, 0), (0, 1), (1, 0), (2**256 - 1, 2**256 - 1)])
def test_C9_psychic_signatures(r: int, s: int) -> None:
    for signer in (Ed25519Signer(b"\1" * 32, ""), P256Signer(b"\1" * 32, "")):
        with pytest.raises(ProblemError):
            signer.public_key.verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"m")


def test_C11_signing_twice_gives_the_same_bytes() -> None:
    for signer in (Ed25519Signer(b"\1" * 32, ""), P256Signer(b"\1" * 32, "")):
        assert signer.sign(b"m") == signer.sign(b"m")
    assert serialize(sign(unsigned())) == serialize(sign(unsigned()))


def test_C12_a_signer_takes_no_public_key() -> None:
    for kind in (Ed25519Signer, P256Signer):
        assert {field.name for field in dataclasses.fields(kind) if field.init} == {"seed", "verification_method"}
    assert "01" * 8 not in repr(Ed25519Signer(b"\1" * 32, "")).replace("\\x", "")


def test_C13_a_challenge_is_never_signed_bare() -> None:
    shown = present(HONEST, challenge="ab" * 32)
    signature = base58btc_decode(shown["proof"]["proofValue"][1:])
    with pytest.raises(ProblemError):
        ATTACKER_SIGNER.public_key.verify(signature, bytes.fromhex("ab" * 32))


class Broken:
    """A signer whose secret half was damaged: what it signs does not verify."""

    public_key = SCHOOL_SIGNER.public_key
    verification_method = SCHOOL_SIGNER.verification_method

    def sign(self, message: bytes) -> bytes:
        return ATTACKER_SIGNER.sign(message)


def test_C14_a_damaged_key_releases_nothing() -> None:
    with pytest.raises(ProofGenerationError):
        add_proof(
            unsigned(),
            signer=Broken(),
            suite="eddsa-rdfc-2022",
            purpose="assertionMethod",
            created=NOW,
            challenge=None,
            domain=None,
        )


def altered(find: str, put: str) -> bytes:
    text = json.dumps(HONEST)
    assert find in text
    return text.replace(find, put, 1).encode()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (altered('"name": "Welding I"', '"name": "Welding I", "name": "Welding IV"'), "/name"),
        (altered('"value": "A"', '"value": "C", "value": "A"'), "/credentialSubject/result/0/value"),
        (altered('"value": "A"', '"value": "C", "va\\u006cue": "A"'), "/credentialSubject/result/0/value"),
        (altered('"proof": {', '"proof": {"type": "x", '), "/proof/type"),
    ],
    ids=["top", "deep", "escaped", "proof"],
)
def test_N1_a_member_given_twice(data: bytes, place: str) -> None:
    report = judge(data)
    assert report.verdict is UNKNOWN
    assert [problem.pointer for problem in report.problems] == [place]


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9007199254740992", "-9007199254740992", "1" * 4301, "1e17"],
)
def test_N2_and_N4_numbers_that_programs_read_differently(number: str) -> None:
    report = judge(altered('"creditsEarned": 1.5', f'"creditsEarned": {number}'))
    assert report.verdict is UNKNOWN
    assert report.check("parse").problems


@pytest.mark.parametrize("number", ["1.50", "15e-1"])
def test_N4_another_spelling_of_the_same_number_is_the_same_claim(number: str) -> None:
    assert judge(altered('"creditsEarned": 1.5', f'"creditsEarned": {number}')).verdict is Verdict.GENUINE_AND_CURRENT


def test_N3_a_hundred_thousand_brackets() -> None:
    assert judge(b"[" * 100_000).verdict is UNKNOWN


@pytest.mark.parametrize(
    "text", ["\\ud800", "\\udc00", "\\udc00\\ud800", "\\u0000", "\\u0007", "\\b", "\\f", "\\u007f", "\x7f"]
)
def test_N5_and_N6_characters_that_are_none(text: str) -> None:
    for data in (
        altered('"Welding I"', f'"Welding{text} I"'),
        altered('"name": "Welding I"', f'"na{text}me": "Welding I"'),
    ):
        report = judge(data)
        assert report.verdict is UNKNOWN
        assert types(report) == {"MALFORMED_VALUE_ERROR"}


def test_N6_line_breaks_are_allowed_in_texts_and_not_in_names() -> None:
    document = unsigned()
    document["credentialSubject"]["narrative"] = "One\n\ttwo\r\nthree — ñ 汉 😀"
    assert judge(sign(document)).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(altered('"name": "Welding I"', '"na\\nme": "Welding I"')).verdict is UNKNOWN


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + json.dumps(HONEST).encode(),
        json.dumps(HONEST).encode("utf-16"),
        json.dumps(HONEST).encode("utf-32-le"),
        json.dumps(HONEST).encode().replace(b"River", b"Riv\xe9r"),
        json.dumps(HONEST).encode().replace(b"River", b"Riv\xed\xa0\x80r"),
        json.dumps(HONEST).encode().replace(b"River", b"Riv\xc0\xafr"),
        b"",
    ],
    ids=["BOM", "UTF-16", "UTF-32", "Latin-1", "surrogate", "overlong", "empty"],
)
def test_N7_other_encodings(data: bytes) -> None:
    report = judge(data)
    assert report.verdict is UNKNOWN
    assert types(report) == {"PARSING_ERROR"}


NOT_JSON = [
    "", " ", "x", "{", "}", "[", "]", "[1]", "1", '"a"', "null", "true", "{}x", "{} {}", "{,}", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", "{'a':1}",
    '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":0x1}', '{"a":1e}', '{"a":-}', '{"a":--1}', '{"a":1_0}', '{"a":tru}', '{"a":True}',
    '{"a":undefined}', '{"a":"\\x41"}', '{"a":"\\u12"}', '{"a":"\\u12g4"}', '{"a":"\t"}', '{"a":"\n"}', '{"a":"b}', '{"a":[1,]}', '{"a":[,1]}',
    '{"a":[1 2]}', '{"a" 1}', '{"a"::1}', "{1:1}", "{null:1}", "/**/{}", "{}//", '{"a":1}#', "\u00a0{}", "{\u2028}", '{"a":\u00a01}', '{"a":1}\x00',
    '{"a":１}', '{"a":"\\"}', '{"a":"\\a"}', '{"a":[}', '{"a":{]}', '{"a":[{]}', '["a":1]', '{"a":1;"b":2}', '{"a":nan}', '{"a":inf}', '{"a":1}}',
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_JSON)
def test_N9_what_is_not_json(text: str) -> None:
    with pytest.raises(ParsingError):
        parse(text.encode(), limits=CREDENTIAL_LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {\n}\r\n",
        '{"":""}',
        '{"a":-0.5e-1}',
        '{"a":"\\u00e9\\n\\/\\\\\\""}',
        '{"a":[[],{},null,true,false]}',
        '{"a":"\\ud83d\\ude00"}',
    ],
)
def test_N9_what_is_json(text: str) -> None:
    assert parse(text.encode(), limits=CREDENTIAL_LIMITS).value == json.loads(text)


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString"])
def test_N10_names_that_poison_browsers(name: str) -> None:
    assert judge({**plain(HONEST), name: {"isAdmin": True}}).verdict is Verdict.NOT_GENUINE


def test_a_did_document_is_read_as_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    place = "https://school.example/orgs/river/did.json"
    for body in (b'{"id": "x", "id": "y"}', b"<html>", b"", b"[]"):
        report = judge(HONEST, resource(place, body))
        assert report.verdict is UNKNOWN
        assert report.check("issuer-key").facts["url"] == place
    assert SCHOOL.startswith("did:web:")


@pytest.mark.parametrize(
    "number",
    ["1.49999999999999999999", "1e-400", "1.5000000000000000001e0", "1e-99999999999999999999", "0.10000000000000001"],
)
def test_a_number_that_is_rounded_when_it_is_read_is_refused(number: str) -> None:
    data = serialize(signed()).replace(b'"creditsEarned":1.5', b'"creditsEarned":' + number.encode())
    assert number.encode() in data
    assert judge(data).verdict is UNKNOWN
    with pytest.raises(MalformedValueError, match="is read as"):
        parse(data, limits=CREDENTIAL_LIMITS)


@pytest.mark.parametrize("number", ["1.5", "1.50", "1.5e0", "15E-1", "1.5000000000000000000000", "0.15e+1"])
def test_a_number_may_be_written_in_any_way_that_says_the_same(number: str) -> None:
    data = serialize(signed()).replace(b'"creditsEarned":1.5', b'"creditsEarned":' + number.encode())
    assert judge(data).verdict is Verdict.GENUINE_AND_CURRENT
