"""Giving out the newest version of an award at an address that only its holders know.

Only where the achievement asks for it and whoever awards it knows that the learner is an adult: an address that follows
a credential through its life tells whoever runs this server that somebody looks, and a child's is never followed.
The address carries 128 random bits; what it gives out has the same id, the newest bytes and the same status entries, so
that a withdrawn award is still given out, and its list says that it is withdrawn.

Spec: https://www.imsglobal.org/spec/vccr/v1p0/
"""

from datetime import timedelta
from typing import Final

from issuer.service import tokens
from issuer.service.achievements import Achievement
from issuer.service.award_reading import Award
from issuer.service.context import Context
from issuer.service.organisations import Published
from issuer.settings import IssuerSettings
from issuer.store import credentials, jobs
from kit.errors import NotFound
from kit.i18n import _
from kit.limits import Attempts, Misses

ASKED_PER_CLIENT: Final = 600
ASKED_PER_AWARD: Final = 120
WINDOW: Final = timedelta(minutes=10)


def new_token(achievement: Achievement, award: Award) -> str | None:
    """A token for an award that gets such an address, else None: never for somebody not known to be an adult."""
    return tokens.new_token() if achievement.refreshing and award.adult else None


def address(settings: IssuerSettings, token: str | None) -> str | None:
    """The address of a token."""
    return None if token is None else f"{settings.identifier_url}/refresh/{token}"


class RefreshingService:
    """Gives out newest versions to whoever has the address."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._misses = Misses(context.clock)
        self._by_client = Attempts(context.clock, burst=ASKED_PER_CLIENT, per=WINDOW)
        self._by_award = Attempts(context.clock, burst=ASKED_PER_AWARD, per=WINDOW)

    def newest(self, token: str, *, client: str) -> Published:
        """The newest signed bytes of the award that has this address.

        Raises: NotFound, also while it is held back or when it was undone; TooMany.
        """
        self._misses.admit(client)
        with self._context.database.reading() as session:
            row = credentials.by_refresh(session, tokens.token_hash(token)) if tokens.is_token(token) else None
            held = row is not None and row.job_id and jobs.held(session, row.organisation_id, row.id)
            found = None
            if row is not None and not held and row.state in credentials.VISIBLE:
                found = credentials.signed(session, row.organisation_id, row.id, row.sequence)
        if row is None or found is None:
            self._misses.missed(client)
            raise NotFound(_("There is no award at this address."))
        self._by_client.spend(client)
        self._by_award.spend(row.id)
        return Published(body=found.body, etag=found.etag)
