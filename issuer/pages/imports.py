"""A roster from a sheet, in two screens: the sheet; what it would do, with what is asked about single rows."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
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
from kit.sheets import ENCODINGS, place_of
from kit.web import Form, Pages, flash, form, see_other

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
            upload = upload_of(given)
            found = services.imports.receive(desk, upload, key=key_of(given, upload))
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
        chosen = {
            name.partition("/")[2]: int(value) if value.isascii() and value.isdecimal() and len(value) < 4 else None
            for name, value in given.fields().items()
            if name.startswith("columns/")
        }
        choices = Choices(columns=chosen, day_order=given.get("dayOrder"))
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


def upload_of(given: Form) -> RosterUpload:
    """The file, or else what was pasted. Raises: BadInput, TooLarge."""
    file = given.file("file", largest=ROSTER_LIMITS.file_bytes)
    if file is not None:
        return RosterUpload(data=file.data, name=file.name, encoding=given.get("encoding"), tab=given.get("tab"))
    text = given.raw("text")
    if not text.strip():
        remedy = _("Choose a file, or copy the rows in your spreadsheet and paste them.")
        raise BadInput(_("There is no sheet yet."), field="file", remedy=remedy)
    return RosterUpload(data=text.encode("utf-8", "surrogatepass"), encoding="utf-8")


def key_of(given: Form, upload: RosterUpload) -> str:
    """The same page sent twice brings one sheet; another sheet from the same page is another one."""
    key = given.get("key")
    if not key:
        raise BadInput(_("This page is incomplete. Open it again and fill it in anew."))
    said = f"{upload.encoding}/{upload.tab}/".encode() + upload.data
    return f"form-{key[:100]}-{hashlib.sha256(said).hexdigest()[:16]}"


def _chosen(
    request: Request, pages: Pages, services: Services, desk: Desk, *, import_id: str, choices: Choices
) -> Response:
    given = form(request)
    version = given.get("version")
    number = int(version[:9]) if version.isascii() and version.isdecimal() else None
    try:
        found = services.imports.choose(desk, import_id, choices, version=number)
    except (BadInput, Conflict) as error:
        before = services.imports.one(desk, import_id)
        return _report(request, pages, desk, before, only=given.get("only"), page=given.get("page"), error=error)
    asked = {name: given.get(name) for name in ("only", "page") if given.get(name)}
    if asked.get("only") in CHANGES and not found.plan.counted(asked["only"]):
        asked = {}
    return see_other(_at(desk, found.id) + (f"?{urlencode(asked)}" if asked else ""))


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
    letters = [(at, place_of(1, at)[:-1], header) for at, header in enumerate(found.headers)]
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
        letters=letters,
        day_orders=DAY_ORDERS,
    )
