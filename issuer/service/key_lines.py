"""A signing key as people and programs are told of it: what it is for, since when, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.service.context import Organisation
from issuer.store import tables

ANNOUNCED: Final = "announced"
IN_USE: Final = "in use"
RETIRED: Final = "retired"
REVOKED: Final = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One signing key: its name, its DID URL, what it is for, since when and until when, and its state now."""

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


def may_sign_later(row: tables.SigningKeyRow, now: datetime) -> bool:
    """Whether a key signs now, or is going to."""
    return row.revoked is None and (row.expires is None or row.expires > now)


def _state(row: tables.SigningKeyRow, now: datetime) -> str:
    if row.revoked is not None:
        return REVOKED
    if row.expires is not None and row.expires <= now:
        return RETIRED
    return ANNOUNCED if row.in_use_from > now else IN_USE


def line_of(row: tables.SigningKeyRow, organisation: Organisation, now: datetime) -> KeyLine:
    """A key as it stands at this moment."""
    return KeyLine(
        name=row.fragment,
        verification_method=f"{organisation.did}#{row.fragment}",
        multikey=row.multikey,
        kind=row.kind,
        use=row.use,
        created=row.created,
        in_use_from=max(row.created, row.in_use_from),
        expires=row.expires,
        revoked=row.revoked,
        state=_state(row, now),
    )
