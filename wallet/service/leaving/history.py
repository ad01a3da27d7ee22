"""What happened to a learner's awards, for the archive: claims, links and who opened them, guardians, and the log."""

from __future__ import annotations

import json
from typing import Any

from wallet import store
from wallet.service.core import Household, OpenLearner
from wallet.service.hosting.exporting import connections_of


def history_of(home: Household, opened: OpenLearner) -> dict[str, Any]:
    """Everything that the wallet knows to have happened, without the secrets of links and passcodes."""
    return {
        "claims": [_claim(home, opened, row) for row in store.claims.every_claim(home.session, *_of(home, opened))],
        "shares": [_share(home, opened, row) for row in store.shares.shares(home.session, *_of(home, opened))],
        "permissions": [
            {
                "recipient": "" if row.everybody else opened.open(row)["recipient"],
                "everybody": row.everybody,
                "givenBy": home.member_name(row.member_id),
                "at": row.created_at.isoformat(),
            }
            for row in store.shares.permissions(home.session, *_of(home, opened))
        ],
        "guardianships": [_guardianship(home, row) for row in store.people.every_guardianship(home.session, opened.id)],
        "connections": connections_of(home, opened),
        "log": _log(home, opened),
        "before": [opened.open(row) for row in store.restoring.brought(home.session, *_of(home, opened))],
    }


def _of(home: Household, opened: OpenLearner) -> tuple[str, str]:
    return home.actor.family_id, opened.id


def _claim(home: Household, opened: OpenLearner, row: store.Claim) -> dict[str, Any]:
    told = opened.chest.open(opened.place("claim", row.id, row.version), row.sealed)
    offer = told["offer"]
    return {
        "provider": offer.get("issuerName", ""),
        "award": offer.get("title", ""),
        "state": row.state,
        "startedBy": home.member_name(row.started_by),
        "startedAt": row.started_at.isoformat(),
        "decidedBy": home.member_name(row.decided_by),
        "decidedAt": row.decided_at.isoformat() if row.decided_at else None,
        "credential": row.credential_id,
    }


def _share(home: Household, opened: OpenLearner, row: store.Share) -> dict[str, Any]:
    told = opened.open(row)
    return {
        "id": row.id,
        "recipient": told["recipient"],
        "purpose": told["purpose"],
        "shownName": told["shownName"],
        "state": row.state,
        "startedBy": home.member_name(row.started_by),
        "decidedBy": home.member_name(row.decided_by),
        "createdAt": row.created_at.isoformat(),
        "expiresAt": row.expires_at.isoformat(),
        "recalledAt": row.recalled_at.isoformat() if row.recalled_at else None,
        "credentials": [
            {"credential": one.id, "edition": edition}
            for one, edition in store.shares.shared_credentials(home.session, row.id)
        ],
        "openings": [
            {"at": view.at.isoformat(), "how": view.kind, "reader": opened.open(view).get("reader", "")}
            for view in store.shares.views(home.session, home.actor.family_id, row.id)
        ],
    }


def _guardianship(home: Household, row: store.Guardianship) -> dict[str, Any]:
    return {
        "guardian": home.member_name(row.member_id),
        "basis": row.basis,
        "scopes": row.scopes.split(),
        "givenAt": row.created_at.isoformat(),
        "validUntil": row.valid_until.isoformat() if row.valid_until else None,
        "endedAt": row.ended_at.isoformat() if row.ended_at else None,
    }


def _log(home: Household, opened: OpenLearner) -> list[dict[str, Any]]:
    """The rows of the audit log that are about the learner, or about something of theirs."""
    return [
        {
            "at": row.at,
            "who": home.member_name(row.actor) or ("system" if row.actor == "system" else ""),
            "what": row.action,
            "id": row.object_id,
            "detail": json.loads(row.detail),
        }
        for row in store.leaving.log_of_learner(home.session, opened.id)
    ]
