"""Laws of proofs, whatever the suite and the key: what is signed verifies however it is written, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacks.signers import PAIRS, SIGNERS, signed_as
from tests.attacks.world import plain, unsigned
from vc import ProblemError
from vc.document import at, pointer
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.keys import KeyKind
from vc.proof import SUITES, Transformed, parse_proofs, verify_proof

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f"), min_size=1, max_size=12)
CREDITS = st.one_of(st.integers(0, 2**40), st.floats(0, 1e6, allow_nan=False).map(lambda number: round(number, 3)))
LEAVES = [
    "/id",
    "/name",
    "/validFrom",
    "/issuer/name",
    "/credentialSubject/id",
    "/credentialSubject/narrative",
    "/credentialSubject/creditsEarned",
    "/credentialSubject/achievement/name",
    "/credentialSubject/result/0/value",
    "/proof/created",
    "/proof/verificationMethod",
]


def verifies(document: Any, kind: KeyKind) -> bool:
    """Whether the document's one proof is the school's key's, read strictly from its bytes."""
    found = parse_proofs(document, max_proofs=1, suites=frozenset(SUITES), party=None)
    transformed = Transformed(document, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED)
    try:
        for proof in found.claimed:
            verify_proof(proof, public_key=SIGNERS[kind].public_key, transformed=transformed)
    except ProblemError:
        return False
    return bool(found.claimed) and not found.problems


def shuffled(value: Any, random: Any) -> Any:
    """The same JSON with the members of every object in another order."""
    if isinstance(value, dict):
        items = [(name, shuffled(item, random)) for name, item in value.items()]
        random.shuffle(items)
        return dict(items)
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@settings(max_examples=60)
@given(st.sampled_from(PAIRS), TEXTS, TEXTS, CREDITS, st.randoms())
def test_what_is_signed_verifies_in_any_order(
    pair: tuple[str, KeyKind], name: str, narrative: str, earned: float, random: Any
) -> None:
    document = unsigned(name=name)
    document["credentialSubject"] |= {"narrative": narrative, "creditsEarned": earned}
    signed = signed_as(*pair, document)
    assert verifies(signed, pair[1])
    again = json.loads(json.dumps(shuffled(signed, random), indent=1))
    assert verifies(again, pair[1])


@settings(max_examples=100)
@given(st.sampled_from(PAIRS), st.sampled_from(LEAVES), TEXTS)
def test_a_changed_leaf_is_not_what_was_signed(pair: tuple[str, KeyKind], leaf: str, text: str) -> None:
    changed = plain(signed_as(*pair))
    parent, _, last = leaf.rpartition("/")
    node: Any = at(changed, parent)
    old = node[last]
    node[last] = old + 1 if isinstance(old, float) else old + text
    assert not verifies(changed, pair[1]), pointer(*leaf.split("/")[1:])
