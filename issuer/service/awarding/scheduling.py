"""When a sheet is awarded: now, or on a day at a time; and what would stop a job if it were its turn now.

What somebody chooses on the page is in the organisation's time zone; what is kept is in UTC.
"""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from sqlalchemy.orm import Session

from issuer.keystore import Keystore
from issuer.service.awarding.job_views import ACHIEVEMENT, ACTOR, APPROVAL
from issuer.service.context import Desk
from issuer.service.local_times import Meant, meant
from issuer.service.rights import ROLE_RIGHTS, Right
from issuer.service.second_person import GRANTED, JOB, SHEET, ask, needs
from issuer.store import achievements, approvals, organisations, tables
from kit.errors import BadInput
from kit.i18n import _
from vc.timestamps import format_timestamp

LATEST_START: Final = timedelta(days=365)
NOW, LATER = "now", "later"


def chosen(when: str, day: str, clock: str, zone: tzinfo) -> Meant | None:
    """The instant that somebody chose in three fields, in their zone; None for now.

    Raises: BadInput naming the field; also when a day was given and "now" was chosen: nobody guesses which was meant.
    """
    if when != LATER:
        if day.strip():
            raise BadInput(
                _("A day is filled in, and “now” is chosen."),
                field="day",
                remedy=_("Choose one: empty the day, or choose “on a day”."),
            )
        return None
    return meant(day, clock, zone)


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


def ask_second(
    session: Session, keystore: Keystore, desk: Desk, job: tables.JobRow, sheet: tables.SheetRow, *, now: datetime
) -> None:
    """Have a job wait for somebody else's yes, in the caller's transaction. Raises: Conflict when nobody could agree,
    Unavailable.
    """
    about = {
        "job": job.id,
        "sheet": sheet.id,
        "achievement": sheet.achievement_id,
        "count": job.total,
        "starts": None if job.starts is None else format_timestamp(job.starts),
    }
    asked = ask(session, keystore, desk, kind=SHEET, act=JOB, subject=job.id, about=about, now=now)
    job.state, job.lease_until = APPROVAL, asked.expires


def lacks_second(session: Session, desk: Desk, job: tables.JobRow) -> bool:
    """Whether two people have to agree to a job that nobody has agreed to: it was made before that was wanted."""
    if not needs(session, desk, SHEET):
        return False
    asked = approvals.newest(session, job.organisation_id, JOB, job.id)
    return asked is None or asked.state != GRANTED
