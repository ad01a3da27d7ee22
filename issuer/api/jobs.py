"""Jobs for programs: award a sheet, watch it, pause it, undo it, hand it out."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.api.sheets import Say, Saying
from issuer.api.streams import Streams
from issuer.service.awarding.job_views import JobView
from kit.i18n import _
from kit.paging import window


class IssueBody(Body):
    """When a sheet is awarded (now, unless ``starts`` names a later time), how long it can be undone, and how the
    awards are signed (as the achievement says, unless ``format`` says otherwise).
    """

    version: int | None = None
    starts: str = ""
    undo_minutes: int | None = Field(default=None, ge=0, le=60)
    format: str = ""


def jobs_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/jobs``, and the one that starts a job."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["jobs"])
    _starting(router)
    _steering(router)
    return router


def _starting(router: APIRouter) -> None:
    streams = Streams()

    @router.post("/sheets/{sheet_id}/issue", openapi_extra=openapi_of(IssueBody))
    def issue_sheet(*, services: All, desk: At, say: Saying, sheet_id: str, raw: Raw, key: Key = "") -> Response:
        body = read(IssueBody, raw)
        found = services.award_jobs.issue(
            desk,
            sheet_id,
            key=needed(key),
            version=body.version,
            starts=body.starts,
            undo_minutes=body.undo_minutes,
            format_=body.format,
        )
        return shapes.answer(job(found, say), status=201)

    @router.get("/jobs")
    def list_jobs(services: All, desk: At, say: Saying, page: Number = None, size: Size = None) -> Response:
        found = services.award_jobs.listing(desk, window(page=page, size=size))
        return shapes.listed(found, lambda item: job(item, say))

    @router.get("/jobs/{job_id}")
    def one_job(services: All, desk: At, say: Saying, job_id: str) -> Response:
        return shapes.answer(job(services.award_jobs.one(desk, job_id), say))

    @router.get("/jobs/{job_id}/corrections")
    def list_corrections(services: All, desk: At, job_id: str, page: Number = None, size: Size = None) -> Response:
        found = services.award_jobs.corrections(desk, job_id, window(page=page, size=size))
        base = f"{services.context.settings.public_url}/api/organisations/{desk.organisation.slug}/credentials"
        return shapes.listed(
            found,
            lambda item: {
                "row": item.number,
                "credential": f"{base}/{item.credential_id}",
                "learnerName": item.learner_name,
                "state": item.state,
            },
        )

    @router.get("/jobs/{job_id}/events")
    def watch_job(services: All, desk: At, say: Saying, job_id: str) -> Response:
        services.award_jobs.one(desk, job_id)
        events = streams.watch(lambda: progress(services.award_jobs.one(desk, job_id), say))
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _steering(router: APIRouter) -> None:
    @router.post("/jobs/{job_id}/now", status_code=200)
    def begin_job_now(services: All, desk: At, say: Saying, job_id: str) -> Response:
        return shapes.answer(job(services.award_jobs.begin_now(desk, job_id), say))

    @router.post("/jobs/{job_id}/pause", status_code=200)
    def pause_job(services: All, desk: At, say: Saying, job_id: str) -> Response:
        return shapes.answer(job(services.award_jobs.pause(desk, job_id), say))

    @router.post("/jobs/{job_id}/resume", status_code=200)
    def resume_job(services: All, desk: At, say: Saying, job_id: str) -> Response:
        return shapes.answer(job(services.award_jobs.resume(desk, job_id), say))

    @router.post("/jobs/{job_id}/undo", status_code=200)
    def undo_job(services: All, desk: At, say: Saying, job_id: str) -> Response:
        return shapes.answer(job(services.award_jobs.undo(desk, job_id), say))

    @router.post("/jobs/{job_id}/release", status_code=200)
    def release_job(services: All, desk: At, say: Saying, job_id: str) -> Response:
        return shapes.answer(job(services.award_jobs.release(desk, job_id), say))


def progress(found: JobView, say: Say) -> dict[str, Any]:
    """How far a job is, as the progress bar of our pages reads it."""
    done = found.undone if found.state in {"undoing", "undone"} else found.settled
    total = found.done if found.state in {"undoing", "undone"} else found.total
    return {
        "done": done,
        "total": total,
        "count": say(_("%(done)s of %(total)s", done=done, total=total)),
        "finished": found.finished,
        "state": found.state,
    }


def job(found: JobView, say: Say) -> dict[str, Any]:
    """A job."""
    return {
        "id": found.id,
        "sheet": found.sheet_id,
        "part": found.part,
        "format": found.format,
        "state": found.state,
        "problem": found.problem,
        "detail": None if found.words is None else say(found.words),
        "total": found.total,
        "done": found.done,
        "repeated": found.repeated,
        "refused": found.refused,
        "undone": found.undone,
        "pace": found.pace,
        "secondsLeft": found.left,
        "finished": found.finished,
        "starts": shapes.at(found.starts),
        "started": shapes.at(found.started),
        "undoUntil": shapes.at(found.undo_until),
        "released": shapes.at(found.released),
        "created": shapes.at(found.created),
    }
