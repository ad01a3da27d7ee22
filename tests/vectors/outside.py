"""Published vectors of signatures, whose data stays outside this repository: counts what our keys accept.

    python -m tests.vectors.outside --wycheproof DIR --speccheck DIR --cctv DIR

Each folder holds the files as published: Wycheproof's ``testvectors_v1``, the ``cases.json`` of ed25519-speccheck, the
``ed25519vectors.json`` of CCTV. Whatever is not given is not counted. The exit code is 1 if a count differs from the
one in docs/verification.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vc import ProblemError, PublicKey, parse_jwk
from vc.keys import KeyKind, rsa
from vc.keys.ecdsa import P256, P384, P521

CURVES = {
    "secp256r1": (KeyKind.P256, P256),
    "secp384r1": (KeyKind.P384, P384),
    "secp521r1": (KeyKind.P521, P521),
}
RSA_SIZES = (2048, 3072, 4096, 8192)


@dataclass(frozen=True)
class Vector:
    """One signature: the key as it was published, and whether it is to be accepted (``None``: anybody's choice)."""

    key: Any
    message: bytes
    signature: bytes
    valid: bool | None


@dataclass(frozen=True)
class Count:
    """What came of one file."""

    name: str
    vectors: int
    accepted: int
    mismatches: int


def accepted(vector: Vector) -> bool:
    """Whether our key verifies this signature."""
    try:
        vector.key().verify(vector.signature, vector.message)
    except ProblemError:
        return False
    return True


def count(name: str, vectors: list[Vector]) -> Count:
    """Verify them all."""
    results = [(accepted(vector), vector.valid) for vector in vectors]
    return Count(
        name=name,
        vectors=len(results),
        accepted=sum(verified for verified, _ in results),
        mismatches=sum(valid is not None and verified != valid for verified, valid in results),
    )


def _raw(kind: KeyKind, text: str) -> Any:
    return lambda: PublicKey(kind=kind, raw=bytes.fromhex(text))


def _key_of(group: dict[str, Any]) -> Any:
    """The key of a group, by its JWK where there is one, so that the reader of JWKs is tried as well."""
    jwk = group.get("publicKeyJwk") or group.get("keyJwk")
    if jwk is not None:
        return lambda: parse_jwk(jwk)
    found = group["publicKey"]
    if "modulus" in found:
        numbers = int(found["modulus"], 16), int(found["publicExponent"], 16)
        return lambda: PublicKey(kind=KeyKind.RSA, raw=rsa.encode(*numbers))
    if "uncompressed" in found:
        return lambda: _point(found["curve"], bytes.fromhex(found["uncompressed"]))
    return _raw(KeyKind.ED25519, found["pk"])


def _point(curve: str, uncompressed: bytes) -> PublicKey:
    kind, of_curve = CURVES[curve]
    x, y = uncompressed[1 : 1 + of_curve.size], uncompressed[1 + of_curve.size :]
    return PublicKey(kind=kind, raw=of_curve.compressed(x, y))


def wycheproof(file: Path) -> Iterator[Vector]:
    """The vectors of a file of Wycheproof."""
    for group in json.loads(file.read_text())["testGroups"]:
        key = _key_of(group)
        # Three vectors of RSA have a key with the exponent 3, which we refuse by decision, whatever it signed.
        is_refused = group["publicKey"].get("publicExponent") == "03"
        for test in group["tests"]:
            valid = {"valid": True, "invalid": False, "acceptable": None}[test["result"]]
            expected = False if is_refused else valid
            yield Vector(key, bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]), expected)


def speccheck(folder: Path) -> Iterator[Vector]:
    """The twelve of ed25519-speccheck; a strict verifier accepts none."""
    for case in json.loads((folder / "cases.json").read_text()):
        key = _raw(KeyKind.ED25519, case["pub_key"])
        yield Vector(key, bytes.fromhex(case["message"]), bytes.fromhex(case["signature"]), valid=False)


def cctv(folder: Path) -> Iterator[Vector]:
    """CCTV's keys and points of odd order; only a vector with nothing odd about it is accepted."""
    for case in json.loads((folder / "ed25519vectors.json").read_text()):
        key = _raw(KeyKind.ED25519, case["key"])
        yield Vector(key, case["msg"].encode(), bytes.fromhex(case["sig"]), valid=not case["flags"])


def counts(arguments: argparse.Namespace) -> Iterator[Count]:
    """The counts of every file that is there."""
    if arguments.wycheproof:
        names = [
            "ed25519",
            "ecdsa_secp256r1_sha256_p1363",
            "ecdsa_secp384r1_sha384_p1363",
            "ecdsa_secp521r1_sha512_p1363",
        ]
        for name in names + [f"rsa_signature_{size}_sha256" for size in RSA_SIZES]:
            yield count(f"Wycheproof {name}", list(wycheproof(arguments.wycheproof / f"{name}_test.json")))
    if arguments.speccheck:
        yield count("ed25519-speccheck", list(speccheck(arguments.speccheck)))
    if arguments.cctv:
        yield count("CCTV ed25519", list(cctv(arguments.cctv)))


def main() -> int:
    """Print a table; 0 if nothing differs from what is expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name in ("wycheproof", "speccheck", "cctv"):
        parser.add_argument(f"--{name}", type=Path)
    found = list(counts(parser.parse_args()))
    print(f"{'vectors of':44}{'all':>6}{'accepted':>10}{'mismatches':>12}")  # noqa: T201
    for line in found:
        print(f"{line.name:44}{line.vectors:>6}{line.accepted:>10}{line.mismatches:>12}")  # noqa: T201
    return int(not found or any(line.mismatches for line in found))


if __name__ == "__main__":
    sys.exit(main())
