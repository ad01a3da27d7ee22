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
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final, NewType, Self

from vc.wanted import Wanted

Url = NewType("Url", str)

VCDM: Final = "https://www.w3.org/TR/vc-data-model#"
SECURITY: Final = "https://w3id.org/security#"
STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status-list#"
PROBLEMS: Final = "https://satchel.example/problems#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem as RFC 9457 describes one; ``pointer`` is a JSON Pointer into the document that was checked.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#problem-details
    """

    type: str
    title: str
    detail: str
    pointer: str | None = None

    def to_json(self) -> dict[str, str]:
        """The members of a problem object; ``pointer`` only where there is one."""
        members = {"type": self.type, "title": self.title, "detail": self.detail}
        return members if self.pointer is None else members | {"pointer": self.pointer}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Self:
        """The problem that ``to_json`` wrote."""
        return cls(type=value["type"], title=value["title"], detail=value["detail"], pointer=value.get("pointer"))


class ProblemError(Exception):
    """What a document, not a programmer, can cause."""

    type: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer

    @property
    def problem(self) -> Problem:
        """The same as data."""
        return Problem(type=self.type, title=self.title, detail=self.detail, pointer=self.pointer)


class MissingEvidence(Exception):  # noqa: N818 - nobody is at fault
    """A check needs a resource that the caller has not supplied (yet); ``wanted`` says what is expected there."""

    def __init__(self, url: Url, wanted: Wanted | None = None) -> None:
        super().__init__(url)
        self.url = url
        self.wanted = wanted


class EvidenceUnavailable(Exception):  # noqa: N818 - nobody in the document is at fault
    """A resource was asked for, and asking failed: the reason and when."""

    def __init__(self, url: Url, reason: str, since: datetime) -> None:
        super().__init__(f"{url} could not be had: {reason}.")
        self.url = url
        self.reason = reason
        self.since = since

    @property
    def problem(self) -> Problem:
        """The same as data."""
        return Problem(
            type=PROBLEMS + "evidence-unavailable",
            title="Evidence could not be had",
            detail=f"{self.url} could not be had at {self.since.isoformat()}: {self.reason}.",
        )


class ParsingError(ProblemError):
    """The bytes are not one strict JSON object."""

    type = VCDM + "PARSING_ERROR"
    title = "Not readable as strict JSON"


class MalformedValueError(ProblemError):
    """A member of the document has the wrong form."""

    type = VCDM + "MALFORMED_VALUE_ERROR"
    title = "Malformed value"


class MalformedDateError(MalformedValueError):
    """A date is not a date with a time and a zone, or two dates contradict each other."""

    type = PROBLEMS + "malformed-date"
    title = "Malformed date"


class RangeError(ProblemError):
    """A number lies outside what is allowed."""

    type = VCDM + "RANGE_ERROR"
    title = "Out of range"


class CryptographicSecurityError(ProblemError):
    """A key or a parameter that must not be used."""

    type = VCDM + "CRYPTOGRAPHIC_SECURITY_ERROR"
    title = "Unsafe key or parameter"


class UnsecuredError(ProblemError):
    """The document carries no proof."""

    type = PROBLEMS + "unsecured"
    title = "No proof"


class TooManyProofsError(ProblemError):
    """The document carries more proofs than the policy looks at."""

    type = PROBLEMS + "too-many-proofs"
    title = "Too many proofs"


class ProofGenerationError(ProblemError):
    """A proof could not be made for this document."""

    type = SECURITY + "PROOF_GENERATION_ERROR"
    title = "The proof could not be made"


class ProofVerificationError(ProblemError):
    """The proof does not belong to this document and this key."""

    type = SECURITY + "PROOF_VERIFICATION_ERROR"
    title = "The proof does not verify"


class ProofExpiredError(ProofVerificationError):
    """The proof says itself that it is no longer to be used."""

    type = PROBLEMS + "proof-expired"
    title = "The proof has expired"


class ClaimMismatchError(ProofVerificationError):
    """The token claims something else than the document in it says."""

    type = PROBLEMS + "claim-mismatch"
    title = "The token contradicts what is in it"


class ProofTransformationError(ProblemError):
    """The proof cannot be computed over this document."""

    type = SECURITY + "PROOF_TRANSFORMATION_ERROR"
    title = "The proof cannot be computed"


class DataLossError(ProblemError):
    """A part of the document would not be covered by the signature."""

    type = SECURITY + "DATA_LOSS_DETECTION_ERROR"
    title = "Content outside the signature"


class InvalidDomainError(ProblemError):
    """The presentation was made for another verifier."""

    type = SECURITY + "INVALID_DOMAIN_ERROR"
    title = "Made for somebody else"


class InvalidChallengeError(ProblemError):
    """The presentation answers another request."""

    type = SECURITY + "INVALID_CHALLENGE_ERROR"
    title = "Answers another request"


class IssuerMismatchError(ProblemError):
    """No proof was made with a key of the party that the document names."""

    type = PROBLEMS + "issuer-mismatch"
    title = "Signed by somebody else"


class HostedElsewhereError(IssuerMismatchError):
    """The badge lies at an address where its issuer keeps no badges."""

    type = PROBLEMS + "hosted-elsewhere"
    title = "Not at its issuer's address"


class HostedCopyError(ProofVerificationError):
    """The copy at the badge's own address says something else."""

    type = PROBLEMS + "hosted-copy"
    title = "Not what its issuer publishes"


class InvalidVerificationMethodError(ProblemError):
    """The key is not one that the controller's document lists."""

    type = SECURITY + "INVALID_VERIFICATION_METHOD"
    title = "The key is not the controller's"


