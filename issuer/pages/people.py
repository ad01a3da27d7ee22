# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""The people of an organisation: seen, invited, given another role, removed; and how an invited one joins."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At, actor_of
from issuer.pages.approvals import asked
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.second_person import PEOPLE
from issuer.service.services import Services
from issuer.service.vocabulary import ROLE_NAMES, ROLE_WORDS
from kit.accounts import current_user
from kit.errors import BadInput, Conflict, NotFound, RequestError
from kit.i18n import _
from kit.web import Pages, flash, form, see_other, visit_of


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_people(router, pages)
    _add_person(router, pages)
    _add_leaving(router, pages)
    _add_join(router, pages)


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
            names=ROLE_NAMES,
            words=ROLE_WORDS,
            values={},
            error=None,
        )

    @router.post("/organisations/{slug}/people")
    def invite(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        link: str | None = None
        error: RequestError | None = None
        try:
            token = services.people.invite(desk, role=given.get("role"), label=given.get("label"))
            link = f"{services.context.settings.public_url}/join/{token}"
        except (BadInput, Conflict) as found:
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
            waits=PEOPLE in services.settings.in_force(desk).second_person,
            names=ROLE_NAMES,
            words=ROLE_WORDS,
            values=given.fields() if error else {},
            error=error,
        )


def _add_person(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request, services: Services, desk: Desk, account: str, *, error: RequestError | None = None
    ) -> Response:
        found = services.people.member(desk, account)
        return pages.render(
            request,
            "person.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            member=found,
            names=ROLE_NAMES,
            words=ROLE_WORDS,
            error=error,
        )

    @router.get("/organisations/{slug}/people/{account}", name="person")
    def person(request: Request, services: All, desk: At, account: str) -> Response:
        return shown(request, services, desk, account)

    @router.post("/organisations/{slug}/people/{account}/role")
    def change_role(request: Request, services: All, desk: At, account: str) -> Response:
        try:
            found = services.approvals.do(desk, acts.role(account, role=form(request).get("role")))
        except (BadInput, Conflict) as error:
            return shown(request, services, desk, account, error=error)
        if isinstance(found, Approval):
            return asked(request, desk, found)
        flash(request, _("%(name)s: %(role)s, from now on.", name=found.name, role=ROLE_NAMES[found.role]))
        return see_other(_people(desk))


def _add_leaving(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/people/{account}/remove")
    def sure_to_remove(request: Request, services: All, desk: At, account: str) -> Response:
        desk.require(Right.PEOPLE)
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
        desk.require(Right.PEOPLE)
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
        return pages.render(
            request, "join.html", organisation=organisation, role_words=ROLE_WORDS[role], values={}, error=None
        )

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
                role_words=ROLE_WORDS[role],
                values=given.fields(),
                error=error,
            )
        visit_of(request).sign_in(session_token)
        return see_other(f"/organisations/{found.slug}")
