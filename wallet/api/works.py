"""Works: what a learner made, kept beside the awards."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.paging import window
from wallet.api.asking import member, paper_for, raw_body
from wallet.api.bodies import WorkText
from wallet.api.shapes import to_json
from wallet.service import Actor, Services
from wallet.service.works import FILE, SHOWN, Made


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about works."""
    who = Annotated[Actor, Depends(member(services))]
    works = services.works

    @router.get("/learners/{learner_id}/works")
    def list_works(actor: who, learner_id: str, page: str = "", size: str = "") -> Any:
        found = works.page(actor, learner_id, window(page=page, size=size)).works
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.post("/learners/{learner_id}/works", status_code=201)
    def add(actor: who, learner_id: str, body: WorkText) -> Any:
        return to_json(works.work(actor, works.add(actor, learner_id, _made(body)))[1])

    @router.get("/learners/{learner_id}/portfolio.pdf")
    def portfolio(request: Request, actor: who, learner_id: str, paper: str = "") -> Response:
        return paper_for(lambda setting: services.portfolios.paper(actor, learner_id, setting), request, paper)

    @router.get("/collections/{collection_id}/portfolio.pdf")
    def of_collection(request: Request, actor: who, collection_id: str, paper: str = "") -> Response:
        return paper_for(
            lambda setting: services.portfolios.paper_of_collection(actor, collection_id, setting), request, paper
        )

    @router.get("/works/{work_id}")
    def work(actor: who, work_id: str) -> Any:
        return to_json(works.work(actor, work_id)[1])

    @router.put("/works/{work_id}")
    def change(actor: who, work_id: str, body: WorkText) -> Any:
        works.change(actor, work_id, _made(body))
        return to_json(works.work(actor, work_id)[1])

    @router.put("/works/{work_id}/file")
    def put_file(actor: who, work_id: str, body: Annotated[bytes, Depends(raw_body)]) -> Any:
        works.put_file(actor, work_id, body)
        return to_json(works.work(actor, work_id)[1])

    @router.get("/works/{work_id}/file")
    def file(actor: who, work_id: str) -> Response:
        found = works.file(actor, work_id, FILE)
        headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
        return Response(found.data, media_type=found.media_type, headers=headers)

    @router.get("/works/{work_id}/picture")
    def picture(actor: who, work_id: str) -> Response:
        found = works.file(actor, work_id, SHOWN)
        return Response(found.data, media_type=found.media_type)

    @router.delete("/works/{work_id}", status_code=204)
    def erase(actor: who, work_id: str) -> Response:
        services.erasure.erase_work(actor, work_id)
        return Response(status_code=204)


def _made(body: WorkText) -> Made:
    return Made(title=body.title, words=body.words, credential_id=body.credential or "")
