"""What is done with sheets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "sheet.receive": _("Dropped a sheet"),
        "sheet.discard": _("Put a sheet away"),
    }
)
