"""Organisations: several on one server, strictly apart; their people, and the identifier documents they publish."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.keystore import ED25519, PROOF, SEALED, TOKEN, SealedKey
from issuer.service import inputs, introduction, pictures
from issuer.service.context import OWNER, SYSTEM, Actor, Context, Desk, Organisation
from issuer.service.drafts import OrganisationDraft
from issuer.service.identities import did_of, did_of_key, name_in, own_names
from issuer.service.recording import AuditEntry, entries, record
from issuer.service.rights import Right
from issuer.store import credentials, identities, organisations, tables
from issuer.store.identities import KEY, WEB
from kit import audit
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _
from vc.did import DidKey, DidService, did_document
from vc.document import serialize
from vc.keys import parse_multikey

RESERVED_SLUGS: Final = frozenset({"new", "api", "static", "claim", "admin"})
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far our clock may be set back: as much as verifiers forgive."""

FROM_THE_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when a key is in use that none came before: however far the clock was set back, withdrawals are signed."""

CLOSED_SERVICE: Final = "ClosingSnapshot"
"""The type of the entry in a DID document that leads to the snapshot of an organisation that has closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Bytes that anybody may have, and their ETag (quoted)."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An organisation that is about to be: its columns, and those of its first signing key, sealed.

    ``method`` is what its signatures name: ``web``, this server's address, or ``key``, the key itself.
    """

    id: str
    slug: str
    method: str
    profile: dict[str, str | None]
    key: Mapping[str, Any]


class OrganisationService:
    """Opens organisations, lets people in, publishes identifier documents.

    ``lint`` raises BadInput when nothing could be signed with a profile.
    """

    def __init__(self, context: Context, lint: Callable[[Organisation], None]) -> None:
        self._context = context
        self._lint = lint

    def may_open(self, actor: Actor) -> bool:
        """Whether this person may open an organisation: an administrator, or anybody where sign-up is open."""
        return self._context.settings.signup_open or actor.is_administrator

    def open(self, actor: Actor, draft: OrganisationDraft) -> Organisation:
        """Open an organisation with its first signing key; the person becomes its owner.

        Raises: Refused, BadInput, Conflict when the short name is taken, Unavailable without a key-encryption key.
        """
        if not self.may_open(actor):
            raise Refused(_("Only the administrator of this server can open an organisation. Ask for an invitation."))
        opening = self.prepare(draft, organisation_id=str(uuid.uuid4()))
        with self._context.database.session() as session:
            return self.keep(session, actor, opening)

    def prepare(self, draft: OrganisationDraft, *, organisation_id: str) -> Opening:
        """Everything about a new organisation but its row, its signing key included. Nothing is stored.

        Raises: BadInput, Conflict for a short name that is the server's own, Unavailable.
        """
        settings = self._context.settings
        profile = introduction.columns(draft, loopback=settings.loopback, time_zone=settings.time_zone or None)
        if profile["logo"]:
            raise BadInput(
                _("An organisation has to be there before its picture."),
                field="logo",
                remedy=_("Open it first, then add the picture to its profile."),
            )
        slug = inputs.slug(draft.slug or inputs.slug_of(draft.name), "slug")
        if slug in RESERVED_SLUGS:
            raise Conflict(_("This short name is kept for the server itself. Choose another."), field="slug")
        method = inputs.choice(draft.named_by or WEB, "namedBy", allowed=(WEB, KEY))
        key_id = str(uuid.uuid4())
        key = new_key(self._context, organisation_id, key_id, kind=ED25519, use=PROOF)
        return Opening(id=organisation_id, slug=slug, method=method, profile=profile, key=key)

    def keep(self, session: Session, actor: Actor, opening: Opening) -> Organisation:
        """Store what was prepared, in the caller's transaction; ``actor`` becomes the owner.

        Raises: Conflict when the short name is taken.
        """
        now, slug = self._context.now(), opening.slug
        did = (
            did_of_key(opening.key["multikey"])
            if opening.method == KEY
            else did_of(self._context.settings.identifier_url, slug)
        )
        row = {"id": opening.id, "slug": slug, "did": did}
        times = {"created": now, "updated": now}
        if not credentials.insert_if_new(session, tables.OrganisationRow, **row, **opening.profile, **times):
            raise Conflict(_("The short name “%(slug)s” is taken. Choose another.", slug=slug), field="slug")
        identity_id = identify(session, opening.id, opening.method, did, now)
        session.add(
            tables.SigningKeyRow(
                **opening.key,
                identity_id=identity_id,
                fragment=fragment(1),
                created=now,
                in_use_from=FROM_THE_START,
            )
        )
        join(session, opening.id, actor.user_id, OWNER, now)
        session.flush()
        publish(
            session,
            organisations.by_id(session, opening.id),
            now,
            identifier_url=self._context.settings.identifier_url,
        )
        record(
            session,
            at=now,
            actor=actor,
            action="organisation.open",
            organisation_id=opening.id,
            object_id=slug,
            key=opening.key["id"],
            method=opening.method,
        )
        return view(organisations.by_id(session, opening.id))

    def edit(self, desk: Desk, draft: OrganisationDraft) -> Organisation:
        """Change an organisation's profile. The short name and the DID stay; what was issued stays as it was.

        Raises: Refused for anybody but an owner, BadInput.
        """
        desk.require(Right.SETTINGS)
        if draft.named_by:
            raise BadInput(
                _("What your signatures name is chosen when an organisation is opened."),
                field="namedBy",
                remedy=_("Leave it out. An owner can move to a web address, on the page about keys."),
            )
        settings = self._context.settings
        organisation = desk.organisation
        profile = introduction.columns(draft, loopback=settings.loopback, time_zone=organisation.time_zone or None)
        with self._context.database.reading() as session:
            names = own_names(session, organisation, identifier_url=settings.identifier_url)
        own = {*names, f"{settings.identifier_url}/orgs/{organisation.slug}"}
        if profile["parent_id"] is not None and profile["parent_id"] in {*own, profile["logo"]}:
            raise BadInput(
                _("This address stands for something else here already."),
                field="parent/id",
                remedy=_("Give the address or identifier of the other organisation, or leave it empty."),
            )
        now = self._context.now()
        with self._context.database.session() as session:
            row = organisations.by_id(session, organisation.id)
            for name, value in profile.items():
                setattr(row, name, value)
            row.updated = now
            found = view(row)
            self._lint(found)
            pictures.use(session, self._context, found, found.logo, field="logo")
            self._record(session, desk, "organisation.edit", organisation.slug, now)
            session.flush()
            return found

    def enter(self, actor: Actor, slug: str) -> Desk:
        """Let a person work for an organisation.

        Raises: NotFound when there is none, or the person does not work there: the same answer.
        """
        with self._context.database.reading() as session:
            found = organisations.membership(session, slug, actor.user_id)
        desk = None if found is None else Desk(organisation=view(found[0]), actor=actor, role=found[1])
        if desk is None or not desk.may(Right.SEE):
            raise NotFound
        return desk

    def operate(self, slug: str) -> Desk:
        """The desk of whoever runs the server, for its command line alone; the audit says system. Raises: NotFound."""
        return Desk(organisation=self.public(slug), actor=Actor(user_id=SYSTEM, name=SYSTEM), role=OWNER)

    def of(self, actor: Actor) -> Sequence[tuple[Organisation, str]]:
        """The organisations this person works for, with the role."""
        with self._context.database.reading() as session:
            return [(view(row), role) for row, role in organisations.all_of(session, actor.user_id)]

    def public(self, slug: str) -> Organisation:
        """What everybody may know of an organisation. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = organisations.by_slug(session, slug)
        if row is None:
            raise NotFound
        return view(row)

    def identifier_document(self, slug: str) -> Published:
        """The organisation's DID document as it is served; no key is needed for that.

        Raises: NotFound, also where it has no web address yet.
        """
        with self._context.database.reading() as session:
            row = organisations.identifier_document(session, slug)
        if row is None:
            raise NotFound
        return Published(body=row.body, etag=row.etag)

    def audit_page(self, desk: Desk, *, offset: int, limit: int) -> tuple[Sequence[AuditEntry], int]:
        """One page of what happened in this organisation, newest first, and how much there is."""
        with self._context.database.reading() as session:
            return entries(session, desk.organisation.id, offset=offset, limit=limit)

    def audit_broken_at(self) -> int | None:
        """The first row of the audit that was altered or is missing; None when the chain is whole."""
        with self._context.database.reading() as session:
            return audit.verify_chain(session, tables.AUDIT)

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, object_id: str, now: datetime, **detail: str) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=object_id,
            **detail,
        )


