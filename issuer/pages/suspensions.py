"""Pausing an award, which asks once, and lifting the pause, which does not."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.services import Services
from kit.errors import BadInput
from kit.i18n import _
from kit.web import Pages, flash, form, see_other

_AWARD = "/organisations/{slug}/credentials/{credential_id}"


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get(f"{_AWARD}/pause", name="pause")
    def pause_page(request: Request, services: All, desk: At, credential_id: str) -> Response:
        desk.require(Right.WITHDRAW)
        return _asked(request, pages, services, desk, credential_id, values={}, error=None)

    @router.post(f"{_AWARD}/pause")
    def pause(request: Request, services: All, desk: At, credential_id: str) -> Response:
        given = form(request)
        try:
            found = services.suspensions.suspend(desk, credential_id, reason=given.get("reason"))
        except BadInput as error:
            return _asked(request, pages, services, desk, credential_id, values=given.fields(), error=error)
        flash(request, _("The award is paused. Whoever checks it from now on sees that."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{found.uuid}")

    @router.post(f"{_AWARD}/lift", name="lift")
    def lift(request: Request, services: All, desk: At, credential_id: str) -> Response:
        found = services.suspensions.lift(desk, credential_id)
        flash(request, _("The pause is over. The award counts again."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{found.uuid}")


def _asked(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    credential_id: str,
    *,
    values: dict[str, str],
    error: BadInput | None,
) -> Response:
    return pages.render(
        request,
        "pause.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=services.credentials.one(desk, credential_id),
        pausable=services.suspensions.pausable(desk, credential_id),
        values=values,
        error=error,
    )
