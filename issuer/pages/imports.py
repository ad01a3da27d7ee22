"""A roster from a sheet, in two screens: the sheet; what it would do, with what is asked about single rows."""

import secrets
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import Table, columns_of, form_key, lettered, place_kept, table_of, version_of
from issuer.pages.sheets import DAY_ORDERS
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.roster.fields import ROSTER_FIELDS, WORDS
from issuer.service.roster.imports import ROSTER_LIMITS, Choices, Report, RosterUpload
from issuer.service.roster.planning import ASKED, CHANGED, CHANGES, FRESH, SAME, WRONG
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError, TooLarge
from kit.i18n import Message, _, ngettext
from kit.paging import paginate, window
from kit.sheets import ENCODINGS
from kit.web import Pages, flash, form, see_other

BASE: Final = "/organisations/{slug}/imports"
STEPS: Final = (_("Choose the sheet"), _("Look at what it does"), _("Roster"))
WORDS_OF: Final[Mapping[str, tuple[Message, str]]] = {
    WRONG: (_("Problem"), "forged"),
    ASKED: (_("Who is this?"), "but"),
    FRESH: (_("New"), "genuine"),
    CHANGED: (_("Changed"), "waiting"),
    SAME: (_("As it is"), "plain"),
}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _bringing(router, pages)
    _looking(router, pages)
    _leaving(router, pages)


def _bringing(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/new", name="new_import")
    def new_import(request: Request, desk: At) -> Response:
        desk.require(Right.ROSTER)
        return _new(request, pages, desk, values={"key": secrets.token_urlsafe(16)}, error=None)

    @router.post(f"{BASE}/new")
    def bring(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.ROSTER)
        given = form(request)
        try:
            table = table_of(given, largest=ROSTER_LIMITS.file_bytes)
            found = services.imports.receive(desk, roster_of(table), key=form_key(given, table.said))
        except (BadInput, TooLarge) as error:
            return _new(request, pages, desk, values=given.fields() | {"text": given.raw("text")}, error=error)
        return see_other(_at(desk, found.id))


def _looking(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/{{import_id}}", name="roster_import")
    def look(
        *, request: Request, services: All, desk: At, import_id: str, only: str = "", page: str | None = None
    ) -> Response:
        return _report(request, pages, desk, services.imports.one(desk, import_id), only=only, page=page)

    @router.post(f"{BASE}/{{import_id}}/answers")
    def answers(request: Request, services: All, desk: At, import_id: str) -> Response:
        given = form(request)
        said = {int(name[8:]): value for name, value in given.fields().items() if _is_answer(name)}
        return _chosen(request, pages, services, desk, import_id=import_id, choices=Choices(answers=said))

    @router.post(f"{BASE}/{{import_id}}/columns")
    def columns(request: Request, services: All, desk: At, import_id: str) -> Response:
        given = form(request)
        try:
            choices = Choices(columns=columns_of(given), day_order=given.get("dayOrder"))
        except BadInput as error:
            before = services.imports.one(desk, import_id)
            return _report(request, pages, desk, before, only=given.get("only"), page=given.get("page"), error=error)
        return _chosen(request, pages, services, desk, import_id=import_id, choices=choices)


def _leaving(router: APIRouter, pages: Pages) -> None:
    @router.post(f"{BASE}/{{import_id}}/apply")
    def apply(request: Request, services: All, desk: At, import_id: str) -> Response:
        try:
            done = services.imports.apply(desk, import_id, seen=form(request).get("seen"))
        except Conflict as error:
            found = services.imports.one(desk, import_id)
            return _report(request, pages, desk, found, only="", page=None, error=error)
        fresh, changed = done.plan.counted(FRESH), done.plan.counted(CHANGED)
        flash(request, _("Taken over: %(new)s new, %(changed)s changed.", new=fresh, changed=changed))
        left = done.plan.counted(WRONG) + done.plan.counted(ASKED)
        if left:
            said = ngettext(
                "%(count)s row was left out. Correct it in the sheet and bring the sheet again.",
                "%(count)s rows were left out. Correct them in the sheet and bring the sheet again.",
                left,
            )
            flash(request, said, tone="caution")
        return see_other(f"/organisations/{desk.organisation.slug}/learners")

    @router.post(f"{BASE}/{{import_id}}/discard")
    def discard(request: Request, services: All, desk: At, import_id: str) -> Response:
        services.imports.discard(desk, import_id)
        flash(request, _("The sheet is put away. Nothing was taken over from it."))
        return see_other(f"/organisations/{desk.organisation.slug}/learners")


def _at(desk: Desk, import_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/imports/{import_id}"


def _is_answer(name: str) -> bool:
    number = name.removeprefix("answers/")
    return number != name and number.isascii() and number.isdecimal() and len(number) < 8


def roster_of(table: Table) -> RosterUpload:
    """What was handed in, as a roster or as marks of a class."""
    return RosterUpload(data=table.data, name=table.name, encoding=table.encoding, tab=table.tab)


def _chosen(
    request: Request, pages: Pages, services: Services, desk: Desk, *, import_id: str, choices: Choices
) -> Response:
    given = form(request)
    try:
        found = services.imports.choose(desk, import_id, choices, version=version_of(given))
    except (BadInput, Conflict) as error:
        before = services.imports.one(desk, import_id)
        return _report(request, pages, desk, before, only=given.get("only"), page=given.get("page"), error=error)
    return see_other(_at(desk, found.id) + place_kept(given, found.plan.counted, CHANGES))


def _new(
    request: Request, pages: Pages, desk: Desk, *, values: Mapping[str, str], error: RequestError | None
) -> Response:
    return pages.render(
        request,
        "import_new.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        values=values,
        error=error,
        steps=STEPS,
        encodings=list(ENCODINGS.items()),
    )


def _report(
    request: Request,
    pages: Pages,
    desk: Desk,
    found: Report,
    *,
    only: str,
    page: str | None,
    error: RequestError | None = None,
) -> Response:
    plan = found.plan
    if only not in CHANGES:
        only = next((change for change in (WRONG, ASKED) if plan.counted(change)), "") if only != "all" else only
    lines = [line for line in plan.lines if only in {"", "all", line.change}]
    return pages.render(
        request,
        "import_look.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        plan=plan,
        lines=paginate(lines, window(page=page)),
        only=only or "all",
        words=WORDS_OF,
        steps=STEPS,
        error=error,
        fields=[(field.key, WORDS[field.key]) for field in ROSTER_FIELDS],
        names=WORDS,
        letters=lettered(found.headers),
        day_orders=DAY_ORDERS,
    )
