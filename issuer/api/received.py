"""What others say about an organisation, for programs: handed in as the signed JSON document itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.received import Received
from kit.paging import window

Number = Annotated[str | None, Query(alias="page")]
Size = Annotated[str | None, Query(alias="size")]


class PublicationBody(Body):
    """Whether it is shown with what it is about; and, where that is to change, whether it goes into awards."""

    published: bool
    in_awards: bool | None = None


class CheckBody(Body):
    """Nothing: what is checked stands in the path."""


def received_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}/received-endorsements", tags=["endorsements"])

    @router.get("")
    def list_received(services: All, desk: At, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.received.listing(desk, window(page=page, size=size)), shape)

    @router.post("")
    def accept(services: All, desk: At, raw: Raw) -> Response:
        return shapes.answer(shape(services.received.accept(desk, raw)), status=201)

    @router.get("/{received_id}")
    def one_received(services: All, desk: At, received_id: str) -> Response:
        return shapes.answer(shape(services.received.one(desk, received_id)))

    @router.put("/{received_id}", openapi_extra=openapi_of(PublicationBody))
    def publish(services: All, desk: At, received_id: str, raw: Raw) -> Response:
        body = read(PublicationBody, raw)
        found = services.received.publish(desk, received_id, published=body.published)
        if body.in_awards is not None:
            found = services.received.use(desk, received_id, in_awards=body.in_awards)
        return shapes.answer(shape(found))

    @router.post("/{received_id}/check")
    def check(services: All, desk: At, received_id: str, raw: Raw) -> Response:
        read(CheckBody, raw or b"{}")
        return shapes.answer(shape(services.received.check(desk, received_id)))

    return router


def shape(found: Received) -> dict[str, Any]:
    """One of them; ``achievement`` is null where it is about the organisation itself."""
    return {
        "id": found.id,
        "achievement": found.achievement_id,
        "issuer": found.issuer_id,
        "issuerName": found.issuer_name,
        "comment": found.comment,
        "validUntil": shapes.at(found.valid_until),
        "accepted": shapes.at(found.accepted),
        "checked": shapes.at(found.checked),
        "state": found.state,
        "published": found.published,
        "inAwards": found.in_awards,
    }
