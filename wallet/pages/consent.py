"""Somebody is asked whether a program may put awards into a learner's wallet, or read them.

The one form of the wallet whose answer leads to another site: the page says in its policy which one, and no other.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput
from kit.i18n import _
from kit.settings import RoleSettings
from kit.web import Form, Pages, flash, form, see_other
from kit.web.shell import response_headers
from wallet.pages.asking import member
from wallet.service import Actor, Services
from wallet.service.hosting.asking import PARAMETERS, Asked, Misasked, origin_of
from wallet.service.hosting.consenting import ALL, OWN, Consent

_ADDRESS = "/oauth/authorize"


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes."""
    who = Annotated[Actor, Depends(member(services))]
    consenting, settings = services.hosting.consenting, services.tools.settings

    @router.get("/hosting", name="hosting")
    def about(request: Request) -> Response:
        return pages.render(request, "hosting_about.html")

    @router.get(_ADDRESS, name="consent")
    def ask(request: Request, actor: who) -> Response:
        try:
            asked = consenting.asked(request.query_params.multi_items())
        except (BadInput, Misasked) as error:
            return _wrong(request, error)
        return _question(request, actor, asked, form(request), None)

    @router.post(_ADDRESS)
    def answer(request: Request, actor: who) -> Response:
        given = form(request)
        pairs = [(name, value) for name in PARAMETERS for value in given.values(name)]
        try:
            asked = consenting.asked(pairs)
        except (BadInput, Misasked) as error:
            return _wrong(request, error)
        if given.get("do") != "allow":
            return _go(consenting.refuse(asked))
        consent = Consent(
            learner_id=given.get("learner"),
            scopes=tuple(given.values("scopes")),
            reads=ALL if given.get("reads") == ALL else OWN,
        )
        try:
            outcome = consenting.answer(actor, asked, consent)
        except BadInput as error:
            return _question(request, actor, asked, given, error)
        if outcome.url is not None:
            return _go(outcome.url)
        flash(request, _("Asked. A guardian says yes or no."))
        return see_other(f"/connections/{outcome.connection_id}")

    @router.post("/connections/{connection_id}/return", name="return_to_provider")
    def go_on(actor: who, connection_id: str) -> Response:
        return _go(consenting.go_on(actor, connection_id))

    def _question(request: Request, actor: Actor, asked: Asked, given: Form, error: BadInput | None) -> Response:
        question = consenting.question(actor, asked)
        status = 200 if error is None else error.status
        ticked = given.values("scopes") if error is not None else list(asked.scopes)
        answer = pages.render(
            request,
            "consent.html",
            status=status,
            question=question,
            error=error,
            ticked=ticked,
            chosen=given.get("learner"),
        )
        answer.headers["Content-Security-Policy"] = leading_to(settings, asked.way.redirect_uri)
        return answer

    def _wrong(request: Request, error: BadInput | Misasked) -> Response:
        back = error.back if isinstance(error, Misasked) else ""
        host = error.client.host if isinstance(error, Misasked) else ""
        return pages.render(request, "consent_wrong.html", status=400, error=error, back=back, host=host)


def leading_to(settings: RoleSettings, url: str) -> str:
    """The policy of a page with a form whose answer may lead to one other site."""
    policy = response_headers(settings)["Content-Security-Policy"]
    return policy.replace("form-action 'self'", f"form-action 'self' {origin_of(url)}", 1)


def _go(url: str) -> Response:
    """To a client's own address, which stands in its registration."""
    return Response(status_code=303, headers={"Location": url})
