# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Pictures for programs: a file in, the address under which it is shown out."""

import re
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Raw
from kit.redrawn import ACCEPT

_FILES: Final = re.compile(r"/api/organisations/[^/]{1,60}/pictures")
_PICTURE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ACCEPT.split(",")},
    }
}


def takes_files(path: str) -> bool:
    """Whether the body at ``path`` is somebody's file: as large as a file may be, and judged by what reads it."""
    return _FILES.fullmatch(path) is not None


def pictures_api() -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/organisations", tags=["organisation"])

    @router.post("/{slug}/pictures", openapi_extra=_PICTURE)
    def add_picture(services: All, desk: At, raw: Raw) -> Response:
        found = services.pictures.add(desk, raw)
        return shapes.answer({"address": found.address, "width": found.width, "height": found.height}, status=201)

    return router
