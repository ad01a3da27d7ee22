# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""The third screen of many awards at once: one of them as it will be, what will happen, and when: now, or on a day."""

import secrets
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import signed_as
from issuer.pages.access import All, At
from issuer.pages.forms import form_key, version_of
from issuer.pages.sheets import STEPS, check_page
from issuer.service.achievements import Achievement, result_descriptions
from issuer.service.awarding import scheduling
from issuer.service.awarding.sheet_views import Preview
from issuer.service.context import Desk
from issuer.service.second_person import AWARD as AWARDED_ALONE
from issuer.service.second_person import SHEET
from issuer.service.services import Services
from issuer.service.vocabulary import RESULT_STATUSES
from kit import zones
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, Conflict
from kit.i18n import _
from kit.web import Form, Pages, flash, form, see_other

_WHEN: Final = frozenset({"starts", "day", "time"})


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/sheets/{sheet_id}/preview", name="sheet_preview")
    def preview(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        return _shown(request, pages, services, desk, sheet_id)

    @router.post("/organisations/{slug}/sheets/{sheet_id}/issue", name="issue_sheet")
    def issue(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        given = form(request)
        try:
            starts = scheduling.chosen(given.get("when"), given.get("day"), given.get("time"), desk.organisation.zone)
            job = services.award_jobs.issue(
                desk,
                sheet_id,
                key=form_key(given),
                version=version_of(given),
                starts=starts.text if starts else "",
                format_=given.get("format"),
            )
        except BadInput as error:
            if error.field in _WHEN:
                return _shown(request, pages, services, desk, sheet_id, typed=given, error=error)
            return check_page(request, pages, services, desk, sheet_id, error=error)
        except Conflict as error:
            return check_page(request, pages, services, desk, sheet_id, error=error)
        if job.starts is not None:
            flash(request, _("It is kept for its time. Until then you can change your mind."))
            if starts is not None and starts.twice:
                zone = zones.short(job.starts, desk.organisation.zone)
                flash(request, _("This hour comes twice that night: it begins at the first, in %(zone)s.", zone=zone))
        return see_other(f"/organisations/{desk.organisation.slug}/jobs/{job.id}")


def _shown(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    sheet_id: str,
    *,
    typed: Form | None = None,
    error: BadInput | None = None,
) -> Response:
    """The screen; with what was typed and what is wrong with it, where the time cannot be."""
    view = services.sheets.one(desk, sheet_id)
    try:
        found = services.sheets.preview(desk, sheet_id)
    except (BadInput, Conflict) as problem:
        return check_page(request, pages, services, desk, sheet_id, error=problem)
    usual = services.settings.signed_as(desk, view.achievement.format)
    wanted, now = services.settings.in_force(desk), services.context.now()
    values = {name: typed.get(name) for name in ("when", "day", "time", "format", "key")} if typed else {}
    if error is not None and error.field == "starts":
        error = BadInput(error.detail, field="day", remedy=error.remedy)
    return pages.render(
        request,
        "sheet_preview.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        sheet=view,
        found=found,
        marks=_marks(found, view.achievement),
        awarded=datetime.fromisoformat(str(found.document.get("awardedDate") or found.document["validFrom"])),
        types=ACHIEVEMENT_TYPES,
        statuses=RESULT_STATUSES,
        steps=STEPS,
        key=values.get("key") or secrets.token_urlsafe(16),
        undo_minutes=wanted.undo_minutes,
        second_person=bool({SHEET, AWARDED_ALONE} & set(wanted.second_person)),
        forms=signed_as.choices(services, desk, now=usual),
        usual_form=usual,
        values={"when": scheduling.NOW, "day": "", "time": "08:00", "format": "", **values},
        now=now,
        days={
            "first": zones.today(now, desk.organisation.zone).isoformat(),
            "last": zones.today(now + scheduling.LATEST_START, desk.organisation.zone).isoformat(),
        },
        error=error,
    )


def _marks(found: Preview, achievement: Achievement) -> list[tuple[str, str]]:
    """The marks in a document: what each is called, and the mark in words."""
    subject: Any = found.document["credentialSubject"]
    descriptions = {str(each["id"]): each for each in result_descriptions(achievement)}
    shown = []
    for result in subject.get("result", ()):
        description = descriptions[str(result["resultDescription"])]
        levels = {str(level["id"]): str(level["name"]) for level in description.get("rubricCriterionLevel", ())}
        mark = levels.get(str(result.get("achievedLevel", "")), "") or str(
            result.get("value") or result.get("status", "")
        )
        shown.append((str(description["name"]), mark))
    return shown
