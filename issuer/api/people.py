"""The people of an organisation for programs: another role."""

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read


class RoleBody(Body):
    """What somebody may do from now on: one of the four roles."""

    role: str


def people_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["people"])

    @router.put("/members/{account}", openapi_extra=openapi_of(RoleBody))
    def change_role(services: All, desk: At, account: str, raw: Raw) -> Response:
        return shapes.answer(shapes.member(services.people.change_role(desk, account, role=read(RoleBody, raw).role)))

    return router
