"""Shares, for the family. What a reader does with a link is in `wallet.pages.reader`."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.paging import window
from wallet.api.asking import member, paper_for
from wallet.api.bodies import (
    AnswerWay,
    Approval,
    AskedRequest,
    NewAnswer,
    NewPermission,
    NewShare,
    Passcode,
    ShareChange,
    ShareEditions,
)
from wallet.api.shapes import to_json
from wallet.service import Actor, Services
from wallet.service.asks import asking_for_confirmation
from wallet.service.share_views import Choice, ShareView


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about shares."""
    _add_permissions(router, services)
    _add_answers(router, services)
    who = Annotated[Actor, Depends(member(services))]
    shares = services.shares

    def shown(view: ShareView) -> Any:
        link = f"{services.tools.settings.public_url}/s/{view.token}" if view.token else None
        return {**to_json(view), "openings": to_json(view.openings.items), "opened": view.openings.total, "link": link}

    @router.post("/shares", status_code=201)
    def create_share(actor: who, body: NewShare) -> Any:
        first = shares.sheet(actor, body.learner)
        choice = Choice(
            credential_ids=tuple(body.credentials),
            recipient=body.recipient,
            purpose=body.purpose,
            until=body.until or first.until,
            shown_name=first.shown_name if body.shown_name is None else body.shown_name,
            most_views=body.most_views,
            passcode=body.passcode,
            parts={name: frozenset(lines) for name, lines in body.parts.items()},
        )
        ask = None if body.confirmation is None else asking_for_confirmation(body.confirmation)
        return shown(shares.share(actor, shares.create(actor, body.learner, choice, ask=ask)))

    @router.get("/learners/{learner_id}/shares")
    def list_shares(actor: who, learner_id: str, page: str = "", size: str = "") -> Any:
        found = shares.page(actor, learner_id, window(page=page, size=size)).lines
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.delete("/learners/{learner_id}/shares")
    def recall_all(actor: who, learner_id: str) -> Any:
        return {"stopped": shares.recall_all(actor, learner_id)}

    @router.get("/credentials/{credential_id}/lines")
    def lines(actor: who, credential_id: str) -> Any:
        return {"items": to_json(shares.lines(actor, credential_id))}

    @router.get("/shares/{share_id}")
    def share(actor: who, share_id: str) -> Any:
        return shown(shares.share(actor, share_id))

    @router.get("/shares/{share_id}/openings")
    def openings(actor: who, share_id: str, page: str = "", size: str = "") -> Any:
        found = shares.share(actor, share_id, window(page=page, size=size)).openings
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.get("/shares/{share_id}/record.pdf")
    def paper(request: Request, actor: who, share_id: str, paper: str = "") -> Response:
        return paper_for(lambda setting: shares.paper(actor, share_id, setting), request, paper)

    @router.post("/shares/{share_id}/approval")
    def approve_share(actor: who, share_id: str, body: Approval | None = None) -> Any:
        shares.approve(actor, share_id, always=body is not None and body.always)
        return shown(shares.share(actor, share_id))

    @router.post("/shares/{share_id}/refusal")
    def decline_share(actor: who, share_id: str) -> Any:
        shares.decline(actor, share_id)
        return shown(shares.share(actor, share_id))

    @router.put("/shares/{share_id}/passcode")
    def set_passcode(actor: who, share_id: str, body: Passcode) -> Any:
        shares.set_passcode(actor, share_id, body.passcode)
        return shown(shares.share(actor, share_id))

    @router.post("/shares/{share_id}/editions")
    def update_share(actor: who, share_id: str, body: ShareEditions) -> Any:
        shares.update(actor, share_id, body.editions)
        return shown(shares.share(actor, share_id))

    @router.patch("/shares/{share_id}")
    def extend_share(actor: who, share_id: str, body: ShareChange) -> Any:
        shares.extend(actor, share_id, body.until)
        return shown(shares.share(actor, share_id))

    @router.delete("/shares/{share_id}", status_code=204)
    def recall_share(actor: who, share_id: str) -> Response:
        shares.recall(actor, share_id)
        return Response(status_code=204)


def _add_permissions(router: APIRouter, services: Services) -> None:
    who = Annotated[Actor, Depends(member(services))]
    allowing = services.allowing

    @router.get("/learners/{learner_id}/permissions")
    def permissions(actor: who, learner_id: str) -> Any:
        return to_json(allowing.permissions(actor, learner_id))

    @router.post("/learners/{learner_id}/permissions", status_code=201)
    def allow(actor: who, learner_id: str, body: NewPermission) -> Any:
        return {"id": allowing.allow(actor, learner_id, body.recipient)}

    @router.delete("/permissions/{permission_id}", status_code=204)
    def withdraw_permission(actor: who, permission_id: str) -> Response:
        allowing.withdraw(actor, permission_id)
        return Response(status_code=204)


def _add_answers(router: APIRouter, services: Services) -> None:
    who = Annotated[Actor, Depends(member(services))]
    answering = services.answering

    @router.post("/learners/{learner_id}/requests")
    def read(actor: who, learner_id: str, body: AskedRequest) -> Any:
        services.people.learner(actor, learner_id)
        asked = answering.sheet(actor, learner_id, answering.read(actor, body.request))
        wanted = [
            {"reason": one.wanted.reason, "required": one.wanted.required, "credentials": list(one.credential_ids)}
            for one in asked.matches
        ]
        question = asked.question
        told = {"host": question.host, "domain": question.domain, "sentTo": question.endpoint or None}
        picked = [card.id for card in asked.sheet.preview.cards]
        return {**told, "request": question.text, "wanted": wanted, "picked": picked, "waitsFor": asked.sheet.waits_for}

    @router.post("/learners/{learner_id}/answers", status_code=201)
    def take_up(actor: who, learner_id: str, body: NewAnswer) -> Any:
        services.people.learner(actor, learner_id)
        question = answering.read(actor, body.request)
        parts = {name: frozenset(lines) for name, lines in body.parts.items()}
        choice = answering.choice(question, body.credentials, parts)
        made = answering.take_up(actor, learner_id, question, choice)
        return {"share": made, "state": services.shares.share(actor, made).state}

    @router.post("/shares/{share_id}/answer")
    def answer(actor: who, share_id: str, body: AnswerWay) -> Any:
        if not body.send:
            return {"share": share_id, "verifiablePresentation": json.loads(answering.answer(actor, share_id))}
        answering.send(actor, share_id)
        return {"share": share_id, "sent": True}
