# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""What was awarded: found, shown, printed, handed out, withdrawn, released."""

import re
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.deliveries import words
from issuer.service.context import Desk
from issuer.service.credentials import REASONS
from issuer.service.rights import Right
from issuer.service.securing import form_of
from issuer.service.services import Services
from issuer.service.vocabulary import STATES
from kit.errors import BadInput, NotFound, Unavailable
from kit.i18n import _
from kit.paging import window
from kit.pdf import PAPERS
from kit.pictures import PICTURES, baked_block, emblem_of
from kit.web import Pages, flash, form, see_other, visit_of

FILTERS: Final = ("issued", "guardian", "bounced", "claimed", "paused", "revoked")


def file_name(title: str) -> str:
    """What a download of an award is called: after what was earned, never after whom."""
    return re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:60] or "award"


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _add_reading(router, pages)
    _add_claims(router, pages)
    _add_endings(router, pages)


def _add_reading(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/credentials", name="credentials")
    def credentials(
        request: Request,
        services: All,
        desk: At,
        *,
        page: str | None = None,
        state: str = "",
        achievement: str = "",
        q: str = "",
    ) -> Response:
        found = services.credentials.listing(desk, window(page=page), state=state, achievement=achievement, words=q)
        return pages.render(
            request,
            "credentials.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            state=state,
            q=q,
            achievement=achievement,
            filters=FILTERS,
            states=STATES,
        )

    @router.get("/organisations/{slug}/credentials/{credential_id}", name="credential")
    def credential(request: Request, services: All, desk: At, credential_id: str, new: str = "") -> Response:
        return _detail(request, pages, services, desk, credential_id, fresh=new == "1")

    @router.get("/organisations/{slug}/credentials/{credential_id}/file", name="credential_file")
    def download(services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.one(desk, credential_id)
        file = services.credentials.file(desk, credential_id)
        name = file_name(found.achievement_name)
        headers = {"ETag": file.etag, "Content-Disposition": f'attachment; filename="{name}.{file.ending}"'}
        return Response(file.body, media_type=file.media_type, headers=headers)

    @router.get("/organisations/{slug}/credentials/{credential_id}/picture.{form}", name="credential_picture")
    def picture(services: All, desk: At, credential_id: str, form: str) -> Response:
        body, _etag = services.credentials.document(desk, credential_id)
        if form not in PICTURES:
            raise NotFound
        headers = {"Content-Disposition": f'attachment; filename="badge.{form}"'}
        return Response(baked_block(emblem_of(body), body, form=form), media_type=PICTURES[form], headers=headers)

    @router.get("/organisations/{slug}/credentials/{credential_id}/certificate.pdf", name="certificate")
    def certificate(request: Request, services: All, desk: At, credential_id: str, paper: str = "") -> Response:
        language = visit_of(request).language
        body = services.certificates.make(
            desk, credential_id, say=partial(pages.catalogues.say, language), language=language, paper=paper
        )
        name = file_name(services.credentials.one(desk, credential_id).achievement_name)
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return Response(body, media_type="application/pdf", headers=headers)


def _detail(
    request: Request, pages: Pages, services: Services, desk: Desk, credential_id: str, *, fresh: bool
) -> Response:
    found = services.credentials.one(desk, credential_id)
    try:
        claim = services.credentials.claim(desk, credential_id) if desk.may(Right.AWARD) else None
        note = services.credentials.note(desk, credential_id)
        pauses = services.suspensions.history(desk, credential_id)
        identifier = services.credentials.identifier(desk, credential_id)
        locked = False
    except Unavailable:
        claim, note, identifier, pauses, locked = None, "", "", (), True
    return pages.render(
        request,
        "credential.html",
        desk=desk,
        organisation=desk.organisation,
        found=found,
        achievement=services.achievements.one(desk.organisation, found.achievement_id),
        versions=services.credentials.versions(desk, credential_id),
        story=services.credentials.story(desk, credential_id),
        claims=services.claims.history(desk.organisation, found.id),
        letters=services.deliveries.of_award(desk, credential_id) if desk.may(Right.AWARD) else [],
        mails=services.deliveries.sends_mail,
        papers=sorted(PAPERS, key=lambda paper: paper != services.certificates.paper(desk.organisation)),
        **words(),
        claim=claim,
        note=note,
        pauses=pauses,
        pausable=services.suspensions.pausable(desk, credential_id),
        identifier=identifier,
        locked=locked,
        fresh=fresh,
        form=form_of(found.format),
        states=STATES,
        reasons=REASONS,
    )


def _add_claims(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/credentials/{credential_id}/sheet", name="claim_sheet")
    def sheet(request: Request, services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.one(desk, credential_id)
        claim = services.credentials.claim(desk, credential_id)
        if claim is None:
            flash(request, _("There is nothing to print: this award was claimed, or its link has run out."))
            return see_other(f"/organisations/{desk.organisation.slug}/credentials/{found.uuid}")
        return pages.render(
            request,
            "claim_sheet.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            claim=claim,
            family_language=services.settings.in_force(desk).family_language,
        )

    @router.post("/organisations/{slug}/credentials/{credential_id}/claim", name="renew_claim")
    def renew(request: Request, services: All, desk: At, credential_id: str) -> Response:
        services.credentials.renew_claim(desk, credential_id)
        flash(request, _("There is a new link and code. The ones before do not work any more."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{credential_id}#claim")

    @router.post("/organisations/{slug}/credentials/{credential_id}/recall", name="recall_claim")
    def recall(request: Request, services: All, desk: At, credential_id: str) -> Response:
        services.credentials.recall_claim(desk, credential_id)
        flash(request, _("The link and the code do not work any more. The award itself stays."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{credential_id}")


def _add_endings(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/credentials/{credential_id}/withdraw", name="withdraw")
    def withdraw_page(request: Request, services: All, desk: At, credential_id: str) -> Response:
        desk.require(Right.WITHDRAW)
        found = services.credentials.one(desk, credential_id)
        return pages.render(
            request,
            "withdraw.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            reasons=REASONS,
            values={},
            error=None,
        )

    @router.post("/organisations/{slug}/credentials/{credential_id}/withdraw")
    def withdraw(request: Request, services: All, desk: At, credential_id: str) -> Response:
        given = form(request)
        try:
            found = services.credentials.revoke(desk, credential_id, reason=given.get("reason"), note=given.get("note"))
        except BadInput as error:
            return pages.render(
                request,
                "withdraw.html",
                status=error.status,
                desk=desk,
                organisation=desk.organisation,
                found=services.credentials.one(desk, credential_id),
                reasons=REASONS,
                values=given.fields(),
                error=error,
            )
        flash(request, _("The award is withdrawn. Whoever checks it from now on sees that."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{found.uuid}")

    @router.get("/organisations/{slug}/credentials/{credential_id}/release", name="release")
    def release_page(request: Request, services: All, desk: At, credential_id: str) -> Response:
        desk.require(Right.WITHDRAW)
        return pages.render(
            request,
            "release.html",
            desk=desk,
            organisation=desk.organisation,
            found=services.credentials.one(desk, credential_id),
        )

    @router.post("/organisations/{slug}/credentials/{credential_id}/release")
    def release(request: Request, services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.one(desk, credential_id)
        answer = services.credentials.release(desk, credential_id, key=f"release-{found.uuid}")
        uuid = str(answer.value["id"]).removeprefix("urn:uuid:")
        flash(request, _("The old award is withdrawn, and this one takes its place, with a new link."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{uuid}?new=1")
