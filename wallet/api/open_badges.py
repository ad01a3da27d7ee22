"""The wallet as a host: the APIs of Open Badges 3.0 and of the Comprehensive Learner Record 2.0.

What a program sent comes back byte for byte: answers are put together from the stored bytes and not written anew.

Spec: https://www.imsglobal.org/spec/ob/v3p0#api
Spec: https://www.imsglobal.org/spec/clr/v2p0#api
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.errors import WrongMedia
from kit.i18n import _
from kit.limits import Attempts, Misses
from kit.web.csrf import media_type
from kit.web.forms import whole
from kit.web.vc_api import json_body
from kit.web.visit import visit_of
from vc.securing import is_token
from wallet.api.asking import raw_body
from wallet.api.oauth import bearer_token
from wallet.api.service_description import description
from wallet.api.telling import status_info
from wallet.service import Services
from wallet.service.hosting.apis import APIS, Api
from wallet.service.hosting.problems import NoToken, WrongQuery
from wallet.service.hosting.serving import CREATED, MOST, SAME, parse_since
from wallet.service.hosting.tokens import Bearer

_COMPACT = "text/plain"
_DAY = 24 * 3600


def open_badges(services: Services) -> APIRouter:
    """The routes of both APIs."""
    router = APIRouter(include_in_schema=False)
    misses = Misses(services.tools.clock)

    def bearer(request: Request) -> Bearer:
        client = visit_of(request).client
        misses.admit(client)
        try:
            return services.hosting.tokens.bearer(bearer_token(request))
        except NoToken:
            misses.missed(client)
            raise

    looking = Attempts(services.tools.clock, burst=300, per=timedelta(minutes=10))
    for api in APIS:
        _add_discovery(router, services, api, looking)
        _add_credentials(router, services, api, bearer)
        _add_profile(router, services, api, bearer)
    return router


def _add_discovery(router: APIRouter, services: Services, api: Api, looking: Attempts) -> None:
    body = json.dumps(description(api, services.tools.settings.public_url)).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={_DAY}", "Access-Control-Allow-Origin": "*"}

    @router.get(f"{api.path}/discovery", name=f"{api.name}_discovery")
    def discovery(request: Request) -> Response:
        looking.spend(visit_of(request).client)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)


def _add_credentials(router: APIRouter, services: Services, api: Api, bearer: Any) -> None:
    who = Annotated[Bearer, Depends(bearer)]
    serving, path = services.hosting.serving, f"{api.path}/credentials"

    @router.get(path, name=f"{api.name}_credentials")
    def credentials(request: Request, given: who) -> Response:
        limit = min(_number(request, "limit", least=1) or MOST, MOST)
        offset = _number(request, "offset", least=0) or 0
        text = _single(request, "since")
        since = parse_since(text) if text is not None else None
        if text is not None and since is None:
            raise WrongQuery(_("“since” is not a time, such as 2026-11-23T10:00:00Z."))
        found = serving.listing(given, api, limit=limit, offset=offset, since=since)
        more = {"since": text} if text is not None else {}
        at = f"{services.tools.settings.public_url}{path}"
        headers = {
            "X-Total-Count": str(found.total),
            "Link": _links(at, limit=limit, offset=offset, total=found.total, more=more),
        }
        return Response(_packed(found.items), media_type="application/json", headers=headers)

    @router.post(path, name=f"{api.name}_upsert")
    def upsert(request: Request, given: who, data: Annotated[bytes, Depends(raw_body)]) -> Response:
        kind = media_type(request)
        if kind not in {_COMPACT, "application/json"} and not kind.endswith("+json"):
            raise WrongMedia(_("Send a credential as application/json, or a token as text/plain."))
        what = serving.upsert(given, api, data, token=kind == _COMPACT)
        if what == SAME:
            return Response(status_code=304)
        return Response(data, status_code=201 if what == CREATED else 200, headers={"Content-Type": kind})


def _add_profile(router: APIRouter, services: Services, api: Api, bearer: Any) -> None:
    who = Annotated[Bearer, Depends(bearer)]
    serving, path = services.hosting.serving, f"{api.path}/profile"

    @router.get(path, name=f"{api.name}_profile")
    def profile(given: who) -> Response:
        return JSONResponse(serving.profile(given, api))

    @router.put(path, name=f"{api.name}_put_profile")
    def put_profile(given: who, data: Annotated[bytes, Depends(json_body)]) -> Response:
        known = serving.put_profile(given, api, data)
        if known is not None:
            return JSONResponse(known)
        words = "The family was told, and decides about it."
        return JSONResponse(
            status_info(major="processing", severity="status", minor="fullsuccess", words=words), status_code=202
        )


def _packed(items: Sequence[bytes]) -> bytes:
    """The answer with each credential's own bytes in it."""
    whole_ones = b",".join(item for item in items if not is_token(item))
    tokens = ",".join(json.dumps(item.decode()) for item in items if is_token(item))
    parts = [b'"credential":[' + whole_ones + b"]"] if whole_ones else []
    parts += [f'"compactJwsString":[{tokens}]'.encode()] if tokens else []
    return b"{" + b",".join(parts) + b"}"


def _links(at: str, *, limit: int, offset: int, total: int, more: dict[str, str]) -> str:
    """Where the other parts are. Spec: https://www.rfc-editor.org/rfc/rfc8288"""
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places = {"next": offset + limit, **places}
    if offset > 0:
        places["prev"] = max(0, min(offset, last + limit) - limit)
    return ", ".join(
        f'<{at}?{urlencode({"limit": limit, "offset": place, **more})}>; rel="{name}"' for name, place in places.items()
    )


def _number(request: Request, name: str, *, least: int) -> int | None:
    text = _single(request, name)
    found = whole(text) if text is not None else None
    if text is not None and (found is None or found < least):
        raise WrongQuery(_("“%(name)s” is not a whole number from %(least)s.", name=name, least=least))
    return found


def _single(request: Request, name: str) -> str | None:
    """Raises: WrongQuery."""
    given = request.query_params.getlist(name)
    if len(given) > 1:
        raise WrongQuery(_("“%(name)s” can stand there once.", name=name))
    return given[0] if given else None
