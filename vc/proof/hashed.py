"""Proofs that sign two hashes: that of the proof's options, then that of the document.

All suites but selective disclosure are of this scheme; they differ in the form, the hash and the kind of key.

Spec: https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vc.document import JsonObject
from vc.jsonld import Processor
from vc.jsonld.rdfc import HashName
from vc.keys import KeyKind, PublicKey, Signer
from vc.problems import MalformedValueError
from vc.proof.transforming import Covered, Form, without_proof

SIGNATURE_LENGTHS: Final[Mapping[KeyKind, int]] = MappingProxyType(
    {KeyKind.ED25519: 64, KeyKind.P256: 64, KeyKind.P384: 96}
)
_MAX_PROOF_VALUE: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """The scheme with one form. A signature has one of ``lengths``; which one goes with a key, the key decides."""

    form: Form
    lengths: frozenset[int]

    @property
    def max_proof_value(self) -> int:
        """How long a ``proofValue`` may be, in characters."""
        return _MAX_PROOF_VALUE

    def prepared(self, proof: JsonObject, document: JsonObject, *, processor: Processor) -> JsonObject:
        """The proof as it is written before it is signed: it carries the context where it is not RDF.

        Raises:
            ProblemError: a part of the document has no meaning; it would be signed, but no reader of RDF would see it.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#create-proof-eddsa-jcs-2022
        """
        if self.form.inherits_context:
            return proof
        processor.gate(without_proof(document))
        return {**proof, "@context": document.get("@context")}

    def options(self, proof: JsonObject, document: JsonObject) -> JsonObject:
        """What is signed of a proof: its members but the signature, with the document's context where they are RDF.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-configuration-eddsa-rdfc-2022
        """
        options = {name: member for name, member in proof.items() if name != "proofValue"}
        if self.form.inherits_context:
            options["@context"] = document.get("@context")
        return options

    def check(self, signature: bytes) -> None:
        """Refuse a signature that no key of the suite can have made.

        Raises:
            MalformedValueError: it has another length.

        """
        if len(signature) not in self.lengths:
            raise MalformedValueError(f"The signature has {len(signature)} bytes.")

    def message(self, options: JsonObject, *, covered: Covered, hash_name: HashName) -> bytes:
        """The two hashes.

        Raises:
            ProblemError: a part of the document or of the options would not be covered.

        """
        return covered.configuration(self.form, options, hash_name) + covered.digest(self.form, hash_name)

    def verify(
        self, signature: bytes, *, options: JsonObject, covered: Covered, public_key: PublicKey, hash_name: HashName
    ) -> None:
        """Return if the signature is this key's over these options and what they cover.

        Raises:
            ProofVerificationError: it is not.
            ProblemError: a part would not be covered.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-verification-eddsa-rdfc-2022

        """
        public_key.verify(signature, self.message(options, covered=covered, hash_name=hash_name))

    def sign(self, options: JsonObject, *, covered: Covered, signer: Signer, hash_name: HashName) -> bytes:
        """The signature over these options and what they cover.

        Raises:
            ProblemError: a part would not be covered.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-serialization-eddsa-rdfc-2022

        """
        return signer.sign(self.message(options, covered=covered, hash_name=hash_name))
