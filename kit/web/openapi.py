"""The description of a role's API: what the framework writes, with every reference in it leading somewhere.

Spec: https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI


def describing(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The function that gives the app's description, made once."""
    written = app.openapi
    made: list[dict[str, Any]] = []

    def description() -> dict[str, Any]:
        if not made:
            made.append(_whole(written()))
        return made[0]

    return description


def _whole(value: dict[str, Any]) -> dict[str, Any]:
    components = value.setdefault("components", {})
    _hoist(value["paths"], components.setdefault("schemas", {}))
    scheme = {"type": "http", "scheme": "bearer", "description": "The token that POST /api/session gives."}
    components["securitySchemes"] = {"session": scheme}
    return value


def _hoist(value: Any, schemas: dict[str, Any]) -> None:
    """Move the definitions that a body's schema brings along to the place where references look for them."""
    if isinstance(value, dict):
        schemas.update(value.pop("$defs", {}))
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _hoist(inner, schemas)