class InvalidVerificationMethodUrlError(InvalidVerificationMethodError):
    """The key's name is not a DID URL with a fragment."""

    type = SECURITY + "INVALID_VERIFICATION_METHOD_URL"
    title = "The key's name is malformed"


class InvalidControllerDocumentError(ProblemError):
    """The document that should list the keys is malformed."""

    type = SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
    title = "The list of keys is malformed"


class InvalidControllerDocumentIdError(InvalidControllerDocumentError):
    """The document that should list the keys belongs to somebody else."""

    type = SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"
    title = "The list of keys belongs to somebody else"


class InvalidRelationshipError(ProblemError):
    """The key is listed, for another purpose."""

    type = SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
    title = "The key is not meant for this purpose"


class KeyRevokedError(ProblemError):
    """The key had been revoked when the proof was made."""

    type = PROBLEMS + "key-revoked"
    title = "The key had been revoked"


class KeyExpiredError(ProblemError):
    """The key had expired when the proof was made."""

    type = PROBLEMS + "key-expired"
    title = "The key had expired"


class SchemaViolationError(ProblemError):
    """The document does not follow the rules of its type."""

    type = PROBLEMS + "schema-violation"
    title = "The rules of this type are broken"


class KindError(ProblemError):
    """The document is not of one kind that can be checked."""

    type = PROBLEMS + "kind"
    title = "Not a credential"


class RevokedError(ProblemError):
    """The issuer has withdrawn the credential."""

    type = PROBLEMS + "revoked"
    title = "Withdrawn by its issuer"


class ChildNotGenuineError(ProblemError):
    """A contained credential is not genuine."""

    type = PROBLEMS + "child-not-genuine"
    title = "A contained credential is not genuine"


class Caution(ProblemError):  # noqa: N818 - a caution is not an error
    """True, and a reader has to know."""


class ExpiredCaution(Caution):
    """The credential's end date has passed."""

    type = PROBLEMS + "expired"
    title = "Expired"


class NotYetValidCaution(Caution):
    """The credential's first day has not come."""

    type = PROBLEMS + "not-yet-valid"
    title = "Not yet valid"


class SuspendedCaution(Caution):
    """The issuer has suspended the credential for now."""

    type = PROBLEMS + "suspended"
    title = "Suspended for now"


class StatusMessageCaution(Caution):
    """The issuer has published a message about the credential."""

    type = PROBLEMS + "status-message"
    title = "A message from the issuer"


class UnsignedListCaution(Caution):
    """The list of withdrawals is signed by nobody, and not at the issuer's own address."""

    type = PROBLEMS + "unsigned-list"
    title = "The list of withdrawals is not signed"


class NewerVersionCaution(Caution):
    """The issuer gives out a newer version of the credential."""

    type = PROBLEMS + "newer-version"
    title = "There is a newer version"


class ClaimAbsentCaution(Caution):
    """The token leaves out a claim that its profile asks for."""

    type = PROBLEMS + "claim-absent"
    title = "The token leaves something out"


class ChildCaution(Caution):
    """A contained credential is withdrawn, expired or suspended."""

    type = PROBLEMS + "child-caution"
    title = "A contained credential needs attention"


class UnrecognisedIssuerCaution(Caution):
    """The issuer is on no list that the policy uses."""

    type = PROBLEMS + "unrecognised-issuer"
    title = "On no list that you use"


class HolderNotBoundCaution(Caution):
    """Nothing shows that the person who presents it is the person it is about."""

    type = PROBLEMS + "holder-not-bound"
    title = "Not bound to this person"


class Indeterminate(ProblemError):  # noqa: N818 - could not be checked is not an error
    """Could not be checked."""


class BaseProofShown(Indeterminate):
    """What was handed in is the holder's own original, not a selection made from it."""

    type = PROBLEMS + "base-proof-shown"
    title = "The holder's original, not made to be shown"


class Unsupported(Indeterminate):
    """The document uses something that we do not implement."""

    type = PROBLEMS + "unsupported"
    title = "Not supported"


class UncarriedSchema(Unsupported):
    """The document names a schema that we do not carry."""


class BudgetExceeded(Indeterminate):
    """The document is too large or too tangled to be checked."""

    type = PROBLEMS + "budget-exceeded"
    title = "Too large or too complex"


class NotReached(Indeterminate):
    """A check before this one left nothing to check."""

    type = PROBLEMS + "not-reached"
    title = "Not reached"


class NoKeysPublished(Indeterminate):
    """What lies at an address is no list of keys and no key, so nothing ties the signature to the issuer."""

    type = PROBLEMS + "no-keys-published"
    title = "No keys are published there"


class ChildIndeterminate(Indeterminate):
    """A contained credential could not be checked."""

    type = PROBLEMS + "child-indeterminate"
    title = "A contained credential could not be checked"


class StaleEvidenceError(Indeterminate):
    """The evidence is older than the policy allows."""

    type = PROBLEMS + "stale-evidence"
    title = "The evidence is too old"


class StatusRetrievalError(Indeterminate):
    """The status list could not be had."""

    type = STATUS_LIST + "STATUS_RETRIEVAL_ERROR"
    title = "The status list could not be had"


class StatusVerificationError(Indeterminate):
    """The status list cannot be relied on."""

    type = STATUS_LIST + "STATUS_VERIFICATION_ERROR"
    title = "The status list cannot be relied on"


class StatusListLengthError(Indeterminate):
    """The status list is shorter than the specification allows."""

    type = STATUS_LIST + "STATUS_LIST_LENGTH_ERROR"
    title = "The status list is too short"


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
