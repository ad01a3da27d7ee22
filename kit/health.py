"""Is this process alive, and can it do its work? For supervisors, load balancers and dashboards.

`/healthz` says only that the process answers. `/readyz` asks each named check. `/metrics` is for this machine, or for
whoever carries the metrics token; its labels are route templates and methods, nothing about anybody.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit import log
from kit.db import Database
from kit.errors import NotFound
from kit.settings import RoleSettings

Check = Callable[[], None]
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Health:
    """A role's checks and counters. A check is a function that raises when something is not as it must be."""

    def __init__(self, *, role: str, checks: Mapping[str, Check]) -> None:
        self.role = role
        self.checks = dict(checks)
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "satchel_requests_total", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "satchel_request_seconds", "Time to answer", ["route"], registry=self.registry, buckets=_BUCKETS
        )
        self._ready = Gauge("satchel_ready", "1 when the check passed last", ["check"], registry=self.registry)

    def observe(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def ask(self) -> dict[str, bool]:
        """Run every check: name → whether it passed. No checks at all means not ready."""
        return {name: self._passes(name, check) for name, check in self.checks.items()}

    def _passes(self, name: str, check: Check) -> bool:
        try:
            check()
        except Exception as error:  # noqa: BLE001 - a check may fail in any way; that is what it is for
            log.write(self.role, "not ready", level=logging.WARNING, error=error, check=name)
            passed = False
        else:
            passed = True
        self._ready.labels(name).set(int(passed))
        return passed

    def router(self, settings: RoleSettings) -> APIRouter:
        """The three addresses."""
        router = APIRouter(include_in_schema=False)

        @router.get("/healthz", name="healthz")
        def healthz() -> Response:
            return JSONResponse({"status": "alive", "role": self.role})

        @router.get("/readyz", name="readyz")
        def readyz() -> Response:
            found = self.ask()
            ready = bool(found) and all(found.values())
            words = {name: "passed" if passed else "failed" for name, passed in found.items()}
            return JSONResponse({"ready": ready, "checks": words}, status_code=200 if ready else 503)

        @router.get("/metrics", name="metrics")
        def metrics(request: Request) -> Response:
            if not _may_read(request, settings):
                raise NotFound
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return router


def _may_read(request: Request, settings: RoleSettings) -> bool:
    if settings.metrics_token is not None:
        expected = f"Bearer {settings.metrics_token.get_secret_value()}"
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), expected.encode())
    local = request.client is not None and request.client.host in {"127.0.0.1", "::1"}
    return local and "x-forwarded-for" not in request.headers


def database_checks(database: Database, migrations: str) -> dict[str, Check]:
    """The checks every role has: the database answers, takes what is written, and has the schema this program knows."""

    def at_head() -> None:
        if not database.revision_is_head(migrations):
            raise RuntimeError("the schema is not at the newest revision; run the upgrade")

    return {"database": database.check, "writing": database.check_writing, "migrations": at_head}
