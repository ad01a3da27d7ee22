"""The public page of an award, for programs of its organisation: offered, looked at, taken back."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.public_pages import PublicPage
from kit.errors import NotFound


class OfferBody(Body):
    """What the organisation knows of the learner: that they are 18 or older."""

    learner_is_adult: bool


def public_pages_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/credentials/{credential_id}/public-page``."""
    router = APIRouter(
        prefix="/api/organisations/{slug}/credentials/{credential_id}/public-page", tags=["public pages"]
    )

    @router.get("")
    def one_public_page(services: All, desk: At, credential_id: str) -> Response:
        found = services.public_pages.of(desk, credential_id)
        if found is None:
            raise NotFound
        return shapes.answer(_shape(found))

    @router.put("", openapi_extra=openapi_of(OfferBody))
    def offer_public_page(services: All, desk: At, credential_id: str, raw: Raw) -> Response:
        adult = read(OfferBody, raw).learner_is_adult
        return shapes.answer(_shape(services.public_pages.offer(desk, credential_id, adult=adult)))

    @router.delete("")
    def end_public_page(services: All, desk: At, credential_id: str) -> Response:
        services.public_pages.end(desk, credential_id)
        return Response(status_code=204)

    return router


def _shape(found: PublicPage) -> dict[str, Any]:
    """Where it is, and since when: null until the holder opened it."""
    return {"url": found.url, "opened": shapes.at(found.opened)}
