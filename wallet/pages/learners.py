"""A learner's quilt, files and bin."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.web import Pages
from wallet.pages.asking import attachment, member
from wallet.service import Actor, Services


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about one learner."""
    who = Annotated[Actor, Depends(member(services))]
    people, credentials = services.people, services.credentials

    @router.get("/learners/{learner_id}", name="learner")
    def learner_page(request: Request, actor: who, learner_id: str) -> Response:
        return pages.render(
            request,
            "learner.html",
            learner=people.learner(actor, learner_id).learner,
            learners=people.learners(actor),
            cards=credentials.search(actor, learner_id, ""),
            claims=services.claims.waiting(actor, learner_id),
            shares=services.shares.shares(actor, learner_id),
            handovers=[one for one in services.handover.notices(actor) if one.learner.id == learner_id],
            connecting=services.hosting.connections.waiting(actor, learner_id),
            brought=services.import_showing.pending(actor, learner_id),
            apart=services.import_showing.apart_count(actor, learner_id),
        )

    @router.get("/learners/{learner_id}/bin", name="bin")
    def bin_page(request: Request, actor: who, learner_id: str) -> Response:
        return pages.render(
            request,
            "bin.html",
            learner=people.learner(actor, learner_id).learner,
            items=credentials.discarded(actor, learner_id),
        )

    @router.get("/archive", name="archive")
    def archive(actor: who) -> Response:
        return Response(services.archive.pack(actor), media_type="application/zip", headers=attachment("awards.zip"))
