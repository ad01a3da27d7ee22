"""Earlier revisions of a context that was changed in place explain a signature that fails, and make none good."""

from __future__ import annotations

from typing import Any

import pytest

import contexts
from tests.attacks.world import judge, sign, unsigned
from tests.bench.samples import OB, V2
from vc import Verdict, jsonld
from vc.checks import CheckName
from vc.jsonld.revisions import _take_out
from vc.problems import ProofVerificationError

DAYS = list(reversed(contexts.revision_days(OB)))


def plain() -> dict[str, Any]:
    """A badge with nothing that was not always defined."""
    document: dict[str, Any] = unsigned()
    document.pop("awardedDate", None)
    return document


def signed_before(*path: str, word: str, value: Any) -> dict[str, Any]:
    """A badge that was signed when a word was not defined, which it holds all the same."""
    document = sign(plain())
    place: Any = document
    for part in path:
        place = place[part]
    place[word] = value
    return document


CASES = [
    ((), "awardedDate", "2026-01-01T00:00:00Z", "2024-01-24"),
    ((), "endorsementJwt", ["x"], "2025-11-06"),
    (("credentialSubject", "achievement"), "inLanguage", "pt", "2023-12-13"),
]


@pytest.mark.parametrize(("path", "word", "value", "day"), CASES, ids=[case[1] for case in CASES])
def test_the_reader_learns_with_which_revision_a_document_was_signed(
    path: tuple[str, ...], word: str, value: Any, day: str
) -> None:
    document = signed_before(*path, word=word, value=value)
    report = judge(document)
    assert report.verdict is not Verdict.GENUINE_AND_CURRENT
    (problem,) = report.check(CheckName.SIGNATURE).problems
    assert problem.type == ProofVerificationError.type
    assert f"“{word}”" in problem.detail
    assert f"as it stood from {day} on" in problem.detail
    assert problem.pointer == "/".join(["", *path, word])


def test_the_reader_learns_of_every_word_that_was_not_defined() -> None:
    document = sign(plain()) | {"awardedDate": "2026-01-01T00:00:00Z", "endorsementJwt": ["x"]}
    (problem,) = judge(document).check(CheckName.SIGNATURE).problems
    assert "without “awardedDate”, “endorsementJwt”: the context" in problem.detail


def test_a_document_that_was_altered_besides_is_not_explained() -> None:
    document = signed_before(word="awardedDate", value="2026-01-01T00:00:00Z") | {"name": "Doctor of Welding"}
    (problem,) = judge(document).check(CheckName.SIGNATURE).problems
    assert "as it stood" not in problem.detail


def test_documents_that_every_revision_reads_alike_have_no_earlier_reading() -> None:
    assert list(jsonld.earlier_readings(sign(plain()))) == []
    assert list(jsonld.earlier_readings({"@context": [V2, 5], "id": "urn:x", "name": "n"})) == []
    assert list(jsonld.earlier_readings({"@context": [OB], "id": "urn:x", "undefined": [1, {"a": 2}]})) == []
    assert list(jsonld.earlier_readings({"@context": [V2, {"w": "urn:v:w"}], "id": "urn:x", "name": "n"})) == []


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"id": "urn:x", "type": ["0", "Profile"]},
        {"id": "urn:x", "image": {"@context": "https://example.org/none", "id": "urn:y", "type": "Image"}},
    ],
    ids=["nothing", "a type", "a context"],
)
def test_nothing_but_words_is_taken_out(document: dict[str, Any]) -> None:
    assert list(jsonld.earlier_readings({"@context": [V2, OB], **document})) == []
    assert _take_out({"a": 1}, "/b") is False


def test_a_word_with_a_slash_or_a_tilde_is_taken_out() -> None:
    document = {"@context": OB, "id": "urn:x", "name": "n", "a/b~c": 1}
    readings = list(jsonld.earlier_readings(document))
    assert [reading.unknown for reading in readings] == [("/a~1b~0c",)] * len(DAYS)
    assert readings[0].document == {"@context": OB, "id": "urn:x", "name": "n"}


def test_every_revision_is_read_the_latest_first() -> None:
    document = {**unsigned(), "awardedDate": "2026-01-01T00:00:00Z", "endorsementJwt": ["x"]}
    assert [reading.day for reading in jsonld.earlier_readings(document)] == DAYS
    assert [reading.unknown for reading in jsonld.earlier_readings(document)][-1] == ("/awardedDate", "/endorsementJwt")


def test_a_document_in_which_too_much_is_unknown_is_given_up() -> None:
    related = [{"id": f"urn:{n}", "type": ["Related"], "inLanguage": "pt"} for n in range(17)]
    document = plain()
    document["credentialSubject"]["achievement"]["related"] = related
    assert [reading.day for reading in jsonld.earlier_readings(document)] == []
    document["credentialSubject"]["achievement"]["related"] = related[:16]
    (reading,) = jsonld.earlier_readings(document)
    assert len(reading.unknown) == 16
    assert reading.unknown[0] == "/credentialSubject/achievement/related/0/inLanguage"
    assert document["credentialSubject"]["achievement"]["related"][0]["inLanguage"] == "pt"
