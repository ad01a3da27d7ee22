"""Pausing for programs: an award is paused with words that are kept private, and the pause is lifted."""

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read


class SuspensionBody(Body):
    """Why an award is paused, in words that nobody but the desk reads."""

    reason: str


def suspensions_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/credentials/{credential_id}/suspension``."""
    router = APIRouter(prefix="/api/organisations/{slug}/credentials/{credential_id}", tags=["desk"])

    @router.put("/suspension", openapi_extra=openapi_of(SuspensionBody))
    def suspend(services: All, desk: At, credential_id: str, raw: Raw) -> Response:
        found = services.suspensions.suspend(desk, credential_id, reason=read(SuspensionBody, raw).reason)
        return shapes.answer(shapes.credential(found))

    @router.delete("/suspension")
    def lift(services: All, desk: At, credential_id: str) -> Response:
        return shapes.answer(shapes.credential(services.suspensions.lift(desk, credential_id)))

    @router.get("/suspension")
    def suspension(services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.one(desk, credential_id)
        pauses = services.suspensions.history(desk, credential_id)
        return shapes.answer(
            {
                "suspended": shapes.at(found.suspended),
                "pausable": services.suspensions.pausable(desk, credential_id),
                "items": [
                    {
                        "since": shapes.at(pause.since),
                        "by": pause.by,
                        "reason": pause.reason,
                        "lifted": shapes.at(pause.lifted),
                        "liftedBy": pause.lifted_by,
                    }
                    for pause in pauses
                ],
            }
        )

    return router
