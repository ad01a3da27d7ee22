"""What an operator does when a court has decided about a guardian.

Names and references are posted, and stand in no address.
"""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts import require_user
from kit.errors import RequestError
from kit.i18n import _, ngettext
from kit.paging import window
from kit.web import Form, Pages, flash, form, see_other
from wallet.service import Services
from wallet.service.court_orders import Entrusted

HERE = "/court-orders"


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the operator's routes about court orders."""
    orders = services.court_orders

    def shown(
        request: Request,
        *,
        found: list[Entrusted] | None = None,
        error: RequestError | None = None,
        given: Form | None = None,
    ) -> Response:
        return pages.render(
            request,
            "court_orders.html",
            status=200 if error is None else error.status,
            orders=orders.page(require_user(request), window(page=request.query_params.get("page", ""))),
            found=found,
            error=error,
            values={} if given is None else given.fields(),
        )

    def tried(request: Request, act: Callable[[Form], Response]) -> Response:
        given = form(request)
        try:
            return act(given)
        except RequestError as error:
            if error.status == 403:
                raise
            return shown(request, error=error, given=given)

    @router.get(HERE, name="court_orders")
    def court_orders_page(request: Request) -> Response:
        return shown(request)

    @router.post(f"{HERE}/search", name="search_guardian")
    def search(request: Request) -> Response:
        return tried(
            request,
            lambda given: shown(request, found=orders.of_login(require_user(request), given.get("login")), given=given),
        )

    @router.post(HERE)
    def record(request: Request) -> Response:
        def act(given: Form) -> Response:
            _order, stopped = orders.record(
                require_user(request),
                learner_id=given.get("learner"),
                member_id=given.get("member"),
                reference=given.get("reference"),
                stop_links=given.flag("stop_links"),
            )
            told = ngettext("Ended. %(count)s link was stopped.", "Ended. %(count)s links were stopped.", stopped)
            flash(request, told)
            return see_other(HERE)

        return tried(request, act)

    @router.post(f"{HERE}/appointments", name="appoint_guardian")
    def appoint(request: Request) -> Response:
        def act(given: Form) -> Response:
            token = orders.appoint(require_user(request), given.get("learner"), name=given.get("name"))
            link = f"{services.tools.settings.public_url}/join/{token}"
            return pages.render(request, "invitation_made.html", link=link, back=HERE)

        return tried(request, act)

    @router.post(f"{HERE}/{{order_id}}/lift", name="lift_order")
    def lift(request: Request, order_id: str) -> Response:
        orders.lift(require_user(request), order_id)
        flash(request, _("Lifted. Nothing came back by itself: the family can trust this person again."))
        return see_other(HERE)
