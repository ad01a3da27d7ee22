# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Closing an organisation: what is still open, what closing means, and what came of it."""

import secrets
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.approvals import asked
from issuer.pages.forms import form_key
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.closing import ClosingDraft
from issuer.service.context import Desk
from issuer.service.second_person import CLOSE
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _
from kit.web import Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(
        request: Request,
        services: Services,
        desk: Desk,
        *,
        values: Mapping[str, str] | None = None,
        error: RequestError | None = None,
    ) -> Response:
        return pages.render(
            request,
            "closing.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.closing.prepare(desk),
            second_person=CLOSE in services.settings.in_force(desk).second_person,
            values=values or {"key": secrets.token_urlsafe(16)},
            error=error,
        )

    @router.get("/organisations/{slug}/close", name="closing")
    def prepare(request: Request, services: All, desk: At) -> Response:
        return shown(request, services, desk)

    @router.post("/organisations/{slug}/close")
    def close(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        draft = ClosingDraft(
            slug=given.get("slug"),
            successor_name=given.get("successorName"),
            successor_url=given.get("successorUrl"),
            successor_id=given.get("successorId"),
            words=given.get("words"),
        )
        try:
            found = services.approvals.do(desk, acts.closing(draft, key=form_key(given)))
        except (BadInput, Conflict) as error:
            return shown(request, services, desk, values=given.fields(), error=error)
        if isinstance(found, Approval):
            return asked(request, desk, found)
        flash(request, _("It has closed. Its snapshot is signed and published."))
        return see_other(_at(desk))

    @router.post("/organisations/{slug}/close/renew")
    def renew(request: Request, services: All, desk: At) -> Response:
        try:
            services.closing.renew(desk, key=form_key(form(request)))
        except Conflict as error:
            return shown(request, services, desk, error=error)
        flash(request, _("The snapshot is signed anew. Hand the new file to whoever takes over."))
        return see_other(_at(desk))

    @router.post("/organisations/{slug}/close/reopen")
    def reopen(request: Request, services: All, desk: At) -> Response:
        try:
            services.closing.reopen(desk)
        except Conflict as error:
            return shown(request, services, desk, error=error)
        flash(request, _("It is open again. The snapshot is withdrawn."))
        return see_other(_at(desk))


def _at(desk: Desk) -> str:
    return f"/organisations/{desk.organisation.slug}/close"
