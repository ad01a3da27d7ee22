"""What a proof signs of a document: the part that it covers, in one of the ways to write it down.

A proof covers the document without its proofs; one that builds on others covers the document with exactly those. Each
way of writing is worked out once for all proofs that share it.

Spec: https://www.w3.org/TR/vc-data-integrity/#add-proof-set-chain
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from vc import jcs
from vc.document import JsonObject, JsonValue, listed
from vc.jsonld import Budget, Processor
from vc.jsonld.rdfc import HashName
from vc.proof.configuration import canonical_configuration

HASHES: Final = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A way of writing: ``canonicalize`` gives the bytes of a document, ``configure`` those of a proof's options.

    ``inherits_context``: whether the options are read with the document's ``@context`` (they are RDF), or are signed
    just as they stand.
    """

    name: str
    canonicalize: Callable[[JsonObject, HashName, Budget, Processor], bytes]
    configure: Callable[[JsonObject, HashName, Processor], bytes]
    inherits_context: bool


def _rdfc(value: JsonObject, hash_name: HashName, budget: Budget, processor: Processor) -> bytes:
    return processor.canonicalize(value, hash_name=hash_name, budget=budget)


def _jcs(value: JsonObject, _hash: HashName, _budget: Budget, _processor: Processor) -> bytes:
    return jcs.canonicalize(value)


def _jcs_configuration(options: JsonObject, _hash: HashName, _processor: Processor) -> bytes:
    return jcs.canonicalize(options)


RDFC: Final = Form(name="rdfc", canonicalize=_rdfc, configure=canonical_configuration, inherits_context=True)
JCS: Final = Form(name="jcs", canonicalize=_jcs, configure=_jcs_configuration, inherits_context=False)


class Covered:
    """A document as one proof covers it, with every way of writing it that was asked for.

    ``processor`` reads it, and the options of its proofs, as JSON-LD.
    """

    def __init__(self, document: JsonObject, *, budget: Budget, processor: Processor) -> None:
        self.document = document
        self.budget = budget
        self.processor = processor
        self.digests: dict[tuple[str, HashName], bytes] = {}

    def canonical(self, form: Form, hash_name: HashName) -> bytes:
        """The document written in this form.

        Raises:
            ProblemError: a part of the document would not be covered, or the budget does not suffice.

        """
        return form.canonicalize(self.document, hash_name, self.budget, self.processor)

    def configuration(self, form: Form, options: JsonObject, hash_name: HashName) -> bytes:
        """The hash of a proof's options written in this form.

        Raises:
            ProblemError: a member would not be covered.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-configuration-eddsa-rdfc-2022

        """
        return HASHES[hash_name](form.configure(options, hash_name, self.processor)).digest()

    def digest(self, form: Form, hash_name: HashName) -> bytes:
        """The hash of the document written in this form.

        Raises:
            ProblemError: as `canonical`.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022

        """
        key = (form.name, hash_name)
        if key not in self.digests:
            self.digests[key] = HASHES[hash_name](self.canonical(form, hash_name)).digest()
        return self.digests[key]


class Transformed:
    """A document with its proofs, and what each of them covers.

    ``digest`` is the SHA-256 of the canonical N-Quads of the document without its proofs, where that is known already.
    """

    def __init__(self, document: JsonObject, *, budget: Budget, digest: bytes | None, processor: Processor) -> None:
        self.document = document
        self._processor = processor
        self._budget = budget
        self._covered: dict[tuple[str, ...], Covered] = {}
        if digest is not None:
            self.covered(()).digests[RDFC.name, "sha256"] = digest

    def covered(self, previous: tuple[str, ...]) -> Covered:
        """The document as a proof covers it that builds on the proofs with these ids (none: it builds on no other)."""
        if previous not in self._covered:
            self._covered[previous] = Covered(
                self._input(frozenset(previous)), budget=self._budget, processor=self._processor
            )
        return self._covered[previous]

    def _input(self, previous: frozenset[str]) -> JsonObject:
        """The document without its proofs, or with the matching ones in their order.

        Spec: https://www.w3.org/TR/vc-data-integrity/#verify-proof-sets-and-chains
        """
        bare = without_proof(self.document)
        if not previous:
            return bare
        entries = listed(self.document.get("proof"))
        matching: list[JsonValue] = [
            entry for entry in entries if isinstance(entry, Mapping) and entry.get("id") in previous
        ]
        return {**bare, "proof": matching}


def without_proof(document: JsonObject) -> JsonObject:
    """The document that proofs are made over."""
    return {name: value for name, value in document.items() if name != "proof"}
