"""Attack K14: a file that opens with its passphrase, whole and unaltered, and otherwise says in words why not."""

import io
import json

import pytest

from kit import passphrase
from kit.errors import BadInput
from kit.passphrase import CHUNK, HIGHEST, MAGIC, Cost, SealingFile, accept, opened, suggestion

CHEAP = Cost(passes=1, memory=8192)
WORDS = "otter lantern seven violins"


def sealed(text, *, words=WORDS, cost=CHEAP):
    sink = io.BytesIO()
    file = SealingFile(sink, words, cost=cost)
    for start in range(0, len(text), 1000):
        assert file.write(text[start : start + 1000]) == len(text[start : start + 1000])
    file.flush()
    file.close()
    return sink.getvalue()


def text_of(file, words=WORDS):
    return b"".join(opened(io.BytesIO(file), words, field="file"))


@pytest.mark.parametrize("size", [0, 1, 999, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_comes_back_whatever_its_length(size):
    text = bytes(range(256)) * (size // 256 + 1)
    file = sealed(text[:size])
    assert text_of(file) == text[:size]
    assert size < 999 or text[:64] not in file


def test_the_same_passphrase_typed_on_another_keyboard_opens_it():
    assert text_of(sealed(b"x", words="  cafe\u0301 violines siete otter "), words="café violines siete otter") == b"x"


def test_two_archives_of_the_same_text_have_nothing_in_common():
    one, other = sealed(b"x" * 100), sealed(b"x" * 100)
    assert one.split(b"\n")[1] != other.split(b"\n")[1]
    assert one[-100:] != other[-100:]


def test_k14_a_wrong_passphrase_is_told_from_a_damaged_file():
    """Attack K14."""
    with pytest.raises(BadInput) as refused:
        text_of(sealed(b"x"), words="otter lantern seven violin")
    assert refused.value.field == "passphrase"


def test_k14_a_file_that_is_cut_off_anywhere_gives_an_error_at_its_end():
    """Attack K14: also where the cut falls between two chunks, and nothing looks broken."""
    file = sealed(b"y" * (3 * CHUNK))
    head = len(file) - 3 * (CHUNK + 17)
    for length in (len(file) - 1, len(file) - 17, head, head + 5, head + CHUNK + 17, head + 2 * (CHUNK + 17)):
        with pytest.raises(BadInput, match="not whole"):
            text_of(file[:length])


def test_chunks_that_were_exchanged_repeated_or_added_are_noticed():
    file = sealed(b"y" * (3 * CHUNK))
    step = CHUNK + 17
    head, one, two, three = (
        file[: -3 * step], file[-3 * step : -2 * step], file[-2 * step : -step], file[-step:],
    )  # fmt: skip
    for changed in (head + two + one + three, head + one + one + two + three, file + three, file + b"x", head + three):
        with pytest.raises(BadInput, match="not whole"):
            text_of(changed)


def test_a_single_changed_byte_anywhere_is_noticed():
    file = sealed(b"z" * 50)
    for position in range(len(file)):
        changed = bytearray(file)
        changed[position] ^= 1
        with pytest.raises(BadInput):
            text_of(bytes(changed))


def header(**changes):
    line = json.loads(sealed(b"").split(b"\n")[1]) | changes
    return (
        MAGIC
        + json.dumps({name: value for name, value in line.items() if value is not None}).encode()
        + b"\n"
        + b"x" * 17
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"passes": HIGHEST.passes + 1}, {"memory": HIGHEST.memory + 1}, {"passes": 2**63}, {"memory": 2**70},
        {"passes": 0}, {"memory": 1},
    ],
)  # fmt: skip
def test_k14_a_file_that_asks_for_huge_work_is_refused_before_any_is_done(monkeypatch, changes):
    """Attack K14."""
    file = header(**changes)
    monkeypatch.setattr(passphrase, "_derive", lambda *_given: pytest.fail("it was computed"))
    with pytest.raises(BadInput, match="more work"):
        text_of(file)


@pytest.mark.parametrize(
    "changes",
    [
        {"kdf": "md5"}, {"cipher": "none"}, {"chunk": 2**31}, {"salt": ""}, {"salt": "zz"}, {"check": "00"},
        {"stream": None}, {"passes": "3"}, {"passes": True}, {"memory": 1e9}, {"salt": 5},
    ],
)  # fmt: skip
def test_a_header_of_another_make_is_refused(changes):
    with pytest.raises(BadInput):
        text_of(header(**changes))


@pytest.mark.parametrize(
    "file",
    [b"", b"PK\x03\x04", b"satchel-archive/2\n{}", MAGIC, MAGIC + b"[]\n", MAGIC + b"{" * 900, MAGIC + b" " * 100_000],
)
def test_what_is_no_archive_is_refused_in_words(file):
    with pytest.raises(BadInput) as refused:
        text_of(file)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "words",
    ["", "short", "fifteen letters"[:15], "1234567890123456789", "aaaaaaaaaaaaaaaaaaaa", "abababababababababab",
     "correcthorsebatterystaple", "patchwork-quilt-2026", " " * 40, "x" * 500],
)  # fmt: skip
def test_a_passphrase_that_is_easy_to_guess_is_refused(words):
    with pytest.raises(BadInput) as refused:
        accept(words, field="passphrase")
    assert (refused.value.field, bool(refused.value.remedy)) == ("passphrase", True)


def test_what_is_suggested_will_do_and_is_never_the_same():
    some = {suggestion() for _ in range(50)}
    assert len(some) == 50
    assert all(accept(one, field="passphrase") == one for one in some)
