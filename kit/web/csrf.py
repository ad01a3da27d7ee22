"""No other site may make a signed-in person's browser act here.

Two fences: the browser says where a request comes from (Origin, else Sec-Fetch-Site, else Referer), and every form
carries a token tied to the session cookie. JSON needs no token but, when it rides on a cookie, must name our origin:
a foreign page cannot send `application/json` without asking first. Bearer tokens are not sent by browsers on their own.
Since pages say `Referrer-Policy: no-referrer`, browsers send `Origin: null` with our own forms: null proves nothing
either way, so Sec-Fetch-Site and the token decide then.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request

from kit.errors import Refused
from kit.i18n import _
from kit.web.visit import Visit, visit_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
FIELD = "csrf"
FORM_KEY = "satchel.form"
LIMITS_KEY = "satchel.form_limits"
OPEN_FORMS_KEY = "satchel.open_forms"


def csrf_token(visit: Visit) -> str:
    """The token a form of this visit must carry in its field `csrf`."""
    mac = hmac.new(
        visit.secret, b"csrf/" + visit.names.session.encode() + b"/" + visit.binding().encode(), hashlib.sha256
    )
    return mac.hexdigest()


def media_type(request: Request) -> str:
    """The request body's media type, lower-case, without parameters; empty when none is given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def guard(request: Request) -> AsyncIterator[None]:
    """Refuse a forged request; parse a submitted form, within limits, for `kit.web.form`.

    At a path that the role opened to other sites' forms, what cannot be told from a forgery is not refused: it is a
    stranger's, whatever cookie came with it.
    Raises: Refused.
    """
    visit = visit_of(request)
    if request.method in SAFE_METHODS:
        yield
        return
    submitted: FormData | None = None
    is_form = media_type(request) in FORM_TYPES
    if is_form:
        if request.url.path not in request.scope[OPEN_FORMS_KEY]:
            _same_origin(request, visit, is_form=True)  # before a body is read that may be large
        submitted = await request.form(**request.scope[LIMITS_KEY])
        request.scope[FORM_KEY] = submitted
    try:
        _ours(request, visit, submitted)
        yield
    finally:
        if submitted is not None:
            await submitted.close()


def _ours(request: Request, visit: Visit, submitted: FormData | None) -> None:
    try:
        _same_origin(request, visit, is_form=submitted is not None)
        if submitted is not None and not visit.bearer:
            _token(visit, submitted)
    except Refused:
        if request.url.path not in request.scope[OPEN_FORMS_KEY]:
            raise
        visit.be_nobody()


def _same_origin(request: Request, visit: Visit, *, is_form: bool) -> None:
    if visit.bearer or not (is_form or visit.session_token is not None):
        return
    ours: frozenset[str] = request.scope["satchel.origins"]
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    referer = request.headers.get("referer")
    if origin is not None and origin != "null":
        good = origin in ours
    elif site is not None:
        good = site in {"same-origin", "none"}
    elif referer:
        parts = urlsplit(referer)
        good = f"{parts.scheme}://{parts.netloc}" in ours
    else:
        # Neither header: no browser of this decade sends a form so. The form's token decides; JSON has none.
        good = is_form
    if not good:
        raise Refused(_("This came from another site, so nothing was done. Open the page here and try again."))


def _token(visit: Visit, submitted: FormData) -> None:
    given = submitted.get(FIELD)
    has_binding = visit.session_token is not None or visit.marker is not None
    if (
        not has_binding
        or not isinstance(given, str)
        or not hmac.compare_digest(given.encode(), csrf_token(visit).encode())
    ):
        raise Refused(
            _("This page was open too long, or cookies are off. Nothing was done: go back, reload and try again."),
            kind="stale-form",
        )
