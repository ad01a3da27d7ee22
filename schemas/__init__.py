"""The JSON Schemas (2020-12) Satchel checks documents against, as indexed in `index.json`; data, and no logic but its index.

They are our own, set down from the class tables of Open Badges 3.0, VCDM 2.0 and Bitstring Status List; tests compare them with the
published ones. `vc.schema` is the one reader.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaEntry:
    """One packaged schema: its `$id`, the file, the file's SHA-256 in hex, its source and its licence."""

    url: str
    file: str
    sha256: str
    source: str
    licence: str


def index() -> Mapping[str, SchemaEntry]:
    """Every packaged schema by `$id`, in the order of the index file."""
    rows = json.loads(read("index.json"))
    return {url: SchemaEntry(url=url, **row) for url, row in rows.items()}


def read(file: str) -> bytes:
    """The bytes of one packaged file."""
    return files(__name__).joinpath(file).read_bytes()
