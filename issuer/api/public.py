"""What everybody may fetch, without a session or a cookie: the documents that verifiers need, and the claim exchange.

Machines are answered JSON unless they ask for HTML first (``issuer.pages.public`` has the pages at the same addresses).
"""

import json
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.api.access import All
from issuer.api.bodies import Raw
from issuer.service.claims import WAITING
from issuer.service.documents import issuer_profile
from issuer.service.organisations import Published, etag_of
from issuer.service.services import Services
from kit.errors import NotFound
from kit.quilt import block_file
from kit.web.visit import visit_of
from vc.credential import CONTEXT
from vc.document import PRESENTATION_LIMITS, parse, serialize
from vc.openbadges import OPEN_BADGES_CONTEXT
from vc.securing import is_token

OPEN: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
SHORT: Final = "public, max-age=5"


def public_api() -> APIRouter:
    """The identifier document and its keys, the badge image, newest versions and the claim exchange."""
    router = APIRouter(tags=["public"])

    @router.get("/orgs/{slug}/did.json")
    def identifier_document(request: Request, services: All, slug: str) -> Response:
        found = services.organisations.identifier_document(slug)
        return published(request, found, media_type="application/did+json", cache="public, max-age=60")

    @router.get("/orgs/{slug}/keys/{name}")
    def one_key(request: Request, services: All, slug: str, name: str) -> Response:
        found = services.keys.document(slug, name)
        return published(request, found, media_type="application/json", cache="public, max-age=60")

    @router.get("/orgs/{slug}/achievements/{achievement_id}/image.svg", include_in_schema=False)
    def image(services: All, slug: str, achievement_id: str) -> Response:
        _organisation, found = services.achievements.public(slug, achievement_id)
        headers = {**OPEN, "Cache-Control": "public, max-age=86400", "Content-Security-Policy": "default-src 'none'"}
        return Response(block_file(found.iri), media_type="image/svg+xml", headers=headers)

    @router.get("/refresh/{token}")
    def newest_version(request: Request, services: All, token: str) -> Response:
        found = services.refreshing.newest(token, client=visit_of(request).client)
        headers = {**OPEN, "Cache-Control": "no-store"}
        return Response(found.body, media_type=_kind(found.body), headers=headers)

    @router.get("/orgs/{slug}/pictures/{digest}.png")
    def picture(request: Request, services: All, slug: str, digest: str) -> Response:
        body, media_type = services.pictures.public(slug, digest)
        found = published(
            request,
            Published(body=body, etag=f'"{digest}"'),
            media_type=media_type,
            cache="public, max-age=31536000, immutable",
        )
        found.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return found

    @router.post("/api/claim-codes")
    def link_of_code(request: Request, services: All, raw: Raw) -> Response:
        code = parse(raw or b"{}", limits=PRESENTATION_LIMITS).value.get("code")
        token = services.claims.token_of_code(code if isinstance(code, str) else "", client=visit_of(request).client)
        return Response(json.dumps({"url": services.claims.url(token)}), media_type="application/json")

    @router.post("/claim/{token}")
    def exchange(request: Request, services: All, token: str, raw: Raw) -> Response:
        client = visit_of(request).client
        body = parse(raw or b"{}", limits=PRESENTATION_LIMITS)
        if body.value.get("notice") == WAITING:
            services.deliveries.waits_for_guardian(token, client=client)
            return Response(status_code=204)
        if "verifiablePresentation" not in body.value:
            return Response(
                json.dumps(services.claims.challenge(token, client=client), ensure_ascii=False),
                media_type="application/json",
            )
        inner = body.value["verifiablePresentation"]
        if not isinstance(inner, dict):
            raise NotFound
        presentation = parse(serialize(inner), limits=PRESENTATION_LIMITS)
        credential = services.claims.answer(token, presentation, client=client)
        return Response(credential, media_type=_kind(credential))

    return router


def _kind(body: bytes) -> str:
    """The media type of a signed award."""
    return "text/plain" if is_token(body) else "application/vc"


def status_list(request: Request, services: Services, slug: str, number: int) -> Response:
    """A signed status list, as verifiers fetch it."""
    found = services.lists.serve(slug, number)
    return published(request, found, media_type="application/vc", cache=SHORT)


def achievement(request: Request, services: Services, slug: str, achievement_id: str) -> Response:
    """The Open Badges Achievement at its own address, in its newest version.

    Raises: NotFound.
    """
    organisation, found = services.achievements.public(slug, achievement_id)
    body = serialize(
        {
            "@context": [CONTEXT, OPEN_BADGES_CONTEXT],
            **found.document(),
            **services.received.embedded(organisation, found.id),
        }
    )
    answer = published(request, Published(body=body, etag=etag_of(body)), media_type="application/ld+json", cache=SHORT)
    if not found.active:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def endorsement(request: Request, services: Services, slug: str, endorsement_id: str) -> Response:
    """What an organisation vouches for, as it was signed. Raises: NotFound, also for that of a learner's award."""
    _organisation, _found, body, etag = services.endorsements.public(slug, endorsement_id)
    return published(request, Published(body=body, etag=etag), media_type="application/vc", cache=SHORT)


def organisation(request: Request, services: Services, slug: str) -> Response:
    """The Open Badges Profile of an organisation. Raises: NotFound."""
    found = services.organisations.public(slug)
    profile = {**issuer_profile(found, on=services.context.now()).to_json(), **services.received.embedded(found, None)}
    body = serialize({"@context": [CONTEXT, OPEN_BADGES_CONTEXT], **profile})
    return published(request, Published(body=body, etag=etag_of(body)), media_type="application/ld+json", cache=SHORT)


def published(request: Request, found: Published, *, media_type: str, cache: str) -> Response:
    """Bytes that anybody may have, with their ETag; 304 when the reader has them already."""
    headers = {**OPEN, "ETag": found.etag, "Cache-Control": cache, "Vary": "Accept"}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if found.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=media_type, headers=headers)


def shown_award(request: Request, services: Services, token: str) -> Response:
    """An award that its holder shows to everybody, as it was signed. Raises: NotFound, TooMany, Gone."""
    found = services.public_pages.public(token, client=visit_of(request).client)
    headers = {**OPEN, "ETag": found.etag, "Cache-Control": "no-store", "Vary": "Accept"}
    return Response(found.body, media_type=_kind(found.body), headers=headers)
