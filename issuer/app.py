"""The only place where the issuer is put together; nothing runs when it is imported."""

import asyncio
import secrets
import threading
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from issuer.api import ROUTERS
from issuer.api import closing as closings
from issuer.api import frameworks as framework_files
from issuer.api import imports as roster_files
from issuer.api import offerings as rates
from issuer.api import pictures as picture_files
from issuer.api import public as machines
from issuer.api import sheets as sheet_files
from issuer.api.access import All
from issuer.pages import catalogue, issuer_pages, navigation, public_pages
from issuer.pages import public as people
from issuer.pages.zones import zone_of
from issuer.service.pictures import own_path
from issuer.service.rights import Right
from issuer.service.services import MIGRATIONS, Services
from issuer.service.tidying import KIND as TIDY
from issuer.service.tidying import Tidying
from issuer.settings import IssuerSettings
from kit import log, qr
from kit.accounts.pages import account_api, account_pages
from kit.accounts.passkey_pages import answer_wanted, passkey_api, passkey_pages
from kit.accounts.staff_pages import staff_api, staff_pages
from kit.errors import NotFound, RequestError
from kit.health import Health, database_checks
from kit.i18n import _
from kit.jobs import Jobs
from kit.paging import Numbered
from kit.quilt import block_svg
from kit.web import Pages, build_app, see_other
from kit.web.problems import respond
from vc import jsonld, keys

