"""What is done to an achievement."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "achievement.create": _("Described an achievement"),
        "achievement.edit": _("Changed an achievement"),
        "achievement.retire": _("Took an achievement off the list"),
        "achievement.restore": _("Put an achievement back on the list"),
    }
)
