"""What waits for a second person, for programs: listed, looked at, decided."""

from typing import Any

from fastapi import APIRouter
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.approvals.deciding import Approval
from kit.paging import window


class DecisionBody(Body):
    """Yes or no, and words for whoever asked."""

    granted: bool
    words: str = ""


def approvals_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/approvals``."""
    router = APIRouter(prefix="/api/organisations/{slug}/approvals", tags=["approvals"])

    @router.get("")
    def list_approvals(
        services: All, desk: At, page: str | None = None, size: str | None = None, decided: bool = False
    ) -> Response:
        found = services.approvals.listing(desk, window(page=page, size=size), waiting=not decided)
        return shapes.listed(found, approval)

    @router.get("/{approval_id}")
    def one_approval(services: All, desk: At, approval_id: str) -> Response:
        found = services.approvals.one(desk, approval_id)
        about = None if found.about is None else _plain({**found.about, "key": None})
        return shapes.answer(approval(found) | {"about": about})

    @router.post("/{approval_id}", openapi_extra=openapi_of(DecisionBody), status_code=200)
    def decide(services: All, desk: At, approval_id: str, raw: Raw) -> Response:
        body = read(DecisionBody, raw)
        found = services.approvals.decide(desk, approval_id, granted=body.granted, words=body.words)
        return shapes.answer(approval(found))

    return router


def asked(found: Approval) -> Response:
    """The answer to a request that waits for a second person."""
    return shapes.answer({"approval": approval(found)}, status=202)


def approval(found: Approval) -> dict[str, Any]:
    """What was asked for."""
    return {
        "id": found.id,
        "kind": found.kind,
        "act": found.act,
        "state": found.state,
        "askedBy": found.asked_by,
        "asked": shapes.at(found.asked),
        "expires": shapes.at(found.expires),
        "decidedBy": found.decided_by,
        "decided": shapes.at(found.decided),
        "words": found.answer,
        "outcome": found.outcome,
    }


def _plain(value: Any) -> Any:
    """The same with members in camelCase, without what is empty."""
    if isinstance(value, dict):
        return {to_camel(name): _plain(inner) for name, inner in value.items() if inner not in (None, "", [])}
    return [_plain(each) for each in value] if isinstance(value, list) else value
