# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Many awards from one sheet: what and the sheet; is this right. The third screen is ``sheet_preview``."""

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import correcting
from issuer.pages.access import All, At
from issuer.pages.forms import form_key, lettered, table_of, version_of
from issuer.service.awarding import judging
from issuer.service.awarding.sheet_views import Upload
from issuer.service.awarding.sheets import ISSUING, OPEN
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError, TooLarge
from kit.i18n import Message, _
from kit.paging import Window, window
from kit.sheets import ENCODINGS, LIMITS, Order
from kit.web import Form, Pages, flash, form, see_other

MOST_CHOICES: Final = 200
SAMPLE_ROWS: Final = 5
_FIRST: Final = Window(number=1, size=1)
STEPS: Final = (_("What, and the sheet"), _("Is this right?"), _("What will be signed"))
DAY_ORDERS: Final[Mapping[str, Message]] = {
    Order.DAY_FIRST.value: _("Day first: 31/03/2027"),
    Order.MONTH_FIRST.value: _("Month first: 03/31/2027"),
}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _bringing(router, pages)
    _looking(router, pages)
    _leaving(router, pages)


def _bringing(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/sheets", name="jobs")
    def sheets(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        found = services.sheets.listing(desk, window(page=page))
        return pages.render(
            request,
            "sheet_list.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            jobs=services.award_jobs.newest(desk, [item.id for item in found.items if item.state == ISSUING]),
            offered=services.achievements.listing(desk.organisation, _FIRST, include_retired=False).total,
        )

    @router.get("/organisations/{slug}/sheets/new", name="new_sheet")
    def new_sheet(request: Request, services: All, desk: At, achievement: str = "") -> Response:
        desk.require(Right.AWARD)
        desk.require_open()
        values = {"achievement": achievement, "key": secrets.token_urlsafe(16)}
        return _new(request, pages, services, desk, values=values, error=None)

    @router.post("/organisations/{slug}/sheets/new")
    def bring(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.AWARD)
        given = form(request)
        try:
            upload = _upload(given)
            found = services.sheets.receive(
                desk,
                upload,
                key=form_key(given, upload.achievement.encode("utf-8", "surrogatepass") + b"\0" + upload.data),
            )
        except (BadInput, TooLarge) as error:
            values = given.fields() | {"text": given.raw("text")}
            return _new(request, pages, services, desk, values=values, error=error)
        return see_other(_at(desk, found.id))


def _looking(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/sheets/{sheet_id}", name="sheet")
    def sheet(
        *,
        request: Request,
        services: All,
        desk: At,
        sheet_id: str,
        only: str = "",
        page: str | None = None,
        row: str = "",
    ) -> Response:
        return check_page(request, pages, services, desk, sheet_id, only=only, page=page, row=row)

    @router.post("/organisations/{slug}/sheets/{sheet_id}/rows")
    def rows(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        given = form(request)
        act, only, page = given.get("do"), given.get("only"), given.get("page")
        listed = act in {"later", "now"}
        said = correcting.chosen_rows(given, later=act == "later") if listed else correcting.edits(given)
        try:
            found = services.sheets.fix(desk, sheet_id, said, version=version_of(given))
        except (BadInput, Conflict) as error:
            return check_page(request, pages, services, desk, sheet_id, only=only, page=page, row="", error=error)
        if act == "preview" and found.ready:
            return see_other(_at(desk, found.id) + "/preview")
        if act == "preview":
            flash(request, _("No row of this sheet is ready to be awarded. Correct one first."), tone="caution")
        elif found.counts.get(judging.PROBLEM):
            flash(request, _("Saved. Rows that still need a look: %(count)s.", count=found.counts[judging.PROBLEM]))
        else:
            flash(request, _("Saved. No row is left that needs a look."))
        asked = {name: value for name, value in (("only", only), ("page", page)) if value}
        return see_other(_at(desk, found.id) + (f"?{urlencode(asked)}" if asked and found.counts.get(only) else ""))

    @router.post("/organisations/{slug}/sheets/{sheet_id}/columns")
    def columns(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        given = form(request)
        before = services.sheets.one(desk, sheet_id)
        try:
            chosen = correcting.chosen_columns(given, before)
            services.sheets.choose(desk, sheet_id, chosen, day_order=given.get("dayOrder"))
        except (BadInput, Conflict) as error:
            return check_page(request, pages, services, desk, sheet_id, error=error)
        return see_other(_at(desk, before.id))

    @router.post("/organisations/{slug}/sheets/{sheet_id}/reading")
    def reading(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        given = form(request)
        try:
            found = services.sheets.reread(desk, sheet_id, encoding=given.get("encoding"), tab=given.get("tab"))
        except (BadInput, Conflict, TooLarge) as error:
            return check_page(request, pages, services, desk, sheet_id, error=error)
        return see_other(_at(desk, found.id))


def _leaving(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/sheets/{sheet_id}/discard", name="sheet_discard")
    def discard_page(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        found = services.sheets.one(desk, sheet_id)
        return pages.render(request, "sheet_discard.html", desk=desk, organisation=desk.organisation, sheet=found)

    @router.post("/organisations/{slug}/sheets/{sheet_id}/discard")
    def discard(request: Request, services: All, desk: At, sheet_id: str) -> Response:
        try:
            services.sheets.discard(desk, sheet_id)
        except Conflict as error:
            flash(request, error.detail, tone="caution")
            return see_other(_at(desk, sheet_id))
        flash(request, _("The sheet is put away. What was awarded from it stays."))
        return see_other(f"/organisations/{desk.organisation.slug}/sheets")


def _at(desk: Desk, sheet_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/sheets/{sheet_id}"


def _upload(given: Form) -> Upload:
    """The file, or else what was pasted. Raises: BadInput, TooLarge."""
    achievement = given.get("achievement")
    if not achievement:
        raise BadInput(_("Nothing was chosen here."), field="achievement", remedy=_("Choose one from the list."))
    table = table_of(given, largest=LIMITS.file_bytes)
    return Upload(data=table.data, achievement=achievement, name=table.name, encoding=table.encoding)


def _new(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    *,
    values: Mapping[str, str],
    error: RequestError | None,
) -> Response:
    at = Window(number=1, size=MOST_CHOICES)
    found = services.achievements.listing(desk.organisation, at, include_retired=False)
    choices = [(item.id, item.name) for item in found.items]
    wanted = values.get("achievement", "")
    if wanted and error is None and all(key != wanted for key, _name in choices):
        one = services.achievements.one(desk.organisation, wanted)
        choices.insert(0, (one.id, one.name))
    if not wanted and len(choices) == 1:
        values = {**values, "achievement": choices[0][0]}
    return pages.render(
        request,
        "sheet_new.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        choices=choices,
        more=found.total > len(found.items),
        values=values,
        error=error,
        steps=STEPS,
        most_rows=LIMITS.rows,
    )


def check_page(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    sheet_id: str,
    *,
    only: str = "",
    page: str | None = None,
    row: str = "",
    error: RequestError | None = None,
) -> Response:
    """The second screen. Without ``only`` it shows what needs a look first, and some of what is ready beneath."""
    sheet = services.sheets.one(desk, sheet_id)
    first = not only and sheet.state == OPEN
    size = correcting.rows_a_page(sheet)
    at = Window(number=window(page=page).number, size=size)
    asked = [state for state in (judging.PROBLEM, judging.REFUSED, judging.ALREADY) if sheet.counts.get(state)]
    shown = only or (asked[0] if first and asked else "" if not first else judging.OK)
    lines = services.sheets.lines(desk, sheet_id, at, only="" if shown == "all" else shown)
    sample = None
    if first and asked and sheet.ready:
        sample = services.sheets.lines(desk, sheet_id, Window(number=1, size=SAMPLE_ROWS), only=judging.OK)
    return pages.render(
        request,
        "sheet_check.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        sheet=sheet,
        is_open=sheet.state == OPEN,
        only=shown,
        page=lines,
        to_correct=[
            correcting.shown(line, sheet, whole=str(line.number) == row)
            for line in lines.items
            if sheet.state == OPEN and (line.problems or str(line.number) == row)
        ],
        listed=[line for line in lines.items if sheet.state != OPEN or not (line.problems or str(line.number) == row)],
        sample=sample,
        jobs=services.award_jobs.of_sheet(desk, sheet_id),
        columns=lettered(sheet.headers),
        states=correcting.STATES,
        day_orders=DAY_ORDERS,
        encodings=ENCODINGS,
        typed=form(request).fields(),
        error=error,
        steps=STEPS,
    )
