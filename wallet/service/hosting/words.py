"""The scopes as people read them, on the page that asks for leave and in the service description."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _
from wallet.service.hosting.apis import BADGES, OFFLINE, RECORDS, Power

SCOPE_WORDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        BADGES.scope(Power.UPSERT): _("Put awards into the wallet"),
        BADGES.scope(Power.READ): _("Read awards in the wallet"),
        BADGES.scope(Power.PROFILE_READ): _("See the learner’s name"),
        BADGES.scope(Power.PROFILE_UPDATE): _("Propose another name for the learner"),
        RECORDS.scope(Power.UPSERT): _("Put whole records (of several awards) into the wallet"),
        RECORDS.scope(Power.READ): _("Read whole records (of several awards) in the wallet"),
        RECORDS.scope(Power.PROFILE_READ): _("See the learner’s name, beside records"),
        RECORDS.scope(Power.PROFILE_UPDATE): _("Propose another name for the learner, beside records"),
        OFFLINE: _("Do so later as well, without asking again, until you end it"),
    }
)
