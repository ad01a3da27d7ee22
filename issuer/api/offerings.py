# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""The rate card for programs: kept by its organisation with a session, read by everybody without one."""

import json
from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import MOST, Body, Raw, openapi_of, read
from issuer.api.desk import Number, Size
from issuer.api.public import SHORT, published
from issuer.service.context import Organisation
from issuer.service.offering_sheets import CATALOGUE_LIMITS, SHEET, Report
from issuer.service.offering_values import Counts, CountsDraft, OfferingDraft
from issuer.service.offerings import Filters, Offering
from issuer.service.organisations import Published, etag_of
from issuer.service.rights import Right
from issuer.service.services import Services
from kit.errors import BadInput
from kit.i18n import _
from kit.paging import Page, window
from kit.sheets import MEDIA_TYPE
from vc.document import Limits

SHEET_LIMITS = Limits(max_bytes=2 * 1024 * 1024, max_depth=4, max_nodes=200, max_items=100, max_string=2 * 1024 * 1024)
Amount = str | int | float | None


class CountsBody(Body):
    """What an offering is said to count for at a program."""

    program: str
    area: str
    credits: Amount = None
    method: str = ""
    document_url: str = ""


class OfferingBody(Body):
    """An offering. ``version`` guards an edit: it is refused when somebody else was faster."""

    title: str
    code: str = ""
    kind: str = ""
    state: str = ""
    grades_or_ages: str = ""
    term: str = ""
    start_date: str = ""
    end_date: str = ""
    weekly_hours: Amount = None
    weeks: Amount = None
    total_hours: Amount = None
    credits: Amount = None
    credit_unit: str = ""
    sced_code: str = ""
    subject: str = ""
    level: str = ""
    price: Amount = None
    currency: str = ""
    price_per: str = ""
    funding: tuple[str, ...] = Field(default=(), max_length=MOST)
    seats: Amount = None
    seats_taken: Amount = None
    location: str = ""
    schedule: str = ""
    instructor_name: str = ""
    instructor_email: str = ""
    description: str = ""
    skills: tuple[str, ...] = Field(default=(), max_length=MOST)
    prerequisites: str = ""
    assessment_method: str = ""
    achievement: str = ""
    counts: tuple[CountsBody, ...] = Field(default=(), max_length=MOST)
    version: int | None = None

    def draft(self) -> OfferingDraft:
        """The same for the service."""
        members: dict[str, Any] = {name: _typed(value) for name, value in self if name not in {"version", "counts"}}
        counts = (CountsDraft(**{name: _typed(value) for name, value in each}) for each in self.counts)
        return OfferingDraft(**members, counts=tuple(counts))


class StateBody(Body):
    """Where an offering stands: open, full, closed or draft."""

    state: str


class ImportBody(Body):
    """A sheet as text (CSV). It is looked at unless ``apply``, which needs the ``seen`` of the report before."""

    sheet: str
    apply: bool = False
    seen: str = ""
    columns: dict[str, str] = Field(default_factory=dict)


def offerings_api() -> APIRouter:
    """The rate card under ``/api/organisations`` and, for everybody, its CSV file."""
    router = APIRouter(tags=["rate card"])
    _kept(router)
    _sheets(router)

    @router.get("/orgs/{slug}/catalogue.csv", name="public_catalogue_csv")
    def public_csv(request: Request, services: All, slug: str) -> Response:
        organisation = services.organisations.public(slug)
        body = services.offering_sheets.published(organisation)
        answer = published(request, Published(body=body, etag=etag_of(body)), media_type=MEDIA_TYPE, cache=SHORT)
        answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-rate-card.csv"'
        return answer

    return router


def _kept(router: APIRouter) -> None:
    base = "/api/organisations/{slug}/offerings"

    @router.get(base)
    def list_offerings(
        request: Request, services: All, desk: At, *, page: Number = None, size: Size = None, state: str = ""
    ) -> Response:
        found = services.offerings.listing(desk, window(page=page, size=size), filters_of(request, state=state))
        return shapes.listed(found, offering)

    @router.post(base, openapi_extra=openapi_of(OfferingBody))
    def create_offering(services: All, desk: At, raw: Raw) -> Response:
        made = services.offerings.create(desk, read(OfferingBody, raw).draft())
        return shapes.answer(offering(made), status=201)

    @router.get(f"{base}/export.csv")
    def export(services: All, desk: At) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{desk.organisation.slug}-rate-card.csv"'}
        return Response(services.offering_sheets.export(desk), media_type=MEDIA_TYPE, headers=headers)

    @router.get(f"{base}/{{offering_id}}")
    def one_offering(services: All, desk: At, offering_id: str) -> Response:
        private = desk.may(Right.DESCRIBE)
        found = services.offerings.one(desk, offering_id, private=private)
        more = {"instructorEmail": found.values.instructor_email} if private else {}
        return shapes.answer(offering(found) | more)

    @router.put(f"{base}/{{offering_id}}", openapi_extra=openapi_of(OfferingBody))
    def edit_offering(services: All, desk: At, offering_id: str, raw: Raw) -> Response:
        body = read(OfferingBody, raw)
        return shapes.answer(offering(services.offerings.edit(desk, offering_id, body.draft(), version=body.version)))

    @router.put(f"{base}/{{offering_id}}/state", openapi_extra=openapi_of(StateBody))
    def move_offering(services: All, desk: At, offering_id: str, raw: Raw) -> Response:
        return shapes.answer(offering(services.offerings.move(desk, offering_id, state=read(StateBody, raw).state)))


