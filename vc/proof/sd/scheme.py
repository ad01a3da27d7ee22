"""How the table of suites reads and checks derived proofs; see `vc.proof.suites.Scheme`."""

from __future__ import annotations

from vc.document import JsonObject
from vc.jsonld import Processor
from vc.jsonld.rdfc import HashName
from vc.keys import PublicKey, Signer
from vc.problems import ProofGenerationError
from vc.proof.sd.encoding import MAX_PROOF_VALUE
from vc.proof.sd.options import options_of
from vc.proof.sd.verify import parse_derived, verify_derived
from vc.proof.transforming import Covered


class SelectiveDisclosure:
    """The scheme of ecdsa-sd-2023: each statement that is shown has a signature, or is among the mandatory ones."""

    __slots__ = ()

    @property
    def max_proof_value(self) -> int:
        """How long a ``proofValue`` may be, in characters."""
        return MAX_PROOF_VALUE

    def prepared(
        self,
        proof: JsonObject,
        document: JsonObject,  # noqa: ARG002 - a Scheme's shape
        *,
        processor: Processor,  # noqa: ARG002
    ) -> JsonObject:
        """The proof itself: its options are RDF, read with the document's context."""
        return proof

    def options(self, proof: JsonObject, document: JsonObject) -> JsonObject:
        """What is signed of a proof: its members but the value, with the document's context."""
        return options_of(proof, document)

    def check(self, signature: bytes) -> None:
        """Refuse a value that is not that of a derived proof.

        Raises:
            BaseProofShown: it is a base proof.
            ProofVerificationError, BudgetExceeded, CryptographicSecurityError: as `parse_derived`.

        """
        parse_derived(signature)

    def verify(
        self,
        signature: bytes,
        *,
        options: JsonObject,
        covered: Covered,
        public_key: PublicKey,
        hash_name: HashName,  # noqa: ARG002 - it is SHA-256, always
    ) -> None:
        """Return if the value is that of a derived proof of this key over what it covers.

        Raises:
            ProofVerificationError: it is not.
            ProblemError: a part of the document would not be covered.

        """
        verify_derived(
            covered.document,
            options=options,
            value=parse_derived(signature),
            public_key=public_key,
            budget=covered.budget,
            processor=covered.processor,
        )

    def sign(
        self,
        options: JsonObject,  # noqa: ARG002 - a Scheme's shape
        *,
        covered: Covered,  # noqa: ARG002
        signer: Signer,  # noqa: ARG002
        hash_name: HashName,  # noqa: ARG002
    ) -> bytes:
        """Nothing: what one signature covers whole is no base proof.

        Raises:
            ProofGenerationError: always.

        """
        raise ProofGenerationError(
            "A proof of ecdsa-sd-2023 is made by create_base_proof, and by derive_proof from it."
        )
