"""Vouching for others, for programs: given, listed, read and withdrawn."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.api.desk import needed
from issuer.service.endorsements import Endorsement, EndorsementDraft
from kit.paging import window

Key = Annotated[str, Header(alias="Idempotency-Key")]
Number = Annotated[str | None, Query(alias="page")]
Size = Annotated[str | None, Query(alias="size")]


class EndorsementBody(Body):
    """Whom or what the organisation vouches for (``organisation``, ``achievement`` or ``credential``), and why."""

    target_kind: str
    target_id: str
    target_name: str
    comment: str
    valid_until: str = ""


class WithdrawalBody(Body):
    """Why it is withdrawn: one of the published reasons."""

    reason: str


def endorsements_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["endorsements"])

    @router.get("/endorsements")
    def list_endorsements(services: All, desk: At, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.endorsements.listing(desk, window(page=page, size=size)), shape)

    @router.post("/endorsements", openapi_extra=openapi_of(EndorsementBody))
    def give_endorsement(services: All, desk: At, raw: Raw, key: Key = "") -> Response:
        draft = EndorsementDraft(**read(EndorsementBody, raw).model_dump())
        given = services.endorsements.give(desk, draft, key=needed(key))
        headers = {"Idempotency-Replayed": "true"} if given.repeated else {}
        return Response(given.body, status_code=given.status, media_type="application/json", headers=headers)

    @router.get("/endorsements/{endorsement_id}")
    def one_endorsement(services: All, desk: At, endorsement_id: str) -> Response:
        return shapes.answer(shape(services.endorsements.one(desk, endorsement_id)))

    @router.get("/endorsements/{endorsement_id}/document")
    def endorsement_document(services: All, desk: At, endorsement_id: str) -> Response:
        body, etag = services.endorsements.document(desk, endorsement_id)
        return Response(body, media_type="application/vc", headers={"ETag": etag})

    @router.post("/endorsements/{endorsement_id}/revocation", openapi_extra=openapi_of(WithdrawalBody))
    def withdraw_endorsement(services: All, desk: At, endorsement_id: str, raw: Raw) -> Response:
        reason = read(WithdrawalBody, raw).reason
        return shapes.answer(shape(services.endorsements.withdraw(desk, endorsement_id, reason=reason)))

    return router


def shape(found: Endorsement) -> dict[str, Any]:
    """One endorsement; ``address`` is null where nobody else may read it."""
    return {
        "id": found.id,
        "targetKind": found.target_kind,
        "targetId": found.target_id,
        "targetName": found.target_name,
        "comment": found.comment,
        "validFrom": shapes.at(found.given),
        "validUntil": shapes.at(found.valid_until),
        "state": found.state,
        "revoked": shapes.at(found.revoked),
        "revocationReason": found.revocation_reason,
        "address": found.address if found.public else None,
    }
