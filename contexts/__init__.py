"""The JSON-LD contexts Satchel knows, byte for byte as indexed in `index.json`; data, and no logic but its index.

Each row of the index names the context's URL, its file, the SHA-256 of the file, where it came from (package name and
version) and its licence. `vc.jsonld` is the one reader.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


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
