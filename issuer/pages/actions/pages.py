"""What is done to the public page of an award."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "page.offer": _("Offered a public page for an award"),
        "page.open": _("Opened the public page of an award, as its holder"),
        "page.end": _("Took the public page of an award back"),
    }
)
