"""Keeping what an organisation of another server published before that server went: read-only, under its addresses.

What is adopted has nothing to do with the organisations of this server: it is served for the host name that it was
signed for, and for no other. Nothing in it is believed because of the file's word: the snapshot has to be genuine by
the key that its own identifier document lists, and every document has the digest that was signed; whoever checks an
award judges the lists again. Whether that identifier ever was the school's own, nothing in a file can say: the operator
compares the fingerprint with the one on the page of the closing.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from issuer.service import snapshots
from issuer.service.context import SYSTEM, Context
from issuer.service.organisations import Published, etag_of
from issuer.service.snapshots import LIST_MEDIA, Snapshot, no_snapshot
from issuer.store import adopted, tables
from kit import audit
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from vc import verify
from vc.checks import Verdict
from vc.did import Did
from vc.did import web as did_web
from vc.document import CREDENTIAL_LIMITS, Document, parse
from vc.evidence import Evidence, Resource
from vc.policy import Policy
from vc.problems import ProblemError, Url

LONGEST_DID: Final = 250
_ORGANISATION: Final = re.compile(r"did:web:[^:]+(?::[^:]+)+")
"""A did:web below its host: one without a path would speak for everything there."""

_BELOW: Final = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,3}")
MEDIA_TYPES: Final = frozenset({"application/did+json", "application/json", LIST_MEDIA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """One organisation that is kept here. ``address`` is where its page is; ``fingerprint`` is the snapshot's."""

    did: str
    name: str
    host: str
    address: str
    signed: datetime
    adopted: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One document that is served, with its media type."""

    published: Published
    media_type: str


class AdoptionService:
    """Takes snapshots in, and serves what they hold."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def adopt(self, data: bytes) -> Adopted:
        """Keep a snapshot; a newer one of the same organisation takes the older one's place.

        Raises: BadInput when it is none, is not genuine, or is of this very server; Conflict for an older one.
        """
        signed, bodies = snapshots.read_archive(data)
        document = _parsed(signed)
        snapshot = Snapshot.read(document.value)
        place = self._place(snapshot)
        kept = self._documents(snapshot, place, bodies)
        self._require_genuine(document, kept, place)
        host = place.host
        if host in self.own_hosts:
            raise BadInput(
                _("This server publishes under that name itself."),
                field="file",
                remedy=_("Adopt it on the server that the name is going to lead to."),
            )
        now = self._context.now()
        with self._context.database.session() as session:
            before = adopted.by_did(session, snapshot.did)
            if before is not None and before.body == signed:
                return self._view(before)
            if before is not None and before.signed >= snapshot.signed:
                raise Conflict(_("A newer snapshot of this organisation is kept here already."))
            if before is not None:
                adopted.forget(session, before.id)
            row = tables.AdoptedRow(
                id=str(uuid.uuid4()),
                did=snapshot.did,
                host=host,
                path=place.path,
                name=snapshot.name,
                body=signed,
                signed=snapshot.signed,
                adopted=now,
            )
            session.add(row)
            session.flush()
            for path, media_type, body in kept:
                session.add(
                    tables.AdoptedFileRow(
                        adopted_id=row.id, path=path, media_type=media_type, body=body, etag=etag_of(body)
                    )
                )
            session.flush()
            self._record(session, "adopted.keep", snapshot.did, now)
            return self._view(row)

    def forget(self, did: str) -> None:
        """Keep it no longer. Its file can be adopted again. Raises: NotFound."""
        with self._context.database.session() as session:
            row = adopted.by_did(session, did)
            if row is None:
                raise NotFound
            adopted.forget(session, row.id)
            self._record(session, "adopted.forget", did, self._context.now())

    def listing(self) -> Sequence[Adopted]:
        """Everything that is kept here."""
        with self._context.database.reading() as session:
            return [self._view(row) for row in adopted.listing(session)]

    @property
    def own_hosts(self) -> frozenset[str]:
        """The names under which this server publishes what is its own."""
        settings = self._context.settings
        return frozenset(urlsplit(url).netloc.lower() for url in (settings.public_url, settings.identifier_url))

    def keeps(self, host: str) -> bool:
        """Whether anything is kept here for this host name."""
        with self._context.database.reading() as session:
            return bool(adopted.of_host(session, host))

    def document(self, host: str, path: str) -> Served | None:
        """What stood at this address, the snapshot and its file included; None when nothing did."""
        with self._context.database.reading() as session:
            row = adopted.file(session, host, path)
            if row is not None:
                return Served(published=Published(body=row.body, etag=row.etag), media_type=row.media_type)
            for each in adopted.of_host(session, host):
                if path == f"{each.path}/closed":
                    return Served(published=Published(body=each.body, etag=etag_of(each.body)), media_type=LIST_MEDIA)
                if path == f"{each.path}/closed.zip":
                    start = f"{each.path}/"
                    files = [
                        (snapshots.file_name(file.path, f"{start}did.json"), file.body)
                        for file in adopted.files(session, each.id)
                    ]
                    body = snapshots.archive(each.body, files)
                    return Served(published=Published(body=body, etag=etag_of(body)), media_type="application/zip")
        return None

    def page(self, host: str, path: str) -> Adopted | None:
        """The organisation whose public page, or a page below it, stood at this address."""
        with self._context.database.reading() as session:
            for row in adopted.of_host(session, host):
                if path == row.path or path.startswith(f"{row.path}/"):
                    return self._view(row)
        return None

    def snapshot(self, did: str) -> Snapshot:
        """What the snapshot of an organisation says. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = adopted.by_did(session, did)
            if row is None:
                raise NotFound
            return Snapshot.read(parse(row.body, limits=CREDENTIAL_LIMITS).value)

    def _place(self, snapshot: Snapshot) -> "_Place":
        """Where its identifier document lies, by its identifier alone. Raises: BadInput."""
        if not _ORGANISATION.fullmatch(snapshot.did) or len(snapshot.did) > LONGEST_DID:
            raise no_snapshot()
        try:
            address = did_web.url(Did.parse(snapshot.did), loopback=self._context.settings.loopback)
        except ProblemError as error:
            raise no_snapshot() from error
        parts = urlsplit(address)
        return _Place(address=address, host=parts.netloc.lower(), path=parts.path.removesuffix("/did.json"))

    @staticmethod
    def _documents(snapshot: Snapshot, place: "_Place", bodies: dict[str, bytes]) -> list[tuple[str, str, bytes]]:
        """Every document that the snapshot names: its path, media type and bytes. Raises: BadInput."""
        base = place.address.removesuffix("did.json")
        found = []
        for address, (media_type, digest) in snapshot.named.items():
            below = address.removeprefix(base)
            if below == address or not _BELOW.fullmatch(below) or media_type not in MEDIA_TYPES:
                raise no_snapshot()
            if digest not in bodies:
                raise BadInput(
                    _("The file lacks %(address)s, or has other bytes for it.", address=address),
                    field="file",
                    remedy=_("Take the zip file from its public page, as it is."),
                    kind="not-a-snapshot",
                )
            found.append((urlsplit(address).path, media_type, bodies[digest]))
        if place.address not in snapshot.named:
            raise no_snapshot()
        return found

    def _require_genuine(self, document: Document, kept: list[tuple[str, str, bytes]], place: "_Place") -> None:
        """Raises: BadInput unless the snapshot is genuine and current by the documents that it names."""
        origin = place.address.removesuffix(urlsplit(place.address).path)
        now = self._context.now()
        evidence = Evidence(
            {
                (url := Url(origin + path)): Resource(url=url, body=body, media_type=media_type, retrieved=now)
                for path, media_type, body in kept
            }
        )
        policy = Policy.recommended(
            recognised=(),
            loopback=self._context.settings.loopback,
            require_holder_binding=False,
            challenge=None,
            domain=None,
        )
        if verify(document, evidence=evidence, policy=policy, now=now).verdict is not Verdict.GENUINE_AND_CURRENT:
            raise BadInput(
                _("What is in this file is not genuine, or no longer holds."),
                field="file",
                remedy=_("Take the zip file from its public page, as it is."),
                kind="not-genuine",
            )

    def _view(self, row: tables.AdoptedRow) -> Adopted:
        scheme = "http" if self._context.settings.loopback and row.host.startswith("localhost") else "https"
        return Adopted(
            did=row.did,
            name=row.name,
            host=row.host,
            address=f"{scheme}://{row.host}{row.path}/closed",
            signed=row.signed,
            adopted=row.adopted,
            fingerprint=snapshots.fingerprint(row.body),
        )

    @staticmethod
    def _record(session: Session, action: str, did: str, at: datetime) -> None:
        audit.append(session, tables.AUDIT, at=at, actor=SYSTEM, action=action, object_id=f"server/{did}", detail={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an organisation published: its identifier document's address, the host, and the path before it."""

    address: Url
    host: str
    path: str


def _parsed(body: bytes) -> Document:
    try:
        return parse(body, limits=CREDENTIAL_LIMITS)
    except ProblemError as error:
        raise no_snapshot() from error
