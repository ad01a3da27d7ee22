"""An organisation's signing keys for programs."""

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read


class KeyBody(Body):
    """What a new key is for, and its kind."""

    use: str
    kind: str


def keys_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/keys``."""
    router = APIRouter(prefix="/api/organisations/{slug}/keys", tags=["keys"])

    @router.get("")
    def list_keys(services: All, desk: At) -> Response:
        return shapes.answer({"items": [shapes.key(each) for each in services.keys.keys(desk.organisation)]})

    @router.post("", openapi_extra=openapi_of(KeyBody))
    def add_key(services: All, desk: At, raw: Raw) -> Response:
        body = read(KeyBody, raw)
        return shapes.answer(shapes.key(services.keys.add(desk, kind=body.kind, use=body.use)), status=201)

    return router
