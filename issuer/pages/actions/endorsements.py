"""What is done about vouching for others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "credential.endorse": _("Vouched for somebody and signed it"),
        "endorsement.withdraw": _("Withdrew what it had vouched for"),
        "received.accept": _("Accepted what somebody else says"),
        "received.publish": _("Published what somebody else says"),
        "received.hide": _("No longer shows what somebody else says"),
        "received.use": _("Put what somebody else says into new awards"),
        "received.leave": _("No longer puts what somebody else says into new awards"),
        "received.stop": _("Found that what somebody else said no longer holds"),
        "received.resume": _("Found that what somebody else said holds again"),
    }
)
