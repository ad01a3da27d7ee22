"""What the family's archive says of the programs that could do something for a learner."""

from __future__ import annotations

from wallet import store
from wallet.service.core import Household, OpenLearner
from wallet.service.hosting.clients import client_view


def connections_of(home: Household, opened: OpenLearner) -> list[dict[str, object]]:
    """A learner's connections with what was done, for the archive's index."""
    found: list[dict[str, object]] = []
    for row in store.hosting.connections(home.session, home.actor.family_id, opened.id):
        client = store.hosting.client(home.session, row.client_id)
        if client is None:
            continue
        seen = client_view(client)
        found.append(
            {
                "learner": opened.name,
                "provider": seen.name,
                "host": seen.host,
                "state": row.state,
                "scopes": row.scopes.split(),
                "reads": row.reads,
                "startedAt": row.started_at.isoformat(),
                "endedAt": row.ended_at.isoformat() if row.ended_at else None,
                "did": [
                    {
                        "kind": act.kind,
                        "credential": act.credential_id,
                        "firstAt": act.first_at.isoformat(),
                        "lastAt": act.last_at.isoformat(),
                        "times": act.times,
                        "why": opened.open(act)["why"][0],
                    }
                    for act in store.hosting.acts(home.session, home.actor.family_id, row.id)
                ],
            }
        )
    return found
