"""Notices to programs, for programs: addresses, what was told to each, a try, once more."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.webhooks import Notice, Webhook
from kit.paging import window

Number = Annotated[str | None, Query(alias="page")]
Size = Annotated[str | None, Query(alias="size")]


class WebhookBody(Body):
    """Where notices go, and what about."""

    url: str
    events: list[str]


class WebhookChange(Body):
    """What an address is told from now on, and whether at all."""

    events: list[str]
    on: bool


class NothingBody(Body):
    """Nothing has to be said here."""


def webhooks_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/webhooks``."""
    router = APIRouter(prefix="/api/organisations/{slug}/webhooks", tags=["webhooks"])

    @router.get("")
    def list_webhooks(services: All, desk: At, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.webhooks.listing(desk, window(page=page, size=size)), shape)

    @router.post("", openapi_extra=openapi_of(WebhookBody))
    def add_webhook(services: All, desk: At, raw: Raw) -> Response:
        body = read(WebhookBody, raw)
        made, secret = services.webhooks.add(desk, url=body.url, events=body.events)
        return shapes.answer({**shape(made), "secret": secret}, status=201)

    @router.get("/{webhook_id}")
    def one_webhook(services: All, desk: At, webhook_id: str) -> Response:
        return shapes.answer(shape(services.webhooks.one(desk, webhook_id)))

    @router.put("/{webhook_id}", openapi_extra=openapi_of(WebhookChange))
    def change_webhook(services: All, desk: At, webhook_id: str, raw: Raw) -> Response:
        body = read(WebhookChange, raw)
        return shapes.answer(shape(services.webhooks.change(desk, webhook_id, events=body.events, on=body.on)))

    @router.delete("/{webhook_id}")
    def remove_webhook(services: All, desk: At, webhook_id: str) -> Response:
        services.webhooks.remove(desk, webhook_id)
        return Response(status_code=204)

    @router.get("/{webhook_id}/notices")
    def list_notices(services: All, desk: At, webhook_id: str, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.webhooks.history(desk, webhook_id, window(page=page, size=size)), told)

    @router.post("/{webhook_id}/test", openapi_extra=openapi_of(NothingBody))
    def test_webhook(services: All, desk: At, webhook_id: str, raw: Raw) -> Response:
        read(NothingBody, raw or b"{}")
        return shapes.answer(told(services.webhooks.test(desk, webhook_id)), status=202)

    @router.post("/{webhook_id}/notices/{notice_id}/resend", openapi_extra=openapi_of(NothingBody))
    def resend_notice(services: All, desk: At, webhook_id: str, notice_id: str, raw: Raw) -> Response:
        read(NothingBody, raw or b"{}")
        return shapes.answer(told(services.webhooks.resend(desk, webhook_id, notice_id)), status=202)

    return router


def shape(found: Webhook) -> dict[str, Any]:
    """One address; its secret is shown when it is made and never again."""
    return {
        "id": found.id,
        "url": found.url,
        "events": list(found.events),
        "on": found.on,
        "problem": found.problem,
        "created": shapes.at(found.created),
    }


def told(found: Notice) -> dict[str, Any]:
    """One notice; ``status`` is null when nobody has answered."""
    return {
        "id": found.id,
        "type": found.event,
        "object": found.object_id,
        "at": shapes.at(found.at),
        "state": found.state,
        "tries": found.tries,
        "status": found.code or None,
        "problem": found.problem,
        "tried": shapes.at(found.tried),
        "nextTry": shapes.at(found.next_try),
    }
