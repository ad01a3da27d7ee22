"""The people of an organisation for programs: another role."""

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.approvals import asked
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval


class RoleBody(Body):
    """What somebody may do from now on: one of the four roles."""

    role: str


def people_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["people"])

    @router.put("/members/{account}", openapi_extra=openapi_of(RoleBody))
    def change_role(services: All, desk: At, account: str, raw: Raw) -> Response:
        found = services.approvals.do(desk, acts.role(account, role=read(RoleBody, raw).role))
        return asked(found) if isinstance(found, Approval) else shapes.answer(shapes.member(found))

    return router
