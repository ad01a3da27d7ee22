"""Works: what a learner made, kept beside the awards, read and printed with them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _
from kit.paging import window
from kit.web import Form, Pages, flash, form, see_other
from wallet.pages.asking import again, attachment, member
from wallet.service import Actor, Services
from wallet.service.cards import Card
from wallet.service.finding import newest_first
from wallet.service.works import FILE, LARGEST, SHOWN, Made


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about works."""
    _add_list(router, services, pages)
    _add_work(router, services, pages)


def _add_list(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    works = services.works

    @router.get("/learners/{learner_id}/works", name="works")
    def works_page(request: Request, actor: who, learner_id: str, page: str = "") -> Response:
        return pages.render(request, "works.html", found=works.page(actor, learner_id, window(page=page)))

    @router.get("/learners/{learner_id}/works/add", name="add_work")
    def add_page(request: Request, actor: who, learner_id: str, award: str = "") -> Response:
        learner = services.people.learner(actor, learner_id).learner
        awards = awards_of(services, actor, learner_id)
        return pages.render(
            request, "work_add.html", learner=learner, awards=awards, error=None, values={"award": award}
        )

    @router.post("/learners/{learner_id}/works/add")
    def add(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            upload = given.file("file", largest=LARGEST)
            made = works.add(actor, learner_id, _made(given), file=upload.data if upload is not None else None)
            flash(request, _("Kept."))
            return see_other(f"/works/{made}")

        return again(
            act,
            request,
            pages,
            "work_add.html",
            given,
            learner=lambda: services.people.learner(actor, learner_id).learner,
            awards=lambda: awards_of(services, actor, learner_id),
        )


def _add_work(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    works = services.works

    @router.get("/works/{work_id}", name="work")
    def work_page(request: Request, actor: who, work_id: str) -> Response:
        learner, work = works.work(actor, work_id)
        awards = awards_of(services, actor, learner.id)
        return pages.render(request, "work.html", learner=learner, work=work, awards=awards, error=None, values={})

    @router.post("/works/{work_id}", name="change_work")
    def change(request: Request, actor: who, work_id: str) -> Response:
        given = form(request)
        learner, work = works.work(actor, work_id)

        def act() -> Response:
            upload = given.file("file", largest=LARGEST)
            works.change(actor, work_id, _made(given))
            if upload is not None:
                works.put_file(actor, work_id, upload.data)
            flash(request, _("Saved."))
            return see_other(f"/works/{work_id}")

        return again(
            act,
            request,
            pages,
            "work.html",
            given,
            learner=lambda: learner,
            work=lambda: work,
            awards=lambda: awards_of(services, actor, learner.id),
        )

    @router.get("/works/{work_id}/file", name="work_file")
    def file(actor: who, work_id: str) -> Response:
        found = works.file(actor, work_id, FILE)
        return Response(found.data, media_type=found.media_type, headers=attachment(found.name))

    @router.get("/works/{work_id}/picture", name="work_picture")
    def picture(actor: who, work_id: str) -> Response:
        found = works.file(actor, work_id, SHOWN)
        return Response(found.data, media_type=found.media_type)

    @router.get("/works/{work_id}/remove", name="remove_work")
    def remove_page(request: Request, actor: who, work_id: str) -> Response:
        _learner, work = works.work(actor, work_id)
        return pages.render(request, "work_remove.html", work=work)

    @router.post("/works/{work_id}/remove")
    def remove(request: Request, actor: who, work_id: str) -> Response:
        learner_id = services.erasure.erase_work(actor, work_id)
        flash(request, _("Deleted for good."))
        return see_other(f"/learners/{learner_id}/works")


def awards_of(services: Services, actor: Actor, learner_id: str) -> list[Card]:
    """The awards that a work may stand beside, the newest first."""
    return newest_first(services.credentials.search(actor, learner_id, ""))


def _made(given: Form) -> Made:
    return Made(title=given.get("title"), words=given.get("words"), credential_id=given.get("award"))
