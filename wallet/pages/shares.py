"""Sharing, as the family sees it: the sheet, the preview, the link, who opened it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import _
from kit.paging import Window, window
from kit.web import Form, Pages, flash, form, see_other
from wallet.pages.asking import PDF, again, attachment, member, setting
from wallet.pages.views import previewed
from wallet.service import Actor, Services
from wallet.service.asks import CONFIRMATION, QUESTION, asking_for_confirmation
from wallet.service.share_terms import MOST_VIEWS
from wallet.service.share_views import Choice, Sheet
from wallet.service.shares import FIRST


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about shares."""
    _add_making(router, services, pages)
    _add_showing(router, services, pages)


def _add_making(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    shares = services.shares

    @router.get("/learners/{learner_id}/share", name="share_sheet")
    def sheet_page(request: Request, actor: who, learner_id: str) -> Response:
        picked, confirm = request.query_params.getlist("pick"), request.query_params.get("ask") == CONFIRMATION
        sheet = shares.sheet(actor, learner_id, picked=picked)
        return _sheet(request, sheet, surprised=False, confirm=confirm)

    @router.post("/learners/{learner_id}/share", name="make_share")
    def make(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)
        confirm = given.get("ask") == CONFIRMATION

        def act() -> Response:
            if given.get("do") != "share":
                sheet = shares.sheet(actor, learner_id, _half_filled(given))
                return _sheet(request, sheet, surprised=False, confirm=confirm, given=given)
            choice = _choice(given)
            sheet = shares.sheet(actor, learner_id, choice)
            if given.get("previewed") == previewed(sheet):
                editions = {card.id: card.edition for card in sheet.preview.cards}
                ask = asking_for_confirmation(given.get("words")) if confirm else None
                return see_other(f"/shares/{shares.create(actor, learner_id, choice, editions=editions, ask=ask)}")
            shares.check(actor, learner_id, choice)
            return _sheet(request, sheet, surprised=True, confirm=confirm, given=given)

        return again(
            act,
            request,
            pages,
            "share_sheet.html",
            given,
            sheet=lambda: shares.sheet(actor, learner_id, _half_filled(given)),
            again=lambda: False,
            confirm=lambda: confirm,
        )

    def _sheet(
        request: Request, sheet: Sheet, *, surprised: bool, confirm: bool = False, given: Form | None = None
    ) -> Response:
        values = {"words": given.get("words")} if given is not None else {}
        return pages.render(
            request, "share_sheet.html", sheet=sheet, error=None, values=values, again=surprised, confirm=confirm
        )

    def _half_filled(given: Form) -> Choice:
        try:
            until = given.day("until", required=False)
        except BadInput:
            until = None
        return Choice(
            credential_ids=tuple(given.values("credentials")),
            recipient=given.get("recipient")[:120],
            purpose=given.get("purpose")[:300],
            until=until or services.tools.clock.now().date(),
            shown_name=given.get("shown_name")[:120] if given.flag("show_name") else "",
            most_views=int(typed) if (typed := given.get("most_views")).isdecimal() and len(typed) < 6 else None,
            passcode=given.get("passcode")[:60],
            parts=chosen_parts(given),
        )


def _add_showing(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    shares = services.shares

    @router.get("/learners/{learner_id}/shares", name="shares")
    def shares_page(request: Request, actor: who, learner_id: str, page: str = "") -> Response:
        return pages.render(
            request,
            "shares.html",
            learner=services.people.learner(actor, learner_id).learner,
            learners=services.people.learners(actor),
            shares=shares.page(actor, learner_id, window(page=page)),
        )

    @router.post("/learners/{learner_id}/shares/stop", name="recall_all")
    def recall_all(request: Request, actor: who, learner_id: str) -> Response:
        shares.recall_all(actor, learner_id)
        flash(request, _("Every link was stopped."))
        return see_other(f"/learners/{learner_id}/shares")

    @router.get("/shares/{share_id}", name="share")
    def share_page(request: Request, actor: who, share_id: str, page: str = "") -> Response:
        return _show(request, actor, share_id, "share.html", window(page=page))

    @router.get("/shares/{share_id}/print", name="print_share")
    def print_page(request: Request, actor: who, share_id: str) -> Response:
        return _show(request, actor, share_id, "share_print.html")

    @router.get("/shares/{share_id}/record.pdf", name="share_paper")
    def paper(request: Request, actor: who, share_id: str, paper: str = "") -> Response:
        made = shares.paper(actor, share_id, setting(request, paper))
        return Response(made, media_type=PDF, headers=attachment("record.pdf"))

    @router.post("/shares/{share_id}/approve", name="approve_share")
    def approve(request: Request, actor: who, share_id: str) -> Response:
        shares.approve(actor, share_id, always=form(request).flag("always"))
        ask = shares.share(actor, share_id).ask
        answers = ask is not None and ask.kind == QUESTION
        flash(request, _("Approved. It can be answered now.") if answers else _("Approved. The link works now."))
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

    @router.post("/shares/{share_id}/passcode", name="set_passcode")
    def set_passcode(request: Request, actor: who, share_id: str) -> Response:
        shares.set_passcode(actor, share_id, form(request).get("passcode"))
        flash(request, _("Saved. Readers need it from now on."))
        return see_other(f"/shares/{share_id}")

    @router.post("/shares/{share_id}/editions", name="update_share")
    def update(request: Request, actor: who, share_id: str) -> Response:
        named = (value.partition(" ") for value in form(request).values("edition"))
        editions = {name: int(number) for name, _space, number in named if number.isdecimal() and len(number) < 6}
        shares.update(actor, share_id, editions)
        flash(request, _("Updated. Readers see the corrected edition from now on."))
        return see_other(f"/shares/{share_id}")

    @router.post("/shares/{share_id}/extend", name="extend_share")
    def extend(request: Request, actor: who, share_id: str) -> Response:
        until = form(request).day("until")
        assert until is not None
        shares.extend(actor, share_id, until)
        flash(request, _("Saved. The new day holds from now on."))
        return see_other(f"/shares/{share_id}")

    def _show(request: Request, actor: Actor, share_id: str, template: str, at: Window = FIRST) -> Response:
        view = shares.share(actor, share_id, at)
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
        most_views=_number(given, "most_views"),
        passcode=given.get("passcode"),
        parts=chosen_parts(given),
    )


def chosen_parts(given: Form) -> dict[str, frozenset[str]]:
    """The lines whose switches are on, by the award; `parted` names the awards that had any switches for lines."""
    named = [value.partition(" ") for value in given.values("parts")]
    return {one: frozenset(line for name, _space, line in named if name == one) for one in given.values("parted")}


def _number(given: Form, name: str) -> int | None:
    """A number of openings; None when nothing is typed. Raises: BadInput."""
    typed = given.get(name)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6):
        remedy = _("Leave it empty, or write a number from 1 to %(most)s.", most=MOST_VIEWS)
        raise BadInput(_("The link cannot open that often."), field=name, remedy=remedy)
    return int(typed)
