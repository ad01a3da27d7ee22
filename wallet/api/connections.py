"""Connected providers, for the family."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from kit.paging import window
from wallet.api.asking import member
from wallet.api.shapes import to_json
from wallet.service import Actor, Services


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about connected providers."""
    who = Annotated[Actor, Depends(member(services))]
    connections = services.hosting.connections

    def shown(actor: Actor, connection_id: str, page: str = "", size: str = "") -> Any:
        view = connections.look(actor, connection_id, window(page=page, size=size))
        acts = {"items": to_json(view.acts.items), "page": view.acts.number, "pages": view.acts.pages}
        told = {name: value for name, value in to_json(view).items() if name != "line"}
        return {**told, **to_json(view.line), "acts": {**acts, "total": view.acts.total}}

    @router.get("/learners/{learner_id}/connections")
    def list_connections(actor: who, learner_id: str, page: str = "", size: str = "") -> Any:
        found = connections.page(actor, learner_id, window(page=page, size=size))
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.get("/connections/{connection_id}")
    def connection(actor: who, connection_id: str, page: str = "", size: str = "") -> Any:
        return shown(actor, connection_id, page, size)

    @router.post("/connections/{connection_id}/approval")
    def approve_connection(actor: who, connection_id: str) -> Any:
        connections.approve(actor, connection_id)
        return shown(actor, connection_id)

    @router.post("/connections/{connection_id}/refusal")
    def decline_connection(actor: who, connection_id: str) -> Any:
        connections.decline(actor, connection_id)
        return shown(actor, connection_id)

    @router.post("/connections/{connection_id}/name")
    def take_name(actor: who, connection_id: str) -> Any:
        connections.take_name(actor, connection_id, take=True)
        return shown(actor, connection_id)

    @router.delete("/connections/{connection_id}/name", status_code=204)
    def leave_name(actor: who, connection_id: str) -> Response:
        connections.take_name(actor, connection_id, take=False)
        return Response(status_code=204)

    @router.delete("/connections/{connection_id}", status_code=204)
    def end_connection(actor: who, connection_id: str) -> Response:
        connections.end(actor, connection_id)
        return Response(status_code=204)
