# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""What an organisation wants otherwise than this server does it by itself."""

from collections.abc import Collection, Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import signed_as
from issuer.pages.access import All, At
from issuer.pages.approval_words import KINDS
from issuer.pages.approvals import asked
from issuer.pages.forms import version_of
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.changing_settings import SettingsDraft, SettingsView
from issuer.service.context import Desk
from issuer.service.organisation_settings import ELSEWHERE, LONGEST_CLAIM, LONGEST_UNDO
from issuer.service.securing import USUAL
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import LANGUAGES, _
from kit.web import Form, Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(
        request: Request,
        services: Services,
        desk: Desk,
        *,
        values: Mapping[str, str] | None = None,
        second_person: Collection[str] | None = None,
        error: RequestError | None = None,
    ) -> Response:
        found = services.settings.view(desk)
        return pages.render(
            request,
            "settings.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            server=found.server,
            values=_values(found) if values is None else {**_values(found), **values},
            second_person=found.wanted.second_person if second_person is None else second_person,
            kinds=KINDS,
            version=found.version,
            forms=signed_as.choices(services, desk, now=found.wanted.format or USUAL),
            languages=LANGUAGES,
            elsewhere=ELSEWHERE,
            longest={"undo": LONGEST_UNDO, "claim": LONGEST_CLAIM},
            error=error,
        )

    @router.get("/organisations/{slug}/settings", name="settings")
    def settings(request: Request, services: All, desk: At) -> Response:
        return shown(request, services, desk)

    @router.post("/organisations/{slug}/settings")
    def change(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        try:
            found = services.approvals.do(desk, acts.settings(_draft(given), version=version_of(given)))
        except Conflict as error:
            return shown(request, services, desk, error=error)
        except BadInput as error:
            return shown(
                request,
                services,
                desk,
                values=given.fields(),
                second_person=given.values("secondPerson"),
                error=error,
            )
        if isinstance(found, Approval):
            return asked(request, desk, found)
        flash(request, _("The settings are saved. They hold from now on."))
        return see_other(f"/organisations/{desk.organisation.slug}/settings")


def _draft(given: Form) -> SettingsDraft:
    return SettingsDraft(
        undo_minutes=given.get("undoMinutes"),
        claim_days=given.get("claimDays"),
        family_language=given.get("familyLanguage"),
        elsewhere=given.get("elsewhere"),
        second_person=tuple(given.values("secondPerson")),
        format=given.get("format"),
    )


def _values(found: SettingsView) -> dict[str, str]:
    wanted = found.wanted
    return {
        "undoMinutes": "" if wanted.undo_minutes is None else str(wanted.undo_minutes),
        "claimDays": "" if wanted.claim_days is None else str(wanted.claim_days),
        "familyLanguage": wanted.family_language,
        "elsewhere": wanted.elsewhere,
        "format": wanted.format,
    }
