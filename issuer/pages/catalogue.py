"""The rate card for everybody: the list, which can be narrowed, and one offering."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.rate_words import rate
from issuer.service.offering_words import DAYS
from issuer.service.offerings import Filters
from issuer.service.services import Services
from kit.errors import BadInput
from kit.paging import Page, Window, window
from kit.web import Pages, visit_of


def filters_of(request: Request) -> Filters:
    """The filters in an address; what is not one of them is passed over."""
    asked = request.query_params
    return Filters(
        words=asked.get("q", ""),
        state=asked.get("state", ""),
        grade=asked.get("grade", ""),
        age=asked.get("age", ""),
        subject=asked.get("subject", ""),
        term=asked.get("term", ""),
        day=asked.get("day", ""),
        most=asked.get("price", ""),
        seats=bool(asked.get("seats", "")),
    )


def narrowing(filters: Filters) -> dict[str, Any]:
    """What the form that narrows a list needs, and the addresses of its other pages."""
    used = dict(filters.used)
    return {"filters": filters, "used": used, "days": DAYS, "more_href": f"?{urlencode({**used, 'page': ''})}"}


def catalogue_page(request: Request, pages: Pages, services: Services, slug: str) -> Response:
    """The rate card. What cannot be a filter is told beside it. Raises: NotFound."""
    filters, error, status = filters_of(request), None, 200
    at = window(page=request.query_params.get("page"))
    try:
        organisation, found = services.offerings.public(slug, at, filters)
    except BadInput as refused:
        error, status = refused, refused.status
        organisation, _none = services.offerings.public(slug, Window(number=1, size=1), Filters())
        found = Page(items=[], number=1, size=at.size, total=0)
    language = visit_of(request).language
    choices = services.offerings.choices(organisation)
    return pages.render(
        request,
        "catalogue.html",
        status=status,
        organisation=organisation,
        found=found,
        rates=[rate(item, organisation, language) for item in found.items],
        subjects=[(name, name) for name in choices.subjects],
        terms=[(name, name) for name in choices.terms],
        error=error,
        **narrowing(filters),
    )


def offering_page(request: Request, pages: Pages, services: Services, slug: str, offering_id: str) -> Response:
    """One offering. Raises: NotFound."""
    organisation, found = services.offerings.public_one(slug, offering_id)
    shown = rate(found, organisation, visit_of(request).language)
    answer = pages.render(request, "public_offering.html", organisation=organisation, rate=shown)
    if not found.shown:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
