"""What is done to an organisation and its people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "organisation.open": _("Opened the organisation"),
        "organisation.edit": _("Changed the profile"),
        "organisation.settings": _("Changed the settings"),
        "invitation.create": _("Invited somebody"),
        "invitation.withdraw": _("Withdrew an invitation"),
        "member.join": _("Joined the organisation"),
        "member.role": _("Gave somebody another role"),
        "member.remove": _("Removed somebody from the organisation"),
    }
)
