"""An award that was stored to be signed while the server had another address."""

from issuer.service.context import Actor
from issuer.store import tables
from tests.issuing import freeze


def strand(services, slug, owner, achievement_id, number=1):
    """The intent of an award of this achievement to a learner of this number, as an earlier address would name it."""
    desk = services.organisations.enter(Actor(user_id=owner.id, name=owner.name, scope=owner.scope), slug)
    achievement = services.achievements.one(desk.organisation, achievement_id)
    (frozen,) = freeze(services, desk, achievement, 1, number)
    present, earlier = services.context.settings.identifier_url, "http://localhost:7001"
    with services.context.database.session() as session:
        row = session.get(tables.IntentRow, frozen.intent_id)
        row.unsigned = row.unsigned.replace(f"{present}/".encode(), f"{earlier}/".encode())
    return frozen.intent_id
