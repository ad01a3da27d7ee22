# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""A class: its marks in a grid that needs no script, who teaches it, and the way to its awards."""

import json
import secrets
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import form_key
from issuer.service.achievements import hours_description
from issuer.service.context import INSTRUCTOR, Desk
from issuer.service.rights import Right
from issuer.service.roster.classes import Grid
from issuer.service.roster.grid import Cell, GridRow, field_of
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _, ngettext
from kit.paging import Window, window
from kit.web import Form, Pages, flash, form, see_other

BASE: Final = "/organisations/{slug}/offerings/{offering_id}"
ROWS: Final = 40


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _marking(router, pages)
    _keeping(router, pages)


def _marking(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/class", name="class")
    def grid(request: Request, services: All, desk: At, offering_id: str, page: str | None = None) -> Response:
        return _shown(request, pages, services, desk, services.classes.grid(desk, offering_id, _at(page)))

    @router.post(f"{BASE}/class")
    def mark(request: Request, services: All, desk: At, offering_id: str) -> Response:
        given = form(request)
        found = services.classes.grid(desk, offering_id, _at(given.get("page")))
        try:
            changed = services.classes.mark(desk, offering_id, _cells(given, found))
        except (BadInput, Conflict) as error:
            found = services.classes.grid(desk, offering_id, _at(given.get("page")))
            return _shown(request, pages, services, desk, found, error=error)
        said = ngettext("Saved: %(count)s cell.", "Saved: %(count)s cells.", changed)
        flash(request, said if changed else _("Nothing was changed."))
        return see_other(_path(desk, found) + (f"?page={found.rows.number}" if found.rows.number > 1 else ""))


def _keeping(router: APIRouter, pages: Pages) -> None:
    @router.post(f"{BASE}/award", name="award_class")
    def award(request: Request, services: All, desk: At, offering_id: str) -> Response:
        key = form_key(form(request))
        try:
            sheet = services.classes.award(desk, offering_id, key=key)
        except (BadInput, Conflict) as error:
            found = services.classes.grid(desk, offering_id, _at(None))
            return _shown(request, pages, services, desk, found, error=error)
        return see_other(f"/organisations/{desk.organisation.slug}/sheets/{sheet.id}")

    @router.post(f"{BASE}/instructors")
    def teach(request: Request, services: All, desk: At, offering_id: str) -> Response:
        services.classes.teach(desk, offering_id, form(request).values("instructor"))
        flash(request, _("It is settled who marks this class."))
        return see_other(f"/organisations/{desk.organisation.slug}/offerings/{offering_id}/class")

    @router.post("/organisations/{slug}/learners/{learner_id}/enrolments")
    def enrol(request: Request, services: All, desk: At, learner_id: str) -> Response:
        given = form(request)
        left = services.classes.enrol(desk, learner_id, given.get("offering"), status=given.get("status"))
        flash(request, _("It is settled what this learner is enrolled in."))
        if left:
            said = _("The roster says that this learner left. If they are back, say so there: “Change it”.")
            flash(request, said, tone="caution")
        return see_other(f"/organisations/{desk.organisation.slug}/learners/{learner_id[:36]}")


def _at(page: str | None) -> Window:
    return window(page=page, size=ROWS)


def _path(desk: Desk, found: Grid) -> str:
    return f"/organisations/{desk.organisation.slug}/offerings/{found.offering_id}/class"


def _cells(given: Form, found: Grid) -> list[Cell]:
    """What was written into the cells of this page; what stood there before comes with each row."""
    cells = []
    for row in found.rows.items:
        before = _before(given.get(f"was/{row.learner_id}"))
        for column in found.columns:
            name = field_of(row.learner_id, column.key)
            if name in given or column.key in before:
                cells.append(
                    Cell(
                        learner_id=row.learner_id,
                        key=column.key,
                        value=given.get(name),
                        before=before.get(column.key, ""),
                    )
                )
    return cells


def _before(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _was(
    row: GridRow, found: Grid, typed: Mapping[str, str], written: Mapping[str, Cell], error: RequestError | None
) -> dict[str, str]:
    """What stood in a row's cells when they were looked at: as it is now, but where something was written that is not
    saved yet; a cell in which somebody else wrote is looked at now.
    """
    kept = {}
    for column in found.columns:
        name = field_of(row.learner_id, column.key)
        mine = name in typed and not (isinstance(error, Conflict) and error.field == name)
        kept[column.key] = (written[name].before or "") if mine else row.cells.get(column.key, "")
    return kept


def _shown(
    request: Request, pages: Pages, services: Services, desk: Desk, found: Grid, *, error: RequestError | None = None
) -> Response:
    written = {field_of(each.learner_id, each.key): each for each in _cells(form(request), found)} if error else {}
    typed = {name: each.value for name, each in written.items() if each.value != each.before}
    was = {row.learner_id: json.dumps(_was(row, found, typed, written, error)) for row in found.rows.items}
    teachers = []
    if desk.may(Right.DESCRIBE):
        members = services.people.members(desk)
        teachers = [(each.user_id, each.name) for each in members if each.role == INSTRUCTOR]
    return pages.render(
        request,
        "class.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        grid=found,
        was=was,
        typed=typed,
        error=error,
        teachers=teachers,
        key=secrets.token_urlsafe(16),
        hours=hours_description(found.achievement) if found.achievement else None,
    )
