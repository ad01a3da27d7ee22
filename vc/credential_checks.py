"""The checks of one credential, one function each: what it needs in, what it found out.

Their order, and what follows from them, is in ``vc.verification`` and ``vc.checks``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from vc import schema
from vc.checks import DocumentKind, Findings, Outcome
from vc.credential import data_model, issuer_id, validity
from vc.did import ControllerDocument, KeyUrl, VerificationMethod, place_of, resolve, retrieve
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.evidence import Evidence
from vc.jsonld import Budget, Processor, processor_for
from vc.named_schemas import check_fetched
from vc.nested import Tally
from vc.policy import Policy
from vc.problems import (
    ExpiredCaution,
    IssuerMismatchError,
    KeyExpiredError,
    KeyRevokedError,
    KindError,
    MalformedDateError,
    MalformedValueError,
    NotReached,
    NotYetValidCaution,
    ProblemError,
    ProofExpiredError,
    ProofVerificationError,
    UncarriedSchema,
    UnrecognisedIssuerCaution,
    Unsupported,
)
from vc.proof import MAX_PRESENTATION_PROOFS, Proof, Transformed, explained, parse_proofs, verify_proof, without_proof
from vc.rules import rules
from vc.status import ReadLists
from vc.timestamps import format_timestamp

_SIGNED_TYPES: Final = frozenset({"VerifiableCredential", "VerifiablePresentation"})
_KINDS: Final[Mapping[str, DocumentKind]] = MappingProxyType(
    {
        "VerifiablePresentation": DocumentKind.PRESENTATION,
        "BitstringStatusListCredential": DocumentKind.STATUS_LIST,
        "StatusList2021Credential": DocumentKind.STATUS_LIST,
        "AchievementCredential": DocumentKind.ACHIEVEMENT_CREDENTIAL,
        "OpenBadgeCredential": DocumentKind.ACHIEVEMENT_CREDENTIAL,
        "EndorsementCredential": DocumentKind.ENDORSEMENT_CREDENTIAL,
        "ClrCredential": DocumentKind.CLR_CREDENTIAL,
    }
)
_CREDENTIALS: Final = "https://www.w3.org/2018/credentials#"
_OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{
            _CREDENTIALS + term: term
            for term in (
                "VerifiableCredential",
                "VerifiablePresentation",
                "EnvelopedVerifiableCredential",
                "EnvelopedVerifiablePresentation",
            )
        },
        "https://www.w3.org/ns/credentials/status#BitstringStatusListCredential": "BitstringStatusListCredential",
        "https://w3id.org/vc/status-list#StatusList2021Credential": "StatusList2021Credential",
        _OPEN_BADGES + "OpenBadgeCredential": "OpenBadgeCredential",
        _OPEN_BADGES + "EndorsementCredential": "EndorsementCredential",
        "https://purl.imsglobal.org/spec/vc/clr/vocab.html#ClrCredential": "ClrCredential",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every check of one verdict is handed: the evidence, the policy, and the time.

    ``controllers``, ``lists`` and ``tally`` remember what one verdict has worked out already, for transcripts of many
    lines.
    """

    evidence: Evidence
    policy: Policy
    now: datetime
    controllers: dict[str, ControllerDocument] = field(default_factory=dict)
    lists: ReadLists = field(default_factory=ReadLists)
    tally: Tally = field(default_factory=Tally)

    @property
    def processor(self) -> Processor:
        """What reads documents as JSON-LD: by the pinned contexts, and by their own where the policy reads these."""
        return processor_for(inline_contexts=self.policy.inline_contexts, extra_contexts={}, directions=False)

    def controller(self, controller: str) -> ControllerDocument:
        """The document that lists the keys of ``controller``, a DID or an https URL."""
        if controller not in self.controllers:
            self.controllers[controller] = resolve(controller, evidence=self.evidence, policy=self.policy)
        return self.controllers[controller]


def kind_of(document: JsonObject, *, processor: Processor) -> DocumentKind:
    """What kind of document this is, read by a processor.

    Raises:
        KindError: it is none that could be checked, or several at once.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#types

    """
    types = types_of(document, processor=processor)
    if not types & _SIGNED_TYPES:
        raise KindError("This is neither a credential nor a presentation.", pointer="/type")
    data_model(document)
    if enveloped := types & {"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"}:
        raise Unsupported(f"An {min(enveloped)} inside another envelope is not opened.", pointer="/type")
    kinds = {kind for name, kind in _KINDS.items() if name in types}
    if len(kinds) > 1:
        several = " and ".join(sorted(kind.value for kind in kinds))
        raise KindError(f"This says that it is several things at once: {several}.", pointer="/type")
    if "VerifiableCredential" in types and DocumentKind.PRESENTATION in kinds:
        raise KindError("This says that it is a credential and a presentation at once.", pointer="/type")
    return kinds.pop() if kinds else DocumentKind.CREDENTIAL


