"""Tags, collections and statements: what a family puts together and says for itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from kit.paging import window
from wallet.api.asking import member
from wallet.api.bodies import Chosen, CollectionText, NewStatement, Tags
from wallet.api.shapes import to_json
from wallet.service import Actor, Services
from wallet.service.stating import Statement


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about what a family puts together."""
    who = Annotated[Actor, Depends(member(services))]
    arranging = services.arranging

    @router.put("/credentials/{credential_id}/tags", status_code=204)
    def tag(actor: who, credential_id: str, body: Tags) -> Response:
        arranging.tag(actor, credential_id, body.tags)
        return Response(status_code=204)

    @router.post("/learners/{learner_id}/statements", status_code=201)
    def state(actor: who, learner_id: str, body: NewStatement) -> Any:
        said = Statement(title=body.title, about=body.about, day=body.day)
        return to_json(services.credentials.look(actor, services.stating.state(actor, learner_id, said)).card)

    @router.get("/learners/{learner_id}/collections")
    def collections(actor: who, learner_id: str) -> Any:
        return {"items": to_json(arranging.collections(actor, learner_id))}

    @router.post("/learners/{learner_id}/collections", status_code=201)
    def make(actor: who, learner_id: str, body: CollectionText) -> Any:
        return _shown(actor, arranging.make(actor, learner_id, name=body.name, note=body.note))

    @router.get("/collections/{collection_id}")
    def collection(actor: who, collection_id: str, page: str = "", size: str = "") -> Any:
        return _shown(actor, collection_id, page, size)

    @router.put("/collections/{collection_id}")
    def change(actor: who, collection_id: str, body: CollectionText) -> Any:
        arranging.change(actor, collection_id, name=body.name, note=body.note)
        return _shown(actor, collection_id)

    @router.delete("/collections/{collection_id}", status_code=204)
    def erase(actor: who, collection_id: str) -> Response:
        services.erasure.erase_collection(actor, collection_id)
        return Response(status_code=204)

    @router.post("/collections/{collection_id}/awards")
    def put(actor: who, collection_id: str, body: Chosen) -> Any:
        arranging.put(actor, collection_id, body.credentials)
        return _shown(actor, collection_id)

    @router.put("/collections/{collection_id}/order")
    def order(actor: who, collection_id: str, body: Chosen) -> Any:
        arranging.order(actor, collection_id, body.credentials)
        return _shown(actor, collection_id)

    @router.delete("/collections/{collection_id}/awards/{credential_id}", status_code=204)
    def take_out(actor: who, collection_id: str, credential_id: str) -> Response:
        arranging.take_out(actor, collection_id, credential_id)
        return Response(status_code=204)

    def _shown(actor: Actor, collection_id: str, page: str = "", size: str = "") -> dict[str, Any]:
        view = arranging.collection(actor, collection_id, window(page=page, size=size))
        cards = view.cards
        told = {"id": view.id, "learner": view.learner.id, "name": view.name, "note": view.note}
        return {**told, "items": to_json(cards.items), "page": cards.number, "pages": cards.pages, "total": cards.total}
