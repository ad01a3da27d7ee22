"""Thousands of documents, whole and damaged ones, with and without definitions of their own, disclosed in part.

    .venv/bin/python -m tests.laws.selective_many [--count 3000] [--seed 1]

Whatever can be issued can be derived from by any pointers or is refused in words; whatever is derived verifies, shows
statements of the whole only, and verifies no more when one of its values is changed. Exit 1 with what did not.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.laws.jsonld.many import documents
from tests.selective import CREATED, HMAC_KEY, KEY, PROOF_KEY, SIGNER, places, value_of
from vc.document import pointer
from vc.jsonld import PRESENTATION_BUDGET, Processor
from vc.problems import ProblemError
from vc.proof import sd
from vc.proof.sd.grouping import Labelled
from vc.proof.sd.options import options_of
from vc.proof.sd.selection import copied
from vc.proof.sd.verify import statements_of

Defect = tuple[str, dict[str, Any], list[str]]


def bare(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def check(document: dict[str, Any], processor: Processor) -> None:
    """Return if the derived proof verifies."""
    sd.verify_derived(
        bare(document),
        options=options_of(document["proof"], document),
        value=value_of(document),
        public_key=KEY,
        budget=PRESENTATION_BUDGET,
        processor=processor,
    )


def changed(document: dict[str, Any], rng: random.Random) -> dict[str, Any] | None:
    """One value outside contexts and proofs changed; None where there is none."""
    forged = copy.deepcopy(document)
    found = [path for path in places(bare(forged)) if "@context" not in path and "proof" not in path]
    rng.shuffle(found)
    for path in found:
        holder: Any = forged
        for step in path[:-1]:
            holder = holder[step]
        old = holder[path[-1]]
        if isinstance(old, str | int | float) and not isinstance(old, bool):
            holder[path[-1]] = old + "x" if isinstance(old, str) else old + 1
            return forged
    return None


def disclosures(
    processor: Processor, document: dict[str, Any], rng: random.Random
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Some disclosures of a document, with their pointers; a ProblemError where it is not to be issued."""
    every = [pointer(*path) for path in places(document) if path[0] != "@context"]
    mandatory = rng.sample(every, min(len(every), rng.randrange(1, 4)))
    arguments = {"signer": SIGNER, "created": CREATED, "hmac_key": HMAC_KEY, "proof_key": PROOF_KEY}
    base = sd.create_base_proof(document, mandatory_pointers=mandatory, processor=processor, **arguments)
    yield dict(sd.reveal_all(base, processor=processor)), ["", *mandatory]
    for _ in range(4):
        chosen = rng.sample(every, min(len(every), rng.randrange(6)))
        try:
            yield dict(sd.derive_proof(base, selective_pointers=chosen, processor=processor)), [*chosen, *mandatory]
        except ProblemError:
            continue


def defect(processor: Processor, document: dict[str, Any], shown: dict[str, Any], rng: random.Random) -> str | None:
    """What is wrong with a disclosure, if anything."""
    try:
        check(shown, processor)
    except ProblemError as error:
        return f"does not verify: {error.detail}"
    whole = Labelled(document, hmac_key=HMAC_KEY, budget=PRESENTATION_BUDGET, processor=processor).nquads
    groups = statements_of(bare(shown), value_of(shown), budget=PRESENTATION_BUDGET, processor=processor)
    if not {*groups[0], *groups[1]} <= set(whole):
        return "shows what is not in the whole"
    forged = changed(shown, rng)
    try:
        if forged is not None:
            check(forged, processor)
            return "verifies though it was changed"
    except ProblemError:
        return None
    return None


def compare(seed: int, count: int) -> tuple[Counter[str], list[Defect]]:
    """How much was read and found, and every defect."""
    rng, found, wrong = random.Random(seed), Counter[str](), []
    for processor, damaged in documents(seed, count):
        found["documents"] += 1
        document = bare(damaged)
        try:
            statements = processor.placed(copied(document), budget=PRESENTATION_BUDGET)
            assert len(set(statements.places)) == len(statements.labels), document
            for shown, pointers in disclosures(processor, document, rng):
                found["disclosures"] += 1
                if words := defect(processor, document, shown, rng):
                    wrong.append((words, document, pointers))
        except ProblemError:
            continue
        found["issued"] += 1
    return found, wrong


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found, wrong = compare(given.seed, given.count)
    for words, document, pointers in wrong:
        print(words, pointers, document)  # noqa: T201
    print(f"{dict(found)}, {len(wrong)} defects")  # noqa: T201 - a command reports to its terminal
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
