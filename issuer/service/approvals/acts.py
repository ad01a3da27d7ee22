"""Everything that a second person can be asked for: what it needs to be done later, and how it is done."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from issuer.service.awarding.jobs import AwardJobs
from issuer.service.awards import AwardService
from issuer.service.changing_settings import SettingsDraft, SettingsService
from issuer.service.context import Desk
from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.service.keys import KeyService
from issuer.service.people import PeopleService
from issuer.service.second_person import (
    AWARD,
    COMPROMISE,
    INVITING,
    JOB,
    KEYS,
    PEOPLE,
    SETTINGS,
    SHEET,
    Granting,
)

AWARDING, CORRECTING, EXCHANGING, ADDING = "award", "correction", "exchange", "new-key"
COMPROMISING, CHANGING_ROLE, SETTING = "compromise", "role", "settings"

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


def role(account: str, *, role: str) -> Request:
    """To give somebody another role."""
    return Request(act=CHANGING_ROLE, subject=account[:200], about={"account": account, "role": role})


def settings(draft: SettingsDraft, *, version: int | None) -> Request:
    """To change the settings."""
    return Request(act=SETTING, subject=SETTING, about={"draft": asdict(draft), "version": version})


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
    *, awards: AwardService, jobs: AwardJobs, keys: KeyService, people: PeopleService, settings: SettingsService
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

    def changing_role(desk: Desk, about: About, granting: Granting | None) -> Any:
        return people.change_role(desk, about["account"], role=about["role"], granting=granting)

    def inviting(desk: Desk, about: About, granting: Granting | None) -> Any:
        assert granting is not None, "an invitation is made first, and holds once somebody agreed"
        return people.confirm(desk, about["invitation"], granting=granting)

    def setting(desk: Desk, about: About, granting: Granting | None) -> Any:
        return settings.change(desk, settings_of(about), version=about["version"], granting=granting)

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
        CHANGING_ROLE: Act(PEOPLE, changing_role),
        INVITING: Act(PEOPLE, inviting),
        SETTING: Act(SETTINGS, setting),
    }


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
