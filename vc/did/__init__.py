"""Decentralized identifiers: their syntax, what did:key and did:web resolve to, and the keys found there.

Spec: https://www.w3.org/TR/did-core/
"""

from vc.did import web
from vc.did.controller import ControllerDocument, VerificationMethod
from vc.did.key import key_did
from vc.did.publishing import DidKey, did_document
from vc.did.resolution import place_of, resolve
from vc.did.syntax import Did, KeyUrl, parse_key_url

__all__ = [
    "ControllerDocument",
    "Did",
    "DidKey",
    "KeyUrl",
    "VerificationMethod",
    "did_document",
    "key_did",
    "parse_key_url",
    "place_of",
    "resolve",
    "web",
]
