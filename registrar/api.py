"""The registrar for programs: what it can do in this version."""

from typing import Any

from fastapi import APIRouter

from registrar.service import abilities


def registrar_api() -> APIRouter:
    """The routes under ``/api``."""
    router = APIRouter(prefix="/api")

    @router.get("/abilities")
    def see() -> dict[str, Any]:
        return {"abilities": [{"name": each.name, "available": each.available} for each in abilities()]}

    return router
