"""Programs register, and turn codes into tokens. Whoever is asked for their leave sees `wallet.pages.consent`.

Spec: https://www.rfc-editor.org/rfc/rfc7591
Spec: https://www.rfc-editor.org/rfc/rfc6749
Spec: https://www.rfc-editor.org/rfc/rfc7009
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.i18n import _
from kit.web.csrf import FORM_KEY, FORM_TYPES, media_type
from kit.web.vc_api import json_body
from kit.web.visit import visit_of
from vc.document import CREDENTIAL_LIMITS, parse
from vc.problems import ProblemError
from wallet.service import Services
from wallet.service.hosting.problems import OAuthRefused, UnknownClient

_FRESH = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def oauth(services: Services) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/oauth", include_in_schema=False)
    clients, tokens = services.hosting.clients, services.hosting.tokens

    @router.post("/register")
    def register(request: Request, body: Annotated[bytes, Depends(json_body)]) -> Response:
        try:
            given = parse(body, limits=CREDENTIAL_LIMITS).value
        except ProblemError as error:
            raise OAuthRefused("invalid_client_metadata", error.detail) from None
        told = clients.register(given, address=visit_of(request).client)
        return JSONResponse(told, status_code=201, headers=_FRESH)

    @router.post("/token")
    def token(request: Request) -> Response:
        client_id, given = _known_client(request)
        match given.get("grant_type"):
            case "authorization_code":
                made = tokens.redeem(
                    client_id,
                    code=_needed(given, "code"),
                    redirect_uri=_needed(given, "redirect_uri"),
                    verifier=_needed(given, "code_verifier"),
                    scope=given.get("scope", ""),
                )
            case "refresh_token":
                refresh_token = _needed(given, "refresh_token")
                made = tokens.refresh(client_id, token=refresh_token, scope=given.get("scope", ""))
            case None | "":
                raise OAuthRefused("invalid_request", _("“%(name)s” is missing.", name="grant_type"))
            case _other:
                raise OAuthRefused(
                    "unsupported_grant_type", _("Tokens are given for codes and refresh tokens, and nothing else.")
                )
        return JSONResponse(made, headers=_FRESH)

    @router.post("/revoke")
    def revoke(request: Request) -> Response:
        client_id, given = _known_client(request)
        tokens.revoke(client_id, _needed(given, "token"))
        return Response(status_code=200, headers=_FRESH)

    def _known_client(request: Request) -> tuple[str, dict[str, str]]:
        """Which client asks, and the fields it sent, none twice. Raises: UnknownClient, OAuthRefused."""
        client_id, secret = _basic(request.headers.get("authorization", ""))
        clients.require(client_id, secret, address=visit_of(request).client)
        return client_id, _fields(request)

    return router


def bearer_token(request: Request) -> str:
    """The access token that a program shows; empty for none. One in the address is not looked at."""
    kind, _space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _basic(header: str) -> tuple[str, str]:
    """Raises: UnknownClient."""
    kind, _space, packed = header.partition(" ")
    try:
        pair = base64.b64decode(packed.strip(), validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    name, colon, secret = pair.partition(":")
    if not colon:
        raise UnknownClient(_("Say who you are by HTTP Basic, with the id and the secret that you got."))
    return unquote_plus(name), unquote_plus(secret)


def _fields(request: Request) -> dict[str, str]:
    """Raises: OAuthRefused."""
    submitted: Any = request.scope.get(FORM_KEY)
    if media_type(request) not in FORM_TYPES or submitted is None:
        raise OAuthRefused("invalid_request", _("Send a form, as application/x-www-form-urlencoded."))
    pairs = [(name, value) for name, value in submitted.multi_items() if isinstance(value, str)]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise OAuthRefused("invalid_request", _("Send no field twice."))
    return found


def _needed(given: dict[str, str], name: str) -> str:
    """Raises: OAuthRefused."""
    value = given.get(name, "")
    if not value:
        raise OAuthRefused("invalid_request", _("“%(name)s” is missing.", name=name))
    return value
