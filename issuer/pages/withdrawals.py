# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Withdrawing many awards: choose them, look at what will happen, type their number, watch it.

The steps before the last are addresses that change nothing, so that a browser's way back and a look a second time are
harmless. They hold ids and days, never a name.
"""

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.approvals import asked
from issuer.pages.forms import form_key
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.context import Desk
from issuer.service.credentials import REASONS
from issuer.service.rights import Right
from issuer.service.second_person import WITHDRAWALS
from issuer.service.services import Services
from issuer.service.vocabulary import STATES
from issuer.service.withdrawing.choosing import Choice
from issuer.service.withdrawing.jobs import DONE, QUEUED, RUNNING, STOPPED
from kit.errors import BadInput, Conflict
from kit.i18n import Message, _
from kit.paging import Window, window
from kit.web import Pages, flash, form, see_other

AWARDS_A_PAGE: Final = 50
SHOWN: Final = 10
MOST_ACHIEVEMENTS: Final = 200
_FIELDS: Final = ("achievement", "since", "until", "job")
SAID: Final[Mapping[str, Message]] = {
    QUEUED: _("It begins in a moment."),
    RUNNING: _("The awards are being withdrawn. You can leave this page; it goes on."),
    STOPPED: _("It was stopped. What is withdrawn stays withdrawn; the rest stays as it is."),
    DONE: _("All of them are withdrawn. Whoever checks one from now on sees that."),
}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _choosing(router, pages)
    _doing(router, pages)


def _choosing(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/withdrawals/new", name="withdraw_many")
    def choose(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        desk.require(Right.WITHDRAW)
        choice, error = _choice(request, chosen=False), None
        at = Window(number=window(page=page).number, size=AWARDS_A_PAGE)
        try:
            found = services.withdrawals.select(desk, choice, at)
        except BadInput as problem:
            error, choice = problem, Choice()
            found = services.withdrawals.select(desk, choice, at)
        return pages.render(
            request,
            "withdraw_choose.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=found,
            choice=choice,
            query=_query(choice),
            achievements=_achievements(services, desk),
            states=STATES,
            error=error,
        )

    @router.get("/organisations/{slug}/withdrawals/sure", name="withdraw_sure")
    def sure(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.WITHDRAW)
        choice = _choice(request, chosen="all" not in request.query_params)
        if "all" not in request.query_params and not choice.credentials:
            flash(request, _("Choose the awards first, or withdraw all that are shown."), tone="caution")
            return see_other(f"/organisations/{desk.organisation.slug}/withdrawals/new?{_query(choice)}")
        return _sure(request, pages, services, desk, choice, values={"key": secrets.token_urlsafe(16)}, error=None)


def _doing(router: APIRouter, pages: Pages) -> None:
    base = "/organisations/{slug}/withdrawals"

    @router.get(base, name="withdrawals")
    def listing(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        found = services.withdrawals.listing(desk, window(page=page))
        return pages.render(
            request, "withdrawals.html", desk=desk, organisation=desk.organisation, found=found, reasons=REASONS
        )

    @router.post(base)
    def start(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        choice = Choice(**{name: given.get(name) for name in _FIELDS}, credentials=tuple(given.values("credential")))
        try:
            request_ = acts.withdrawal(
                choice,
                seen=given.get("seen"),
                count=given.whole("count", digits=8),
                reason=given.get("reason"),
                note=given.get("note"),
                key=form_key(given),
            )
            begun = services.approvals.do(desk, request_)
        except (BadInput, Conflict) as error:
            return _sure(request, pages, services, desk, choice, values=given.fields(), error=error)
        if isinstance(begun, Approval):
            return asked(request, desk, begun)
        return see_other(f"/organisations/{desk.organisation.slug}/withdrawals/{begun.id}")

    @router.get(f"{base}/{{withdrawal_id}}", name="withdrawal")
    def watch(request: Request, services: All, desk: At, withdrawal_id: str) -> Response:
        found = services.withdrawals.one(desk, withdrawal_id)
        return pages.render(
            request,
            "withdrawal.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            said=SAID[found.state],
            note=services.withdrawals.note(desk, withdrawal_id),
            reasons=REASONS,
        )

    @router.post(f"{base}/{{withdrawal_id}}/stop")
    def stop(request: Request, services: All, desk: At, withdrawal_id: str) -> Response:
        try:
            services.withdrawals.stop(desk, withdrawal_id)
        except Conflict as error:
            flash(request, error.detail, tone="caution")
        return see_other(f"/organisations/{desk.organisation.slug}/withdrawals/{withdrawal_id}")


def _choice(request: Request, *, chosen: bool) -> Choice:
    """What the address says; the awards that were ticked only where they are asked for."""
    asked = request.query_params
    credentials = tuple(asked.getlist("credential")) if chosen else ()
    return Choice(**{name: asked.get(name, "") for name in _FIELDS}, credentials=credentials)


def _query(choice: Choice) -> str:
    return urlencode({name: getattr(choice, name) for name in _FIELDS if getattr(choice, name)})


def _achievements(services: Services, desk: Desk) -> list[tuple[str, str]]:
    at = Window(number=1, size=MOST_ACHIEVEMENTS)
    found = services.achievements.listing(desk.organisation, at, include_retired=True)
    return [(item.id, item.name) for item in found.items]


def _sure(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    choice: Choice,
    *,
    values: Mapping[str, str],
    error: BadInput | Conflict | None,
) -> Response:
    found = services.withdrawals.select(desk, choice, Window(number=1, size=SHOWN))
    return pages.render(
        request,
        "withdraw_sure.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        choice=choice,
        query=_query(choice),
        values=values,
        reasons=REASONS,
        states=STATES,
        second_person=WITHDRAWALS in services.settings.in_force(desk).second_person,
        error=error,
    )
