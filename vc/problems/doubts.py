"""What is true and has to be known (*caution*), and what could not be checked (*indeterminate*)."""

from __future__ import annotations

from vc.problems.shape import PROBLEMS, STATUS_LIST, ProblemError


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
