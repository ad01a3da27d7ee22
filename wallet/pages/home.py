"""The first page, and the ways in."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts import current_user, require_user
from kit.errors import Gone
from kit.i18n import _
from kit.limits import Misses
from kit.web import Form, Pages, flash, form, local_path, see_other, visit_of
from wallet.pages.asking import again
from wallet.service import Services
from wallet.service.joining import ADMINISTRATOR


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the first page and the ways in."""
    _add_home(router, services, pages)
    _add_joining(router, services, pages)


def _add_home(router: APIRouter, services: Services, pages: Pages) -> None:
    settings = services.tools.settings

    @router.get("/", name="home")
    def home(request: Request) -> Response:
        user = current_user(request)
        if user is None:
            return pages.render(
                request,
                "welcome.html",
                signup_open=settings.signup_open,
                closed=services.recovery.anything_closed(),
            )
        actor = services.people.actor(user.id)
        if actor is None:
            return see_other("/start")
        learners = services.people.learners(actor)
        handovers = services.handover.notices(actor)
        if len(learners) == 1:
            return see_other(f"/learners/{learners[0].id}")
        waiting = {one.id: services.claims.waiting(actor, one.id) for one in learners}
        asked = {one.id: services.shares.waiting(actor, one.id) for one in learners}
        connecting = {one.id: services.hosting.connections.waiting(actor, one.id) for one in learners}
        brought = {one.id: services.import_showing.pending(actor, one.id) for one in learners}
        cards = {one.id: services.credentials.search(actor, one.id, "") for one in learners}
        family = services.people.family(actor)
        return pages.render(
            request,
            "home.html",
            learners=learners,
            waiting=waiting,
            asked=asked,
            connecting=connecting,
            brought=brought,
            cards=cards,
            family=family,
            handovers=handovers,
        )

    @router.get("/start", name="start")
    def start_page(request: Request) -> Response:
        user = require_user(request)
        if services.people.actor(user.id) is not None:
            return see_other("/")
        administrator = user.scope == ADMINISTRATOR
        return pages.render(
            request, "start.html", administrator=administrator, link=None, values={"name": user.name}, error=None
        )

    @router.post("/start")
    def start(request: Request) -> Response:
        user = require_user(request)
        given = form(request)

        def act() -> Response:
            services.joining.start_family(user.id, name=given.get("name"), family_name=given.get("family_name"))
            return see_other("/people")

        return again(
            act,
            request,
            pages,
            "start.html",
            given,
            administrator=lambda: user.scope == ADMINISTRATOR,
            link=lambda: None,
        )

    @router.post("/families", name="invite_family")
    def invite_family(request: Request) -> Response:
        link = services.joining.invite_family(require_user(request))
        return pages.render(request, "invitation_made.html", link=link, back="/start")


def _add_joining(router: APIRouter, services: Services, pages: Pages) -> None:
    misses = Misses(services.tools.clock)
    settings = services.tools.settings

    @router.get("/sign-up", name="sign_up")
    def sign_up_page(request: Request) -> Response:
        target = local_path(request.query_params.get("next"), default="/people")
        return pages.render(
            request, "join.html", kind="family", error=None, values={}, next=target, open=settings.signup_open
        )

    @router.post("/sign-up")
    def sign_up(request: Request) -> Response:
        given = form(request)

        def act() -> Response:
            token = services.joining.sign_up(**_account(given))
            visit_of(request).sign_in(token)
            return see_other(local_path(given.get("next"), default="/people"))

        return again(
            act,
            request,
            pages,
            "join.html",
            given,
            kind=lambda: "family",
            next=lambda: local_path(given.get("next"), default="/people"),
            open=lambda: settings.signup_open,
        )

    @router.get("/join/{token}", name="join")
    def join_page(request: Request, token: str) -> Response:
        welcome = _welcome(request, token)
        return pages.render(request, "join.html", kind=welcome, error=None, values={}, next="/", open=True)

    @router.post("/join/{token}")
    def join(request: Request, token: str) -> Response:
        kind = _welcome(request, token)
        given = form(request)

        def act() -> Response:
            session_token = services.joining.join(token, **_account(given))
            visit_of(request).sign_in(session_token)
            flash(request, _("Welcome. This is your family's wallet."))
            return see_other("/")

        return again(act, request, pages, "join.html", given, kind=lambda: kind, next=lambda: "/", open=lambda: True)

    def _welcome(request: Request, token: str) -> str:
        client = visit_of(request).client
        misses.admit(client)
        try:
            return services.invitations.welcome(token).kind
        except Gone:
            misses.missed(client)
            raise


def _account(given: Form) -> dict[str, str]:
    return {name: given.get(name) for name in ("login", "password", "name", "family_name")}
