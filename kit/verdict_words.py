"""The sentences of a verdict: one for every problem type, for every check, for every reason. Words only, no decisions.

A sentence says what was found, not who is to blame; *withdrawn* is never *forged*, and *unknown* is never suspicious.
A test counts the sentences against `vc.problems.ALL_PROBLEMS`, in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _
from vc.checks import CheckName, Outcome
from vc.problems import PROBLEMS, SECURITY, STATUS_LIST, VCDM

PROBLEM_SENTENCES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        VCDM + "PARSING_ERROR": _("This cannot be read as a credential: the text is damaged or incomplete."),
        VCDM + "MALFORMED_VALUE_ERROR": _("A part of it is not written the way credentials are written."),
        PROBLEMS + "malformed-date": _("A date in it is not a real date, or it ends before it starts."),
        VCDM + "RANGE_ERROR": _("A number in it is outside what is possible."),
        VCDM + "CRYPTOGRAPHIC_SECURITY_ERROR": _("Its key is of a kind that anybody could forge."),
        PROBLEMS + "unsecured": _("Nobody has signed it."),
        PROBLEMS + "too-many-proofs": _("It carries more signatures than are looked at."),
        SECURITY + "PROOF_GENERATION_ERROR": _("It could not be signed."),
        SECURITY + "PROOF_VERIFICATION_ERROR": _(
            "The signature does not fit: something was changed after signing, or somebody else signed it."
        ),
        PROBLEMS + "proof-expired": _("The signature was only to be used until a day that has passed."),
        PROBLEMS + "claim-mismatch": _("What was signed contradicts itself: two parts of it say different things."),
        SECURITY + "PROOF_TRANSFORMATION_ERROR": _("What was signed cannot be worked out from it."),
        SECURITY + "DATA_LOSS_DETECTION_ERROR": _(
            "It holds words that no signature covers: anybody may have added them."
        ),
        SECURITY + "INVALID_DOMAIN_ERROR": _("It was made to be shown to somebody else."),
        SECURITY + "INVALID_CHALLENGE_ERROR": _("It answers another request than the one made now: it may be a copy."),
        PROBLEMS + "issuer-mismatch": _("It names one signer, and another one signed it."),
        PROBLEMS + "hosted-elsewhere": _("It lies at an address where its issuer keeps no badges."),
        PROBLEMS + "hosted-copy": _("The copy at its issuer's own address says something else: this one was changed."),
        SECURITY + "INVALID_VERIFICATION_METHOD": _("The key that signed it is not one of the issuer's keys."),
        SECURITY + "INVALID_VERIFICATION_METHOD_URL": _("The name of the key that signed it makes no sense."),
        SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT": _(
            "What the issuer publishes about its keys cannot be used."
        ),
        SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID": _(
            "The list of keys found at the issuer's address belongs to somebody else."
        ),
        SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD": _(
            "The issuer has the key that signed it, but not for signing credentials."
        ),
        PROBLEMS + "key-revoked": _("It was signed with a key that the issuer had already given up."),
        PROBLEMS + "key-expired": _("It was signed with a key whose time was over."),
        PROBLEMS + "schema-violation": _("It does not keep to the rules for its kind of credential."),
        PROBLEMS + "kind": _("This is not a credential, or not one of a kind that is checked here."),
        PROBLEMS + "revoked": _("Its issuer has withdrawn it."),
        PROBLEMS + "child-not-genuine": _("A credential inside it is not genuine."),
        PROBLEMS + "expired": _("Its time is over. It was genuine when it was issued."),
        PROBLEMS + "not-yet-valid": _("Its time has not begun."),
        PROBLEMS + "suspended": _("Its issuer has paused it for now; that can be lifted."),
        PROBLEMS + "status-message": _("Its issuer has a message about it."),
        PROBLEMS + "unsigned-list": _(
            "It is on no list of withdrawals, but nobody signed that list, and it is not at the issuer's own address."
        ),
        PROBLEMS + "newer-version": _("Its issuer gives out a newer version: ask for that one."),
        PROBLEMS + "claim-absent": _("Its signed wrapping leaves out something that it should repeat."),
        PROBLEMS + "child-caution": _("A credential inside it needs your attention."),
        PROBLEMS + "unrecognised-issuer": _("Whoever signed it is on no list that you use."),
        PROBLEMS + "holder-not-bound": _("Nothing shows that it belongs to the person who handed it in."),
        PROBLEMS + "base-proof-shown": _(
            "This is the original, which only its holder should keep. Ask for a selection that was made from it."
        ),
        PROBLEMS + "unsupported": _("It uses something that is not supported here, so there is no answer."),
        PROBLEMS + "budget-exceeded": _("It is too large or too tangled to be checked here."),
        PROBLEMS + "not-reached": _("An earlier question has to be answered first."),
        PROBLEMS + "no-keys-published": _(
            "The issuer's address lists no keys, so nothing ties the signature to the issuer."
        ),
        PROBLEMS + "child-indeterminate": _("A credential inside it could not be checked."),
        PROBLEMS + "stale-evidence": _("The issuer's list at hand is too old to rely on."),
        STATUS_LIST + "STATUS_RETRIEVAL_ERROR": _("The issuer's list of withdrawals could not be fetched."),
        STATUS_LIST + "STATUS_VERIFICATION_ERROR": _("The list of withdrawals is not one that can be relied on."),
        STATUS_LIST + "STATUS_LIST_LENGTH_ERROR": _("The list of withdrawals is too short to keep learners private."),
        PROBLEMS + "evidence-unavailable": _("Something that is needed for the answer could not be fetched."),
        PROBLEMS + "missing-evidence": _("Something that is needed for the answer has not been asked for yet."),
    }
)
"""Problem type → its one sentence for people."""

UNKNOWN_PROBLEM: Final = _("Something about it is not as it should be.")

CHECK_TITLES: Final[Mapping[CheckName, Message]] = MappingProxyType(
    {
        CheckName.PARSE: _("Can it be read?"),
        CheckName.KIND: _("What is it?"),
        CheckName.CONTEXTS: _("Does the signature cover every word?"),
        CheckName.SCHEMA: _("Does it keep to the rules of its kind?"),
        CheckName.PROOF_POLICY: _("Is it signed in a way that counts?"),
        CheckName.ISSUER_KEY: _("Is the key the issuer's?"),
        CheckName.SIGNATURE: _("Does the signature fit?"),
        CheckName.VALIDITY: _("Is it in its time?"),
        CheckName.REFRESH: _("Is there a newer version?"),
        CheckName.STATUS: _("Does the issuer still stand by it?"),
        CheckName.RECOGNITION: _("Is the issuer on your list?"),
        CheckName.HOLDER_BINDING: _("Does it belong to who shows it?"),
        CheckName.CREDENTIAL: _("Is what it contains in order?"),
    }
)

CHECK_HOW: Final[Mapping[CheckName, Message]] = MappingProxyType(
    {
        CheckName.PARSE: _("The text was read strictly: no damaged part, nothing said twice, nothing endless."),
        CheckName.KIND: _("The kind that it names was compared with the kinds that are checked here."),
        CheckName.CONTEXTS: _(
            "Every word in it was traced to the vocabulary it names. A word outside the vocabulary would escape the "
            "signature, so a single one is enough to fail."
        ),
        CheckName.SCHEMA: _("It was compared, part by part, with the published rules for its kind."),
        CheckName.PROOF_POLICY: _(
            "Who signed, for what purpose, by which method and on what day was read off the signature itself."
        ),
        CheckName.ISSUER_KEY: _(
            "The issuer's list of keys was fetched from the issuer's own address, and the key was looked up in it."
        ),
        CheckName.SIGNATURE: _(
            "The signature was computed anew from every word. Change one letter and it no longer fits."
        ),
        CheckName.VALIDITY: _("Its first and last day were compared with the moment of this check."),
        CheckName.REFRESH: _(
            "The address that the issuer gives for newer versions was asked, if whoever checks wants that: asking "
            "tells the issuer that somebody is looking."
        ),
        CheckName.STATUS: _(
            "The issuer publishes one long signed list for many credentials. The whole list was fetched, so the issuer "
            "does not learn which one you looked up."
        ),
        CheckName.RECOGNITION: _(
            "The issuer's identifier, not its name, was compared with the lists that you use. Names can be copied."
        ),
        CheckName.HOLDER_BINDING: _(
            "Whoever shared it was asked to sign a fresh question with the key that the credentials are made out to."
        ),
        CheckName.CREDENTIAL: _("It was put through every one of these checks by itself."),
    }
)

CHECK_PASSED: Final[Mapping[CheckName, Message]] = MappingProxyType(
    {
        CheckName.PARSE: _("It is complete and readable."),
        CheckName.KIND: _("It is of a kind that is checked here."),
        CheckName.CONTEXTS: _("The signature covers every word in it."),
        CheckName.SCHEMA: _("It keeps to the rules of its kind."),
        CheckName.PROOF_POLICY: _("It carries a signature of an accepted kind, made for this purpose."),
        CheckName.ISSUER_KEY: _("The key is on the issuer's own list of keys, for signing credentials."),
        CheckName.SIGNATURE: _("Nothing has been changed since it was signed."),
        CheckName.VALIDITY: _("It holds on the day of this check."),
        CheckName.REFRESH: _("This is the newest version that the issuer gives out."),
        CheckName.STATUS: _("It is neither withdrawn nor paused."),
        CheckName.RECOGNITION: _("The issuer is on a list that you use."),
        CheckName.HOLDER_BINDING: _("Whoever shared it holds the key that it is made out to."),
        CheckName.CREDENTIAL: _("It is genuine and current."),
    }
)

HOSTED_PASSED: Final[Mapping[CheckName, Message]] = MappingProxyType(
    {
        CheckName.CONTEXTS: _("It is written in the words of Open Badges 2.0."),
        CheckName.PROOF_POLICY: _("It lies at an address where its issuer keeps its badges."),
        CheckName.ISSUER_KEY: _("Its issuer was found at the issuer's own address."),
        CheckName.SIGNATURE: _("It says the same as the copy at its issuer's own address. Nobody signed it."),
    }
)
"""What the checks of an older badge came to that nobody signed: what counts is the copy that its issuer keeps."""

CHECK_DOES_NOT_APPLY: Final[Mapping[CheckName, Message]] = MappingProxyType(
    {
        CheckName.REFRESH: _("Nobody asked its issuer for a newer version."),
        CheckName.STATUS: _("Its issuer publishes no list of withdrawals for it."),
        CheckName.RECOGNITION: _("The issuer is on no list that you use. That says nothing against it."),
        CheckName.HOLDER_BINDING: _("Nobody was asked. A file shows nothing about who hands it in."),
    }
)

OUTCOME_WORDS: Final[Mapping[Outcome, Message]] = MappingProxyType(
    {
        Outcome.PASSED: _("Passed"),
        Outcome.CAUTION: _("Take note"),
        Outcome.FAILED: _("Failed"),
        Outcome.INDETERMINATE: _("Could not be checked"),
        Outcome.NOT_APPLICABLE: _("Not asked"),
    }
)

REASONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "notStated": _("The issuer gives no reason."),
        "issuedInError": _("The issuer's reason: it was issued in error."),
        "replaced": _("The issuer's reason: a corrected one has replaced it. Ask for the new one."),
        "wrongPerson": _("The issuer's reason: it was given to the wrong person."),
        "requirementsNotMet": _("The issuer's reason: the requirements had not been met."),
        "learnerAsked": _("The issuer's reason: the learner asked for it."),
        "providerClosed": _("The issuer's reason: the provider has closed."),
        "keyCompromised": _("The issuer's reason: its signing key was no longer safe."),
    }
)
"""`vc.status.Reason.code` → why it was withdrawn."""

FETCH_REASONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "unreachable": _("%(host)s could not be reached."),
        "timeout": _("%(host)s did not answer in time."),
        "refused-address": _("%(host)s is an address that is not asked from here."),
        "too-large": _("%(host)s sent more than is read here."),
        "bad-content-type": _("%(host)s sent something else than was asked for."),
        "http-status": _("%(host)s had no answer at the address given."),
        "tls": _("The connection to %(host)s could not be made safe."),
        "too-many-fetches": _("It leads to more addresses than are asked for one check."),
    }
)
"""`kit.fetch.Reason` values → what went wrong; `host` is whom it concerns."""

FETCH_FAILED: Final = _("%(host)s gave nothing that can be used.")


def sentence_for(problem_type: str) -> Message:
    """The one sentence for people about a problem of this type."""
    return PROBLEM_SENTENCES.get(problem_type, UNKNOWN_PROBLEM)
