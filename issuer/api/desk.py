# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""The desk's API: everything that needs a session (``POST /api/session``, then ``Authorization: Bearer …``)."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from issuer.api import approvals, shapes
from issuer.api.access import All, At, Who
from issuer.api.bodies import (
    AchievementBody,
    AwardBody,
    InvitationBody,
    OrganisationBody,
    Raw,
    RetirementBody,
    RevocationBody,
    openapi_of,
    read,
)
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.once import Answer
from kit.errors import BadInput, Gone, NotFound
from kit.i18n import _
from kit.paging import Page, window

Key = Annotated[str, Header(alias="Idempotency-Key")]
Number = Annotated[str | None, Query(alias="page")]
Size = Annotated[str | None, Query(alias="size")]


def desk_api() -> APIRouter:
    """The routes under ``/api/organisations``."""
    router = APIRouter(prefix="/api/organisations", tags=["desk"])
    _organisations(router)
    _achievements(router)
    _awards(router)
    _credentials(router)
    _records(router)
    return router


def _organisations(router: APIRouter) -> None:
    @router.get("")
    def list_organisations(services: All, who: Who) -> Response:
        found = services.organisations.of(who)
        return shapes.answer({"items": [shapes.organisation(item, role) for item, role in found]})

    @router.post("", openapi_extra=openapi_of(OrganisationBody))
    def open_organisation(services: All, who: Who, raw: Raw) -> Response:
        found = services.organisations.open(who, read(OrganisationBody, raw).draft())
        return shapes.answer(shapes.organisation(found, "owner"), status=201)

    @router.get("/{slug}")
    def one_organisation(desk: At) -> Response:
        return shapes.answer(shapes.organisation(desk.organisation, desk.role))

    @router.put("/{slug}", openapi_extra=openapi_of(OrganisationBody))
    def edit_organisation(services: All, desk: At, raw: Raw) -> Response:
        return shapes.answer(
            shapes.organisation(services.organisations.edit(desk, read(OrganisationBody, raw).draft()))
        )

    @router.get("/{slug}/members")
    def list_members(services: All, desk: At) -> Response:
        found = services.people.members(desk)
        return shapes.answer({"items": [shapes.member(member) for member in found]})

    @router.delete("/{slug}/members/{account}")
    def remove_member(services: All, desk: At, account: str) -> Response:
        services.people.remove(desk, account)
        return Response(status_code=204)

    @router.get("/{slug}/invitations")
    def list_invitations(services: All, desk: At) -> Response:
        items = [
            {"id": found.id, "label": found.label, "role": found.role, "expires": shapes.at(found.expires)}
            for found in services.people.open_invitations(desk)
        ]
        return shapes.answer({"items": items})

    @router.delete("/{slug}/invitations/{invitation_id}")
    def withdraw_invitation(services: All, desk: At, invitation_id: str) -> Response:
        services.people.withdraw(desk, invitation_id)
        return Response(status_code=204)

    @router.post("/{slug}/invitations", openapi_extra=openapi_of(InvitationBody))
    def invite(services: All, desk: At, raw: Raw) -> Response:
        body = read(InvitationBody, raw)
        token = services.people.invite(desk, role=body.role, label=body.label)
        url = f"{services.context.settings.public_url}/join/{token}"
        return shapes.answer({"url": url, "role": body.role}, status=201)


def _achievements(router: APIRouter) -> None:
    @router.get("/{slug}/achievements")
    def list_achievements(
        services: All, desk: At, page: Number = None, size: Size = None, *, retired: bool = False
    ) -> Response:
        at = window(page=page, size=size)
        return shapes.listed(
            services.achievements.listing(desk.organisation, at, include_retired=retired), shapes.achievement
        )

    @router.post("/{slug}/achievements", openapi_extra=openapi_of(AchievementBody))
    def create_achievement(services: All, desk: At, raw: Raw) -> Response:
        found = services.achievements.create(desk, read(AchievementBody, raw).draft())
        return shapes.answer(shapes.achievement(found), status=201)

    @router.get("/{slug}/achievements/{achievement_id}")
    def one_achievement(services: All, desk: At, achievement_id: str) -> Response:
        return shapes.answer(shapes.achievement(services.achievements.one(desk.organisation, achievement_id)))

    @router.put("/{slug}/achievements/{achievement_id}", openapi_extra=openapi_of(AchievementBody))
    def edit_achievement(services: All, desk: At, achievement_id: str, raw: Raw) -> Response:
        body = read(AchievementBody, raw)
        found = services.achievements.edit(desk, achievement_id, body.draft(), version=body.version)
        return shapes.answer(shapes.achievement(found))

    @router.put("/{slug}/achievements/{achievement_id}/retirement", openapi_extra=openapi_of(RetirementBody))
    def retire_achievement(services: All, desk: At, achievement_id: str, raw: Raw) -> Response:
        body = read(RetirementBody, raw)
        found = services.achievements.retire(desk, achievement_id, retired=body.retired)
        return shapes.answer(shapes.achievement(found))


