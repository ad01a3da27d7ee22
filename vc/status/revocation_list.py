"""1EdTech revocation lists: the ids of the credentials that an issuer has withdrawn, in plain JSON that nobody signed.

Deprecated by its authors in favour of the bitstring lists, and met in older badges. What such a list is worth, and at
which address, is decided in ``vc.status_checks`` and explained in docs/adr/0008.

Spec: https://www.imsglobal.org/spec/vcrl/v1p0/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from vc.credential import issuer_id
from vc.document import JsonObject, JsonValue, Limits, listed, parse, pointer
from vc.problems import ProblemError, StatusVerificationError

REVOCATION_LIST_TYPE: Final = "1EdTechRevocationList"
LIMITS: Final = Limits(max_bytes=2 << 20, max_depth=8, max_nodes=200_000, max_items=50_000, max_string=1 << 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """Whose list it is, and the reasons (empty: none stated) by the ids of the credentials that are withdrawn."""

    issuer: str
    revoked: Mapping[str, str]

    @classmethod
    def parse(cls, body: bytes, *, url: str) -> Self:
        """The list in these bytes, which came from ``url``.

        Raises:
            StatusVerificationError: it is none, or another one.

        Spec: https://www.imsglobal.org/spec/vcrl/v1p0/#revocationlist

        """
        try:
            document = parse(body, limits=LIMITS).value
            issuer = issuer_id(document)
        except ProblemError as error:
            raise StatusVerificationError(f"What came back is not a revocation list ({error.detail})") from None
        if document.get("id", url) != url:
            raise StatusVerificationError("The list that came back has another address than the one asked for.")
        if issuer is None or "revokedCredential" not in document:
            raise StatusVerificationError("What came back is not a revocation list: it names no issuer or no list.")
        pairs = (_revoked(item, index) for index, item in enumerate(listed(document["revokedCredential"])))
        return cls(issuer=issuer, revoked=MappingProxyType(dict(pair for pair in pairs if pair is not None)))


def _revoked(item: JsonValue, index: int) -> tuple[str, str] | None:
    """The id and the reason of an entry, ``None`` for one that says that its credential is not withdrawn."""
    here = pointer("revokedCredential", index)
    value: JsonObject = item if isinstance(item, Mapping) else {}
    name, reason = value.get("id"), value.get("revocationReason", "")
    # VCRL §3.1: an entry that does not say otherwise is of a credential that is revoked
    revoked = value.get("revoked", True)
    if not isinstance(name, str) or not isinstance(reason, str) or not isinstance(revoked, bool):
        raise StatusVerificationError("An entry of the revocation list is malformed.", pointer=here)
    return (name, reason) if revoked else None
