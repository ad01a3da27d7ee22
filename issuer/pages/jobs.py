# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Many awards while they are signed, held back and handed out: progress, pause, undo, codes to print."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.deliveries import BY_LETTER
from issuer.service.awarding import job_views
from issuer.service.awarding.job_views import JobView
from issuer.service.awarding.restoring import STANDS, Correction
from issuer.service.context import Desk
from issuer.service.deliveries import STATES
from kit.errors import Conflict
from kit.i18n import Message, _
from kit.paging import Page, Window, window
from kit.web import Pages, flash, see_other

CODES_A_PAGE: Final = 24
SAID: Final[dict[str, Message]] = {
    job_views.APPROVAL: _("It waits for a second person, who has to agree before anything is signed."),
    job_views.SCHEDULED: _("It begins at the time that was chosen."),
    job_views.QUEUED: _("It begins in a moment."),
    job_views.RUNNING: _("The awards are being signed. You can leave this page; it goes on."),
    job_views.PAUSED: _("It rests. What is signed stays signed and is held back."),
    job_views.UNDO: _("Everything is signed and held back. No family can keep one yet."),
    job_views.RELEASED: _("Everything was handed out. Families can keep their awards."),
    job_views.UNDOING: _("The awards are being taken back."),
    job_views.UNDONE: _("Everything was taken back. No family ever had one."),
}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _watching(router, pages)
    _steering(router)


def _watching(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/jobs/{job_id}", name="job")
    def job(request: Request, services: All, desk: At, job_id: str, page: str | None = None) -> Response:
        found = services.award_jobs.one(desk, job_id)
        sheet = services.sheets.one(desk, found.sheet_id)
        corrected = services.award_jobs.corrections(desk, job_id, window(page=page))
        letters, unsent = services.deliveries.of_job(desk, found.id)
        return pages.render(
            request,
            "job.html",
            desk=desk,
            organisation=desk.organisation,
            job=found,
            sheet=sheet,
            said=_said(found, corrected),
            taken_back=found.state in {job_views.UNDOING, job_views.UNDONE},
            can=_can(found),
            begun=found.begun,
            late=found.starts is not None and found.starts <= services.context.now(),
            obstacle=services.award_jobs.obstacle(desk, job_id),
            corrected=corrected,
            letters=letters,
            unsent=unsent,
            letter_states=STATES,
            by_letter=BY_LETTER,
            mails=services.deliveries.sends_mail,
        )

    @router.get("/organisations/{slug}/jobs/{job_id}/undo", name="job_undo")
    def undo_page(request: Request, services: All, desk: At, job_id: str) -> Response:
        found = services.award_jobs.one(desk, job_id)
        corrected = services.award_jobs.corrections(desk, job_id, Window(number=1, size=1)).total
        return pages.render(
            request, "job_undo.html", desk=desk, organisation=desk.organisation, job=found, corrected=corrected
        )

    @router.get("/organisations/{slug}/jobs/{job_id}/codes", name="job_codes")
    def codes(request: Request, services: All, desk: At, job_id: str, page: str | None = None) -> Response:
        found = services.award_jobs.one(desk, job_id)
        if found.released is None:
            raise Conflict(_("There is nothing to hand out yet, or it was undone."))
        handed = services.credentials.to_hand_out(
            desk, Window(number=window(page=page).number, size=CODES_A_PAGE), job=found.id
        )
        return pages.render(
            request,
            "codes.html",
            desk=desk,
            organisation=desk.organisation,
            back=f"/organisations/{desk.organisation.slug}/jobs/{found.id}",
            more="?page=",
            page=handed,
            family_language=services.settings.in_force(desk).family_language,
            slips=[(award, claim) for award, claim in handed.items if claim is not None],
        )


def _steering(router: APIRouter) -> None:
    base = "/organisations/{slug}/jobs/{job_id}"

    @router.post(f"{base}/now")
    def begin_now(request: Request, services: All, desk: At, job_id: str) -> Response:
        said = _("It does not wait for its time any more.")
        return _steered(request, desk, job_id, services.award_jobs.begin_now, said)

    @router.post(f"{base}/pause")
    def pause(request: Request, services: All, desk: At, job_id: str) -> Response:
        said = _("It rests after the rows that are being signed just now.")
        return _steered(request, desk, job_id, services.award_jobs.pause, said)

    @router.post(f"{base}/resume")
    def resume(request: Request, services: All, desk: At, job_id: str) -> Response:
        return _steered(request, desk, job_id, services.award_jobs.resume, _("It goes on."))

    @router.post(f"{base}/undo")
    def undo(request: Request, services: All, desk: At, job_id: str) -> Response:
        begun = services.award_jobs.one(desk, job_id).begun
        said = _("The awards are being taken back.") if begun else _("It was called off.")
        return _steered(request, desk, job_id, services.award_jobs.undo, said)

    @router.post(f"{base}/release")
    def release(request: Request, services: All, desk: At, job_id: str) -> Response:
        said = _("They are handed out. Print the codes, or send the links.")
        return _steered(request, desk, job_id, services.award_jobs.release, said)


def _steered(
    request: Request, desk: Desk, job_id: str, step: Callable[[Desk, str], JobView], said: Message
) -> Response:
    """Take the step, or say why it came too late; then the page of the job."""
    try:
        step(desk, job_id)
    except Conflict as error:
        flash(request, error.detail, tone="caution")
    else:
        flash(request, said)
    return see_other(f"/organisations/{desk.organisation.slug}/jobs/{job_id}")


def _said(job: JobView, corrected: Page[Correction]) -> Message:
    """Where the job is, in one sentence."""
    if job.state in {job_views.UNDOING, job_views.UNDONE} and not job.begun:
        return _("It was called off before anything was signed. The rows are in the sheet as they were.")
    if job.state != job_views.UNDONE or not corrected.total:
        return SAID[job.state]
    if any(item.state == STANDS for item in corrected.items):
        return _("What was awarded was taken back. Not every correction could be; they are listed below.")
    return _("Everything was taken back. What was corrected says again what it said before.")


def _can(job: JobView) -> frozenset[str]:
    """What may be done with a job now."""
    if job.released is not None or job.state in {job_views.UNDOING, job_views.UNDONE}:
        return frozenset()
    if job.state == job_views.APPROVAL:
        return frozenset({"undo"})
    if job.state == job_views.SCHEDULED:
        return frozenset({"now", "undo"})
    if job.state == job_views.PAUSED:
        return frozenset({"resume", "undo"})
    return frozenset({"undo", "release"}) if job.state == job_views.UNDO else frozenset({"pause", "undo"})
