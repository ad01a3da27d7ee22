"""Collections and tags: what a family puts together for itself, and shares only award by award."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _, ngettext
from kit.paging import paginate, window
from kit.web import Pages, flash, form, see_other
from wallet.pages.asking import PDF, again, attachment, member, setting
from wallet.service import Actor, Services
from wallet.service.arranging import CollectionView
from wallet.service.finding import Term, Year

_STEPS: Final = {"up": -1, "down": 1, "top": -1000}


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about collections and tags."""
    _add_showing(router, services, pages)
    _add_changing(router, services, pages)
    _add_awards(router, services, pages)


def _add_showing(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    arranging = services.arranging

    @router.get("/learners/{learner_id}/collections", name="collections")
    def collections_page(request: Request, actor: who, learner_id: str, page: str = "") -> Response:
        return pages.render(
            request,
            "collections.html",
            learner=services.people.learner(actor, learner_id).learner,
            page=paginate(arranging.collections(actor, learner_id), window(page=page)),
            error=None,
            values={},
        )

    @router.get("/collections/{collection_id}", name="collection")
    def collection_page(request: Request, actor: who, collection_id: str, page: str = "") -> Response:
        view = arranging.collection(actor, collection_id, window(page=page))
        return pages.render(request, "collection.html", view=view, share=share_address(view), error=None, values={})

    @router.get("/collections/{collection_id}/portfolio", name="collection_portfolio")
    def portfolio_page(request: Request, actor: who, collection_id: str, page: str = "") -> Response:
        view = arranging.collection(actor, collection_id, window(page=page))
        return pages.render(
            request,
            "portfolio.html",
            learner=view.learner,
            collection=view,
            page=view.cards,
            made={card.id: services.works.of_award(actor, card.id) for card in view.cards.items},
            years=(Year(year=None, terms=(Term(name="", cards=tuple(view.cards.items)),)),) if view.cards.items else (),
            only="",
            alone=[],
        )

    @router.get("/collections/{collection_id}/portfolio.pdf", name="collection_paper")
    def portfolio_paper(request: Request, actor: who, collection_id: str, paper: str = "") -> Response:
        made = services.portfolios.paper_of_collection(actor, collection_id, setting(request, paper))
        return Response(made, media_type=PDF, headers=attachment("portfolio.pdf"))


def _add_changing(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    arranging = services.arranging

    @router.post("/learners/{learner_id}/collections", name="make_collection")
    def make(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            made = arranging.make(actor, learner_id, name=given.get("name"), note=given.get("note"))
            return see_other(f"/collections/{made}/add")

        return again(
            act,
            request,
            pages,
            "collections.html",
            given,
            learner=lambda: services.people.learner(actor, learner_id).learner,
            page=lambda: paginate(arranging.collections(actor, learner_id), window(page=None)),
        )

    @router.post("/collections/{collection_id}", name="change_collection")
    def change(request: Request, actor: who, collection_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            arranging.change(actor, collection_id, name=given.get("name"), note=given.get("note"))
            flash(request, _("Saved."))
            return see_other(f"/collections/{collection_id}")

        view = arranging.collection(actor, collection_id, window(page=None))
        return again(
            act, request, pages, "collection.html", given, view=lambda: view, share=lambda: share_address(view)
        )

    @router.get("/collections/{collection_id}/remove", name="remove_collection")
    def remove_page(request: Request, actor: who, collection_id: str) -> Response:
        view = arranging.collection(actor, collection_id, window(page=None))
        return pages.render(request, "collection_remove.html", view=view)

    @router.post("/collections/{collection_id}/remove")
    def remove(request: Request, actor: who, collection_id: str) -> Response:
        learner_id = services.erasure.erase_collection(actor, collection_id)
        flash(request, _("The collection was deleted. Its awards stay kept."))
        return see_other(f"/learners/{learner_id}/collections")


def _add_awards(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    arranging = services.arranging

    @router.get("/collections/{collection_id}/add", name="add_to_collection")
    def add_page(request: Request, actor: who, collection_id: str, q: str = "", page: str = "") -> Response:
        words = q[:200]
        return pages.render(
            request,
            "collection_add.html",
            view=arranging.collection(actor, collection_id, window(page=None)),
            page=arranging.others(actor, collection_id, words, window(page=page)),
            q=words,
            error=None,
        )

    @router.post("/collections/{collection_id}/add")
    def add(request: Request, actor: who, collection_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            count = arranging.put(actor, collection_id, given.values("credentials"))
            flash(request, ngettext("%(count)s award was put in.", "%(count)s awards were put in.", count))
            return see_other(f"/collections/{collection_id}")

        return again(
            act,
            request,
            pages,
            "collection_add.html",
            given,
            view=lambda: arranging.collection(actor, collection_id, window(page=None)),
            page=lambda: arranging.others(actor, collection_id, "", window(page=None)),
            q=lambda: "",
        )

    @router.post("/collections/{collection_id}/awards/{credential_id}", name="move_in_collection")
    def move(request: Request, actor: who, collection_id: str, credential_id: str) -> Response:
        given = form(request)
        if given.get("do") == "out":
            arranging.take_out(actor, collection_id, credential_id)
            flash(request, _("Taken out. The award stays kept."))
        else:
            steps = _STEPS[given.choice("do", _STEPS)]
            arranging.move(actor, collection_id, credential_id, steps=steps)
        return see_other(f"/collections/{collection_id}")

    @router.post("/credentials/{credential_id}/tags", name="tag_credential")
    def tag(request: Request, actor: who, credential_id: str) -> Response:
        arranging.tag(actor, credential_id, form(request).get("tags").split(","))
        flash(request, _("Saved."))
        return see_other(f"/credentials/{credential_id}")


def share_address(view: CollectionView) -> str:
    """The share sheet with the awards of a collection switched on; the collection itself is named nowhere."""
    return f"/learners/{view.learner.id}/share?" + urlencode([("pick", one) for one in view.picked])
