"""The wallet for programs: the same service methods as the pages, JSON in and out.

shapes   views as JSON          bodies   what may be sent
people   accounts, families     keeping  claims and credentials
sharing  shares                 asking   who asks
"""

from __future__ import annotations

from fastapi import APIRouter

from wallet.api import keeping, people, sharing
from wallet.service import Services


def build_api(services: Services) -> APIRouter:
    """Every route under /api but the sign-in, which accounts share."""
    router = APIRouter(prefix="/api")
    people.add_routes(router, services)
    keeping.add_routes(router, services)
    sharing.add_routes(router, services)
    return router
