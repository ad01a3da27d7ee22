"""Pictures and PDFs, opened in a process of their own that may take so much and so long, and no more."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from kit.apart import EndedError, answer_of
from kit.errors import Unavailable
from kit.i18n import _
from kit.intake.refusals import InputRefused, Refusal

DEADLINE_SECONDS: Final = 10.0
AT_ONCE: Final = 2
_PATIENCE_SECONDS: Final = 10.0
_OPENING: Final = Path(__file__).with_name("opening.py")
_PLACES = threading.BoundedSemaphore(AT_ONCE)

Subject = Literal["picture", "pdf"]
_FAULTS: Final[Mapping[tuple[str, Subject], Refusal]] = {
    ("damaged", "picture"): Refusal.PICTURE_DAMAGED,
    ("damaged", "pdf"): Refusal.PDF_DAMAGED,
    ("tooLarge", "picture"): Refusal.PICTURE_TOO_LARGE,
    ("tooLarge", "pdf"): Refusal.PDF_TOO_LARGE,
    ("encrypted", "pdf"): Refusal.PDF_ENCRYPTED,
    ("heif", "picture"): Refusal.PICTURE_HEIF,
}


def open_apart(data: bytes, subject: Subject, *, seconds: float = DEADLINE_SECONDS) -> Mapping[str, Any]:
    """What `kit.intake.opening` finds in a picture or a PDF.

    Raises: InputRefused, also when the file used up the time or brought the process down; Unavailable when too many
    are being opened at this moment.
    """
    if not _PLACES.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable(_("Many files are being opened at this moment. Wait a few seconds, then try again."))
    try:
        found = _findings(data, subject, seconds)
    finally:
        _PLACES.release()
    fault = found.get("fault")
    if fault is not None:
        raise InputRefused(_FAULTS[fault, subject])
    return found


def _findings(data: bytes, subject: Subject, seconds: float) -> dict[str, Any]:
    try:
        return answer_of(_OPENING, subject, data=data, seconds=seconds)
    except EndedError:
        raise InputRefused(Refusal.TOO_LONG) from None
