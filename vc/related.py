"""Resources that a credential names together with their digests: whether what we carry under that address is the same.

Nothing is fetched for it: a digest of something that we do not carry stands there unchecked, and nothing rests on it.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#integrity-of-related-resources
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Final

from vc import jsonld
from vc.credential import objects_of, text_of, texts_of
from vc.document import JsonObject
from vc.multibase import decode_multibase
from vc.problems import MalformedValueError, ProblemError, SchemaViolationError, Unsupported

_STRENGTH: Final = ("sha256", "sha384", "sha512")
# Multihash headers: the function's code, and the length of its digest.
_HEADERS: Final = {b"\x12\x20": 32, b"\x20\x30": 48, b"\x13\x40": 64}
_MAX_DIGEST: Final = 200
# The edition of 20 July 2024, before the Recommendation, is still pinned by credentials and by the official suite.
_EARLIER: Final = {
    "https://www.w3.org/ns/credentials/v2": (
        "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
        "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
    )
}


def related_resource_problems(document: JsonObject) -> Iterator[ProblemError]:
    """What is wrong with the related resources of a credential or presentation.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#integrity-of-related-resources
    """
    try:
        resources = objects_of(document, "relatedResource")
        seen: set[str | None] = set()
        for index, resource in enumerate(resources):
            here = f"/relatedResource/{index}" if isinstance(document["relatedResource"], list) else "/relatedResource"
            url = text_of(resource, "id", here)
            # "The value MUST be unique among the list of related resource objects."
            if url in seen:
                yield SchemaViolationError("This resource is named twice.", pointer=here + "/id")
            seen.add(url)
            yield from _digest_problems(resource, url, here)
    except ProblemError as error:
        yield error


def _digest_problems(resource: JsonObject, url: str | None, here: str) -> Iterator[ProblemError]:
    stated = texts_of(resource, "digestSRI", here)
    encoded = texts_of(resource, "digestMultibase", here)
    # "MUST contain at least a digestSRI or a digestMultibase value"
    if not stated and not encoded:
        yield SchemaViolationError("A related resource has no digest.", pointer=here)
    carried = None if url is None else _digests(url)
    if carried is None:
        return
    for name, items, matches in (("digestSRI", stated, _sri_matches), ("digestMultibase", encoded, _multibase_matches)):
        for item in items:
            try:
                same = matches(item, carried)
            except MalformedValueError as error:
                yield MalformedValueError(error.detail, pointer=f"{here}/{name}")
                continue
            except Unsupported as error:
                yield Unsupported(error.detail, pointer=f"{here}/{name}")
                continue
            if not same:
                detail = f"The digest is not that of {url} as we know it."
                yield SchemaViolationError(detail, pointer=f"{here}/{name}")


@cache
def _digests(url: str) -> frozenset[bytes] | None:
    """The digests of every known edition of a resource; ``None`` for a resource that we do not carry."""
    data = jsonld.context_bytes(url)
    if data is None:
        return None
    ours = {hashlib.new(name, data).digest() for name in _STRENGTH}
    return frozenset(ours | {bytes.fromhex(digest) for digest in _EARLIER.get(url, ())})


def _sri_matches(text: str, carried: frozenset[bytes]) -> bool:
    """Whether one of the strongest digests in the text is a known one.

    Raises:
        Unsupported: it holds none of a hash function that we know.
        MalformedValueError: a digest is no base64.

    Spec: https://www.w3.org/TR/SRI/#the-integrity-attribute

    """
    stated = [part.partition("-")[::2] for part in text.split()]
    known = [name for name, _ in stated if name in _STRENGTH]
    if not known:
        raise Unsupported("A digestSRI is one of sha256, sha384 or sha512.")
    strongest = max(known, key=_STRENGTH.index)
    return any(_base64(digest) in carried for name, digest in stated if name == strongest)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.partition("?")[0], validate=True)
    except binascii.Error:
        raise MalformedValueError("A digestSRI is a hash function, a hyphen and base64.") from None


def _multibase_matches(text: str, carried: frozenset[bytes]) -> bool:
    """Whether a multibase text is a known digest, as a multihash or (as the official suite writes it) by itself.

    Raises:
        MalformedValueError: it is no multibase text.

    """
    digest = decode_multibase(text, encodings="zu", max_length=_MAX_DIGEST)
    if _HEADERS.get(digest[:2]) == len(digest) - 2:
        digest = digest[2:]
    return digest in carried
