"""What is done so that learners learn of their awards."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "delivery.send": _("Sent by letter"),
        "delivery.told": _("Told by word of mouth"),
        "delivery.cancel": _("Took a letter back before it went out"),
        "delivery.bounce": _("Noted that a letter came back"),
    }
)
