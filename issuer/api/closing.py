"""Closing an organisation, for programs; and its snapshot, for everybody."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.approvals import asked
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.api.desk import needed
from issuer.api.public import OPEN, SHORT, published
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.closing import ClosingDraft, Prepared
from issuer.service.once import Answer
from issuer.service.services import Services

Key = Annotated[str, Header(alias="Idempotency-Key")]


class ClosingBody(Body):
    """The short name, to be sure; who takes over; what families should know."""

    slug: str
    successor_name: str
    successor_url: str
    successor_id: str = ""
    words: str = ""


class RenewalBody(Body):
    """Nothing: what is signed anew stands in the path."""


def closing_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/closing``, and the public file."""
    router = APIRouter(tags=["closing"])
    base = "/api/organisations/{slug}/closing"

    @router.get(base)
    def prepare(services: All, desk: At) -> Response:
        return shapes.answer(shape(services.closing.prepare(desk)))

    @router.post(base, openapi_extra=openapi_of(ClosingBody))
    def close(services: All, desk: At, raw: Raw, key: Key = "") -> Response:
        draft = ClosingDraft(**read(ClosingBody, raw).model_dump())
        found = services.approvals.do(desk, acts.closing(draft, key=needed(key)))
        return asked(found) if isinstance(found, Approval) else _answered(found)

    @router.post(f"{base}/renewal")
    def renew(services: All, desk: At, raw: Raw, key: Key = "") -> Response:
        read(RenewalBody, raw or b"{}")
        return _answered(services.closing.renew(desk, key=needed(key)))

    @router.delete(base)
    def reopen(services: All, desk: At) -> Response:
        services.closing.reopen(desk)
        return Response(status_code=204)

    @router.get("/orgs/{slug}/closed.zip")
    def archive(services: All, slug: str) -> Response:
        found = services.closing.archive(slug)
        headers = {
            **OPEN,
            "ETag": found.etag,
            "Cache-Control": SHORT,
            "Content-Disposition": f'attachment; filename="{slug}-closed.zip"',
        }
        return Response(found.body, media_type="application/zip", headers=headers)

    return router


def snapshot(request: Request, services: Services, slug: str) -> Response:
    """The signed snapshot of an organisation that has closed. Raises: NotFound."""
    _organisation, _snapshot, found = services.closing.public(slug)
    return published(request, found, media_type="application/vc", cache=SHORT)


def shape(found: Prepared) -> dict[str, Any]:
    """What is still open, and the closing or null."""
    counts, closed = found.counts, found.closed
    return {
        "awards": counts.awards,
        "unclaimed": counts.unclaimed,
        "openClaims": counts.claims,
        "beingSigned": counts.signing,
        "unfinishedJobs": counts.jobs,
        "statusLists": counts.lists,
        "keys": counts.keys,
        "closed": closed
        and {
            "closed": shapes.at(closed.closed),
            "words": closed.words,
            "successorName": closed.custodian.name,
            "successorUrl": closed.custodian.url,
            "successorId": closed.custodian.id or None,
            "snapshot": shapes.at(closed.signed),
            "fingerprint": closed.fingerprint,
            "withdrawnSince": closed.withdrawn_since,
            "canBeReopenedUntil": shapes.at(closed.reopen_until) if closed.reopens else None,
        },
    }


def _answered(answer: Answer) -> Response:
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return Response(answer.body, status_code=answer.status, media_type="application/json", headers=headers)
