"""What happens before a request, so that there is something to ask for. It happens on the day the world was made."""

import contextlib

from kit.errors import Conflict, NotFound
from tests.http.wallet.matrix.world import LINK, OWN_WORDS
from wallet import store


def removed(world):
    """The learner is in the bin."""
    world.services.erasure.remove_learner(world.actors["teresa"], world.ids["learner"])


def answered(world):
    """A guardian allowed what the learner asked for."""
    world.services.hosting.connections.approve(world.actors["teresa"], world.ids["connection"])


def offered(world):
    """Whoever comes has looked at an offer."""
    tools, actor = world.services.tools, world.actors.get(world.person.login, world.actors["teresa"])
    said = dict.fromkeys(("issuerId", "issuerName", "achievementId", "title", "description", "meantFor"), OWN_WORDS)
    with tools.database.session() as session:
        home = world.services.people.open(session, actor)
        row = store.Claim(
            id="offered".ljust(36, "-"), family_id=actor.family_id, learner_id=None, offer_index=b"o" * 32,
            state="offered", started_by=actor.member_id, started_at=tools.clock.now(), version=1,
        )  # fmt: skip
        told = {"link": LINK, "offer": {**said, "origin": "http://localhost:9"}, "problem": ""}
        row.sealed = home.chest.seal(home.place("claim", row.id, 1), told)
        session.add(row)
    world.ids["offered"] = row.id


def _order(world, login):
    member = world.actors[login].member_id
    return world.services.court_orders.record(
        world.operator, learner_id=world.ids["learner"], member_id=member, reference="x", stop_links=False
    )[0]


def ordered(world):
    """A court's order stands."""
    world.ids["order"] = _order(world, "view")


def orphaned(world):
    """Courts ended everybody who managed the learner."""
    for login in ("teresa", "marcus", "leaver", "barred", "dated", "manage"):
        with contextlib.suppress(NotFound, Conflict):  # theirs may have ended before
            _order(world, login)
