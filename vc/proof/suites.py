"""The cryptosuites that we implement: a table. A further suite is a further row.

A row says which ``type`` and ``cryptosuite`` a proof must carry, which kinds of keys may make it and with which hash
each, how its signature is written, and by which scheme it is made and checked. Whatever is not a row is not supported,
and what is not supported is never valid.

Spec: https://www.w3.org/TR/vc-data-integrity/#cryptosuites
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from vc.document import JsonObject, JsonValue
from vc.jsonld import Processor
from vc.jsonld.rdfc import HashName
from vc.keys import KeyKind, PublicKey, Signer
from vc.problems import Unsupported
from vc.proof.hashed import SIGNATURE_LENGTHS, Hashed
from vc.proof.sd.scheme import SelectiveDisclosure
from vc.proof.transforming import JCS, RDFC, Covered, Form


class Scheme(Protocol):
    """How proofs of a suite are read, checked and made; `vc.proof.hashed` is one, selective disclosure another."""

    @property
    def max_proof_value(self) -> int:
        """How long a ``proofValue`` may be, in characters."""
        ...

    def prepared(self, proof: JsonObject, document: JsonObject, *, processor: Processor) -> JsonObject:
        """A proof object as it is written before it is signed."""
        ...

    def options(self, proof: JsonObject, document: JsonObject) -> JsonObject:
        """What is signed of a proof object."""
        ...

    def check(self, signature: bytes) -> None:
        """Refuse a decoded ``proofValue`` that cannot be one (MalformedValueError)."""
        ...

    def verify(
        self, signature: bytes, *, options: JsonObject, covered: Covered, public_key: PublicKey, hash_name: HashName
    ) -> None:
        """Return if the decoded ``proofValue`` is this key's (ProofVerificationError)."""
        ...

    def sign(self, options: JsonObject, *, covered: Covered, signer: Signer, hash_name: HashName) -> bytes:
        """The bytes that become the ``proofValue``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One row. ``name`` is what policies call it; ``cryptosuite`` is ``None`` for a type that says it all by itself.
    ``encoding`` is the multibase prefix of the signature.
    """

    name: str
    type: str
    cryptosuite: str | None
    hashes: Mapping[KeyKind, HashName]
    encoding: str
    scheme: Scheme

    def hash_for(self, kind: KeyKind) -> HashName:
        """The hash that goes with this kind of key.

        Raises:
            Unsupported: the suite is not for such keys.

        """
        if kind not in self.hashes:
            raise Unsupported(f"A key of the kind {kind.name} does not go with {self.name}.")
        return self.hashes[kind]


def _hashed(name: str, form: Form, hashes: Mapping[KeyKind, HashName], *, type_: str = "DataIntegrityProof") -> Suite:
    return Suite(
        name=name,
        type=type_,
        cryptosuite=name if type_ == "DataIntegrityProof" else None,
        hashes=MappingProxyType(dict(hashes)),
        encoding="z",
        scheme=Hashed(form=form, lengths=frozenset(SIGNATURE_LENGTHS[kind] for kind in hashes)),
    )


_EDDSA: Final[Mapping[KeyKind, HashName]] = {KeyKind.ED25519: "sha256"}
_ECDSA: Final[Mapping[KeyKind, HashName]] = {KeyKind.P256: "sha256", KeyKind.P384: "sha384"}

_SELECTIVE: Final = Suite(
    name="ecdsa-sd-2023",
    type="DataIntegrityProof",
    cryptosuite="ecdsa-sd-2023",
    hashes=MappingProxyType({KeyKind.P256: "sha256"}),
    encoding="u",
    scheme=SelectiveDisclosure(),
)

SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            _hashed("eddsa-rdfc-2022", RDFC, _EDDSA),
            _hashed("eddsa-jcs-2022", JCS, _EDDSA),
            _hashed("ecdsa-rdfc-2019", RDFC, _ECDSA),
            _hashed("ecdsa-jcs-2019", JCS, _ECDSA),
            _SELECTIVE,
            # What eddsa-rdfc-2022 was called before it was a standard, and what came before that.
            _hashed("eddsa-2022", RDFC, _EDDSA),
            _hashed("Ed25519Signature2020", RDFC, _EDDSA, type_="Ed25519Signature2020"),
        )
    }
)


def suite_named(*, type_: JsonValue, cryptosuite: JsonValue, accepted: frozenset[str]) -> Suite:
    """The row for a proof's ``type`` and ``cryptosuite`` (``None``: it has none), if the policy accepts it.

    Raises:
        Unsupported: there is none, or it is not accepted.

    """
    name = type_ if cryptosuite is None else cryptosuite
    suite = SUITES.get(name) if isinstance(name, str) else None
    if suite is None or suite.type != type_ or suite.cryptosuite != cryptosuite:
        raise Unsupported(f"Proofs of the type {type_!r} with the suite {cryptosuite!r} are not supported.")
    if suite.name not in accepted:
        raise Unsupported(f"The policy does not accept proofs of the suite {suite.name}.")
    return suite
