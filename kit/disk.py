"""A disk that takes nothing more, or that loses what it took.

A full disk is an outage of writing alone: nothing half is kept, what is there is read, and writing goes on by itself
when there is room again. A disk that cannot say whether it kept what it was given is worse: what this process believes
to be kept may not be. So the process ends, and the next one believes what it finds.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from pathlib import Path
from typing import Final, NoReturn

from kit import log

ENDED: Final = os.EX_IOERR
"""The exit status of a process whose disk lost something; a supervisor starts it again."""

LITTLE: Final = 8 << 20
"""Bytes that are left on a disk that writing was refused on, below which it counts as full without another try."""

_TAKES_NOTHING: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
_FULL_CODES: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
_LOST_CODES: Final = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
_POSTGRES_FULL: Final = frozenset({"53100", "25006", "58030"})
"""disk_full, read_only_sql_transaction, io_error.

Spec: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""


def takes_nothing(error: BaseException | None) -> bool:
    """Whether this error, of the system or of a database's driver, says that the disk takes no more."""
    if isinstance(error, OSError):
        return error.errno in _TAKES_NOTHING
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _FULL_CODES
    return getattr(error, "sqlstate", None) in _POSTGRES_FULL


def lost_something(error: BaseException | None) -> bool:
    """Whether SQLite was told that what it wrote may not be on the disk."""
    return getattr(error, "sqlite_errorcode", None) in _LOST_CODES


def end(error: BaseException) -> NoReturn:
    """End this process at once, as a power cut would: what it would still do may rest on something that is lost.

    After a failed fsync the system may take what was lost for kept, and answer the next fsync with yes.
    Spec: https://wiki.postgresql.org/wiki/Fsync_Errors
    """
    log.write("disk", "the disk may have lost what it was given: ending", level=logging.CRITICAL, error=error)
    os._exit(ENDED)


def synced(descriptor: int) -> None:
    """Wait until what was written is on the disk. Does not come back when the disk cannot say so: see `end`."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        end(error)


def is_full(folder: Path) -> bool:
    """Whether next to nothing is left where this folder is, or it may only be read."""
    found = os.statvfs(folder)
    return bool(found.f_flag & os.ST_RDONLY) or found.f_bavail * found.f_frsize < LITTLE
