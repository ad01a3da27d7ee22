# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""What an organisation offers: the list, and the form that describes one thing."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import describing, picturing, signed_as
from issuer.pages.access import All, At, services_of
from issuer.pages.forms import version_of
from issuer.service.achievements import Achievement
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.securing import INHERITED, USUAL, form_of
from issuer.service.services import Services
from issuer.service.vocabulary import IDENTIFIER_WORDS, RESULT_TYPES, TARGET_WORDS
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, Conflict, RequestError, TooLarge
from kit.i18n import _
from kit.paging import window
from kit.redrawn import ACCEPT
from kit.web import Form, Pages, flash, form, see_other


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
    def new_achievement(request: Request, services: All, desk: At, like: str = "") -> Response:
        desk.require(Right.DESCRIBE)
        rows: describing.Tree = {"achievementType": "Course", "results": [{}]}
        if like:
            rows = describing.translated(services.achievements.one(desk.organisation, like))
        return _form(request, pages, desk, found=None, rows=rows, error=None, like=like)

    @router.post("/organisations/{slug}/achievements/new")
    def create(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        like = given.get("like")
        if "do" in given:
            return _changed(request, pages, services, desk, found=None, like=like)
        if like:
            services.achievements.one(desk.organisation, like)
        rows, problem = _rows(services, desk, given)
        if problem:
            return _form(request, pages, desk, found=None, rows=rows, error=problem, like=like)
        try:
            found = services.achievements.create(desk, describing.draft(rows))
        except BadInput as error:
            return _form(request, pages, desk, found=None, rows=rows, error=error, like=like)
        if like and given.flag("both"):
            services.achievements.relate(desk, like, found)
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
            identifier_types=IDENTIFIER_WORDS,
        )

    @router.get("/organisations/{slug}/achievements/{achievement_id}/edit", name="edit_achievement")
    def edit_page(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        desk.require(Right.DESCRIBE)
        found = services.achievements.one(desk.organisation, achievement_id)
        rows = describing.rows_of(found)
        return _form(request, pages, desk, found=found, rows=rows, error=None)

    @router.post("/organisations/{slug}/achievements/{achievement_id}/edit")
    def edit(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        given = form(request)
        before = services.achievements.one(desk.organisation, achievement_id)
        if "do" in given:
            return _changed(request, pages, services, desk, found=before)
        rows, problem = _rows(services, desk, given)
        if problem:
            return _form(request, pages, desk, found=before, rows=rows, error=problem)
        try:
            found = services.achievements.edit(
                desk,
                achievement_id,
                describing.draft(rows),
                version=version_of(given),
            )
        except (BadInput, Conflict) as error:
            return _form(request, pages, desk, found=before, rows=rows, error=error)
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


def _rows(
    services: Services, desk: Desk, given: Form, *, keep_empty: bool = False
) -> tuple[describing.Tree, RequestError | None]:
    """What the form says, its picture taken in, and what is wrong with that. Raises: Refused."""
    desk.require(Right.DESCRIBE)
    rows = describing.grown(given.fields(), keep_empty=keep_empty)
    return rows, picturing.take(services, desk, given, rows, member="image")


def _changed(
    request: Request, pages: Pages, services: Services, desk: Desk, *, found: Achievement | None, like: str = ""
) -> Response:
    """The form again with a row more, less or elsewhere. Nothing is saved, and nothing that was typed is lost."""
    given = form(request)
    rows, problem = _rows(services, desk, given, keep_empty=True)
    here = describing.changed(rows, given.get("do"))
    return _form(request, pages, desk, found=found, rows=rows, error=problem, like=like, here=here)


def _form(
    request: Request,
    pages: Pages,
    desk: Desk,
    *,
    found: Achievement | None,
    rows: describing.Tree,
    error: RequestError | None,
    like: str = "",
    here: str = "",
) -> Response:
    if describing.size(rows) > describing.MOST_FIELDS:
        raise TooLarge(
            _("This has more parts than a form can hold. Change it with a program, through the interface for programs.")
        )
    return pages.render(
        request,
        "achievement_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        rows=rows,
        at_row=here,
        like=like,
        both=form(request).flag("both") if "name" in form(request) else True,
        error=error,
        forms=signed_as.choices(services_of(request), desk, now=str(rows.get("format", "")) or USUAL),
        inherited=INHERITED,
        usual=form_of(services_of(request).settings.signed_as(desk, INHERITED)),
        types=ACHIEVEMENT_TYPES,
        result_types=RESULT_TYPES,
        target_types=TARGET_WORDS,
        identifier_types=IDENTIFIER_WORDS,
        most_rows=describing.MOST_ROWS,
        accept=ACCEPT,
    )
