"""What an operator records when a court has decided about a guardian, and the hand-over of who comes of age."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from kit.accounts import Account, require_user
from kit.paging import window
from wallet.api.asking import member
from wallet.api.bodies import NewAppointment, NewCourtOrder, WhoSignsIn
from wallet.api.shapes import to_json
from wallet.service import Actor, Services


def add_routes(router: APIRouter, services: Services) -> None:
    """Add the routes about court orders and hand-overs."""
    operator = Annotated[Account, Depends(require_user)]
    who = Annotated[Actor, Depends(member(services))]
    orders = services.court_orders

    @router.post("/court-orders/search")
    def search(user: operator, body: WhoSignsIn) -> Any:
        return {"items": to_json(orders.of_login(user, body.login))}

    @router.get("/court-orders")
    def court_orders(user: operator, page: str = "") -> Any:
        found = orders.page(user, window(page=page))
        return {"items": to_json(found.items), "page": found.number, "pages": found.pages, "total": found.total}

    @router.post("/court-orders", status_code=201)
    def record(user: operator, body: NewCourtOrder) -> Any:
        order_id, stopped = orders.record(
            user,
            learner_id=body.learner,
            member_id=body.member,
            reference=body.reference,
            stop_links=body.stop_links,
        )
        return {"id": order_id, "linksStopped": stopped}

    @router.post("/court-orders/{order_id}/lifting", status_code=204)
    def lift(user: operator, order_id: str) -> Response:
        orders.lift(user, order_id)
        return Response(status_code=204)

    @router.post("/court-orders/appointments", status_code=201)
    def appoint(user: operator, body: NewAppointment) -> Any:
        token = orders.appoint(user, body.learner, name=body.name)
        return {"link": f"{services.tools.settings.public_url}/join/{token}"}

    @router.get("/learners/{learner_id}/handover")
    def handover(actor: who, learner_id: str) -> Any:
        return to_json(services.handover.view(actor, learner_id))

    @router.put("/learners/{learner_id}/handover/{step}", status_code=204)
    def take(actor: who, learner_id: str, step: str) -> Response:
        services.handover.take(actor, learner_id, step)
        return Response(status_code=204)
