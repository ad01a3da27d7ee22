"""The one door to JSON-LD: what a document says as canonical statements, or why it cannot be signed.

Contexts are the pinned ones of `contexts` and no others, unless a policy says so and a `GeneralProcessor` is handed
in; nothing here can reach a network. A document is either canonicalized whole or refused with the place and the
reason: no part of it is ever dropped.

Spec: https://www.w3.org/TR/json-ld11-api/, https://www.w3.org/TR/rdf-canon/
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

import contexts
from contexts import ContextEntry
from vc.document import JsonObject
from vc.jsonld.general import GeneralProcessor
from vc.jsonld.plans import Planner
from vc.jsonld.processor import CREDENTIAL_BUDGET, PRESENTATION_BUDGET, Budget, Processor
from vc.jsonld.rdfc import HashName
from vc.jsonld.revisions import EarlierReading, earlier_readings

__all__ = [
    "CREDENTIAL_BUDGET",
    "PINNED",
    "PRESENTATION_BUDGET",
    "Budget",
    "ContextEntry",
    "EarlierReading",
    "GeneralProcessor",
    "Processor",
    "canonicalize",
    "context_bytes",
    "earlier_readings",
    "gate",
    "known_contexts",
    "processor_for",
    "self_check",
    "type_iris",
]

PINNED: Final = Processor(Planner())
"""What reads documents unless a policy says otherwise: the pinned contexts and no others."""


def processor_for(*, inline_contexts: bool, extra_contexts: Mapping[str, JsonObject], directions: bool) -> Processor:
    """The processor that a policy asks for.

    ``inline_contexts``: documents may bring definitions of their own. ``extra_contexts``: further contexts by URL,
    which only a composition for conformance tests hands in; never instead of a pinned one. ``directions``: texts may
    have a direction, which most programs drop; it is then signed as a datatype of JSON-LD's i18n namespace.

    Raises:
        ValueError: an extra context has the URL of a pinned one, or is none.

    """
    if not inline_contexts and not extra_contexts and not directions:
        return PINNED
    return GeneralProcessor(
        PINNED, inline_contexts=inline_contexts, extra_contexts=extra_contexts, directions=directions
    )


def canonicalize(value: JsonObject, *, hash_name: HashName, budget: Budget) -> bytes:
    """The document's statements as canonical N-Quads, by the pinned contexts (`Processor.canonicalize`).

    Raises:
        ProblemError: a part of the document would not be covered by a signature, or cannot be read.

    """
    return PINNED.canonicalize(value, hash_name=hash_name, budget=budget)


def gate(value: JsonObject) -> None:
    """Refuse a document of which any part would not be covered by a signature, by the pinned contexts.

    Raises:
        ProblemError: as `canonicalize`.

    """
    PINNED.gate(value)


def type_iris(value: JsonObject, pointer: str) -> frozenset[str]:
    """The types of the node at a JSON Pointer, as IRIs, by the pinned contexts (none if it has none).

    Raises:
        ProblemError: the contexts on the way, or the types, are refused.
        KeyError: no node stands there.

    """
    return PINNED.type_iris(value, pointer)


def known_contexts() -> Mapping[str, ContextEntry]:
    """Every pinned context by its URL."""
    return contexts.index()


def context_bytes(url: str) -> bytes | None:
    """The bytes of a pinned context, ``None`` for any other address."""
    entry = contexts.index().get(url)
    return None if entry is None else contexts.read(entry.file)


def is_unchanged(entry: ContextEntry) -> bool:
    """Whether the packaged file of a context is the one that was pinned."""
    return hashlib.sha256(contexts.read(entry.file)).hexdigest() == entry.sha256


def self_check() -> None:
    """Check the packaged contexts; every app calls this at its start, so that none runs with a changed one.

    Raises:
        RuntimeError: a file differs from its pinned hash, or cannot be compiled.

    """
    for url, entry in contexts.index().items():
        if not is_unchanged(entry):
            raise RuntimeError(f"The packaged copy of {url} has been changed. Install Satchel again.")
    PINNED.planner.compiler.compile_all()
