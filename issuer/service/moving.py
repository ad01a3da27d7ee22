"""The move of an organisation from its key to a web address: once, by an owner, in one transaction.

What it signed before keeps its issuer for good: lists, corrections, claims and withdrawals of it go on under the key,
which is kept for them. What is new is signed under the address, with a key of its own that can be exchanged. There is
no way back: whoever reads the address's document relies on it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from issuer.keystore import ED25519, PROOF
from issuer.service.context import Context, Desk, Organisation
from issuer.service.identities import did_of
from issuer.service.organisations import FROM_THE_START, identify, new_key, next_key, publish, view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import KEYS, Granting, agreed
from issuer.store import identities, organisations, tables
from issuer.store.identities import WEB
from kit.errors import Conflict
from kit.i18n import _
from vc.did import Did
from vc.did import web as did_web
from vc.problems import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One identifier of an organisation: what it signed from ``since`` until ``until`` names it, for good."""

    did: str
    method: str
    since: datetime
    until: datetime | None

    @property
    def is_address(self) -> bool:
        """Whether it is a web address, and not a key."""
        return self.method == WEB


class MovingService:
    """Shows an organisation's identifiers, and moves it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def identities(self, organisation: Organisation) -> Sequence[Identity]:
        """Every identifier that it ever had, oldest first; the last one signs what is new."""
        with self._context.database.reading() as session:
            return [_identity(row) for row in identities.of(session, organisation.id)]

    def earlier(self, organisation: Organisation) -> Sequence[Identity]:
        """The identifiers that signed before and that nobody else may have, for whoever compares an older award."""
        with self._context.database.reading() as session:
            return [
                _identity(row)
                for row in identities.of(session, organisation.id)
                if row.until is not None and all(key.revoked is None for key in identities.keys(session, row.id))
            ]

    def address(self, organisation: Organisation) -> str:
        """The web address that it has, or would move to."""
        return f"{self._context.settings.identifier_url}/orgs/{organisation.slug}"

    def move(self, desk: Desk, *, granting: Granting | None = None) -> Organisation:
        """Sign what is new under this server's address, with a new key, from now on and for good.

        Raises: Refused, Conflict when it has its web address already or has closed, or when nobody could ask at this
        one, SecondPersonWanted unless ``granting`` is somebody else's yes, Unavailable without a key-encryption key.
        """
        desk.require(Right.KEYS)
        desk.require_open()
        self._require_public(desk.organisation)
        made = new_key(self._context, desk.organisation.id, str(uuid.uuid4()), kind=ED25519, use=PROOF)
        identifier_url, now = self._context.settings.identifier_url, self._context.now()
        with self._context.database.session() as session:
            # Waits for every award that is being stored; those that come later see that it moved.
            row = organisations.lock_whole(session, desk.organisation.id)
            before = identities.present(session, row.id)
            if before.method == WEB:
                raise Conflict(_("%(name)s has its web address already.", name=row.name), kind="moved-already")
            agreed(session, desk, KEYS, granting, now=now)
            before.until = now
            session.flush()
            row.did = did_of(identifier_url, row.slug)
            identity_id = identify(session, row.id, WEB, row.did, now)
            key = next_key(session, identities.one(session, identity_id), made, now, in_use_from=FROM_THE_START)
            session.add(key)
            session.flush()
            publish(session, row, now, identifier_url=identifier_url)
            record(
                session,
                at=now,
                actor=desk.actor,
                action="identity.move",
                organisation_id=row.id,
                object_id=key.fragment,
                key=key.id,
                identity=identity_id,
                method=WEB,
            )
            return view(row)

    def _require_public(self, organisation: Organisation) -> None:
        """Return when its document can be asked for under the name that it would have for good. Raises: Conflict."""
        settings = self._context.settings
        try:
            did_web.url(Did.parse(did_of(settings.identifier_url, organisation.slug)), loopback=settings.loopback)
        except ProblemError:
            raise Conflict(
                _(
                    "Nobody outside can find this server at %(address)s, so that cannot be your name. "
                    "Ask whoever runs it for a web address that stays; then move.",
                    address=self.address(organisation),
                ),
                kind="no-public-address",
            ) from None


def _identity(row: tables.IdentityRow) -> Identity:
    return Identity(did=row.did, method=row.method, since=row.since, until=row.until)
