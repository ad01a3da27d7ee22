"""The certificate of an award for a family: from its claim link, asked for by a button, so that no program gets it."""

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All
from issuer.pages.credentials import file_name
from issuer.pages.elsewhere import WHO
from issuer.service.services import Services
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _
from kit.pdf import PAPERS
from kit.web import Form, Pages, form, visit_of

PAPER_WORDS = {"a4": _("On A4 paper"), "letter": _("On Letter paper")}


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(
        request: Request,
        services: Services,
        token: str,
        *,
        given: Form | None = None,
        error: RequestError | None = None,
    ) -> Response:
        offer = services.claims.look(token, client=visit_of(request).client)
        usual = services.certificates.paper(offer.organisation)
        return pages.render(
            request,
            "claim_certificate.html",
            status=error.status if error else 200,
            offer=offer,
            back=f"/claim/{token}",
            waits=services.family_certificates.waits(offer),
            who={hand: WHO[hand] for hand in services.family_certificates.hands(offer)},
            papers=[(each, PAPER_WORDS[each]) for each in PAPERS],
            values={"paper": usual, "hand": "", **(given.fields() if given else {})},
            error=error,
        )

    @router.get("/claim/{token}/certificate", name="claim_certificate")
    def ask(request: Request, services: All, token: str) -> Response:
        return shown(request, services, token)

    @router.post("/claim/{token}/certificate")
    def give(request: Request, services: All, token: str) -> Response:
        given, visit = form(request), visit_of(request)
        try:
            made = services.family_certificates.make(
                token,
                hand=given.get("hand"),
                code=given.get("code"),
                paper=given.get("paper"),
                say=partial(pages.catalogues.say, visit.language),
                language=visit.language,
                client=visit.client,
            )
        except BadInput as error:
            return shown(request, services, token, given=given, error=error)
        except Conflict as error:
            return shown(request, services, token, error=error)
        name = file_name(made.title)
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
        return Response(made.body, media_type="application/pdf", headers=headers)
