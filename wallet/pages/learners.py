"""A learner's quilt, files and bin."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import _
from kit.intake import MAX_FILE_BYTES
from kit.web import Pages, flash, form, see_other
from wallet.pages.asking import again, attachment, member
from wallet.service import Actor, Services
from wallet.service.arriving import claim_link


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about one learner."""
    who = Annotated[Actor, Depends(member(services))]
    people, credentials = services.people, services.credentials

    @router.get("/learners/{learner_id}", name="learner")
    def learner_page(request: Request, actor: who, learner_id: str) -> Response:
        return pages.render(
            request,
            "learner.html",
            learner=people.learner(actor, learner_id).learner,
            learners=people.learners(actor),
            cards=credentials.search(actor, learner_id, ""),
            claims=services.claims.waiting(actor, learner_id),
            shares=services.shares.shares(actor, learner_id),
            handovers=[one for one in services.handover.notices(actor) if one.learner.id == learner_id],
            connecting=services.hosting.connections.waiting(actor, learner_id),
        )

    @router.get("/learners/{learner_id}/add", name="add_file")
    def add_page(request: Request, actor: who, learner_id: str) -> Response:
        learner = people.learner(actor, learner_id).learner
        return pages.render(request, "add_file.html", learner=learner, error=None, values={})

    @router.post("/learners/{learner_id}/add")
    def add(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            uploads = (given.file(name, largest=MAX_FILE_BYTES) for name in ("file", "photo"))
            upload = next((each for each in uploads if each is not None), None)
            data = upload.data if upload is not None else given.get("text").encode()
            if not data:
                remedy = _("Choose a file, or paste its text or its link.")
                raise BadInput(_("There is nothing to add yet."), field="file", remedy=remedy)
            offer = claim_link(data, loopback=services.tools.settings.loopback)
            if offer is not None:  # an award that waits to be claimed goes its own way
                return see_other("/claim?" + urlencode({"offer": offer}))
            arrival = credentials.add_file(actor, learner_id, data)
            if arrival.already:
                flash(request, _("Already kept, here."))
            elif arrival.replaced:
                flash(request, _("Kept. It replaces an older edition, which stays in the history."))
            else:
                flash(request, _("Kept."))
            return see_other(f"/credentials/{arrival.credential_id}")

        learner = people.learner(actor, learner_id).learner
        return again(act, request, pages, "add_file.html", given, learner=lambda: learner)

    @router.get("/learners/{learner_id}/bin", name="bin")
    def bin_page(request: Request, actor: who, learner_id: str) -> Response:
        return pages.render(
            request,
            "bin.html",
            learner=people.learner(actor, learner_id).learner,
            items=credentials.discarded(actor, learner_id),
        )

    @router.get("/archive", name="archive")
    def archive(actor: who) -> Response:
        return Response(services.archive.pack(actor), media_type="application/zip", headers=attachment("awards.zip"))
