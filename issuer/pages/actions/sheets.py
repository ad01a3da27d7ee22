"""What is done with sheets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "sheet.receive": _("Dropped a sheet"),
        "sheet.discard": _("Put a sheet away"),
        "sheet.issue": _("Began to award a sheet"),
        "job.begin": _("Began at once what was to wait for its time"),
        "job.pause": _("Paused the awarding of a sheet"),
        "job.resume": _("Went on with the awarding of a sheet"),
        "job.finish": _("Signed every award of a sheet"),
        "job.release": _("Handed out the awards of a sheet"),
        "job.undo": _("Undid the awards of a sheet"),
        "credential.undo": _("Undone before anybody could have it"),
    }
)
