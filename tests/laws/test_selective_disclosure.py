"""Laws of selective disclosure, over many badges and any choice of parts.

What is derived verifies; it shows what was chosen, what is mandatory and what holds them together, and nothing else;
whatever is altered in it, it verifies no more; showing more never changes what is shown of the rest.
"""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.selective_many import compare
from tests.selective import derive, issue, judge, places, plain, rich, value_of
from vc.checks import Outcome
from vc.disclosure import completed, required_pointers
from vc.document import at, pointer
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.problems import ProofGenerationError
from vc.proof import sd
from vc.proof.sd.encoding import BaseProofValue
from vc.proof.sd.grouping import Labelled, label_of

KEPT = {"@context", "id", "type"}
ORDERED = "allowedValue"
BADGES = {number: issue(rich(number) if number % 2 else plain(number)) for number in range(1, 7)}
BARE = {number: issue(rich(number), mandatory=["/issuer"]) for number in range(1, 4)}


def unsigned(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def all_pointers(document: dict[str, Any]) -> list[str]:
    """Every place but those in the middle of what is shown whole or not at all."""
    return [
        pointer(*path)
        for path in places(unsigned(document))
        if ORDERED not in path[:-1] and "@context" not in path and "proof" not in path
    ]


@st.composite
def selections(draw: st.DrawFn, badges: dict[int, dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    base = badges[draw(st.sampled_from(sorted(badges)))]
    return base, draw(st.lists(st.sampled_from(all_pointers(base)), max_size=8))


def allowed(path: tuple[str, ...], chosen: list[tuple[str, ...]]) -> bool:
    """Whether a value at this place of the whole may be shown: it was chosen, or is the id or a type on the way."""
    if any(path[: len(way)] == way for way in chosen):
        return True
    name = next((index for index, step in enumerate(path) if step in KEPT), None)
    return name is not None and any(way[:name] == path[:name] for way in [*chosen, ()])


def steps(text: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {} if isinstance(value, dict | list) else {path: value}
    for name, item in items:
        found |= leaves(item, (*path, str(name)))
    return found


@settings(max_examples=60)
@given(selections(BADGES))
def test_what_is_derived_verifies(selection: tuple[dict[str, Any], list[str]]) -> None:
    base, pointers = selection
    assert judge(derive(base, *pointers)).check("signature").outcome is Outcome.PASSED


@settings(max_examples=60)
@given(selections(BARE))
def test_it_shows_what_was_chosen_and_nothing_else(selection: tuple[dict[str, Any], list[str]]) -> None:
    base, pointers = selection
    chosen = [("issuer",), *map(steps, pointers)]
    whole = leaves(unsigned(base))
    expected = sorted(str(value) for path, value in whole.items() if allowed(path, chosen))
    assert sorted(str(value) for value in leaves(unsigned(derive(base, *pointers))).values()) == expected


@settings(max_examples=40)
@given(selections(BARE))
def test_its_statements_are_among_those_of_the_whole(selection: tuple[dict[str, Any], list[str]]) -> None:
    base, pointers = selection
    shown = derive(base, *pointers)
    original = sd.parse_proof_value(sd.proof_value_of(base["proof"]["proofValue"]))
    assert isinstance(original, BaseProofValue)
    whole = Labelled(unsigned(base), hmac_key=original.hmac_key, budget=CREDENTIAL_BUDGET, processor=PINNED).nquads
    found = PINNED.labelled(unsigned(shown), budget=CREDENTIAL_BUDGET)
    labels = value_of(shown).labels
    nquads = found.nquads([label_of(labels[int(label[4:])]) for label in found.labels])
    assert set(nquads) <= set(whole)
    assert len(value_of(shown).signatures) + len(value_of(shown).mandatory_indexes) == len(nquads)


@settings(max_examples=40)
@given(selections(BADGES), st.data())
def test_whatever_is_altered_it_verifies_no_more(selection: tuple[dict[str, Any], list[str]], data: Any) -> None:
    base, pointers = selection
    forged = derive(base, *pointers)
    path = data.draw(st.sampled_from(sorted(leaves({**unsigned(forged), "@context": []}))))
    holder: Any = forged
    for step in path[:-1]:
        holder = holder[int(step) if isinstance(holder, list) else step]
    last = int(path[-1]) if isinstance(holder, list) else path[-1]
    old = holder[last]
    change = data.draw(st.sampled_from(["more", "other", "gone"]))
    if change == "gone":
        del holder[last]
    elif isinstance(old, str):
        holder[last] = old + "x" if change == "more" else "urn:x"
    else:
        holder[last] = (not old) if isinstance(old, bool) else old + 1
    assert judge(forged).check("signature").outcome is not Outcome.PASSED


@settings(max_examples=30)
@given(selections(BADGES))
def test_a_mandatory_part_is_always_there_and_cannot_be_taken_out(
    selection: tuple[dict[str, Any], list[str]],
) -> None:
    base, pointers = selection
    shown = derive(base, *pointers)
    for place in required_pointers(unsigned(base)):
        assert at(shown, place) == at(base, place)
        forged = copy.deepcopy(shown)
        *way, last = steps(place)
        holder: Any = forged
        for step in way:
            holder = holder[step]
        del holder[last]
        assert judge(forged).check("signature").outcome is not Outcome.PASSED


@settings(max_examples=30)
@given(selections(BADGES))
def test_a_completed_selection_follows_the_rules_of_its_kind(selection: tuple[dict[str, Any], list[str]]) -> None:
    base, pointers = selection
    shown = derive(base, *completed(unsigned(base), pointers))
    assert judge(shown).check("schema").outcome is Outcome.PASSED


@settings(max_examples=30)
@given(selections(BARE), st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_pointers_changes_nothing(
    selection: tuple[dict[str, Any], list[str]], random: Any
) -> None:
    base, pointers = selection
    again = [*pointers, *pointers]
    random.shuffle(again)
    assert derive(base, *again) == derive(base, *pointers)


@pytest.mark.parametrize("seed", range(3))
def test_damaged_documents_and_definitions_of_their_own(seed: int) -> None:
    found, wrong = compare(seed, 30)
    assert wrong == []
    assert found["disclosures"] > 10


def test_a_piece_of_what_is_ordered_is_refused() -> None:
    pieces = [pointer(*path) for path in places(unsigned(BARE[1])) if ORDERED in path[:-1]]
    assert pieces
    for piece in pieces:
        with pytest.raises(ProofGenerationError):
            derive(BARE[1], piece)
