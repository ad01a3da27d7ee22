"""A verifier asks: its link or request, what fits, the preview, and the answer that is sent or saved."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import _
from kit.web import Form, Pages, flash, form, see_other
from wallet.pages.asking import again, attachment, member
from wallet.pages.reader import VP_MEDIA_TYPE
from wallet.pages.shares import chosen_parts
from wallet.pages.views import previewed
from wallet.service import Actor, Services
from wallet.service.answering import AskedSheet
from wallet.service.questions import Question


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about verifiers' requests."""
    who = Annotated[Actor, Depends(member(services))]
    answering = services.answering

    @router.get("/learners/{learner_id}/answer", name="answer_start")
    def start_page(request: Request, actor: who, learner_id: str) -> Response:
        learner = services.people.learner(actor, learner_id).learner
        return pages.render(request, "answer_start.html", learner=learner, error=None, values={})

    @router.post("/learners/{learner_id}/answer")
    def start(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)
        learner = services.people.learner(actor, learner_id).learner

        def act() -> Response:
            question = answering.read(actor, given.get("request"))
            return _sheet(request, actor, question, given)

        def _sheet(request: Request, actor: Actor, question: Question, given: Form) -> Response:
            if given.get("do") not in {"share", "preview"}:
                return _shown(request, answering.sheet(actor, learner_id, question))
            choice = answering.choice(question, given.values("credentials"), chosen_parts(given))
            asked = answering.sheet(actor, learner_id, question, choice)
            if given.get("do") == "preview":
                return _shown(request, asked)
            if given.get("previewed") != previewed(asked.sheet):
                return _shown(request, asked, surprised=True)
            editions = {card.id: card.edition for card in asked.sheet.preview.cards}
            try:
                made = answering.take_up(actor, learner_id, question, choice, editions=editions)
            except BadInput as error:
                return _shown(request, asked, error=error)
            return see_other(f"/shares/{made}")

        return again(act, request, pages, "answer_start.html", given, learner=lambda: learner)

    def _shown(
        request: Request, asked: AskedSheet, *, surprised: bool = False, error: BadInput | None = None
    ) -> Response:
        status = 200 if error is None else error.status
        return pages.render(request, "answer_sheet.html", status=status, asked=asked, error=error, again=surprised)

    @router.post("/shares/{share_id}/answer", name="answer_share")
    def answer(request: Request, actor: who, share_id: str) -> Response:
        if form(request).get("do") == "save":
            made = answering.answer(actor, share_id)
            return Response(made, media_type=VP_MEDIA_TYPE, headers=attachment("presentation.json"))
        answering.send(actor, share_id)
        flash(request, _("Sent. It was signed for this site alone, and works only there."))
        return see_other(f"/shares/{share_id}")
