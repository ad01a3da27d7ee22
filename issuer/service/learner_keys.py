"""Whom an award belongs to, by what tells learners apart: keyed hashes that can be looked up and that say nothing.

An award and a learner of the roster meet by roster number or e-mail address, never by name.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service.award_reading import Award
from issuer.service.award_rows import fold, plain
from issuer.store import learners
from kit.vault import Vault

LABEL: Final = "learner"
_KINDS: Final = {"identifier": "number", "emailAddress": "mail"}


class LearnerKeys:
    """Makes the keyed hashes of one organisation: 64 hexadecimal digits, of no use elsewhere and without the key."""

    def __init__(self, vault: Vault, organisation_id: str) -> None:
        self._key = vault.derive(LABEL)
        self._organisation_id = organisation_id

    def number(self, text: str) -> str | None:
        """Of a roster number; None for an empty one."""
        return self._made("number", plain(text)) if text else None

    def mail(self, text: str) -> str | None:
        """Of an e-mail address; None for an empty one."""
        return self._made("mail", plain(text)) if text else None

    def person(self, name: str, born: date | None) -> str | None:
        """Of a whole name and a birth date; None without a birth date: a name alone tells nobody apart."""
        return self._made("person", name_words(name), born.isoformat()) if name and born else None

    def of_award(self, award: Award) -> str | None:
        """Of the identifier of an award, when it is of a kind that a roster knows."""
        kind = _KINDS.get(award.identifier_type)
        return self._made(kind, plain(award.identifier)) if kind else None

    def _made(self, *said: str) -> str:
        text = json.dumps([self._organisation_id, *said], ensure_ascii=False)
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def folded_name(name: str) -> str:
    """A name as it is compared: one blank between words, no accents, no capitals."""
    return fold(plain(name), longest=420)


def name_words(name: str) -> str:
    """A name's words in alphabetical order, to hold names against each other: "Hadley, Wren" is "Wren Hadley"."""
    return " ".join(sorted(folded_name(name.replace(",", " ")).split()))


def linked(session: Session, vault: Vault, organisation_id: str, awards: Sequence[Award]) -> list[dict[str, Any]]:
    """The columns that say whom each of these awards belongs to, in their order."""
    keys = LearnerKeys(vault, organisation_id)
    made = [keys.of_award(award) for award in awards]
    owners = learners.of_identifiers(session, organisation_id, sorted({key for key in made if key}))
    return [{"identifier_key": key, "learner_id": owners.get(key) if key else None} for key in made]
