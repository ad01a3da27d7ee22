"""What is done to the roster."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "learner.add": _("Put a learner on the roster"),
        "learner.edit": _("Changed a learner"),
        "learner.import": _("Took a roster over from a sheet"),
        "learner.enrol": _("Enrolled a learner, or ended that"),
        "mark.set": _("Marked a class"),
        "learner.erase": _("Erased a learner for good"),
    }
)
