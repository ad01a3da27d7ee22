"""From the URL of a key to the key, by way of the document of whoever controls it.

Mostly the document is named by the URL itself, up to ``#``. An https URL without a fragment may instead be a document
of one key, which says who controls it, or a bare JWK, which says nothing and can only be the party's: either counts
only if that controller's own document lists it.

Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method
"""

from __future__ import annotations

from collections.abc import Callable

from vc.did.controller import ControllerDocument, refuse_other_id
from vc.did.methods import VerificationMethod, named_method, public_key_of, read_method, strictest
from vc.did.resolution import fetched, place_of
from vc.did.syntax import KeyUrl, parse_key_url
from vc.document import JsonObject
from vc.evidence import Evidence
from vc.keys import PublicKey, parse_jwk
from vc.policy import Policy
from vc.problems import InvalidVerificationMethodError, NoKeysPublished
from vc.wanted import Wanted

Documents = Callable[[str], ControllerDocument]
"""Resolves a DID or an https URL; raises as ``vc.did.resolve`` does."""


def retrieve(
    url: KeyUrl,
    *,
    party: str | None,
    relationship: str,
    documents: Documents,
    evidence: Evidence,
    policy: Policy,
) -> VerificationMethod:
    """The key of this URL, if its controller lists it for this purpose. Whose it is, the caller compares.

    ``party`` (issuer or holder, ``None``: not known) is whose key it has to be where the key itself does not say.

    Raises:
        MissingEvidence: a document has not been supplied.
        EvidenceUnavailable: a document could not be had.
        NoKeysPublished: a document is no list of keys, or no key.
        ProblemError: the key is not listed, not for this purpose, or must not be used.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method

    """
    if url.fragment is not None:
        return documents(url.controller).method_for(url, relationship=relationship)
    key = _key_document(url, party=party, evidence=evidence, policy=policy)
    return listed_by(documents(key.controller), key, relationship=relationship)


def embedded_method(value: JsonObject, *, pointer: str) -> tuple[KeyUrl, PublicKey]:
    """The name and the key of a verification method that a document carries itself, instead of naming it.

    Neither means anything until the document of the party that signed lists the key (``method_with``).

    Raises:
        InvalidVerificationMethodUrlError: it has no name that a key can have.
        ProblemError: it holds no key, or one that must not be used.

    Spec: https://www.w3.org/TR/cid-1.0/#verification-methods

    """
    url = parse_key_url(value.get("id"), pointer=pointer + "/id")
    named_method(value, url.controller)
    return url, public_key_of(value)


def _key_document(url: KeyUrl, *, party: str | None, evidence: Evidence, policy: Policy) -> VerificationMethod:
    """The one key that lies at this address, with the controller that it names; a bare JWK is the party's or nobody's.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#jose-header
    """
    place = place_of(url.controller, policy=policy)
    assert place is not None, "an https URL has a place"
    value = fetched(place, evidence=evidence, wanted=Wanted.CONTROLLER_DOCUMENT)
    if "kty" in value and party is not None:
        return VerificationMethod(id=place, controller=party, public_key=parse_jwk(value), expires=None, revoked=None)
    if not value.keys() & {"publicKeyMultibase", "publicKeyJwk"}:
        raise NoKeysPublished(f"What lies at {place} is not a key.")
    refuse_other_id(value, place)
    controller = value.get("controller")
    if not isinstance(controller, str):
        raise InvalidVerificationMethodError(f"The key {place} does not say whose it is.", pointer="/controller")
    named_method(value, controller)
    return read_method(place, value, controller)


def listed_by(document: ControllerDocument, key: VerificationMethod, *, relationship: str) -> VerificationMethod:
    """The key, if its controller's document lists its name, or the key itself, for this purpose.

    Raises:
        InvalidVerificationMethodError: it does not, or lists another key under that name.
        InvalidRelationshipError: it lists the key for another purpose.

    """
    if key.id in document.verification_methods:
        entry = document.method_for(KeyUrl(controller=key.id, fragment=None), relationship=relationship)
        if entry.public_key != key.public_key:
            raise InvalidVerificationMethodError(f"{key.controller} lists another key under the name {key.id}.")
        return strictest([key, entry])
    if document.allows(key.id, relationship=relationship):
        return key
    return strictest([key, document.method_with(key.public_key, relationship=relationship)])
