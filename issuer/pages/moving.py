# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""An organisation whose name is its key moves to a web address."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.approvals import asked as asked_for
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.rights import Right
from kit.i18n import _
from kit.web import Pages, flash, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/signing/move")
    def sure_to_move(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.KEYS)
        return pages.render(
            request,
            "move.html",
            desk=desk,
            organisation=desk.organisation,
            address=services.moving.address(desk.organisation),
            moved=services.moving.identities(desk.organisation)[-1].is_address,
        )

    @router.post("/organisations/{slug}/signing/move")
    def move(request: Request, services: All, desk: At) -> Response:
        made = services.approvals.do(desk, acts.move())
        if isinstance(made, Approval):
            return asked_for(request, desk, made)
        flash(request, _("Your awards name the web address from now on."))
        return see_other(f"/organisations/{desk.organisation.slug}/signing")