def types_of(document: JsonObject, *, processor: Processor) -> set[str]:
    """The types as written, and those that they mean: another spelling of a type must not escape the rules of it."""
    types = {item for item in listed(document.get("type")) if isinstance(item, str)}
    try:
        meant = processor.type_iris(document, "")
    except ProblemError:
        meant = frozenset()  # what refuses the types here refuses the whole document in check_contexts
    return types | {_TERMS[iri] for iri in meant if iri in _TERMS}


def check_contexts(findings: Findings, *, document: JsonObject, budget: Budget, processor: Processor) -> None:
    """Whether every part of the document is covered by a signature; keeps the hash that is signed."""
    canonical = processor.canonicalize(without_proof(document), hash_name="sha256", budget=budget)
    findings.facts["sha256"] = hashlib.sha256(canonical).hexdigest()


def check_schema(
    findings: Findings,
    *,
    document: JsonObject,
    text: bytes | None,
    kind: DocumentKind,
    signature: Outcome,
    context: Context,
) -> None:
    """Whether the document (``text``: as ``written``) follows the rules of its type, and those that it names itself.

    A schema that we do not carry is fetched, once it is clear that the issuer named it (never for a presentation,
    whose ``signature`` is not applicable here).
    """
    for violation in schema.violations(document, kind=kind):
        findings.add(violation)
    if not findings.problems:
        for problem in rules(document, kind=kind, text=text):
            findings.add(problem)
    named = [entry for entry in listed(document.get("credentialSchema")) if isinstance(entry, Mapping)]
    for index, entry in enumerate(named):
        here = f"/credentialSchema/{index}"
        with findings.attempt():
            try:
                schema.check_named(document, entry, here=here, kind=kind)
            except UncarriedSchema:
                if signature is Outcome.NOT_APPLICABLE:
                    raise
                if signature is not Outcome.PASSED:
                    raise NotReached("Where its schema lies is only known when the signature verifies.") from None
                check_fetched(document, entry, here=here, evidence=context.evidence, loopback=context.policy.loopback)


def check_proof_policy(
    findings: Findings, *, document: JsonObject, party: str | None, purpose: str, context: Context
) -> list[Proof]:
    """The proofs that the party (issuer or holder) claims, each acceptable in itself; others are only counted.

    An unreadable proof fails the check even beside a good one, unless it names somebody else as its signer.
    """
    # One for each of a holder's keys: as many as there are credentials to be bound, within reason; an issuer has one.
    shown = listed(document.get("verifiableCredential")) if party is None else []
    most = max(context.policy.max_proofs, min(MAX_PRESENTATION_PROOFS, len(shown)))
    found = parse_proofs(document, max_proofs=most, suites=context.policy.suites, party=party)
    for problem in found.problems:
        findings.add(problem)
    for proof in found.claimed:
        for problem in proof_problems(proof, purpose=purpose, context=context):
            findings.add(problem)
    if found.foreign:
        findings.facts["foreignProofs"] = list(found.foreign)
    if not found.claimed and not found.problems:
        signers = ", ".join(found.foreign)
        refuse_unknowable(party or "", context=context)
        raise IssuerMismatchError(f"Signed with {signers}, which is not a key of {party}.", pointer="/proof")
    findings.facts["proofs"] = [proof.pointer for proof in found.claimed]
    if any(proof.suite.name == "ecdsa-sd-2023" for proof in found.claimed):
        findings.facts["selective"] = True
    created = [format_timestamp(proof.created) for proof in found.claimed if proof.created]
    if created:
        findings.facts["created"] = created[0]
    return list(found.claimed)


def proof_problems(proof: Proof, *, purpose: str, context: Context) -> list[ProblemError]:
    """What speaks against a proof before its signature is looked at."""
    found = (purpose_problem(proof, purpose), created_problem(proof, context), expiry_problem(proof, context))
    return [problem for problem in found if problem is not None]


