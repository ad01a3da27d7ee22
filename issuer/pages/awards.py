# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Awarding in three clicks: "Award a learner", the achievement, "Award". And correcting what was awarded."""

import secrets
from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import reading, signed_as
from issuer.pages.access import All, At
from issuer.pages.approvals import asked
from issuer.pages.forms import form_key
from issuer.service.achievements import Achievement, result_descriptions
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.context import Desk
from issuer.service.rights import Right
from issuer.service.securing import Form as SignedAs
from issuer.service.services import Services
from issuer.service.vocabulary import RESULT_STATUSES, RESULT_TYPES
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput, RequestError
from kit.i18n import _
from kit.paging import Window
from kit.web import Pages, flash, form, see_other

MOST_CHOICES = 200


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/award", name="award")
    def choose(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.AWARD)
        desk.require_open()
        at = Window(number=1, size=MOST_CHOICES)
        found = services.achievements.listing(desk.organisation, at, include_retired=False)
        if found.total == 1:
            return see_other(f"/organisations/{desk.organisation.slug}/award/{found.items[0].id}")
        return pages.render(
            request,
            "award_choose.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            types=ACHIEVEMENT_TYPES,
        )

    @router.get("/organisations/{slug}/award/{achievement_id}", name="award_form")
    def award_page(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        desk.require(Right.AWARD)
        desk.require_open()
        found = services.achievements.one(desk.organisation, achievement_id)
        values = {"creditsEarned": str(found.body.get("creditsAvailable", ""))}
        values["key"] = secrets.token_urlsafe(16)
        values["format"] = services.settings.signed_as(desk, found.format)
        return _form(
            request, pages, desk, achievement=found, values=values, error=None, forms=_forms(services, desk, found)
        )

    @router.post("/organisations/{slug}/award/{achievement_id}")
    def award(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        given = form(request)
        found = services.achievements.one(desk.organisation, achievement_id)
        draft = reading.award(given, descriptions=result_descriptions(found))
        try:
            answer = services.approvals.do(desk, acts.award(draft, key=form_key(given)))
        except BadInput as error:
            forms = _forms(services, desk, found)
            return _form(request, pages, desk, achievement=found, values=given.fields(), error=error, forms=forms)
        if isinstance(answer, Approval):
            return asked(request, desk, answer)
        uuid = str(answer.value["id"]).removeprefix("urn:uuid:")
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{uuid}?new=1")

    @router.get("/organisations/{slug}/credentials/{credential_id}/correct", name="correct")
    def correct_page(request: Request, services: All, desk: At, credential_id: str) -> Response:
        desk.require(Right.AWARD)
        credential = services.credentials.one(desk, credential_id)
        draft, achievement = services.awards.draft_of(desk, credential.id)
        values = reading.award_values(draft, descriptions=result_descriptions(achievement))
        values["key"] = secrets.token_urlsafe(16)
        return _form(request, pages, desk, achievement=achievement, values=values, error=None, credential=credential)

    @router.post("/organisations/{slug}/credentials/{credential_id}/correct")
    def correct(request: Request, services: All, desk: At, credential_id: str) -> Response:
        given = form(request)
        credential = services.credentials.one(desk, credential_id)
        _draft, achievement = services.awards.draft_of(desk, credential.id)
        draft = reading.award(given, descriptions=result_descriptions(achievement))
        try:
            answer = services.approvals.do(desk, acts.correction(credential.id, draft, key=form_key(given)))
        except BadInput as error:
            return _form(
                request, pages, desk, achievement=achievement, values=given.fields(), error=error, credential=credential
            )
        if isinstance(answer, Approval):
            return asked(request, desk, answer)
        flash(request, _("The corrected award is signed. It keeps its number; the newer version counts."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{credential.uuid}")


def _forms(services: Services, desk: Desk, achievement: Achievement) -> Sequence[SignedAs]:
    return signed_as.choices(services, desk, now=services.settings.signed_as(desk, achievement.format))


def _form(
    request: Request,
    pages: Pages,
    desk: Desk,
    *,
    achievement: Achievement,
    values: Mapping[str, str],
    error: RequestError | None,
    credential: object = None,
    forms: Sequence[SignedAs] = (),
) -> Response:
    return pages.render(
        request,
        "award_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        achievement=achievement,
        descriptions=result_descriptions(achievement),
        credential=credential,
        forms=forms,
        values=values,
        error=error,
        types=ACHIEVEMENT_TYPES,
        result_types=RESULT_TYPES,
        statuses=RESULT_STATUSES,
        evidence_rows=range(reading.EVIDENCE_ROWS),
    )