def _awards(router: APIRouter) -> None:
    @router.post("/{slug}/awards", openapi_extra=openapi_of(AwardBody))
    def award(services: All, desk: At, raw: Raw, key: Key = "") -> Response:
        wanted = acts.award(read(AwardBody, raw).draft(), key=needed(key))
        return _given(services.approvals.do(desk, wanted))

    @router.post("/{slug}/credentials/{credential_id}/reissue", openapi_extra=openapi_of(AwardBody))
    def reissue(services: All, desk: At, credential_id: str, raw: Raw, key: Key = "") -> Response:
        found = services.credentials.one(desk, credential_id)
        body = read(AwardBody, raw)
        return _given(services.approvals.do(desk, acts.correction(found.id, body.draft(), key=needed(key))))

    @router.post("/{slug}/credentials/{credential_id}/release")
    def release(services: All, desk: At, credential_id: str, key: Key = "") -> Response:
        return _given(services.credentials.release(desk, credential_id, key=needed(key)))

    @router.post("/{slug}/credentials/{credential_id}/revocation", openapi_extra=openapi_of(RevocationBody))
    def revoke(services: All, desk: At, credential_id: str, raw: Raw) -> Response:
        body = read(RevocationBody, raw)
        found = services.credentials.revoke(desk, credential_id, reason=body.reason, note=body.note, since=body.since)
        return shapes.answer(shapes.credential(found))


def _credentials(router: APIRouter) -> None:
    @router.get("/{slug}/credentials")
    def list_credentials(
        services: All,
        desk: At,
        *,
        page: Number = None,
        size: Size = None,
        state: str = "",
        achievement: str = "",
        q: str = "",
        job: str = "",
    ) -> Response:
        found = services.credentials.listing(
            desk, window(page=page, size=size), state=state, achievement=achievement, words=q, job=job
        )
        return shapes.listed(found, shapes.credential)

    @router.get("/{slug}/credentials/{credential_id}")
    def one_credential(services: All, desk: At, credential_id: str) -> Response:
        found = shapes.credential(services.credentials.one(desk, credential_id))
        versions = services.credentials.versions(desk, credential_id)
        return shapes.answer(found | {"versions": [shapes.version(item) for item in versions]})

    @router.get("/{slug}/credentials/{credential_id}/document")
    def one_document(services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.file(desk, credential_id)
        return Response(found.body, media_type=found.media_type, headers={"ETag": found.etag})

    @router.get("/{slug}/credentials/{credential_id}/claim")
    def one_claim(services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.claim(desk, credential_id)
        if found is None:
            raise Gone(_("There is no open claim for this award: it was claimed, taken back or has run out."))
        return shapes.answer(shapes.claim(found))

    @router.post("/{slug}/credentials/{credential_id}/claim")
    def renew_claim(services: All, desk: At, credential_id: str) -> Response:
        services.credentials.renew_claim(desk, credential_id)
        found = services.credentials.claim(desk, credential_id)
        if found is None:
            raise NotFound
        return shapes.answer(shapes.claim(found), status=201)

    @router.delete("/{slug}/credentials/{credential_id}/claim")
    def recall_claim(services: All, desk: At, credential_id: str) -> Response:
        services.credentials.recall_claim(desk, credential_id)
        return Response(status_code=204)


def _records(router: APIRouter) -> None:
    @router.get("/{slug}/status-lists")
    def list_status_lists(services: All, desk: At) -> Response:
        lines = services.lists.lines(desk.organisation)
        return shapes.answer({"items": [shapes.status_list(line) for line in lines]})

    @router.get("/{slug}/audit")
    def list_audit(services: All, desk: At, page: Number = None, size: Size = None) -> Response:
        at = window(page=page, size=size)
        rows, total = services.organisations.audit_page(desk, offset=at.offset, limit=at.size)
        return shapes.listed(Page(items=rows, number=at.number, size=at.size, total=total), shapes.audit_entry)


def needed(key: str) -> str:
    """The key that makes a request safe to repeat. Raises: BadInput when there is none."""
    if not key.strip():
        raise BadInput(
            _("This needs a header Idempotency-Key, so that sending it twice awards once."),
            field="Idempotency-Key",
            remedy=_("Send a fresh random key with each new award, and the same key when you repeat a request."),
        )
    return key


def _given(answer: Answer | Approval) -> Response:
    if isinstance(answer, Approval):
        return approvals.asked(answer)
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return Response(answer.body, status_code=answer.status, media_type="application/json", headers=headers)
