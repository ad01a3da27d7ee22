"""Reading an offering: from what was typed, sent or stood in a sheet to values that can be kept, or what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from issuer.service import inputs
from issuer.service.offering_times import Audience, Meeting, audience, meetings, plain
from issuer.service.offering_words import FUNDING, KINDS, METHODS, STATES, UNITS
from kit.errors import BadInput
from kit.i18n import _

T = TypeVar("T")

MOST_COUNTS: Final = 10
MOST_SKILLS: Final = 60
_CODE: Final = re.compile(r"[^\s;,\"']{1,60}")
_SCED: Final = re.compile(r"[0-9]{5}[A-Z0-9.]{0,12}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_SIGNS: Final[Mapping[str, str]] = MappingProxyType({"€": "EUR", "£": "GBP", "US$": "USD", "$": ""})
_PRICE: Final = re.compile(r"(US\$|[$€£])?\s*([\d.,\s’']+?)\s*([€£$]|[A-Za-z]{3})?")
_GROUPED: Final = re.compile(r"(\d{1,3}(?:([.,’'\s])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?", re.ASCII)
_PLAIN: Final = re.compile(r"(\d+)(?:[.,](\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsDraft:
    """What an offering is said to count for at a program, as typed."""

    program: str = ""
    area: str = ""
    credits: str = ""
    method: str = ""
    document_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingDraft:
    """An offering as typed: text for every value, empty for what is not said."""

    code: str = ""
    title: str = ""
    kind: str = ""
    state: str = ""
    grades_or_ages: str = ""
    term: str = ""
    start_date: str = ""
    end_date: str = ""
    weekly_hours: str = ""
    weeks: str = ""
    total_hours: str = ""
    credits: str = ""
    credit_unit: str = ""
    sced_code: str = ""
    subject: str = ""
    level: str = ""
    price: str = ""
    currency: str = ""
    price_per: str = ""
    funding: tuple[str, ...] = ()
    seats: str = ""
    seats_taken: str = ""
    location: str = ""
    schedule: str = ""
    instructor_name: str = ""
    instructor_email: str = ""
    description: str = ""
    skills: tuple[str, ...] = ()
    prerequisites: str = ""
    assessment_method: str = ""
    achievement: str = ""
    counts: tuple[CountsDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What an offering is said to count for at a program: ``credits`` in the program's own unit."""

    program: str
    area: str
    credits: Decimal | None
    method: str
    document_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingValues:
    """An offering that can be kept. ``price`` None is not said, 0 is free; ``seats`` None is without a limit."""

    code: str
    title: str
    kind: str
    state: str
    grades_or_ages: str
    term: str
    start_date: date | None
    end_date: date | None
    weekly_hours: Decimal | None
    weeks: int | None
    total_hours: Decimal | None
    credits: Decimal | None
    credit_unit: str
    sced_code: str
    subject: str
    level: str
    price: Decimal | None
    currency: str
    price_per: str
    funding: tuple[str, ...]
    seats: int | None
    seats_taken: int | None
    location: str
    schedule: str
    instructor_name: str
    instructor_email: str
    description: str
    skills: tuple[str, ...]
    prerequisites: str
    assessment_method: str
    achievement: str
    counts: tuple[Counts, ...]
    audience: Audience = field(compare=False)
    meetings: tuple[Meeting, ...] = field(compare=False)

    @property
    def folded(self) -> str:
        """What the search looks through."""
        return plain(f"{self.title} {self.code} {self.subject}")[:700]


class Problems(list[BadInput]):
    """What is wrong with a draft, gathered: every field is read, whatever was wrong with those before."""

    def taken(self, read: Callable[..., T], *given: object, instead: T, **options: object) -> T:
        """What ``read`` gives; ``instead`` where it refuses, and the refusal is kept."""
        try:
            return read(*given, **options)
        except BadInput as error:
            self.append(error)
            return instead


