"""Nodes that are named or described in several places: what the walk keeps apart, and what it lets stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.samples import OB, V2
from tests.unit.vc.jsonld.documents import node, text
from vc import jsonld
from vc.problems import DataLossError, MalformedValueError, ProblemError, Unsupported

V1 = "https://www.w3.org/2018/credentials/v1"


def credential(number: int, *, issuer_name: str, **more: Any) -> dict[str, Any]:
    """A credential of one issuer, who is called something in it."""
    return {
        "@context": [V2, OB],
        "id": f"urn:credential:{number}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:issuer", "type": "Profile", "name": issuer_name},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:person", "type": "AchievementSubject"},
        **more,
    }


@pytest.mark.parametrize("second", ["Old School", "New School"])
def test_each_credential_of_a_presentation_says_for_itself_who_its_issuer_is(second: str) -> None:
    presentation = {
        "@context": [V2],
        "type": "VerifiablePresentation",
        "verifiableCredential": [credential(1, issuer_name="Old School"), credential(2, issuer_name=second)],
    }
    names = [line for line in text(presentation).splitlines() if line.startswith("<urn:issuer>") and "School" in line]
    assert len(names) == 2
    assert names[0].rsplit(" ", 2)[1] != names[1].rsplit(" ", 2)[1], "the graphs are two"


def test_a_reference_to_the_document_itself_describes_nothing() -> None:
    assert "<urn:uuid:0> <https://purl.imsglobal.org/spec/vc/ob/vocab.html#parentOrg> <urn:uuid:0>" in text(
        node(parentOrg={"id": "urn:uuid:0"})
    )
    with pytest.raises(ProblemError, match="a second time"):
        text(node(parentOrg={"id": "urn:uuid:0", "type": "Profile"}))


def test_an_endorsement_inside_may_say_what_it_endorses() -> None:
    endorsement = {
        "@context": [V2, OB],
        "id": "urn:endorsement",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": "urn:guild", "type": "Profile", "name": "Guild"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:credential:1", "type": "EndorsementSubject", "endorsementComment": "Good."},
    }
    document = credential(1, issuer_name="School", endorsement=[endorsement])
    jsonld.gate(document)
    endorsement["credentialSubject"]["type"] = "Profile"
    with pytest.raises(DataLossError):
        jsonld.gate(document)


@pytest.mark.parametrize("value", [["@context"], "@context", 5, None])
def test_what_is_no_object_is_refused_as_such(value: Any) -> None:
    with pytest.raises(MalformedValueError):
        jsonld.gate(value)


@pytest.mark.parametrize("member", ["id", "image"])
def test_an_abbreviated_address_is_refused_even_after_a_document_in_which_it_was_none(member: str) -> None:
    later = node(**{member: "xsd:thing"})
    earlier = later | {"@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"]}
    for document in (later | {"name": "A"}, later | {"name": "B"}):
        assert "<xsd:thing>" in text(document)
    with pytest.raises(Unsupported, match="abbreviated"):
        text(earlier | {"name": "A"})


def test_what_three_places_say_of_a_node_is_said_once() -> None:
    def place(**members: Any) -> dict[str, Any]:
        return {"id": "urn:school", "type": "Profile"} | members

    document = node(
        name="A",
        parentOrg=[
            {"id": "urn:p:1", "type": "Profile", "parentOrg": place(name="School")},
            {"id": "urn:p:2", "type": "Profile", "parentOrg": place(url="https://school.example/")},
            {"id": "urn:p:3", "type": "Profile", "parentOrg": place(url="https://school.example/")},
            {"id": "urn:p:4", "type": "Profile", "parentOrg": place(name="School")},
        ],
    )
    lines = text(document).splitlines()
    assert len(lines) == len(set(lines))
    assert sum(line.startswith("<urn:school>") for line in lines) == 3


def test_a_reference_is_the_same_with_and_without_its_braces() -> None:
    document = node(
        name="A",
        parentOrg=[
            {"id": "urn:p:1", "type": "Profile", "image": "urn:image"},
            {
                "id": "urn:p:2",
                "type": "Profile",
                "parentOrg": {"id": "urn:p:1", "type": "Profile", "image": {"id": "urn:image"}},
            },
        ],
    )
    assert text(document).count("<urn:image>") == 1


@pytest.mark.parametrize(
    ("edition", "word", "twin"),
    [("-3.0.1", "Image", "image"), ("", "Criteria", "criteria"), ("", "Profile", "creator")],
)
def test_the_word_of_a_type_is_no_member_where_another_word_means_the_same(edition: str, word: str, twin: str) -> None:
    context = [V1, f"https://purl.imsglobal.org/spec/ob/v3p0/context{edition}.json"]
    document = {"@context": context, "id": "urn:uuid:0", "type": ["Achievement"], "name": "A"}
    assert "<urn:x>" in text(document | {twin: {"id": "urn:x"}})
    with pytest.raises(ProblemError, match=f"“{twin}”") as caught:
        text(document | {word: {"id": "urn:x"}})
    assert caught.value.problem.pointer == f"/{word}"
