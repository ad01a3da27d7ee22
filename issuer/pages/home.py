# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Where somebody arrives: the organisations they work for, and one organisation's desk."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import panels, reading
from issuer.pages.access import All, At, Who, actor_of
from issuer.service.local_times import USUAL, others
from issuer.service.vocabulary import ORGANISATION_KINDS, ROLE_WORDS, STATES
from kit.accounts import current_user
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, Conflict
from kit.i18n import _
from kit.paging import Window
from kit.web import Pages, flash, form, see_other

RECENT = 5


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_start(router, pages)
    _add_organisation(router, pages)


def _add_start(router: APIRouter, pages: Pages) -> None:
    @router.get("/", name="start")
    def start(request: Request, services: All) -> Response:
        account = current_user(request)
        if account is None:
            return pages.render(request, "start.html", error=None, values={}, may_begin=services.beginning.is_open)
        who = actor_of(account)
        found = services.organisations.of(who)
        if len(found) == 1 and not who.is_administrator:
            return see_other(f"/organisations/{found[0][0].slug}")
        return see_other("/organisations")

    @router.get("/organisations", name="organisations")
    def organisations(request: Request, services: All, who: Who) -> Response:
        return pages.render(
            request,
            "organisations.html",
            found=services.organisations.of(who),
            may_open=services.organisations.may_open(who),
            kinds=ORGANISATION_KINDS,
            role_words=ROLE_WORDS,
        )

    @router.get("/organisations/new", name="new_organisation")
    def new_organisation(request: Request, services: All, who: Who) -> Response:
        may_open = services.organisations.may_open(who)
        return pages.render(
            request,
            "organisation_form.html",
            may_open=may_open,
            kinds=ORGANISATION_KINDS,
            address=services.context.settings.identifier_url,
            usual_zones=USUAL,
            other_zones=others(),
            zone=services.context.settings.time_zone,
            values={},
            error=None,
        )

    @router.post("/organisations/new")
    def open_organisation(request: Request, services: All, who: Who) -> Response:
        given = form(request)
        try:
            found = services.organisations.open(who, reading.organisation(given))
        except (BadInput, Conflict) as error:
            return pages.render(
                request,
                "organisation_form.html",
                status=error.status,
                may_open=True,
                kinds=ORGANISATION_KINDS,
                address=services.context.settings.identifier_url,
                usual_zones=USUAL,
                other_zones=others(),
                zone=given.get("timeZone"),
                values=given.fields(),
                error=error,
            )
        flash(request, _("%(name)s is open. Describe the first thing that can be earned.", name=found.name))
        return see_other(f"/organisations/{found.slug}")


def _add_organisation(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}", name="desk")
    def desk_page(request: Request, services: All, desk: At) -> Response:
        counts = services.credentials.counts(desk)
        return pages.render(
            request,
            "desk.html",
            desk=desk,
            organisation=desk.organisation,
            counts=counts,
            recent=services.credentials.listing(desk, Window(number=1, size=RECENT)),
            achievements=services.achievements.listing(
                desk.organisation, Window(number=1, size=RECENT), include_retired=False
            ),
            states=STATES,
            types=ACHIEVEMENT_TYPES,
            panels_above=panels.shown(panels.PANELS, services, desk, waits=True),
            panels_below=panels.shown(panels.PANELS, services, desk, waits=False),
        )
