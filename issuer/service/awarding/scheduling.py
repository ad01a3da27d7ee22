"""When a sheet is awarded: now, or on a day at a time; and what would stop a job if it were its turn now.

Times are those of the server, in UTC, as they are on every page.
"""

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding.job_views import ACHIEVEMENT, ACTOR
from issuer.service.rights import ROLE_RIGHTS, Right
from issuer.store import achievements, organisations, tables
from kit.errors import BadInput
from kit.i18n import _

LATEST_START: Final = timedelta(days=365)
NOW, LATER = "now", "later"


def chosen(when: str, day: str, clock: str) -> str:
    """What somebody chose in three fields, as ``AwardJobs.issue`` reads it: empty for now.

    Raises: BadInput naming the field; also when a day was given and "now" was chosen: nobody guesses which was meant.
    """
    if when != LATER:
        if day.strip():
            raise BadInput(
                _("A day is filled in, and “now” is chosen."),
                field="day",
                remedy=_("Choose one: empty the day, or choose “on a day”."),
            )
        return ""
    found = inputs.day(inputs.line(day, "day", required=True), "day")
    typed = inputs.line(clock, "time", required=True)
    try:
        at = time.fromisoformat(typed) if ":" in typed else None
    except ValueError:
        at = None
    if found is None or at is None or at.tzinfo is not None:
        raise BadInput(_("This is not a time of day."), field="time", remedy=_("Write it as 08:30."))
    return f"{found.isoformat()}T{at.hour:02}:{at.minute:02}:00Z"


def check(begins: datetime | None, now: datetime) -> None:
    """Return when a job may begin then. Raises: BadInput for the past, and for more than a year from now."""
    if begins is not None and begins <= now:
        raise BadInput(_("This time is over."), field="starts", remedy=_("Choose a later one, or award them now."))
    if begins is not None and begins > now + LATEST_START:
        raise BadInput(_("This date lies too far ahead."), field="starts", remedy=_("Give one within a year from now."))


def obstacle(session: Session, job: tables.JobRow, sheet: tables.SheetRow) -> str | None:
    """What would stop this job if it were its turn now: one of ``job_views.PROBLEMS``, or None."""
    slug = organisations.by_id(session, job.organisation_id).slug
    member = organisations.membership(session, slug, job.actor)
    if member is None or Right.AWARD not in ROLE_RIGHTS[member[1]] or not organisations.able(session, [job.actor]):
        return ACTOR
    found = achievements.one(session, job.organisation_id, sheet.achievement_id or "")
    if found is None or found.state != "active" or found.version != sheet.achievement_version:
        return ACHIEVEMENT
    return None
