"""Passkeys on the account page and at the door, and the same for programs.

Making a passkey and signing in with one need the browser's own dialogue, so they go over the API with `passkeys.js`;
naming and removing are plain forms. Templates: `accounts/passkey.html`, `accounts/enrol.html`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts.access import require_user
from kit.accounts.passkeys import Passkey, Passkeys
from kit.accounts.service import Account, PasskeyWanted
from kit.errors import BadInput, Conflict
from kit.i18n import _
from kit.web.forms import form
from kit.web.pages import Pages, see_other
from kit.web.problems import respond
from kit.web.vc_api import is_for_programs
from kit.web.visit import flash, visit_of

User = Annotated[Account, Depends(require_user)]


def passkey_pages(*, passkeys: Passkeys, pages: Pages) -> APIRouter:
    """One passkey: call it something else, or remove it. The list stands on the account page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/account/passkeys/{passkey_id}", name="passkey")
    def passkey_page(request: Request, user: User, passkey_id: str) -> Response:
        found = passkeys.one(user.id, passkey_id)
        return pages.render(request, "accounts/passkey.html", passkey=found, error=None, values={})

    @router.post("/account/passkeys/{passkey_id}")
    def rename(request: Request, user: User, passkey_id: str) -> Response:
        found, given = passkeys.one(user.id, passkey_id), form(request)
        try:
            passkeys.rename(user.id, passkey_id, name=given.get("passkey_name"))
        except BadInput as error:
            return _again(request, pages, found, error, given.fields())
        flash(request, _("The name is changed."))
        return see_other("/account")

    @router.post("/account/passkeys/{passkey_id}/remove", name="remove_passkey")
    def remove(request: Request, user: User, passkey_id: str) -> Response:
        found, given, visit = passkeys.one(user.id, passkey_id), form(request), visit_of(request)
        try:
            passkeys.remove(
                user.id, passkey_id, password=given.get("present_password"), session_token=visit.session_token
            )
        except (BadInput, Conflict) as error:
            return _again(request, pages, found, error, {})
        flash(request, _("The passkey is removed. Other devices were signed out."))
        return see_other("/account")

    return router


def _again(
    request: Request, pages: Pages, found: Passkey, error: BadInput | Conflict, values: dict[str, str]
) -> Response:
    return pages.render(
        request, "accounts/passkey.html", status=error.status, passkey=found, error=error, values=values
    )


def answer_wanted(app: FastAPI, *, passkeys: Passkeys, pages: Pages, home: str = "/") -> None:
    """Wherever somebody showed enough for a password's server and too little for this one, tell them what to do now.

    Who may make a passkey gets a page that makes one; everybody else the sign-in page with its button.
    """

    def wanted(request: Request, error: Exception) -> Response:
        if not isinstance(error, PasskeyWanted) or is_for_programs(request.url.path):
            return respond(request, error, pages)
        if not error.may_make:
            return pages.render(
                request,
                "accounts/sign_in.html",
                status=error.status,
                next=home,
                error=None,
                values={},
                passkeys_possible=passkeys.possible,
                wanted=True,
            )
        options = passkeys.begin_enrolment(error.account, binding=visit_of(request).binding())
        return pages.render(request, "accounts/enrol.html", status=error.status, options=json.dumps(options), next=home)

    app.add_exception_handler(PasskeyWanted, wanted)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeviceAnswer(_Body):
    """What a device said: `clientDataJSON` and its companions in base64url, as browsers write them."""

    clientDataJSON: str = Field(max_length=6000)  # noqa: N815 - the specification's name
    attestationObject: str | None = Field(default=None, max_length=40_000)  # noqa: N815
    authenticatorData: str | None = Field(default=None, max_length=4000)  # noqa: N815
    signature: str | None = Field(default=None, max_length=4000)
    userHandle: str | None = Field(default=None, max_length=200)  # noqa: N815
    transports: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=20)


class Credential(_Body):
    """A `PublicKeyCredential`."""

    id: str = Field(max_length=1400)
    rawId: str = Field(max_length=1400)  # noqa: N815
    type: str = Field(max_length=40)
    response: DeviceAnswer

    def answer(self) -> dict[str, Any]:
        """As the library reads it: without what is not there."""
        return self.model_dump(exclude_none=True)


class NewPasskey(_Body):
    """A passkey that was just made, and what its owner calls it."""

    name: str = Field(max_length=200)
    credential: Credential


class Present(_Body):
    """The present password, asked again before what would outlive a stolen session."""

    password: str = Field(max_length=400)


class Named(_Body):
    """What a passkey is called."""

    name: str = Field(max_length=200)


class Kept(_Body):
    """A passkey that is kept."""

    id: str
    name: str
    backedUp: bool  # noqa: N815
    created: str
    used: str | None


class Opened(_Body):
    """Whose session the cookie now holds."""

    account: str
    name: str


def passkey_api(*, passkeys: Passkeys) -> APIRouter:
    """`/api/passkeys`: what `passkeys.js` calls. A challenge is bound to the cookie that its answer comes with."""
    router = APIRouter(prefix="/api/passkeys", tags=["passkeys"])

    @router.post("/sign-in/options")
    def sign_in_options(request: Request) -> dict[str, Any]:
        visit = visit_of(request)
        return passkeys.begin_sign_in(binding=visit.binding(), client=visit.client)

    @router.post("/sign-in")
    def sign_in(request: Request, body: Credential) -> Opened:
        visit = visit_of(request)
        account, token = passkeys.finish_sign_in(body.answer(), binding=visit.binding(), client=visit.client)
        return _opened(request, passkeys, account, token)

    @router.post("/enrolment", status_code=201)
    def enrol(request: Request, body: NewPasskey) -> Opened:
        binding = visit_of(request).binding()
        account, token = passkeys.finish_enrolment(body.credential.answer(), name=body.name, binding=binding)
        return _opened(request, passkeys, account, token)

    @router.get("")
    def see(user: User) -> dict[str, list[Kept]]:
        return {"items": [_kept(each) for each in passkeys.listing(user.id)]}

    @router.post("/options")
    def add_options(request: Request, user: User, body: Present) -> dict[str, Any]:
        return passkeys.begin_adding(user, password=body.password, binding=visit_of(request).binding())

    @router.post("", status_code=201)
    def add(request: Request, user: User, body: NewPasskey) -> Kept:
        binding = visit_of(request).binding()
        made = passkeys.finish_adding(user, body.credential.answer(), name=body.name, binding=binding)
        flash(request, _("The passkey is added. You can sign in with it from now on."))
        return _kept(made)

    @router.put("/{passkey_id}", status_code=204)
    def rename(passkey_id: str, user: User, body: Named) -> None:
        passkeys.rename(user.id, passkey_id, name=body.name)

    @router.post("/{passkey_id}/removal", status_code=204)
    def remove(request: Request, passkey_id: str, user: User, body: Present) -> None:
        session_token = visit_of(request).session_token
        passkeys.remove(user.id, passkey_id, password=body.password, session_token=session_token)

    return router


def _opened(request: Request, passkeys: Passkeys, account: Account, token: str) -> Opened:
    visit = visit_of(request)
    if visit.session_token is not None:
        passkeys.accounts.sign_out(visit.session_token)  # an id from before signing in is worth nothing afterwards
    visit.sign_in(token)
    return Opened(account=account.id, name=account.name)


def _kept(each: Passkey) -> Kept:
    used = each.used.isoformat() if each.used else None
    return Kept(id=each.id, name=each.name, backedUp=each.backed_up, created=each.created.isoformat(), used=used)
