"""Laws of canonicalization, over generated badges."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bench.samples import OB, V2, medium, pretend_signature, record, small
from tests.laws.jsonld.mutations import CONTEXTS, KEYWORDS, mutate, words
from vc import jsonld
from vc.jsonld import PRESENTATION_BUDGET
from vc.problems import ProblemError

FEW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"), max_size=30)
NAME = st.one_of(
    TEXT,
    st.fixed_dictionaries({"@value": TEXT, "@language": st.sampled_from(["en", "es-MX", "zh-Hant-TW"])}),
)
NUMBER = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.integers(1, 10**9).map(lambda n: n / 4))
IRI = st.from_regex(r"urn:[a-z]{1,4}:[a-z0-9]{1,12}", fullmatch=True)


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def typed(
    kind: str, required: dict[str, Any], /, **members: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.sampled_from([kind, [kind]]), **required}, optional=members)


ALIGNMENT = typed("Alignment", {"targetName": TEXT}, targetCode=TEXT, targetUrl=IRI, targetType=TEXT)
LEVEL = typed("RubricCriterionLevel", {"id": IRI}, name=NAME, points=TEXT)
RESULTS = typed(
    "ResultDescription",
    {"id": IRI},
    allowedValue=st.lists(st.one_of(TEXT, NUMBER), max_size=4),
    rubricCriterionLevel=st.lists(LEVEL, max_size=3),
    name=NAME,
)
ACHIEVEMENT = typed(
    "Achievement",
    {"id": IRI, "criteria": some(narrative=TEXT) | IRI.map(lambda iri: {"id": iri})},
    name=NAME,
    description=NAME,
    tag=st.lists(TEXT, max_size=3),
    alignment=st.lists(ALIGNMENT, max_size=3),
    resultDescription=st.lists(RESULTS, max_size=2),
    image=IRI,
)
SUBJECT = typed(
    "AchievementSubject",
    {"achievement": ACHIEVEMENT},
    id=IRI,
    creditsEarned=NUMBER,
    result=st.lists(typed("Result", {"value": TEXT}, alignment=st.lists(ALIGNMENT, max_size=2)), max_size=2),
)
BADGE = st.fixed_dictionaries(
    {
        "@context": st.just([V2, OB]),
        "type": st.just(["VerifiableCredential", "OpenBadgeCredential"]),
        "issuer": IRI | typed("Profile", {"id": IRI}, name=NAME, url=IRI),
        "credentialSubject": SUBJECT | st.lists(SUBJECT, min_size=1, max_size=2),
    },
    optional={"id": IRI, "name": NAME, "evidence": st.lists(typed("Evidence", {"name": NAME}, id=IRI), max_size=2)},
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(CONTEXTS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from([*words(), *KEYWORDS]), st.text(max_size=4)), inner, max_size=4),
    ),
    max_leaves=12,
)


def canonical(document: Any, hash_name: Any = "sha256") -> bytes | None:
    """The canonical form, or None when the document is refused."""
    try:
        return jsonld.canonicalize(document, hash_name=hash_name, budget=PRESENTATION_BUDGET)
    except ProblemError:
        return None


def shuffled(value: Any, rng: random.Random) -> Any:
    """The same members in another order, at every depth; sets in another order, too."""
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        kept = ("@context", "allowedValue")
        return {key: value[key] if key in kept else shuffled(value[key], rng) for key in keys}
    if isinstance(value, list):
        items = [shuffled(item, rng) for item in value]
        rng.shuffle(items)
        return items
    return value


@FEW
@given(BADGE, st.randoms(use_true_random=False))
def test_the_order_of_members_never_matters(badge: dict[str, Any], rng: random.Random) -> None:
    assert canonical(shuffled(badge, rng)) == canonical(badge)


@FEW
@given(BADGE)
def test_a_document_read_again_has_the_same_form(badge: dict[str, Any]) -> None:
    before = copy.deepcopy(badge)
    assert canonical(json.loads(json.dumps(badge))) == canonical(badge)
    assert badge == before


@FEW
@given(BADGE)
def test_what_the_gate_lets_through_is_what_is_canonicalized(badge: dict[str, Any]) -> None:
    try:
        jsonld.gate(badge)
    except ProblemError:
        assert canonical(badge) is None
    else:
        assert canonical(badge) is not None


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to each text, number or truth value that a reader could see."""
    if isinstance(value, dict):
        return [way for key, item in value.items() if key != "@context" for way in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [way for index, item in enumerate(value) for way in leaves(item, (*path, index))]
    return [path]


def _set(document: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(document)
    place: Any = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return document


def _other(value: Any, path: tuple[str | int, ...]) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "zh" if path[-1] == "@language" and value != "zh" else value + "x"


def test_every_visible_change_of_a_value_changes_the_bytes_or_is_refused() -> None:
    for document in (medium(1), record(1, sign=pretend_signature, children=2)):
        signed = canonical(document)
        for path in leaves(document):
            place: Any = document
            for part in path:
                place = place[part]
            assert canonical(_set(document, path, _other(place, path))) != signed, path


def test_leaving_out_or_adding_anything_changes_the_bytes_or_is_refused() -> None:
    document = medium(1)
    signed = canonical(document)

    def places(value: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Any]]:
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [(path, value), *(found for key, item in items for found in places(item, (*path, key)))]

    for path, value in places(document, ()):
        if isinstance(value, dict) and path:
            for key in value:
                if key != "@context":
                    without = {name: item for name, item in value.items() if name != key}
                    assert canonical(_set(document, path, without)) != signed, (path, key)
            for word in ("name", "description", "undefined", "url", "@index", "jti"):
                if word not in value:
                    assert canonical(_set(document, path, {**value, word: "urn:new"})) != signed, (path, word)


@FEW
@given(BADGE, st.randoms(use_true_random=False))
def test_a_mutation_either_shows_or_says_nothing_new(badge: dict[str, Any], rng: random.Random) -> None:
    """Where bytes stay the same after a random change, the statements do: the reader of statements sees no change."""
    other = mutate(badge, rng)
    first, second = canonical(badge), canonical(other)
    if first is not None and first == second:
        assert canonical(other, "sha384") == canonical(badge, "sha384")


@FEW
@given(JUNK)
def test_junk_raises_nothing_but_problems(junk: Any) -> None:
    canonical(junk)
    canonical({"@context": [V2, OB], "type": ["VerifiableCredential"], "name": junk, "issuer": junk, "evidence": junk})
    if isinstance(junk, dict):
        canonical({**small(1), **junk})
        canonical({**small(1), "credentialSubject": {**small(1)["credentialSubject"], **junk}})


@FEW
@given(JUNK, st.text("/~01abc", max_size=6))
def test_asking_for_types_raises_nothing_but_problems_and_key_errors(junk: Any, pointer: str) -> None:
    try:
        found = jsonld.type_iris({**small(1), "evidence": junk}, pointer)
    except (ProblemError, KeyError):
        return
    assert isinstance(found, frozenset)
