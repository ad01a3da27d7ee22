"""What is done to frameworks of standards."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "framework.add": _("Took in a framework of standards"),
        "framework.remove": _("Removed a framework of standards"),
    }
)
