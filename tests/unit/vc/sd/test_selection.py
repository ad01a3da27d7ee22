"""JSON Pointers, and what they select of a document."""

import pytest

from vc.problems import BudgetExceeded, ProofGenerationError
from vc.proof.sd.selection import copied, select

DOCUMENT = {
    "@context": ["c"],
    "id": "urn:d",
    "type": ["T"],
    "name": "n",
    "a/b": {"~": 1},
    "subject": {
        "id": "urn:s",
        "type": "S",
        "items": [{"type": "I", "x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 2, "y": 2}],
        "texts": ["p", "q"],
        "order": ["1", "2"],
        "empty": [],
        "nothing": None,
    },
}
ALWAYS = {"@context": ["c"], "id": "urn:d", "type": ["T"]}


def chosen(*pointers: str, lists: tuple[tuple[int, str], ...] = ()) -> dict:
    return select(DOCUMENT, pointers, lists=lists).document


def test_the_way_keeps_ids_and_types() -> None:
    assert chosen("/subject/items/0/y") == {
        **ALWAYS,
        "subject": {"id": "urn:s", "type": "S", "items": [{"type": "I", "y": 0}]},
    }


def test_arrays_close_up_and_keep_their_order() -> None:
    subject = chosen("/subject/items/2", "/subject/items/1/x", "/subject/texts/1")["subject"]
    assert subject["items"] == [{"x": 1}, {"x": 2, "y": 2}]
    assert subject["texts"] == ["q"]


@pytest.mark.parametrize(
    "pointers", [("/subject/items", "/subject/items/0/x"), ("/subject/items/0/x", "/subject/items")]
)
def test_the_whole_and_a_part_of_it_are_the_whole(pointers: tuple[str, ...]) -> None:
    assert chosen(*pointers) == {
        **ALWAYS,
        "subject": {"id": "urn:s", "type": "S", "items": DOCUMENT["subject"]["items"]},
    }


def test_the_whole_document_and_a_part_of_it_are_the_whole_document() -> None:
    assert chosen("", "/subject/items/0/x") == chosen("/subject/items/0/x", "") == DOCUMENT


def test_ids_and_types_under_their_own_names_are_kept_too() -> None:
    document = {"@id": "urn:d", "@type": "T", "a": 1, "b": 2}
    assert select(document, ["/a"], lists=()).document == {"@id": "urn:d", "@type": "T", "a": 1}


def test_names_with_slashes_and_tildes() -> None:
    assert chosen("/a~1b/~0") == {**ALWAYS, "a/b": {"~": 1}}


def test_a_type_is_kept_whole_although_one_is_selected() -> None:
    assert chosen("/type/0", "/id") == ALWAYS


def test_nothing_shares_an_object_with_the_document() -> None:
    whole = copied(DOCUMENT)
    assert whole == DOCUMENT
    whole["subject"]["items"][0]["x"] = 9
    assert DOCUMENT["subject"]["items"][0]["x"] == 0
    twice = {"a": {"x": 1}}
    shared = copied({"one": twice, "two": twice})
    assert shared["one"] is not shared["two"]


def test_origins_name_the_object_of_the_document() -> None:
    selection = select(DOCUMENT, ["/subject/items/1/x"], lists=())
    part = selection.document["subject"]["items"][0]
    assert selection.origins[id(part)] == id(DOCUMENT["subject"]["items"][1])


def test_an_ordered_list_is_selected_whole_or_not_at_all() -> None:
    lists = ((id(DOCUMENT["subject"]), "order"),)
    assert chosen("/subject/order", lists=lists)["subject"]["order"] == ["1", "2"]
    with pytest.raises(ProofGenerationError, match="/subject/order have an order"):
        chosen("/subject/order/1", lists=lists)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/nowhere", "/nowhere"),
        ("/subject/nowhere/deep", "/subject/nowhere"),
        ("/name/0", "/name/0"),
        ("/subject/nothing/x", "/subject/nothing/x"),
        ("/subject/items/3", "/subject/items/3"),
        ("/subject/items/1/z", "/subject/items/1/z"),
        ("/subject/items/-", "/subject/items/-"),
        ("/subject/items/01", "/subject/items/01"),
        ("/subject/items/x", "/subject/items/x"),
        ("/subject/items/99999999999999999999", "/subject/items/99999999999999999999"),
        ("/subject/empty/0", "/subject/empty/0"),
        ("/", "/"),
    ],
)
def test_pointers_that_lead_nowhere(pointer: str, place: str) -> None:
    with pytest.raises(ProofGenerationError, match=f"There is nothing at {place} in this document"):
        chosen(pointer)


@pytest.mark.parametrize("pointer", ["name", "#/name", "/a~2b", "/a~", 7])
def test_what_is_no_pointer(pointer: object) -> None:
    with pytest.raises(ProofGenerationError, match="is not a JSON Pointer"):
        chosen(pointer)  # type: ignore[arg-type]


def test_a_document_that_is_nested_too_deep() -> None:
    document: dict = {}
    for _ in range(128):
        document = {"a": document}
    assert copied(document) == document
    with pytest.raises(BudgetExceeded):
        copied({"a": document})
