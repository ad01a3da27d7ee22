"""The types of one node of a document, as IRIs."""

from __future__ import annotations

import pytest

from tests.bench.samples import V2, medium, pretend_signature, small
from tests.unit.vc.jsonld.documents import node
from vc import jsonld
from vc.problems import DataLossError, Unsupported

VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"


def test_a_name_and_its_alias_are_the_same_type() -> None:
    badge = small(1)
    other = {**badge, "type": ["VerifiableCredential", "AchievementCredential"]}
    assert jsonld.type_iris(badge, "") == jsonld.type_iris(other, "")
    assert jsonld.type_iris(badge, "") == {
        "https://www.w3.org/2018/credentials#VerifiableCredential",
        VOCABULARY + "OpenBadgeCredential",
    }


def test_types_are_read_in_the_context_of_their_place() -> None:
    badge = medium(1)
    assert jsonld.type_iris(badge, "/credentialSubject/achievement") == {VOCABULARY + "Achievement"}
    assert jsonld.type_iris(badge, "/credentialSubject/result/4") == {VOCABULARY + "Result"}
    assert jsonld.type_iris(badge, "/credentialSubject/achievement/criteria") == frozenset()
    presentation = {
        "@context": V2,
        "type": "VerifiablePresentation",
        "verifiableCredential": [pretend_signature(badge)],
    }
    assert VOCABULARY + "OpenBadgeCredential" in jsonld.type_iris(presentation, "/verifiableCredential/0")
    assert jsonld.type_iris(node(image={"id": "urn:i"}), "/image") == frozenset()


@pytest.mark.parametrize(
    "pointer",
    ["/name", "/type", "/credentialSubject/id", "/nothing", "/evidence", "/evidence/9", "/evidence/x", "/type/0"],
)
def test_where_no_node_stands_there_are_no_types(pointer: str) -> None:
    with pytest.raises(KeyError):
        jsonld.type_iris(medium(1), pointer)


def test_undefined_types_and_unknown_contexts_are_refused() -> None:
    with pytest.raises(DataLossError):
        jsonld.type_iris(node("Doctorate"), "")
    with pytest.raises(Unsupported):
        jsonld.type_iris(node(image={"@context": "urn:c", "id": "urn:i"}), "/image")


def test_a_pointer_leads_through_lists_and_escapes_and_no_further_than_they_go() -> None:
    def profile(number: int) -> dict[str, object]:
        return {"id": f"urn:p:{number}", "type": "Profile", "name": "A"}

    listed = node(name="A", parentOrg=[profile(1) | {"image": {"id": "urn:i", "type": "Image"}}, profile(2)])
    assert jsonld.type_iris(listed, "/parentOrg/0/image") == {VOCABULARY + "Image"}
    assert jsonld.type_iris(listed, "/parentOrg/1") == {VOCABULARY + "Profile"}
    for pointer in ("/parentOrg/2", "/parentOrg/-1", "/parentOrg", "/parentOrg/x", "/parentOrg/0/none"):
        with pytest.raises(KeyError):
            jsonld.type_iris(listed, pointer)
    general = jsonld.processor_for(inline_contexts=True, extra_contexts={}, directions=False)
    own = {"@context": [V2, {"a~b": "urn:x:ab", "T": "urn:T"}], "type": "T", "a~b": {"type": "T", "name": "x"}}
    assert general.type_iris(own, "/a~0b") == {"urn:T"}
