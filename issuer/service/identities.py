"""By which identifier an organisation signs: its own web address, or its one key, and the one before it moved.

An `Organisation` as services pass it on names the identifier under which it acts. At a desk that is the present one;
whatever is about something that was signed before asks ``under`` first, so that a correction, a claim or a withdrawal
comes from whoever the award names as its issuer, byte for byte.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from issuer.keystore import PROOF
from issuer.service.context import Organisation
from issuer.store import identities, organisations, tables
from issuer.store.identities import KEY
from kit.errors import Conflict, Unavailable
from kit.i18n import _

_KEY_START: Final = "did:key:"


class KeyLost(Conflict):
    """The one key of an identifier is not safe any more: nothing is signed with it but withdrawals."""

    kind = "key-not-safe"
    words = _("The key is no longer safe")

    def __init__(self, *, present: bool) -> None:
        super().__init__(
            _(
                "The key that your name is made of is no longer safe, so nothing can be signed with it. "
                "An owner can move to a web address, on the page about keys; then you can award again."
            )
            if present
            else _(
                "This was signed with a key that is no longer safe, so it cannot be signed again. "
                "Withdraw it and award it anew."
            )
        )


class Moved(Unavailable):
    """The organisation got another identifier since this was begun."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s moved to its web address just now. Try again.", name=name), retry_after=1)


def did_of(identifier_url: str, slug: str) -> str:
    """The did:web of an organisation: ``did:web:school.example%3A8443:orgs:maple``.

    Spec: https://w3c-ccg.github.io/did-method-web/#method-specific-identifier
    """
    return f"did:web:{urlsplit(identifier_url).netloc.replace(':', '%3A')}:orgs:{slug}"


def did_of_key(multikey: str) -> str:
    """The did:key of a key. Spec: https://w3c-ccg.github.io/did-key-spec/#format"""
    return _KEY_START + multikey


def is_key(did: str) -> bool:
    """Whether an identifier is the key itself."""
    return did.startswith(_KEY_START)


def name_in(did: str, row: tables.SigningKeyRow) -> str:
    """What a key is called in the document of an identifier, without ``#``: a did:key repeats itself there.

    Spec: https://w3c-ccg.github.io/did-key-spec/#document-creation-algorithm
    """
    return did.removeprefix(_KEY_START) if is_key(did) else row.fragment


def acts_as(session: Session, organisation: Organisation) -> tables.IdentityRow:
    """The identifier that the organisation acts under here."""
    return identities.by_did(session, organisation.id, organisation.did)


def under(session: Session, organisation: Organisation, identity_id: str) -> Organisation:
    """The organisation, acting under one of its identifiers."""
    return replace(organisation, did=identities.one(session, identity_id).did)


def require_present(session: Session, organisation: Organisation) -> None:
    """Return when what is new is signed under this identifier.

    Ask it after a row that refers to the organisation was written: then it cannot move before the session ends.
    Raises: Moved.
    """
    if identities.present(session, organisation.id).did != organisation.did:
        raise Moved(organisation.name)


def own_names(session: Session, organisation: Organisation, *, identifier_url: str) -> frozenset[str]:
    """Every identifier that is or was this organisation's, and the one that it would move to."""
    known = {row.did for row in identities.of(session, organisation.id)}
    return frozenset(known | {did_of(identifier_url, organisation.slug)})


def listing_key(session: Session, identity: tables.IdentityRow, now: datetime) -> tables.SigningKeyRow | None:
    """The key that signs the status lists of an identifier now.

    Where the identifier is the key there is no other one, so withdrawals are signed with it whatever became of it:
    they are taken from this server's own address.
    """
    if identity.method == KEY:
        return identities.keys(session, identity.id)[0]
    return organisations.current_key(session, identity.id, now, use=PROOF)


def document_of(session: Session, organisation: Organisation) -> bytes:
    """The identifier document under which the organisation acts; empty where there is nothing to ask for."""
    if is_key(organisation.did):
        return b""
    found = organisations.identifier_document(session, organisation.slug)
    assert found is not None, "a web address is given together with its document"
    return found.body
