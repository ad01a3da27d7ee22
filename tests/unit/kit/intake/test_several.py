"""Several things at once: each is found as it stands, and one that is none spoils no other."""

import base64
import io
import json
import zipfile

import pytest

from kit.intake import Carrier, Form, InputRefused, Refusal, read_all
from kit.intake.several import MOST_PIECES
from tests.unit.kit.intake import pictures as make


def badge(number=1, **more):
    """A credential as no program of ours would write it: its bytes have to come out as they went in."""
    text = json.dumps({"@context": ["https://www.w3.org/ns/credentials/v2"], "id": f"urn:x:{number}", **more}, indent=3)
    return text[:-2] + ',\n "type":  ["VerifiableCredential"], "note": "ünïcode \\u00e9" }'


def token(document, typ="JWT"):
    header = json.dumps({"alg": "EdDSA", "kid": "did:key:z6Mk#z6Mk", "typ": typ}).encode()
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (header, document, b"s" * 64)]
    return ".".join(encoded)


def packed(files, **more):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **more) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def texts(data, name="export.json"):
    return [piece.item.text.decode() for piece in read_all(data.encode() if isinstance(data, str) else data, name=name)]


def refusal(data, name="x"):
    with pytest.raises(InputRefused) as caught:
        read_all(data.encode() if isinstance(data, str) else data, name=name)
    return caught.value.refusal


ONE, TWO, THREE = badge(1), badge(2), badge(3)
KEY = {"type": "Ed25519VerificationKey2020", "privateKeyMultibase": "zSecret"}
WALLET = '{"@context": [], "id": "x", "type": "UniversalWallet2020", "status": "UNLOCKED", "contents": [%s]}'


@pytest.mark.parametrize(
    "data",
    [
        f"[{ONE},{TWO}]",
        f" [ {ONE} ,\n {TWO} ] ",
        f"[[{ONE}],[[{TWO}]]]",
        f"{ONE}\n{TWO}",
        f'{{"type": "VerifiablePresentation", "verifiableCredential": [{ONE}, {TWO}]}}',
        f'{{"credentials": [{ONE}, {TWO}], "version": 3}}',
        f'[{{"credential": {ONE}}}, {{"verifiableCredential": {TWO}}}]',
        f'{{"verifiableCredentials": [{ONE}, {ONE}, {TWO}]}}',
    ],
    ids=["list", "spaces", "nested", "pasted", "presentation", "named", "wrapped", "twice"],
)
def test_each_is_cut_out_exactly_as_it_stands(data):
    assert texts(data) == [ONE, TWO]


def test_the_export_of_learner_credential_wallet_gives_its_records_and_no_key():
    contents = ", ".join([ONE, json.dumps({"@context": ["https://www.w3.org/ns/did/v1"], "id": "did:key:z"}),
                          json.dumps(KEY), TWO, json.dumps({"type": "ProfileMetadata", "data": {"profileName": "W"}})])  # fmt: skip
    pieces = read_all(f"[{WALLET % contents}, {WALLET % THREE}]".encode(), name="Wallet Backup.json")
    assert [piece.item.text.decode() for piece in pieces] == [ONE, TWO, THREE]
    assert "zSecret" not in repr(pieces)
    assert refusal(f"[{WALLET % json.dumps(KEY)}]") is Refusal.NOT_A_CREDENTIAL


@pytest.mark.parametrize(
    "data",
    [
        '{"type": ["VerifiableCredential", "EncryptedWallet"], "@context": [], "credentialSubject": {"jwe": {}}}',
        '[{"type": ["VerifiableCredential", "EncryptedWallet"], "credentialSubject": {"jwe": {}}}]',
        '{"type": "UniversalWallet2020", "status": "LOCKED", "contents": ["x"]}',
        '{"type": "UniversalWallet2020", "status": "LOCKED"}',
    ],
)
def test_an_export_that_is_locked_says_so(data):
    assert refusal(data) is Refusal.WALLET_LOCKED


def test_tokens_and_presentations_as_tokens_are_opened():
    first, second = token(b'{"vc": {}}'), token(b'{"vc": {"type": "VerifiableCredential"}}')
    assert texts(json.dumps([first, second])) == [first, second]
    assert texts(f"{first}\n{second}") == [first, second]
    held = json.dumps({"@context": [], "type": "VerifiablePresentation", "verifiableCredential": [first, second]})
    older = token(b'{"nonce": "x", "vp": %s}' % held.encode())
    newer = token(held.encode(), "vp+jwt")
    envelope = {"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiablePresentation"}
    for whole in (
        held,
        older,
        newer,
        json.dumps([older]),
        json.dumps(envelope | {"id": f"data:application/vp+jwt,{newer}"}),
    ):
        assert texts(whole) == [first, second], whole
    mixed = read_all(
        json.dumps({"type": "VerifiablePresentation", "verifiableCredential": [first, {"type": "x"}]}).encode(),
        name="p",
    )
    assert [piece.item.form if piece.item else piece.refused.refusal for piece in mixed] == [
        Form.JWS,
        Refusal.NOT_A_CREDENTIAL,
    ]


def test_one_that_is_none_spoils_no_other_and_says_where_it_was():
    pieces = read_all(f'[{ONE}, {{"name": "no"}}, 7, "https://evil.example/x", {TWO}]'.encode(), name="list.json")
    assert [piece.refused.refusal if piece.refused else None for piece in pieces] == [
        None, Refusal.NOT_A_CREDENTIAL, Refusal.NOT_A_CREDENTIAL, Refusal.NOT_A_CREDENTIAL, None,
    ]  # fmt: skip
    assert [piece.name for piece in pieces] == [f"list.json, {number}" for number in range(1, 6)]


