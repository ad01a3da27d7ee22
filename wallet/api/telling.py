"""How problems are told at the addresses of OAuth and of the APIs, each by the words of its standard.

Spec: https://www.imsglobal.org/spec/ob/v3p0#imsx_statusinfo
Spec: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
Spec: https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from starlette.responses import Response

from kit.errors import PROBLEM_BASE
from kit.web.problems import ProblemView
from kit.web.vc_api import OPEN_BADGES

OAUTH: Final = frozenset({"/oauth/register", "/oauth/token", "/oauth/revoke"})

_OAUTH_WORDS: Final = frozenset(
    {
        "invalid_client",
        "invalid_client_metadata",
        "invalid_grant",
        "invalid_redirect_uri",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
        "unsupported_token_type",
    }
)
_MINOR_WORDS: Final = frozenset({"forbidden", "invalid_data", "invalid_query_parameter", "unauthorizedrequest"})
_MINOR: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "invalid_data",
        401: "unauthorizedrequest",
        403: "forbidden",
        404: "not_found",
        405: "not_allowed",
        406: "not_acceptable",
        409: "not_allowed",
        413: "invalid_data",
        415: "not_acceptable",
        421: "misdirected_request",
        429: "server_busy",
        500: "internal_server_error",
        503: "server_busy",
    }
)


def tell(path: str, view: ProblemView) -> Response | None:
    """A problem by the words of the address's standard; None at every other address."""
    if path.startswith(OPEN_BADGES):
        return _status_info(view)
    return _oauth(view) if path in OAUTH else None


def status_info(*, major: str, severity: str, minor: str, words: str) -> dict[str, Any]:
    """An answer that is no credential and no profile."""
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
    return {
        "imsx_codeMajor": major,
        "imsx_severity": severity,
        "imsx_description": words,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }


def _status_info(view: ProblemView) -> Response:
    status = 400 if view.status == 422 else view.status
    kind = view.type.removeprefix(PROBLEM_BASE)
    minor = kind if kind in _MINOR_WORDS else _MINOR.get(status, "unknown")
    words = " ".join(part for part in (view.detail, view.pointer, view.remedy, f"({view.reference})") if part)
    return _json(status_info(major="failure", severity="error", minor=minor, words=words), status, view)


def _oauth(view: ProblemView) -> Response:
    kind = view.type.removeprefix(PROBLEM_BASE)
    if kind not in _OAUTH_WORDS:
        kind = "temporarily_unavailable" if view.status in {429, 503} else "invalid_request"
    status = 400 if view.status == 422 else view.status
    return _json({"error": kind, "error_description": f"{view.detail} ({view.reference})"}, status, view)


def _json(value: Mapping[str, Any], status: int, view: ProblemView) -> Response:
    body = json.dumps(dict(value), ensure_ascii=False).encode()
    headers = {**dict(view.headers or {}), "Cache-Control": "no-store"}
    return Response(body, status_code=status, media_type="application/json", headers=headers)
