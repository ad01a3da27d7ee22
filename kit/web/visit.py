"""What is known about one request: its reference, its language, who it comes from, what to say on the next page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from starlette.requests import HTTPConnection

from kit.i18n import Message

SESSION_SECONDS = 30 * 24 * 3600
_LONGEST_TARGET = 4000  # an address that asks for somebody's leave names several scopes, each an address itself
_KEY = "satchel.visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieNames:
    """The cookies of a role. Ports do not isolate cookies, so names carry the role; over https, `__Host-` too."""

    session: str
    visit: str
    language: str
    flash: str
    secure: bool

    @classmethod
    def of(cls, role: str, *, secure: bool) -> CookieNames:
        """The names for `role`."""
        stem = f"{'__Host-' if secure else ''}satchel-{role}"
        return cls(session=stem, visit=f"{stem}-visit", language=f"{stem}-lang", flash=f"{stem}-flash", secure=secure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A sentence for the next page. `tone` is "good", "caution" or "bad"."""

    text: str
    tone: str


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request's state. Made by the outer middleware; endpoints reach it with `visit_of(request)`."""

    reference: str
    language: str
    client: str
    names: CookieNames
    secret: bytes
    find_account: Callable[[str], Any]
    say: Callable[[str, str | Message], str]
    session_token: str | None = None
    bearer: bool = False
    marker: str | None = None
    flashes: list[Flash] = field(default_factory=list[Flash])
    cookies_out: list[str] = field(default_factory=list[str])
    _flash_read: bool = False
    _new_flashes: list[Flash] = field(default_factory=list[Flash])
    _account: Any = None
    _account_known: bool = False

    def account(self) -> Any:
        """Whoever is signed in, or None. Asks the database once; call it from a sync endpoint, not the event loop."""
        if not self._account_known:
            self._account = self.find_account(self.session_token) if self.session_token else None
            self._account_known = True
        return self._account

    def sign_in(self, token: str) -> None:
        """Put a new session's token into the session cookie; a token from before stops counting here."""
        self._set(self.names.session, token, seconds=SESSION_SECONDS)
        self.session_token, self._account_known = token, False

    def sign_out(self) -> None:
        """Remove the session cookie."""
        self._set(self.names.session, "", seconds=0)
        self.session_token, self._account, self._account_known = None, None, True

    def be_nobody(self) -> None:
        """Treat this request as a stranger's; the browser's cookies stay as they are."""
        self.session_token, self.marker, self._account, self._account_known = None, None, None, True

    def remember_language(self, language: str) -> None:
        """Keep the chosen language for a year."""
        self._set(self.names.language, language, seconds=365 * 24 * 3600)

    def binding(self) -> str:
        """What a form's token is tied to: the session, or for a stranger a random cookie that is set when needed."""
        if self.session_token is not None and not self.bearer:
            return self.session_token
        if self.marker is None:
            self.marker = secrets.token_urlsafe(16)
            self._set(self.names.visit, self.marker, seconds=None)
        return self.marker

    def flash(self, text: str | Message, tone: str) -> None:
        """Say `text` on the next page that is shown."""
        self._new_flashes.append(Flash(text=self.say(self.language, text), tone=tone))

    def take_flashes(self) -> list[Flash]:
        """What was left for this page to say; they are not said again."""
        self._flash_read = self._flash_read or bool(self.flashes)
        taken = [*self.flashes, *self._new_flashes]
        self.flashes, self._new_flashes = [], []
        return taken

    def finish(self) -> list[str]:
        """The Set-Cookie values for the response."""
        if self._new_flashes:
            self._set(self.names.flash, pack_flashes(self._new_flashes, self.secret), seconds=300)
        elif self._flash_read:
            self._set(self.names.flash, "", seconds=0)
        return self.cookies_out

    def _set(self, name: str, value: str, *, seconds: int | None) -> None:
        cookie: SimpleCookie = SimpleCookie()
        cookie[name] = value
        cookie[name]["path"] = "/"
        cookie[name]["httponly"] = True
        cookie[name]["samesite"] = "Lax"
        if seconds is not None:
            cookie[name]["max-age"] = seconds
        if self.names.secure:
            cookie[name]["secure"] = True
        self.cookies_out = [line for line in self.cookies_out if not line.startswith(f"{name}=")]
        self.cookies_out.append(cookie[name].OutputString())


def visit_of(request: HTTPConnection) -> Visit:
    """The visit that `request` belongs to."""
    found: Visit = request.scope[_KEY]
    return found


def attach(scope: Any, visit: Visit) -> None:
    """Put `visit` where `visit_of` finds it."""
    scope[_KEY] = visit


def flash(request: HTTPConnection, text: str | Message, *, tone: str = "good") -> None:
    """Say `text` on the next page this person sees. `tone` is "good", "caution" or "bad"."""
    visit_of(request).flash(text, tone)


def local_path(target: str | None, *, default: str = "/") -> str:
    r"""`target` when it is a path on this very server, else `default`: a link cannot send people elsewhere.

    A browser reads `//host`, `/\host` and tabs inside `/…` as another server's address; all are refused.
    """
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > _LONGEST_TARGET:
        return default
    if "\\" in target or any(ord(sign) < 0x21 or ord(sign) == 0x7F for sign in target):
        return default
    return target


def pack_flashes(flashes: list[Flash], secret: bytes) -> str:
    """Flashes as a cookie value that only we can have written."""
    body = json.dumps([[item.text, item.tone] for item in flashes[-3:]]).encode()[:2500]
    text = base64.urlsafe_b64encode(body).decode()
    return f"{text}.{_mark(text, secret)}"


def unpack_flashes(value: str | None, secret: bytes) -> list[Flash]:
    """The flashes in a cookie value; none when it is not ours."""
    text, _dot, mark = (value or "").partition(".")
    if not text or not hmac.compare_digest(mark, _mark(text, secret)):
        return []
    try:
        return [Flash(text=str(words), tone=str(tone)) for words, tone in json.loads(base64.urlsafe_b64decode(text))]
    except ValueError:
        return []


def _mark(text: str, secret: bytes) -> str:
    return hmac.new(secret, b"flash/" + text.encode(), hashlib.sha256).hexdigest()[:32]


def client_bucket(peer: str | None, forwarded: str | None, *, trusted_proxies: int) -> str:
    """Whom a limit counts: the caller's IPv4 address or IPv6 /64.

    `X-Forwarded-For` is believed only as far as there are proxies of our own: the entry that the outermost of
    `trusted_proxies` wrote. Anything to the left of it the caller may have invented.
    """
    address = peer or "unknown"
    if trusted_proxies and forwarded:
        hops = [hop.strip() for hop in forwarded.split(",")]
        if len(hops) >= trusted_proxies:
            address = hops[-trusted_proxies]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address) + "/64"
    return str(parsed)
