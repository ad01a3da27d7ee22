"""What is done to an address of a program that is told what happens."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "webhook.add": _("Added an address for notices to programs"),
        "webhook.change": _("Changed an address for notices to programs"),
        "webhook.remove": _("Removed an address for notices to programs"),
        "webhook.stop": _("Switched off an address at which no notice arrived"),
    }
)
