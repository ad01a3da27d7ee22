"""The canonical form of a proof's options, with its constant parts remembered.

An issuer's proofs differ in one member, the date. So the canonical form is worked out once for the other members and
kept in two halves, around the date. It is used again only where nothing else can differ: all members are plain texts,
there is no challenge (each has its own), and the date needs no escape. Its line in the canonical form keeps its place,
because lines are ordered by their predicate before their value, and no other line has this predicate.

Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-configuration-eddsa-rdfc-2022
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from vc.document import JsonObject
from vc.jsonld import CREDENTIAL_BUDGET, PINNED, Processor
from vc.jsonld.rdfc import HashName

_Key: TypeAlias = tuple[object, ...]
_DATE: Final = re.compile("[0-9TZ:.+-]{1,63}")
_MOST: Final = 512
_halves: dict[_Key, tuple[bytes, bytes]] = {}


def canonical_configuration(options: JsonObject, hash_name: HashName, processor: Processor) -> bytes:
    """The canonical N-Quads of a proof's options (all its members but the signature, with the document's context).

    Only what is read by the pinned contexts is remembered.

    Raises:
        ProblemError: a member would not be covered by the signature.

    """
    created = options.get("created")
    dated = isinstance(created, str) and _DATE.fullmatch(created) and processor is PINNED
    key = _key(options, hash_name) if dated else None
    if key is None:
        return processor.canonicalize(options, hash_name=hash_name, budget=CREDENTIAL_BUDGET)
    date = str(created).encode()
    known = _halves.get(key)
    if known is not None:
        return known[0] + date + known[1]
    canonical = processor.canonicalize(options, hash_name=hash_name, budget=CREDENTIAL_BUDGET)
    parts = canonical.split(b'"' + date + b'"')
    if len(parts) == 2:
        if len(_halves) >= _MOST:
            _halves.clear()
        _halves[key] = (parts[0] + b'"', b'"' + parts[1])
    return canonical


def _key(options: JsonObject, hash_name: HashName) -> _Key | None:
    """What the two halves depend on; None where something might differ that is not in it."""
    if "challenge" in options:
        return None
    key: list[object] = [hash_name]
    for name, value in options.items():
        texts = value if name == "@context" and isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            return None
        key.append((name,) if name == "created" else (name, *texts))
    return tuple(key)
