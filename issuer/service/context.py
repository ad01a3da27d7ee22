"""What every service of the issuer works with, and who it works for."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from issuer.keystore import Keystore
from issuer.service.introduction import Accreditation, Identifier, Parent
from issuer.service.rights import ROLE_RIGHTS, Right
from issuer.settings import IssuerSettings
from kit import zones
from kit.clock import Clock
from kit.db import Database
from kit.errors import Conflict, Refused
from kit.i18n import _

OWNER: Final = "owner"
ISSUER: Final = "issuer"
INSTRUCTOR: Final = "instructor"
VIEWER: Final = "viewer"
ROLES: Final = (OWNER, ISSUER, INSTRUCTOR, VIEWER)
SYSTEM: Final = "system"
ADMINISTRATOR: Final = "administrator"
STAFF: Final = "staff"

_OWNERS_ALONE: Final = ROLE_RIGHTS[OWNER] - ROLE_RIGHTS[ISSUER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The parts that one issuer process is made of."""

    settings: IssuerSettings
    database: Database
    keystore: Keystore
    clock: Clock

    def now(self) -> datetime:
        """The present instant in whole seconds: what is signed has no fractions, so that every program agrees."""
        return self.clock.now().replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person who acts. ``user_id`` stands in the audit, ``name`` on pages; ``scope`` is the account's."""

    user_id: str
    name: str
    scope: str = STAFF

    @property
    def is_administrator(self) -> bool:
        """Whether this person may open organisations."""
        return self.scope == ADMINISTRATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation as services and pages see it. ``address`` has the schema.org members or is None; ``closed`` is
    since when it awards nothing any more.

    ``logo`` is the whole address of an uploaded picture or empty; ``official`` is who signs; ``time_zone`` the name of
    where it lives, empty where nobody has said.
    """

    id: str
    slug: str
    did: str
    name: str
    kind: str
    url: str
    email: str
    description: str
    address: dict[str, str] | None
    closed: datetime | None = None
    legal_name: str = ""
    phone: str = ""
    official: str = ""
    logo: str = ""
    parent: Parent | None = None
    identifiers: tuple[Identifier, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    time_zone: str = ""

    @property
    def zone(self) -> tzinfo:
        """In which its people read and write days and hours."""
        return zones.of(self.time_zone)

    def local(self, instant: datetime) -> datetime:
        """The same instant as its clocks show it: its ``date()`` is the day there. To decide by, never to be kept."""
        return zones.there(instant, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One person at work for one organisation: the proof, as a value, that membership was checked."""

    organisation: Organisation
    actor: Actor
    role: str

    def may(self, right: Right) -> bool:
        """Whether the person's role allows this; a role that is not known allows nothing."""
        return right in ROLE_RIGHTS.get(self.role, frozenset())

    def require_open(self) -> None:
        """Return when the organisation still awards. Raises: Conflict."""
        if self.organisation.closed is not None:
            raise has_closed(self.organisation.name)

    def require(self, right: Right) -> None:
        """Return when the person's role allows this. Every service asks it before it changes anything.

        Raises: Refused, saying who may.
        """
        if self.may(right):
            return
        if right in _OWNERS_ALONE:
            raise Refused(_("Only an owner of %(name)s can do this. Ask one of them.", name=self.organisation.name))
        if self.role == INSTRUCTOR and right is Right.AWARD:
            raise Refused(_("Instructors mark; somebody who may sign awards it."))
        raise Refused(
            _("Your role at %(name)s does not include this. An owner can change it.", name=self.organisation.name)
        )


def has_closed(name: str) -> Conflict:
    """What is said when an organisation that has closed is asked to sign something new."""
    return Conflict(
        _("%(name)s has closed and awards nothing any more. Withdrawing still works.", name=name),
        kind="organisation-closed",
    )
