"""Identifiers of issuers and learners (DIDs, https URLs): their syntax, what they resolve to, and the keys found there.

Spec: https://www.w3.org/TR/did-core/
"""

from vc.did import web
from vc.did.controller import ControllerDocument
from vc.did.jwk import jwk_did
from vc.did.key import key_did
from vc.did.methods import VerificationMethod
from vc.did.publishing import DidKey, DidService, did_document, key_document
from vc.did.resolution import place_of, resolve
from vc.did.retrieval import embedded_method, retrieve
from vc.did.syntax import Did, KeyUrl, parse_key_url

__all__ = [
    "ControllerDocument",
    "Did",
    "DidKey",
    "DidService",
    "KeyUrl",
    "VerificationMethod",
    "did_document",
    "embedded_method",
    "jwk_did",
    "key_did",
    "key_document",
    "parse_key_url",
    "place_of",
    "resolve",
    "retrieve",
    "web",
]
