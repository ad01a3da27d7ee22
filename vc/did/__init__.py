"""Decentralized identifiers: their syntax, what did:key and did:web resolve to, and the keys found there.

Spec: https://www.w3.org/TR/did-core/
"""

from vc.did import web
from vc.did.controller import ControllerDocument, VerificationMethod
from vc.did.key import key_did
from vc.did.publishing import DidKey, did_document
from vc.did.resolution import resolve
from vc.did.syntax import Did, DidUrl, parse_did_url

__all__ = [
    "ControllerDocument",
    "Did",
    "DidKey",
    "DidUrl",
    "VerificationMethod",
    "did_document",
    "key_did",
    "parse_did_url",
    "resolve",
    "web",
]
