"""The two APIs: where they are, which scopes they have, and whom one has to be to grant a scope.

Spec: https://www.imsglobal.org/spec/ob/v3p0#scopes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from vc.checks import DocumentKind
from wallet.service.authority import Right

OFFLINE: Final = "offline_access"


class Power(StrEnum):
    """What a scope lets a program do, whichever API it is of."""

    READ = "credential.readonly"
    UPSERT = "credential.upsert"
    PROFILE_READ = "profile.readonly"
    PROFILE_UPDATE = "profile.update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One of the APIs. `prefix` begins its scopes; `kind` is what it takes and gives."""

    name: str
    path: str
    prefix: str
    kind: DocumentKind

    def scope(self, power: Power) -> str:
        """The scope for a power."""
        return f"{self.prefix}{power}"


BADGES: Final = Api(
    name="ob",
    path="/ims/ob/v3p0",
    prefix="https://purl.imsglobal.org/spec/ob/v3p0/scope/",
    kind=DocumentKind.ACHIEVEMENT_CREDENTIAL,
)
RECORDS: Final = Api(
    name="clr",
    path="/ims/clr/v2p0",
    prefix="https://purl.imsglobal.org/spec/clr/v2p0/scope/",
    kind=DocumentKind.CLR_CREDENTIAL,
)
APIS: Final = (BADGES, RECORDS)
KINDS: Final[Mapping[str, Api]] = MappingProxyType({api.kind.value: api for api in APIS})

POWERS: Final[Mapping[str, tuple[Api, Power]]] = MappingProxyType(
    {api.scope(power): (api, power) for api in APIS for power in Power}
)
SCOPES: Final = (*POWERS, OFFLINE)
"""Every scope that can be asked for, in the order in which people read them."""

_ASKS: Final = {
    Power.READ: Right.START_SHARE,
    Power.UPSERT: Right.START_CLAIM,
    Power.PROFILE_READ: Right.START_SHARE,
    Power.PROFILE_UPDATE: Right.START_CLAIM,
}
GRANTS: Final[Mapping[Power, Right]] = MappingProxyType(
    {
        Power.READ: Right.SHARE,
        Power.UPSERT: Right.RECEIVE,
        Power.PROFILE_READ: Right.SHARE,
        Power.PROFILE_UPDATE: Right.RECEIVE,
    }
)
"""The right that somebody needs to grant a power, and that they have to keep while it is used."""


def known(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes that there are, each once, in their own order."""
    given = set(scopes)
    return tuple(scope for scope in SCOPES if scope in given)


def rights_to_ask(scopes: Iterable[str]) -> frozenset[Right]:
    """What somebody needs to ask for these scopes."""
    return frozenset(_ASKS[POWERS[scope][1]] for scope in scopes if scope in POWERS)


def rights_to_grant(scopes: Iterable[str]) -> frozenset[Right]:
    """What somebody needs to grant these scopes."""
    return frozenset(GRANTS[POWERS[scope][1]] for scope in scopes if scope in POWERS)


def reads(scopes: Iterable[str]) -> bool:
    """Whether credentials can be read with these scopes."""
    return any(scope in POWERS and POWERS[scope][1] is Power.READ for scope in scopes)


def puts(scopes: Iterable[str]) -> bool:
    """Whether credentials can be put here with these scopes."""
    return any(scope in POWERS and POWERS[scope][1] is Power.UPSERT for scope in scopes)
