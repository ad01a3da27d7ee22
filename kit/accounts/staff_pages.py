"""The administrators' pages about accounts, and the same for programs: `accounts/staff.html`, `accounts/sure.html`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts.access import require_user
from kit.accounts.service import Account
from kit.accounts.staff import Staff
from kit.errors import BadInput, NotFound, RequestError
from kit.i18n import _
from kit.web.forms import form
from kit.web.pages import Pages, see_other
from kit.web.visit import flash

User = Annotated[Account, Depends(require_user)]
HOME = "/accounts"


def staff_pages(*, staff: Staff, pages: Pages, public_url: str) -> APIRouter:
    """See who may sign in, invite, withdraw an invitation, keep out, let in again."""
    router = APIRouter(include_in_schema=False)

    def shown(
        request: Request,
        user: Account,
        *,
        status: int = 200,
        link: str | None = None,
        error: RequestError | None = None,
    ) -> Response:
        members, invitations = staff.members(user), staff.invitations(user)
        return pages.render(
            request,
            "accounts/staff.html",
            status=status,
            members=members,
            invitations=invitations,
            link=link,
            error=error,
        )

    @router.get(HOME, name="staff")
    def see(request: Request, user: User) -> Response:
        return shown(request, user)

    @router.post(HOME)
    def invite(request: Request, user: User) -> Response:
        try:
            made = staff.invite(user, scope=form(request).get("scope"))
        except BadInput as error:
            return shown(request, user, status=error.status, error=error)
        # The link is shown in the answer itself and nowhere else: only its hash is kept.
        return shown(request, user, link=f"{public_url}/invitations/{made.token}")

    @router.get(f"{HOME}/invitations/{{invitation_id}}/withdraw")
    def sure_to_withdraw(request: Request, user: User, invitation_id: str) -> Response:
        found = next((each for each in staff.invitations(user) if each.id == invitation_id), None)
        if found is None:
            raise NotFound
        return pages.render(request, "accounts/sure.html", invitation=found, member=None)

    @router.post(f"{HOME}/invitations/{{invitation_id}}/withdraw")
    def withdraw(request: Request, user: User, invitation_id: str) -> Response:
        staff.withdraw(user, invitation_id)
        flash(request, _("The invitation is withdrawn."))
        return see_other(HOME)

    @router.get(f"{HOME}/{{account_id}}/disable")
    def sure_to_disable(request: Request, user: User, account_id: str) -> Response:
        found = staff.member(user, account_id)
        return pages.render(request, "accounts/sure.html", invitation=None, member=found)

    @router.post(f"{HOME}/{{account_id}}/disable")
    def disable(request: Request, user: User, account_id: str) -> Response:
        found = staff.member(user, account_id)
        staff.disable(user, account_id)
        flash(request, _("%(name)s can no longer sign in.", name=found.name))
        return see_other(HOME)

    @router.post(f"{HOME}/{{account_id}}/allow")
    def allow(request: Request, user: User, account_id: str) -> Response:
        found = staff.member(user, account_id)
        staff.allow(user, account_id)
        flash(request, _("%(name)s can sign in again.", name=found.name))
        return see_other(HOME)

    return router


class Place(BaseModel):
    """Whom a place is kept for: "staff" or "administrator"."""

    model_config = ConfigDict(extra="forbid")

    scope: str = Field(max_length=40)


class Access(BaseModel):
    """Whether somebody may sign in."""

    model_config = ConfigDict(extra="forbid")

    allowed: bool


def staff_api(*, staff: Staff, public_url: str) -> APIRouter:
    """The same for programs, under ``/api/accounts``."""
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.get("")
    def see(user: User) -> dict[str, Any]:
        members = [
            {"account": each.id, "name": each.name, "scope": each.scope, "allowed": not each.disabled}
            for each in staff.members(user)
        ]
        invitations = [
            {"id": each.id, "scope": each.scope, "invitedBy": each.invited_by, "expires": each.expires.isoformat()}
            for each in staff.invitations(user)
        ]
        return {"items": members, "invitations": invitations}

    @router.post("/invitations", status_code=201)
    def invite(body: Place, user: User) -> dict[str, str]:
        made = staff.invite(user, scope=body.scope)
        return {"url": f"{public_url}/invitations/{made.token}", "scope": made.scope}

    @router.delete("/invitations/{invitation_id}", status_code=204)
    def withdraw(invitation_id: str, user: User) -> None:
        staff.withdraw(user, invitation_id)

    @router.put("/{account_id}/access", status_code=204)
    def access(account_id: str, body: Access, user: User) -> None:
        if body.allowed:
            staff.allow(user, account_id)
        else:
            staff.disable(user, account_id)

    return router
