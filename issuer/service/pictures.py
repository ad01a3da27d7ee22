"""Pictures that somebody uploads for an achievement, or as the sign of an organisation.

A picture is drawn anew before it is kept (``kit.redrawn``), and lives at an address made of its digest: what stands
there never changes, and what was signed with it shows it for good. One that nothing came to name is swept after a day.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.context import Context, Desk, Organisation
from issuer.service.rights import Right
from issuer.store import credentials, pictures, tables
from kit.errors import BadInput, NotFound, TooMany
from kit.i18n import _
from kit.redrawn import redrawn

MEDIA_TYPE: Final = "image/png"
MOST_WAITING: Final = 100
"""Pictures of one organisation that nothing names yet."""

WAITS: Final = timedelta(days=1)
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_OURS: Final = re.compile(r"/orgs/([^/]+)/pictures/([0-9a-f]{64})\.png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that is here: its whole address, and its size in pixels."""

    address: str
    width: int
    height: int


class PictureService:
    """Takes in pictures and serves them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, desk: Desk, data: bytes, *, field: str = "picture") -> Picture:
        """Draw a picture anew and keep it; the same pixels twice are one picture.

        Raises: Refused, BadInput at ``field`` with what to do, TooLarge, TooMany, Unavailable.
        """
        desk.require(Right.DESCRIBE)
        drawn = redrawn(data, field=field)
        organisation, now = desk.organisation, self._context.now()
        digest = hashlib.sha256(drawn.body).hexdigest()
        with self._context.database.session() as session:
            pictures.sweep(session, organisation.id, before=now - WAITS)
            if pictures.waiting(session, organisation.id) >= MOST_WAITING:
                raise TooMany(
                    retry_after=int(WAITS.total_seconds()),
                    detail=_("Many pictures were handed in and not used. Try again tomorrow."),
                )
            is_new = credentials.insert_if_new(
                session,
                tables.PictureRow,
                organisation_id=organisation.id,
                sha256=digest,
                body=drawn.body,
                media_type=MEDIA_TYPE,
                width=drawn.width,
                height=drawn.height,
                added=now,
                added_by=desk.actor.user_id,
                used=None,
            )
            if not is_new:
                pictures.wait_anew(session, organisation.id, digest, now)
        address = f"{self._context.settings.identifier_url}{path_of(organisation.slug, digest)}"
        return Picture(address=address, width=drawn.width, height=drawn.height)

    def public(self, slug: str, digest: str) -> tuple[bytes, str]:
        """The bytes of a picture and their media type. Raises: NotFound."""
        if not _DIGEST.fullmatch(digest):
            raise NotFound
        with self._context.database.reading() as session:
            row = pictures.public(session, slug, digest)
        if row is None:
            raise NotFound
        return row.body, row.media_type


def path_of(slug: str, digest: str) -> str:
    """Where a picture is on this server."""
    return f"/orgs/{slug}/pictures/{digest}.png"


def own_path(organisation: Organisation, address: str, *, identifier_url: str) -> str:
    """The path of ``address`` when it is that of a picture of this organisation, else empty: nothing else is shown."""
    found = _OURS.fullmatch(address.removeprefix(identifier_url)) if address.startswith(identifier_url) else None
    return found[0] if found and found[1] == organisation.slug else ""


def use(session: Session, context: Context, organisation: Organisation, address: str, *, field: str) -> None:
    """Keep the picture at ``address`` for good, in the caller's transaction; an address elsewhere is let through.

    Raises: BadInput for one of our own addresses at which this organisation has no picture.
    """
    url = context.settings.identifier_url
    found = _OURS.fullmatch(address.removeprefix(url)) if address.startswith(url) else None
    if found is None:
        return
    if found[1] != organisation.slug or not pictures.use(session, organisation.id, found[2], context.now()):
        raise BadInput(
            _("There is no picture of yours at this address."), field=field, remedy=_("Choose the picture again.")
        )
