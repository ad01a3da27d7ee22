"""Sharing, as the family sees it: the sheet, the preview, the link, who opened it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _
from kit.web import Form, Pages, flash, form, see_other
from wallet.pages.asking import again, member
from wallet.service import Actor, Services
from wallet.service.shares import Choice


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about shares."""
    _add_making(router, services, pages)
    _add_showing(router, services, pages)


def _add_making(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    shares = services.shares

    @router.get("/learners/{learner_id}/share", name="share_sheet")
    def sheet_page(request: Request, actor: who, learner_id: str) -> Response:
        picked = request.query_params.getlist("pick")
        sheet = shares.sheet(actor, learner_id, picked=picked)
        return pages.render(request, "share_sheet.html", sheet=sheet, error=None, values={})

    @router.post("/learners/{learner_id}/share", name="share_preview")
    def preview(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            choice = _choice(given)
            shares.check(actor, learner_id, choice)
            sheet = shares.sheet(actor, learner_id, choice)
            return pages.render(request, "share_preview.html", sheet=sheet)

        return again(
            act, request, pages, "share_sheet.html", given, sheet=lambda: _half_filled(actor, learner_id, given)
        )

    @router.post("/learners/{learner_id}/shares", name="create_share")
    def create(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            return see_other(f"/shares/{shares.create(actor, learner_id, _choice(given))}")

        return again(
            act, request, pages, "share_sheet.html", given, sheet=lambda: _half_filled(actor, learner_id, given)
        )

    def _half_filled(actor: Actor, learner_id: str, given: Form) -> object:
        return shares.sheet(actor, learner_id, picked=given.values("credentials"))


def _add_showing(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    shares = services.shares

    @router.get("/learners/{learner_id}/shares", name="shares")
    def shares_page(request: Request, actor: who, learner_id: str) -> Response:
        return pages.render(
            request,
            "shares.html",
            learner=services.people.learner(actor, learner_id).learner,
            learners=services.people.learners(actor),
            shares=shares.shares(actor, learner_id),
        )

    @router.post("/learners/{learner_id}/shares/stop", name="recall_all")
    def recall_all(request: Request, actor: who, learner_id: str) -> Response:
        shares.recall_all(actor, learner_id)
        flash(request, _("Every link was stopped."))
        return see_other(f"/learners/{learner_id}/shares")

    @router.get("/shares/{share_id}", name="share")
    def share_page(request: Request, actor: who, share_id: str) -> Response:
        return _show(request, actor, share_id, "share.html")

    @router.get("/shares/{share_id}/print", name="print_share")
    def print_page(request: Request, actor: who, share_id: str) -> Response:
        return _show(request, actor, share_id, "share_print.html")

    @router.post("/shares/{share_id}/approve", name="approve_share")
    def approve(request: Request, actor: who, share_id: str) -> Response:
        shares.approve(actor, share_id)
        flash(request, _("Approved. The link works now."))
        return see_other(f"/shares/{share_id}")

    @router.post("/shares/{share_id}/decline", name="decline_share")
    def decline(request: Request, actor: who, share_id: str) -> Response:
        shares.decline(actor, share_id)
        flash(request, _("Declined. Nothing is shared."))
        return see_other(f"/shares/{share_id}")

    @router.post("/shares/{share_id}/recall", name="recall_share")
    def recall(request: Request, actor: who, share_id: str) -> Response:
        shares.recall(actor, share_id)
        flash(request, _("The link was stopped."))
        return see_other(f"/shares/{share_id}")

    @router.post("/shares/{share_id}/extend", name="extend_share")
    def extend(request: Request, actor: who, share_id: str) -> Response:
        until = form(request).day("until")
        assert until is not None
        shares.extend(actor, share_id, until)
        flash(request, _("Saved. The new day holds from now on."))
        return see_other(f"/shares/{share_id}")

    def _show(request: Request, actor: Actor, share_id: str, template: str) -> Response:
        view = shares.share(actor, share_id)
        origin = services.tools.settings.public_url
        link = f"{origin}/s/{view.token}" if view.token else ""
        return pages.render(request, template, share=view, link=link, code_page=f"{origin}/s")


def _choice(given: Form) -> Choice:
    until = given.day("until")
    assert until is not None
    return Choice(
        credential_ids=tuple(given.values("credentials")),
        recipient=given.text("recipient", longest=120),
        purpose=given.text("purpose", longest=300, required=False),
        until=until,
        shown_name=given.text("shown_name", longest=120, required=False) if given.flag("show_name") else "",
    )