def purpose_problem(proof: Proof, purpose: str) -> ProblemError | None:
    """A proof that was made for something else."""
    # VC-DI §4.4: "If expectedProofPurpose ... does not match proof.proofPurpose": PROOF_VERIFICATION_ERROR
    if proof.purpose == purpose:
        return None
    detail = f"The proof was made for {proof.purpose}, not for {purpose}."
    return ProofVerificationError(detail, pointer=proof.pointer + "/proofPurpose")


def created_problem(proof: Proof, context: Context) -> ProblemError | None:
    """A proof from the future; clocks may differ by the policy's skew."""
    if proof.created is None or proof.created <= context.now + context.policy.clock_skew:
        return None
    detail = "The proof says that it was made in the future."
    return ProofVerificationError(detail, pointer=proof.pointer + "/created")


def expiry_problem(proof: Proof, context: Context) -> ProblemError | None:
    """A proof that was only to be used until a moment that has passed."""
    if proof.expires is None or proof.expires > context.now - context.policy.clock_skew:
        return None
    detail = f"The proof was only to be used until {format_timestamp(proof.expires)}."
    return ProofExpiredError(detail, pointer=proof.pointer + "/expires")


def check_keys(
    findings: Findings, *, proofs: list[Proof], party: str | None, relationship: str, context: Context
) -> list[tuple[Proof, VerificationMethod]]:
    """The key of each proof, out of the document of the party (``None``: anybody) that controls it."""
    found: list[tuple[Proof, VerificationMethod]] = []
    for proof in proofs:
        with findings.attempt():
            method = key_of(proof, party=party, relationship=relationship, context=context)
            proof.suite.hash_for(method.public_key.kind)
            check_key_period(proof.created, method, pointer=proof.pointer)
            found.append((proof, method))
    tell_of_keys(findings, [method for _, method in found], named=[proof.method for proof in proofs], context=context)
    return found


def tell_of_keys(
    findings: Findings, methods: Sequence[VerificationMethod], *, named: Sequence[KeyUrl], context: Context
) -> None:
    """The facts about the keys found: which, which of them have an end, and how old what says so is."""
    findings.facts["methods"] = [*listed(findings.facts.get("methods")), *(method.id for method in methods)]
    findings.facts |= _age_of_keys(methods, named, context)
    retired = [method.id for method in methods if method.revoked or method.expires]
    if retired:
        findings.facts["retired"] = [*listed(findings.facts.get("retired")), *retired]


def key_of(proof: Proof, *, party: str | None, relationship: str, context: Context) -> VerificationMethod:
    """The key of one proof, which its controller lists for this purpose.

    A key that the document carries itself counts only if the document of the party lists it; so does one that lies at
    an address of its own.

    Raises:
        IssuerMismatchError: the key at that address is somebody else's.
        MissingEvidence, EvidenceUnavailable, ProblemError: as ``vc.did.retrieve``.

    """
    if proof.embedded_key is not None:
        document = context.controller(proof.method.controller if party is None else party)
        return document.method_with(proof.embedded_key, relationship=relationship)
    method = retrieve(
        proof.method,
        party=party,
        relationship=relationship,
        documents=context.controller,
        evidence=context.evidence,
        policy=context.policy,
    )
    if proof.method.fragment is None and party is not None:
        refuse_other_party(proof, method, party)
    return method


def refuse_unknowable(party: str, *, context: Context) -> None:
    """Leave open whose keys may sign for a name under which nothing can be looked up: a UUID, a number, plain words.

    That the key has another name proves nothing then. A DID says by itself, or in its document, which keys are its own.

    Raises:
        Unsupported: nothing can be looked up under it.

    """
    if not party.startswith("did:"):
        place_of(party, policy=context.policy)


def refuse_other_party(proof: Proof, method: VerificationMethod, party: str) -> None:
    """Refuse a key at an address of its own that turns out to be somebody else's."""
    if method.controller != party:
        detail = f"The key {proof.method} belongs to {method.controller}, not to {party}."
        raise IssuerMismatchError(detail, pointer=proof.pointer + "/verificationMethod")


def _age_of_keys(
    methods: Sequence[VerificationMethod], named: Sequence[KeyUrl], context: Context
) -> dict[str, JsonValue]:
    """When the keys' document was fetched; nothing for keys that are their own document."""
    documents = {url.controller for url in named} | {method.controller for method in methods}
    places = {place_of(url, policy=context.policy) for url in documents}
    fetched = [resource for place in places if place and (resource := context.evidence.resources.get(place))]
    if not fetched:
        return {}
    oldest = min(fetched, key=lambda resource: resource.retrieved)
    return {"retrieved": oldest.retrieved.isoformat(), "fromCache": oldest.from_cache}


