"""The wallet for people: pages that work with JavaScript off; every POST ends in a 303 or in the same form with words.

asking       who asks, and forms that are shown again
home         the first page, sign-up, joining, starting a family
people       the family, guardians, invitations
learners     a learner's quilt, lists, files, bin
credentials  one award
claims       keeping what is offered
shares       sharing, as the family sees it
reader       sharing, as the reader sees it
"""

from __future__ import annotations

from fastapi import APIRouter

from kit.web import Pages
from wallet.pages import claims, credentials, home, learners, people, reader, shares
from wallet.service import Services


def build_pages(services: Services, pages: Pages) -> APIRouter:
    """Every page of the wallet but the account pages, which the roles share."""
    router = APIRouter(include_in_schema=False)
    for part in (home, people, learners, credentials, claims, shares, reader):
        part.add_routes(router, services, pages)
    return router
