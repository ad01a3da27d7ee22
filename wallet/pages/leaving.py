"""Leaving: the family's archive."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kit.passphrase import suggestion
from kit.web import Pages, form
from wallet.pages.asking import again, attachment, member
from wallet.service import Actor, Services
from wallet.service.authority import Right
from wallet.service.family_views import LearnerView

FILE_NAME: Final = "awards.satchel"


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about leaving."""
    who = Annotated[Actor, Depends(member(services))]

    @router.get("/leave", name="leave")
    def leave_page(request: Request, actor: who) -> Response:
        return pages.render(request, "leave.html", mine=_mine(actor), suggestion=suggestion(), error=None, values={})

    @router.post("/leave/archive", name="save_archive")
    def save(request: Request, actor: who) -> Response:
        given = form(request)

        def act() -> Response:
            packed = services.packing.pack(actor, passphrase=given.raw("passphrase"), again=given.raw("again"))
            headers = attachment(FILE_NAME) | {"Content-Length": str(packed.size)}
            return StreamingResponse(packed.chunks(), media_type="application/octet-stream", headers=headers)

        return again(act, request, pages, "leave.html", given, mine=lambda: _mine(actor), suggestion=suggestion)

    def _mine(actor: Actor) -> list[LearnerView]:
        return [one for one in services.people.learners(actor) if Right.MANAGE in one.rights]
