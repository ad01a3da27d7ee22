"""Coming of age: the steps, and what the learner has done of them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _
from kit.web import Pages, flash, form, see_other
from wallet.pages.asking import member
from wallet.service import Actor, Services


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about the hand-over."""
    who = Annotated[Actor, Depends(member(services))]

    @router.get("/learners/{learner_id}/handover", name="handover")
    def handover_page(request: Request, actor: who, learner_id: str) -> Response:
        return pages.render(request, "handover.html", handover=services.handover.view(actor, learner_id))

    @router.post("/learners/{learner_id}/handover")
    def take(request: Request, actor: who, learner_id: str) -> Response:
        services.handover.take(actor, learner_id, form(request).get("step"))
        flash(request, _("Noted."))
        return see_other(f"/learners/{learner_id}/handover")
