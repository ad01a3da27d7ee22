"""A learner's awards, looked at: put together by time, subject, provider or skill; year by year; as a portfolio."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import _
from kit.paging import paginate, window
from kit.web import Pages
from wallet.pages.asking import PDF, attachment, member, setting
from wallet.service import Actor, Services
from wallet.service.finding import By, grouped, newest_first, years

_MOST_WORDS: Final = 200


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about looking at awards."""
    who = Annotated[Actor, Depends(member(services))]
    people, credentials = services.people, services.credentials

    @router.get("/learners/{learner_id}/awards", name="awards")
    def awards_page(  # noqa: PLR0917 - what a list's address may say
        request: Request, actor: who, learner_id: str, q: str = "", by: str = "", page: str = ""
    ) -> Response:
        words = q[:_MOST_WORDS]
        order = by_word(by)
        return pages.render(
            request,
            "awards.html",
            learner=people.learner(actor, learner_id).learner,
            page=grouped(credentials.search(actor, learner_id, words), order, window(page=page)),
            by=order.value,
            q=words,
        )

    @router.get("/learners/{learner_id}/timeline", name="timeline")
    def timeline_page(request: Request, actor: who, learner_id: str, page: str = "") -> Response:
        found = paginate(newest_first(credentials.search(actor, learner_id, "")), window(page=page))
        return pages.render(
            request,
            "timeline.html",
            learner=people.learner(actor, learner_id).learner,
            page=found,
            years=years(found.items),
        )

    @router.get("/learners/{learner_id}/portfolio", name="portfolio")
    def portfolio_page(request: Request, actor: who, learner_id: str, only: str = "", page: str = "") -> Response:
        found = paginate(services.portfolios.cards(actor, learner_id, evidence=only == "evidence"), window(page=page))
        return pages.render(
            request,
            "portfolio.html",
            learner=people.learner(actor, learner_id).learner,
            page=found,
            years=years(found.items),
            only="evidence" if only == "evidence" else "",
            made={card.id: services.works.of_award(actor, card.id) for card in found.items},
            alone=services.works.alone(actor, learner_id) if found.number == found.pages else [],
        )

    @router.get("/learners/{learner_id}/portfolio.pdf", name="portfolio_paper")
    def portfolio_paper(request: Request, actor: who, learner_id: str, only: str = "", paper: str = "") -> Response:
        made = services.portfolios.paper(actor, learner_id, setting(request, paper), evidence=only == "evidence")
        return Response(made, media_type=PDF, headers=attachment("portfolio.pdf"))


def by_word(word: str) -> By:
    """What to put awards together by, as an address says it; by time without a word. Raises: BadInput."""
    try:
        return By(word or By.TIME)
    except ValueError:
        remedy = _("Choose one of: %(words)s.", words=", ".join(By))
        raise BadInput(_("Awards are not put together by that."), field="by", remedy=remedy) from None
