"""The JSON Schemas that documents are held against; data, and no logic but their index.

We wrote them from the specifications' tables, so each row of the index names its file, the SHA-256 of the file, the
published schemas' URLs that it stands in for, its source and its licence. They share classes through
``values.json``, ``vcdm-common.json`` and ``openbadges-3.0-common.json``; every reference is to another of these files.
``vc.schema`` is the one reader.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

NAMES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("achievementCredential", "2.0"): "openbadges-3.0-achievementcredential.json",
        ("achievementCredential", "1.1"): "openbadges-3.0-achievementcredential-vcdm1.json",
        ("endorsementCredential", "2.0"): "openbadges-3.0-endorsementcredential.json",
        ("endorsementCredential", "1.1"): "openbadges-3.0-endorsementcredential-vcdm1.json",
        ("clrCredential", "2.0"): "clr-2.0-clrcredential.json",
        ("clrCredential", "1.1"): "clr-2.0-clrcredential-vcdm1.json",
        ("credential", "2.0"): "vcdm-2.0-credential.json",
        ("credential", "1.1"): "vcdm-1.1-credential.json",
        ("presentation", "2.0"): "vcdm-2.0-presentation.json",
        ("presentation", "1.1"): "vcdm-1.1-presentation.json",
        ("statusList", "2.0"): "status-list-credential.json",
        ("statusList", "1.1"): "status-list-credential.json",
    }
)
"""The file for each kind of document in each edition of the data model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaEntry:
    """One schema: its file, the published URLs that it stands in for, its SHA-256 in hex, its source and licence."""

    file: str
    urls: tuple[str, ...]
    sha256: str
    source: str
    licence: str


def entries() -> tuple[SchemaEntry, ...]:
    """Every schema, in the order of the index file."""
    rows = json.loads(_bytes("index.json"))
    return tuple(SchemaEntry(**{**row, "urls": tuple(row["urls"])}) for row in rows)


def index() -> Mapping[str, SchemaEntry]:
    """The schemas by the published URLs that they stand in for."""
    return {url: entry for entry in entries() for url in entry.urls}


def read(file: str) -> dict[str, Any]:
    """One schema."""
    value: dict[str, Any] = json.loads(_bytes(file))
    return value


def _bytes(file: str) -> bytes:
    return files(__name__).joinpath(file).read_bytes()
