"""An award as a row: what is in the clear, what is sealed, and what it is sealed for."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from issuer.service.achievements import Achievement
from issuer.service.award_reading import Award
from issuer.service.tokens import token_hash
from issuer.store import credentials


def award_row(
    award: Award,
    achievement: Achievement,
    *,
    credential_id: str,
    organisation_id: str,
    identity_id: str,
    actor: str,
    now: datetime,
    replaces: str | None,
    refresh: str | None,
    format_: str,
    seal: Callable[[str, str], bytes],
) -> dict[str, Any]:
    """The columns of a new award that is going to be signed. ``refresh`` is the token of the address at which its
    newest version is given out; ``seal`` takes a text, and its context.
    """
    return {
        **refresh_columns(refresh, credential_id, seal),
        "id": credential_id,
        "organisation_id": organisation_id,
        "identity_id": identity_id,
        "kind": credentials.AWARD,
        "format": format_,
        "achievement_id": achievement.id,
        "achievement_version": achievement.version,
        "achievement_name": achievement.name,
        **award_columns(award, credential_id, seal),
        "state": "pending",
        "sequence": 0,
        "created": now,
        "created_by": actor,
        "replaces": replaces,
    }


def award_columns(award: Award, credential_id: str, seal: Callable[[str, str], bytes]) -> dict[str, Any]:
    """The columns that say what was awarded to whom: those that a correction changes."""
    return {
        "learner_name": award.learner_name,
        "learner_folded": fold(award.learner_name),
        "identifier_type": award.identifier_type,
        "identifier_sealed": seal(award.identifier, sealing_context(credential_id, "identifier")),
        "draft_sealed": seal(award.to_json(), sealing_context(credential_id, "award")),
        "summary": _summary(award),
        "awarded": award.awarded,
        "valid_until": award.valid_until,
    }


def refresh_columns(token: str | None, credential_id: str, seal: Callable[[str, str], bytes]) -> dict[str, Any]:
    """The columns for the token of the address at which an award's newest version is given out, if it has one."""
    if token is None:
        return {"refresh_hash": None, "refresh_sealed": None}
    return {
        "refresh_hash": token_hash(token),
        "refresh_sealed": seal(token, sealing_context(credential_id, "refresh")),
    }


def fold(name: str, *, longest: int = 300) -> str:
    """A text as it is searched: no accents, no capitals, at most ``longest`` characters."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()[:longest]


def plain(text: str) -> str:
    """A text as it is compared: one form of each letter, no capitals, one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def sealing_context(credential_id: str, column: str) -> str:
    """What a sealed column of an award is bound to."""
    return f"issuer/credential/{credential_id}/{column}"


def _summary(award: Award) -> str:
    """The mark in a few characters, for lists."""
    return ", ".join(result.get("value") or result["status"] for result in award.results)[:300]
