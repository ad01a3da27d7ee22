"""Imports: what a program brings for a learner, thing by thing, and what is kept apart."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from kit.paging import window
from wallet.api.asking import member, raw_body
from wallet.api.shapes import to_json
from wallet.service import Actor, Services
from wallet.service.arriving import file_kind
from wallet.service.import_views import Given


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about imports."""
    who = Annotated[Actor, Depends(member(services))]
    imports, showing = services.imports, services.import_showing

    @router.post("/learners/{learner_id}/imports", status_code=201)
    def take(actor: who, learner_id: str, body: Annotated[bytes, Depends(raw_body)]) -> Any:
        import_id = imports.take(actor, learner_id, [Given(name="", data=body)])
        return to_json(showing.look(actor, import_id, window(page=None)))

    @router.get("/learners/{learner_id}/imports")
    def pending(actor: who, learner_id: str) -> Any:
        return {"items": to_json(showing.pending(actor, learner_id))}

    @router.get("/imports/{import_id}")
    def one(actor: who, import_id: str, page: str = "", size: str = "") -> Any:
        return to_json(showing.look(actor, import_id, window(page=page, size=size)))

    @router.post("/imports/{import_id}/steps")
    def go_on(actor: who, import_id: str) -> Any:
        imports.go_on(actor, import_id)
        return to_json(showing.look(actor, import_id, window(page=None)))

    @router.post("/imports/{import_id}/approval")
    def approve(actor: who, import_id: str) -> Any:
        imports.approve(actor, import_id)
        return to_json(showing.look(actor, import_id, window(page=None)))

    @router.get("/learners/{learner_id}/apart")
    def apart(actor: who, learner_id: str, page: str = "", size: str = "") -> Any:
        return to_json(showing.apart(actor, learner_id, window(page=page, size=size)))

    @router.get("/import-items/{item_id}")
    def item(actor: who, item_id: str) -> Any:
        return to_json(showing.item(actor, item_id))

    @router.get("/import-items/{item_id}/document")
    def document(actor: who, item_id: str) -> Response:
        data = showing.document(actor, item_id)
        _kind, name = file_kind(data)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)

    @router.post("/import-items/{item_id}/attempt")
    def attempt(actor: who, item_id: str) -> Any:
        imports.admit(actor, item_id)
        return to_json(showing.item(actor, item_id))

    @router.post("/import-items/{item_id}/refusal")
    def decline(actor: who, item_id: str) -> Any:
        imports.decline(actor, item_id)
        return to_json(showing.item(actor, item_id))

    @router.delete("/import-items/{item_id}", status_code=204)
    def remove(actor: who, item_id: str) -> Response:
        services.erasure.erase_apart(actor, item_id)
        return Response(status_code=204)
