"""Leaving, and arriving: the family's archive."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kit.errors import BadInput
from kit.i18n import Message, _, ngettext
from kit.passphrase import suggestion
from kit.web import Pages, flash, form, see_other, visit_of
from wallet.pages.asking import again, attachment, member
from wallet.service import Actor, Services
from wallet.service.authority import Right
from wallet.service.family_views import LearnerView

FILE_NAME: Final = "awards.satchel"
LARGEST_UPLOAD: Final = 31 * 1024 * 1024


WHY: Final[dict[str, Message]] = {
    "forged": _("This was changed after it was signed, or signed by somebody else. It was not kept."),
    "unreadable": _("This cannot be read, or there is no room for it. It is still in your archive."),
    "unreachable": _("Its provider could not be asked whether it is genuine. It waits here for 30 days: try again."),
    "notYours": _("You may not decide any more what is kept for this learner. Ask a guardian who may."),
}


def leaving_globals() -> dict[str, object]:
    """The names that the templates use."""
    return {"restoration_words": _words, "restoration_why": WHY}


def _words(outcome: str, count: int) -> Message:
    said = {
        "kept": ngettext("%(count)s thing was kept.", "%(count)s things were kept.", count),
        "already": ngettext("%(count)s thing was here already.", "%(count)s things were here already.", count),
        "forged": ngettext("%(count)s award is not genuine.", "%(count)s awards are not genuine.", count),
        "unreadable": ngettext("%(count)s thing could not be read.", "%(count)s things could not be read.", count),
        "unreachable": ngettext(
            "%(count)s award could not be checked today.", "%(count)s awards could not be checked today.", count
        ),
        "notYours": ngettext("%(count)s thing is not yours to keep.", "%(count)s things are not yours to keep.", count),
    }
    return said[outcome]


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about leaving."""
    who = Annotated[Actor, Depends(member(services))]

    @router.get("/leave", name="leave")
    def leave_page(request: Request, actor: who) -> Response:
        return pages.render(request, "leave.html", mine=_mine(actor), suggestion=suggestion(), error=None, values={})

    @router.post("/leave/archive", name="save_archive")
    def save(request: Request, actor: who) -> Response:
        given = form(request)

        def act() -> Response:
            packed = services.packing.pack(actor, passphrase=given.raw("passphrase"), again=given.raw("again"))
            headers = attachment(FILE_NAME) | {"Content-Length": str(packed.size)}
            return StreamingResponse(packed.chunks(), media_type="application/octet-stream", headers=headers)

        return again(act, request, pages, "leave.html", given, mine=lambda: _mine(actor), suggestion=suggestion)

    @router.get("/leave/delete", name="delete_family")
    def delete_page(request: Request, actor: who) -> Response:
        return pages.render(request, "leave_delete.html", **_parting(actor), error=None, values={})

    @router.post("/leave/delete")
    def delete(request: Request, actor: who) -> Response:
        given = form(request)

        def act() -> Response:
            services.erasure.erase_family(actor, password=given.get("password"))
            visit_of(request).sign_out()
            flash(request, _("Everything of your family was deleted."))
            return see_other("/")

        return again(
            act,
            request,
            pages,
            "leave_delete.html",
            given,
            parting=lambda: services.erasure.parting(actor),
            backup_days=lambda: services.tools.settings.backup_days,
        )

    def _parting(actor: Actor) -> dict[str, Any]:
        return {"parting": services.erasure.parting(actor), "backup_days": services.tools.settings.backup_days}

    @router.get("/restore", name="restore")
    def restore_page(request: Request, actor: who) -> Response:  # noqa: ARG001 - asks who it is
        return pages.render(request, "restore.html", error=None, values={})

    @router.post("/restore")
    def restore(request: Request, actor: who) -> Response:
        given = form(request)

        def act() -> Response:
            upload = given.file("file", largest=LARGEST_UPLOAD)
            if upload is None:
                raise BadInput(_("No file was chosen."), field="file", remedy=_("Choose the archive that was saved."))
            begun = services.restoring.begin(
                actor, upload.data, passphrase=given.raw("passphrase"), mine=given.flag("mine")
            )
            for name in begun.left_out:
                flash(request, _("%(name)s is of age and was left out. They bring an archive of their own.", name=name))
            return see_other(f"/restorations/{begun.id}")

        return again(act, request, pages, "restore.html", given)

    @router.get("/restorations/{restoration_id}", name="restoration")
    def restoration_page(request: Request, actor: who, restoration_id: str) -> Response:
        return pages.render(request, "restoration.html", view=services.restoring.view(actor, restoration_id))

    @router.post("/restorations/{restoration_id}/again", name="restore_again")
    def try_again(request: Request, actor: who, restoration_id: str) -> Response:  # noqa: ARG001
        services.restoring.try_again(actor, restoration_id)
        return see_other(f"/restorations/{restoration_id}")

    def _mine(actor: Actor) -> list[LearnerView]:
        return [one for one in services.people.learners(actor) if Right.MANAGE in one.rights]
