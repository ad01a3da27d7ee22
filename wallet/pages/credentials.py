"""One award: what it says, whether it holds, its file, its history."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _
from kit.paging import Numbered
from kit.verdict import verdict_view
from kit.web import Pages, flash, form, see_other, visit_of
from wallet.pages.asking import attachment, member
from wallet.service import Actor, Services
from wallet.service.arriving import ENDINGS, file_kind


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about one award."""
    who = Annotated[Actor, Depends(member(services))]
    credentials = services.credentials

    @router.get("/credentials/{credential_id}", name="credential")
    def credential_page(request: Request, actor: who, credential_id: str) -> Response:
        return _show(request, actor, credential_id)

    def _show(request: Request, actor: Actor, credential_id: str) -> Response:
        view = credentials.look(actor, credential_id)
        checked = verdict_view(view.report, visit_of(request).language, view.card.checked_at)
        made = services.works.of_award(actor, credential_id)
        holding = services.arranging.holding(actor, credential_id)
        return pages.render(request, "credential.html", view=view, checked=checked, holding=holding, made=made)

    @router.get("/credentials/{credential_id}/file", name="credential_file")
    def download(actor: who, credential_id: str, edition: Numbered | None = None) -> Response:
        data = credentials.document(actor, credential_id, edition)
        media_type, name = file_kind(data)
        return Response(data, media_type=media_type, headers=attachment(name))

    @router.get("/credentials/{credential_id}/original", name="credential_original")
    def download_original(actor: who, credential_id: str) -> Response:
        found = credentials.original(actor, credential_id)
        name = f"original.{ENDINGS[found.media_type]}"
        return Response(found.data, media_type=found.media_type, headers=attachment(name))

    @router.get("/credentials/{credential_id}/picture.{form}", name="credential_picture")
    def download_picture(actor: who, credential_id: str, form: str) -> Response:
        data, media_type = credentials.picture(actor, credential_id, form)
        return Response(data, media_type=media_type, headers=attachment(f"badge.{form}"))

    @router.post("/credentials/{credential_id}/check", name="check_credential")
    def check(request: Request, actor: who, credential_id: str) -> Response:
        credentials.check_again(actor, credential_id)
        flash(request, _("Checked just now."))
        return see_other(f"/credentials/{credential_id}")

    @router.post("/credentials/{credential_id}/note", name="note_credential")
    def note(request: Request, actor: who, credential_id: str) -> Response:
        credentials.note(actor, credential_id, form(request).get("note"))
        flash(request, _("Saved."))
        return see_other(f"/credentials/{credential_id}")

    @router.post("/credentials/{credential_id}/remove", name="remove_credential")
    def remove(request: Request, actor: who, credential_id: str) -> Response:
        learner_id = credentials.remove(actor, credential_id)
        flash(request, _("Put in the bin. You can take it back from there."))
        return see_other(f"/learners/{learner_id}/bin")

    @router.post("/credentials/{credential_id}/restore", name="restore_credential")
    def restore(request: Request, actor: who, credential_id: str) -> Response:
        credentials.restore(actor, credential_id)
        flash(request, _("Taken back."))
        return see_other(f"/credentials/{credential_id}")

    @router.post("/credentials/{credential_id}/erase", name="erase_credential")
    def erase(request: Request, actor: who, credential_id: str) -> Response:
        learner_id = services.erasure.erase_credential(actor, credential_id)
        flash(request, _("Deleted for good."))
        return see_other(f"/learners/{learner_id}/bin")
