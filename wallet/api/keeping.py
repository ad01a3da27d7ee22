"""Claims, credentials and the bin."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.paging import Numbered, paginate, window
from kit.web.csrf import media_type
from wallet.api.asking import member, raw_body
from wallet.api.bodies import Choice, NewClaim, Note
from wallet.api.shapes import to_json
from wallet.service import Actor, Services
from wallet.service.arriving import file_kind
from wallet.service.finding import By, grouped, newest_first, years


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about what is kept."""
    _add_claims(router, services)
    _add_credentials(router, services)
    _add_arranging(router, services)


def _add_claims(router: APIRouter, services: Services) -> None:
    who = Annotated[Actor, Depends(member(services))]
    claims = services.claims

    @router.post("/claims", status_code=201)
    def start_claim(actor: who, body: NewClaim) -> Any:
        offer = claims.link_of_code(actor, body.code, body.provider) if body.code else body.offer
        claim_id = claims.open_offer(actor, offer)
        if body.learner is not None and claims.claim(actor, claim_id).state == "offered":
            claims.keep(actor, claim_id, body.learner)
        return to_json(claims.claim(actor, claim_id))

    @router.get("/claims/{claim_id}")
    def claim(actor: who, claim_id: str) -> Any:
        return to_json(claims.claim(actor, claim_id))

    @router.post("/claims/{claim_id}/learner")
    def keep_claim(actor: who, claim_id: str, body: Choice) -> Any:
        claims.keep(actor, claim_id, body.learner)
        return to_json(claims.claim(actor, claim_id))

    @router.post("/claims/{claim_id}/approval")
    def approve_claim(actor: who, claim_id: str) -> Any:
        claims.approve(actor, claim_id)
        return to_json(claims.claim(actor, claim_id))

    @router.post("/claims/{claim_id}/refusal")
    def decline_claim(actor: who, claim_id: str) -> Any:
        claims.decline(actor, claim_id)
        return to_json(claims.claim(actor, claim_id))

    @router.post("/claims/{claim_id}/attempt")
    def retry_claim(actor: who, claim_id: str) -> Any:
        claims.retry(actor, claim_id)
        return to_json(claims.claim(actor, claim_id))

    @router.get("/learners/{learner_id}/claims")
    def waiting_claims(actor: who, learner_id: str) -> Any:
        return {"items": to_json(claims.waiting(actor, learner_id))}


def _add_credentials(router: APIRouter, services: Services) -> None:
    who = Annotated[Actor, Depends(member(services))]
    credentials = services.credentials

    @router.get("/learners/{learner_id}/credentials")
    def list_credentials(actor: who, learner_id: str, q: str = "", page: str = "", size: str = "") -> Any:
        found = paginate(credentials.search(actor, learner_id, q), window(page=page, size=size))
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.get("/learners/{learner_id}/timeline")
    def timeline(actor: who, learner_id: str, page: str = "", size: str = "") -> Any:
        found = paginate(newest_first(credentials.search(actor, learner_id, "")), window(page=page, size=size))
        return {"years": to_json(years(found.items)), "page": found.number, "pages": found.pages, "total": found.total}

    @router.get("/learners/{learner_id}/groups")
    def groups(actor: who, learner_id: str, by: By = By.TIME, q: str = "", page: str = "", size: str = "") -> Any:  # noqa: PLR0917
        found = grouped(credentials.search(actor, learner_id, q), by, window(page=page, size=size))
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.post("/learners/{learner_id}/credentials", status_code=201)
    def add_credential(request: Request, actor: who, learner_id: str, body: Annotated[bytes, Depends(raw_body)]) -> Any:
        return to_json(credentials.add_file(actor, learner_id, body, media_type=media_type(request)))

    @router.get("/credentials/{credential_id}")
    def credential(actor: who, credential_id: str) -> Any:
        return to_json(credentials.look(actor, credential_id))

    @router.get("/credentials/{credential_id}/document")
    def document(actor: who, credential_id: str, edition: Numbered | None = None) -> Response:
        data = credentials.document(actor, credential_id, edition)
        kind, name = file_kind(data)
        return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @router.get("/credentials/{credential_id}/original")
    def original(actor: who, credential_id: str) -> Response:
        found = credentials.original(actor, credential_id)
        return Response(found.data, media_type=found.media_type)

    @router.post("/credentials/{credential_id}/check")
    def check_credential(actor: who, credential_id: str) -> Any:
        credentials.check_again(actor, credential_id)
        return to_json(credentials.look(actor, credential_id))

    @router.get("/archive")
    def archive(actor: who) -> Response:
        headers = {"Content-Disposition": 'attachment; filename="awards.zip"'}
        return Response(services.archive.pack(actor), media_type="application/zip", headers=headers)


def _add_arranging(router: APIRouter, services: Services) -> None:
    who = Annotated[Actor, Depends(member(services))]
    credentials = services.credentials

    @router.put("/credentials/{credential_id}/note", status_code=204)
    def note(actor: who, credential_id: str, body: Note) -> Response:
        credentials.note(actor, credential_id, body.note)
        return Response(status_code=204)

    @router.delete("/credentials/{credential_id}", status_code=204)
    def remove_credential(actor: who, credential_id: str) -> Response:
        credentials.remove(actor, credential_id)
        return Response(status_code=204)

    @router.post("/credentials/{credential_id}/restoration", status_code=204)
    def restore_credential(actor: who, credential_id: str) -> Response:
        credentials.restore(actor, credential_id)
        return Response(status_code=204)

    @router.post("/credentials/{credential_id}/erasure", status_code=204)
    def erase_credential(actor: who, credential_id: str) -> Response:
        services.erasure.erase_credential(actor, credential_id)
        return Response(status_code=204)

    @router.get("/learners/{learner_id}/bin")
    def discarded(actor: who, learner_id: str) -> Any:
        return {"items": to_json(credentials.discarded(actor, learner_id))}
