"""The checks that only a presentation has: who shows it, and whether they are who it is about.

Binding has three values. *bound*: every credential's subject proved, in answer to our own question, that they hold its
key. *notBound*: the question was answered, and some credential is about somebody else or about nobody's key.
*notChecked*: nobody was asked. Only a wrong answer is a failure; a missing one is a caution where the policy says so.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vc.checks import Findings, Outcome
from vc.credential import issuer_id, objects_of
from vc.credential_checks import Context
from vc.document import JsonObject, JsonValue, pointer
from vc.problems import (
    HolderNotBoundCaution,
    InvalidChallengeError,
    InvalidDomainError,
    IssuerMismatchError,
    ProblemError,
    Unsupported,
)
from vc.proof import Proof

ENVELOPE: Final = frozenset({"@context", "id", "type", "verifiableCredential", "holder"})
_MAX_DETAIL: Final = 300
BOUND, NOT_BOUND, NOT_CHECKED = "bound", "notBound", "notChecked"


def check_answer(findings: Findings, *, proofs: Sequence[Proof], context: Context) -> None:
    """Whether each proof answers the challenge that was asked, for the domain that asked it.

    Spec: https://www.w3.org/TR/vc-data-integrity/#verify-proof
    """
    for proof in proofs:
        # "If domain was given, and it does not contain the same strings as proof.domain": INVALID_DOMAIN_ERROR
        if context.policy.domain is not None and proof.domains != (context.policy.domain,):
            detail = f"It was made for {', '.join(proof.domains) or 'nobody'}, not for {context.policy.domain}."
            findings.add(InvalidDomainError(detail, pointer=proof.pointer + "/domain"))
        # "If challenge was given, and it does not match proof.challenge": INVALID_CHALLENGE_ERROR
        if context.policy.challenge is not None and proof.challenge != context.policy.challenge:
            detail = "It answers another request than the one that was made."
            findings.add(InvalidChallengeError(detail, pointer=proof.pointer + "/challenge"))


def refuse_unsigned_claims(document: JsonObject) -> None:
    """An envelope without a proof may hold credentials; what else it says, nobody has signed.

    A ``holder`` is left to ``check_binding``, which warns of it.

    Raises:
        Unsupported: it says something else.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations

    """
    if more := sorted(document.keys() - ENVELOPE):
        detail = f"Nobody signed the presentation, and it says more than which credentials it holds: {', '.join(more)}."
        raise Unsupported(detail[:_MAX_DETAIL], pointer=pointer(more[0]))


def check_holder(findings: Findings, *, document: JsonObject, holders: Sequence[str]) -> None:
    """Whether the holder that the presentation names, if it names one, is among those who signed it."""
    holder = issuer_id(document, "holder")
    if holder is not None and holder not in holders:
        raise IssuerMismatchError(f"It names the holder {holder}, who did not sign it.", pointer="/holder")
    findings.facts["holders"] = list(holders)


def check_binding(
    findings: Findings,
    *,
    credentials: Sequence[tuple[str, JsonObject]],
    document: JsonObject,
    holders: Sequence[str],
    signature: Outcome,
    context: Context,
) -> None:
    """Whether who presents is whom the credentials (each with its place) are about."""
    holders = holders if signature is Outcome.PASSED else []
    findings.facts["holders"] = list(holders)
    if signature is Outcome.NOT_APPLICABLE and "holder" in document:
        findings.add(HolderNotBoundCaution("It names a holder, and nobody signed that.", pointer="/holder"))
    if not holders or context.policy.challenge is None:
        _unbound(findings, NOT_CHECKED, "Nobody was asked to show that it is theirs.", context=context)
        return
    strangers: list[JsonValue] = []
    for here, credential in credentials:
        subjects = subjects_of(credential)
        # The order of several subjects is not signed, so the first is nobody in particular.
        if not subjects or not all(subject in holders for subject in subjects):
            strangers.append(here)
    if strangers:
        findings.facts["notBound"] = strangers
        _unbound(findings, NOT_BOUND, "Not every credential is bound to the person who shows it.", context=context)
        return
    findings.facts["binding"] = BOUND


def subjects_of(credential: JsonObject) -> tuple[JsonValue, ...]:
    """The identifier of every subject, ``None`` for one that has none; nothing when they cannot be read."""
    try:
        return tuple(subject.get("id") for subject in objects_of(credential, "credentialSubject"))
    except ProblemError:
        return ()


def check_no_binding(findings: Findings, *, context: Context) -> None:
    """A credential by itself shows nothing about who hands it in."""
    _unbound(findings, NOT_CHECKED, "A file shows nothing about who hands it in.", context=context)


def _unbound(findings: Findings, binding: str, sentence: str, *, context: Context) -> None:
    findings.facts["binding"] = binding
    if context.policy.require_holder_binding or context.policy.challenge is not None:
        findings.add(HolderNotBoundCaution(sentence))
    else:
        findings.applicable = False
