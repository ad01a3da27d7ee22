# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Frameworks of standards for programs: taken in as CASE packages, searched, and picked from."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import MOST, Body, Raw, openapi_of, read
from issuer.service.frameworks import Framework, Item, Search
from kit.paging import Numbered, window

_FILES: Final = re.compile(r"/api/organisations/[^/]{1,60}/frameworks")
Number = Annotated[str | None, Query(alias="page")]
Size = Annotated[str | None, Query(alias="size")]
_PACKAGE: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}


def takes_files(path: str) -> bool:
    """Whether the body at ``path`` is somebody's file: as large as a file may be, and judged by what reads it."""
    return _FILES.fullmatch(path) is not None


class ShippedBody(Body):
    """A framework that comes with the program, by its name."""

    name: str


class AlignBody(Body):
    """What an achievement corresponds to: places in a framework. ``at`` is the id of a mark or level, or empty."""

    framework: str
    items: tuple[Numbered, ...] = Field(min_length=1, max_length=MOST)
    at: str = ""
    version: int | None = None


def framework_api() -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/organisations", tags=["organisation"])

    @router.get("/{slug}/frameworks")
    def list_frameworks(services: All, desk: At, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.frameworks.listing(desk, window(page=page, size=size)), _framework)

    @router.post("/{slug}/frameworks", openapi_extra=_PACKAGE)
    def add_framework(services: All, desk: At, raw: Raw) -> Response:
        return shapes.answer(_framework(services.frameworks.add(desk, raw)), status=201)

    @router.post("/{slug}/frameworks/shipped", openapi_extra=openapi_of(ShippedBody))
    def add_shipped_framework(services: All, desk: At, raw: Raw) -> Response:
        found = services.frameworks.add_shipped(desk, read(ShippedBody, raw).name)
        return shapes.answer(_framework(found), status=201)

    @router.get("/{slug}/frameworks/{framework_id}")
    def one_framework(services: All, desk: At, framework_id: str) -> Response:
        return shapes.answer(_framework(services.frameworks.one(desk, framework_id)))

    @router.delete("/{slug}/frameworks/{framework_id}")
    def remove_framework(services: All, desk: At, framework_id: str) -> Response:
        services.frameworks.remove(desk, framework_id)
        return Response(status_code=204)

    @router.get("/{slug}/frameworks/{framework_id}/items")
    def search_framework(
        services: All,
        desk: At,
        framework_id: str,
        *,
        q: str = "",
        level: str = "",
        page: Number = None,
        size: Size = None,
    ) -> Response:
        asked = Search(words=q, framework=framework_id, level=level)
        return shapes.listed(services.frameworks.search(desk, asked, window(page=page, size=size)), _item)

    @router.post("/{slug}/achievements/{achievement_id}/alignments", openapi_extra=openapi_of(AlignBody))
    def align(services: All, desk: At, achievement_id: str, raw: Raw) -> Response:
        body = read(AlignBody, raw)
        items = services.frameworks.items(desk, body.framework, body.items)
        found = services.achievements.align(
            desk, achievement_id, [item.alignment() for item in items], at=body.at, version=body.version
        )
        return shapes.answer(shapes.achievement(found))

    return router


def _framework(found: Framework) -> dict[str, Any]:
    return {
        "id": found.id,
        "identifier": found.identifier,
        "uri": found.uri,
        "title": found.title,
        "creator": found.creator,
        "version": found.version,
        "language": found.language,
        "notes": found.notes,
        "levels": list(found.levels),
        "items": found.item_count,
        "added": shapes.at(found.added),
    }


def _item(found: Item) -> dict[str, Any]:
    return {
        "position": found.position,
        "uri": found.uri,
        "code": found.code,
        "name": found.name,
        "statement": found.statement,
        "kind": found.kind,
        "levels": list(found.levels),
        "depth": found.depth,
        "within": found.within,
    }
