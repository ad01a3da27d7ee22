"""Seed the demo as its people would: each award, claim, share and revocation through the roles' public HTTP APIs.

Every step may be repeated: an award carries an `Idempotency-Key`, a claim link always leads to the same claim, and
what has no key is looked for before it is made. A seeding that was interrupted is taken up by going through all of it
again. Order: the provider side, the family side, the provider's one revocation, the reader's list. Left out: the
transcript, whose role is still to come.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from satchel.client import CONFLICT, ApiError, RoleClient
from satchel.console import Progress
from satchel.demo import household, logins, providers, state
from satchel.demo.family import Family, Provider, load
from satchel.demo.story import story_of
from satchel.deployment import Deployment

UNLISTED = frozenset({"org-ledger"})
"""Providers that the demo's reader has not put on its list: their credentials are genuine, and never green."""

RECOGNISED_LIST = "Prairie State University: providers we know"
_WORKERS = 3
"""Awards and claims are made three at a time: the roles sign in threads of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The signed-in clients that the seeding works with."""

    office: RoleClient
    guardian: RoleClient
    reader: RoleClient


def seed(deployment: Deployment, *, today: date, progress: Progress) -> state.DemoState:
    """Make what the sample tells, or finish making it; then leave one fresh award unclaimed. Raises: CommandError."""
    known = state.load(deployment.data_dir, today=today)
    family = load(as_of=known.as_of)
    known = known.saved(deployment.data_dir)
    with _clients(deployment, family) as clients:
        if not known.seeded:
            _seed_all(clients, family, progress)
            known = known.saved(deployment.data_dir, seeded=True)
        progress.show("a fresh award for step two")
        return _fresh_award(deployment, clients, family, known)


@contextmanager
def _clients(deployment: Deployment, family: Family) -> Iterator[Clients]:
    with ExitStack() as stack:

        def client(role: str) -> RoleClient:
            return stack.enter_context(RoleClient(deployment.identifier_url(role), authority=deployment.authority))

        clients = Clients(office=client("issuer"), guardian=client("wallet"), reader=client("verifier"))
        clients.office.sign_in(logins.OFFICE.login, logins.PASSWORD)
        clients.reader.sign_in(logins.ADMISSIONS.login, logins.PASSWORD)
        household.join(clients.guardian, family)
        yield clients


def _seed_all(clients: Clients, family: Family, progress: Progress) -> None:
    issuing = [provider for provider in family.providers.values() if _issues(provider, family)]
    organisations = {provider.id: providers.open_organisation(clients.office, provider) for provider in issuing}
    progress.show("a login for the co-op")
    providers.invite_coordinator(clients.office, organisations)
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        awarding = [
            pool.submit(providers.make_award, clients.office, family, award, progress) for award in family.awards
        ]
        made = [each.result() for each in awarding]
        learners = household.learners_of(clients.guardian, family)
        keeping = [pool.submit(household.keep, clients.guardian, one, learners, progress) for one in made]
        kept = dict(each.result() for each in keeping)
    for one in made:
        if one.award.revoked_on:
            providers.revoke(clients.office, one)
    for share in family.shares:
        household.share_again(clients.guardian, family, share, learners, kept)
    for provider in issuing:
        if provider.id not in UNLISTED:
            _recognise(clients.reader, organisations[provider.id])


def _issues(provider: Provider, family: Family) -> bool:
    return any(award.provider == provider.id for award in family.awards)


def _fresh_award(deployment: Deployment, clients: Clients, family: Family, known: state.DemoState) -> state.DemoState:
    """Leave one award of the co-op unclaimed: the one left by the last start, if it still can be claimed."""
    base = f"/api/organisations/{family.providers[providers.COORDINATED].slug}"
    number = max(known.fresh, 1)
    while True:
        made = providers.make_fresh_award(clients.office, family, base, number)
        claim = providers.open_claim(clients.office, base, made.uuid)
        if claim is not None:
            break
        number += 1
    wren = household.learners_of(clients.guardian, family)["p-wren"]
    story = story_of(deployment, made=made, claim=claim, learner=wren)
    return known.saved(deployment.data_dir, fresh=number, story=story)


def _recognise(reader: RoleClient, organisation: Mapping[str, Any]) -> None:
    """Put a provider on the reader's list, unless it is there."""
    body = {
        "did": organisation["did"],
        "name": organisation["name"],
        "list": RECOGNISED_LIST,
        "note": "Part of the demonstration.",
    }
    try:
        reader.post("/api/recognised", body)
    except ApiError as error:
        if error.code != CONFLICT:
            raise
