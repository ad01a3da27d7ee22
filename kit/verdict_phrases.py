"""What a verdict's sentences are made of: who, since when, why, how old. Used by `kit.verdict` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import babel.dates

from kit.i18n import Message, _, date_long, date_time
from kit.verdict_words import FETCH_FAILED, FETCH_REASONS, REASONS, sentence_for
from vc.checks import Check, CheckName, Outcome
from vc.did.web import address_of
from vc.problems import PROBLEMS, STATUS_LIST, NotReached

UNREACHED: Final = frozenset({PROBLEMS + "evidence-unavailable", STATUS_LIST + "STATUS_RETRIEVAL_ERROR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Turns facts and problems into sentences, as of `now`, with dates in `lang`."""

    lang: str
    now: datetime
    names: Mapping[str, str]
    titles: Sequence[str | Message]

    def caution(self, check: Check) -> Iterator[Message]:
        """What has to be noted, with its day, its author or its number."""
        facts = check.facts
        for problem in check.problems:
            kind = problem.type.removeprefix(PROBLEMS)
            if kind == "expired" and (end := moment_of(facts.get("validUntil"))):
                yield _("It was genuine when issued, and valid until %(day)s.", day=date_long(end, self.lang))
            elif kind == "not-yet-valid" and (start := moment_of(facts.get("validFrom"))):
                yield _("It holds from %(day)s on.", day=date_long(start, self.lang))
            elif kind == "suspended":
                yield _("%(who)s has paused it for now; that can be lifted.", who=self.who_is(facts.get("listIssuer")))
            elif kind == "status-message" and facts.get("message"):
                yield _("Its issuer says: “%(text)s”", text=str(facts["message"])[:300])
                yield from self.explained(facts)
            elif kind == "child-caution":
                yield self.child(check)
            else:
                yield sentence_for(problem.type)

    def child(self, check: Check) -> Message:
        """Which contained credential needs attention, and why."""
        name = self.title(check)
        match check.facts.get("verdict"):
            case "withdrawn":
                return _("Inside it, %(name)s has been withdrawn; the rest stands.", name=name)
            case "notGenuine":
                return _("Inside it, %(name)s is not genuine.", name=name)
            case "couldNotBeChecked":
                return _("Inside it, %(name)s could not be checked.", name=name)
            case "genuineBut":
                return _("Inside it, %(name)s is genuine, but needs your attention.", name=name)
        return _("Inside it, %(name)s is genuine and current.", name=name)

    def withdrawal(self, facts: Mapping[str, Any]) -> tuple[Message, ...]:
        """By whom, why, and since when a credential is withdrawn."""
        who = self.who_is(facts.get("listIssuer"))
        since = moment_of(facts.get("since"))
        seen = moment_of(facts.get("firstSeen")) or moment_of(facts.get("retrieved"))
        if since:
            sentence = _("%(who)s withdrew this on %(day)s.", who=who, day=date_long(since, self.lang))
        else:
            sentence = _("%(who)s has withdrawn this.", who=who)
        more = [REASONS.get(str(facts.get("reason")), REASONS["notStated"])]
        if facts.get("message") and facts.get("reason") is None:
            more = [_("The issuer's reason: “%(text)s”", text=str(facts["message"])[:300])]
        if seen:
            more.append(_("Seen in the issuer's list since %(moment)s.", moment=self.moment(seen)))
        return sentence, *more

    def meanings(self, facts: Mapping[str, Any]) -> Iterator[Message]:
        """What an issuer says about a credential that it upholds."""
        for entry in _entries(facts):
            if entry.get("meaning"):
                yield _("Its issuer says: “%(text)s”", text=str(entry["meaning"])[:300])
        yield from self.explained(facts)

    def explained(self, facts: Mapping[str, Any]) -> Iterator[Message]:
        """Where an issuer explains its messages; as a text, because nobody has looked there."""
        places = (place for entry in _entries(facts) for place in entry.get("references", ()))
        for place in dict.fromkeys(str(place)[:200] for place in places):
            yield _("The issuer explains its messages at %(place)s.", place=place)

    def advice(self, checks: Sequence[Check]) -> Message:
        """What to do about a question that stays open."""
        types = {problem.type for check in checks for problem in check.problems}
        if any(check.missing or _unreached(check) for check in checks) or PROBLEMS + "stale-evidence" in types:
            return _("This says nothing against it. Check again later; if it stays so, ask the issuer.")
        if any(check.outcome is Outcome.FAILED for check in checks):
            return _("Ask for the original file or link: this one cannot be used as it is.")
        return _("This says nothing against it. Ask the issuer how to have it checked.")

    def problems(self, checks: Sequence[Check]) -> Iterator[Message]:
        """Every problem's sentence; what only follows from another one is left out."""
        for check in checks:
            if check.name is CheckName.CREDENTIAL:
                yield self.child(check)
                continue
            skip = {NotReached.type}
            if _unreached(check):
                yield self.unavailable(check)
                skip |= UNREACHED
            yield from (sentence_for(problem.type) for problem in check.problems if problem.type not in skip)
            if check.missing:
                yield sentence_for(PROBLEMS + "missing-evidence")

    def unavailable(self, check: Check) -> Message:
        """What could not be fetched, why and since when."""
        facts = check.facts
        about = {CheckName.STATUS: _("the issuer's list of withdrawals"), CheckName.ISSUER_KEY: _("the issuer's keys")}
        reason = FETCH_REASONS.get(str(facts.get("reason")), FETCH_FAILED)
        host = _host(str(facts.get("url", "")))
        return _(
            "On %(moment)s nothing could be learned about %(what)s: %(reason)s",
            moment=self.moment(moment_of(facts.get("at")) or self.now),
            what=about.get(check.name, _("a part of it")),
            reason=replace(reason, parameters=(("host", host),)),
        )

    def title(self, check: Check) -> str | Message:
        """What to call a contained credential."""
        place = check.subject.rpartition("/")[2]
        found = check.facts.get("number")
        number = found if isinstance(found, int) else int(place) + 1 if place.isdigit() else 1
        if check.facts.get("part") == "endorsement":
            return _("endorsement %(number)s", number=number)
        if number <= len(self.titles) and self.titles[number - 1]:
            return _("“%(title)s”", title=self.titles[number - 1])
        return _("credential %(number)s", number=number)

    def who_is(self, did: object) -> str | Message:
        """An issuer's name that somebody vouches for, else its address."""
        if not isinstance(did, str) or not did:
            return _("The issuer")
        if did in self.names:
            return self.names[did]
        if address := address_of(did.replace("http://", "https://", 1)):  # plain http is a demo's, on this machine
            return address
        return f"{did[:24]}…" if len(did) > 25 else did

    def moment(self, moment: datetime) -> str:
        """A moment written out."""
        return date_time(moment, self.lang)

    def age(self, then: datetime) -> str:
        """How old something was at the moment of the check: "4 minutes"."""
        age = max(self.now - then, timedelta(seconds=1))
        return babel.dates.format_timedelta(age, locale="en_GB" if self.lang == "en" else self.lang)


def moment_of(value: object) -> datetime | None:
    """The moment that a fact tells, or None when it tells none."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _entries(facts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = facts.get("entries")
    yield from (entry for entry in found if isinstance(entry, Mapping)) if isinstance(found, list) else ()


def _unreached(check: Check) -> bool:
    """Whether the question is open because something could not be fetched; the facts then say what and when."""
    return "url" in check.facts and "at" in check.facts


def _host(url: str) -> str:
    return urlsplit(url).netloc or url[:60]
