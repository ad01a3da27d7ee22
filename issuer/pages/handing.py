# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Codes to print for awards that were chosen, or that match: to be cut apart and handed over."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.jobs import CODES_A_PAGE
from kit.paging import Window, window
from kit.web import Pages


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/codes", name="codes")
    def codes(
        request: Request,
        services: All,
        desk: At,
        *,
        credential: Annotated[tuple[str, ...], Query()] = (),
        state: str = "",
        achievement: str = "",
        q: str = "",
        page: str | None = None,
    ) -> Response:
        handed = services.credentials.to_hand_out(
            desk,
            Window(number=window(page=page).number, size=CODES_A_PAGE),
            chosen=credential,
            state=state,
            achievement=achievement,
            words=q,
        )
        asked = [
            *(("credential", each) for each in credential),
            ("state", state),
            ("achievement", achievement),
            ("q", q),
            ("page", ""),
        ]
        return pages.render(
            request,
            "codes.html",
            desk=desk,
            organisation=desk.organisation,
            back=f"/organisations/{desk.organisation.slug}/credentials",
            more=f"?{urlencode(asked)}",
            page=handed,
            family_language=services.settings.in_force(desk).family_language,
            slips=[(award, claim) for award, claim in handed.items if claim is not None],
        )
