"""Proofs that build on other proofs of the same document, by ``previousProof``.

Spec: https://www.w3.org/TR/vc-data-integrity/#proof-chains
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vc.document import JsonObject, listed
from vc.problems import ProofVerificationError


def previous_proofs(proof: JsonObject, *, beside: Sequence[JsonObject], here: str) -> tuple[str, ...]:
    """The ids of the proofs that this one builds on; each is that of exactly one other proof in ``beside``.

    Raises:
        ProofVerificationError: one is missing or there twice, or the proof builds, in the end, on itself.

    Spec: https://www.w3.org/TR/vc-data-integrity/#verify-proof-sets-and-chains

    """
    if "previousProof" not in proof:
        return ()
    where = here + "/previousProof"
    names = named(proof)
    # "If a proof with id value equal to previousProof does not exist in allProofs, an error MUST be raised"
    ids = [other.get("id") for other in beside]
    if not names or names != listed(proof["previousProof"]) or any(ids.count(name) != 1 for name in names):
        raise ProofVerificationError("The proof builds on one that is not there.", pointer=where)
    if len(set(names)) != len(names) or proof.get("id") in reached(names, beside):
        raise ProofVerificationError("The proof builds on itself, or twice on another.", pointer=where)
    return tuple(names)


def named(proof: JsonObject) -> list[str]:
    """The texts under ``previousProof``, as they stand."""
    return [name for name in listed(proof.get("previousProof")) if isinstance(name, str)]


def reached(names: Collection[str], beside: Sequence[JsonObject]) -> set[str]:
    """These ids, and those of all proofs that the proofs of these ids build on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for other in beside:
            if other.get("id") == name:
                waiting += named(other)
    return found
