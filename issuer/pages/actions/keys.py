"""What is done to a signing key."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "key.create": _("Made a signing key"),
        "key.rotate": _("Announced a new signing key in the place of another"),
        "key.compromised": _("Said that a signing key is no longer safe"),
        "identity.move": _("Moved to the web address, with a key of its own"),
        "key.reseal": _("Sealed a signing key under the server’s new key file"),
    }
)
