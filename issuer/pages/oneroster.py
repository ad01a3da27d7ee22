"""The export of a school's own system, in two screens: the file; what it would do, with what is asked about it."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import form_key, place_kept, version_of
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.roster.fields import WORDS
from issuer.service.roster.oneroster.files import ARCHIVE, BULK, DELTA, LEFT_OUT
from issuer.service.roster.oneroster.imports import FILE, Answers, ExportReport, ExportUpload
from issuer.service.roster.oneroster.keys import LEARNER, OFFERING, SEAT
from issuer.service.roster.oneroster.planning import (
    ASKED,
    CHANGED,
    CHANGES,
    FRESH,
    GONE,
    HELD,
    KINDS,
    MISSING,
    SAME,
    WRONG,
)
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError, TooLarge
from kit.i18n import Message, _, ngettext
from kit.paging import paginate, window
from kit.web import Form, Pages, flash, form, see_other

BASE: Final = "/organisations/{slug}/oneroster"
STEPS: Final = (_("Choose the file"), _("Look at what it does"), _("Roster"))
WORDS_OF: Final[Mapping[str, tuple[Message, str]]] = {
    WRONG: (_("Problem"), "forged"),
    ASKED: (_("Who is this?"), "but"),
    MISSING: (_("No longer on the list"), "but"),
    FRESH: (_("New"), "genuine"),
    CHANGED: (_("Changed"), "waiting"),
    GONE: (_("Leaves"), "withdrawn"),
    HELD: (_("Waits for another row"), "but"),
    SAME: (_("As it is"), "plain"),
}
THINGS: Final[Mapping[str, Message]] = {LEARNER: _("Learners"), OFFERING: _("Classes"), SEAT: _("Enrolments")}
FILES: Final[Mapping[str, Message]] = {
    BULK: _("It is the whole list"),
    DELTA: _("It holds only what changed"),
    LEFT_OUT: _("Leave it out"),
}
_SHOWN: Final = (FRESH, CHANGED, GONE, MISSING, WRONG)


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _bringing(router, pages)
    _leaving(router, pages)


def _bringing(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/new", name="new_oneroster")
    def new_export(request: Request, desk: At) -> Response:
        _require(desk)
        return _new(request, pages, desk, values={"key": secrets.token_urlsafe(16)}, error=None)

    @router.post(f"{BASE}/new")
    def bring(request: Request, services: All, desk: At) -> Response:
        _require(desk)
        given = form(request)
        try:
            upload = _upload(given)
            found = services.oneroster.receive(
                desk, upload, key=form_key(given, upload.data + bytes([upload.guardians]))
            )
        except (BadInput, TooLarge) as error:
            return _new(request, pages, desk, values=given.fields(), error=error)
        return see_other(_at(desk, found.id))

    @router.get(f"{BASE}/{{import_id}}", name="oneroster")
    def look(
        *, request: Request, services: All, desk: At, import_id: str, only: str = "", page: str | None = None
    ) -> Response:
        return _report(request, pages, desk, services.oneroster.one(desk, import_id), only=only, page=page)

    @router.post(f"{BASE}/{{import_id}}/answers")
    def answers(request: Request, services: All, desk: At, import_id: str) -> Response:
        given = form(request)
        said = {name.removeprefix("answers/"): value for name, value in given.fields().items() if _is_answer(name)}
        said |= {key: "" for key in given.values("shown") if key not in said}
        choices = Answers(said=said, all_missing=bool(given.get("all")))
        return _chosen(request, pages, services, desk, import_id=import_id, choices=choices)


def _leaving(router: APIRouter, pages: Pages) -> None:
    @router.post(f"{BASE}/{{import_id}}/apply")
    def apply(request: Request, services: All, desk: At, import_id: str) -> Response:
        try:
            done = services.oneroster.apply(desk, import_id, seen=form(request).get("seen"))
        except Conflict as error:
            found = services.oneroster.one(desk, import_id)
            return _report(request, pages, desk, found, only="", page=None, error=error)
        fresh = {of: done.plan.counted(FRESH, of) for of in KINDS}
        flash(request, _("Taken over: %(learners)s new learners, %(classes)s new classes, %(places)s new enrolments.",
                         learners=fresh[LEARNER], classes=fresh[OFFERING], places=fresh[SEAT]))  # fmt: skip
        if done.plan.left:
            said = ngettext(
                "%(count)s row was left out. Correct it in the school’s system, and bring its next export.",
                "%(count)s rows were left out. Correct them in the school’s system, and bring its next export.",
                done.plan.left,
            )
            flash(request, said, tone="caution")
        return see_other(f"/organisations/{desk.organisation.slug}/learners")

    @router.post(f"{BASE}/{{import_id}}/discard")
    def discard(request: Request, services: All, desk: At, import_id: str) -> Response:
        services.oneroster.discard(desk, import_id)
        flash(request, _("The export is put away. Nothing was taken over from it."))
        return see_other(f"/organisations/{desk.organisation.slug}/learners")


def _require(desk: Desk) -> None:
    desk.require(Right.ROSTER)
    desk.require(Right.DESCRIBE)


def _at(desk: Desk, import_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/oneroster/{import_id}"


def _is_answer(name: str) -> bool:
    return name.startswith("answers/") and len(name) < 120


def _upload(given: Form) -> ExportUpload:
    """The ZIP file. Raises: BadInput, TooLarge."""
    file = given.file("file", largest=ARCHIVE.file_bytes)
    if file is None:
        remedy = _("Choose the ZIP file that the school’s system made.")
        raise BadInput(_("There is no file yet."), field="file", remedy=remedy)
    return ExportUpload(data=file.data, name=file.name, guardians=bool(given.get("guardians")))


def _chosen(
    request: Request, pages: Pages, services: Services, desk: Desk, *, import_id: str, choices: Answers
) -> Response:
    given = form(request)
    try:
        found = services.oneroster.choose(desk, import_id, choices, version=version_of(given))
    except (BadInput, Conflict) as error:
        before = services.oneroster.one(desk, import_id)
        return _report(request, pages, desk, before, only=given.get("only"), page=given.get("page"), error=error)
    return see_other(_at(desk, found.id) + place_kept(given, found.plan.counted, CHANGES))


def _new(
    request: Request, pages: Pages, desk: Desk, *, values: Mapping[str, str], error: RequestError | None
) -> Response:
    return pages.render(
        request,
        "oneroster_new.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        values=values,
        error=error,
        steps=STEPS,
    )


def _counts(found: ExportReport) -> list[dict[str, Any]]:
    """How much of what there is, one row for each kind of thing."""
    rows = []
    for of in KINDS:
        counted = {change: found.plan.counted(change, of) for change in _SHOWN}
        rows.append({"what": THINGS[of], **{f"how_many_{change}": count or "–" for change, count in counted.items()}})
    return rows


def _report(
    request: Request,
    pages: Pages,
    desk: Desk,
    found: ExportReport,
    *,
    only: str,
    page: str | None,
    error: RequestError | None = None,
) -> Response:
    plan = found.plan
    if only not in CHANGES and only != "all":
        only = next((change for change in (WRONG, ASKED, MISSING) if plan.counted(change)), "all")
    lines = [line for line in plan.lines if only in {"all", line.change}]
    return pages.render(
        request,
        "oneroster_look.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        plan=plan,
        lines=paginate(lines, window(page=page)),
        only=only,
        words=WORDS_OF,
        things=THINGS,
        counts=_counts(found),
        columns=[{"key": "what", "label": _("What")}]
        + [{"key": f"how_many_{change}", "label": WORDS_OF[change][0], "numeric": True} for change in _SHOWN],
        files=FILES,
        file=FILE,
        names=WORDS,
        steps=STEPS,
        error=error,
    )
