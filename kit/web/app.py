"""Putting an app together. The only builder; a role's `create_app` calls it once and returns what it gives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import RequestError
from kit.health import Health
from kit.settings import RoleSettings
from kit.web import problems
from kit.web.csrf import guard
from kit.web.openapi import describing
from kit.web.pages import Pages
from kit.web.shell import BodyLimits, Shell, ShellMiddleware, nowhere
from vc.problems import ProblemError

__all__ = ["BodyLimits", "build_app"]


def build_app(
    *,
    role: str,
    settings: RoleSettings,
    pages: Pages,
    routers: Sequence[APIRouter],
    secret: bytes,
    health: Health,
    find_account: Callable[[str], Any] | None,
    limits: BodyLimits | None = None,
    start: Sequence[Callable[[], None]] = (),
    close: Sequence[Callable[[], None]] = (),
    open_forms: frozenset[str] = frozenset(),
    takes_files: Callable[[str], bool] = nowhere,
    tell: problems.Tell = problems.as_everywhere,
) -> FastAPI:
    """A role's app.

    `secret` (32 bytes) signs form tokens and flashes: `vault.derive("web")`, or random bytes for a role without a
    vault. `find_account` gives the account of a session token, or None for a role nobody signs in to
    (`accounts.current`). `start` is called before the first request, `close` when the
    server stops (close databases and clients). `open_forms` are paths
    whose POST another site's page may send, because it acts for nobody: no Origin check and no token there.
    `takes_files` says at which paths a body may be of any media type, because it is somebody's file; elsewhere it is
    JSON or a form. `tell` tells of problems at addresses whose standard has words of its own.
    """
    if len(secret) < 32:
        raise ValueError("the web secret must have 32 bytes")
    limits = limits or BodyLimits()
    app = FastAPI(
        title=f"Satchel {role}",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json" if settings.loopback else None,
        dependencies=[Depends(guard)],
        form_limits={
            "max_fields": limits.fields,
            "max_files": limits.files,
            "max_part_size": limits.field_bytes,
        },
        lifespan=_lifespan(start, close),
    )

    def handle(request: Request, error: Exception) -> Response:
        return problems.respond(request, error, pages)

    for kind in (RequestError, ProblemError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)
    app.openapi = describing(app)  # type: ignore[method-assign]
    app.state.pages = pages
    app.state.settings = settings
    app.add_api_route("/static/{name:path}", pages.assets.serve, include_in_schema=False, name="static")
    app.include_router(health.router(settings))
    for router in routers:
        app.include_router(router)
    shell = Shell(
        pages=pages,
        settings=settings,
        secret=secret,
        limits=limits,
        find_account=find_account or (lambda _token: None),
        observe=health.observe,
        open_forms=open_forms,
        takes_files=takes_files,
        tell=tell,
    )
    app.add_middleware(ShellMiddleware, shell=shell)
    return app


def _lifespan(start: Sequence[Callable[[], None]], close: Sequence[Callable[[], None]]) -> Callable[[FastAPI], Any]:
    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        for each in start:
            await asyncio.to_thread(each)  # what starts may not like to be called from within a running loop
        yield
        for each in close:
            each()

    return lifespan
