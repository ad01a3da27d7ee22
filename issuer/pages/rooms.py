# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Awarding in the room: the teacher's pages, and those of a phone that scanned the code on the screen."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service import tokens
from issuer.service.achievements import result_descriptions
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.rooms import APPROVED, LONGEST, USUAL, WAITING, results_of
from issuer.service.services import Services
from issuer.service.vocabulary import RESULT_STATUSES
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import Message, _
from kit.paging import Window, window
from kit.web import Pages, flash, form, see_other, visit_of

MOST_CHOICES: Final = 200
AGAIN: Final = {"Refresh": "4"}
"""A page that waits asks again by itself, with or without a script. There is nothing to type on it."""

STATES: Final[Mapping[str, tuple[Message, str]]] = {
    WAITING: (_("Waits"), "waiting"),
    APPROVED: (_("Approved"), "genuine"),
    "refused": (_("Refused"), "forged"),
}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _rooms(router, pages)
    _one(router, pages)
    _phone(router, pages)


def _rooms(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request,
        services: Services,
        desk: Desk,
        *,
        page: str | None = None,
        values: Mapping[str, str] | None = None,
        error: RequestError | None = None,
    ) -> Response:
        at = Window(number=1, size=MOST_CHOICES)
        offered = services.achievements.listing(desk.organisation, at, include_retired=False)
        return pages.render(
            request,
            "rooms.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.rooms.listing(desk, window(page=page)),
            choices=[(item.id, item.name) for item in offered.items],
            values=values or {"hours": str(USUAL)},
            longest=LONGEST,
            error=error,
        )

    @router.get("/organisations/{slug}/rooms", name="rooms")
    def rooms(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        desk.require(Right.AWARD)
        return shown(request, services, desk, page=page)

    @router.post("/organisations/{slug}/rooms")
    def open_room(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.AWARD)
        given = form(request)
        try:
            made = services.rooms.open(
                desk,
                achievement_id=given.get("achievement"),
                hours=given.whole("hours", digits=3) or 0,
            )
        except (BadInput, Conflict) as error:
            return shown(request, services, desk, values=given.fields(), error=error)
        return see_other(f"/organisations/{desk.organisation.slug}/rooms/{made.id}")


def _one(router: APIRouter, pages: Pages) -> None:
    base = "/organisations/{slug}/rooms/{room_id}"

    def person(
        request: Request,
        services: Services,
        desk: Desk,
        room_id: str,
        guest_id: str,
        *,
        error: RequestError | None = None,
    ) -> Response:
        room = services.rooms.one(desk, room_id)
        return pages.render(
            request,
            "room_guest.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            room=room,
            guest=services.rooms.guest(desk, room_id, guest_id),
            descriptions=result_descriptions(room.achievement),
            statuses=RESULT_STATUSES,
            states=STATES,
            values=form(request).fields() if error else {},
            error=error,
        )

    @router.get(base, name="room")
    def room(request: Request, services: All, desk: At, room_id: str) -> Response:
        found = services.rooms.one(desk, room_id)
        answer = pages.render(
            request,
            "room.html",
            desk=desk,
            organisation=desk.organisation,
            room=found,
            guests=services.rooms.guests(desk, room_id),
            states=STATES,
        )
        if found.is_open:
            answer.headers.update(AGAIN)
        return answer

    @router.post(f"{base}/close")
    def close(request: Request, services: All, desk: At, room_id: str) -> Response:
        found = services.rooms.close(desk, room_id)
        flash(request, _("The room is closed. Nobody comes in any more."))
        return see_other(f"/organisations/{desk.organisation.slug}/rooms/{found.id}")

    @router.get(f"{base}/guests/{{guest_id}}")
    def guest(request: Request, services: All, desk: At, room_id: str, guest_id: str) -> Response:
        return person(request, services, desk, room_id, guest_id)

    @router.post(f"{base}/guests/{{guest_id}}")
    def decide(request: Request, services: All, desk: At, room_id: str, guest_id: str) -> Response:
        given = form(request)
        found = services.rooms.guest(desk, room_id, guest_id)
        described = result_descriptions(services.rooms.one(desk, room_id).achievement)
        marks = {str(each["id"]): given.get(f"results/{place}/value") for place, each in enumerate(described)}
        try:
            if given.get("do") == "refuse":
                services.rooms.refuse(desk, room_id, found.id)
            else:
                services.rooms.approve(
                    desk,
                    room_id,
                    found.id,
                    name=given.get("learnerName"),
                    identifier=given.get("identifier"),
                    results=results_of(marks),
                )
        except (BadInput, Conflict) as error:
            return person(request, services, desk, room_id, guest_id, error=error)
        return see_other(f"/organisations/{desk.organisation.slug}/rooms/{room_id}")


def _phone(router: APIRouter, pages: Pages) -> None:
    @router.get("/room/{token}", name="room_door")
    def door(request: Request, services: All, token: str) -> Response:
        found = services.rooms.door(token, client=visit_of(request).client)
        return pages.render(request, "room_door.html", door=found, ticket=tokens.new_token(), values={}, error=None)

    @router.post("/room/{token}")
    def enter(request: Request, services: All, token: str) -> Response:
        given, client = form(request), visit_of(request).client
        try:
            ticket = services.rooms.enter(token, name=given.get("name"), ticket=given.get("ticket"), client=client)
        except (BadInput, Conflict) as error:
            found = services.rooms.door(token, client=client)
            return pages.render(
                request,
                "room_door.html",
                status=error.status,
                door=found,
                ticket=given.get("ticket") or tokens.new_token(),
                values=given.fields(),
                error=error,
            )
        return see_other(f"/tickets/{ticket}")

    @router.get("/tickets/{ticket}", name="ticket")
    def ticket(request: Request, services: All, ticket: str) -> Response:
        found = services.rooms.ticket(ticket, client=visit_of(request).client)
        answer = pages.render(request, "room_ticket.html", ticket=found)
        if found.state == WAITING:
            answer.headers.update(AGAIN)
        return answer
