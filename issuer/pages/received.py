# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""What others say about an organisation: handed in, shown or not, checked again."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.context import Desk
from issuer.service.received import GOOD, LARGEST
from issuer.service.rights import Right
from issuer.service.services import Services
from kit.errors import BadInput, RequestError
from kit.i18n import _
from kit.paging import window
from kit.web import Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(
        request: Request, services: Services, desk: Desk, *, page: str | None, error: RequestError | None
    ) -> Response:
        return pages.render(
            request,
            "received.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.received.listing(desk, window(page=page)),
            error=error,
        )

    @router.get("/organisations/{slug}/received-endorsements", name="received_endorsements")
    def received(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        return shown(request, services, desk, page=page, error=None)

    @router.post("/organisations/{slug}/received-endorsements")
    def accept(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.DESCRIBE)
        try:
            upload = form(request).file("endorsement", largest=LARGEST)
            found = services.received.accept(desk, upload.data if upload else b"")
        except BadInput as error:
            return shown(request, services, desk, page=None, error=error)
        flash(request, _("It is genuine. Everybody can read it now."))
        return see_other(_at(desk, found.id))

    @router.get("/organisations/{slug}/received-endorsements/{received_id}", name="received_endorsement")
    def one(request: Request, services: All, desk: At, received_id: str) -> Response:
        found = services.received.one(desk, received_id)
        return pages.render(request, "received_one.html", desk=desk, organisation=desk.organisation, found=found)

    @router.post("/organisations/{slug}/received-endorsements/{received_id}")
    def publish(request: Request, services: All, desk: At, received_id: str) -> Response:
        given = form(request)
        if given.get("published"):
            services.received.publish(desk, received_id, published=given.get("published") == "yes")
            return see_other(_at(desk, received_id))
        in_awards = given.get("inAwards") == "yes"
        services.received.use(desk, received_id, in_awards=in_awards)
        flash(request, _("New awards carry it.") if in_awards else _("New awards do not carry it any more."))
        return see_other(_at(desk, received_id))

    @router.post("/organisations/{slug}/received-endorsements/{received_id}/check")
    def check(request: Request, services: All, desk: At, received_id: str) -> Response:
        found = services.received.check(desk, received_id)
        flash(request, _("It is genuine.") if found.state == GOOD else _("It no longer holds, and is no longer shown."))
        return see_other(_at(desk, received_id))


def _at(desk: Desk, received_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/received-endorsements/{received_id}"
