"""The wallet for people: pages that work with JavaScript off; every POST ends in a 303 or in the same form with words.

asking       who asks, and forms that are shown again
home         the first page, sign-up, joining, starting a family
people       the family, guardians, invitations
handover     coming of age
court_orders what an operator does when a court says so
learners     a learner's quilt, files, bin
looking      lists, timeline, portfolio
collections  collections and tags
works        what a learner made
stating      what a learner says of themself
credentials  one award
imports      adding what a family has, and what is kept apart
claims       keeping what is offered
allowing     what a minor may share without asking
answering    a verifier asks
shares       sharing, as the family sees it
reader       sharing, as the reader sees it
consent      a program asks for leave
connections  connected providers
leaving      the sealed archive
phone        the home screen, and the copy without a connection
reopening    a recovery code, after the server lost its key
"""

from __future__ import annotations

from fastapi import APIRouter

from kit.web import Pages
from wallet.pages import (
    allowing,
    answering,
    claims,
    collections,
    connections,
    consent,
    court_orders,
    credentials,
    handover,
    home,
    imports,
    learners,
    leaving,
    looking,
    people,
    phone,
    reader,
    reopening,
    shares,
    stating,
    works,
)
from wallet.service import Services


def build_pages(services: Services, pages: Pages) -> APIRouter:
    """Every page of the wallet but the account pages, which the roles share."""
    router = APIRouter(include_in_schema=False)
    family = (home, people, handover, court_orders, learners, looking, collections, works, stating)
    keeping = (credentials, imports, claims, shares, answering, allowing, reader, consent, connections)
    for part in (*family, *keeping, leaving, reopening, phone):
        part.add_routes(router, services, pages)
    return router