def _sheets(router: APIRouter) -> None:
    @router.post("/api/organisations/{slug}/offerings/import", openapi_extra=openapi_of(ImportBody))
    def import_offerings(request: Request, services: All, desk: At, raw: Raw) -> Response:
        body = read(ImportBody, raw, limits=SHEET_LIMITS)
        data = body.sheet.encode("utf-8", "surrogatepass")
        if len(body.columns) > CATALOGUE_LIMITS.columns:
            raise BadInput(_("That is no column of this sheet."), field=SHEET)
        if body.apply:
            found = services.offering_sheets.apply(desk, data, seen=body.seen, chosen=body.columns)
        else:
            found = services.offering_sheets.look(desk, data, encoding="utf-8", chosen=body.columns)
        return shapes.answer(report(request, found))


def filters_of(request: Request, *, state: str = "") -> Filters:
    """The filters in an address; what is not one of them is passed over."""
    asked = request.query_params
    return Filters(
        words=asked.get("q", ""),
        state=state,
        grade=asked.get("grade", ""),
        age=asked.get("age", ""),
        subject=asked.get("subject", ""),
        term=asked.get("term", ""),
        day=asked.get("day", ""),
        most=asked.get("price", ""),
        seats=asked.get("seats", "") in {"1", "true", "yes"},
    )


def catalogue(request: Request, services: Services, slug: str) -> Response:
    """One page of the public rate card. Raises: NotFound, BadInput naming the filter."""
    asked = request.query_params
    at = window(page=asked.get("page"), size=asked.get("size"))
    organisation, found = services.offerings.public(slug, at, filters_of(request))
    return _public(request, _listed(organisation, found))


def public_offering(request: Request, services: Services, slug: str, offering_id: str) -> Response:
    """One offering for everybody. Raises: NotFound."""
    organisation, found = services.offerings.public_one(slug, offering_id)
    answer = _public(request, {**offering(found), "organisation": _by(organisation)})
    if not found.shown:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _listed(organisation: Organisation, found: Page[Offering]) -> dict[str, Any]:
    return {
        "organisation": _by(organisation),
        "items": [offering(item) for item in found.items],
        **shapes.place(found),
    }


def _by(organisation: Organisation) -> dict[str, Any]:
    return {"name": organisation.name, "did": organisation.did, "url": organisation.url}


def _public(request: Request, value: dict[str, Any]) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return published(request, Published(body=body, etag=etag_of(body)), media_type="application/json", cache=SHORT)


def offering(found: Offering) -> dict[str, Any]:
    """An offering as everybody may see it; no e-mail address, and nothing of any learner."""
    values = found.values
    return {
        "id": found.id,
        "url": found.iri,
        "code": values.code,
        "title": values.title,
        "kind": values.kind,
        "state": found.state,
        "gradesOrAges": values.grades_or_ages,
        "term": values.term,
        "startDate": values.start_date.isoformat() if values.start_date else None,
        "endDate": values.end_date.isoformat() if values.end_date else None,
        "weeklyHours": _number(values.weekly_hours),
        "weeks": values.weeks,
        "totalHours": _number(values.total_hours),
        "credits": _number(values.credits),
        "creditUnit": values.credit_unit,
        "scedCode": values.sced_code or None,
        "subject": values.subject,
        "level": values.level,
        "price": _number(values.price),
        "currency": values.currency,
        "pricePer": values.price_per,
        "funding": list(values.funding),
        "seats": values.seats,
        "seatsTaken": values.seats_taken,
        "seatsLeft": found.seats_left,
        "location": values.location,
        "schedule": values.schedule,
        "meets": [
            {"day": each.day, "start": each.start.isoformat("minutes"), "end": each.end.isoformat("minutes")}
            for each in values.meetings
        ],
        "instructorName": values.instructor_name,
        "description": values.description,
        "skills": list(values.skills),
        "prerequisites": values.prerequisites,
        "assessmentMethod": values.assessment_method,
        "achievement": values.achievement or None,
        "counts": [_counts(each) for each in values.counts],
        "version": found.version,
        "updated": shapes.at(found.updated),
    }


def _counts(found: Counts) -> dict[str, Any]:
    return {
        "program": found.program,
        "area": found.area,
        "credits": _number(found.credits),
        "method": found.method,
        "documentUrl": found.document_url or None,
        "statedBy": "provider",
    }


def report(request: Request, found: Report) -> dict[str, Any]:
    """What a sheet would do, or did; sentences in the language of the request."""
    say = request.app.state.pages.say
    return {
        "applied": found.applied,
        "seen": found.seen,
        "new": found.counted("new"),
        "changed": found.counted("changed"),
        "same": found.counted("same"),
        "problems": found.counted("problem"),
        "columns": {key: column for key, column in found.columns.items() if column is not None},
        "cautions": [say(request, caution) for caution in found.cautions],
        "rows": [
            {
                "row": line.number,
                "code": line.code,
                "change": line.change,
                "troubles": [
                    {
                        "field": say(request, each.field),
                        "detail": say(request, each.detail),
                        "remedy": say(request, each.remedy or ""),
                    }
                    for each in line.troubles
                ],
            }
            for line in found.lines
        ],
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _typed(value: Any) -> Any:
    """A number as somebody would type it; anything else as it is."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else value