def join(session: Session, organisation_id: str, user_id: str, role: str, now: datetime) -> None:
    """Let an account work for an organisation, in the caller's transaction; nothing changes if it does already."""
    credentials.insert_if_new(
        session, tables.MembershipRow, organisation_id=organisation_id, user_id=user_id, role=role, created=now
    )


def view(row: tables.OrganisationRow) -> Organisation:
    """The row as services and pages see it."""
    return Organisation(
        id=row.id,
        slug=row.slug,
        did=row.did,
        name=row.name,
        kind=row.kind,
        url=row.url,
        email=row.email,
        description=row.description,
        address=json.loads(row.address) if row.address else None,
        closed=row.closed,
        legal_name=row.legal_name or "",
        phone=row.phone or "",
        official=row.official or "",
        logo=row.logo or "",
        parent=introduction.Parent(id=row.parent_id, name=row.parent_name or "") if row.parent_id else None,
        identifiers=introduction.identifiers_in(row.identifiers),
        accreditations=introduction.accreditations_in(row.accreditations),
        time_zone=row.time_zone or "",
    )


def identify(session: Session, organisation_id: str, method: str, did: str, now: datetime) -> str:
    """Give an organisation an identifier, in the caller's transaction; its row's id.

    Raises: Conflict when it is somebody else's.
    """
    identity_id = str(uuid.uuid4())
    row = {"id": identity_id, "organisation_id": organisation_id, "method": method, "did": did, "since": now}
    if not credentials.insert_if_new(session, tables.IdentityRow, **row):
        raise Conflict(_("This web address belongs to another organisation here."))
    return identity_id


