# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Where somebody arrives: the organisations they work for, one organisation's desk, its profile and its people."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import panels, reading
from issuer.pages.access import All, At, Who, actor_of
from issuer.service.context import Desk
from issuer.service.organisations import require_owner
from issuer.service.vocabulary import ORGANISATION_KINDS, STATES
from kit.accounts import current_user
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.paging import Window
from kit.web import Pages, flash, form, see_other, visit_of

RECENT = 5


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_start(router, pages)
    _add_organisation(router, pages)
    _add_people(router, pages)


def _add_start(router: APIRouter, pages: Pages) -> None:
    @router.get("/", name="start")
    def start(request: Request, services: All) -> Response:
        account = current_user(request)
        if account is None:
            return pages.render(request, "start.html", error=None, values={})
        who = actor_of(account)
        found = services.organisations.of(who)
        if len(found) == 1 and not services.organisations.may_open(who):
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
        )

    @router.get("/organisations/new", name="new_organisation")
    def new_organisation(request: Request, services: All, who: Who) -> Response:
        may_open = services.organisations.may_open(who)
        return pages.render(
            request,
            "organisation_form.html",
            organisation=None,
            may_open=may_open,
            kinds=ORGANISATION_KINDS,
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
                organisation=None,
                may_open=True,
                kinds=ORGANISATION_KINDS,
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

    @router.get("/organisations/{slug}/profile", name="profile")
    def profile(request: Request, desk: At) -> Response:
        organisation = desk.organisation
        values = {
            "name": organisation.name,
            "kind": organisation.kind,
            "url": organisation.url,
            "email": organisation.email,
            "description": organisation.description,
        } | {f"address/{name}": value for name, value in (organisation.address or {}).items()}
        return pages.render(
            request,
            "organisation_form.html",
            desk=desk,
            organisation=organisation,
            may_open=True,
            kinds=ORGANISATION_KINDS,
            values=values,
            error=None,
        )

    @router.post("/organisations/{slug}/profile")
    def edit_profile(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        try:
            services.organisations.edit(desk, reading.organisation(given))
        except BadInput as error:
            return pages.render(
                request,
                "organisation_form.html",
                status=error.status,
                desk=desk,
                organisation=desk.organisation,
                may_open=True,
                kinds=ORGANISATION_KINDS,
                values=given.fields(),
                error=error,
            )
        flash(request, _("The profile is saved. Awards made so far keep what they said."))
        return see_other(f"/organisations/{desk.organisation.slug}")


def _add_people(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/people", name="people")
    def people(request: Request, services: All, desk: At) -> Response:
        return pages.render(
            request,
            "people.html",
            desk=desk,
            organisation=desk.organisation,
            members=services.people.members(desk),
            invitations=services.people.open_invitations(desk),
            link=None,
            values={},
            error=None,
        )

    @router.post("/organisations/{slug}/people")
    def invite(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        link, error = None, None
        try:
            token = services.people.invite(desk, role=given.get("role"), label=given.get("label"))
            link = f"{services.context.settings.public_url}/join/{token}"
        except BadInput as found:
            error = found
        # The link is shown in the answer itself and nowhere else: only its hash is kept.
        return pages.render(
            request,
            "people.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            members=services.people.members(desk),
            invitations=services.people.open_invitations(desk),
            link=link,
            values=given.fields() if error else {},
            error=error,
        )

    _add_leaving(router, pages)
    _add_join(router, pages)


def _add_leaving(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/people/{account}/remove")
    def sure_to_remove(request: Request, services: All, desk: At, account: str) -> Response:
        require_owner(desk)
        found = services.people.member(desk, account)
        pending = services.people.open_invitations(desk)
        return pages.render(
            request,
            "person_sure.html",
            desk=desk,
            organisation=desk.organisation,
            member=found,
            invitation=None,
            pending=len(pending),
        )

    @router.post("/organisations/{slug}/people/{account}/remove")
    def remove(request: Request, services: All, desk: At, account: str) -> Response:
        found = services.people.member(desk, account)
        services.people.remove(desk, account)
        flash(request, _("%(name)s no longer works here.", name=found.name))
        return see_other("/organisations" if account == desk.actor.user_id else _people(desk))

    @router.get("/organisations/{slug}/people/invitations/{invitation_id}/withdraw")
    def sure_to_withdraw(request: Request, services: All, desk: At, invitation_id: str) -> Response:
        require_owner(desk)
        found = next((each for each in services.people.open_invitations(desk) if each.id == invitation_id), None)
        if found is None:
            raise NotFound
        return pages.render(
            request,
            "person_sure.html",
            desk=desk,
            organisation=desk.organisation,
            member=None,
            invitation=found,
            pending=0,
        )

    @router.post("/organisations/{slug}/people/invitations/{invitation_id}/withdraw")
    def withdraw(request: Request, services: All, desk: At, invitation_id: str) -> Response:
        services.people.withdraw(desk, invitation_id)
        flash(request, _("The invitation is withdrawn."))
        return see_other(_people(desk))


def _people(desk: Desk) -> str:
    return f"/organisations/{desk.organisation.slug}/people"


def _add_join(router: APIRouter, pages: Pages) -> None:
    @router.get("/join/{token}", name="join")
    def join_page(request: Request, services: All, token: str) -> Response:
        organisation, role = services.people.invitation(token)
        return pages.render(request, "join.html", organisation=organisation, staff_role=role, values={}, error=None)

    @router.post("/join/{token}")
    def join(request: Request, services: All, token: str) -> Response:
        given = form(request)
        account = current_user(request)
        if account is not None:
            found = services.people.accept(actor_of(account), token)
            return see_other(f"/organisations/{found.slug}")
        organisation, role = services.people.invitation(token)
        try:
            found, session_token = services.people.join(
                token, login=given.get("login"), password=given.get("password"), name=given.get("name")
            )
        except (BadInput, Conflict) as error:
            return pages.render(
                request,
                "join.html",
                status=error.status,
                organisation=organisation,
                staff_role=role,
                values=given.fields(),
                error=error,
            )
        visit_of(request).sign_in(session_token)
        return see_other(f"/organisations/{found.slug}")
