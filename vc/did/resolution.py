"""From a DID to the document that lists its keys, out of the evidence; never out of the network."""

from __future__ import annotations

from vc.did import key, web
from vc.did.controller import ControllerDocument
from vc.did.syntax import Did
from vc.document import DID_DOCUMENT_LIMITS, JsonObject, parse
from vc.evidence import Evidence
from vc.policy import Policy
from vc.problems import EvidenceUnavailable, MalformedValueError, ParsingError, Unsupported


def resolve(did: Did, *, evidence: Evidence, policy: Policy) -> ControllerDocument:
    """The controller document of a did:key or did:web.

    Raises:
        MissingEvidence: the did:web's document has not been supplied.
        EvidenceUnavailable: it could not be had, or what came back is not JSON.
        Unsupported: another method.
        ProblemError: the document is malformed or belongs to another DID.

    Spec: https://www.w3.org/TR/did-core/#did-resolution

    """
    if did.method == "key":
        return ControllerDocument.parse(key.document(did), did=did)
    if did.method != "web":
        raise Unsupported(f"Identifiers of the method did:{did.method} are not supported.")
    place = web.url(did, loopback=policy.loopback)
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
    return ControllerDocument.parse(found.value, did=did)


def is_about_a_did(value: JsonObject) -> bool:
    """Whether this is some DID's document at all; a notice of maintenance proves nothing against anybody."""
    try:
        Did.parse(value.get("id"))
    except MalformedValueError:
        return False
    return True
