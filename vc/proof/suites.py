"""The cryptosuites that we implement: a table. A further suite is a further row.

A row says which ``type`` and ``cryptosuite`` a proof must carry, which kinds of keys may make it and with which hash
each, how the document and the proof options become bytes, and how the signature is written. Whatever is not a row is
not supported, and what is not supported is never valid.

Spec: https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vc import jsonld
from vc.document import JsonObject, JsonValue
from vc.jsonld import Budget
from vc.jsonld.rdfc import HashName
from vc.keys import KeyKind
from vc.problems import Unsupported
from vc.proof.configuration import canonical_configuration

_HASHES: Final = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One row. ``transform`` gives the bytes of a document that are hashed, ``configure`` those of the proof's options,
    and ``encoding`` is the multibase prefix of the signature.
    """

    type: str
    cryptosuite: str
    hashes: Mapping[KeyKind, HashName]
    transform: Callable[[JsonObject, HashName, Budget], bytes]
    configure: Callable[[JsonObject, HashName], bytes]
    encoding: str
    signature_length: int

    def hash_for(self, kind: KeyKind) -> HashName:
        """The hash that goes with this kind of key.

        Raises:
            Unsupported: the suite is not for such keys.

        """
        if kind not in self.hashes:
            raise Unsupported(f"A key of the kind {kind.name} does not go with {self.cryptosuite}.")
        return self.hashes[kind]

    def digest(self, value: JsonObject, *, hash_name: HashName, budget: Budget) -> bytes:
        """The hash of a document without proof.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022
        """
        return _HASHES[hash_name](self.transform(value, hash_name, budget)).digest()

    def configuration_digest(self, options: JsonObject, *, hash_name: HashName) -> bytes:
        """The hash of a proof's options, without its signature and with the document's context.

        Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-configuration-eddsa-rdfc-2022
        """
        return _HASHES[hash_name](self.configure(options, hash_name)).digest()


def _rdfc(value: JsonObject, hash_name: HashName, budget: Budget) -> bytes:
    return jsonld.canonicalize(value, hash_name=hash_name, budget=budget)


SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        suite.cryptosuite: suite
        for suite in (
            Suite(
                type="DataIntegrityProof",
                cryptosuite="eddsa-rdfc-2022",
                hashes=MappingProxyType({KeyKind.ED25519: "sha256"}),
                transform=_rdfc,
                configure=canonical_configuration,
                encoding="z",
                signature_length=64,
            ),
        )
    }
)


def suite_named(*, type_: JsonValue, cryptosuite: JsonValue, accepted: frozenset[str]) -> Suite:
    """The row for a proof's ``type`` and ``cryptosuite``, if the policy accepts it.

    Raises:
        Unsupported: there is none, or it is not accepted.

    """
    suite = SUITES.get(cryptosuite) if isinstance(cryptosuite, str) else None
    if suite is None or suite.type != type_:
        raise Unsupported(f"Proofs of the type {type_!r} with the suite {cryptosuite!r} are not supported.")
    if suite.cryptosuite not in accepted:
        raise Unsupported(f"The policy does not accept proofs of the suite {suite.cryptosuite}.")
    return suite
