# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""The organisation's own records: what was done by whom."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.actions import ACTIONS
from kit.paging import Page, window
from kit.web import Pages


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/audit", name="audit")
    def audit(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        at = window(page=page)
        rows, total = services.organisations.audit_page(desk, offset=at.offset, limit=at.size)
        names = {row.actor: services.people.name_of(row.actor) for row in rows}
        return pages.render(
            request,
            "audit.html",
            desk=desk,
            organisation=desk.organisation,
            found=Page(items=rows, number=at.number, size=at.size, total=total),
            names=names,
            actions=ACTIONS,
            broken_at=services.organisations.audit_broken_at(),
        )
