"""What was not signed when the server's address changed: made anew by one button, or left out."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.context import Desk
from issuer.service.unsigned import KINDS
from kit.errors import BadInput, Conflict
from kit.i18n import _, ngettext
from kit.paging import window
from kit.web import Pages, flash, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    base = "/organisations/{slug}/unsigned"

    @router.get(base)
    def unsigned(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        found = services.unsigned.listing(desk, window(page=page))
        return pages.render(
            request, "unsigned.html", desk=desk, organisation=desk.organisation, found=found, kinds=KINDS
        )

    @router.post(f"{base}/anew")
    def all_anew(request: Request, services: All, desk: At) -> Response:
        made, problem = services.unsigned.all_anew(desk)
        if made:
            flash(request, ngettext("One is made anew.", "%(count)s are made anew.", made))
        if problem is not None:
            flash(request, problem.detail, tone="caution")
        return _back(desk)

    @router.post(f"{base}/{{intent_id}}/anew")
    def anew(request: Request, services: All, desk: At, intent_id: str) -> Response:
        try:
            services.unsigned.anew(desk, intent_id)
        except (BadInput, Conflict) as error:
            flash(request, error.detail, tone="caution")
        else:
            flash(request, _("It is made anew and signed under the present address."))
        return _back(desk)

    @router.post(f"{base}/{{intent_id}}/leave")
    def leave_out(request: Request, services: All, desk: At, intent_id: str) -> Response:
        try:
            services.unsigned.leave_out(desk, intent_id)
        except Conflict as error:
            flash(request, error.detail, tone="caution")
        else:
            flash(request, _("It is left out. Nobody gets it."))
        return _back(desk)


def _back(desk: Desk) -> Response:
    return see_other(f"/organisations/{desk.organisation.slug}/unsigned")
