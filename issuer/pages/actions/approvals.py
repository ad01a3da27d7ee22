"""What is done where two people have to agree."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "approval.ask": _("Asked for a second person’s approval"),
        "approval.grant": _("Approved what somebody else asked for"),
        "approval.refuse": _("Refused what somebody else asked for"),
        "approval.withdraw": _("Took a request for approval back"),
        "approval.expire": _("Closed a request that nobody decided in time"),
    }
)
