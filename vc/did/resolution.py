"""From a DID or an https URL to the document that lists its keys, out of the evidence; never out of the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from vc.did import jwk, key, web
from vc.did.controller import RELATIONSHIPS, ControllerDocument
from vc.did.syntax import Did
from vc.document import DID_DOCUMENT_LIMITS, JsonObject, parse
from vc.evidence import Evidence
from vc.policy import Policy
from vc.problems import EvidenceUnavailable, MalformedValueError, NoKeysPublished, ParsingError, Unsupported, Url
from vc.urls import parse_url
from vc.wanted import Wanted

GENERATED: Final[Mapping[str, Callable[[Did], JsonObject]]] = MappingProxyType(
    {"key": key.document, "jwk": jwk.document}
)
"""The methods whose identifier is the key, each with what writes its document."""


_REMEMBERED: Final = 256
"""Characters of an identifier whose document is remembered."""


def place_of(controller: str, *, policy: Policy) -> Url | None:
    """Where the document of a controller lies, or ``None`` for an identifier that is its own document.

    Raises:
        MalformedValueError: a DID that is none.
        Unsupported: another method, neither a DID nor an https URL, or a place where nothing can be asked.

    """
    if not controller.startswith("did:"):
        return _address(controller, policy=policy)
    did = Did.parse(controller)
    if did.method in GENERATED:
        return None
    if did.method != "web":
        raise Unsupported(f"Identifiers of the method did:{did.method} are not supported.")
    return web.url(did, loopback=policy.loopback)


def _address(controller: str, *, policy: Policy) -> Url:
    try:
        return parse_url(controller, loopback=policy.loopback)
    except MalformedValueError as error:
        # Nothing could be asked there, which is no proof of a forgery.
        raise Unsupported(f"The keys of {controller[:200]} cannot be looked up. {error.detail}") from None


def resolve(controller: str, *, evidence: Evidence, policy: Policy) -> ControllerDocument:
    """The controller document of a did:key, did:jwk, did:web or https URL.

    Raises:
        MissingEvidence, EvidenceUnavailable, NoKeysPublished, MalformedValueError, Unsupported: as ``document_of``.
        ProblemError: the document is malformed or belongs to another DID or URL.

    Spec: https://www.w3.org/TR/did-core/#did-resolution

    """
    if place_of(controller, policy=policy) is None and len(controller) <= _REMEMBERED:
        return _generated(controller)
    value = document_of(controller, evidence=evidence, policy=policy)
    return ControllerDocument.parse(value, controller=controller)


@lru_cache(maxsize=1024)
def _generated(controller: str) -> ControllerDocument:
    """The document of an identifier that is its own key: nothing else can change it."""
    did = Did.parse(controller)
    return ControllerDocument.parse(GENERATED[did.method](did), controller=controller)


def document_of(controller: str, *, evidence: Evidence, policy: Policy) -> JsonObject:
    """The document of a did:key, did:jwk, did:web or https URL, as it was found.

    Raises:
        MissingEvidence: the document has not been supplied.
        EvidenceUnavailable: it could not be had, or what came back is no document at all.
        NoKeysPublished: what lies at the https URL is no list of keys.
        MalformedValueError: a DID that is none.
        Unsupported: another method, neither a DID nor an https URL, or a place where nothing can be asked.
        ProblemError: an identifier that is to be a key, and is none.

    Spec: https://www.w3.org/TR/did-core/#did-resolution

    """
    place = place_of(controller, policy=policy)
    if place is None:
        did = Did.parse(controller)
        return GENERATED[did.method](did)
    is_did = controller.startswith("did:")
    wanted = Wanted.DID_DOCUMENT if is_did else Wanted.CONTROLLER_DOCUMENT
    value = fetched(place, evidence=evidence, wanted=wanted)
    if is_did and not is_about_a_did(value):
        reason = "what came back is not a DID document (it has no DID as its id)"
        raise EvidenceUnavailable(place, reason, evidence[place].retrieved)
    if not is_did:
        refuse_without_keys(value, place)
    return value


def fetched(place: Url, *, evidence: Evidence, wanted: Wanted) -> JsonObject:
    """The JSON object that lies there.

    Raises:
        MissingEvidence: it has not been supplied.
        EvidenceUnavailable: it could not be had, or is no JSON.

    """
    resource = evidence.had(place, wanted=wanted)
    try:
        return parse(resource.body, limits=DID_DOCUMENT_LIMITS).value
    except (ParsingError, MalformedValueError) as error:
        # A login page or a half-finished upload proves nothing against the credential.
        reason = f"what came back is not a {_WORDS[wanted]} ({error.detail})"
        raise EvidenceUnavailable(place, reason, resource.retrieved) from None


_WORDS: Final[Mapping[Wanted, str]] = MappingProxyType(
    {Wanted.DID_DOCUMENT: "DID document", Wanted.CONTROLLER_DOCUMENT: "list of keys"}
)


def refuse_without_keys(value: JsonObject, place: Url) -> None:
    """Leave open what lies at an issuer's address if it says nothing about keys: a profile vouches for no signature.

    Raises:
        NoKeysPublished: it says nothing about keys.

    """
    if not value.keys() & {"verificationMethod", *RELATIONSHIPS}:
        raise NoKeysPublished(f"{place} lists no keys, so nothing ties a key to it. Its owner can list them there.")


def is_about_a_did(value: JsonObject) -> bool:
    """Whether this is some DID's document at all; a notice of maintenance proves nothing against anybody."""
    try:
        Did.parse(value.get("id"))
    except MalformedValueError:
        return False
    return True
