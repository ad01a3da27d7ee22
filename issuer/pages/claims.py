"""What a family sees: a claim link or a code on paper. Provider and award, never the learner."""

from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.errors import BadInput
from kit.web import Pages, form, see_other, visit_of


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    @router.get("/claim", name="claim_code")
    def code_page(request: Request) -> Response:
        return pages.render(request, "claim_code.html", values={}, error=None)

    @router.post("/claim")
    def code(request: Request, services: All) -> Response:
        given = form(request)
        try:
            token = services.claims.token_of_code(given.get("code"), client=visit_of(request).client)
        except BadInput as error:
            return pages.render(request, "claim_code.html", status=error.status, values=given.fields(), error=error)
        return see_other(f"/claim/{token}")

    @router.get("/claim/{token}", name="claim")
    def offer(request: Request, services: All, token: str) -> Response:
        found = services.claims.look(token, client=visit_of(request).client)
        url = services.claims.url(token)
        wallet = services.context.settings.wallet_url
        return pages.render(
            request,
            "claim.html",
            offer=found,
            url=url,
            keep=f"{wallet}/claim?offer={quote(url, safe='')}" if wallet else None,
            elsewhere=f"/claim/{token}/elsewhere" if services.hosts.allowed(found) else None,
            public_page=f"/claim/{token}/public" if services.public_pages.offered(found) else None,
            certificate=None if services.family_certificates.waits(found) else f"/claim/{token}/certificate",
            types=ACHIEVEMENT_TYPES,
        )
