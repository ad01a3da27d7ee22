"""An offering in words: its price, whom it is for, when it meets, what it is said to count for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from issuer.service.context import Organisation
from issuer.service.offering_times import Meeting
from issuer.service.offering_values import Counts
from issuer.service.offering_words import DAYS, FUNDING, KINDS, METHODS, PER, STATES
from issuer.service.offerings import Offering
from kit.i18n import Message, _, date_long, money, ngettext, number

Words = Message | str
_TONES = {"open": "genuine", "full": "but", "draft": "waiting", "closed": "plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an offering counts for, as its provider says: the sentence, by which way, and where it is written."""

    sentence: Message
    method: Message
    document_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One offering for a page. ``facts`` are labels with their values, those that there are."""

    found: Offering
    price: Words
    state: dict[str, Words]
    seats: Words | None
    audience: Words
    when: Sequence[Words]
    claims: Sequence[Claim]
    facts: Sequence[tuple[Message, Words]]


def rate(found: Offering, organisation: Organisation, language: str) -> Rate:
    """An offering of an organisation in a language."""
    values = found.values
    return Rate(
        found=found,
        price=price(found, language),
        state={"word": STATES[found.state], "tone": _TONES[found.state]},
        seats=seats(found),
        audience=audience(found),
        when=when(found),
        claims=[claim(each, organisation, language) for each in values.counts],
        facts=facts(found, language),
    )


def price(found: Offering, language: str) -> Words:
    """What it costs, and for how long."""
    values = found.values
    if values.price is None:
        return _("Ask for the price")
    if not values.price:
        return _("Free")
    amount = money(values.price, values.currency, language)
    if not values.price_per:
        return amount
    return _("%(price)s per %(per)s", price=amount, per=PER.get(values.price_per, values.price_per))


def seats(found: Offering) -> Words | None:
    """How many seats are free; None where nobody counts, or it is not open."""
    left = found.seats_left
    if found.state != "open" or left is None:
        return None
    return ngettext("%(count)s seat left", "%(count)s seats left", left)


def audience(found: Offering) -> Words:
    """Whom it is for."""
    values = found.values
    who = values.audience
    if who.ages == (18, 99):
        return _("Adults")
    if who.grades and values.grades_or_ages[:1].isdigit():
        low, high = who.grades
        if low == high:
            return _("Grade %(grade)s", grade=low)
        return _("Grades %(low)s to %(high)s", low=low, high=high)
    return values.grades_or_ages


def when(found: Offering) -> Sequence[Words]:
    """When it meets: the days and times, or the words where there are none; a dash says nothing."""
    words = found.values.schedule
    said = [words] if any(sign.isalnum() for sign in words) else []
    return [meeting(each) for each in found.values.meetings] or said


def meeting(found: Meeting) -> Message:
    """One meeting of the week."""
    return _(
        "%(day)s %(start)s–%(end)s",
        day=DAYS[found.day],
        start=found.start.isoformat("minutes"),
        end=found.end.isoformat("minutes"),
    )


def claim(found: Counts, organisation: Organisation, language: str) -> Claim:
    """What it is said to count for. It is the provider who says so, and the sentence tells that."""
    given = {"area": found.area, "program": found.program, "who": organisation.name}
    if found.credits is None:
        sentence = _("Counts for %(area)s at %(program)s, says %(who)s.", **given)
    else:
        amount = number(found.credits, language)
        sentence = _("Counts as %(credits)s %(area)s at %(program)s, says %(who)s.", credits=amount, **given)
    return Claim(sentence=sentence, method=METHODS[found.method], document_url=found.document_url)


def facts(found: Offering, language: str) -> list[tuple[Message, Words]]:
    """Everything else that is said of it."""
    values = found.values
    hours = [
        (_("Hours a week"), _figure(values.weekly_hours, language)),
        (_("Weeks"), _figure(values.weeks, language)),
        (_("Hours in all"), _figure(values.total_hours, language)),
    ]
    listed: list[tuple[Message, Words]] = [
        (_("Kind"), KINDS[values.kind]),
        (_("Whom it is for"), audience(found)),
        (_("Term"), values.term),
        (_("Days"), _days(values.start_date, values.end_date, language)),
        *hours,
        (_("Credits"), _credits(found, language)),
        (_("SCED code"), values.sced_code),
        (_("Subject"), values.subject),
        (_("Level"), values.level),
        (_("Place"), values.location),
        (_("Who teaches it"), values.instructor_name),
        (_("Skills"), ", ".join(values.skills)),
        (_("What a learner needs before"), values.prerequisites),
        (_("How it is marked"), values.assessment_method),
        (_("Code"), values.code),
    ]
    return [(label, words) for label, words in listed if words]


def funding(found: Offering) -> Sequence[Message]:
    """Who may pay."""
    return [FUNDING[name] for name in found.values.funding]


def _figure(value: Decimal | int | None, language: str) -> str:
    return "" if value is None else number(value, language)


def _credits(found: Offering, language: str) -> Words:
    values = found.values
    if values.credits is None:
        return ""
    amount = number(values.credits, language)
    return {
        "carnegie": _("%(credits)s (a year’s course is 1)", credits=amount),
        "semester": _("%(credits)s semester credits", credits=amount),
        "quarter": _("%(credits)s quarter credits", credits=amount),
        "unit": _("%(credits)s units of its own", credits=amount),
        "semesterHour": _("%(credits)s college semester hours", credits=amount),
        "clockHour": _("%(credits)s clock hours", credits=amount),
    }[values.credit_unit]


def _days(first: date | None, last: date | None, language: str) -> Words:
    start, end = (date_long(day, language) if day else "" for day in (first, last))
    if start and end:
        return _("%(first)s to %(last)s", first=start, last=end)
    if start:
        return _("From %(first)s", first=start)
    return _("Until %(last)s", last=end) if end else ""
