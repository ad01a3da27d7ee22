"""What is done to the rate card."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "offering.create": _("Put something on the rate card"),
        "offering.edit": _("Changed the rate card"),
        "offering.state": _("Opened or closed something on the rate card"),
        "offering.teach": _("Said who teaches a class"),
        "offering.import": _("Read a sheet into the rate card"),
    }
)