def check_key_period(created: datetime | None, method: VerificationMethod, *, pointer: str) -> None:
    """Refuse a signature that was made when its key was no longer to be used.

    Raises:
        KeyRevokedError: from the day of the revocation on, or on no stated day.
        KeyExpiredError: likewise.

    Spec: https://www.w3.org/TR/cid-1.0/#verification-methods

    """
    for end, error, words in (
        (method.revoked, KeyRevokedError, "was revoked on"),
        (method.expires, KeyExpiredError, "expired on"),
    ):
        # CID 1.0 §2.2: once set, a proof made later than this is expected not to be verified
        if end is not None and (created is None or created >= end):
            raise error(f"The key {method.id} {words} {format_timestamp(end)}.", pointer=pointer)


def check_signatures(
    findings: Findings,
    *,
    document: JsonObject,
    keys: list[tuple[Proof, VerificationMethod]],
    expected: int,
    digest: JsonValue,
    budget: Budget,
    processor: Processor,
) -> None:
    """Whether every proof is its key's over this document; an empty list never passes.

    ``digest`` is what `check_contexts` found: without it, a part of the document may not be covered.
    """
    if not isinstance(digest, str):
        raise NotReached("There is nothing that the signature could be compared with.")
    if not keys or len(keys) != expected:
        findings.doubt(NotReached("There is no key to check the signature with."))
    transformed = Transformed(document, budget=budget, digest=bytes.fromhex(digest), processor=processor)
    for proof, method in keys:
        with findings.attempt():
            try:
                verify_proof(proof, public_key=method.public_key, transformed=transformed)
            except ProofVerificationError as error:
                raise explained(
                    error, proof=proof, public_key=method.public_key, document=document, budget=budget
                ) from None


def check_validity(findings: Findings, *, document: JsonObject, context: Context) -> None:
    """Whether the credential holds now. The dates themselves must make sense.

    A credential that begins within the clock skew has begun: the issuer's clock may be ahead of ours.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#validity-period
    """
    period = validity(document)
    start, end = period.start, period.end
    first, last = pointer(period.start_name), pointer(period.end_name)
    # "If a validUntil value also exists, the validFrom value MUST express a point in time that is temporally the same
    # or earlier"
    if start and end and end < start:
        raise MalformedDateError("The credential ends before it starts.", pointer=last)
    if start:
        findings.facts["validFrom"] = format_timestamp(start)
    if end:
        findings.facts["validUntil"] = format_timestamp(end)
    if start and context.now + context.policy.clock_skew < start:
        findings.add(NotYetValidCaution(f"It holds from {format_timestamp(start)} on.", pointer=first))
    if end and end < context.now:
        findings.add(ExpiredCaution(f"It held until {format_timestamp(end)}.", pointer=last))


def check_recognition(findings: Findings, *, document: JsonObject, signature: Outcome, context: Context) -> None:
    """Whether a list that the policy uses vouches for exactly this issuer; a name is never enough."""
    issuer = issuer_id(document)
    entry = context.policy.recognition_of(issuer or "")
    findings.facts["issuer"] = issuer
    findings.facts["recognised"] = entry is not None and signature is Outcome.PASSED
    if issuer is not None and _about_itself(document, issuer):
        findings.facts["ownWord"] = True
    if entry is not None:
        findings.facts |= {"name": entry.name, "listName": entry.list_name, "note": entry.note}
    elif context.policy.require_recognition:
        findings.add(UnrecognisedIssuerCaution("The issuer is on no list that you use.", pointer="/issuer"))
    else:
        findings.applicable = False


def _about_itself(document: JsonObject, issuer: str) -> bool:
    """Whether it says something of its own issuer and of nobody else: then it is nobody's word but theirs."""
    subjects = document.get("credentialSubject")
    each = subjects if isinstance(subjects, list) else [subjects]
    return bool(each) and all(isinstance(one, Mapping) and one.get("id") == issuer for one in each)


def party_of(document: JsonObject, member: str) -> str:
    """The identifier of the issuer or holder, exactly as written: it is compared byte by byte.

    Raises:
        MalformedValueError: there is none.

    """
    party = issuer_id(document, member)
    if party is None:
        raise MalformedValueError(f"The document names no {member}.", pointer="/" + member)
    return party
