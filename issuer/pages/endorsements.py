# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Vouching for others: what was given, the form that gives one more, and its withdrawal."""

import secrets
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import form_key
from issuer.service.context import Desk
from issuer.service.endorsements import TARGETS, WITHDRAWALS, EndorsementDraft
from issuer.service.rights import Right
from kit.errors import BadInput, RequestError
from kit.i18n import _
from kit.paging import window
from kit.web import Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_given(router, pages)
    _add_withdrawal(router, pages)


def _add_given(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/endorsements", name="endorsements")
    def endorsements(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        found = services.endorsements.listing(desk, window(page=page))
        return pages.render(
            request, "endorsements.html", desk=desk, organisation=desk.organisation, found=found, targets=TARGETS
        )

    @router.get("/organisations/{slug}/endorsements/new", name="new_endorsement")
    def new_endorsement(request: Request, desk: At) -> Response:
        desk.require(Right.AWARD)
        desk.require_open()
        return _form(request, pages, desk, values={"key": secrets.token_urlsafe(16)}, error=None)

    @router.post("/organisations/{slug}/endorsements/new")
    def give(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        draft = EndorsementDraft(
            target_kind=given.get("targetKind"),
            target_id=given.get("targetId"),
            target_name=given.get("targetName"),
            comment=given.get("comment"),
            valid_until=given.get("validUntil"),
        )
        try:
            answer = services.endorsements.give(desk, draft, key=form_key(given))
        except BadInput as error:
            return _form(request, pages, desk, values=given.fields(), error=error)
        flash(request, _("Signed. Send the file to those you vouch for, so that they can show it."))
        return see_other(_at(desk, str(answer.value["id"]).removeprefix("urn:uuid:")))

    @router.get("/organisations/{slug}/endorsements/{endorsement_id}", name="endorsement")
    def endorsement(request: Request, services: All, desk: At, endorsement_id: str) -> Response:
        return pages.render(
            request,
            "endorsement.html",
            desk=desk,
            organisation=desk.organisation,
            found=services.endorsements.one(desk, endorsement_id),
            targets=TARGETS,
            reasons=WITHDRAWALS,
        )

    @router.get("/organisations/{slug}/endorsements/{endorsement_id}/file", name="endorsement_file")
    def download(services: All, desk: At, endorsement_id: str) -> Response:
        body, etag = services.endorsements.document(desk, endorsement_id)
        headers = {"ETag": etag, "Content-Disposition": 'attachment; filename="endorsement.json"'}
        return Response(body, media_type="application/vc", headers=headers)


def _add_withdrawal(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request, services: All, desk: Desk, endorsement_id: str, *, error: RequestError | None
    ) -> Response:
        return pages.render(
            request,
            "endorsement_withdraw.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.endorsements.one(desk, endorsement_id),
            reasons=WITHDRAWALS,
            error=error,
        )

    @router.get("/organisations/{slug}/endorsements/{endorsement_id}/withdraw", name="withdraw_endorsement")
    def sure(request: Request, services: All, desk: At, endorsement_id: str) -> Response:
        desk.require(Right.WITHDRAW)
        return shown(request, services, desk, endorsement_id, error=None)

    @router.post("/organisations/{slug}/endorsements/{endorsement_id}/withdraw")
    def withdraw(request: Request, services: All, desk: At, endorsement_id: str) -> Response:
        try:
            services.endorsements.withdraw(desk, endorsement_id, reason=form(request).get("reason"))
        except BadInput as error:
            return shown(request, services, desk, endorsement_id, error=error)
        flash(request, _("Withdrawn. Whoever checks it sees that from now on."))
        return see_other(_at(desk, endorsement_id))


def _at(desk: Desk, endorsement_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/endorsements/{endorsement_id}"


def _form(
    request: Request, pages: Pages, desk: Desk, *, values: Mapping[str, str], error: RequestError | None
) -> Response:
    return pages.render(
        request,
        "endorsement_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        values=values,
        error=error,
        targets=TARGETS,
    )
