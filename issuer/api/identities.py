"""By which identifiers an organisation signs, and its move to a web address, for programs."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.approvals import asked
from issuer.api.bodies import Body, Raw, read
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.moving import Identity


class MoveBody(Body):
    """Nothing: where it moves to is this server's address."""


def identities_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/identities``."""
    router = APIRouter(prefix="/api/organisations/{slug}/identities", tags=["keys"])

    @router.get("")
    def list_identities(services: All, desk: At) -> Response:
        return shapes.answer({"items": [shape(each) for each in services.moving.identities(desk.organisation)]})

    @router.post("/move")
    def move(services: All, desk: At, raw: Raw) -> Response:
        read(MoveBody, raw or b"{}")
        made = services.approvals.do(desk, acts.move())
        return asked(made) if isinstance(made, Approval) else shapes.answer(shapes.organisation(made))

    return router


def shape(found: Identity) -> dict[str, Any]:
    """One identifier: ``until`` is null for the one that signs what is new."""
    return {
        "did": found.did,
        "method": found.method,
        "since": shapes.at(found.since),
        "until": shapes.at(found.until),
    }
