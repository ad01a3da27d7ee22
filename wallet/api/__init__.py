"""The wallet for programs: the same service methods as the pages, JSON in and out.

shapes   views as JSON          bodies   what may be sent
people   accounts, families     keeping  claims and credentials
sharing  shares                 asking   who asks
vc_api   the VC-API, at addresses of its own
"""

from __future__ import annotations

from fastapi import APIRouter

from wallet.api import keeping, people, sharing
from wallet.api.vc_api import vc_api
from wallet.service import Services

__all__ = ["build_api", "vc_api"]


def build_api(services: Services) -> APIRouter:
    """Every route under /api but the sign-in, which accounts share."""
    router = APIRouter(prefix="/api")
    people.add_routes(router, services)
    keeping.add_routes(router, services)
    sharing.add_routes(router, services)
    return router
