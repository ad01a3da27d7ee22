# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Notices to programs: which addresses are told, what each was told, a try, once more, the end of it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.context import Desk
from issuer.service.notices import EVENTS, TEST
from issuer.service.services import Services
from issuer.service.webhooks import MOST, Webhook
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _
from kit.paging import window
from kit.web import Pages, flash, form, see_other

WORDS = {**EVENTS, TEST: _("A try")}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_addresses(router, pages)
    _add_one(router, pages)
    _add_sending(router)
    _add_removing(router, pages)


def _add_addresses(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request,
        services: Services,
        desk: Desk,
        *,
        made: tuple[Webhook, str] | None = None,
        error: RequestError | None = None,
        url: str = "",
        chosen: tuple[str, ...] = tuple(EVENTS),
    ) -> Response:
        return pages.render(
            request,
            "webhooks.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.webhooks.listing(desk, window(page=request.query_params.get("page"))),
            events=EVENTS,
            most=MOST,
            made=made,
            url=url,
            chosen=chosen,
            error=error,
        )

    @router.get("/organisations/{slug}/webhooks", name="webhooks")
    def webhooks(request: Request, services: All, desk: At) -> Response:
        return shown(request, services, desk)

    @router.post("/organisations/{slug}/webhooks")
    def add_webhook(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        chosen = tuple(given.values("events"))
        try:
            made = services.webhooks.add(desk, url=given.get("url"), events=chosen)
        except (BadInput, Conflict) as error:
            return shown(request, services, desk, error=error, url=given.get("url"), chosen=chosen)
        # The secret is shown in the answer itself and nowhere else: only a sealed copy is kept.
        return shown(request, services, desk, made=made)


def _add_one(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request, services: Services, desk: Desk, webhook_id: str, *, error: RequestError | None = None
    ) -> Response:
        return pages.render(
            request,
            "webhook.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            hook=services.webhooks.one(desk, webhook_id),
            found=services.webhooks.history(desk, webhook_id, window(page=request.query_params.get("page"))),
            events=EVENTS,
            words=WORDS,
            error=error,
        )

    @router.get("/organisations/{slug}/webhooks/{webhook_id}", name="webhook")
    def webhook(request: Request, services: All, desk: At, webhook_id: str) -> Response:
        return shown(request, services, desk, webhook_id)

    @router.post("/organisations/{slug}/webhooks/{webhook_id}")
    def change(request: Request, services: All, desk: At, webhook_id: str) -> Response:
        given = form(request)
        try:
            services.webhooks.change(desk, webhook_id, events=given.values("events"), on=given.flag("on"))
        except BadInput as error:
            return shown(request, services, desk, webhook_id, error=error)
        flash(request, _("Saved."))
        return see_other(_at(desk, webhook_id))


def _add_sending(router: APIRouter) -> None:
    @router.post("/organisations/{slug}/webhooks/{webhook_id}/test")
    def test(request: Request, services: All, desk: At, webhook_id: str) -> Response:
        services.webhooks.test(desk, webhook_id)
        flash(request, _("A try is on its way. Look again in a moment."))
        return see_other(_at(desk, webhook_id))

    @router.post("/organisations/{slug}/webhooks/{webhook_id}/notices/{notice_id}/resend")
    def resend(request: Request, services: All, desk: At, webhook_id: str, notice_id: str) -> Response:
        services.webhooks.resend(desk, webhook_id, notice_id)
        flash(request, _("It is sent once more. Look again in a moment."))
        return see_other(_at(desk, webhook_id))


def _add_removing(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/webhooks/{webhook_id}/remove", name="remove_webhook")
    def sure(request: Request, services: All, desk: At, webhook_id: str) -> Response:
        return pages.render(
            request,
            "webhook_remove.html",
            desk=desk,
            organisation=desk.organisation,
            hook=services.webhooks.one(desk, webhook_id),
        )

    @router.post("/organisations/{slug}/webhooks/{webhook_id}/remove")
    def remove(request: Request, services: All, desk: At, webhook_id: str) -> Response:
        services.webhooks.remove(desk, webhook_id)
        flash(request, _("Removed. This address is told nothing any more."))
        return see_other(f"/organisations/{desk.organisation.slug}/webhooks")


def _at(desk: Desk, webhook_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/webhooks/{webhook_id}"
