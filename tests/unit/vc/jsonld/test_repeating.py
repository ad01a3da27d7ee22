"""Two descriptions of one node, by themselves: when they agree, and what the second one adds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from vc.jsonld.grammar import RDF
from vc.jsonld.plans import Refused
from vc.jsonld.repeats import (
    DescribedNode,
    is_endorsed,
    refuse_nested_context,
    refuse_repeated,
    refuse_second_top,
    refuse_written_out,
)
from vc.problems import DataLossError, Unsupported

OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
DIFFERENTLY, INSIDE, SELF = "described twice, differently", "A credential inside", "to themselves"


def plan_of(keys: Any, types: tuple[str, ...], predicates: dict[str, str], containers: dict[str, str]) -> Any:
    slots = [
        SimpleNamespace(key=key, predicate=f" <urn:v:{predicates.get(key, key)}> ", container=containers.get(key))
        for key in keys
    ]
    middles = tuple(f" <{RDF}type> <{iri}>" for iri in types)
    return SimpleNamespace(slots=[None, *slots], type_iris=types, type_middles=middles)


def said(
    value: dict[str, Any],
    *,
    scope: int = 0,
    types: tuple[str, ...] = ("urn:T",),
    plan: Any = None,
    predicates: dict[str, str] | None = None,
    containers: dict[str, str] | None = None,
    middles: list[str] | None = None,
) -> Any:
    """A description; a text is a statement, and an object is a node without an id, whose statement is not shown."""
    plan = plan or plan_of(value, types, predicates or {}, containers or {})
    if middles is None:
        middles = list(plan.type_middles)
        for slot in plan.slots[1:]:
            items = value[slot.key] if isinstance(value[slot.key], list) else [value[slot.key]]
            middles += [slot.predicate + f'"{item}"' for item in items if isinstance(item, str) and not slot.container]
    return ("id", "type" if types else None, plan, value, scope, middles)


def refused(first: Any, *others: Any) -> tuple[str, list[str | int]]:
    """Why the last description is refused, and where."""
    node = DescribedNode(first)
    for other in others[:-1]:
        node.add(other)
    with pytest.raises(Refused) as caught:
        node.add(others[-1])
    assert caught.value.kind is Unsupported
    return caught.value.detail, caught.value.path


def agree(first: Any, *others: Any) -> list[list[str]]:
    """What each further description adds."""
    node = DescribedNode(first)
    return [list(node.add(other)) for other in others]


def test_what_is_said_again_adds_nothing_and_what_is_new_is_added_once() -> None:
    first = said({"name": "A"})
    more = said({"name": "A", "url": "U", "note": "N"})
    new = [' <urn:v:url> "U"', ' <urn:v:note> "N"']
    assert agree(first, said({"name": "A"}, plan=first[2]), said({"name": "A"}), more, more, first) == [
        [],
        [],
        new,
        [],
        [],
    ]
    assert agree(said({"url": "U"}), said({"name": "A"})) == [[' <urn:v:name> "A"']]


def test_a_value_differs() -> None:
    for value in ({"name": "B"}, {"name": ["A", "B"]}, {"name": {"a": 1}}):
        detail, path = refused(said({"name": "A"}), said(value))
        assert DIFFERENTLY in detail
        assert path == ["name"]
    detail, path = refused(said({"name": "A", "url": "U"}), said({"url": "U"}), said({"url": "V"}))
    assert path == ["url"]


def test_types_agree_within_one_credential() -> None:
    detail, path = refused(said({"name": "A"}), said({"name": "A"}, types=("urn:S",)))
    assert DIFFERENTLY in detail
    assert path == ["type"]
    assert agree(said({"name": "A"}), said({"name": "A"}, types=())) == [[]]
    assert agree(said({"name": "A"}, types=("urn:T", "urn:S")), said({"name": "A"}, types=("urn:S", "urn:T"))) == [[]]
    assert agree(said({"name": "A"}, scope=1), said({"name": "A"}, scope=2, types=("urn:S",)))[0][0].endswith("<urn:S>")


def test_giver_and_receiver_in_one() -> None:
    giver, given = said({"name": "A"}, types=(OB + "Profile",)), said({"name": "A"}, types=(OB + "AchievementSubject",))
    for pair in ((giver, given), (given, giver)):
        detail, path = refused(*pair)
        assert SELF in detail
        assert path == ["type"]
    detail, _ = refused(giver, said({"name": "A"}, types=(OB + "Achievement",)))
    assert DIFFERENTLY in detail


def test_a_credential_inside_agrees_with_the_document_and_not_with_others_inside() -> None:
    outside, old, new = said({"name": "A"}), said({"name": "A"}, scope=1), said({"name": "B"}, scope=2)
    assert agree(outside, old) == [[]]
    assert agree(old, new) == [[' <urn:v:name> "B"']]
    for group in ((outside, new), (new, outside), (old, new, outside), (new, old, outside)):
        detail, path = refused(*group)
        assert INSIDE in detail
        assert path == ["name"]
    detail, _ = refused(new, said({"name": "A"}, scope=2))
    assert DIFFERENTLY in detail


def test_what_is_alike_is_compared_with_what_comes_later() -> None:
    first = said({"name": "A"}, scope=1)
    again = said({"name": "A"}, scope=2, plan=first[2])
    detail, _ = refused(first, again, said({"name": "B"}, scope=2))
    assert DIFFERENTLY in detail
    assert agree(first, again, said({"name": "B"}, scope=3)) == [[], [' <urn:v:name> "B"']]


def test_only_what_is_the_same_in_everything_is_alike() -> None:
    first = said({"name": {"a": 1}})
    assert DIFFERENTLY in refused(first, said({"name": {"a": 2}}, plan=first[2]))[0]
    assert DIFFERENTLY in refused(first, said({"name": {"a": 1}}, predicates={"name": "other"}))[0]
    more = [*first[-1], " <urn:v:more> <urn:x>"]
    assert agree(first, said({"name": {"a": 1}}, plan=first[2], middles=more)) == [[" <urn:v:more> <urn:x>"]]


def test_a_word_means_the_same_within_one_credential() -> None:
    other = said({"name": {"a": 1}}, predicates={"name": "other"}, scope=1)
    assert DIFFERENTLY in refused(said({"name": {"a": 1}}, scope=1), other)[0]
    assert agree(said({"name": {"a": 1}}, scope=2), other) == [[]]
    two_words = said({"title": "A"}, predicates={"title": "name"})
    assert DIFFERENTLY in refused(said({"name": "A"}), two_words)[0]


def test_parts_without_an_id_are_compared_word_for_word() -> None:
    def parts(*values: Any, **more: Any) -> Any:
        return said({"part": list(values)}, **more)

    assert agree(said({"part": {"a": 1, "b": 2}}), said({"part": {"b": 2, "a": 1}})) == [[]]
    assert agree(parts({"a": 1}, {"a": 2}), parts({"a": 2}, {"a": 1})) == [[]]
    assert agree(parts({"a": 1}), said({"part": {"a": 1}})) == [[]]
    assert DIFFERENTLY in refused(parts({"a": 1}, {"a": 1}), said({"name": "A"}))[0]
    assert DIFFERENTLY in refused(parts("x", {"a": 1}), parts("x", {"a": 2}))[0]
    assert agree(parts("x", {"a": 1}), parts({"a": 1}, "x")) == [[]]


def test_a_reference_with_and_without_braces_is_one_statement() -> None:
    statement = [" <urn:v:image> <urn:i>"]
    braces, bare = said({"image": {"id": "urn:i"}}, middles=statement), said({"image": "urn:i"}, middles=statement)
    assert agree(braces, bare) == [[]]
    two = [*statement, " <urn:v:image> <urn:j>"]
    assert agree(
        said({"image": ["urn:i", "urn:j"]}, middles=two), said({"image": ["urn:j", "urn:i"]}, middles=two)
    ) == [[]]


def test_an_ordered_list_keeps_its_order_and_its_repetitions() -> None:
    def ordered(*values: str, **more: Any) -> Any:
        return said({"values": list(values)}, containers={"values": "@list"}, **more)

    assert agree(ordered("a", "b"), ordered("a", "b")) == [[]]
    assert agree(ordered("a", "a"), ordered("a", "a")) == [[]]
    assert DIFFERENTLY in refused(ordered("a", "b"), ordered("b", "a"))[0]
    assert DIFFERENTLY in refused(ordered("a", "a"), ordered("a"))[0]
    one = [' <urn:v:values> "shown"']
    assert DIFFERENTLY in refused(ordered("a", middles=one), ordered("b", middles=one))[0]


def test_what_is_endorsed_is_told_apart() -> None:
    subject = (OB + "EndorsementSubject",)
    inside, outside = said({}, scope=1, types=subject), said({}, types=subject)
    other = said({}, scope=2)
    assert [is_endorsed(found) for found in (inside, outside, other)] == [True, False, False]

    def only(*group: Any) -> bool:
        node = DescribedNode(group[0])
        for found in group[1:]:
            node.add(found)
        return node.is_endorsed_only

    assert only(inside)
    assert only(inside, said({}, scope=2, types=subject))
    assert not only(inside, other)
    assert not only(other, inside)
    assert not only(outside, inside)


@pytest.mark.parametrize(
    ("middles", "start", "ends", "place"),
    [
        (["a", "b", "a"], 0, [1, 2, 3], 2),
        (["a", "a", "b"], 0, [1, 2, 3], 1),
        (["a", "b", "a"], 0, [1, 3], 1),
        (["z", "a", "b", "a"], 1, [2, 3, 4], 2),
        (["z", "a", "a", "b"], 1, [2, 3, 4], 1),
    ],
)
def test_which_of_the_values_stands_there_twice(middles: list[str], start: int, ends: list[int], place: int) -> None:
    with pytest.raises(Refused) as caught:
        refuse_repeated(middles, start, ends)
    assert (caught.value.kind, caught.value.path) == (Unsupported, [place])


def test_what_stood_there_before_is_no_repetition() -> None:
    refuse_repeated(["a", "a", "b"], 1, [2, 3])
    refuse_repeated([], 0, [])


def test_what_is_refused_wherever_it_stands() -> None:
    for refuse, kind, text in (
        (refuse_second_top, Unsupported, "a second time"),
        (refuse_written_out, DataLossError, "write it plainly"),
    ):
        with pytest.raises(Refused, match=text) as caught:
            refuse("name")
        assert (caught.value.kind, caught.value.path) == (kind, ["name"])


def test_contexts_of_its_own_has_only_what_is_secured_by_itself() -> None:
    plan: Any = SimpleNamespace(type_iris=("urn:A", "urn:B"))
    refuse_nested_context(plan, frozenset({"urn:B", "urn:C"}))
    with pytest.raises(Refused) as caught:
        refuse_nested_context(plan, frozenset({"urn:C"}))
    assert (caught.value.kind, caught.value.path) == (DataLossError, ["@context"])
