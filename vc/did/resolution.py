"""From a DID to the document that lists its keys, out of the evidence; never out of the network."""

from __future__ import annotations

from vc.did import key, web
from vc.did.controller import ControllerDocument
from vc.did.syntax import Did
from vc.document import DID_DOCUMENT_LIMITS, JsonObject, parse
from vc.evidence import Evidence
from vc.policy import Policy
from vc.problems import EvidenceUnavailable, MalformedValueError, ParsingError, Unsupported, Url


def place_of(controller: str, *, policy: Policy) -> Url | None:
    """Where the document of a controller lies, or ``None`` for an identifier that is its own document.

    Raises:
        MalformedValueError: neither a DID nor an https URL.
        Unsupported: another method, or a place where nothing can be asked.

    """
    if controller.startswith("https:"):
        raise Unsupported("Keys that are named by an https URL are not supported yet.")
    did = Did.parse(controller)
    if did.method == "key":
        return None
    if did.method != "web":
        raise Unsupported(f"Identifiers of the method did:{did.method} are not supported.")
    return web.url(did, loopback=policy.loopback)


def resolve(controller: str, *, evidence: Evidence, policy: Policy) -> ControllerDocument:
    """The controller document of a did:key or did:web.

    Raises:
        MalformedValueError: not a DID.
        MissingEvidence: the did:web's document has not been supplied.
        EvidenceUnavailable: it could not be had, or what came back is not JSON.
        Unsupported: another method.
        ProblemError: the document is malformed or belongs to another DID.

    Spec: https://www.w3.org/TR/did-core/#did-resolution

    """
    place = place_of(controller, policy=policy)
    if place is None:
        return ControllerDocument.parse(key.document(Did.parse(controller)), controller=controller)
    resource = evidence[place]
    try:
        found = parse(resource.body, limits=DID_DOCUMENT_LIMITS)
    except (ParsingError, MalformedValueError) as error:
        # A login page or a half-finished upload proves nothing against the credential.
        reason = f"what came back is not a DID document ({error.detail})"
        raise EvidenceUnavailable(place, reason, resource.retrieved) from None
    if not is_about_a_did(found.value):
        reason = "what came back is not a DID document (it has no DID as its id)"
        raise EvidenceUnavailable(place, reason, resource.retrieved)
    return ControllerDocument.parse(found.value, controller=controller)


def is_about_a_did(value: JsonObject) -> bool:
    """Whether this is some DID's document at all; a notice of maintenance proves nothing against anybody."""
    try:
        Did.parse(value.get("id"))
    except MalformedValueError:
        return False
    return True
