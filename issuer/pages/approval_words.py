"""What can need a second person, and what somebody asked for, in words."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from issuer.service import inputs
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.context import Desk
from issuer.service.credentials import REASONS
from issuer.service.drafts import EvidenceDraft
from issuer.service.organisation_settings import ELSEWHERE
from issuer.service.second_person import (
    AWARD,
    CLOSE,
    COMPROMISE,
    INVITING,
    JOB,
    KEYS,
    PEOPLE,
    SHEET,
    WITHDRAWALS,
    WITHDRAWING,
)
from issuer.service.securing import FORMS
from issuer.service.services import Services
from issuer.service.vocabulary import KEY_KINDS, KEY_USES, RESULT_STATUSES, ROLE_NAMES
from kit import zones
from kit.errors import NotFound
from kit.i18n import LANGUAGES, Message, _

Words = str | Message
Fact = tuple[Words, Words]

KINDS: Final[Mapping[str, tuple[Message, Message]]] = MappingProxyType(
    {
        AWARD: (_("Awards, and corrections of them"), _("Sheets, too.")),
        SHEET: (_("Sheets of awards"), _("Single awards go out at once.")),
        KEYS: (_("New signing keys"), _("A key that takes the place of another, or signs something else.")),
        COMPROMISE: (
            _("Keys that are no longer safe"),
            _("Until somebody agrees, such a key goes on signing. Choose this only where somebody is always there."),
        ),
        PEOPLE: (_("Who works here"), _("Invitations, and other roles for people.")),
        WITHDRAWALS: (_("Withdrawing many awards"), _("A single award is withdrawn at once.")),
        CLOSE: (_("Closing the organisation"), _("Opening it again within a day needs nobody else.")),
    }
)

ACTS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        acts.AWARDING: _("An award"),
        acts.CORRECTING: _("A correction"),
        JOB: _("A sheet of awards"),
        acts.EXCHANGING: _("A new key in the place of another"),
        acts.ADDING: _("A key for something else"),
        acts.COMPROMISING: _("A key that is no longer safe"),
        acts.MOVING: _("The move to a web address"),
        acts.CHANGING_ROLE: _("Another role for somebody"),
        INVITING: _("An invitation"),
        acts.SETTING: _("Other settings"),
        WITHDRAWING: _("A withdrawal of many awards"),
        acts.CLOSING: _("The organisation closes"),
    }
)

STATES: Final[Mapping[str, tuple[Message, str]]] = MappingProxyType(
    {
        "asked": (_("Waits"), "waiting"),
        "granted": (_("Agreed"), "genuine"),
        "refused": (_("Refused"), "forged"),
        "withdrawn": (_("Taken back"), "withdrawn"),
        "expired": (_("Nobody decided in time"), "unknown"),
    }
)


def facts(services: Services, desk: Desk, found: Approval) -> list[Fact]:
    """What was asked for, as pairs of a name and a value; nothing when it does not wait any more."""
    if found.about is None:
        return []
    return _FACTS[found.act](services, desk, found.about)


def place(desk: Desk, found: Approval) -> str | None:
    """Where to see what it is about, or what came of it."""
    base = f"/organisations/{desk.organisation.slug}"
    outcome = found.outcome or ""
    if found.act == JOB:
        return f"{base}/jobs/{found.subject}"
    if found.act in {acts.AWARDING, acts.CORRECTING}:
        uuid = outcome or (found.about or {}).get("credential", "")
        return f"{base}/credentials/{uuid.removeprefix('urn:uuid:')}" if uuid else None
    if found.act in {acts.EXCHANGING, acts.ADDING, acts.COMPROMISING, acts.MOVING}:
        return f"{base}/signing"
    if found.act == WITHDRAWING:
        return f"{base}/withdrawals/{outcome or _asked_for(found)}"
    if found.act == acts.CLOSING:
        return f"{base}/close"
    return f"{base}/settings" if found.act == acts.SETTING else f"{base}/people"


def _awarded(services: Services, desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    draft = acts.award_of(about)
    try:
        achievement = services.achievements.one(desk.organisation, draft.achievement)
        name, described = achievement.name, achievement.document().get("resultDescription", [])
    except NotFound:
        name, described = draft.achievement, []
    marks = {str(each["id"]): str(each["name"]) for each in described}
    results: list[Fact] = [
        (
            marks.get(result.description, result.description) or _("Mark"),
            RESULT_STATUSES.get(result.value, result.value),
        )
        for result in draft.results
        if result.value
    ]
    kept: list[Fact] = [
        (_("What was earned"), name),
        (_("Learner"), draft.learner_name),
        (_("Roster number or e-mail address"), _joined(draft.identifier, draft.identifier_type)),
        (_("Chosen"), _("Write the learner’s name into the award") if draft.show_name else ""),
        (_("Chosen"), _("I know that the learner is 18 or older") if draft.adult else ""),
        *results,
        (_("Credits"), "" if draft.credits_earned is None else str(draft.credits_earned)),
        (_("Day it was earned"), draft.awarded),
        (_("From"), draft.activity_start),
        (_("To"), draft.activity_end),
        (_("Valid from"), draft.valid_from),
        (_("Valid until"), draft.valid_until),
        (_("Term"), draft.term),
        (_("Role"), draft.role),
        (_("What is said about it"), draft.narrative),
        *((_("Link to the work"), _joined(*_texts(piece))) for piece in draft.evidence),
        (_("How it is signed"), FORMS[draft.format].label if draft.format in FORMS else draft.format),
    ]
    return [(label, value) for label, value in kept if value]


def _texts(piece: EvidenceDraft) -> tuple[str, ...]:
    return piece.url, piece.name, piece.description, piece.narrative


def _joined(*texts: str) -> str:
    return " · ".join(text for text in texts if text)


def _sheet(services: Services, desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    achievement = services.achievements.one(desk.organisation, about["achievement"])
    found: list[Fact] = [(_("What was earned"), achievement.name), (_("Awards"), str(about["count"]))]
    return [*found, (_("When"), _begins(about, services.context.now(), desk.organisation.zone))]


def _begins(about: Mapping[str, Any], now: datetime, zone: tzinfo) -> Words:
    """When a sheet is awarded, if somebody agrees now."""
    starts = inputs.moment(about.get("starts"), "starts")
    if starts is None:
        return _("as soon as somebody agrees")
    if starts <= now:
        return _(
            "as soon as somebody agrees: the time that was chosen (%(time)s) is over", time=zones.stamp(starts, zone)
        )
    return zones.stamp(starts, zone)


def _key(_services: Services, _desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    use, kind = about["use"], about["kind"]
    return [(_("What it signs"), KEY_USES.get(use, use)), (_("Kind"), KEY_KINDS.get(kind, kind))]


def _unsafe(_services: Services, _desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    since = about["since"] or _("from the moment somebody agrees")
    kept: list[Fact] = [(_("Key"), about["name"]), (_("Since"), since), (_("Note"), about["words"])]
    return [(label, value) for label, value in kept if value]


def _move(services: Services, desk: Desk, _about: Mapping[str, Any]) -> list[Fact]:
    return [(_("New address"), services.moving.address(desk.organisation))]


def _role(services: Services, desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    try:
        member = services.people.member(desk, about["account"])
        name, before = member.name, ROLE_NAMES[member.role]
    except NotFound:
        return [(_("Who is it?"), about["account"])]
    return [(_("Who is it?"), name), (_("Role until now"), before), (_("New role"), ROLE_NAMES[about["role"]])]


def _invitation(_services: Services, _desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    return [(_("Who is it?"), about["label"]), (_("Role"), ROLE_NAMES[about["role"]])]


def _settings(_services: Services, _desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    draft = acts.settings_of(about)
    usual = _("as this server does it")
    found: list[Fact] = [
        (
            _("Minutes in which a sheet can be undone"),
            str(draft.undo_minutes) if draft.undo_minutes not in (None, "") else usual,
        ),
        (_("Days in which a code can be used"), str(draft.claim_days) if draft.claim_days not in (None, "") else usual),
        (_("Language of printed sheets"), LANGUAGES.get(draft.family_language, _("The language of whoever prints"))),
        (_("May awards be sent to wallets that others run?"), ELSEWHERE.get(draft.elsewhere, _("No, they stay here"))),
    ]
    two: list[Fact] = [(_("Two people sign off"), KINDS[kind][0]) for kind in draft.second_person]
    return [*found, *(two or [(_("Two people sign off"), _("nothing"))])]


def _withdrawal(services: Services, desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    choice = acts.choice_of(about)
    name = services.achievements.one(desk.organisation, choice.achievement).name if choice.achievement else ""
    kept: list[Fact] = [
        (_("Awards"), str(about["count"])),
        (_("What was earned"), name),
        (_("From"), choice.since),
        (_("To"), choice.until),
        (_("Reason"), REASONS.get(about["reason"], about["reason"])),
        (_("Note"), about["note"]),
    ]
    return [(label, value) for label, value in kept if value]


def _closing(_services: Services, _desk: Desk, about: Mapping[str, Any]) -> list[Fact]:
    draft = about["draft"]
    kept: list[Fact] = [
        (_("Who takes over"), draft["successor_name"]),
        (_("Their web address"), draft["successor_url"]),
        (_("Their identifier"), draft["successor_id"]),
        (_("What families should know"), draft["words"]),
    ]
    return [(label, value) for label, value in kept if value]


def _asked_for(found: Approval) -> str:
    """The list of the awards that are meant, as long as that is known."""
    if found.about is None:
        return ""
    choice = acts.choice_of(found.about)
    asked = [(name, getattr(choice, name)) for name in ("achievement", "since", "until", "job")]
    pairs = [
        *asked,
        *(("credential", each) for each in choice.credentials),
        *([] if choice.credentials else [("all", "1")]),
    ]
    return "sure?" + urlencode([(name, value) for name, value in pairs if value])


_FACTS: Final[Mapping[str, Callable[[Services, Desk, Mapping[str, Any]], list[Fact]]]] = MappingProxyType(
    {
        acts.AWARDING: _awarded,
        acts.CORRECTING: _awarded,
        JOB: _sheet,
        acts.EXCHANGING: _key,
        acts.ADDING: _key,
        acts.COMPROMISING: _unsafe,
        acts.MOVING: _move,
        acts.CHANGING_ROLE: _role,
        INVITING: _invitation,
        acts.SETTING: _settings,
        WITHDRAWING: _withdrawal,
        acts.CLOSING: _closing,
    }
)
