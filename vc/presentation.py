"""A presentation: credentials that a holder shows, and a proof of who shows them.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from vc.credential import CONTEXT, issuer_id, objects_of, text_of, texts_of
from vc.document import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class VerifiablePresentation:
    """What a presentation says. Every property may raise ``MalformedValueError`` with a pointer."""

    document: JsonObject

    @classmethod
    def view(cls, document: JsonObject) -> Self:
        """The view of a presentation's document."""
        return cls(document)

    @property
    def id(self) -> str | None:
        """The presentation's identifier."""
        return text_of(self.document, "id")

    @property
    def types(self) -> tuple[str, ...]:
        """The types as written."""
        return texts_of(self.document, "type")

    @property
    def holder(self) -> str | None:
        """Who says that they show it."""
        return issuer_id(self.document, "holder")

    @property
    def credentials(self) -> tuple[JsonObject, ...]:
        """The credentials shown, as their documents."""
        return objects_of(self.document, "verifiableCredential")

    @property
    def proofs(self) -> tuple[JsonObject, ...]:
        """The proofs as written."""
        return objects_of(self.document, "proof")


def build(credentials: Sequence[JsonObject], *, id: str | None, holder: str | None) -> JsonObject:  # noqa: A002 - the member's name
    """An unsigned presentation of these credentials, each as it was received.

    ``holder`` is left out when the credentials are bound to several keys of one person. Without credentials it only
    shows who holds a key.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations
    """
    document: dict[str, JsonValue] = {"@context": [CONTEXT]}
    if id is not None:
        document["id"] = id
    document["type"] = ["VerifiablePresentation"]
    if holder is not None:
        document["holder"] = holder
    if credentials:
        document["verifiableCredential"] = list(credentials)
    return document
