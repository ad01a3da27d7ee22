"""Sending an award to a wallet elsewhere: from its claim link, on to that wallet's server, and back again."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All
from issuer.service.elsewhere.answers import ANSWERS
from issuer.service.elsewhere.hosts import GUARDIAN, LEARNER, Back
from issuer.service.services import Services
from kit.errors import BadInput, RequestError
from kit.i18n import _
from kit.web import Form, Pages, flash, form, see_other, visit_of

WHO = {GUARDIAN: _("I am a parent or guardian of the learner"), LEARNER: _("I am the learner, and 18 or older")}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_going(router, pages)

    @router.get("/hosts/about", name="hosts_about")
    def about(request: Request) -> Response:
        return pages.render(request, "hosts_about.html")

    @router.get("/hosts/{host_id}/callback", name="host_callback")
    def callback(request: Request, services: All, host_id: str) -> Response:
        visit, given = visit_of(request), request.query_params
        back = Back(
            host_id=host_id,
            state=given.get("state", "")[:200],
            code=given.get("code", ""),
            error=given.get("error", "")[:200],
            iss=given.get("iss"),
            browser=visit.binding(),
        )
        token = services.hosts.finish(back, client=visit.client)
        flash(request, _("Your leave came through. The award is on its way; look again in a moment."))
        return see_other(f"/claim/{token}/elsewhere")


def _add_going(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request,
        services: Services,
        token: str,
        *,
        given: Form | None = None,
        error: RequestError | None = None,
    ) -> Response:
        offer = services.claims.look(token, client=visit_of(request).client)
        hands = services.hosts.hands(offer)
        return pages.render(
            request,
            "elsewhere.html",
            status=error.status if error else 200,
            offer=offer,
            back=f"/claim/{token}",
            who={hand: WHO[hand] for hand in hands},
            with_code=GUARDIAN in hands,
            sent=services.hosts.sent(offer),
            answers=ANSWERS,
            values=given.fields() if given else {},
            error=error,
        )

    @router.post("/claim/{token}/elsewhere/end")
    def end(request: Request, services: All, token: str) -> Response:
        if services.hosts.end(token, client=visit_of(request).client):
            flash(request, _("No correction is sent there by itself any more."))
        return see_other(f"/claim/{token}/elsewhere")

    @router.get("/claim/{token}/elsewhere", name="elsewhere")
    def elsewhere(request: Request, services: All, token: str) -> Response:
        return shown(request, services, token)

    @router.post("/claim/{token}/elsewhere")
    def go(request: Request, services: All, token: str) -> Response:
        given, visit = form(request), visit_of(request)
        try:
            going = services.hosts.begin(
                token,
                host=given.get("host"),
                hand=given.get("hand"),
                code=given.get("code"),
                client=visit.client,
                browser=visit.binding(),
            )
        except BadInput as error:
            return shown(request, services, token, given=given, error=error)
        # A link and no redirect: browsers hold what follows a form to the origins that our own policy names.
        return pages.render(request, "elsewhere_go.html", going=going, back=f"/claim/{token}/elsewhere")
