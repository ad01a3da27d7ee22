"""The core: what a credential says, who signed it, and what it is worth.

Arguments in, values out. Nothing here reads a clock, rolls a die, opens a socket or knows a framework; a verdict is a
pure function of a document, the evidence, a policy and a time. What a document does wrong is a ``ProblemError``; what
the caller does wrong is a ``ValueError``.
"""

from vc.checks import Check, CheckName, DocumentKind, Outcome, Recognition, Report, Verdict
from vc.credential import DataModel, VerifiableCredential, data_model
from vc.disclosure import completed, required_pointers
from vc.document import Document, JsonObject, JsonValue, Limits, at, parse, pointer, serialize
from vc.evidence import Evidence, Resource
from vc.jose import JwtForm, sign_credential, sign_presentation
from vc.keys import (
    Ed25519Signer,
    P256Signer,
    P384Signer,
    P521Signer,
    PublicKey,
    RsaSigner,
    Signer,
    parse_jwk,
    parse_multikey,
    self_test,
)
from vc.openbadges import AchievementCredential, ClrCredential, EndorsementCredential
from vc.openbadges2 import OpenBadge2
from vc.policy import RECOMMENDED, Policy, RecognisedIssuer
from vc.presentation import VerifiablePresentation
from vc.problems import EvidenceUnavailable, MissingEvidence, Problem, ProblemError, Url
from vc.proof import add_proof, verify_proof
from vc.proof.sd import create_base_proof, derive_proof, is_base_proof, reveal_all
from vc.record import Record, replay
from vc.securing import open_document
from vc.status import StatusListEntry, build_status_list
from vc.verification import verify
from vc.verified import VerifiedCredential

__all__ = [
    "RECOMMENDED",
    "AchievementCredential",
    "Check",
    "CheckName",
    "ClrCredential",
    "DataModel",
    "Document",
    "DocumentKind",
    "Ed25519Signer",
    "EndorsementCredential",
    "Evidence",
    "EvidenceUnavailable",
    "JsonObject",
    "JsonValue",
    "JwtForm",
    "Limits",
    "MissingEvidence",
    "OpenBadge2",
    "Outcome",
    "P256Signer",
    "P384Signer",
    "P521Signer",
    "Policy",
    "Problem",
    "ProblemError",
    "PublicKey",
    "RecognisedIssuer",
    "Recognition",
    "Record",
    "Report",
    "Resource",
    "RsaSigner",
    "Signer",
    "StatusListEntry",
    "Url",
    "Verdict",
    "VerifiableCredential",
    "VerifiablePresentation",
    "VerifiedCredential",
    "add_proof",
    "at",
    "build_status_list",
    "completed",
    "create_base_proof",
    "data_model",
    "derive_proof",
    "is_base_proof",
    "open_document",
    "parse",
    "parse_jwk",
    "parse_multikey",
    "pointer",
    "replay",
    "required_pointers",
    "reveal_all",
    "self_test",
    "serialize",
    "sign_credential",
    "sign_presentation",
    "verify",
    "verify_proof",
]
