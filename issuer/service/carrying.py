"""Which of what others say goes into an award that is signed now: what the organisation chose, and what holds.

It never keeps anything from being awarded: where an award could not be signed with it, the award goes out without.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from issuer.service.achievements import Achievement
from issuer.service.context import Organisation
from issuer.service.documents import specimen
from issuer.service.lint import lint_template
from issuer.service.vouched import MOST_IN_AWARDS, NOBODY, Vouched, first_about
from issuer.store import received
from kit import log
from vc.document import CREDENTIAL_LIMITS, JsonObject, parse
from vc.problems import ProblemError


def vouched_for(session: Session, organisation: Organisation, achievement: Achievement, now: datetime) -> Vouched:
    """What goes into an award of this achievement that is signed now."""

    def found(about: str | None) -> tuple[JsonObject, ...]:
        def read(offset: int, most: int) -> Sequence[JsonObject]:
            rows = received.in_awards(session, organisation.id, about, now=now, most=most, offset=offset)
            return [parse(row.body, limits=CREDENTIAL_LIMITS).value for row in rows]

        return first_about(None if about else organisation.did, most=MOST_IN_AWARDS, read=read)

    vouched = Vouched(organisation=found(None), achievement=found(achievement.id))
    if vouched == NOBODY:
        return NOBODY
    try:
        lint_template(specimen(organisation, achievement, vouched))
    except ProblemError as error:
        log.write("issuer", "endorsements left out of awards", error=error)
        return NOBODY
    return vouched
