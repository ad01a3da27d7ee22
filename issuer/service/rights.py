"""What somebody may do for an organisation, by the role in which they work there. What is not listed is refused."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final


class Right(Enum):
    """One thing that a role allows: to look, mark a class, describe, award, withdraw, keep the roster, …"""

    SEE = "see"
    MARK = "mark"
    DESCRIBE = "describe"
    AWARD = "award"
    WITHDRAW = "withdraw"
    ROSTER = "roster"
    PEOPLE = "people"
    KEYS = "keys"
    APPROVE = "approve"
    SETTINGS = "settings"


ROLE_RIGHTS: Final[Mapping[str, frozenset[Right]]] = MappingProxyType(
    {
        "owner": frozenset(Right),
        "issuer": frozenset(Right) - {Right.PEOPLE, Right.KEYS, Right.SETTINGS},
        "instructor": frozenset({Right.SEE, Right.MARK}),
        "viewer": frozenset({Right.SEE}),
    }
)
