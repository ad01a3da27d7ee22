# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Public pages of awards: offered at the desk, opened and taken back from the claim link, looked at by everybody."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.claims import Offer
from issuer.service.services import Services
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, Gone, RequestError
from kit.i18n import _
from kit.web import Form, Pages, flash, form, see_other, visit_of


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def desk_page(
        request: Request, services: Services, desk: At, credential_id: str, error: RequestError | None = None
    ) -> Response:
        return pages.render(
            request,
            "public_page.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.credentials.one(desk, credential_id),
            page=services.public_pages.of(desk, credential_id),
            error=error,
        )

    @router.get("/organisations/{slug}/credentials/{credential_id}/public", name="public_page")
    def shown(request: Request, services: All, desk: At, credential_id: str) -> Response:
        return desk_page(request, services, desk, credential_id)

    @router.post("/organisations/{slug}/credentials/{credential_id}/public")
    def offer(request: Request, services: All, desk: At, credential_id: str) -> Response:
        try:
            services.public_pages.offer(desk, credential_id, adult=form(request).flag("adult"))
        except BadInput as error:
            return desk_page(request, services, desk, credential_id, error)
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{credential_id}/public")

    @router.post("/organisations/{slug}/credentials/{credential_id}/public/end")
    def end(request: Request, services: All, desk: At, credential_id: str) -> Response:
        services.public_pages.end(desk, credential_id)
        flash(request, _("The public page is gone."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{credential_id}/public")

    _add_holder(router, pages)

    @router.post("/c/{token}")
    def show_it(request: Request, services: All, token: str) -> Response:
        return public_award_page(request, pages, services, token, with_name=True)


def _add_holder(router: APIRouter, pages: Pages) -> None:
    def holder_page(
        request: Request,
        services: Services,
        token: str,
        *,
        given: Form | None = None,
        error: RequestError | None = None,
    ) -> Response:
        client = visit_of(request).client
        found: Offer | None = None
        try:
            found = services.claims.look(token, client=client)
            page = services.public_pages.offered(found)
        except Gone:
            # A page that is still open can be taken back, whatever became of the award.
            page = services.public_pages.left(token, client=client)
            if page is None:
                raise
        return pages.render(
            request,
            "public_page_holder.html",
            status=error.status if error else 200,
            offer=found,
            page=page,
            back=f"/claim/{token}",
            ticked=given is not None and given.flag("adult"),
            error=error,
        )

    @router.get("/claim/{token}/public", name="public_page_holder")
    def holder(request: Request, services: All, token: str) -> Response:
        return holder_page(request, services, token)

    @router.post("/claim/{token}/public")
    def open_it(request: Request, services: All, token: str) -> Response:
        given = form(request)
        try:
            services.public_pages.open(
                token, adult=given.flag("adult"), code=given.get("code"), client=visit_of(request).client
            )
        except BadInput as error:
            return holder_page(request, services, token, given=given, error=error)
        return see_other(f"/claim/{token}/public")

    @router.post("/claim/{token}/public/end")
    def take_back(request: Request, services: All, token: str) -> Response:
        services.public_pages.take_back(token, client=visit_of(request).client)
        flash(request, _("The public page is gone."))
        return see_other(f"/claim/{token}/public")


def public_award_page(request: Request, pages: Pages, services: Services, token: str, *, with_name: bool) -> Response:
    """An award that its holder shows to everybody; whose it is, to whoever asks. Raises: NotFound, Gone, TooMany."""
    return pages.render(
        request,
        "public_award.html",
        found=services.public_pages.public(token, client=visit_of(request).client),
        with_name=with_name,
        here=f"/c/{token}",
        types=ACHIEVEMENT_TYPES,
    )
