# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Somebody's first two minutes: one form from nothing to a signed award, and the page that hands it over."""

import secrets
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.beginning import BeginningDraft
from issuer.service.local_times import USUAL, others
from issuer.service.services import Services
from kit.accounts import current_user
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _
from kit.web import Form, Pages, form, see_other, visit_of


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(
        request: Request, services: Services, *, values: Mapping[str, str], error: RequestError | None = None
    ) -> Response:
        return pages.render(
            request,
            "begin.html",
            status=error.status if error else 200,
            is_open=services.beginning.is_open,
            address=services.context.settings.identifier_url,
            values=values,
            usual_zones=USUAL,
            other_zones=others(),
            zone=values.get("timeZone", services.context.settings.time_zone),
            error=error,
        )

    @router.get("/begin", name="begin")
    def begin_page(request: Request, services: All) -> Response:
        if current_user(request) is not None:
            return see_other("/organisations")
        values = {"key": secrets.token_urlsafe(16)}
        return shown(request, services, values=values)

    @router.post("/begin")
    def begin(request: Request, services: All) -> Response:
        if current_user(request) is not None:
            return see_other("/organisations")
        given, visit = form(request), visit_of(request)
        try:
            begun = services.beginning.begin(_draft(request, pages, given), client=visit.client, key=given.get("key"))
        except (BadInput, Conflict) as error:
            return shown(request, services, values=given.fields(), error=error)
        visit.sign_in(begun.session_token)
        return see_other(f"/organisations/{begun.slug}/begun/{begun.credential_uuid}")

    @router.get("/organisations/{slug}/begun/{credential_id}", name="begun")
    def begun_page(request: Request, services: All, desk: At, credential_id: str) -> Response:
        return pages.render(
            request,
            "begun.html",
            desk=desk,
            organisation=desk.organisation,
            found=services.credentials.one(desk, credential_id),
            claim=services.credentials.claim(desk, credential_id),
        )


def _draft(request: Request, pages: Pages, given: Form) -> BeginningDraft:
    called = given.get("called").strip() or given.get("name").strip()
    criteria = pages.say(request, _("Done to the satisfaction of %(name)s.", name=called))
    return BeginningDraft(
        name=given.get("name"),
        called=given.get("called"),
        login=given.get("login"),
        password=given.get("password"),
        title=given.get("title"),
        learner=given.get("learner"),
        criteria=criteria,
        language=visit_of(request).language,
        named_by=given.get("namedBy"),
        time_zone=given.get("timeZone"),
    )
