"""Opens one hostile archive of tables, in a process of its own: `python -I unpacking.py < request > answer.json`.

A request is a line of JSON, `{"wanted": [name, …], "limits": {"members": n, "unpacked_bytes": n}}`, and then the ZIP
file. The process has no settings, keys or database of ours, and the system bounds what it takes. Only wanted members
are unpacked, and no further than the limit, whatever the directory says. This module stands alone on purpose and
imports nothing of ours.

It answers one JSON object: `{"members": {name: base64, …}, "others": [name, …]}`, or `{"fault": text, "name": text}`
with the value of an `ArchiveFault` and the member that it is about.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import zipfile
from typing import Any


class FaultError(Exception):
    """The archive cannot be used; its arguments are the fault and the name of a member."""


def check_directory(archive: zipfile.ZipFile, wanted: list[str], limits: dict[str, int]) -> list[zipfile.ZipInfo]:
    """The members in bounds, each under a name of its own, none in a folder. Raises: FaultError."""
    members = archive.infolist()
    if len(members) > limits["members"]:
        raise FaultError("members", "")
    names: set[str] = set()
    for member in members:
        name = member.filename
        if member.flag_bits & 1:
            raise FaultError("locked", name)
        if member.is_dir() or any(sign in name for sign in "/\\:") or name != member.orig_filename:
            raise FaultError("folder", name)
        if name.lower() in names:
            raise FaultError("twice", name)
        names.add(name.lower())
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise FaultError("damaged", name)
    if sum(member.file_size for member in members if member.filename in wanted) > limits["unpacked_bytes"]:
        raise FaultError("unpacked", "")
    return members


def unpacked(data: bytes, wanted: list[str], limits: dict[str, int]) -> dict[str, Any]:
    """The wanted members, and the names of the others. Raises: FaultError, and whatever a damaged file makes."""
    found: dict[str, str] = {}
    others: list[str] = []
    left = limits["unpacked_bytes"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in check_directory(archive, wanted, limits):
            if member.filename not in wanted:
                others.append(member.filename)
                continue
            with archive.open(member) as source:
                content = source.read(left + 1)
            left -= len(content)
            if left < 0:
                raise FaultError("unpacked", member.filename)
            found[member.filename] = base64.b64encode(content).decode()
    return {"members": found, "others": others}


def answer(data: bytes, wanted: list[str], limits: dict[str, int]) -> dict[str, Any]:
    """What is in the archive, or what is wrong with it."""
    try:
        return unpacked(data, wanted, limits)
    except FaultError as error:
        fault, name = error.args
        return {"fault": fault, "name": name}
    except MemoryError:
        return {"fault": "unpacked", "name": ""}
    except Exception:  # noqa: BLE001 - whatever a file makes a library do, the answer is that it is damaged
        return {"fault": "damaged", "name": ""}


def main() -> None:
    """Read standard input, write what is in the archive."""
    request = json.loads(sys.stdin.buffer.readline())
    found = answer(sys.stdin.buffer.read(), request["wanted"], request["limits"])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
