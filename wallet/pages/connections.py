"""Connected providers, as the family sees them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import Message, _
from kit.paging import window
from kit.web import Pages, flash, see_other
from wallet.pages.asking import member
from wallet.pages.consent import leading_to
from wallet.service import Actor, Services
from wallet.service.hosting.words import SCOPE_WORDS

CONNECTION_STATES: dict[str, tuple[Message, str]] = {
    "waiting": (_("Waiting for a guardian"), "waiting"),
    "active": (_("Connected"), "genuine"),
    "lapsed": (_("Paused: whoever allowed it may no longer do so"), "but"),
    "declined": (_("Declined"), "plain"),
    "ended": (_("Ended"), "plain"),
}
ACTS: dict[str, Message] = {
    "created": _("Put an award here"),
    "replaced": _("Sent a newer version of an award"),
    "same": _("Sent an award that was here already"),
    "refused": _("Sent something that was not kept"),
    "read": _("Read awards"),
    "profile": _("Asked for the name"),
    "proposed": _("Proposed another name"),
}


def connection_globals() -> dict[str, object]:
    """The names that the templates use."""
    return {"scope_sentences": SCOPE_WORDS, "connection_states": CONNECTION_STATES, "connection_acts": ACTS}


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes."""
    who = Annotated[Actor, Depends(member(services))]
    connections, consenting = services.hosting.connections, services.hosting.consenting

    @router.get("/learners/{learner_id}/connections", name="connections")
    def listing(request: Request, actor: who, learner_id: str, page: str = "") -> Response:
        return pages.render(
            request,
            "connections.html",
            learner=services.people.learner(actor, learner_id).learner,
            page=connections.page(actor, learner_id, window(page=page)),
        )

    @router.get("/connections/{connection_id}", name="connection")
    def connection(request: Request, actor: who, connection_id: str, page: str = "") -> Response:
        view = connections.look(actor, connection_id, window(page=page, size=20))
        answer = pages.render(request, "connection.html", view=view)
        if view.may_go_on:
            way = consenting.way_of(actor, connection_id)
            answer.headers["Content-Security-Policy"] = leading_to(services.tools.settings, way)
        return answer

    @router.post("/connections/{connection_id}/approve", name="approve_connection")
    def approve(request: Request, actor: who, connection_id: str) -> Response:
        connections.approve(actor, connection_id)
        flash(request, _("Allowed."))
        return see_other(f"/connections/{connection_id}")

    @router.post("/connections/{connection_id}/decline", name="decline_connection")
    def decline(request: Request, actor: who, connection_id: str) -> Response:
        connections.decline(actor, connection_id)
        flash(request, _("Declined. The provider can do nothing here."))
        return see_other(f"/connections/{connection_id}")

    @router.post("/connections/{connection_id}/end", name="end_connection")
    def end(request: Request, actor: who, connection_id: str) -> Response:
        connections.end(actor, connection_id)
        flash(request, _("Ended. The provider can do nothing here any more; what it brought stays."))
        return see_other(f"/connections/{connection_id}")

    @router.post("/connections/{connection_id}/name", name="take_name")
    def take_name(request: Request, actor: who, connection_id: str) -> Response:
        connections.take_name(actor, connection_id, take=True)
        flash(request, _("The name was taken over."))
        return see_other(f"/connections/{connection_id}")

    @router.post("/connections/{connection_id}/name/leave", name="leave_name")
    def leave_name(actor: who, connection_id: str) -> Response:
        connections.take_name(actor, connection_id, take=False)
        return see_other(f"/connections/{connection_id}")
