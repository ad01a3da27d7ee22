"""Everything that a second person can be asked for: what it needs to be done later, and how it is done."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from issuer.service.awarding.jobs import AwardJobs
from issuer.service.awards import AwardService
from issuer.service.changing_settings import SettingsDraft, SettingsService
from issuer.service.closing import ClosingDraft, ClosingService
from issuer.service.context import Desk
from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.service.keys import KeyService
from issuer.service.moving import MovingService
from issuer.service.people import PeopleService
from issuer.service.second_person import (
    AWARD,
    CLOSE,
    COMPROMISE,
    INVITING,
    JOB,
    KEYS,
    PEOPLE,
    SETTINGS,
    SHEET,
    WITHDRAWALS,
    WITHDRAWING,
    Granting,
)
from issuer.service.withdrawing.choosing import Choice
from issuer.service.withdrawing.jobs import WithdrawalService

AWARDING, CORRECTING, EXCHANGING, ADDING = "award", "correction", "exchange", "new-key"
COMPROMISING, CHANGING_ROLE, SETTING, MOVING = "compromise", "role", "settings", "move"
CLOSING = "closing"

About = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """``kind`` is the organisation's choice that it falls under; ``perform`` does it, or raises SecondPersonWanted."""

    kind: str
    perform: Callable[[Desk, About, Granting | None], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing to be done: the act, what it is done to, and all that it needs, as JSON has it."""

    act: str
    subject: str
    about: About


def award(draft: AwardDraft, *, key: str, holder: str | None = None) -> Request:
    """To award, once for this key."""
    return Request(act=AWARDING, subject=_digest(key), about={"draft": asdict(draft), "key": key, "holder": holder})


def correction(credential_id: str, draft: AwardDraft, *, key: str) -> Request:
    """To correct an award, once for this key."""
    about = {"draft": asdict(draft), "key": key, "credential": credential_id}
    return Request(act=CORRECTING, subject=_digest(key), about=about)


def exchange(*, use: str, kind: str) -> Request:
    """To exchange the key for a use."""
    return Request(act=EXCHANGING, subject=use[:200], about={"use": use, "kind": kind})


def new_key(*, use: str, kind: str) -> Request:
    """To make the first key for a use."""
    return Request(act=ADDING, subject=use[:200], about={"use": use, "kind": kind})


def compromise(name: str, *, since: str, words: str) -> Request:
    """To take a key back."""
    return Request(act=COMPROMISING, subject=name[:200], about={"name": name, "since": since, "words": words})


def move() -> Request:
    """To move to the web address."""
    return Request(act=MOVING, subject=MOVING, about={})


def role(account: str, *, role: str) -> Request:
    """To give somebody another role."""
    return Request(act=CHANGING_ROLE, subject=account[:200], about={"account": account, "role": role})


def settings(draft: SettingsDraft, *, version: int | None) -> Request:
    """To change the settings."""
    return Request(act=SETTING, subject=SETTING, about={"draft": asdict(draft), "version": version})


def withdrawal(choice: Choice, *, seen: str, count: int | None, reason: str, note: str, key: str) -> Request:
    """To withdraw many awards, those that were seen, once for this key."""
    said = {"seen": seen, "count": count, "reason": reason, "note": note, "key": key}
    return Request(act=WITHDRAWING, subject=_digest(key), about={"choice": asdict(choice), **said})


def closing(draft: ClosingDraft, *, key: str) -> Request:
    """To close the organisation."""
    return Request(act=CLOSING, subject=CLOSING, about={"draft": asdict(draft), "key": key})


def choice_of(about: About) -> Choice:
    """Which awards a request to withdraw many is about."""
    return Choice(**{**about["choice"], "credentials": tuple(about["choice"]["credentials"])})


def award_of(about: About) -> AwardDraft:
    """The award that a request is about."""
    draft = dict(about["draft"])
    results = tuple(ResultDraft(**each) for each in draft.pop("results"))
    evidence = tuple(EvidenceDraft(**each) for each in draft.pop("evidence"))
    return AwardDraft(**draft, results=results, evidence=evidence)


def settings_of(about: About) -> SettingsDraft:
    """The settings that a request is about."""
    draft = dict(about["draft"])
    return SettingsDraft(**{**draft, "second_person": tuple(draft["second_person"])})


def acts(
    *,
    awards: AwardService,
    closing: ClosingService,
    jobs: AwardJobs,
    keys: KeyService,
    moving: MovingService,
    people: PeopleService,
    settings: SettingsService,
    withdrawals: WithdrawalService,
) -> Mapping[str, Act]:
    """Every act by its name."""

    def awarding(desk: Desk, about: About, granting: Granting | None) -> Any:
        return awards.award(desk, award_of(about), key=about["key"], holder=about["holder"], granting=granting)

    def correcting(desk: Desk, about: About, granting: Granting | None) -> Any:
        return awards.reissue(desk, about["credential"], award_of(about), key=about["key"], granting=granting)

    def exchanging(desk: Desk, about: About, granting: Granting | None) -> Any:
        return keys.rotate(desk, kind=about["kind"], use=about["use"], granting=granting)

    def adding(desk: Desk, about: About, granting: Granting | None) -> Any:
        return keys.add(desk, kind=about["kind"], use=about["use"], granting=granting)

    def compromising(desk: Desk, about: About, granting: Granting | None) -> Any:
        return keys.compromised(desk, about["name"], since=about["since"], words=about["words"], granting=granting)

    def to_move(desk: Desk, _about: About, granting: Granting | None) -> Any:
        return moving.move(desk, granting=granting)

    def changing_role(desk: Desk, about: About, granting: Granting | None) -> Any:
        return people.change_role(desk, about["account"], role=about["role"], granting=granting)

    def inviting(desk: Desk, about: About, granting: Granting | None) -> Any:
        assert granting is not None, "an invitation is made first, and holds once somebody agreed"
        return people.confirm(desk, about["invitation"], granting=granting)

    def setting(desk: Desk, about: About, granting: Granting | None) -> Any:
        return settings.change(desk, settings_of(about), version=about["version"], granting=granting)

    def withdrawing(desk: Desk, about: About, granting: Granting | None) -> Any:
        said = {name: about[name] for name in ("seen", "count", "reason", "note", "key")}
        return withdrawals.start(desk, choice_of(about), **said, granting=granting)

    def closing_down(desk: Desk, about: About, granting: Granting | None) -> Any:
        return closing.close(desk, ClosingDraft(**about["draft"]), key=about["key"], granting=granting)

    def issuing(desk: Desk, about: About, granting: Granting | None) -> Any:
        assert granting is not None, "a job is made first, and begins once somebody agreed"
        return jobs.approve(desk, about["job"], granting=granting)

    return {
        AWARDING: Act(AWARD, awarding),
        CORRECTING: Act(AWARD, correcting),
        JOB: Act(SHEET, issuing),
        EXCHANGING: Act(KEYS, exchanging),
        ADDING: Act(KEYS, adding),
        COMPROMISING: Act(COMPROMISE, compromising),
        MOVING: Act(KEYS, to_move),
        CHANGING_ROLE: Act(PEOPLE, changing_role),
        INVITING: Act(PEOPLE, inviting),
        SETTING: Act(SETTINGS, setting),
        WITHDRAWING: Act(WITHDRAWALS, withdrawing),
        CLOSING: Act(CLOSE, closing_down),
    }


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
