# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""What waits for a second person: seen, agreed to, refused, taken back."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import approval_words
from issuer.pages.access import All, At
from issuer.service.approvals.deciding import Approval
from issuer.service.context import Desk
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, NotFound, Refused, RequestError, Unavailable
from kit.i18n import _
from kit.paging import window
from kit.web import Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(
        request: Request, services: Services, desk: Desk, approval_id: str, *, error: RequestError | None = None
    ) -> Response:
        found = services.approvals.one(desk, approval_id)
        names = {each: services.people.name_of(each) for each in (found.asked_by, found.decided_by) if each}
        return pages.render(
            request,
            "approval.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=found,
            facts=approval_words.facts(services, desk, found),
            place=_place(services, desk, found),
            words=approval_words.ACTS,
            states=approval_words.STATES,
            names=names,
            said=form(request).get("words") if error else "",
            error=error,
        )

    @router.get("/organisations/{slug}/approvals", name="approvals")
    def approvals(
        request: Request, services: All, desk: At, page: str | None = None, waiting: str | None = None
    ) -> Response:
        open_ = services.approvals.listing(desk, window(page=waiting), waiting=True)
        decided = services.approvals.listing(desk, window(page=page), waiting=False)
        people = {each for found in (*open_.items, *decided.items) for each in (found.asked_by, found.decided_by)}
        return pages.render(
            request,
            "approvals.html",
            desk=desk,
            organisation=desk.organisation,
            waiting=open_,
            decided=decided,
            wanted=services.settings.in_force(desk).second_person,
            kinds=approval_words.KINDS,
            words=approval_words.ACTS,
            states=approval_words.STATES,
            names={each: services.people.name_of(each) for each in people if each},
        )

    @router.get("/organisations/{slug}/approvals/{approval_id}", name="approval")
    def approval(request: Request, services: All, desk: At, approval_id: str) -> Response:
        return shown(request, services, desk, approval_id)

    @router.post("/organisations/{slug}/approvals/{approval_id}")
    def decide(request: Request, services: All, desk: At, approval_id: str) -> Response:
        given = form(request)
        granted = given.get("do") == "grant"
        try:
            found = services.approvals.decide(desk, approval_id, granted=granted, words=given.get("words"))
        except (BadInput, Conflict, NotFound, Refused, Unavailable) as error:
            return shown(request, services, desk, approval_id, error=error)
        if granted:
            flash(request, _("You agreed. It is done."))
        elif found.mine:
            flash(request, _("You took it back. Nothing was done."))
        else:
            flash(request, _("You refused it. Nothing was done."))
        return see_other(f"/organisations/{desk.organisation.slug}/approvals")


def asked(request: Request, desk: Desk, found: Approval) -> Response:
    """Where somebody arrives who asked for what needs a second person."""
    flash(request, _("This waits for a second person. Nothing is done until somebody else has agreed."), tone="caution")
    return see_other(f"/organisations/{desk.organisation.slug}/approvals/{found.id}")


def _place(services: Services, desk: Desk, found: Approval) -> str | None:
    """Where to see what it is about, when that is there."""
    if found.outcome and found.outcome.startswith("urn:uuid:"):
        try:
            services.credentials.one(desk, found.outcome)
        except NotFound:
            return None
    return approval_words.place(desk, found)
