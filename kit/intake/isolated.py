"""Pictures and PDFs, opened in a process of their own that may take so much and so long, and no more.

The process gets the file's bytes and nothing else: no environment, no settings, no folder of ours. What ends it, ends
it alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

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
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
        [sys.executable, "-I", str(_OPENING), subject],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            output, _none = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise InputRefused(Refusal.TOO_LONG) from None
    if process.returncode != 0:  # the system ended it, or the file did
        raise InputRefused(Refusal.TOO_LONG)
    found: dict[str, Any] = json.loads(output)
    return found
