"""The JSON-LD contexts Satchel knows, byte for byte as indexed in `index.json`; data, and no logic but its index.

Each row of the index names the context's URL, its file, the SHA-256 of the file, where it came from (package name and
version) and its licence. `vc.jsonld` is the one reader.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextEntry:
    """One pinned context: its URL, the packaged file, the file's SHA-256 in hex, its source and its licence."""

    url: str
    file: str
    sha256: str
    source: str
    licence: str


def index() -> Mapping[str, ContextEntry]:
    """Every pinned context by URL, in the order of the index file."""
    rows = json.loads(read("index.json"))
    return {url: ContextEntry(url=url, **row) for url, row in rows.items()}


def read(file: str) -> bytes:
    """The bytes of one packaged file."""
    return files(__name__).joinpath(file).read_bytes()


def revision_days(url: str) -> Sequence[str]:
    """The days (ISO 8601) of the earlier revisions of a context that was changed in place, oldest first."""
    return [str(row["day"]) for row in json.loads(read("revisions.json")).get(url, [])]


def revision(url: str, day: str) -> dict[str, Any]:
    """The context at `url` as it stood from `day` on: today's, without the terms that were added later.

    Earlier revisions only explain a signature that fails; nothing is ever verified by one.

    Raises: KeyError when there was no revision of that day.
    """
    rows = {row["day"]: row["without"] for row in json.loads(read("revisions.json"))[url]}
    document: dict[str, Any] = json.loads(read(index()[url].file))
    for pointer in rows[day]:
        *parents, term = pointer.removeprefix("/").split("/")
        place = document["@context"]
        for parent in parents:
            place = place[parent]
        del place[term]
    return document
