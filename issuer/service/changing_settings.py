"""Showing and changing what an organisation wants otherwise than this server does it by itself."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.organisation_settings import (
    ELSEWHERE,
    LONGEST_CLAIM,
    LONGEST_UNDO,
    OrganisationSettings,
    settings_of,
    usual_form,
)
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import CHOICES, SETTINGS, Granting, agreed, others
from issuer.service.securing import USUAL, chosen_form, form_of, no_key_for
from issuer.store import identities, organisation_settings, organisations
from kit.errors import BadInput, Conflict
from kit.i18n import LANGUAGES, _


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDraft:
    """The settings as they were typed or sent. What is empty is done as the server does it."""

    undo_minutes: str | int | None = None
    claim_days: str | int | None = None
    family_language: str = ""
    elsewhere: str = ""
    second_person: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """The settings, how often they were changed (0: never), and what the server does by itself."""

    wanted: OrganisationSettings
    version: int
    server: OrganisationSettings


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
            second_person=wanted.second_person,
            format=wanted.format or server.format,
        )

    def signed_as(self, desk: Desk, said: str) -> str:
        """How awards are signed when nobody chooses, where the achievement says ``said``."""
        desk.require(Right.SEE)
        with self._context.database.reading() as session:
            return usual_form(session, desk.organisation.id, said)

    def change(
        self, desk: Desk, draft: SettingsDraft, *, version: int | None, granting: Granting | None = None
    ) -> SettingsView:
        """Set all of them. ``version`` is the one that was looked at (None: whichever it is).

        Raises: Refused, BadInput also for a form that no key here signs, Conflict when somebody changed them meanwhile;
        SecondPersonWanted when fewer things would need two people than before.
        """
        desk.require(Right.SETTINGS)
        wanted = OrganisationSettings(
            undo_minutes=_whole(draft.undo_minutes, "undoMinutes", least=0, most=LONGEST_UNDO),
            claim_days=_whole(draft.claim_days, "claimDays", least=1, most=LONGEST_CLAIM),
            family_language=_language(draft.family_language),
            elsewhere=_elsewhere(draft.elsewhere),
            second_person=_kinds(draft.second_person),
            format=chosen_form(draft.format, usual=USUAL).name if draft.format.strip() else "",
        )
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            before = self._view(session, desk)
            if version is not None and version != before.version:
                raise Conflict(_("Somebody changed the settings in the meantime. Look at them again."))
            if wanted.format not in {"", before.wanted.format}:
                form = form_of(wanted.format)
                present = identities.present(session, desk.organisation.id)
                if organisations.current_key(session, present.id, now, use=form.use) is None:
                    raise no_key_for(form)
            if set(wanted.second_person) - set(before.wanted.second_person):
                self._check_others(session, desk)
            if granting is not None or set(before.wanted.second_person) - set(wanted.second_person):
                agreed(session, desk, SETTINGS, granting, now=now)
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

    def lift(self, desk: Desk) -> bool:
        """Want nobody's approval any more: for whoever runs the server, where nobody is left who could agree.

        Whether anything was wanted. Raises: Refused.
        """
        desk.require(Right.SETTINGS)
        found = self.view(desk)
        draft = SettingsDraft(**{**asdict(found.wanted), "second_person": ()})
        self.change(desk, draft, version=found.version)
        return bool(found.wanted.second_person)

    @staticmethod
    def _check_others(session: Session, desk: Desk) -> None:
        """Return when somebody else could approve what this person asks for. Raises: BadInput."""
        if not others(session, desk, but=desk.actor.user_id):
            raise BadInput(
                _("Nobody else here may approve."), field="secondPerson", remedy=_("Invite a second person first.")
            )

    def _view(self, session: Session, desk: Desk) -> SettingsView:
        row = organisation_settings.find(session, desk.organisation.id)
        return SettingsView(
            wanted=settings_of(session, desk.organisation.id),
            version=0 if row is None else row.version,
            server=self._server(),
        )

    def _server(self) -> OrganisationSettings:
        known = self._context.settings
        return OrganisationSettings(undo_minutes=known.undo_minutes, claim_days=known.claim_days, format=USUAL)


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


def _kinds(wanted: Sequence[str]) -> tuple[str, ...]:
    """The kinds of acts that were chosen, each once, in their own order. Raises: BadInput."""
    for each in wanted:
        inputs.choice(each, "secondPerson", allowed=CHOICES)
    return tuple(kind for kind in CHOICES if kind in wanted)
