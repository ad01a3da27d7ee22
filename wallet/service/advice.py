"""What to know about an award now, and what to do about it: live text from the last check and the clock (pure).

It repeats no check and judges nothing: each sentence stands for a problem that the report names, for a day that has
come, or for an edition that took another's place. What matters most comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit.i18n import Message, _
from vc.checks import Report, Verdict
from vc.problems import PROBLEMS
from wallet.service.cards import Card

SOON: Final = timedelta(days=60)
"""How long before the end somebody is told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`kind` is a word for programs, `tone` that of the components; `what` says what is so, `todo` what to do next.

    `day` is the moment that `what` speaks of, where there is one.
    """

    kind: str
    tone: str
    what: Message
    todo: Message
    day: datetime | None = None


def advise(card: Card, report: Report, corrected_at: datetime | None, now: datetime) -> tuple[Advice, ...]:
    """What to know and do; nothing for an award with which all is well.

    `corrected_at` is when the newest edition took the place of another; None when there is only one.
    """
    return tuple(_found(card, report, corrected_at, now))


def _found(card: Card, report: Report, corrected_at: datetime | None, now: datetime) -> Iterator[Advice]:
    who = card.issuer_name
    said = {problem.type.removeprefix(PROBLEMS) for check in report.checks for problem in check.problems}
    if report.verdict is Verdict.WITHDRAWN:
        yield Advice(
            kind="withdrawn",
            tone="withdrawn",
            what=_("%(name)s has withdrawn this award.", name=who),
            todo=_(
                "Ask them why. If it was a mistake or was put right, they can hand out a new one. You may still share "
                "it: whoever checks it sees that it was withdrawn."
            ),
        )
    elif report.verdict is Verdict.NOT_GENUINE:
        yield Advice(
            kind="notGenuine",
            tone="forged",
            what=_("The last check found that this is not what %(name)s signed.", name=who),
            todo=_("Do not share it. Ask them for the original, and add that here."),
        )
    elif report.verdict is Verdict.COULD_NOT_BE_CHECKED:
        yield Advice(
            kind="unchecked",
            tone="unknown",
            what=_("The last check could not be finished. That does not mean that anything is wrong."),
            todo=_("Check again in a while. If it stays so for days, tell %(name)s.", name=who),
        )
    yield from _in_time(card, said, now)
    if "suspended" in said:
        yield Advice(
            kind="paused",
            tone="but",
            what=_("%(name)s has paused this award for the time being.", name=who),
            todo=_("Ask them until when. Check again after that day: it can become current again."),
        )
    if "newer-version" in said:
        yield Advice(
            kind="newer",
            tone="but",
            what=_("%(name)s has a newer version of this award.", name=who),
            todo=_("Ask them for its link or its file and keep it: it takes the place of this one, with its history."),
        )
    if corrected_at is not None:
        yield Advice(
            kind="corrected",
            tone="plain",
            what=_("%(name)s issued this anew; what you see is the newest edition.", name=who),
            todo=_("Links made before it still show the older one until you update them, on each share's page."),
            day=corrected_at,
        )


def _in_time(card: Card, said: set[str], now: datetime) -> Iterator[Advice]:
    if card.valid_until is not None and card.lapsed:
        yield Advice(
            kind="expired",
            tone="but",
            what=_("This award has run out. What was achieved stays achieved."),
            todo=_(
                "You may still share it, as one that has run out. If it has to be current, ask %(name)s how it is "
                "renewed.",
                name=card.issuer_name,
            ),
            day=card.valid_until,
        )
    elif card.valid_until is not None and card.valid_until <= now + SOON:
        yield Advice(
            kind="expiresSoon",
            tone="plain",
            what=_("This award runs out soon."),
            todo=_("If you need it longer, ask %(name)s now how it is renewed.", name=card.issuer_name),
            day=card.valid_until,
        )
    if "not-yet-valid" in said:
        yield Advice(
            kind="notYet",
            tone="but",
            what=_("This award does not hold yet."),
            todo=_("Share it from its first day on; readers before that day see that it is to come."),
        )