def test_an_address_inside_a_file_is_never_followed():
    assert refusal('["https://evil.example/x"]') is Refusal.NOT_A_CREDENTIAL
    assert refusal(packed({"a.txt": "https://evil.example/x"})) is Refusal.NOT_A_CREDENTIAL
    links = read_all(b"https://a.example/1\nhttps://b.example/2", name="")
    assert [piece.item.form for piece in links] == [Form.LINK, Form.LINK]


def test_a_record_that_contains_others_is_one():
    record = f'{{"type": ["VerifiableCredential", "ClrCredential"], "credentialSubject": {{"verifiableCredential": [{ONE}]}}}}'
    assert texts(record) == [record]


def test_a_zip_file_is_opened_file_by_file_with_its_folders():
    data = packed({"a/one.json": ONE, "two.json": f"[{TWO}]", "a.zip": packed({"x": ONE}), "notes.txt": "Hi", "__MACOSX/a": "x",
                   ".DS_Store": "x", "badge.png": make.saved(make.code("https://a.example/x"))})  # fmt: skip
    pieces = read_all(data, name="all.zip")
    assert [(piece.name, piece.refused.refusal if piece.refused else None) for piece in pieces] == [
        ("all.zip › a/one.json", None),
        ("all.zip › two.json, 1", None),
        ("all.zip › a.zip", Refusal.ARCHIVE),
        ("all.zip › notes.txt", Refusal.NOT_JSON),
        ("all.zip › badge.png", Refusal.NOT_A_CREDENTIAL),
    ]


def test_a_satchel_archive_is_opened_by_its_index():
    index = {"family": "Hadley", "credentials": [
        {"file": "credentials/1.json", "learner": "Wren", "title": "Bridge", "note": "n", "tags": ["a", 7]},
        {"file": "credentials/2.json", "learner": "Jonah", "title": ""},
        {"file": "../../etc/passwd", "learner": "Jonah"},
    ], "works": [{"file": "works/1.png"}]}  # fmt: skip
    files = {"credentials/1.json": ONE, "credentials/2.json": TWO, "works/1.png": b"x", "index.json": json.dumps(index)}
    pieces = read_all(packed(files), name="awards.zip")
    assert [(piece.name, piece.noted.owner, piece.noted.note, piece.noted.tags) for piece in pieces] == [
        ("Bridge", "Wren", "n", ("a",)),
        ("credentials/2.json", "Jonah", "", ()),
    ]


def test_an_opened_archive_gives_the_newest_edition_of_each_award_and_no_key():
    told = {"learners": [{"name": "Wren", "keys": [{"file": "keys/1.json"}], "credentials": [
        {"note": "n", "tags": ["a"], "editions": [{"file": "c/1-1.json"}, {"file": "c/1-2.json"}]}]}]}  # fmt: skip
    files = {"archive.json": json.dumps(told), "keys/1.json": json.dumps(KEY), "c/1-1.json": ONE, "c/1-2.json": TWO}
    (piece,) = read_all(packed(files), name="opened.zip")
    assert (piece.item.text.decode(), piece.noted.owner, piece.noted.tags) == (TWO, "Wren", ("a",))


def test_several_in_one_pdf_are_all_taken_with_the_file_they_came_in():
    data = make.pdf(("one.json", ONE.encode()), ("two.json", TWO.encode()))
    pieces = read_all(data, name="papers.pdf")
    assert [(piece.name, piece.carrier, piece.original == data) for piece in pieces] == [
        ("one.json", Carrier.PDF, True),
        ("two.json", Carrier.PDF, True),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"PK\x03\x04 no zip at all", Refusal.ARCHIVE_DAMAGED),
        (packed({f"{n}": "x" for n in range(2001)}), Refusal.ARCHIVE_TOO_LARGE),
        (packed({f"{n}": b"\0" * (4 << 20) for n in range(13)}, compression=zipfile.ZIP_DEFLATED), Refusal.ARCHIVE_TOO_LARGE),
        (packed({"a": b"\0" * (5 << 20)}, compression=zipfile.ZIP_DEFLATED), Refusal.TOO_LARGE),
        (packed({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), Refusal.ARCHIVE),
        (f"[{','.join(badge(n) for n in range(MOST_PIECES + 1))}]", Refusal.TOO_MANY),
        ('{"verifiableCredential": [], "verifiableCredential": []}', Refusal.AMBIGUOUS),
        ("[" * 100_000, Refusal.NOT_A_CREDENTIAL),
        ("[" * 50 + ONE + "]" * 50, Refusal.NOT_A_CREDENTIAL),
        ("[]", Refusal.NOT_A_CREDENTIAL),
        ("hello there", Refusal.NOT_JSON),
        ('{"a": 1} {"b": ', Refusal.NOT_JSON),
        ("", Refusal.EMPTY),
    ],
    ids=["damaged", "members", "unpacked", "large", "office", "many", "twice", "brackets", "deep", "none", "words", "broken", "nothing"],
)  # fmt: skip
def test_what_is_no_several_at_all_says_why_and_costs_little(data, expected):
    assert refusal(data) is expected


def test_a_locked_zip_file_says_so():
    data = bytearray(packed({"a.json": ONE}))
    at = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[at + 8] |= 1
    assert refusal(bytes(data)) is Refusal.ARCHIVE_LOCKED
