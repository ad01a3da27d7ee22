"""Making a proof, and verifying it before anybody sees it.

Spec: https://www.w3.org/TR/vc-data-integrity/#add-proof
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from vc.document import JsonObject, JsonValue, listed
from vc.jsonld import PINNED, Budget, Processor
from vc.keys import Signer
from vc.multibase import encode_multibase
from vc.problems import ProblemError, ProofGenerationError
from vc.proof.chains import previous_proofs
from vc.proof.parsing import MAX_PRESENTATION_PROOFS, MAX_PROOFS, parse_proof
from vc.proof.suites import SUITES, Suite
from vc.proof.transforming import Transformed
from vc.proof.verifying import verify_proof
from vc.timestamps import format_timestamp

PURPOSES: Final = frozenset({"assertionMethod", "authentication"})


def add_proof(
    document: JsonObject,
    *,
    signer: Signer,
    suite: str,
    purpose: str,
    created: datetime,
    challenge: str | None,
    domain: str | None,
    proof_id: str | None = None,
    previous: Sequence[str] = (),
    extra_context: str | None = None,
    processor: Processor = PINNED,
) -> JsonObject:
    """The document with one more proof (a set when it had some); what was there stays as it is.

    ``authentication`` answers a ``challenge`` for a ``domain`` and needs both; ``assertionMethod`` takes neither.
    ``previous`` are the ids of the proofs there that this one covers too. ``extra_context`` is added to the document's
    contexts unless it is among them, for a data model whose own contexts do not define proofs of this type.
    ``processor`` reads the document as JSON-LD, by the pinned contexts unless another one is given.

    Raises:
        ProblemError: a part of the document would not be covered by the signature.
        ProofVerificationError: it shall build on a proof that is not there.
        ProofGenerationError: the signature that was made does not verify (a broken key), there are four already, or
            what is there is none.
        ValueError: an unknown suite or purpose, a challenge where there must be none, or another context for a document
            that is signed already.

    Spec: https://www.w3.org/TR/vc-data-integrity/#add-proof-set-chain

    """
    row = _suite(suite, purpose)
    answers = purpose == "authentication"
    if (challenge is not None, domain is not None) != (answers, answers):
        raise ValueError("An authentication answers a challenge for a domain; an assertion answers nobody.")
    document = with_context(document, extra_context)
    there = listed(document.get("proof"))
    existing = [proof for proof in there if isinstance(proof, Mapping)]
    if existing != there:
        raise ProofGenerationError("What stands under “proof” is no proof, and would be lost.")
    most = MAX_PRESENTATION_PROOFS if answers else MAX_PROOFS
    if len(existing) >= most:
        raise ProofGenerationError(f"The document has {most} proofs already.")
    members: dict[str, JsonValue] = {
        "id": proof_id,
        "type": row.type,
        "cryptosuite": row.cryptosuite,
        "created": format_timestamp(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": purpose,
        "challenge": challenge,
        "domain": domain,
        "previousProof": list(previous) or None,
    }
    given = {name: value for name, value in members.items() if value is not None}
    proof = row.scheme.prepared(given, document, processor=processor)
    made = _signed(proof, document=document, existing=existing, signer=signer, suite=row, processor=processor)
    return {**document, "proof": [*existing, made] if existing else made}


def _signed(
    proof: JsonObject,
    *,
    document: JsonObject,
    existing: Sequence[JsonObject],
    signer: Signer,
    suite: Suite,
    processor: Processor,
) -> JsonObject:
    """The proof with its signature, which has been verified as by a stranger."""
    previous = previous_proofs(proof, beside=[*existing, proof], here="/proof")
    budget = Budget.for_credentials(max(1, contained(document)))
    transformed = Transformed(document, budget=budget, digest=None, processor=processor)
    key = signer.public_key
    options = suite.scheme.options(proof, document)
    signature = suite.scheme.sign(
        options, covered=transformed.covered(previous), signer=signer, hash_name=suite.hash_for(key.kind)
    )
    signed: JsonObject = {**proof, "proofValue": encode_multibase(signature, encoding=suite.encoding)}
    beside = [*existing, signed]
    try:
        made = parse_proof(signed, document=document, here="/proof", beside=beside, suites=frozenset({suite.name}))
        assert made.options == options, "what was signed reads back as it was"
        verify_proof(made, public_key=key, transformed=transformed)
    except ProblemError as error:
        raise ProofGenerationError(f"The signature just made does not verify: {error.detail}") from None
    return signed


def _suite(name: str, purpose: str) -> Suite:
    row = SUITES.get(name)
    if row is None or purpose not in PURPOSES:
        raise ValueError(f"There is no suite {name!r} for the purpose {purpose!r}.")
    return row


def with_context(document: JsonObject, extra: str | None) -> JsonObject:
    """The document with one more context at the end, unless it is there already.

    Raises:
        ValueError: the document is signed, and would no longer be what was signed.

    """
    contexts = listed(document.get("@context"))
    if extra is None or extra in contexts:
        return document
    if "proof" in document:
        raise ValueError("A document that is signed already takes no further context.")
    return {**document, "@context": [*contexts, extra]}


def contained(document: JsonObject) -> int:
    """How many credentials lie in a presentation, or in the subjects of a transcript (CLR)."""
    subjects = [subject for subject in listed(document.get("credentialSubject")) if isinstance(subject, Mapping)]
    return sum(len(listed(node.get("verifiableCredential"))) for node in (document, *subjects))
