"""What a proof says, read against a closed list of members.

A proof object is signed with the document, but only as far as its members mean something; a member that nobody knows
could be added afterwards. So an unknown one is refused, and so is a ``@context`` that differs from the document's.

Spec: https://www.w3.org/TR/vc-data-integrity/#proofs
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vc.did import KeyUrl, embedded_method, parse_key_url
from vc.document import JsonObject, JsonValue, pointer
from vc.keys import PublicKey
from vc.multibase import decode_multibase
from vc.problems import MalformedValueError, ProblemError, TooManyProofsError, UnsecuredError
from vc.proof.chains import named, previous_proofs, reached
from vc.proof.suites import Suite, suite_named
from vc.timestamps import parse_timestamp

MAX_PROOFS: Final = 4
MAX_PRESENTATION_PROOFS: Final = 32
"""A presentation carries one proof for each of the holder's keys, and a holder has a key for each issuer."""
_MEMBERS: Final = frozenset(
    {
        "@context",
        "challenge",
        "created",
        "cryptosuite",
        "domain",
        "expires",
        "id",
        "nonce",
        "previousProof",
        "proofPurpose",
        "proofValue",
        "type",
        "verificationMethod",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof that has been read.

    ``options`` are what is signed of its members; ``previous`` are the ids of the proofs that it builds on;
    ``embedded_key`` is the key that it carries itself, which counts only if its controller lists that key.
    """

    pointer: str
    suite: Suite
    options: JsonObject
    id: str | None
    previous: tuple[str, ...]
    purpose: str
    method: KeyUrl
    embedded_key: PublicKey | None
    created: datetime | None
    expires: datetime | None
    challenge: str | None
    domains: tuple[str, ...]
    signature: bytes


def proof_objects(document: JsonObject, *, max_proofs: int) -> list[tuple[str, JsonObject]]:
    """Each proof with its pointer; always at least one.

    Raises:
        UnsecuredError: there is none, or what stands there is not a proof.
        TooManyProofsError: there are more than ``max_proofs``, or more than four that build on others.

    """
    found = document.get("proof")
    several = isinstance(found, list)
    entries = found if isinstance(found, list) else [found]
    if not entries or any(not isinstance(entry, Mapping) or not entry for entry in entries):
        raise UnsecuredError("Nothing is signed here: the document carries no proof.", pointer=pointer("proof"))
    if len(entries) > max_proofs:
        raise TooManyProofsError(f"{len(entries)} proofs; at most {max_proofs} are looked at.", pointer="/proof")
    # Each may cover another part of the document, which is then written down once more.
    if sum("previousProof" in entry for entry in entries if isinstance(entry, Mapping)) > MAX_PROOFS:
        raise TooManyProofsError(f"More than {MAX_PROOFS} proofs build on others.", pointer="/proof")
    return [
        (pointer("proof", index) if several else "/proof", entry)
        for index, entry in enumerate(entries)
        if isinstance(entry, Mapping)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What was found where proofs stand: those of the party, what is wrong with them, and the keys of other signers."""

    claimed: tuple[Proof, ...]
    problems: tuple[ProblemError, ...]
    foreign: tuple[str, ...]


def parse_proofs(document: JsonObject, *, max_proofs: int, suites: frozenset[str], party: str | None) -> Proofs:
    """The proofs of the document that ``party`` (the issuer; ``None``: anybody) made or seems to have made.

    A proof that names a key of somebody else is only listed, whatever its form: what a stranger adds beside the
    issuer's proof neither helps nor harms. A proof that names nobody counts as the party's, and so does one that a
    proof of the party builds on. Whose a key is that lies at an https address of its own is only known from there, so
    it counts as the party's where no other proof does.

    Raises:
        UnsecuredError: there is no proof.
        TooManyProofsError: there are too many.

    Spec: https://www.w3.org/TR/vc-data-integrity/#proof-sets

    """
    objects = proof_objects(document, max_proofs=max_proofs)
    entries = [entry for _, entry in objects]
    is_own = own_or_unknown(entries, party)
    own = [entry for entry in entries if is_own(entry.get("verificationMethod"))]
    built_on = reached([name for entry in own for name in named(entry)], entries)
    claimed: list[Proof] = []
    problems: list[ProblemError] = []
    foreign: list[str] = []
    for here, entry in objects:
        method = entry.get("verificationMethod")
        if not is_own(method) and entry.get("id") not in built_on:
            foreign.append(method if isinstance(method, str) else str(_owner(method)))
            continue
        try:
            claimed.append(parse_proof(entry, document=document, here=here, beside=entries, suites=suites))
        except ProblemError as error:
            problems.append(error if error.pointer else type(error)(error.detail, pointer=here))
    return Proofs(claimed=tuple(claimed), problems=tuple(problems), foreign=tuple(foreign))


def own_or_unknown(proofs: Sequence[JsonObject], party: str | None) -> Callable[[JsonValue], bool]:
    """Tells the verification methods of ``party`` from others; if none is the party's, those whose owner is unknown."""
    methods = [proof.get("verificationMethod") for proof in proofs]
    if all(is_foreign(method, party) for method in methods):
        return lambda method: isinstance(method, str) and method.startswith("https:") and "#" not in method
    return lambda method: not is_foreign(method, party)


def is_foreign(method: JsonValue, party: str | None) -> bool:
    """Whether a proof names a key of somebody else than ``party``; compared byte by byte."""
    return party is not None and _owner(method) not in (None, party)


def _owner(method: JsonValue) -> str | None:
    """Whom a verification method names as its controller, by its name or, carried in the proof, in so many words."""
    if isinstance(method, Mapping):
        method = method.get("controller", method.get("id"))
    return method.split("#")[0] if isinstance(method, str) else None


def parse_proof(
    proof: JsonObject, *, document: JsonObject, here: str, beside: Sequence[JsonObject], suites: frozenset[str]
) -> Proof:
    """One proof, read; ``beside`` are all proofs of the document.

    Raises:
        MalformedValueError: a member is unknown or has the wrong form.
        ProofVerificationError: it builds on a proof that is not there.
        Unsupported: a type or suite that we do not implement.

    Spec: https://www.w3.org/TR/vc-data-integrity/#proofs

    """
    suite = suite_named(type_=proof.get("type"), cryptosuite=proof.get("cryptosuite"), accepted=suites)
    refuse_unknown_members(proof, here)
    refuse_other_context(proof, document, here)
    method, embedded_key = _method(proof, here)
    return Proof(
        pointer=here,
        suite=suite,
        options=suite.scheme.options(proof, document),
        id=_text(proof, "id", here),
        previous=previous_proofs(proof, beside=beside, here=here),
        purpose=_purpose(proof, here),
        method=method,
        embedded_key=embedded_key,
        created=_moment(proof, "created", here),
        expires=_moment(proof, "expires", here),
        challenge=_text(proof, "challenge", here),
        domains=_domains(proof, here),
        signature=_signature(proof, suite, here),
    )


def _method(proof: JsonObject, here: str) -> tuple[KeyUrl, PublicKey | None]:
    """The name of the key, and the key itself if the proof carries it."""
    value, there = proof.get("verificationMethod"), here + "/verificationMethod"
    return (
        embedded_method(value, pointer=there)
        if isinstance(value, Mapping)
        else (parse_key_url(value, pointer=there), None)
    )


def refuse_unknown_members(proof: JsonObject, here: str) -> None:
    """Refuse a member that is none of a proof's: it could have been added afterwards."""
    for name in proof:
        if name not in _MEMBERS:
            raise MalformedValueError(f"“{name}” is not a member of a proof.", pointer=here + pointer(name))


def refuse_other_context(proof: JsonObject, document: JsonObject, here: str) -> None:
    """Refuse a proof that would be read with another context than its document."""
    if "@context" in proof and proof["@context"] != document.get("@context"):
        raise MalformedValueError("The proof's context differs from the document's.", pointer=here + "/@context")


def _signature(proof: JsonObject, suite: Suite, here: str) -> bytes:
    """The decoded ``proofValue``, in the one spelling that the suite allows."""
    value = proof.get("proofValue")
    if not isinstance(value, str):
        raise MalformedValueError("The proof has no signature.", pointer=here + "/proofValue")
    try:
        signature = decode_multibase(value, encodings=suite.encoding, max_length=suite.scheme.max_proof_value)
        suite.scheme.check(signature)
    except MalformedValueError as error:
        raise MalformedValueError(error.detail, pointer=here + "/proofValue") from None
    return signature


def _purpose(proof: JsonObject, here: str) -> str:
    purpose = proof.get("proofPurpose")
    if not isinstance(purpose, str):
        raise MalformedValueError("The proof does not say what it is for.", pointer=here + "/proofPurpose")
    return purpose


def _moment(proof: JsonObject, name: str, here: str) -> datetime | None:
    return parse_timestamp(proof[name], pointer=here + pointer(name)) if name in proof else None


def _text(proof: JsonObject, name: str, here: str) -> str | None:
    value = proof.get(name)
    if value is not None and not isinstance(value, str):
        raise MalformedValueError(f"The proof's {name} is not a text.", pointer=here + pointer(name))
    return value


def _domains(proof: JsonObject, here: str) -> tuple[str, ...]:
    value = proof.get("domain")
    domains = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(domain, str) for domain in domains):
        raise MalformedValueError("The proof's domain is not a text.", pointer=here + "/domain")
    return tuple(str(domain) for domain in domains)
