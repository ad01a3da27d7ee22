"""We decide what was handed in; what is none of the kinds is refused with the place and the remedy."""

import json

import pytest

from kit.intake import InputRefused, Refusal, SyntaxHint, read
from verifier.service.inputs import Kind, Submission, submission

BADGE = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": "did:web:x"}
TOKEN = "fYy0m1cZ6WbP3sQeR7uVxA"


def classify(data: bytes, *, loopback: bool) -> Submission:
    return submission(read(data, media_type=None, name="").only(), loopback=loopback)


def refusal_of(data: bytes | str, *, loopback: bool = False) -> InputRefused:
    with pytest.raises(InputRefused) as caught:
        classify(data.encode() if isinstance(data, str) else data, loopback=loopback)
    return caught.value


@pytest.mark.parametrize(
    "text", [json.dumps(BADGE), "\ufeff" + json.dumps(BADGE), "\n\n" + json.dumps(BADGE, indent=2)]
)
def test_a_credential_as_text_is_a_document(text):
    found = classify(text.encode(), loopback=False)
    assert found.kind is Kind.DOCUMENT
    assert json.loads(found.data) == BADGE


def test_a_presentation_is_a_document():
    value = {**BADGE, "type": "VerifiablePresentation"}
    assert classify(json.dumps(value).encode(), loopback=False).kind is Kind.DOCUMENT


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"https://wallet.example/s/{TOKEN}", Kind.SHARE_LINK),
        (f"  https://wallet.example/s/{TOKEN}/\n", Kind.SHARE_LINK),
        (f"https://example.org/wallet/s/{TOKEN}", Kind.SHARE_LINK),
        (f"wallet.example/s/{TOKEN}", Kind.SHARE_LINK),
        ("https://maple.example/credentials/12.json", Kind.ADDRESS),
        ("https://maple.example/s/short", Kind.ADDRESS),
    ],
)
def test_the_shape_of_an_address_decides(text, kind):
    found = classify(text.encode(), loopback=False)
    assert found.kind is kind
    assert found.address.startswith("https://")


def test_a_fragment_is_not_sent_on():
    assert classify(f"https://wallet.example/s/{TOKEN}#x".encode(), loopback=False).address.endswith(TOKEN)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "blob:https://x.example/1",
        "file:///etc/passwd",
        "ftp://x.example/",
        "gopher://x.example/",
        "intent://scan/#Intent;scheme=zxing;end",
        "openid4vp://authorize?x=1",
        "tel:+15550100",
        "//evil.example/x",
    ],
)
def test_other_schemes_are_refused(text):
    assert refusal_of(text).refusal is Refusal.SCHEME


@pytest.mark.parametrize(
    "text",
    [
        "https://good.example@evil.example/",
        "https://good.example\\@evil.example/",
        "https://еxample.org/",
        "https:///nothing",
        "https://[::1",
        "https://x.example:99999999/",
        "https://x.example/" + "a" * 3000,
        "https://x.example/a b",
    ],
)
def test_addresses_that_could_be_read_two_ways_are_refused(text):
    assert refusal_of(text).refusal is Refusal.ADDRESS


@pytest.mark.parametrize(
    "text", ["http://x.example/s/" + TOKEN, "http://127.0.0.1/", "http://localhost:8002/s/" + TOKEN]
)
def test_plain_http_is_refused(text):
    assert refusal_of(text).refusal is Refusal.PLAIN_HTTP


def test_plain_http_to_this_machine_is_for_demonstrations_only():
    text = f"http://localhost:8002/s/{TOKEN}"
    assert classify(text.encode(), loopback=True).kind is Kind.SHARE_LINK
    assert refusal_of("http://localhost.evil.example/x", loopback=True).refusal is Refusal.PLAIN_HTTP


def test_a_claim_link_is_named_as_one():
    assert refusal_of(f"https://issuer.example/claim/{TOKEN}").refusal is Refusal.CLAIM_LINK


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b" \n ", Refusal.EMPTY),
        (b"\xff\xfe\x00", Refusal.NOT_TEXT),
        (b"x" * (4 * 1024 * 1024 + 1), Refusal.TOO_LARGE),
        (b"[" * 100_000, Refusal.NOT_A_CREDENTIAL),
        (b"[{}]", Refusal.SEVERAL),
        (b"{}", Refusal.NOT_A_CREDENTIAL),
        (b'{"type": ["Profile"]}', Refusal.NOT_A_CREDENTIAL),
        (b"<!doctype html><p>Hello", Refusal.WEB_PAGE),
        (b"hello there", Refusal.NOT_JSON),
        (b"eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319fX19.c2lnbmF0dXJl~WyJhIl0~", Refusal.SD_JWT),
        (b"PK\x03\x04", Refusal.ARCHIVE),
        (b'{"type": "Assertion"}', Refusal.NOT_A_CREDENTIAL),
    ],
)
def test_what_is_none_of_the_kinds_is_named(data, refusal):
    assert refusal_of(data).refusal is refusal


@pytest.mark.parametrize(
    ("text", "hint", "line"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', SyntaxHint.COMMA, 3),
        ('{\n  "a" 1}', SyntaxHint.COLON, 2),
        ("{\n  a: 1}", SyntaxHint.NAME, 2),
        ('{"a": }', SyntaxHint.VALUE, 1),
        ('{"a": 1} x', SyntaxHint.TRAILING, 1),
        ('{"a": "b', SyntaxHint.TEXT_END, 1),
        ('{"a": "b\nc"}', SyntaxHint.CONTROL, 1),
        ('{"a": "\\q"}', SyntaxHint.ESCAPE, 1),
        ("{\u201ca\u201d: 1}", SyntaxHint.CURLY_QUOTES, 1),
    ],
)
def test_broken_json_says_where_and_what(text, hint, line):
    error = refusal_of(text)
    assert error.refusal is Refusal.NOT_JSON
    assert (error.hint, error.line) == (hint, line)
    assert error.column is not None


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319fX19.c2lnbmF0dXJl",
        "\n eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319fX19.c2lnbmF0dXJl\r\n",
        '{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}',
        '{"@context": ["https://w3id.org/openbadges/v2"], "type": ["Assertion", "Extension"]}',
        '{"type": "EnvelopedVerifiableCredential"}',
    ],
)
def test_tokens_and_older_badges_are_documents_without_the_space_around_them(text):
    found = classify(text.encode(), loopback=False)
    assert (found.kind, found.data) == (Kind.DOCUMENT, text.strip().encode())
