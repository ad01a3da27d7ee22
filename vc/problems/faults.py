"""What is wrong with a document: each of these gives the outcome *failed*."""

from __future__ import annotations

from vc.problems.shape import PROBLEMS, SECURITY, VCDM, ProblemError


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
