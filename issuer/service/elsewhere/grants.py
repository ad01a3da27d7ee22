"""Being registered with a host, and getting somebody's leave there: what is asked, and how answers are read.

The authorization code grant with PKCE (S256 and nothing less) and a state that is used once. Each host has a redirect
address of its own, so that what one host sends cannot pass for another's (G18).

Spec: https://www.rfc-editor.org/rfc/rfc7591
Spec: https://www.rfc-editor.org/rfc/rfc6749#section-4.1
Spec: https://www.rfc-editor.org/rfc/rfc7636
Spec: https://www.rfc-editor.org/rfc/rfc9700#section-4.4
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from issuer.service.elsewhere.descriptions import UPSERT, origin_of, unfit
from kit.fetch import Fetcher
from kit.fetch.fetcher import Reply
from kit.i18n import _

SECONDS: Final = 5.0
LARGEST: Final = 64 * 1024
JSON: Final = ("application/json", "application/problem+json")
SOFTWARE_ID: Final = "6f2f0e3c-0c0f-4c5e-9d57-5a7c1e8f2b90"
SOFTWARE_VERSION: Final = "1"
_PLAIN: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How this server is known at a host. ``expires`` is when the secret runs out, None for never."""

    client_id: str
    secret: str
    expires: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a host gave for one person: to write with, and to get another one with."""

    access: str
    refresh: str | None


_PASSING: Final = frozenset({0, 408, 425, 429})


class Declined(Exception):  # noqa: N818 - an answer
    """The host gave no tokens. ``unknown_client``: it no longer knows this server; ``passing``: it did not answer, or
    is busy, so that it can be asked again.
    """

    def __init__(self, *, unknown_client: bool, passing: bool) -> None:
        super().__init__()
        self.unknown_client, self.passing = unknown_client, passing


def register(fetcher: Fetcher, url: str, *, public_url: str, redirect_uri: str, scope: str) -> Client:
    """Make this server known at a host. Raises: BadInput, saying that the host would not."""
    about = f"{public_url}/hosts/about"
    asked = {
        "client_name": "Satchel",
        "client_uri": public_url,
        "logo_uri": f"{public_url}/static/mark.svg",
        "tos_uri": f"{about}#terms",
        "policy_uri": f"{about}#privacy",
        "software_id": SOFTWARE_ID,
        "software_version": SOFTWARE_VERSION,
        "redirect_uris": [redirect_uri],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": scope,
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    reply = fetcher.ask(
        "POST", url, headers=headers, content=json.dumps(asked).encode(), media_types=JSON, max_bytes=LARGEST,
        seconds=SECONDS,
    )  # fmt: skip
    if reply.status not in {200, 201} or reply.error is not None:
        raise unfit(_("It did not let this server register."))
    given = _object(reply)
    client_id, secret, ends = given.get("client_id"), given.get("client_secret"), given.get("client_secret_expires_at")
    kept = given.get("redirect_uris", [redirect_uri])
    fits = isinstance(kept, list) and redirect_uri in kept and type(ends) is int
    if not fits or not _is_plain(client_id) or not _is_plain(secret):
        raise unfit(_("What it answered cannot be used."))
    try:
        expires = datetime.fromtimestamp(ends, UTC) if ends else None
    except (ValueError, OverflowError, OSError):
        raise unfit(_("What it answered cannot be used.")) from None
    return Client(client_id=str(client_id), secret=str(secret), expires=expires)


def authorization(url: str, *, client_id: str, redirect_uri: str, scope: str, state: str, verifier: str) -> str:
    """Where somebody goes to give their leave."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier, by S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def says_another(iss: str | None, authorization_url: str) -> bool:
    """Whether an answer names another server than the one that was asked (RFC 9207)."""
    if iss is None:
        return False
    try:
        return origin_of(iss) != origin_of(authorization_url)
    except ValueError:
        return True


def redeem(
    fetcher: Fetcher, url: str, *, client: Client, code: str, redirect_uri: str, scope: str, verifier: str
) -> Tokens:
    """Tokens for a code. Raises: Declined."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "code_verifier": verifier,
    }
    return _tokens(fetcher, url, client=client, asked=asked, before=None)


def refresh(fetcher: Fetcher, url: str, *, client: Client, token: str, scope: str) -> Tokens:
    """New tokens for a refresh token. Raises: Declined."""
    asked = {"grant_type": "refresh_token", "refresh_token": token, "scope": scope}
    return _tokens(fetcher, url, client=client, asked=asked, before=token)


def _tokens(fetcher: Fetcher, url: str, *, client: Client, asked: dict[str, str], before: str | None) -> Tokens:
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
    }
    reply = fetcher.ask(
        "POST", url, headers=headers, content=urlencode(asked).encode(), media_types=JSON, max_bytes=LARGEST,
        seconds=SECONDS,
    )  # fmt: skip
    given = _object(reply)
    if reply.status != 200 or reply.error is not None:
        raise Declined(
            unknown_client=reply.status == 401 or given.get("error") == "invalid_client",
            passing=reply.status in _PASSING or reply.status >= 500,
        )
    access, again = given.get("access_token"), given.get("refresh_token")
    scope, kind = given.get("scope", asked["scope"]), given.get("token_type")
    fits = isinstance(kind, str) and kind.lower() == "bearer" and isinstance(scope, str) and UPSERT in scope.split()
    if not fits or not _is_token(access):
        raise Declined(unknown_client=False, passing=False)
    return Tokens(access=str(access), refresh=str(again) if _is_token(again) else before)


def _object(reply: Reply) -> dict[str, Any]:
    try:
        value = reply.json()
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 500 and _PLAIN.fullmatch(value) is not None


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 8000 and _TOKEN.fullmatch(value) is not None
