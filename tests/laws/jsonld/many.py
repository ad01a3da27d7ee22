"""Thousands of documents against other implementations: the same bytes as PyLD and as pyoxigraph, or refused.

    .venv/bin/python -m tests.laws.jsonld.many [--count 9000] [--seed 1]

A third of the documents bring definitions of words and go the general path. One line of figures; exit 1 if any of them
came out differently, each of which is printed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyld.jsonld import JsonLdError

from tests.laws.jsonld.literal import Literal
from tests.laws.jsonld.mutations import mutate, vary
from tests.laws.jsonld.oracles import by_pyld, by_pyoxigraph
from tests.laws.jsonld.shapes import OWN, OWN_VALUES, OWN_WORDS, SAMPLES
from vc.jsonld import PINNED, PRESENTATION_BUDGET, Processor, processor_for
from vc.problems import ProblemError

GENERAL = processor_for(inline_contexts=True, extra_contexts={}, directions=False)
ALONE = "pyoxigraph has other labels than everybody else"
NAMES = [name for name in SAMPLES if name not in ("presentation", "many equals", "record")]


@dataclass
class Count:
    """How many documents were read and accepted; where we differ; where pyoxigraph differs from all others.

    pyoxigraph 0.5 labels look-alike lists inside a named graph otherwise than the algorithm does, word for word
    (`tests.laws.jsonld.literal`), than PyLD and than jsonld.js.
    """

    read: int = 0
    accepted: int = 0
    different: int = 0
    alone: int = 0


def documents(seed: int, count: int) -> Iterator[tuple[Processor, dict[str, Any]]]:
    """So many documents, with what reads them; the same for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        document = SAMPLES[rng.choice(NAMES)]
        for _ in range(rng.choice((1, 1, 2, 3))):
            document = (mutate if rng.random() < 0.4 else vary)(document, rng)
        if number % 3:
            yield PINNED, document
        else:
            yield GENERAL, _with_own(SAMPLES[rng.choice(NAMES)] if rng.random() < 0.7 else document, rng)


def _with_own(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    named = changed.get("@context", [])
    own = copy.deepcopy(rng.sample(OWN, rng.randrange(1, 3)))
    changed["@context"] = [*named, *own] if isinstance(named, list) else [named, *own]
    for _ in range(rng.randrange(1, 4)):
        place = changed
        while inner := [item for key, item in place.items() if isinstance(item, dict) and key != "@context"]:
            if rng.random() < 0.5:
                break
            place = rng.choice(inner)
        place[rng.choice(OWN_WORDS)] = copy.deepcopy(rng.choice(OWN_VALUES))
    return changed


def difference(processor: Processor, document: dict[str, Any]) -> str | None:
    """What others say differently; None if they agree; raises a ProblemError where we refuse the document."""
    form = processor.canonicalize(document, hash_name="sha256", budget=PRESENTATION_BUDGET)
    try:
        if form != by_pyld(document):
            return "PyLD has other bytes"
    except JsonLdError as error:
        return f"PyLD refuses it: {error}"
    if form != by_pyoxigraph(form, "sha256"):
        return ALONE if form == Literal(form.decode()).run().encode() else "pyoxigraph has other labels"
    longer = processor.canonicalize(document, hash_name="sha384", budget=PRESENTATION_BUDGET)
    return None if longer == by_pyoxigraph(longer, "sha384") else "pyoxigraph has other labels for SHA-384"


def compare(seed: int, count: int) -> Count:
    """Compare so many documents; what is different is printed."""
    found = Count()
    for processor, document in documents(seed, count):
        found.read += 1
        try:
            said = difference(processor, document)
        except ProblemError:
            continue
        found.accepted += 1
        if said == ALONE:
            found.alone += 1
        elif said is not None:
            found.different += 1
            print(said, json.dumps(document))  # noqa: T201
    return found


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=9_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = compare(given.seed, given.count)
    print(  # noqa: T201
        f"{found.read} documents (seed {given.seed}): {found.accepted} accepted, {found.different} different, "
        f"{found.alone} where pyoxigraph stands alone."
    )
    return 1 if found.different else 0


if __name__ == "__main__":
    sys.exit(main())
