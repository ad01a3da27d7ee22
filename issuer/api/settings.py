"""An organisation's settings for programs."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.approvals import asked
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.changing_settings import SettingsDraft, SettingsView
from issuer.service.organisation_settings import OrganisationSettings


class SettingsBody(Body):
    """All settings: what is left out is done as the server does it. ``version`` is the one that was looked at."""

    undo_minutes: int | None = None
    claim_days: int | None = None
    family_language: str = ""
    elsewhere: str = ""
    second_person: tuple[str, ...] = Field(default=(), max_length=20)
    format: str = ""
    version: int | None = None

    def draft(self) -> SettingsDraft:
        """The same for the service."""
        return SettingsDraft(**self.model_dump(exclude={"version"}))


def settings_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}``."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["settings"])

    @router.get("/settings")
    def show_settings(services: All, desk: At) -> Response:
        return shapes.answer(_shape(services.settings.view(desk)))

    @router.put("/settings", openapi_extra=openapi_of(SettingsBody))
    def change_settings(services: All, desk: At, raw: Raw) -> Response:
        body = read(SettingsBody, raw)
        found = services.approvals.do(desk, acts.settings(body.draft(), version=body.version))
        return asked(found) if isinstance(found, Approval) else shapes.answer(_shape(found))

    return router


def _shape(found: SettingsView) -> dict[str, Any]:
    return {**_members(found.wanted), "version": found.version, "server": _members(found.server)}


def _members(found: OrganisationSettings) -> dict[str, Any]:
    return {
        "undoMinutes": found.undo_minutes,
        "claimDays": found.claim_days,
        "familyLanguage": found.family_language,
        "elsewhere": found.elsewhere,
        "secondPerson": list(found.second_person),
        "format": found.format,
    }
