"""Accounts, families, learners, guardians and invitations."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from kit.accounts import Account, require_user
from wallet.api.asking import member
from wallet.api.bodies import LearnerChange, NewAccount, NewFamily, NewGuardianship, NewInvitation, NewLearner
from wallet.api.shapes import to_json
from wallet.service import Actor, Services


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about people."""
    who = Annotated[Actor, Depends(member(services))]
    _add_joining(router, services)
    people = services.people

    @router.get("/family")
    def family(actor: who) -> Any:
        return to_json(people.family(actor))

    @router.post("/learners", status_code=201)
    def add_learner(actor: who, body: NewLearner) -> Any:
        learner_id = people.add_learner(actor, name=body.name, birth_date=body.birth_date, myself=body.myself)
        return to_json(people.learner(actor, learner_id).learner)

    @router.get("/learners")
    def learners(actor: who) -> Any:
        return {"items": to_json(people.learners(actor))}

    @router.get("/learners/{learner_id}")
    def learner(actor: who, learner_id: str) -> Any:
        return to_json(people.learner(actor, learner_id))

    @router.patch("/learners/{learner_id}")
    def change_learner(actor: who, learner_id: str, body: LearnerChange) -> Any:
        said = "sign_in_age" in body.model_fields_set
        age = body.sign_in_age if said else people.learner(actor, learner_id).sign_in_age
        people.change_learner(actor, learner_id, name=body.name, birth_date=body.birth_date, sign_in_age=age)
        return to_json(people.learner(actor, learner_id))

    @router.delete("/learners/{learner_id}", status_code=204)
    def remove_learner(actor: who, learner_id: str) -> Response:
        services.erasure.remove_learner(actor, learner_id)
        return Response(status_code=204)

    @router.delete("/learners/{learner_id}/sign-in", status_code=204)
    def detach_sign_in(actor: who, learner_id: str) -> Response:
        people.detach_sign_in(actor, learner_id)
        return Response(status_code=204)

    @router.post("/learners/{learner_id}/restoration", status_code=204)
    def restore_learner(actor: who, learner_id: str) -> Response:
        services.erasure.restore_learner(actor, learner_id)
        return Response(status_code=204)

    @router.post("/learners/{learner_id}/erasure", status_code=204)
    def erase_learner(actor: who, learner_id: str) -> Response:
        services.erasure.erase_learner(actor, learner_id)
        return Response(status_code=204)

    @router.post("/learners/{learner_id}/guardians", status_code=201)
    def entrust(actor: who, learner_id: str, body: NewGuardianship) -> Any:
        people.entrust(actor, learner_id, member_id=body.member, scopes=body.scopes, valid_until=body.valid_until)
        return to_json(people.learner(actor, learner_id))

    @router.delete("/guardianships/{guardianship_id}", status_code=204)
    def end_guardianship(actor: who, guardianship_id: str) -> Response:
        people.end_guardianship(actor, guardianship_id)
        return Response(status_code=204)

    @router.post("/invitations", status_code=201)
    def invite(actor: who, body: NewInvitation) -> Any:
        token = services.invitations.invite(
            actor,
            kind=body.kind,
            name=body.name,
            learner_id=body.learner,
            scopes=body.scopes,
            valid_until=body.valid_until,
        )
        return {"link": f"{services.tools.settings.public_url}/join/{token}"}

    @router.delete("/invitations/{invitation_id}", status_code=204)
    def withdraw_invitation(actor: who, invitation_id: str) -> Response:
        services.invitations.withdraw(actor, invitation_id)
        return Response(status_code=204)


def _add_joining(router: APIRouter, services: Services) -> None:
    @router.post("/accounts", status_code=201)
    def create_account(body: NewAccount) -> Any:
        given = {"login": body.login, "password": body.password, "name": body.name, "family_name": body.family_name}
        if body.invitation:
            token = services.joining.join(body.invitation, **given)
        else:
            token = services.joining.sign_up(**given)
        return {"token": token}

    @router.post("/family", status_code=201)
    def start_family(user: Annotated[Account, Depends(require_user)], body: NewFamily) -> Any:
        services.joining.start_family(user.id, name=body.name, family_name=body.family_name)
        return {}