ROLE: Final = "issuer"
READING: Final = frozenset({"GET", "HEAD"})
STATIC: Final = "/static/"
PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""What a supervisor asks at whatever name it knows, also while the database is gone."""

STOPPING: Final = 8.0
"""Seconds in which the steps under way may end when the server stops."""


def create_app(settings: IssuerSettings, *, services: Services | None = None, jobs: Jobs | None = None) -> FastAPI:
    """The issuer as an app. ``services`` are built from the settings unless they are handed in. ``jobs`` is the engine
    that drives long work from the start of the server to its end; without one, jobs wait for a process that has one.

    It starts without its key file, too: what was signed is served, and nothing new is signed until the key is back.
    Intents that a crash left behind are finished before the first request.
    Raises: RuntimeError when a packaged context or the signature library is not what it must be; what
    ``Services.build`` raises.
    """
    jsonld.self_check()
    keys.self_test()
    services = services or Services.build(settings)
    _recover(services)
    if jobs is not None:
        tidying = Tidying(services.context.clock, [services.forget_old])
        services.work.handles(TIDY, tidying.step, tidying.due)
    pages = Pages(
        role=ROLE,
        settings=settings,
        clock=services.context.clock,
        globals={
            "block_svg": block_svg,
            "own_picture": partial(own_path, identifier_url=settings.identifier_url),
            "menu": navigation.Navigation({"approvals": services.approvals.waiting}).menu,
            "qr_svg": qr.svg,
            "Right": Right,
            "sign_up": "/begin" if settings.signup_open else None,
        },
        zone_of=zone_of,
    )
    checks = {
        **database_checks(services.context.database, MIGRATIONS),
        "signing": services.check_keys,
        "clock": services.issuance.check_clock,
    }
    app = build_app(
        role=ROLE,
        settings=settings,
        pages=pages,
        routers=[
            account_pages(accounts=services.accounts, passkeys=services.passkeys, pages=pages, home="/"),
            account_api(accounts=services.accounts),
            passkey_pages(passkeys=services.passkeys, pages=pages),
            passkey_api(passkeys=services.passkeys),
            staff_pages(staff=services.staff, pages=pages, public_url=settings.public_url),
            staff_api(staff=services.staff, public_url=settings.public_url),
            *(make() for make in ROUTERS),
            issuer_pages(pages),
            _both(pages),
        ],
        secret=services.web_secret() or secrets.token_bytes(32),
        health=Health(role=ROLE, checks=checks),
        find_account=services.accounts.current,
        start=[] if jobs is None else [lambda: services.work.start(jobs)],
        close=[lambda: services.work.stop(seconds=STOPPING), services.close],
        takes_files=lambda path: any(
            part.takes_files(path) for part in (framework_files, picture_files, roster_files, sheet_files)
        ),
    )
    app.user_middleware.append(Middleware(Adopted, services=services, pages=pages))  # the innermost: within the shell
    answer_wanted(app, passkeys=services.passkeys, pages=pages)
    app.state.services = services
    return app


def _recover(services: Services) -> None:
    """Sweep, and finish what a crash left behind: a few at once, many while the first requests are served already."""
    try:
        services.forget_old()
        finished = services.many.recover(limit=50)
        log.write(ROLE, "recovered", count=finished)
        if services.issuance.has_pending():
            threading.Thread(target=_recover_rest, args=(services,), name="recovery", daemon=True).start()
    except RequestError as error:
        log.write(ROLE, "recovery waits", error=error)


def _recover_rest(services: Services) -> None:
    try:
        log.write(ROLE, "recovered", count=services.many.recover(limit=None))
    except RequestError as error:
        log.write(ROLE, "recovery waits", error=error)


def _both(pages: Pages) -> APIRouter:
    """The addresses that are a document for programs and a page for people: told apart by Accept."""
    router = APIRouter(tags=["public"])

    @router.get("/orgs/{slug}/status/{number}", name="status_list")
    def status_list(request: Request, services: All, slug: str, number: Numbered) -> Response:
        if people.wants_page(request):
            return people.status_list_page(request, pages, services, slug, number)
        return machines.status_list(request, services, slug, number)

    @router.get("/orgs/{slug}/achievements/{achievement_id}.json")
    def achievement_json(request: Request, services: All, slug: str, achievement_id: str) -> Response:
        return machines.achievement(request, services, slug, achievement_id)

    @router.get("/orgs/{slug}/achievements/{achievement_id}", name="public_achievement")
    def achievement(request: Request, services: All, slug: str, achievement_id: str) -> Response:
        if people.wants_page(request):
            return _findable(request, people.achievement_page(request, pages, services, slug, achievement_id))
        return _findable(request, machines.achievement(request, services, slug, achievement_id))

    @router.get("/orgs/{slug}/endorsements/{endorsement_id}", name="public_endorsement")
    def endorsement(request: Request, services: All, slug: str, endorsement_id: str) -> Response:
        if people.wants_page(request):
            return people.endorsement_page(request, pages, services, slug, endorsement_id)
        return machines.endorsement(request, services, slug, endorsement_id)

    @router.get("/orgs/{slug}.json")
    def organisation_json(request: Request, services: All, slug: str) -> Response:
        return machines.organisation(request, services, slug)

    @router.get("/orgs/{slug}", name="public_organisation")
    def organisation(request: Request, services: All, slug: str) -> Response:
        if people.wants_page(request):
            return _findable(request, people.organisation_page(request, pages, services, slug))
        return _findable(request, machines.organisation(request, services, slug))

    @router.get("/c/{token}.json")
    def shown_award_json(request: Request, services: All, token: str) -> Response:
        return machines.shown_award(request, services, token)

    @router.get("/c/{token}", name="shown_award")
    def shown_award(request: Request, services: All, token: str) -> Response:
        if people.names_document(request):
            return machines.shown_award(request, services, token)
        return public_pages.public_award_page(request, pages, services, token, with_name=False)

    @router.get("/orgs/{slug}/closed", name="public_closed")
    def closed(request: Request, services: All, slug: str) -> Response:
        if people.wants_page(request):
            return people.closed_page(request, pages, services, slug)
        return closings.snapshot(request, services, slug)

    @router.get("/orgs/{slug}/catalogue", name="public_catalogue")
    def rate_card(request: Request, services: All, slug: str) -> Response:
        if people.wants_page(request):
            return _findable(request, catalogue.catalogue_page(request, pages, services, slug))
        return _findable(request, rates.catalogue(request, services, slug))

    @router.get("/orgs/{slug}/offerings/{offering_id}", name="public_offering")
    def offering(request: Request, services: All, slug: str, offering_id: str) -> Response:
        if people.wants_page(request):
            return _findable(request, catalogue.offering_page(request, pages, services, slug, offering_id))
        return _findable(request, rates.public_offering(request, services, slug, offering_id))

    return router


def _findable(request: Request, answer: Response) -> Response:
    """A page of what is offered (organisation, achievement, rate card), which search engines may list: the only ones.

    A narrowed list is the same once more and stays out, and so does what says so itself (what is closed).
    """
    if answer.status_code in {200, 304} and set(request.query_params) <= {"page", "lang"}:
        answer.headers.setdefault("X-Robots-Tag", "all")
    return answer


class Adopted:
    """Answers for organisations of other servers that are kept here, under the host names that lead here for them.

    It stands within the shell, which has let the host name in (``ALLOWED_HOSTS``) and adds the headers of every answer.
    Under such a name there is nothing but what was adopted: no sign-in, no form, nothing of this server's own.
    """

    def __init__(self, app: ASGIApp, *, services: Services, pages: Pages) -> None:
        self._app = app
        self._services = services
        self._pages = pages
        self._own = services.adoption.own_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a host name that is kept here; everything else goes on."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "").lower()
            path = scope["path"]
            if host not in self._own and path not in PROBES and not path.startswith(STATIC):
                answer = await asyncio.to_thread(self._answer, Request(scope), host)
                if answer is not None:
                    await answer(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    def _answer(self, request: Request, host: str) -> Response | None:
        """What is answered for this host, None where nothing is kept for it."""
        adoption, path = self._services.adoption, request.url.path
        if not adoption.keeps(host):
            return None
        page = adoption.page(host, path)
        if page is None or request.method not in READING:
            return respond(request, NotFound(_("Nothing is kept here under this address.")), self._pages)
        place = page.address.partition(host)[2]
        if path == place and people.wants_page(request):
            return self._pages.render(
                request,
                "public_closed.html",
                organisation=page,
                found=adoption.snapshot(page.did),
                place=place.removesuffix("/closed"),
                fingerprint=page.fingerprint,
                adopted=page.adopted,
            )
        found = adoption.document(host, path)
        if found is not None:
            return machines.published(request, found.published, media_type=found.media_type, cache=machines.SHORT)
        if path == place.removesuffix("/closed") or people.wants_page(request):
            return see_other(place)
        return respond(request, NotFound(_("Nothing is kept here under this address.")), self._pages)
