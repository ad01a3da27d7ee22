"""The pages every role shares: sign in, sign out, recover, password and codes, accept an invitation.

Templates: `accounts/sign_in.html`, `recover.html`, `account.html`, `codes.html`, `invitation.html`. A form that was
filled in wrongly is shown again with `error` (a BadInput: `.detail`, `.field`, `.remedy`) and `values`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts.access import require_user
from kit.accounts.passkeys import Passkeys
from kit.accounts.passwords import refuse_public
from kit.accounts.service import Account, Accounts
from kit.errors import BadInput, Conflict, SignInRequired
from kit.i18n import _
from kit.web.forms import Form, form
from kit.web.pages import Pages, see_other
from kit.web.visit import flash, local_path, visit_of

User = Annotated[Account, Depends(require_user)]


def account_pages(*, accounts: Accounts, passkeys: Passkeys, pages: Pages, home: str = "/") -> APIRouter:
    """The shared pages as a router. `home` is where somebody arrives after signing in without another wish."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in", name="sign_in")
    def sign_in_page(request: Request) -> Response:
        target = local_path(request.query_params.get("next"), default=home)
        return pages.render(
            request,
            "accounts/sign_in.html",
            next=target,
            error=None,
            values={},
            passkeys_possible=passkeys.possible,
            wanted=False,
        )

    @router.post("/sign-in")
    def sign_in(request: Request) -> Response:
        given = form(request)
        visit = visit_of(request)
        target = local_path(given.get("next"), default=home)

        def act() -> Response:
            refuse_public(given.get("password"), loopback=request.app.state.settings.loopback)
            _account, token = accounts.sign_in(
                login=given.get("login"), password=given.get("password"), client=visit.client
            )
            if visit.session_token is not None:
                accounts.sign_out(visit.session_token)  # an id from before signing in is worth nothing afterwards
            visit.sign_in(token)
            return see_other(target)

        return _again(
            act,
            request,
            pages,
            "accounts/sign_in.html",
            given,
            next=target,
            passkeys_possible=passkeys.possible,
            wanted=False,
        )

    @router.post("/sign-out", name="sign_out")
    def sign_out(request: Request) -> Response:
        visit = visit_of(request)
        if visit.session_token:
            accounts.sign_out(visit.session_token)
        visit.sign_out()
        return _emptied(see_other("/"))

    @router.get("/recover", name="recover")
    def recover_page(request: Request) -> Response:
        return pages.render(request, "accounts/recover.html", error=None, values={})

    @router.post("/recover")
    def recover(request: Request) -> Response:
        given = form(request)
        visit = visit_of(request)

        def act() -> Response:
            _account, token = accounts.recover(
                login=given.get("login"),
                code=given.get("code"),
                new=given.get("new_password"),
                client=visit.client,
            )
            visit.sign_in(token)
            flash(request, _("Your password is changed. Other devices were signed out."))
            return see_other(home)

        return _again(act, request, pages, "accounts/recover.html", given)

    _add_own_account(router, accounts, passkeys, pages)
    _add_invitation(router, accounts, pages, home)
    return router


def _add_own_account(router: APIRouter, accounts: Accounts, passkeys: Passkeys, pages: Pages) -> None:
    def known(user: Account) -> dict[str, Any]:
        """What the account page shows whatever else happened."""
        return {
            "codes_left": accounts.recovery_codes_left(user.id),
            "passkeys": passkeys.listing(user.id),
            "passkeys_possible": passkeys.possible,
        }

    @router.get("/account", name="account")
    def account_page(request: Request, user: User) -> Response:
        return pages.render(request, "accounts/account.html", error=None, values={}, **known(user))

    @router.post("/account/password", name="change_password")
    def change_password(request: Request, user: User) -> Response:
        given = form(request)

        def act() -> Response:
            token = accounts.change_password(user.id, old=given.get("old_password"), new=given.get("new_password"))
            visit_of(request).sign_in(token)
            flash(request, _("Your password is changed. Other devices were signed out."))
            return see_other("/account")

        return _again(act, request, pages, "accounts/account.html", given, **known(user))

    @router.post("/account/codes", name="make_codes")
    def make_codes(request: Request, user: User) -> Response:
        given = form(request)

        def act() -> Response:
            accounts.confirm(user.id, given.get("present_password"), field="present_password")
            return pages.render(request, "accounts/codes.html", codes=accounts.make_recovery_codes(user.id))

        return _again(act, request, pages, "accounts/account.html", given, **known(user))

    @router.post("/account/sign-out-everywhere", name="sign_out_everywhere")
    def sign_out_everywhere(request: Request, user: User) -> Response:
        accounts.sign_out_everywhere(user.id)
        visit_of(request).sign_out()
        flash(request, _("You are signed out on every device."))
        return _emptied(see_other("/sign-in"))


def _emptied(response: Response) -> Response:
    """Let the browser forget what it stored for this address: the next child at this computer finds nothing."""
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _add_invitation(router: APIRouter, accounts: Accounts, pages: Pages, home: str) -> None:
    @router.get("/invitations/{token}", name="invitation")
    def invitation_page(request: Request, token: str) -> Response:
        found = accounts.invitation(token)
        return pages.render(request, "accounts/invitation.html", invitation=found, error=None, values={})

    @router.post("/invitations/{token}")
    def accept_invitation(request: Request, token: str) -> Response:
        found = accounts.invitation(token)
        given = form(request)

        def act() -> Response:
            _account, session_token = accounts.accept_invitation(
                token, login=given.get("login"), password=given.get("password"), name=given.get("name")
            )
            visit_of(request).sign_in(session_token)
            return see_other(home)

        return _again(act, request, pages, "accounts/invitation.html", given, invitation=found)


def _again(
    act: Callable[[], Response], request: Request, pages: Pages, template: str, given: Form, **context: object
) -> Response:
    """Do it, or show the form once more with what was wrong."""
    try:
        return act()
    except (BadInput, Conflict) as error:
        return pages.render(request, template, status=error.status, error=error, values=given.fields(), **context)


class Credentials(BaseModel):
    """What opens a session over the API."""

    model_config = ConfigDict(extra="forbid")

    login: str = Field(max_length=200)
    password: str = Field(max_length=400)


class SessionToken(BaseModel):
    """A session for programs: send it as `Authorization: Bearer …`."""

    token: str
    account: str
    name: str
    scope: str


def account_api(*, accounts: Accounts) -> APIRouter:
    """The same for programs: `POST /api/session`, `DELETE /api/session`."""
    router = APIRouter(prefix="/api", tags=["session"])

    @router.post("/session", status_code=201)
    def open_session(request: Request, body: Credentials) -> SessionToken:
        try:
            refuse_public(body.password, loopback=request.app.state.settings.loopback)
            found, token = accounts.sign_in(login=body.login, password=body.password, client=visit_of(request).client)
        except BadInput as error:
            raise SignInRequired(error.detail) from None
        return SessionToken(token=token, account=found.id, name=found.name, scope=found.scope)

    @router.delete("/session", status_code=204)
    def close_session(request: Request) -> None:
        token = visit_of(request).session_token
        if token:
            accounts.sign_out(token)

    return router
