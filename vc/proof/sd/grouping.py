"""Statements under the names that were signed, and which of them a selection makes.

The issuer names the nodes without an id by an HMAC of their canonical label, so that a name says nothing about the
nodes that are not shown. A statement is told by its position among all statements of the document, sorted under these
names.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#createhmacidlabelmapfunction, https://www.w3.org/TR/vc-di-ecdsa/#canonicalizeandgroup
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vc.document import JsonObject
from vc.jsonld import Budget, Processor
from vc.jsonld.placed import GRAPH, NODE, Place, Statements
from vc.multibase import base64url_encode
from vc.problems import ProofGenerationError
from vc.proof.sd.selection import Selection, copied, select


def label_of(digest: bytes) -> str:
    """The label under which a node without an id is signed."""
    return "u" + base64url_encode(digest)


def mandatory_hash(nquads: Sequence[str]) -> bytes:
    """The hash of the mandatory statements.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#hashmandatorynquads
    """
    return hashlib.sha256("".join(nquads).encode()).digest()


def signing_data(*, proof_hash: bytes, proof_key: bytes, mandatory: bytes) -> bytes:
    """What the issuer's own key signs: the proof's options, the key made for this proof, the mandatory statements.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#serializesigndata
    """
    return proof_hash + proof_key + mandatory


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A selection with its statements: ``indexes`` are their positions in the whole, in order; ``labels`` the HMAC of
    each of its nodes without an id by the number of its own canonical label.
    """

    document: dict[str, Any]
    indexes: list[int]
    labels: dict[int, bytes]


class Labelled:
    """A whole document under the names of one HMAC key; ``nquads`` are its statements in order.

    Raises:
        ProblemError: a part of the document would not be covered by a signature.

    """

    def __init__(self, document: JsonObject, *, hmac_key: bytes, budget: Budget, processor: Processor) -> None:
        self._document = copied(document)
        self._budget = budget
        self._processor = processor
        self._whole = processor.placed(self._document, budget=budget)
        self._digests = [hmac.digest(hmac_key, label.encode(), "sha256") for label in self._whole.labels]
        self._nodes = {place: blank for blank, place in enumerate(self._whole.places)}
        self._lists = {place[:2] for place in self._whole.places if place[1] not in (NODE, GRAPH)}
        self.nquads = self._whole.nquads([label_of(digest) for digest in self._digests])
        self._positions = {nquad: position for position, nquad in enumerate(self.nquads)}

    def part(self, pointers: Sequence[str]) -> Part:
        """What these pointers select; without any, nothing, not even the types.

        Raises:
            ProofGenerationError: a pointer leads nowhere, or to what can only be shown with more around it.

        """
        if not pointers:
            return Part(document={}, indexes=[], labels={})
        selection = select(self._document, pointers, lists=self._lists)
        found = self._processor.placed(selection.document, budget=self._budget)
        try:
            digests = [self._digests[self._nodes[place]] for place in _originals(selection, found)]
            indexes = sorted(self._positions[nquad] for nquad in found.nquads([label_of(item) for item in digests]))
        except KeyError:
            raise ProofGenerationError(
                "The pointers select a piece of a value that says something only as a whole. Select the whole value."
            ) from None
        return Part(
            document=selection.document,
            indexes=indexes,
            labels=dict(sorted((int(label[4:]), digest) for label, digest in zip(found.labels, digests, strict=True))),
        )


def _originals(selection: Selection, found: Statements) -> list[Place]:
    return [(selection.origins[owner], member, index) for owner, member, index in found.places]
