"""A signing key as people and programs are told of it: what it is for, since when, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.service.identities import is_key, name_in
from issuer.store import tables

ANNOUNCED: Final = "announced"
IN_USE: Final = "in use"
RETIRED: Final = "retired"
REVOKED: Final = "revoked"
KEPT: Final = "kept"
"""The key of an identifier that signs nothing new: for the lists and the corrections of what it signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One signing key: its name, its DID URL, what it is for, since when and until when, and its state now.

    ``is_name``: the identifier that it signs under is the key itself, so no other one can take its place.
    """

    name: str
    verification_method: str
    multikey: str
    kind: str
    use: str
    created: datetime
    in_use_from: datetime
    expires: datetime | None
    revoked: datetime | None
    state: str
    is_name: bool


def may_sign_later(row: tables.SigningKeyRow, now: datetime) -> bool:
    """Whether a key signs now, or is going to."""
    return row.revoked is None and (row.expires is None or row.expires > now)


def _state(row: tables.SigningKeyRow, identity: tables.IdentityRow, now: datetime) -> str:
    if row.revoked is not None:
        return REVOKED
    if identity.until is not None:
        return KEPT
    if row.expires is not None and row.expires <= now:
        return RETIRED
    return ANNOUNCED if row.in_use_from > now else IN_USE


def line_of(row: tables.SigningKeyRow, identity: tables.IdentityRow, now: datetime) -> KeyLine:
    """A key of this identifier as it stands at this moment."""
    return KeyLine(
        name=row.fragment,
        verification_method=f"{identity.did}#{name_in(identity.did, row)}",
        multikey=row.multikey,
        kind=row.kind,
        use=row.use,
        created=row.created,
        in_use_from=max(row.created, row.in_use_from),
        expires=row.expires,
        revoked=row.revoked,
        state=_state(row, identity, now),
        is_name=is_key(identity.did),
    )
