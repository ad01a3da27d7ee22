"""What an organisation wants otherwise than this server does it by itself.

A setting is there when something asks for it: a further one is a member of ``OrganisationSettings`` with what holds as
long as nobody sets it, a member of ``SettingsDraft``, and a place on the page.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import organisation_settings, organisations
from kit.errors import BadInput, Conflict
from kit.i18n import LANGUAGES, Message, _

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
    and codes are given (one of ``ELSEWHERE``), where awards may be sent to wallets elsewhere.
    """

    undo_minutes: int | None = None
    claim_days: int | None = None
    family_language: str = ""
    elsewhere: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "OrganisationSettings":
        """What a row says. Raises: ValueError when it says something that this program does not know."""
        unknown = set(body) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"unknown settings of an organisation: {', '.join(sorted(unknown))}")
        return cls(**body)

    def body(self) -> str:
        """The same as a row keeps it."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDraft:
    """The settings as they were typed or sent. What is empty is done as the server does it."""

    undo_minutes: str | int | None = None
    claim_days: str | int | None = None
    family_language: str = ""
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """The settings, how often they were changed (0: never), and what the server does by itself."""

    wanted: OrganisationSettings
    version: int
    server: OrganisationSettings


def settings_of(session: Session, organisation_id: str) -> OrganisationSettings:
    """What an organisation wants, in the caller's transaction."""
    row = organisation_settings.find(session, organisation_id)
    return OrganisationSettings() if row is None else OrganisationSettings.of(json.loads(row.body))


class SettingsService:
    """Shows and changes them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def view(self, desk: Desk) -> SettingsView:
        """What is set. Raises: Refused."""
        desk.require(Right.SETTINGS)
        with self._context.database.reading() as session:
            return self._view(session, desk)

    def in_force(self, desk: Desk) -> OrganisationSettings:
        """What holds here: what the organisation wants, or else what the server does."""
        desk.require(Right.SEE)
        with self._context.database.reading() as session:
            wanted = settings_of(session, desk.organisation.id)
        server = self._server()
        return OrganisationSettings(
            undo_minutes=server.undo_minutes if wanted.undo_minutes is None else wanted.undo_minutes,
            claim_days=server.claim_days if wanted.claim_days is None else wanted.claim_days,
            family_language=wanted.family_language,
            elsewhere=wanted.elsewhere,
        )

    def change(self, desk: Desk, draft: SettingsDraft, *, version: int | None) -> SettingsView:
        """Set all of them. ``version`` is the one that was looked at (None: whichever it is).

        Raises: Refused, BadInput, Conflict when somebody changed them meanwhile.
        """
        desk.require(Right.SETTINGS)
        wanted = OrganisationSettings(
            undo_minutes=_whole(draft.undo_minutes, "undoMinutes", least=0, most=LONGEST_UNDO),
            claim_days=_whole(draft.claim_days, "claimDays", least=1, most=LONGEST_CLAIM),
            family_language=_language(draft.family_language),
            elsewhere=_elsewhere(draft.elsewhere),
        )
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            before = self._view(session, desk)
            if version is not None and version != before.version:
                raise Conflict(_("Somebody changed the settings in the meantime. Look at them again."))
            if wanted != before.wanted:
                row = organisation_settings.keep(session, desk.organisation.id, wanted.body(), now)
                record(
                    session,
                    at=now,
                    actor=desk.actor,
                    action="organisation.settings",
                    organisation_id=desk.organisation.id,
                    object_id=desk.organisation.slug,
                    version=row.version,
                )
            return self._view(session, desk)

    def _view(self, session: Session, desk: Desk) -> SettingsView:
        row = organisation_settings.find(session, desk.organisation.id)
        return SettingsView(
            wanted=settings_of(session, desk.organisation.id),
            version=0 if row is None else row.version,
            server=self._server(),
        )

    def _server(self) -> OrganisationSettings:
        known = self._context.settings
        return OrganisationSettings(undo_minutes=known.undo_minutes, claim_days=known.claim_days)


def _whole(value: str | int | None, field: str, *, least: int, most: int) -> int | None:
    """A whole number between two bounds, or None for nothing. Raises: BadInput."""
    text = inputs.line(value if isinstance(value, str) else None, field, required=False, longest=40)
    if isinstance(value, str):
        value = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else (None if not text else -1)
    if value is not None and not least <= value <= most:
        raise BadInput(
            _("This is not a number that can be used here."),
            field=field,
            remedy=_("Give a whole number from %(least)s to %(most)s.", least=least, most=most),
        )
    return value


def _language(value: str) -> str:
    return inputs.choice(value, "familyLanguage", allowed=tuple(LANGUAGES)) if value.strip() else ""


def _elsewhere(value: str) -> str:
    return inputs.choice(value, "elsewhere", allowed=tuple(ELSEWHERE)) if value.strip() else ""
