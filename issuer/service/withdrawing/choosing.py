"""Which awards are meant: by achievement, by the days on which they were earned, by job, or one by one."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from issuer.service import inputs
from issuer.store.withdrawals import Chosen
from kit import zones
from kit.errors import BadInput
from kit.i18n import _

MOST_CHOSEN: Final = 200
_UUID: Final = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was asked for, as it was typed or sent; empty members mean all. Days are ``YYYY-MM-DD``, both included;
    ``credentials`` are ids of awards, with or without ``urn:uuid:``.
    """

    achievement: str = ""
    since: str = ""
    until: str = ""
    job: str = ""
    credentials: Sequence[str] = field(default=())

    def text(self) -> str:
        """The choice as it is stored: no names, no days of birth, only ids and days."""
        members = {"achievement": self.achievement, "since": self.since, "until": self.until, "job": self.job}
        return json.dumps({**members, "credentials": sorted(self.credentials)}, sort_keys=True)


def read(choice: Choice, zone: tzinfo) -> Chosen:
    """What is meant, by the days of this zone. Raises: BadInput, naming the field."""
    since, until = inputs.day(choice.since, "since"), inputs.day(choice.until, "until")
    if since is not None and until is not None and until < since:
        raise BadInput(_("The last day lies before the first."), field="until", remedy=_("Change one of the two days."))
    if len(choice.credentials) > MOST_CHOSEN:
        raise BadInput(
            _("There are too many entries here."),
            field="credentials",
            remedy=_("Use at most %(most)s.", most=MOST_CHOSEN),
        )
    found = [_UUID.fullmatch(text) for text in choice.credentials]
    ids = tuple(f"urn:uuid:{each[1]}" for each in found if each is not None)
    if len(set(ids)) != len(choice.credentials):
        raise BadInput(_("This is no number of an award."), field="credentials", remedy=_("Choose from the list."))
    first, last = zones.span(since, until, zone)
    return Chosen(
        achievement_id=inputs.line(choice.achievement, "achievement", required=False, longest=36),
        since=first,
        until=last,
        job_id=inputs.line(choice.job, "job", required=False, longest=36),
        ids=ids,
    )


def seal_of(credential_ids: Sequence[str]) -> str:
    """A short text that is another one as soon as other awards are meant: what somebody looked at."""
    return hashlib.sha256("\n".join(sorted(credential_ids)).encode()).hexdigest()[:32]
