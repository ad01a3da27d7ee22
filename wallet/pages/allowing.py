"""What a minor may share without asking: the page where guardians give that, and take it back."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import _
from kit.web import Pages, flash, form, see_other
from wallet.pages.asking import again, member
from wallet.service import Actor, Services


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about permissions."""
    who = Annotated[Actor, Depends(member(services))]
    allowing = services.allowing

    @router.get("/learners/{learner_id}/permissions", name="permissions")
    def permissions_page(request: Request, actor: who, learner_id: str) -> Response:
        found = allowing.permissions(actor, learner_id)
        return pages.render(request, "permissions.html", permissions=found, error=None, values={})

    @router.post("/learners/{learner_id}/permissions")
    def allow(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            everybody = given.get("whom") == "everybody"
            recipient = "" if everybody else given.text("recipient", longest=120, required=False)
            if not everybody and not recipient:
                allowing.permissions(actor, learner_id)
                raise BadInput(_("This was left empty."), field="recipient", remedy=_("Write a few words."))
            allowing.allow(actor, learner_id, recipient)
            flash(request, _("Saved. You will not be asked about these shares."))
            return see_other(f"/learners/{learner_id}/permissions")

        return again(
            act,
            request,
            pages,
            "permissions.html",
            given,
            permissions=lambda: allowing.permissions(actor, learner_id),
        )

    @router.post("/permissions/{permission_id}/withdraw", name="withdraw_permission")
    def withdraw(request: Request, actor: who, permission_id: str) -> Response:
        learner_id = allowing.withdraw(actor, permission_id)
        flash(request, _("Taken back. You are asked again; links that exist go on until somebody stops them."))
        return see_other(f"/learners/{learner_id}/permissions")
