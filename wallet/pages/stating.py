"""What a learner says of themself."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _
from kit.web import Pages, flash, form, see_other
from wallet.pages.asking import again, member
from wallet.service import Actor, Services
from wallet.service.stating import Statement


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about statements."""
    who = Annotated[Actor, Depends(member(services))]

    @router.get("/learners/{learner_id}/statements/add", name="add_statement")
    def add_page(request: Request, actor: who, learner_id: str) -> Response:
        learner = services.people.learner(actor, learner_id).learner
        return pages.render(request, "statement_add.html", learner=learner, error=None, values={})

    @router.post("/learners/{learner_id}/statements/add")
    def add(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            day = given.day("day")
            assert day is not None
            said = Statement(title=given.get("title"), about=given.get("about"), day=day)
            credential_id = services.stating.state(actor, learner_id, said)
            flash(request, _("Signed and kept."))
            return see_other(f"/credentials/{credential_id}")

        learner = services.people.learner(actor, learner_id).learner
        return again(act, request, pages, "statement_add.html", given, learner=lambda: learner)
