"""Opening an archive where there is no wallet: a passphrase in, an ordinary ZIP file out."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from kit.passphrase import opened


def open_archive(source: Path, target: Path, passphrase: str) -> None:
    """Write the ZIP that is in the archive `source` to the new file `target`, which only its owner can read.

    Nothing is left behind when the archive does not open to its end.
    Raises: BadInput with what is wrong with it; FileExistsError for a target that is there; OSError.
    """
    partial = target.with_name(target.name + ".partial")
    if target.exists():
        raise FileExistsError(errno.EEXIST, "is there already; nothing was written", str(target))
    try:
        with source.open("rb") as sealed:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                for chunk in opened(sealed, passphrase, field="file"):
                    file.write(chunk)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
