"""Every problem that the core can find, as one tree.

::

    Exception
    ├── MissingEvidence                     nobody is at fault, yet: a resource has not been supplied
    ├── EvidenceUnavailable                 a resource was asked for and could not be had
    └── ProblemError                        the document is at fault
        ├── ParsingError                    the bytes are not strict JSON
        ├── MalformedValueError             a member has the wrong form
        │   └── MalformedDateError          a date that is none, or two that contradict each other
        ├── RangeError                      a number or an index lies outside what is allowed
        ├── CryptographicSecurityError      a key that must not be used
        ├── UnsecuredError                  there is no proof at all
        ├── TooManyProofsError              more proofs than anybody honest needs
        ├── ProofGenerationError            we could not make a proof
        ├── ProofVerificationError          the proof does not verify
        │   ├── HostedCopyError             the copy at the badge's own address says something else
        │   ├── ProofExpiredError           the proof itself was only to be used until a date that has passed
        │   └── ClaimMismatchError          a token claims something else than the document in it says
        ├── ProofTransformationError        the proof cannot be computed over this document
        ├── DataLossError                   a part of the document would not be covered by the signature
        ├── InvalidDomainError              the presentation was made for somebody else
        ├── InvalidChallengeError           the presentation answers another question
        ├── IssuerMismatchError             no proof was made with a key of the issuer
        │   └── HostedElsewhereError        a badge lies where its issuer keeps none
        ├── InvalidVerificationMethodError  the key is not in the controller's document
        │   └── InvalidVerificationMethodUrlError
        ├── InvalidControllerDocumentError  the controller's document is not one
        │   └── InvalidControllerDocumentIdError
        ├── InvalidRelationshipError        the key is not meant for this purpose
        ├── KeyRevokedError                 the key had been revoked when it was used
        ├── KeyExpiredError                 the key had expired when it was used
        ├── SchemaViolationError            the document does not follow the rules of its type
        ├── KindError                       the document is not what it says it is
        ├── RevokedError                    the issuer has withdrawn the credential
        ├── ChildNotGenuineError            a contained credential is not genuine
        ├── Caution                         true, and a reader has to know: never a failure
        │   ├── ExpiredCaution, NotYetValidCaution, SuspendedCaution, StatusMessageCaution, UnsignedListCaution
        │   ├── NewerVersionCaution         the issuer gives out a newer version
        │   ├── ClaimAbsentCaution          a token leaves out a claim that its profile asks for
        │   ├── ChildCaution                a contained credential is withdrawn, expired, …
        │   ├── UnrecognisedIssuerCaution   (only when the policy asks for recognition)
        │   └── HolderNotBoundCaution       (only when the policy asks for holder binding)
        └── Indeterminate                   could not be checked: never valid, never forged
            ├── Unsupported                 a context, suite, type or method that we do not implement
            ├── BudgetExceeded              too large or too tangled to be worth the time
            ├── NotReached                  a check before this one left nothing to check
            ├── NoKeysPublished             nothing at the issuer's address ties a key to the issuer
            ├── ChildIndeterminate          a contained credential could not be checked
            ├── StaleEvidenceError          the evidence is older than the policy allows
            ├── StatusRetrievalError        the status list could not be had
            ├── StatusVerificationError     the status list cannot be relied on
            └── StatusListLengthError       the status list is too short to hide anybody in

A class under ``Indeterminate`` gives the outcome *indeterminate*, one under ``Caution`` gives *caution*, every other
``ProblemError`` gives *failed*.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#problem-details
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vc.problems.doubts import (
    BaseProofShown,
    BudgetExceeded,
    Caution,
    ChildCaution,
    ChildIndeterminate,
    ClaimAbsentCaution,
    ExpiredCaution,
    HolderNotBoundCaution,
    Indeterminate,
    NewerVersionCaution,
    NoKeysPublished,
    NotReached,
    NotYetValidCaution,
    StaleEvidenceError,
    StatusListLengthError,
    StatusMessageCaution,
    StatusRetrievalError,
    StatusVerificationError,
    SuspendedCaution,
    UncarriedSchema,
    UnrecognisedIssuerCaution,
    UnsignedListCaution,
    Unsupported,
)
from vc.problems.faults import (
    ChildNotGenuineError,
    ClaimMismatchError,
    CryptographicSecurityError,
    DataLossError,
    HostedCopyError,
    HostedElsewhereError,
    InvalidChallengeError,
    InvalidControllerDocumentError,
    InvalidControllerDocumentIdError,
    InvalidDomainError,
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodUrlError,
    IssuerMismatchError,
    KeyExpiredError,
    KeyRevokedError,
    KindError,
    MalformedDateError,
    MalformedValueError,
    ParsingError,
    ProofExpiredError,
    ProofGenerationError,
    ProofTransformationError,
    ProofVerificationError,
    RangeError,
    RevokedError,
    SchemaViolationError,
    TooManyProofsError,
    UnsecuredError,
)
from vc.problems.shape import (
    PROBLEMS,
    SECURITY,
    STATUS_LIST,
    VCDM,
    EvidenceUnavailable,
    MissingEvidence,
    Problem,
    ProblemError,
    Url,
)

__all__ = [
    "ALL_PROBLEMS",
    "PROBLEMS",
    "SECURITY",
    "STATUS_LIST",
    "VCDM",
    "BaseProofShown",
    "BudgetExceeded",
    "Caution",
    "ChildCaution",
    "ChildIndeterminate",
    "ChildNotGenuineError",
    "ClaimAbsentCaution",
    "ClaimMismatchError",
    "CryptographicSecurityError",
    "DataLossError",
    "EvidenceUnavailable",
    "ExpiredCaution",
    "HolderNotBoundCaution",
    "HostedCopyError",
    "HostedElsewhereError",
    "Indeterminate",
    "InvalidChallengeError",
    "InvalidControllerDocumentError",
    "InvalidControllerDocumentIdError",
    "InvalidDomainError",
    "InvalidRelationshipError",
    "InvalidVerificationMethodError",
    "InvalidVerificationMethodUrlError",
    "IssuerMismatchError",
    "KeyExpiredError",
    "KeyRevokedError",
    "KindError",
    "MalformedDateError",
    "MalformedValueError",
    "MissingEvidence",
    "NewerVersionCaution",
    "NoKeysPublished",
    "NotReached",
    "NotYetValidCaution",
    "ParsingError",
    "Problem",
    "ProblemError",
    "ProofExpiredError",
    "ProofGenerationError",
    "ProofTransformationError",
    "ProofVerificationError",
    "RangeError",
    "RevokedError",
    "SchemaViolationError",
    "StaleEvidenceError",
    "StatusListLengthError",
    "StatusMessageCaution",
    "StatusRetrievalError",
    "StatusVerificationError",
    "SuspendedCaution",
    "TooManyProofsError",
    "UncarriedSchema",
    "UnrecognisedIssuerCaution",
    "UnsecuredError",
    "UnsignedListCaution",
    "Unsupported",
    "Url",
]


def _leaves(parent: type[ProblemError]) -> list[type[ProblemError]]:
    found = [parent] if "type" in vars(parent) else []
    for child in parent.__subclasses__():
        found.extend(_leaves(child))
    return found


ALL_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {problem.type: problem.title for problem in _leaves(ProblemError)}
    | {PROBLEMS + "evidence-unavailable": "Evidence could not be had", PROBLEMS + "missing-evidence": "Not asked yet"}
)
"""Every problem type with its title; each has one sentence for people in every language we ship."""
