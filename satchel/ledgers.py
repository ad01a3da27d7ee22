"""The two append-only files that a restore must not take back: what was withdrawn, and what was deleted for good.

The issuer's `status.journal` and the wallet's `wallet-erased.jsonl` are written by their roles, a line before each
change, and replayed before the role serves. So a restore leaves the running installation's file in place. It can do so
only when that file knows everything that the backup's copy knows: an append-only file that is the same one, and newer,
begins with every line of the older. Anything else (not there, empty, cut short, damaged, another installation's) counts
as lost, and whoever restores has to accept that in so many words. A last line without an end is no line: a crash left
it, and its change was not made.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One role's file. `nobody_knows` says what is unknown without it, `flag` accepts that, `remains` says what then
    has to be done; `mark` is the line that tells the role of it.
    """

    role: str
    file_name: str
    flag: str
    nobody_knows: str
    remains: str
    mark: bytes | None = None


JOURNAL: Final = Ledger(
    role="issuer",
    file_name="status.journal",
    flag="--without-journal",
    nobody_knows="what was revoked after this backup was taken",
    remains="revocations made after the backup must then be made again by hand",
    mark=b'{"restored":true}',
)
ERASURES: Final = Ledger(
    role="wallet",
    file_name="wallet-erased.jsonl",
    flag="--without-erasures",
    nobody_knows="what families deleted for good after this backup was taken",
    remains="what they deleted after the backup is then back, and has to be deleted again",
)
LEDGERS: Final = (JOURNAL, ERASURES)
LEDGER_NAMES: Final[Mapping[str, Sequence[str]]] = {ledger.role: (ledger.file_name,) for ledger in LEDGERS}


def complete_lines(path: Path) -> list[bytes]:
    """Give the lines that have an end; none where there is no file."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def why_lost(live: Path, saved: Path, *, may_be_absent: bool) -> str | None:
    """Say why the running installation's file cannot be relied on to know what the backup's copy knows; None if it can.

    `may_be_absent`: no file means that nothing has been written yet.
    """
    before = complete_lines(saved)
    if not live.exists():
        return None if may_be_absent and not before else "is not there"
    after = complete_lines(live)
    if not all(map(_is_entry, after)):
        return "is damaged"
    if after[: len(before)] != before:
        return "does not begin with what the backup knows (it is empty, cut short, or another installation's)"
    return None


def settle_lost(ledger: Ledger, live: Path, saved: Path) -> None:
    """Write the file anew with everything that either copy still knows, and with the mark, whole or not at all.

    Where the live copy opened another list under a number that the backup's copy has in use, the backup's holds.
    """
    lines = complete_lines(saved)
    known = set(lines)
    numbers = {_number(line) for line in lines if _is_entry(line)} - {None}
    further = [line for line in complete_lines(live) if line not in known and _is_entry(line)]
    lines += [line for line in further if _number(line) not in numbers]
    write_whole(live, [*lines, ledger.mark] if ledger.mark else lines)


def write_whole(path: Path, lines: Iterable[bytes]) -> None:
    """Put a file in place whose lines are these, and wait until it is on the disk. Raises: OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(path.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(line + b"\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk. Raises: OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _number(line: bytes) -> tuple[object, object] | None:
    """Give the organisation and the number of a list that a line opens; None for any other line."""
    entry = json.loads(line)
    return (entry.get("organisation"), entry.get("number")) if "list" in entry else None


def _is_entry(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
