"""Marks of a class from a sheet, in two screens: the sheet; what it changes, with what is to be put right."""

import secrets
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import columns_of, form_key, lettered, place_kept, table_of, version_of
from issuer.pages.imports import roster_of
from issuer.pages.sheets import DAY_ORDERS
from issuer.service.context import Desk
from issuer.service.roster.classes import Grid
from issuer.service.roster.imports import ROSTER_LIMITS
from issuer.service.roster.marks.changes import CHANGED, CHANGES, SAME, WRONG
from issuer.service.roster.marks.fields import WHO, marks_fields
from issuer.service.roster.marks.imports import MarksChoices, MarksReport
from kit.errors import BadInput, Conflict, RequestError, TooLarge
from kit.i18n import Message, _, ngettext
from kit.paging import Window, paginate, window
from kit.sheets import ENCODINGS
from kit.web import Pages, flash, form, see_other

BASE: Final = "/organisations/{slug}/offerings/{offering_id}/class/sheet"
STEPS: Final = (_("Choose the sheet"), _("Look at what it changes"), _("Class and marks"))
WORDS_OF: Final[Mapping[str, tuple[Message, str]]] = {
    WRONG: (_("Problem"), "forged"),
    CHANGED: (_("Changed"), "waiting"),
    SAME: (_("As it is"), "plain"),
}
_ROWS: Final = 50
_HEAD: Final = Window(number=1, size=1)


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _bringing(router, pages)
    _looking(router, pages)
    _leaving(router, pages)


def _bringing(router: APIRouter, pages: Pages) -> None:
    @router.get(BASE, name="new_marks")
    def new_marks(request: Request, services: All, desk: At, offering_id: str) -> Response:
        grid = services.classes.grid(desk, offering_id, _HEAD)
        return _new(request, pages, desk, grid, values={"key": secrets.token_urlsafe(16)}, error=None)

    @router.post(BASE)
    def bring(request: Request, services: All, desk: At, offering_id: str) -> Response:
        given = form(request)
        grid = services.classes.grid(desk, offering_id, _HEAD)
        try:
            table = table_of(given, largest=ROSTER_LIMITS.file_bytes)
            found = services.marks.receive(desk, offering_id, roster_of(table), key=form_key(given, table.said))
        except (BadInput, TooLarge) as error:
            return _new(request, pages, desk, grid, values=given.fields() | {"text": given.raw("text")}, error=error)
        return see_other(_at(desk, found))


def _looking(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/{{import_id}}", name="marks")
    def look(
        *, request: Request, services: All, desk: At, offering_id: str, import_id: str, only: str = "",
        page: str | None = None,
    ) -> Response:  # fmt: skip
        found = services.marks.one(desk, offering_id, import_id)
        return _report(request, pages, desk, found, only=only, page=page)

    @router.post(f"{BASE}/{{import_id}}/answers")
    def answers(request: Request, services: All, desk: At, offering_id: str, import_id: str) -> Response:
        given = form(request)
        fixed = {name.partition("/")[2]: value for name, value in given.fields().items() if name.startswith("fixed/")}
        try:
            choices = MarksChoices(columns=columns_of(given), day_order=given.get("dayOrder"), fixed=fixed)
            found = services.marks.choose(desk, offering_id, import_id, choices, version=version_of(given))
        except (BadInput, TooLarge, Conflict) as error:
            before = services.marks.one(desk, offering_id, import_id)
            return _report(request, pages, desk, before, only=given.get("only"), page=given.get("page"), error=error)
        return see_other(_at(desk, found) + place_kept(given, found.counted, CHANGES))


def _leaving(router: APIRouter, pages: Pages) -> None:
    @router.post(f"{BASE}/{{import_id}}/apply")
    def apply(request: Request, services: All, desk: At, offering_id: str, import_id: str) -> Response:
        try:
            done = services.marks.apply(desk, offering_id, import_id, seen=form(request).get("seen"))
        except (BadInput, Conflict) as error:
            found = services.marks.one(desk, offering_id, import_id)
            return _report(request, pages, desk, found, only="", page=None, error=error)
        flash(request, ngettext("Saved: %(count)s cell.", "Saved: %(count)s cells.", len(done.cells)))
        left = done.counted(WRONG)
        if left:
            said = ngettext(
                "%(count)s row was left out. Correct it in the sheet and bring the sheet again.",
                "%(count)s rows were left out. Correct them in the sheet and bring the sheet again.",
                left,
            )
            flash(request, said, tone="caution")
        return see_other(_class(desk, done.offering_id))

    @router.post(f"{BASE}/{{import_id}}/discard")
    def discard(request: Request, services: All, desk: At, offering_id: str, import_id: str) -> Response:
        services.marks.discard(desk, offering_id, import_id)
        flash(request, _("The sheet is put away. Nothing was taken over from it."))
        return see_other(_class(desk, offering_id[:36]))


def _class(desk: Desk, offering_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/offerings/{offering_id}/class"


def _at(desk: Desk, found: MarksReport) -> str:
    return f"{_class(desk, found.offering_id)}/sheet/{found.id}"


def _new(
    request: Request, pages: Pages, desk: Desk, grid: Grid, *, values: Mapping[str, str], error: RequestError | None
) -> Response:
    return pages.render(
        request,
        "marks_new.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        grid=grid,
        values=values,
        error=error,
        steps=STEPS,
        encodings=list(ENCODINGS.items()),
    )


def _report(
    request: Request,
    pages: Pages,
    desk: Desk,
    found: MarksReport,
    *,
    only: str,
    page: str | None,
    error: RequestError | None = None,
) -> Response:
    if only not in CHANGES and only != "all":
        only = WRONG if found.counted(WRONG) else "all"
    lines = [line for line in found.lines if only in {"all", line.change}]
    fields = [(each.key, each.label) for each in marks_fields(found.grid.achievement)]
    return pages.render(
        request,
        "marks_look.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        grid=found.grid,
        lines=paginate(lines, window(page=page, size=_ROWS)),
        only=only,
        words=WORDS_OF,
        steps=STEPS,
        error=error,
        fields=fields,
        names=dict(fields),
        who=WHO,
        letters=lettered(found.headers),
        day_orders=DAY_ORDERS,
    )
