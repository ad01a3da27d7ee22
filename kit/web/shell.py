"""The outermost layer of an app: what holds for every request and every response, whatever the endpoint does.

In order: a reference; the Host header is one of ours; the body is of a kind and a size we read; the visit; then the
endpoint; then the headers, the cookies, one line in the access log. An error nobody caught ends here, as a page.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit import log
from kit.errors import RequestError, TooLarge, WrongMedia
from kit.i18n import LANGUAGES, _, pick_language
from kit.settings import LOOPBACK_NAMES, RoleSettings
from kit.web import problems
from kit.web.csrf import LIMITS_KEY, OPEN_FORMS_KEY, SAFE_METHODS
from kit.web.pages import Pages
from kit.web.vc_api import is_for_programs
from kit.web.visit import CookieNames, Visit, attach, client_bucket, unpack_flashes

_JSON_TYPES = frozenset({"application/json", "application/problem+json", "application/vc", "application/vp"})
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """How much of a request is read, in bytes: `plain` for JSON and simple forms, `multipart` for uploads in all."""

    plain: int = 2 * 1024 * 1024
    multipart: int = 32 * 1024 * 1024
    fields: int = 2000
    files: int = 300
    field_bytes: int = 1024 * 1024


class Misdirected(RequestError):  # noqa: N818 - an answer, not a defect
    """The request names a host that is not this one."""

    status = 421
    kind = "misdirected"
    words = _("That name is not ours")


def nowhere(_path: str) -> bool:
    """No path at all."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What the outer layer needs to know."""

    pages: Pages
    settings: RoleSettings
    secret: bytes
    limits: BodyLimits
    find_account: Callable[[str], Any]
    observe: Callable[..., None]
    open_forms: frozenset[str] = frozenset()
    takes_files: Callable[[str], bool] = nowhere
    tell: problems.Tell = problems.as_everywhere

    @property
    def names(self) -> CookieNames:
        """The cookie names of this role."""
        return CookieNames.of(self.pages.role, secure=self.settings.secure)


