"""The rate card at the desk: the list, the form for one offering, and sheets that come and go."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.catalogue import filters_of, narrowing
from issuer.pages.forms import version_of
from issuer.pages.offering_reading import counts_rows, draft_of, values_of
from issuer.pages.rate_words import funding, rate
from issuer.service.context import Desk
from issuer.service.offering_sheets import CATALOGUE_LIMITS, SHEET, SHEET_FIELDS, Report, label_of
from issuer.service.offering_values import MOST_COUNTS
from issuer.service.offering_words import FIELDS, FUNDING, KINDS, METHODS, PER, STATES, UNITS
from issuer.service.offerings import Offering
from issuer.service.rights import Right
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError, TooLarge
from kit.i18n import Message, _
from kit.paging import Window, paginate, window
from kit.sheets import ENCODINGS, MEDIA_TYPE
from kit.web import Form, Pages, flash, form, see_other, visit_of

BASE: Final = "/organisations/{slug}/offerings"
_LINES: Final = 50
_MOVED: Final[Mapping[str, Message]] = {
    "open": _("“%(name)s” is open on the rate card."),
    "full": _("“%(name)s” is shown as full."),
    "closed": _("“%(name)s” is closed and off the rate card. You can open it again."),
    "draft": _("“%(name)s” is a draft and off the rate card."),
}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _lists(router, pages)
    _sheets(router, pages)
    _one(router, pages)


def _lists(router: APIRouter, pages: Pages) -> None:
    @router.get(BASE, name="offerings")
    def listed(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        filters = filters_of(request)
        found = services.offerings.listing(desk, window(page=page), filters)
        language = visit_of(request).language
        return pages.render(
            request,
            "offerings.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            rates=[rate(item, desk.organisation, language) for item in found.items],
            states=STATES,
            **narrowing(filters),
        )

    @router.get(f"{BASE}/new", name="new_offering")
    def new(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.DESCRIBE)
        values: dict[str, str | Message] = {
            "kind": "class",
            "currency": "USD",
            "pricePer": _("semester"),
            "creditUnit": "carnegie",
        }
        return _form(request, pages, services, desk, found=None, values=values, funded=(), rows=1, error=None)

    @router.post(f"{BASE}/new")
    def create(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        if given.get("do") == "row":
            return _again(request, pages, services, desk, given, found=None, error=None)
        try:
            made = services.offerings.create(desk, draft_of(given))
        except (BadInput, Conflict) as error:
            return _again(request, pages, services, desk, given, found=None, error=error)
        flash(request, _("“%(name)s” is on the rate card.", name=made.values.title))
        return see_other(f"/organisations/{desk.organisation.slug}/offerings/{made.id}")


def _one(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/{{offering_id}}", name="offering")
    def one(request: Request, services: All, desk: At, offering_id: str) -> Response:
        found = services.offerings.one(desk, offering_id)
        return pages.render(
            request,
            "offering.html",
            desk=desk,
            organisation=desk.organisation,
            rate=rate(found, desk.organisation, visit_of(request).language),
            funded=funding(found),
        )

    @router.get(f"{BASE}/{{offering_id}}/edit", name="edit_offering")
    def edit_page(request: Request, services: All, desk: At, offering_id: str) -> Response:
        desk.require(Right.DESCRIBE)
        found = services.offerings.one(desk, offering_id, private=True)
        rows = len(found.values.counts) + 1
        funded = found.values.funding
        return _form(
            request, pages, services, desk, found=found, values=values_of(found), funded=funded, rows=rows, error=None
        )

    @router.post(f"{BASE}/{{offering_id}}/edit")
    def edit(request: Request, services: All, desk: At, offering_id: str) -> Response:
        given = form(request)
        found = services.offerings.one(desk, offering_id)
        if given.get("do") == "row":
            return _again(request, pages, services, desk, given, found=found, error=None)
        try:
            made = services.offerings.edit(desk, offering_id, draft_of(given), version=version_of(given))
        except (BadInput, Conflict) as error:
            return _again(request, pages, services, desk, given, found=found, error=error)
        flash(request, _("“%(name)s” was changed.", name=made.values.title))
        return see_other(f"/organisations/{desk.organisation.slug}/offerings/{made.id}")

    @router.post(f"{BASE}/{{offering_id}}/state", name="move_offering")
    def move(request: Request, services: All, desk: At, offering_id: str) -> Response:
        made = services.offerings.move(desk, offering_id, state=form(request).get("state"))
        words = _MOVED[made.values.state]
        flash(request, Message(words.singular, parameters=(("name", made.values.title),)))
        return see_other(f"/organisations/{desk.organisation.slug}/offerings/{made.id}")


def _sheets(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/export.csv", name="export_offerings")
    def export(services: All, desk: At) -> Response:
        body = services.offering_sheets.export(desk)
        name = f"{desk.organisation.slug}-rate-card.csv"
        return Response(body, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @router.get(f"{BASE}/import", name="import_offerings")
    def bring(request: Request, desk: At) -> Response:
        desk.require(Right.DESCRIBE)
        return _import(request, pages, desk, report=None, error=None)

    @router.post(f"{BASE}/import")
    def look(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        chosen = {
            name.partition("/")[2]: value for name, value in given.fields().items() if name.startswith("columns/")
        }
        data = given.get(SHEET).encode("utf-8", "surrogatepass")
        report = None
        try:
            upload = given.file("file", largest=CATALOGUE_LIMITS.file_bytes)
            if given.get("do") == "apply":
                done = services.offering_sheets.apply(desk, data, seen=given.get("seen"), chosen=chosen)
                flash(
                    request,
                    _(
                        "The rate card was changed: %(new)s new, %(changed)s changed.",
                        new=done.counted("new"),
                        changed=done.counted("changed"),
                    ),
                )
                return see_other(f"/organisations/{desk.organisation.slug}/offerings")
            encoding, tab = given.get("encoding") or None, given.get("tab") or None
            source = upload.data if upload else data
            report = services.offering_sheets.look(
                desk, source, encoding=encoding if upload else "utf-8", tab=tab, chosen={} if upload else chosen
            )
        except (BadInput, TooLarge, Conflict) as error:
            if given.get("do") == "apply" and not isinstance(error, TooLarge):
                report = _looked_again(services, desk, data, chosen)
            return _import(request, pages, desk, report=report, error=error)
        return _import(request, pages, desk, report=report, error=None)


def _looked_again(services: Services, desk: Desk, data: bytes, chosen: Mapping[str, str]) -> Report | None:
    """The report on a sheet that was not applied; None when it cannot even be read."""
    try:
        return services.offering_sheets.look(desk, data, encoding="utf-8", chosen=chosen)
    except RequestError:
        return None


def _import(
    request: Request, pages: Pages, desk: Desk, *, report: Report | None, error: RequestError | None
) -> Response:
    given = form(request)
    lines: Any = None
    only = ""
    if report is not None:
        only = given.get("only") or ("problem" if report.counted("problem") else "all")
        wanted = [line for line in report.lines if only in {"all", line.change}]
        at = Window(number=given.whole("page", digits=5) or 1, size=_LINES)
        lines = paginate(wanted, at)
    return pages.render(
        request,
        "offering_import.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        report=report,
        lines=lines,
        only=only,
        error=error,
        text=report.text if report else given.get(SHEET),
        encodings=[(name, name) for name in ENCODINGS],
        sheet_fields=[(field.key, label_of(field.key)) for field in SHEET_FIELDS],
    )


def _again(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    given: Form,
    *,
    found: Offering | None,
    error: RequestError | None,
) -> Response:
    """The form as it was sent, with one row more where that was asked for."""
    rows = min(counts_rows(given) + (given.get("do") == "row"), MOST_COUNTS)
    funded = given.values("funding")
    return _form(
        request, pages, services, desk, found=found, values=given.fields(), funded=funded, rows=rows, error=error
    )


def _form(
    request: Request,
    pages: Pages,
    services: Services,
    desk: Desk,
    *,
    found: Offering | None,
    values: Mapping[str, str | Message],
    funded: Sequence[str],
    rows: int,
    error: RequestError | None,
) -> Response:
    known = services.achievements.listing(desk.organisation, Window(number=1, size=200), include_retired=False)
    return pages.render(
        request,
        "offering_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        values=values,
        funded=funded,
        rows=range(min(rows, MOST_COUNTS)),
        most_rows=MOST_COUNTS,
        error=error,
        achievements=[(item.id, item.name) for item in known.items],
        kinds=KINDS,
        states=STATES,
        units=UNITS,
        methods=METHODS,
        fundings=FUNDING,
        pers=PER,
        names=FIELDS,
    )
