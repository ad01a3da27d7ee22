# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""How an organisation introduces itself: one form for all that it says about itself."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages import describing, picturing
from issuer.pages.access import All, At
from issuer.service.context import Desk, Organisation
from issuer.service.drafts import AccreditationDraft, IdentifierDraft, OrganisationDraft
from issuer.service.introduction import ADDRESS_MEMBERS, MOST_ACCREDITATIONS, MOST_IDENTIFIERS
from issuer.service.local_times import USUAL, others
from issuer.service.rights import Right
from issuer.service.vocabulary import (
    ACCREDITATION_STATES,
    IDENTIFIER_WORDS,
    ORGANISATION_IDENTIFIERS,
    ORGANISATION_KINDS,
)
from kit.errors import BadInput, RequestError
from kit.i18n import _
from kit.redrawn import ACCEPT
from kit.web import Pages, flash, form, see_other

_FURTHER: Final = ("identifier", "systemId", "sourcedId", "oneRosterSourcedId", "accountId")
"""Open Badges' own words that suit an organisation; one that is there already stays choosable, whatever it is."""


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/organisations/{slug}/profile", name="profile")
    def profile(request: Request, desk: At) -> Response:
        desk.require(Right.SETTINGS)
        return _form(request, pages, desk, rows=shown(desk.organisation), error=None)

    @router.post("/organisations/{slug}/profile")
    def edit_profile(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.SETTINGS)
        given = form(request)
        act = given.get("do")
        rows = describing.grown(given.fields(), keep_empty=bool(act))
        problem = picturing.take(services, desk, given, rows, member="logo")
        if act or problem:
            here = describing.changed(rows, act) if act else ""
            return _form(request, pages, desk, rows=rows, error=problem, here=here)
        try:
            services.organisations.edit(desk, draft(rows))
        except BadInput as error:
            return _form(request, pages, desk, rows=rows, error=error)
        flash(request, _("The profile is saved. Awards made so far keep what they said."))
        return see_other(f"/organisations/{desk.organisation.slug}")


def _form(
    request: Request, pages: Pages, desk: Desk, *, rows: describing.Tree, error: RequestError | None, here: str = ""
) -> Response:
    return pages.render(
        request,
        "profile_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        rows=rows,
        at_row=here,
        error=error,
        kinds=ORGANISATION_KINDS,
        identifier_types={**ORGANISATION_IDENTIFIERS, **{name: IDENTIFIER_WORDS[name] for name in _FURTHER}},
        accreditation_states=ACCREDITATION_STATES,
        most_rows=MOST_IDENTIFIERS,
        most_accreditations=MOST_ACCREDITATIONS,
        accept=ACCEPT,
        usual_zones=USUAL,
        other_zones=others(),
        zone=rows.get("timeZone", ""),
    )


def shown(organisation: Organisation) -> describing.Tree:
    """What the form shows of an organisation."""
    return {
        "name": organisation.name,
        "kind": organisation.kind,
        "url": organisation.url,
        "email": organisation.email,
        "description": organisation.description,
        "legalName": organisation.legal_name,
        "phone": organisation.phone,
        "official": organisation.official,
        "timeZone": organisation.time_zone,
        "logo": organisation.logo,
        "parent/id": organisation.parent.id if organisation.parent else "",
        "parent/name": organisation.parent.name if organisation.parent else "",
        "otherIdentifiers": [
            {"identifier": item.value, "identifierType": item.kind} for item in organisation.identifiers
        ],
        "accreditations": [
            {
                "bodyName": item.body_name,
                "bodyId": item.body_id,
                "state": item.state,
                "since": item.since,
                "until": item.until,
                "documentUrl": item.document_url,
            }
            for item in organisation.accreditations
        ],
        **{f"address/{name}": value for name, value in (organisation.address or {}).items()},
    }


def draft(rows: describing.Tree) -> OrganisationDraft:
    """What the form says."""

    def text(row: dict[str, Any], name: str) -> str:
        return str(row.get(name, ""))

    address = {name: text(rows, f"address/{name}") for name in ADDRESS_MEMBERS}
    return OrganisationDraft(
        name=text(rows, "name"),
        kind=text(rows, "kind"),
        url=text(rows, "url"),
        email=text(rows, "email"),
        description=text(rows, "description"),
        address={name: value for name, value in address.items() if value} or None,
        legal_name=text(rows, "legalName"),
        phone=text(rows, "phone"),
        official=text(rows, "official"),
        time_zone=text(rows, "timeZone"),
        logo=text(rows, "logo"),
        parent_id=text(rows, "parent/id"),
        parent_name=text(rows, "parent/name"),
        identifiers=describing.drafts(IdentifierDraft, rows["otherIdentifiers"]),
        accreditations=describing.drafts(AccreditationDraft, rows["accreditations"]),
    )
