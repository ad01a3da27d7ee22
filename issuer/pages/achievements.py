# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""What an organisation offers: the list, and the form that describes one thing."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import reading
from issuer.pages.access import All, At
from issuer.service.achievements import Achievement
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.vocabulary import RESULT_TYPES
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _
from kit.paging import window
from kit.web import Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/achievements", name="achievements")
    def achievements(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        found = services.achievements.listing(desk.organisation, window(page=page), include_retired=True)
        return pages.render(
            request,
            "achievements.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            types=ACHIEVEMENT_TYPES,
        )

    @router.get("/organisations/{slug}/achievements/new", name="new_achievement")
    def new_achievement(request: Request, desk: At) -> Response:
        desk.require(Right.DESCRIBE)
        values = {"achievementType": "Course", "results/0/resultType": "LetterGrade"}
        return _form(request, pages, desk, found=None, values=values, error=None)

    @router.post("/organisations/{slug}/achievements/new")
    def create(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        try:
            found = services.achievements.create(desk, reading.achievement(given))
        except BadInput as error:
            return _form(request, pages, desk, found=None, values=given.fields(), error=error)
        flash(request, _("“%(name)s” can be awarded now.", name=found.name))
        return see_other(f"/organisations/{desk.organisation.slug}/achievements/{found.id}")

    @router.get("/organisations/{slug}/achievements/{achievement_id}", name="achievement")
    def achievement(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        found = services.achievements.one(desk.organisation, achievement_id)
        return pages.render(
            request,
            "achievement.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            types=ACHIEVEMENT_TYPES,
            result_types=RESULT_TYPES,
        )

    @router.get("/organisations/{slug}/achievements/{achievement_id}/edit", name="edit_achievement")
    def edit_page(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        desk.require(Right.DESCRIBE)
        found = services.achievements.one(desk.organisation, achievement_id)
        return _form(request, pages, desk, found=found, values=reading.achievement_values(found.body), error=None)

    @router.post("/organisations/{slug}/achievements/{achievement_id}/edit")
    def edit(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        given = form(request)
        version = given.get("version")
        try:
            found = services.achievements.edit(
                desk,
                achievement_id,
                reading.achievement(given),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
            )
        except (BadInput, Conflict) as error:
            before = services.achievements.one(desk.organisation, achievement_id)
            return _form(request, pages, desk, found=before, values=given.fields(), error=error)
        flash(request, _("Saved. New awards use it; awards made so far keep what they said."))
        return see_other(f"/organisations/{desk.organisation.slug}/achievements/{found.id}")

    @router.post("/organisations/{slug}/achievements/{achievement_id}/retirement", name="retire_achievement")
    def retire(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        retired = form(request).get("retired") == "1"
        found = services.achievements.retire(desk, achievement_id, retired=retired)
        if retired:
            flash(request, _("“%(name)s” is off the list. Awards made so far stay.", name=found.name))
        else:
            flash(request, _("“%(name)s” can be awarded again.", name=found.name))
        return see_other(f"/organisations/{desk.organisation.slug}/achievements/{found.id}")


def _form(
    request: Request,
    pages: Pages,
    desk: Desk,
    *,
    found: Achievement | None,
    values: Mapping[str, str],
    error: RequestError | None,
) -> Response:
    return pages.render(
        request,
        "achievement_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        values=values,
        error=error,
        types=ACHIEVEMENT_TYPES,
        result_types=RESULT_TYPES,
        result_rows=range(reading.RESULT_ROWS),
    )
