"""The wallet for programs: the same service methods as the pages, JSON in and out.

court_orders  what an operator records
shapes   views as JSON          bodies   what may be sent
people   accounts, families     keeping  claims and credentials
arranging  tags and collections   works  what a learner made
imports  what is brought, and kept apart
sharing  shares                 asking   who asks
connections  providers that may put awards here   leaving  the sealed archive
open_badges, service_description  the wallet as a host    oauth  programs register and get tokens
telling  how problems are told there
vc_api   the VC-API, at addresses of its own
"""

from __future__ import annotations

from fastapi import APIRouter

from wallet.api import arranging, connections, court_orders, imports, keeping, leaving, people, sharing, works
from wallet.api.oauth import oauth
from wallet.api.open_badges import open_badges
from wallet.api.vc_api import vc_api
from wallet.service import Services

__all__ = ["build_api", "oauth", "open_badges", "vc_api"]


def build_api(services: Services) -> APIRouter:
    """Every route under /api but the sign-in, which accounts share."""
    router = APIRouter(prefix="/api")
    people.add_routes(router, services)
    court_orders.add_routes(router, services)
    keeping.add_routes(router, services)
    imports.add_routes(router, services)
    arranging.add_routes(router, services)
    works.add_routes(router, services)
    sharing.add_routes(router, services)
    connections.add_routes(router, services)
    leaving.add_routes(router, services)
    return router
