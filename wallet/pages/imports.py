"""Adding what a family has: one thing or many, what became of each, and what is kept apart."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import Message, _, ngettext
from kit.intake import MAX_FILE_BYTES
from kit.paging import window
from kit.verdict import verdict_view
from kit.web import Form, Pages, flash, form, see_other, visit_of
from wallet.pages.asking import again, attachment, member
from wallet.service import Actor, Services
from wallet.service.arriving import claim_link, file_kind
from wallet.service.import_views import Given, ImportView

ALREADY = _("Already kept, here.")
ALONE: dict[str, Message] = {
    "added": _("Kept."),
    "here": ALREADY,
    "newer": _("Kept. It replaces an older edition, which stays in the history."),
}
"""What is said of one thing that was added by itself; it leads to the award."""


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about adding."""
    _add_adding(router, services, pages)
    _add_apart(router, services, pages)


def _add_adding(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    people, imports, showing = services.people, services.imports, services.import_showing

    @router.get("/learners/{learner_id}/add", name="add_file")
    def add_page(request: Request, actor: who, learner_id: str) -> Response:
        learner = people.learner(actor, learner_id).learner
        return pages.render(request, "add_file.html", learner=learner, error=None, values={})

    @router.post("/learners/{learner_id}/add")
    def add(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)
        learner = people.learner(actor, learner_id).learner

        def act() -> Response:
            things = _given(given)
            offer = claim_link(things[0].data, loopback=services.tools.settings.loopback) if len(things) == 1 else None
            if offer is not None:  # an award that waits to be claimed goes its own way
                return see_other("/claim?" + urlencode({"offer": offer}))
            import_id = imports.take(actor, learner_id, things)
            imports.go_on(actor, import_id)
            return _looked_at(request, showing.look(actor, import_id, window(page=None)))

        return again(act, request, pages, "add_file.html", given, learner=lambda: learner)

    @router.get("/imports/{import_id}", name="import")
    def import_page(request: Request, actor: who, import_id: str, page: str = "") -> Response:
        return pages.render(request, "import.html", view=showing.look(actor, import_id, window(page=page)))

    @router.post("/imports/{import_id}/steps", name="go_on_import")
    def go_on(actor: who, import_id: str) -> Response:
        imports.go_on(actor, import_id)
        return see_other(f"/imports/{import_id}")

    @router.post("/imports/{import_id}/approval", name="approve_import")
    def approve(request: Request, actor: who, import_id: str) -> Response:
        left = imports.approve(actor, import_id)
        words = ngettext("%(count)s is left. Go on.", "%(count)s are left. Go on.", left) if left else _("Kept.")
        flash(request, words)
        return see_other(f"/imports/{import_id}")


def _add_apart(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    imports, showing = services.imports, services.import_showing

    @router.get("/learners/{learner_id}/apart", name="apart")
    def apart_page(request: Request, actor: who, learner_id: str, page: str = "") -> Response:
        learner = services.people.learner(actor, learner_id).learner
        found = showing.apart(actor, learner_id, window(page=page))
        return pages.render(request, "apart.html", learner=learner, found=found)

    @router.get("/import-items/{item_id}", name="import_item")
    def item_page(request: Request, actor: who, item_id: str) -> Response:
        view = showing.item(actor, item_id)
        checked = None
        if view.report is not None:
            checked = verdict_view(view.report, visit_of(request).language, view.item.changed_at)
        return pages.render(request, "import_item.html", view=view, checked=checked)

    @router.get("/import-items/{item_id}/file", name="import_item_file")
    def file(actor: who, item_id: str) -> Response:
        data = showing.document(actor, item_id)
        _media_type, name = file_kind(data)
        return Response(data, media_type="application/octet-stream", headers=attachment(name))

    @router.post("/import-items/{item_id}/attempt", name="try_import_item")
    def attempt(request: Request, actor: who, item_id: str) -> Response:
        return _decided(request, actor, item_id, lambda: imports.admit(actor, item_id))

    @router.post("/import-items/{item_id}/refusal", name="decline_import_item")
    def decline(request: Request, actor: who, item_id: str) -> Response:
        import_id = imports.decline(actor, item_id)
        flash(request, _("Declined. It was not kept."))
        return see_other(f"/imports/{import_id}")

    @router.get("/import-items/{item_id}/remove", name="remove_import_item")
    def remove_page(request: Request, actor: who, item_id: str) -> Response:
        return pages.render(request, "import_item_remove.html", view=showing.item(actor, item_id))

    @router.post("/import-items/{item_id}/remove")
    def remove(request: Request, actor: who, item_id: str) -> Response:
        learner_id = services.erasure.erase_apart(actor, item_id)
        flash(request, _("Deleted for good."))
        return see_other(f"/learners/{learner_id}/apart")

    def _decided(request: Request, actor: Actor, item_id: str, act: Callable[[], str]) -> Response:
        state = act()
        view = showing.item(actor, item_id)
        if state in ALONE and view.item.credential_id is not None:
            flash(request, ALONE[state])
            return see_other(f"/credentials/{view.item.credential_id}")
        if state == "apart":
            flash(request, _("Checked just now. It stays apart."))
        return see_other(f"/import-items/{item_id}")


def _given(given: Form) -> list[Given]:
    """Everything in the form. Raises: BadInput when there is nothing; TooLarge."""
    uploads = [each for name in ("file", "photo") for each in given.files(name, largest=MAX_FILE_BYTES)]
    found = [Given(name=each.name, data=each.data) for each in uploads]
    text = given.raw("text").strip()
    if text:
        found.append(Given(name="", data=text.encode()))
    if not found:
        remedy = _("Choose a file, or paste its text or its link.")
        raise BadInput(_("There is nothing to add yet."), field="file", remedy=remedy)
    return found


def _looked_at(request: Request, view: ImportView) -> Response:
    """Where one is led after adding: to the award when it was one and is kept, else to what became of each."""
    only = view.items.items[0] if view.total == 1 else None
    if only is not None and only.state in ALONE and only.credential_id is not None:
        flash(request, ALONE[only.state])
        return see_other(f"/credentials/{only.credential_id}")
    if only is not None and only.state in {"apart", "known"}:
        return see_other(f"/import-items/{only.same or only.id}")
    return see_other(f"/imports/{view.id}")
