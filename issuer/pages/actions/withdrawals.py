"""What is done when many awards are withdrawn together."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "withdrawal.start": _("Began to withdraw many awards"),
        "withdrawal.stop": _("Stopped withdrawing many awards"),
        "withdrawal.finish": _("Withdrew all of many awards"),
    }
)
