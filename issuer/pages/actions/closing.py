"""What is done about organisations that close."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "credential.close": _("Signed the snapshot of the closing"),
        "closing.reopen": _("Opened the organisation again"),
        "adopted.keep": _("Keeps what an organisation of another server published"),
        "adopted.forget": _("No longer keeps what an organisation of another server published"),
    }
)
