"""Letters for programs: send links, see who has what, note who was told."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.api.desk import Number, Size
from issuer.api.sheets import Say, Saying
from issuer.service.deliveries import Delivery
from issuer.service.posting import PROBLEMS
from kit.paging import window


class LetterBody(Body):
    """Where a letter goes; empty for the award's own address."""

    address: str = ""


def deliveries_api() -> APIRouter:
    """The routes about letters under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["deliveries"])
    _sending(router)
    _looking(router)
    _marking(router)
    return router


def _sending(router: APIRouter) -> None:
    @router.post("/credentials/{credential_id}/deliveries", openapi_extra=openapi_of(LetterBody))
    def send_letter(services: All, desk: At, credential_id: str, raw: Raw) -> Response:
        body = read(LetterBody, raw or b"{}")
        return shapes.answer(_delivery(services.deliveries.send(desk, credential_id, address=body.address)), status=201)

    @router.post("/jobs/{job_id}/deliveries", status_code=200)
    def send_letters(services: All, desk: At, job_id: str) -> Response:
        return shapes.answer({"sent": services.deliveries.send_job(desk, job_id)})


def _looking(router: APIRouter) -> None:
    @router.get("/deliveries")
    def list_deliveries(
        *,
        services: All,
        desk: At,
        page: Number = None,
        size: Size = None,
        state: str = "",
        channel: str = "",
    ) -> Response:
        found = services.deliveries.listing(desk, window(page=page, size=size), state=state, channel=channel)
        return shapes.listed(found, _delivery)

    @router.get("/deliveries/state")
    def state_of_deliveries(services: All, desk: At, say: Saying) -> Response:
        return shapes.answer(_state(services, desk, say))

    @router.get("/credentials/{credential_id}/deliveries")
    def deliveries_of_credential(services: All, desk: At, credential_id: str) -> Response:
        return shapes.answer(
            {"items": [_delivery(found) for found in services.deliveries.of_award(desk, credential_id)]}
        )

    @router.get("/jobs/{job_id}/deliveries")
    def deliveries_of_job(services: All, desk: At, job_id: str) -> Response:
        services.award_jobs.one(desk, job_id)
        counted, unsent = services.deliveries.of_job(desk, job_id)
        return shapes.answer({"counts": dict(counted), "unsent": unsent})


def _marking(router: APIRouter) -> None:
    @router.post("/deliveries/try", status_code=204)
    def try_now(services: All, desk: At) -> Response:
        services.deliveries.try_again(desk)
        return Response(status_code=204)

    @router.post("/deliveries/{delivery_id}/told", status_code=204)
    def told(services: All, desk: At, delivery_id: str) -> Response:
        services.deliveries.told(desk, delivery_id)
        return Response(status_code=204)

    @router.post("/deliveries/{delivery_id}/cancel", status_code=204)
    def cancel_letter(services: All, desk: At, delivery_id: str) -> Response:
        services.deliveries.cancel(desk, delivery_id)
        return Response(status_code=204)

    @router.post("/deliveries/{delivery_id}/bounced", status_code=204)
    def came_back(services: All, desk: At, delivery_id: str) -> Response:
        services.deliveries.came_back(desk, delivery_id)
        return Response(status_code=204)


def _state(services: All, desk: At, say: Say) -> dict[str, Any]:
    trouble = services.deliveries.trouble(desk)
    return {
        "sendsMail": services.deliveries.sends_mail,
        "problem": trouble.problem if trouble else None,
        "detail": say(PROBLEMS[trouble.problem]) if trouble and trouble.problem in PROBLEMS else None,
        "nextTry": shapes.at(trouble.until) if trouble else None,
    }


def _delivery(found: Delivery) -> dict[str, Any]:
    """A piece of news; never the address it goes to."""
    return {
        "id": found.id,
        "credential": found.credential.id,
        "learnerName": found.credential.learner_name,
        "notice": found.notice,
        "number": found.number,
        "channel": found.channel,
        "state": found.state,
        "tries": found.tries,
        "code": found.code,
        "created": shapes.at(found.created),
        "changed": shapes.at(found.changed),
        "nextTry": shapes.at(found.next_try),
    }
