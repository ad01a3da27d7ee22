"""Keeping what is offered."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput, RequestError, Unavailable
from kit.i18n import _
from kit.web import Form, Pages, flash, form, see_other
from wallet.pages.asking import again, member
from wallet.service import Actor, Services
from wallet.service.claims import Glance
from wallet.service.exchange import ProviderRefused


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about claims."""
    who = Annotated[Actor, Depends(member(services))]
    claims = services.claims

    @router.get("/claim", name="claim_start")
    def start_page(request: Request, actor: who, offer: str = "") -> Response:
        glance = _glance(actor, offer)
        if glance is not None and glance.claim_id is not None:
            return see_other(f"/claims/{glance.claim_id}")
        if glance is not None:
            return pages.render(request, "claim_offer.html", glance=glance)
        values = {"offer": offer[:2000]}
        return pages.render(request, "claim_start.html", values=values, error=None, **_beside(actor))

    @router.post("/claim")
    def start(request: Request, actor: who) -> Response:
        given = form(request)

        def act() -> Response:
            offer = given.get("offer")
            if "code" in given:
                offer = claims.link_of_code(actor, given.get("code"), given.get("provider"))
            claim_id = claims.open_offer(actor, offer)
            claim = claims.claim(actor, claim_id)
            if claim.state == "kept" and claim.credential_id is not None:
                flash(request, _("Already kept, here."))
                return see_other(f"/credentials/{claim.credential_id}")
            if claim.state == "offered" and ("learner" in given or "learner_name" in given):
                return _keep(request, actor, claim_id, given)
            return see_other(f"/claims/{claim_id}")

        beside = {name: lambda value=value: value for name, value in _beside(actor).items()}
        return again(act, request, pages, "claim_start.html", given, **beside)

    def _beside(actor: Actor) -> dict[str, Any]:
        settings = services.tools.settings
        return {"learners": services.people.learners(actor), "provider": settings.issuer_url or ""}

    @router.get("/claims/{claim_id}", name="claim")
    def claim_page(request: Request, actor: who, claim_id: str) -> Response:
        return pages.render(request, "claim.html", claim=claims.claim(actor, claim_id), error=None)

    @router.post("/claims/{claim_id}/keep", name="keep_claim")
    def keep(request: Request, actor: who, claim_id: str) -> Response:
        return _keep(request, actor, claim_id, form(request))

    @router.post("/claims/{claim_id}/approve", name="approve_claim")
    def approve(request: Request, actor: who, claim_id: str) -> Response:
        return _arrived(request, actor, claim_id, lambda: claims.approve(actor, claim_id))

    @router.post("/claims/{claim_id}/retry", name="retry_claim")
    def retry(request: Request, actor: who, claim_id: str) -> Response:
        return _arrived(request, actor, claim_id, lambda: claims.retry(actor, claim_id))

    @router.post("/claims/{claim_id}/decline", name="decline_claim")
    def decline(request: Request, actor: who, claim_id: str) -> Response:
        claims.decline(actor, claim_id)
        flash(request, _("Declined. It was not kept."))
        return see_other(f"/claims/{claim_id}")

    def _glance(actor: Actor, offer: str) -> Glance | None:
        """What the link that somebody came with offers; None where a button is pressed first, or says what is wrong."""
        try:
            return claims.glance(actor, offer) if offer else None
        except RequestError:
            return None

    def _keep(request: Request, actor: Actor, claim_id: str, given: Form) -> Response:
        try:
            learner_id = _learner(actor, claim_id, given)
        except BadInput as error:
            claim, error.field = claims.claim(actor, claim_id), "learner_name"
            return pages.render(request, "claim.html", status=error.status, claim=claim, error=error)
        return _arrived(request, actor, claim_id, lambda: claims.keep(actor, claim_id, learner_id))

    def _learner(actor: Actor, claim_id: str, given: Form) -> str:
        """The learner who was chosen; in a family that has none yet, one of the name that was typed."""
        claim = claims.claim(actor, claim_id)
        if given.get("learner") or claim.choices or claim.state != "offered":
            return given.get("learner")
        return services.people.add_learner(actor, name=given.get("learner_name"), birth_date=None, myself=False)

    def _arrived(request: Request, actor: Actor, claim_id: str, go_on: Callable[[], str]) -> Response:
        try:
            state = go_on()
        except (ProviderRefused, Unavailable):
            # The claim's own page tells what happened and takes it up again.
            return see_other(f"/claims/{claim_id}")
        credential_id = claims.claim(actor, claim_id).credential_id
        if state == "kept" and credential_id is not None:
            flash(request, _("Kept."))
            return see_other(f"/credentials/{credential_id}")
        return see_other(f"/claims/{claim_id}")
