"""What is done in a room."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "room.open": _("Opened a room"),
        "room.close": _("Closed a room"),
        "room.refuse": _("Refused somebody in a room"),
    }
)
