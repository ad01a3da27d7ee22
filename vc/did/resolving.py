"""DID resolution and DID URL dereferencing as an HTTP answer: a value, for a route to send.

Two dialects share one address and are told apart by what the client accepts: the one of DID Resolution
(``application/did-resolution``, ``application/did-url-dereferencing``) and the older one of the did:key method
(``application/ld+json;profile="https://w3id.org/did-resolution"``), whose errors are plain words and whose
``didDocument`` is always an object. A client may also ask for the bare document or key (``application/did+json``).

How a route uses it::

    try:
        answer = answer_for(identifier, accept=accept, options=query, evidence=evidence, policy=policy)
    except MissingEvidence as missing:
        ...  # fetch missing.url (missing.wanted says what it is) into the evidence, and ask again
    return Response(status=answer.status, media_type=answer.media_type, body=serialize(answer.body))

``identifier`` is the rest of the path, percent-decoded once; ``options`` are the query's parameters.

Spec: https://www.w3.org/TR/did-resolution/, https://w3c-ccg.github.io/did-key-spec/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from vc.did import key
from vc.did.controller import ControllerDocument
from vc.did.methods import absolute, public_key_of
from vc.did.resolution import GENERATED, document_of, place_of
from vc.did.syntax import Did
from vc.document import JsonObject, JsonValue, listed
from vc.evidence import Evidence
from vc.multibase import decode_multibase
from vc.policy import Policy
from vc.problems import (
    BudgetExceeded,
    CryptographicSecurityError,
    EvidenceUnavailable,
    InvalidVerificationMethodError,
    MalformedValueError,
    ProblemError,
    Unsupported,
)

RESOLUTION: Final = "application/did-resolution"
DEREFERENCING: Final = "application/did-url-dereferencing"
LEGACY: Final = 'application/ld+json;profile="https://w3id.org/did-resolution"'
_BARE: Final = frozenset(
    {"application/did", "application/did+json", "application/did+ld+json", "application/json", "application/ld+json"}
)
_NAMESPACE: Final = "https://www.w3.org/ns/did#"
_URL_PARTS: Final = re.compile("[/?#]")
_URL_REST: Final = re.compile(
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*)?"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})+)?"
)
_EXPERIMENTAL: Final = frozenset(
    {
        "Ed25519VerificationKey2018",
        "X25519KeyAgreementKey2019",
        "X25519KeyAgreementKey2020",
        "EcdsaSecp256k1VerificationKey2019",
        "P256Key2021",
        "P384Key2021",
    }
)


class DidError(Enum):
    """What can go wrong: the word of DID Resolution, the word of did:key, and the HTTP status.

    Spec: https://www.w3.org/TR/did-resolution/#errors
    """

    INVALID_DID = ("INVALID_DID", "invalidDid", 400)
    INVALID_DID_URL = ("INVALID_DID_URL", "invalidDidUrl", 400)
    INVALID_PUBLIC_KEY = ("INVALID_PUBLIC_KEY", "invalidPublicKey", 400)
    INVALID_PUBLIC_KEY_LENGTH = ("INVALID_PUBLIC_KEY_LENGTH", "invalidPublicKeyLength", 400)
    INVALID_PUBLIC_KEY_TYPE = ("INVALID_PUBLIC_KEY_TYPE", "invalidPublicKeyType", 400)
    UNSUPPORTED_PUBLIC_KEY_TYPE = ("UNSUPPORTED_PUBLIC_KEY_TYPE", "unsupportedPublicKeyType", 501)
    NOT_FOUND = ("NOT_FOUND", "notFound", 404)
    REPRESENTATION_NOT_SUPPORTED = ("REPRESENTATION_NOT_SUPPORTED", "representationNotSupported", 406)
    DEACTIVATED = ("DEACTIVATED", "deactivated", 410)
    INVALID_DID_DOCUMENT = ("INVALID_DID_DOCUMENT", "invalidDidDocument", 500)
    METHOD_NOT_SUPPORTED = ("METHOD_NOT_SUPPORTED", "methodNotSupported", 501)
    FEATURE_NOT_SUPPORTED = ("FEATURE_NOT_SUPPORTED", "featureNotSupported", 501)

    @property
    def iri(self) -> str:
        """The error's type, as DID Resolution writes it."""
        return _NAMESPACE + self.value[0]

    @property
    def word(self) -> str:
        """The error's name in the older dialect."""
        return self.value[1]

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return self.value[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What came of it: the document (or what a DID URL names in it), or the error."""

    content: JsonObject | None
    error: DidError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer: its status, its ``Content-Type``, and its body as JSON."""

    status: int
    media_type: str
    body: JsonObject


class _DidProblemError(Exception):
    def __init__(self, error: DidError) -> None:
        super().__init__(error.word)
        self.error = error


def answer_for(
    identifier: str, *, accept: str, options: Mapping[str, str], evidence: Evidence, policy: Policy
) -> Answer:
    """The answer to a request for a DID or a DID URL; every error is an answer, too.

    Raises:
        MissingEvidence: a document has not been supplied yet.

    Spec: https://www.w3.org/TR/did-resolution/#bindings-https

    """
    form = _form(accept)
    found = (
        resolved(identifier, options=options, evidence=evidence, policy=policy)
        if form
        else Resolved(content=None, error=DidError.REPRESENTATION_NOT_SUPPORTED)
    )
    is_url = _URL_PARTS.search(identifier) is not None
    if form == RESOLUTION and is_url and found.error is None:
        found = Resolved(content=None, error=DidError.INVALID_DID)
    status = found.error.status if found.error else 200
    if form in _BARE and found.content is not None:
        return Answer(status=status, media_type=form, body=found.content)
    media_type = form if form is not None and form in _WRITERS else RESOLUTION
    return Answer(status=status, media_type=media_type, body=_WRITERS[media_type](found, is_url))


def resolved(identifier: str, *, options: Mapping[str, str], evidence: Evidence, policy: Policy) -> Resolved:
    """What a DID or a DID URL stands for.

    ``options`` that count, for a did:key: ``publicKeyFormat`` (a type of verification method) and
    ``enableExperimentalPublicKeyTypes`` (``true`` or ``false``). No experimental type is implemented.

    Raises:
        MissingEvidence: a document has not been supplied yet.

    Spec: https://www.w3.org/TR/did-resolution/#resolving-algorithm, https://w3c-ccg.github.io/did-key-spec/#create

    """
    try:
        return Resolved(content=_content(identifier, options, evidence, policy), error=None)
    except _DidProblemError as problem:
        return Resolved(content=None, error=problem.error)


def _content(identifier: str, options: Mapping[str, str], evidence: Evidence, policy: Policy) -> JsonObject:
    found = _URL_PARTS.search(identifier)
    text, rest = (identifier[: found.start()], identifier[found.start() :]) if found else (identifier, "")
    try:
        did = Did.parse(text)
    except MalformedValueError:
        raise _DidProblemError(DidError.INVALID_DID) from None
    if not _URL_REST.fullmatch(rest):
        raise _DidProblemError(DidError.INVALID_DID_URL)
    if did.method not in (*GENERATED, "web"):
        raise _DidProblemError(DidError.METHOD_NOT_SUPPORTED)
    document = _of_key(did, options) if did.method == "key" else _of_others(did, evidence, policy)
    if not rest:
        return document
    if not rest.startswith("#"):
        raise _DidProblemError(DidError.FEATURE_NOT_SUPPORTED)
    return _named(document, did.text + rest, did.text)


def _of_key(did: Did, options: Mapping[str, str]) -> JsonObject:
    """The document of a did:key, with its key in the form that is asked for.

    Spec: https://w3c-ccg.github.io/did-key-spec/#document-creation-algorithm
    """
    wanted = options.get("publicKeyFormat", "Multikey")
    if wanted in _EXPERIMENTAL and options.get("enableExperimentalPublicKeyTypes", "false") != "true":
        raise _DidProblemError(DidError.INVALID_PUBLIC_KEY_TYPE)
    if wanted not in key.FORMATS:
        raise _DidProblemError(DidError.UNSUPPORTED_PUBLIC_KEY_TYPE)
    try:
        decode_multibase(did.identifier, encodings="z", max_length=len(did.identifier))
    except MalformedValueError:
        raise _DidProblemError(DidError.INVALID_DID) from None
    try:
        document = key.document(did, key_format=wanted)
        public_key_of(_named(document, f"{did}#{did.identifier}", did.text))
    except InvalidVerificationMethodError:
        raise _DidProblemError(DidError.INVALID_PUBLIC_KEY_TYPE) from None
    except MalformedValueError:
        raise _DidProblemError(DidError.INVALID_PUBLIC_KEY_LENGTH) from None
    except CryptographicSecurityError:
        raise _DidProblemError(DidError.INVALID_PUBLIC_KEY) from None
    except Unsupported:
        raise _DidProblemError(DidError.UNSUPPORTED_PUBLIC_KEY_TYPE) from None
    return document


def _of_others(did: Did, evidence: Evidence, policy: Policy) -> JsonObject:
    """The document of a did:jwk or did:web."""
    try:
        document = document_of(did.text, evidence=evidence, policy=policy)
    except EvidenceUnavailable:
        place = place_of(did.text, policy=policy)
        gone = place is not None and evidence.resources[place].final == 410
        raise _DidProblemError(DidError.DEACTIVATED if gone else DidError.NOT_FOUND) from None
    except Unsupported:
        is_key = did.method in GENERATED
        raise _DidProblemError(DidError.UNSUPPORTED_PUBLIC_KEY_TYPE if is_key else DidError.NOT_FOUND) from None
    except CryptographicSecurityError:
        raise _DidProblemError(DidError.INVALID_PUBLIC_KEY) from None
    except BudgetExceeded:
        raise _DidProblemError(DidError.INVALID_DID_DOCUMENT) from None
    except ProblemError:
        raise _DidProblemError(DidError.INVALID_DID) from None
    try:
        ControllerDocument.parse(document, controller=did.text)
    except ProblemError:
        raise _DidProblemError(DidError.INVALID_DID_DOCUMENT) from None
    return document


def _named(document: JsonObject, name: str, did: str) -> JsonObject:
    """The part of the document that has this name.

    Spec: https://www.w3.org/TR/did-resolution/#dereferencing-algorithm-secondary
    """
    for member in ("verificationMethod", "assertionMethod", "authentication", "keyAgreement", "service"):
        for entry in listed(document.get(member)):
            own = entry.get("id") if isinstance(entry, Mapping) else None
            if isinstance(entry, Mapping) and isinstance(own, str) and absolute(own, did) == name:
                return entry
    raise _DidProblemError(DidError.NOT_FOUND)


def _form(accept: str) -> str | None:
    """The form that a client accepts, the first one that we have; ``None`` if there is none."""
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name == "*/*":
            return RESOLUTION
        if name == "application/ld+json" and 'profile="https://w3id.org/did-resolution"' in parameters:
            return LEGACY
        if name in _BARE or name in _WRITERS:
            return name
    return None


def _written(found: Resolved, is_url: bool) -> JsonObject:  # noqa: ARG001 - one signature for all writers
    """A DID resolution result.

    Spec: https://www.w3.org/TR/did-resolution/#did-resolution-result
    """
    gone: dict[str, JsonValue] = {"deactivated": True} if found.error is DidError.DEACTIVATED else {}
    return {
        "didResolutionMetadata": _metadata(found, RESOLUTION),
        "didDocument": found.content,
        "didDocumentMetadata": gone,
    }


def _dereferenced(found: Resolved, is_url: bool) -> JsonObject:  # noqa: ARG001 - one signature for all writers
    """A DID URL dereferencing result.

    Spec: https://www.w3.org/TR/did-resolution/#did-url-dereferencing-result
    """
    return {
        "dereferencingMetadata": _metadata(found, DEREFERENCING),
        "contentStream": found.content,
        "contentMetadata": {},
    }


def _metadata(found: Resolved, media_type: str) -> JsonObject:
    if found.error in (None, DidError.DEACTIVATED):
        return {"contentType": media_type}
    return {"error": {"type": found.error.iri}}


def _legacy(found: Resolved, is_url: bool) -> JsonObject:
    """A result in the older dialect; a DID URL has metadata of its own name."""
    metadata: JsonObject = {"error": found.error.word} if found.error else {"contentType": LEGACY}
    return {
        "@context": "https://w3id.org/did-resolution/v1",
        "didDocument": found.content or {},
        "didDocumentMetadata": {},
        "didDereferencingMetadata" if is_url else "didResolutionMetadata": metadata,
    }


_WRITERS: Final[Mapping[str, Callable[[Resolved, bool], JsonObject]]] = MappingProxyType(
    {RESOLUTION: _written, DEREFERENCING: _dereferenced, LEGACY: _legacy}
)
