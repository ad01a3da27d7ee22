"""Static files: read once at start, served under an address that holds the hash of their content.

The table is closed: what was not there at start does not exist, so no path can lead out of it.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from kit.errors import NotFound

_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
          ".webmanifest": "application/manifest+json", ".json": "application/json"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file."""

    body: bytes
    media_type: str
    digest: str


class Assets:
    """The static files of several folders as one table; a later folder's file wins over an earlier one's."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._table: dict[str, Asset] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if path.is_file():
                    self._table[path.relative_to(folder).as_posix()] = _read(path)

    def url(self, name: str) -> str:
        """The address of the file `name`. Raises: LookupError when there is none."""
        found = self._table.get(name)
        if found is None:
            raise LookupError(f"there is no static file {name}")
        return f"/static/{name}?v={found.digest}"

    def body(self, name: str) -> bytes:
        """The content of the file `name`. Raises: LookupError when there is none."""
        return self._table[name].body

    def serve(self, request: Request) -> Response:
        """Answer for `/static/{name}`: a year when the address holds the right hash, else no caching."""
        name = request.path_params["name"]
        found = self._table.get(name)
        if found is None:
            raise NotFound
        fresh = request.query_params.get("v") == found.digest
        caching = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return Response(found.body, media_type=found.media_type, headers={"Cache-Control": caching})


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return Asset(body=body, media_type=kind, digest=hashlib.sha256(body).hexdigest()[:16])
