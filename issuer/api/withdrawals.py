"""Many withdrawals for programs: shown first, started with their number, watched, stopped."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.approvals import asked
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.api.sheets import Say, Saying
from issuer.api.streams import Streams
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.withdrawing.choosing import MOST_CHOSEN, Choice
from issuer.service.withdrawing.jobs import Withdrawal
from kit.i18n import _
from kit.paging import Window, window

SHOWN = 20


class WithdrawalBody(Body):
    """Which awards are meant, and why they are withdrawn. Without ``apply`` nothing happens: they are shown, with
    ``seen`` and ``count``, which have to be sent back to withdraw them.
    """

    achievement: str = ""
    since: str = ""
    until: str = ""
    job: str = ""
    credentials: tuple[str, ...] = Field(default=(), max_length=MOST_CHOSEN)
    reason: str = ""
    note: str = ""
    seen: str = ""
    count: int | None = None
    apply: bool = False

    def choice(self) -> Choice:
        """Which awards are meant, for the service."""
        return Choice(
            achievement=self.achievement,
            since=self.since,
            until=self.until,
            job=self.job,
            credentials=self.credentials,
        )


def withdrawals_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/withdrawals``."""
    router = APIRouter(prefix="/api/organisations/{slug}/withdrawals", tags=["jobs"])
    streams = Streams()

    @router.post("", openapi_extra=openapi_of(WithdrawalBody))
    def withdraw(services: All, desk: At, raw: Raw, key: Key = "") -> Response:
        body = read(WithdrawalBody, raw)
        if not body.apply:
            found = services.withdrawals.select(desk, body.choice(), Window(number=1, size=SHOWN))
            items = [shapes.credential(item) for item in found.page.items]
            return shapes.answer({"applied": False, "count": found.count, "seen": found.seen, "items": items})
        request = acts.withdrawal(
            body.choice(),
            seen=body.seen,
            count=body.count,
            reason=body.reason,
            note=body.note,
            key=needed(key),
        )
        begun = services.approvals.do(desk, request)
        return asked(begun) if isinstance(begun, Approval) else shapes.answer(withdrawal(begun), status=201)

    @router.get("")
    def list_withdrawals(services: All, desk: At, page: Number = None, size: Size = None) -> Response:
        return shapes.listed(services.withdrawals.listing(desk, window(page=page, size=size)), withdrawal)

    @router.get("/{withdrawal_id}")
    def one_withdrawal(services: All, desk: At, withdrawal_id: str) -> Response:
        return shapes.answer(withdrawal(services.withdrawals.one(desk, withdrawal_id)))

    @router.post("/{withdrawal_id}/stop", status_code=200)
    def stop_withdrawal(services: All, desk: At, withdrawal_id: str) -> Response:
        return shapes.answer(withdrawal(services.withdrawals.stop(desk, withdrawal_id)))

    @router.get("/{withdrawal_id}/events")
    def watch_withdrawal(services: All, desk: At, say: Saying, withdrawal_id: str) -> Response:
        services.withdrawals.one(desk, withdrawal_id)
        events = streams.watch(lambda: progress(services.withdrawals.one(desk, withdrawal_id), say))
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return router


def progress(found: Withdrawal, say: Say) -> dict[str, Any]:
    """How far a withdrawal is, as the progress bar of our pages reads it."""
    return {
        "done": found.settled,
        "total": found.total,
        "count": say(_("%(done)s of %(total)s", done=found.settled, total=found.total)),
        "finished": found.finished,
        "state": found.state,
    }


def withdrawal(found: Withdrawal) -> dict[str, Any]:
    """A withdrawal of many awards."""
    return {
        "id": found.id,
        "reason": found.reason,
        "state": found.state,
        "finished": found.finished,
        "total": found.total,
        "done": found.done,
        "already": found.already,
        "created": shapes.at(found.created),
        "createdBy": found.created_by,
    }