class ShellMiddleware:
    """ASGI middleware that applies a `Shell`."""

    def __init__(self, app: ASGIApp, shell: Shell) -> None:
        self.app = app
        self.shell = shell
        self.names = shell.names
        self.headers = response_headers(shell.settings)
        self.hosts = known_hosts(shell.settings)
        self.origins = known_origins(shell.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        visit = self._visit(scope)
        attach(scope, visit)
        scope["satchel.origins"] = self.origins
        scope[problems.TELL_KEY] = self.shell.tell
        scope[OPEN_FORMS_KEY] = self.shell.open_forms
        scope[LIMITS_KEY] = {
            "max_fields": self.shell.limits.fields,
            "max_files": self.shell.limits.files,
            "max_part_size": self.shell.limits.field_bytes,
        }
        answer = _Answer(send, visit, self.headers, bodiless=scope["method"] == "HEAD")
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the same answer without its body, for every page
        try:
            limit = self._admit(scope)
            await self.app(scope, _capped(receive, limit), answer.send)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            if answer.status:
                log.write(self.shell.pages.role, "response broken off", error=error, reference=visit.reference)
            else:
                request = Request(scope, receive)
                response = await run_in_threadpool(problems.respond, request, error, self.shell.pages)
                await response(scope, receive, answer.send)
        finally:
            self._log(scope, visit, answer, started)

    def _visit(self, scope: Scope) -> Visit:
        request = Request(scope)
        cookies = request.cookies
        kind, _space, token = request.headers.get("authorization", "").partition(" ")
        bearer = kind.lower() == "bearer" and bool(token)
        wanted = request.query_params.get("lang")
        visit = Visit(
            reference=secrets.token_hex(6),
            language=pick_language(
                wanted=wanted,
                remembered=cookies.get(self.names.language),
                accept=request.headers.get("accept-language"),
            ),
            client=client_bucket(
                scope["client"][0] if scope.get("client") else None,
                ",".join(request.headers.getlist("x-forwarded-for")),
                trusted_proxies=self.shell.settings.trusted_proxies,
            ),
            names=self.names,
            secret=self.shell.secret,
            find_account=self.shell.find_account,
            say=self.shell.pages.catalogues.say,
            session_token=token.strip() if bearer else cookies.get(self.names.session) or None,
            bearer=bearer,
            marker=cookies.get(self.names.visit) or None,
            flashes=unpack_flashes(cookies.get(self.names.flash), self.shell.secret),
        )
        if wanted in LANGUAGES and wanted is not None and scope["method"] == "GET":
            visit.remember_language(wanted)
        return visit

    def _admit(self, scope: Scope) -> int:
        """Check the Host and the announced body; give the number of bytes that will be read of it.

        Raises: Misdirected, WrongMedia, TooLarge.
        """
        headers = Headers(scope=scope)
        if not (_is_supervision(scope, headers) or self._host_is_ours(headers.get("host", ""))):
            raise Misdirected(_("This server does not answer for that name. Use the address you were given."))
        limits = self.shell.limits
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        length = headers.get("content-length", "")
        has_body = length not in {"", "0"} or "transfer-encoding" in headers
        if scope["method"] not in SAFE_METHODS and has_body:
            readable = kind in _JSON_TYPES or kind in {_FORM, _MULTIPART} or kind.endswith("+json")
            takes_files = self.shell.takes_files(scope["path"])
            if not (readable or takes_files):
                raise WrongMedia(_("Send JSON as application/json, or a form."))
            if is_for_programs(scope["path"]) and kind in {_FORM, _MULTIPART} and not takes_files:
                raise WrongMedia(_("Send JSON as application/json here."))
        is_upload = kind == _MULTIPART or self.shell.takes_files(scope["path"])
        limit = limits.multipart if is_upload else limits.plain
        if length and (not length.isascii() or not length.isdigit() or len(length) > 12 or int(length) > limit):
            raise TooLarge(_("More was sent than is read here. Send less at a time."))
        return limit

    def _host_is_ours(self, host: str) -> bool:
        if host.lower() in self.hosts:
            return True
        name = urlsplit(f"//{host}").hostname if host.isascii() and "@" not in host else None
        return self.shell.settings.loopback and name in LOOPBACK_NAMES

    def _log(self, scope: Scope, visit: Visit, answer: _Answer, started: float) -> None:
        route = scope.get("route")
        elapsed = (time.perf_counter() - started) * 1000
        template = str(getattr(route, "path", "-"))
        method = scope["method"] if scope["method"] in _METHODS else "other"
        log.write(
            self.shell.pages.role,
            "request",
            route=template,
            method=method,
            status=answer.status,
            ms=round(elapsed, 1),
            reference=visit.reference,
        )
        self.shell.observe(route=template, method=method, status=answer.status, seconds=elapsed / 1000)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Answer:
    """Sends a response, with the headers that every response has."""

    def __init__(self, send: Send, visit: Visit, headers: dict[str, str], *, bodiless: bool) -> None:
        self._send = send
        self._bodiless = bodiless
        self._visit = visit
        self._headers = headers
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-Id"] = self._visit.reference
            if "public" not in headers["Cache-Control"]:  # what anybody may keep carries nobody's cookies
                headers.add_vary_header("Cookie, Accept-Language, Accept")
                for cookie in self._visit.finish():
                    headers.append("Set-Cookie", cookie)
        elif self._bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _is_supervision(scope: Scope, headers: Headers) -> bool:
    """Whether this machine asks how the process is: its probes know a port, not the name that people use."""
    if scope["path"] == "/healthz":
        return True
    client = scope["client"][0] if scope.get("client") else None
    local = client in {"127.0.0.1", "::1"} and "x-forwarded-for" not in headers
    return local and scope["path"] in {"/readyz", "/metrics"}


def _capped(receive: Receive, limit: int) -> Receive:
    """`receive`, refusing to go on once more than `limit` bytes have come in, whatever was announced."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413)
        return message

    return counted


def response_headers(settings: RoleSettings) -> dict[str, str]:
    """The security headers of every response.

    Spec: https://www.w3.org/TR/CSP3/
    """
    peers = " ".join(sorted(settings.peers.values()))
    policy = (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        f"form-action 'self' {peers}".strip(),
        "require-trusted-types-for 'script'",
    )
    headers = {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings.secure and not settings.loopback:  # a browser would remember it for all of localhost, for a year
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def known_hosts(settings: RoleSettings) -> frozenset[str]:
    """The Host header's allowed values."""
    urls = (settings.public_url, settings.identifier_url)
    return frozenset({urlsplit(url).netloc.lower() for url in urls} | {host.lower() for host in settings.allowed_hosts})


def known_origins(settings: RoleSettings) -> frozenset[str]:
    """The origins our own pages may have."""
    scheme = urlsplit(settings.public_url).scheme
    own = {settings.public_url, settings.identifier_url, *(f"{scheme}://{host}" for host in settings.allowed_hosts)}
    if settings.loopback:
        port = urlsplit(settings.public_url).port
        suffix = f":{port}" if port else ""
        own |= {f"{scheme}://{name}{suffix}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset(own)
