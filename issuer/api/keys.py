"""An organisation's signing keys for programs."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from issuer.api import endorsements, shapes
from issuer.api.access import All, At
from issuer.api.approvals import asked
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.key_lines import KeyLine
from issuer.service.keys import MOST, Repaired
from kit.paging import window

Number = Annotated[str | None, Query(alias="page")]
Size = Annotated[str | None, Query(alias="size")]


class KeyBody(Body):
    """What a new key is for, and its kind."""

    use: str
    kind: str


class CompromiseBody(Body):
    """Since when a key is no longer safe (now, unless given), and a note that is never published."""

    since: str = ""
    note: str = ""


class RepairBody(Body):
    """Awards and endorsements that a key should not have signed, by id."""

    credentials: Annotated[list[str], Field(max_length=MOST)]


def keys_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/keys``."""
    router = APIRouter(prefix="/api/organisations/{slug}/keys", tags=["keys"])

    @router.get("")
    def list_keys(services: All, desk: At) -> Response:
        return shapes.answer({"items": [shapes.key(each) for each in services.keys.keys(desk.organisation)]})

    @router.post("", openapi_extra=openapi_of(KeyBody))
    def add_key(services: All, desk: At, raw: Raw) -> Response:
        body = read(KeyBody, raw)
        return _key(services.approvals.do(desk, acts.new_key(kind=body.kind, use=body.use)), status=201)

    @router.post("/rotation", openapi_extra=openapi_of(KeyBody))
    def rotate_key(services: All, desk: At, raw: Raw) -> Response:
        body = read(KeyBody, raw)
        return _key(services.approvals.do(desk, acts.exchange(kind=body.kind, use=body.use)), status=201)

    @router.post("/{name}/compromise", openapi_extra=openapi_of(CompromiseBody))
    def key_compromised(services: All, desk: At, name: str, raw: Raw) -> Response:
        body = read(CompromiseBody, raw)
        wanted = acts.compromise(name, since=body.since, words=body.note)
        return _key(services.approvals.do(desk, wanted), status=200)

    @router.get("/{name}/signed-after")
    def list_signed_after(services: All, desk: At, name: str, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.keys.signed_after(desk, name, window(page=page, size=size)), shapes.credential)

    @router.get("/{name}/vouched-after")
    def list_vouched_after(services: All, desk: At, name: str, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.keys.vouched_after(desk, name, window(page=page, size=size)), endorsements.shape)

    @router.post("/{name}/renewals", openapi_extra=openapi_of(RepairBody))
    def renew(services: All, desk: At, name: str, raw: Raw) -> Response:
        return _repaired(services.keys.renew(desk, name, read(RepairBody, raw).credentials))

    @router.post("/{name}/withdrawals", openapi_extra=openapi_of(RepairBody))
    def withdraw(services: All, desk: At, name: str, raw: Raw) -> Response:
        return _repaired(services.keys.withdraw(desk, name, read(RepairBody, raw).credentials))

    return router


def _key(found: KeyLine | Approval, *, status: int) -> Response:
    return asked(found) if isinstance(found, Approval) else shapes.answer(shapes.key(found), status=status)


def _repaired(found: Repaired) -> Response:
    failed = [{"credential": f"urn:uuid:{uuid}", "detail": str(error.detail)} for uuid, error in found.failed.items()]
    return shapes.answer({"done": found.done, "failed": failed})
