"""Opening a family's awards with a recovery code, after the server lost its key."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _, ngettext
from kit.web import Pages, flash, form, see_other, visit_of
from wallet.pages.asking import again
from wallet.service import Services


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the page."""

    @router.get("/reopen", name="reopen")
    def reopen_page(request: Request) -> Response:
        return pages.render(request, "reopen.html", error=None, values={})

    @router.post("/reopen")
    def reopen(request: Request) -> Response:
        given = form(request)
        visit = visit_of(request)

        def act() -> Response:
            opened = services.recovery.reopen(
                login=given.get("login"), code=given.get("code"), password=given.get("password"), client=visit.client
            )
            visit.sign_in(opened.token)
            flash(request, _("Your family's awards are open again. Make new recovery codes: this one is spent."))
            if opened.closed:
                flash(
                    request,
                    ngettext(
                        "%(count)s learner stays closed. Whoever may manage them has codes for them.",
                        "%(count)s learners stay closed. Whoever may manage them has codes for them.",
                        opened.closed,
                    ),
                )
            return see_other("/account")

        return again(act, request, pages, "reopen.html", given)
