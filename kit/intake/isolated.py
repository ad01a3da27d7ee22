"""Pictures, PDFs and archives, opened in a process of their own that may take so much and so long, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from kit.apart import Apart, EndedError
from kit.intake.refusals import InputRefused, Refusal

OPENING: Final = Apart(
    script=Path(__file__).with_name("opening.py"),
    memory_bytes=1 << 30,
    processor_seconds=8,
    seconds=10.0,
    patience=10.0,
)

Subject = Literal["picture", "pdf", "zip"]
_FAULTS: Final[Mapping[tuple[str, Subject], Refusal]] = {
    ("damaged", "picture"): Refusal.PICTURE_DAMAGED,
    ("damaged", "pdf"): Refusal.PDF_DAMAGED,
    ("tooLarge", "picture"): Refusal.PICTURE_TOO_LARGE,
    ("tooLarge", "pdf"): Refusal.PDF_TOO_LARGE,
    ("encrypted", "pdf"): Refusal.PDF_ENCRYPTED,
    ("damaged", "zip"): Refusal.ARCHIVE_DAMAGED,
    ("tooLarge", "zip"): Refusal.ARCHIVE_TOO_LARGE,
    ("encrypted", "zip"): Refusal.ARCHIVE_LOCKED,
    ("heif", "picture"): Refusal.PICTURE_HEIF,
}


def open_apart(data: bytes, subject: Subject) -> Mapping[str, Any]:
    """What `kit.intake.opening` finds in a picture, a PDF or a ZIP file.

    Raises: InputRefused, also when the file used up the time or brought the process down; Unavailable when too many
    are being opened at this moment.
    """
    try:
        found = OPENING.answer(subject, data=data)
    except EndedError:
        raise InputRefused(Refusal.TOO_LONG) from None
    fault = found.get("fault")
    if fault is not None:
        raise InputRefused(_FAULTS[fault, subject])
    return found
