"""The fixed words of a rate card: kinds, states, who pays, for how long a price is, how a program counts it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

KINDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "class": _("Class"),
        "tutoring": _("Tutoring"),
        "a_la_carte_class": _("Single class at a school"),
        "dual_enrolment": _("College class for school pupils"),
        "online_self_paced": _("Online, at one’s own pace"),
        "online_cohort": _("Online, together with others"),
        "program": _("Program"),
    }
)

STATES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "open": _("Open"),
        "full": _("Full"),
        "draft": _("Not shown yet"),
        "closed": _("Closed"),
    }
)

FUNDING: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "family": _("Families pay"),
        "esa_like": _("Education savings accounts"),
        "district": _("The school district pays"),
        "dual_enrolment": _("Part-time or dual enrolment"),
    }
)

PER: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "hour": _("hour"),
        "session": _("session"),
        "week": _("week"),
        "month": _("month"),
        "term": _("term"),
        "semester": _("semester"),
        "course": _("course"),
        "year": _("year"),
    }
)
"""What people usually ask a price for; anything else is shown as it was typed."""

UNITS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "carnegie": _("Carnegie units (a year’s course is 1)"),
        "semester": _("Semester credits (half a year’s course is 1)"),
        "quarter": _("Quarter credits"),
        "unit": _("Units of our own"),
        "semesterHour": _("College semester hours"),
        "clockHour": _("Clock hours"),
    }
)

METHODS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "courseCompletion": _("Completing the course"),
        "demonstratedCompetency": _("Showing the competency"),
        "proctoredAssessment": _("A supervised test"),
        "reviewOfWork": _("A review of the work"),
        "correspondence": _("Work by correspondence"),
    }
)

DAYS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "mon": _("Monday"),
        "tue": _("Tuesday"),
        "wed": _("Wednesday"),
        "thu": _("Thursday"),
        "fri": _("Friday"),
        "sat": _("Saturday"),
        "sun": _("Sunday"),
    }
)

FIELDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "code": _("Code"),
        "title": _("Title"),
        "gradesOrAges": _("Grades or ages"),
        "term": _("Term"),
        "startDate": _("First day"),
        "endDate": _("Last day"),
        "weeklyHours": _("Hours a week"),
        "weeks": _("Weeks"),
        "totalHours": _("Hours in all"),
        "credits": _("Credits"),
        "scedCode": _("SCED code"),
        "subject": _("Subject"),
        "level": _("Level"),
        "price": _("Price"),
        "pricePer": _("The price is for one"),
        "seats": _("Seats"),
        "location": _("Place"),
        "schedule": _("When it meets"),
        "instructorName": _("Who teaches it"),
        "instructorEmail": _("Their e-mail address"),
        "description": _("What it is"),
        "skills": _("Skills"),
        "prerequisites": _("What a learner needs before"),
        "assessmentMethod": _("How it is marked"),
        "kind": _("Kind"),
        "state": _("State"),
        "creditUnit": _("Unit of the credits"),
        "currency": _("Currency"),
        "funding": _("Who pays"),
        "seatsTaken": _("Seats taken"),
        "counts": _("Counts for"),
    }
)
"""What the fields of an offering are called: beside a form's field, in a report on a sheet."""
