"""What was not signed when the server's address changed, for programs: listed, made anew, left out."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.service.unsigned import Unsigned
from kit.paging import window


def unsigned_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/unsigned``."""
    router = APIRouter(prefix="/api/organisations/{slug}/unsigned", tags=["desk"])

    @router.get("")
    def list_unsigned(services: All, desk: At, page: str | None = None, size: str | None = None) -> Response:
        return shapes.listed(services.unsigned.listing(desk, window(page=page, size=size)), _unsigned)

    @router.post("/{intent_id}/anew", status_code=200)
    def anew(services: All, desk: At, intent_id: str) -> Response:
        return shapes.answer({"credential": services.unsigned.anew(desk, intent_id)})

    @router.delete("/{intent_id}", status_code=204)
    def leave_out(services: All, desk: At, intent_id: str) -> Response:
        services.unsigned.leave_out(desk, intent_id)
        return Response(status_code=204)

    return router


def _unsigned(found: Unsigned) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "credential": found.credential_id,
        "learnerName": found.learner_name,
        "about": found.about,
        "since": shapes.at(found.since),
        "job": found.job_id,
        "canLeaveOut": found.can_leave_out,
    }