def read_offering(draft: OfferingDraft, *, loopback: bool) -> tuple[OfferingValues, Problems]:
    """The draft's values, and what is wrong with it; the values count for nothing unless that is empty."""
    problems = Problems()
    take = problems.taken

    def line(value: str, name: str, longest: int, *, required: bool = False) -> str:
        return take(inputs.line, _seen(value), name, instead="", required=required, longest=longest)

    def number(value: str, name: str, largest: int, places: int) -> Decimal | None:
        return take(decimal, value, name, instead=None, largest=largest, places=places)

    def pick(value: str, name: str, allowed: Mapping[str, object], usual: str) -> str:
        return take(choice, value or usual, name, instead=usual, allowed=allowed)

    no_price: tuple[Decimal | None, str] = (None, "")
    price, sign = take(price_of, draft.price, "price", instead=no_price)
    schedule = line(draft.schedule, "schedule", 300)
    grades = line(draft.grades_or_ages, "gradesOrAges", 80)
    values = OfferingValues(
        code=take(_code, draft.code, instead=""),
        title=line(draft.title, "title", 300, required=True),
        kind=pick(draft.kind, "kind", KINDS, "class"),
        state=pick(draft.state, "state", STATES, "open"),
        grades_or_ages=grades,
        term=line(draft.term, "term", 80),
        start_date=take(inputs.day, draft.start_date, "startDate", instead=None),
        end_date=take(inputs.day, draft.end_date, "endDate", instead=None),
        weekly_hours=number(draft.weekly_hours, "weeklyHours", 168, 2),
        weeks=take(whole, draft.weeks, "weeks", instead=None, largest=520),
        total_hours=number(draft.total_hours, "totalHours", 20_000, 2),
        credits=number(draft.credits, "credits", 100, 3),
        credit_unit=pick(draft.credit_unit, "creditUnit", UNITS, "carnegie"),
        sced_code=take(_sced, draft.sced_code, instead=""),
        subject=line(draft.subject, "subject", 80),
        level=line(draft.level, "level", 40),
        price=price,
        currency=take(_currency, draft.currency, sign, instead="USD"),
        price_per=line(draft.price_per, "pricePer", 40),
        funding=tuple(pick(name, "funding", FUNDING, "family") for name in dict.fromkeys(draft.funding)),
        seats=take(whole, draft.seats, "seats", instead=None, largest=100_000),
        seats_taken=take(whole, draft.seats_taken, "seatsTaken", instead=None, largest=100_000),
        location=line(draft.location, "location", 200),
        schedule=schedule,
        instructor_name=line(draft.instructor_name, "instructorName", 200),
        instructor_email=take(inputs.email, draft.instructor_email, "instructorEmail", instead="", required=False),
        description=take(
            inputs.paragraph, _seen(draft.description), "description", instead="", required=False, longest=4000
        ),
        skills=take(_skills, draft.skills, instead=()),
        prerequisites=line(draft.prerequisites, "prerequisites", 500),
        assessment_method=line(draft.assessment_method, "assessmentMethod", 500),
        achievement=line(draft.achievement, "achievement", 36),
        counts=_counts(draft.counts, problems, loopback=loopback),
        audience=audience(grades),
        meetings=take(meetings, schedule, instead=(), field="schedule"),
    )
    _together(values, problems)
    return values, problems


def decimal(value: str, name: str, *, largest: int, places: int) -> Decimal | None:
    """A decimal number from 0 up with at most ``places`` places, with a point or a comma; None for nothing.

    ``1,200`` is a thousand and two hundred where three places are too many, and 1.2 where they are not.
    Raises: BadInput.
    """
    text = value.strip()
    if not text:
        return None
    found = _PLAIN.fullmatch(text)
    number = None
    if found and len(found[2] or "") <= places:
        number = Decimal(f"{found[1]}.{found[2] or 0}") if len(found[1]) < 12 else None
    elif (grouped := _GROUPED.fullmatch(text)) and grouped[2] != grouped[3] and len(grouped[4] or "") <= places:
        number = Decimal(re.sub(r"\D", "", grouped[1]) + "." + (grouped[4] or "0"))
    if number is None or number > largest:
        raise BadInput(
            _("“%(value)s” is not a number that can be used here.", value=text[:40]),
            field=name,
            remedy=_("Give a number from 0 to %(largest)s, such as 0.5.", largest=f"{largest:g}"),
        )
    return shortest(number)


def shortest(number: Decimal) -> Decimal:
    """The same number without zeros at its end: 1.50 is 1.5, and 10 stays 10."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def whole(value: str, name: str, *, largest: int) -> int | None:
    """A whole number from 0 up; None for nothing. Raises: BadInput."""
    text = value.strip().removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= largest):
        raise BadInput(
            _("“%(value)s” is not a whole number that can be used here.", value=text[:40]),
            field=name,
            remedy=_("Give a whole number from 0 to %(largest)s.", largest=largest),
        )
    return int(text)


def price_of(value: str, name: str) -> tuple[Decimal | None, str]:
    """An amount with at most two places and the currency that its sign says, if any: ``$165``, ``165,00 €``.

    Raises: BadInput.
    """
    text = value.strip()
    if plain(text) in {"free", "gratis", "gratuito"}:
        return Decimal(0), ""
    found = _PRICE.fullmatch(text)
    if not text:
        return None, ""
    if found is None or (found[1] and found[3]):
        raise BadInput(
            _("“%(value)s” is not a price.", value=text[:40]),
            field=name,
            remedy=_("Give the amount alone, such as 165 or 38.50. What it is for has a field of its own."),
        )
    sign = found[1] or found[3] or ""
    amount = decimal(found[2], name, largest=1_000_000, places=2)
    return amount, _SIGNS.get(sign, sign.upper())


def choice(value: str, name: str, *, allowed: Mapping[str, object]) -> str:
    """One of the words that are allowed, whatever its letters' size. Raises: BadInput, naming them."""
    folded = value.strip().casefold()
    for each in allowed:
        if each.casefold() == folded:
            return each
    raise BadInput(
        _("“%(value)s” is not one of the choices.", value=value[:40]),
        field=name,
        remedy=_("Use one of: %(choices)s.", choices=", ".join(allowed)),
    )