def new_key(context: Context, organisation_id: str, key_id: str, *, kind: str, use: str) -> dict[str, Any]:
    """The columns of a new key that are not dates. Takes up to some seconds for RSA: outside any transaction.

    Raises: Unavailable without a key-encryption key.
    """
    multikey, sealed = context.keystore.create(organisation_id=organisation_id, key_id=key_id, kind=kind, use=use)
    return {
        "id": key_id,
        "organisation_id": organisation_id,
        "multikey": multikey,
        "kind": kind,
        "use": use,
        "custody": SEALED,
        "sealed_seed": sealed,
    }


def next_key(
    session: Session, identity: tables.IdentityRow, made: Mapping[str, Any], now: datetime, *, in_use_from: datetime
) -> tables.SigningKeyRow:
    """The row of a new key of this identifier, under the organisation's next name for one."""
    number = len(organisations.signing_keys(session, identity.organisation_id)) + 1
    return tables.SigningKeyRow(
        **made, identity_id=identity.id, fragment=fragment(number), created=now, in_use_from=in_use_from
    )


def fragment(number: int) -> str:
    """The name of an organisation's key in its DID document."""
    return f"key-{number}"


def sealed_key(row: tables.SigningKeyRow, did: str) -> SealedKey:
    """The row as the keystore wants it; ``did`` is the identifier that it signs under."""
    return SealedKey(
        organisation_id=row.organisation_id,
        key_id=row.id,
        verification_method=f"{did}#{name_in(did, row)}",
        multikey=row.multikey,
        kind=row.kind,
        use=row.use,
        custody=row.custody,
        sealed_seed=row.sealed_seed,
    )


def did_key(row: tables.SigningKeyRow, did: str) -> DidKey:
    """The row as it is published under this identifier: what signs tokens as a JWK, all others as Multikeys."""
    return DidKey(
        fragment=name_in(did, row),
        public_key=parse_multikey(row.multikey),
        expires=row.expires,
        revoked=row.revoked,
        form="JsonWebKey" if row.use == TOKEN else "Multikey",
    )


def publish(session: Session, row: tables.OrganisationRow, now: datetime, *, identifier_url: str) -> None:
    """Write the organisation's DID document anew, if it has a web address; the same keys give the same bytes.

    One that has closed says there where its snapshot lies, so that whoever checks an award learns of it. One that
    moved names the key it had before as another name of its own, as long as nobody else may have that key.
    """
    known = {each.method: each for each in identities.of(session, row.id)}
    if WEB not in known:
        return
    did, before = known[WEB].did, known.get(KEY)
    safe = before is not None and all(key.revoked is None for key in identities.keys(session, before.id))
    also = [before.did] if before is not None and safe else []
    keys = [did_key(key, did) for key in identities.keys(session, known[WEB].id)]
    place = DidService(fragment="closed", type=CLOSED_SERVICE, endpoint=f"{identifier_url}/orgs/{row.slug}/closed")
    body = serialize(did_document(did, keys, services=[place] if row.closed else [], also_known_as=also))
    session.merge(tables.IdentifierDocumentRow(organisation_id=row.id, body=body, etag=etag_of(body), updated=now))


def etag_of(body: bytes) -> str:
    """The ETag of these bytes, quoted."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
