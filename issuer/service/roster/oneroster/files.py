"""The files of a OneRoster export: what is read of each, and what is not opened at all.

Of a user only the name, the roster number, the e-mail address and the role are read: no password, telephone or user
name. ``demographics.csv`` (birth dates, sex, ethnicity) is never opened.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _
from kit.sheets import LIMITS, ArchiveLimits, SheetLimits

MANIFEST: Final = "manifest"
ORGS, SESSIONS, COURSES, CLASSES = "orgs", "academicSessions", "courses", "classes"
USERS, ENROLLMENTS = "users", "enrollments"
BULK, DELTA, ABSENT, ASKED, LEFT_OUT = "bulk", "delta", "absent", "asked", "leave"
"""What the manifest says of a file; ``asked`` is one that it calls absent and that is there."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ORGS: ("sourcedId", "status", "name"),
        SESSIONS: ("sourcedId", "status", "title", "startDate", "endDate"),
        COURSES: ("sourcedId", "status", "title", "courseCode", "grades", "subjects", "subjectCodes"),
        CLASSES: (
            "sourcedId", "status", "title", "grades", "courseSourcedId", "classCode", "location", "termSourcedIds",
            "subjects", "subjectCodes",
        ),
        USERS: (
            "sourcedId", "status", "role", "givenName", "familyName", "identifier", "email", "agentSourcedIds",
        ),
        ENROLLMENTS: ("sourcedId", "status", "classSourcedId", "userSourcedId", "role", "primary", "beginDate"),
    }
)  # fmt: skip
"""What is read of each file, in this order."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ORGS: ("sourcedId", "name"),
        SESSIONS: ("sourcedId", "title"),
        COURSES: ("sourcedId", "title"),
        CLASSES: ("sourcedId", "title"),
        USERS: ("sourcedId", "role", "givenName", "familyName"),
        ENROLLMENTS: ("sourcedId", "classSourcedId", "userSourcedId", "role"),
    }
)
UNREAD: Final = frozenset(
    {"categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results"}
)
DEMOGRAPHICS: Final = "demographics"
GIVES: Final = (USERS, CLASSES, ENROLLMENTS)
"""The files of which something comes onto the roster; without any of them there is nothing to take over."""

STUDENT, TEACHER = "student", "teacher"
ADULTS: Final = frozenset({"guardian", "parent", "relative"})
ROLES: Final = frozenset({STUDENT, TEACHER, *ADULTS, "administrator", "aide", "proctor"})
ACTIVE, TO_BE_DELETED = "active", "tobedeleted"

MOST_LEARNERS: Final = 5_000
ARCHIVE: Final = ArchiveLimits(file_bytes=10_000_000, members=40, unpacked_bytes=32 << 20)
_SMALL: Final = replace(LIMITS, rows=2_000)
LIMITS_OF: Final[Mapping[str, SheetLimits]] = MappingProxyType(
    {
        MANIFEST: replace(LIMITS, rows=100),
        ORGS: _SMALL,
        SESSIONS: _SMALL,
        COURSES: _SMALL,
        CLASSES: _SMALL,
        USERS: replace(LIMITS, rows=15_000),
        ENROLLMENTS: replace(LIMITS, rows=30_000),
    }
)
"""What is taken over in one step."""

WORDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "givenName": _("First name"),
        "familyName": _("Last name"),
        "identifier": _("Roster number"),
        "email": _("E-mail address"),
    }
)


def file_name(name: str) -> str:
    """A file as the archive calls it."""
    return f"{name}.csv"
