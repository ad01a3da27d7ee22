"""What an organisation wants otherwise than this server does it by itself.

A setting is there when something asks for it: a further one is a member of ``OrganisationSettings`` with what holds as
long as nobody sets it, a member of ``SettingsDraft`` (``changing_settings``), and a place on the page.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service.securing import INHERITED, USUAL
from issuer.store import organisation_settings
from kit.i18n import Message, _

LONGEST_UNDO: Final = 60
LONGEST_CLAIM: Final = 3650
ADULTS, GUARDIANS = "adults", "guardians"
ELSEWHERE: Final[Mapping[str, Message]] = MappingProxyType(
    {
        GUARDIANS: _("Yes: we give links and codes to parents and guardians, or to learners who are 18 or older"),
        ADULTS: _("Yes: everybody we award is 18 or older"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSettings:
    """What is stored. None, and an empty text, mean: as the server does it.

    ``undo_minutes`` is how long what a sheet awarded can be undone; ``claim_days`` how long a claim link and its code
    can be used; ``family_language`` the language of what is printed for families; ``elsewhere`` into whose hands links
    and codes are given (one of ``ELSEWHERE``), where awards may be sent to wallets elsewhere; ``second_person`` what
    needs two people (``issuer.service.second_person.CHOICES``); ``format`` is how awards are signed of achievements
    that leave it to the organisation (``issuer.service.securing``).
    """

    undo_minutes: int | None = None
    claim_days: int | None = None
    family_language: str = ""
    elsewhere: str = ""
    second_person: tuple[str, ...] = ()
    format: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "OrganisationSettings":
        """What a row says. Raises: ValueError when it says something that this program does not know."""
        unknown = set(body) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"unknown settings of an organisation: {', '.join(sorted(unknown))}")
        return cls(**{**body, "second_person": tuple(body.get("second_person", ()))})

    def body(self) -> str:
        """The same as a row keeps it."""
        return json.dumps(asdict(self), sort_keys=True)


def settings_of(session: Session, organisation_id: str) -> OrganisationSettings:
    """What an organisation wants, in the caller's transaction."""
    row = organisation_settings.find(session, organisation_id)
    return OrganisationSettings() if row is None else OrganisationSettings.of(json.loads(row.body))


def usual_form(session: Session, organisation_id: str, said: str) -> str:
    """How awards are signed when nobody chooses, where the achievement says ``said``; in the caller's transaction."""
    return said if said != INHERITED else settings_of(session, organisation_id).format or USUAL
