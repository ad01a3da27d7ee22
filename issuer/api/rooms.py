"""Awarding in the room for programs: the teacher's side with a session, a phone's side without one."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import MOST, Body, Raw, ResultBody, openapi_of, read
from issuer.service.drafts import ResultDraft
from issuer.service.rooms import USUAL, Guest, Room
from kit.paging import window
from kit.web import visit_of


class RoomBody(Body):
    """A room for an achievement, for some hours."""

    achievement: str
    hours: int = USUAL


class GuestBody(Body):
    """Yes or no to somebody in the room; with a yes the name and roster number that belong on the award, and marks."""

    approved: bool
    learner_name: str = ""
    identifier: str = ""
    results: tuple[ResultBody, ...] = Field(default=(), max_length=MOST)


class EntryBody(Body):
    """A name, and the ticket of a phone that sends it again."""

    name: str
    ticket: str = ""


def rooms_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/rooms``, and those of a phone."""
    router = APIRouter(tags=["rooms"])
    _teacher(router)
    _phone(router)
    return router


def _teacher(router: APIRouter) -> None:
    base = "/api/organisations/{slug}/rooms"

    @router.get(base)
    def list_rooms(services: All, desk: At, page: str | None = None, size: str | None = None) -> Response:
        return shapes.listed(services.rooms.listing(desk, window(page=page, size=size)), _room)

    @router.post(base, openapi_extra=openapi_of(RoomBody))
    def open_room(services: All, desk: At, raw: Raw) -> Response:
        body = read(RoomBody, raw)
        found = services.rooms.open(desk, achievement_id=body.achievement.rpartition("/")[2], hours=body.hours)
        return shapes.answer(_room(found), status=201)

    @router.get(f"{base}/{{room_id}}")
    def one_room(services: All, desk: At, room_id: str) -> Response:
        found = services.rooms.one(desk, room_id)
        return shapes.answer(_room(found) | {"guests": [_guest(each) for each in services.rooms.guests(desk, room_id)]})

    @router.delete(f"{base}/{{room_id}}")
    def close_room(services: All, desk: At, room_id: str) -> Response:
        services.rooms.close(desk, room_id)
        return Response(status_code=204)

    @router.post(f"{base}/{{room_id}}/guests/{{guest_id}}", openapi_extra=openapi_of(GuestBody), status_code=200)
    def decide(services: All, desk: At, room_id: str, guest_id: str, raw: Raw) -> Response:
        body = read(GuestBody, raw)
        if not body.approved:
            return shapes.answer(_guest(services.rooms.refuse(desk, room_id, guest_id)))
        found = services.rooms.approve(
            desk,
            room_id,
            guest_id,
            name=body.learner_name,
            identifier=body.identifier,
            results=tuple(ResultDraft(**each.model_dump()) for each in body.results),
        )
        return shapes.answer(_guest(found))


def _phone(router: APIRouter) -> None:
    @router.post("/api/rooms/{token}", openapi_extra=openapi_of(EntryBody))
    def enter_room(request: Request, services: All, token: str, raw: Raw) -> Response:
        body = read(EntryBody, raw)
        ticket = services.rooms.enter(token, name=body.name, ticket=body.ticket, client=visit_of(request).client)
        return shapes.answer({"ticket": ticket}, status=201)

    @router.get("/api/tickets/{ticket}")
    def one_ticket(request: Request, services: All, ticket: str) -> Response:
        found = services.rooms.ticket(ticket, client=visit_of(request).client)
        return shapes.answer({"name": found.name, "number": found.number, "state": found.state, "claim": found.claim})


def _room(found: Room) -> dict[str, Any]:
    return {
        "id": found.id,
        "url": found.url,
        "achievement": found.achievement.iri,
        "achievementName": found.achievement.name,
        "opened": shapes.at(found.opened),
        "closes": shapes.at(found.closes),
        "open": found.is_open,
    }


def _guest(found: Guest) -> dict[str, Any]:
    return {
        "id": found.id,
        "number": found.number,
        "name": found.name,
        "state": found.state,
        "credential": found.credential_id,
        "came": shapes.at(found.came),
    }