def _code(value: str) -> str:
    text = inputs.line(value, "code", required=False, longest=60)
    if text and not _CODE.fullmatch(text):
        raise BadInput(
            _("The code “%(value)s” has blanks, commas or quotation marks.", value=text[:60]),
            field="code",
            remedy=_("Use letters, digits and hyphens, such as BRIDGE-F26."),
        )
    return text


def _sced(value: str) -> str:
    text = inputs.line(value, "scedCode", required=False, longest=20).upper()
    if text and not _SCED.fullmatch(text):
        raise BadInput(
            _("“%(value)s” is not a SCED code.", value=text),
            field="scedCode",
            remedy=_("A SCED code has five digits; spreadsheets drop a zero at its beginning. Write it as 03003."),
        )
    return text


def _currency(value: str, sign: str) -> str:
    text = inputs.line(value, "currency", required=False, longest=3).upper() or sign or "USD"
    if not _CURRENCY.fullmatch(text) or (sign and sign != text):
        raise BadInput(
            _("“%(value)s” is not the currency of this price.", value=text),
            field="currency",
            remedy=_("Give its three letters, such as USD, MXN or EUR."),
        )
    return text


def _skills(values: tuple[str, ...]) -> tuple[str, ...]:
    parts = [part for value in values for part in _seen(value).replace("\n", ";").split(";")]
    read = [inputs.line(part, "skills", required=False, longest=200) for part in parts]
    found = tuple(dict.fromkeys(text for text in read if text))
    if len(found) > MOST_SKILLS:
        raise BadInput(
            _("There are more than %(most)s skills.", most=MOST_SKILLS),
            field="skills",
            remedy=_("Name the most important ones."),
        )
    return found


def _part(value: str, name: str, *, longest: int) -> str:
    text = inputs.line(_seen(value), name, required=True, longest=longest)
    if "|" in text:
        raise BadInput(_("A | divides the parts in a sheet."), field=name, remedy=_("Leave it out."))
    return text


def _seen(text: str) -> str:
    """The text without what nobody sees, which no sheet would give back."""
    return text.replace("\u200b", "").replace("\ufeff", "").replace("\t", " ")


def _counts(drafts: tuple[CountsDraft, ...], problems: Problems, *, loopback: bool) -> tuple[Counts, ...]:
    found = []
    take = problems.taken
    given = [(place, each) for place, each in enumerate(drafts) if each.program or each.area or each.credits]
    if len(given) > MOST_COUNTS:
        problems.append(
            BadInput(
                _("There are more than %(most)s programs.", most=MOST_COUNTS),
                field="counts",
                remedy=_("Name the most important ones."),
            )
        )
        return ()
    for place, each in given:
        stem = f"counts/{place}"
        found.append(
            Counts(
                program=take(_part, each.program, f"{stem}/program", instead="", longest=200),
                area=take(_part, each.area, f"{stem}/area", instead="", longest=80),
                credits=take(decimal, each.credits, f"{stem}/credits", instead=None, largest=100, places=3),
                method=take(
                    choice,
                    each.method or "courseCompletion",
                    f"{stem}/method",
                    instead="courseCompletion",
                    allowed=METHODS,
                ),
                document_url=take(
                    inputs.web_address,
                    each.document_url,
                    f"{stem}/documentUrl",
                    instead="",
                    required=False,
                    loopback=loopback,
                ),
            )
        )
    return tuple(found)


def _together(values: OfferingValues, problems: Problems) -> None:
    """What no field can say alone."""
    if values.start_date and values.end_date and values.end_date < values.start_date:
        problems.append(
            BadInput(_("It ends before it begins."), field="endDate", remedy=_("Give a last day after the first day."))
        )
    if values.seats is not None and values.seats_taken is not None and values.seats_taken > values.seats:
        problems.append(
            BadInput(
                _("More seats are taken than there are."),
                field="seatsTaken",
                remedy=_("Correct one of the two numbers, or leave both empty where there is no limit."),
            )
        )
