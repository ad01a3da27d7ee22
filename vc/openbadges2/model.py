"""The objects of Open Badges 2.0: what they are called, and which members they must have, in which form.

Read as plain JSON in the words of the context; further contexts are not processed, so what they would add is not read.

Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#datatypes
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from vc.document import JsonObject, JsonValue, listed, pointer
from vc.problems import KindError, MalformedDateError, SchemaViolationError, Unsupported
from vc.timestamps import parse_timestamp

CONTEXTS: Final = frozenset(
    {"https://w3id.org/openbadges/v2", "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld"}
)
"""2.0, and 2.1, whose objects are the same."""
_OLDER: Final = frozenset({"https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1/context.json"})
_OLDER_MEMBERS: Final = frozenset({"uid", "verify"})
HOSTED: Final = frozenset({"hosted", "HostedBadge"})
SIGNED: Final = frozenset({"signed", "SignedBadge"})
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_HASH: Final = re.compile(r"(?:sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})")
_MAX_LIST: Final = 200
Test: TypeAlias = Callable[[JsonValue], bool]


def is_open_badge(document: JsonObject) -> bool:
    """Whether this is one of the badges from before 3.0, which the rules here are for (or which are too old)."""
    contexts = {item for item in listed(document.get("@context")) if isinstance(item, str)}
    older = {"recipient", "badge"} <= document.keys() and bool(document.keys() & _OLDER_MEMBERS)
    return bool(contexts & (CONTEXTS | _OLDER)) or ("@context" not in document and older)


def refuse_other(document: JsonObject, *, kind: str) -> None:
    """Refuse what is no object of this kind in the words of 2.0.

    Raises:
        Unsupported: one of 1.x.
        KindError: another thing.

    """
    contexts = {item for item in listed(document.get("@context")) if isinstance(item, str)}
    if not contexts & CONTEXTS:
        detail = "This badge follows Open Badges 1, which is not supported: ask its issuer for a newer one."
        raise Unsupported(detail, pointer="/@context")
    if kind not in listed(document.get("type")):
        raise KindError(f"What is checked here is {_ARTICLES[kind]}; this is something else.", pointer="/type")


_ARTICLES: Final = {"Assertion": "an assertion that somebody was awarded a badge", "Endorsement": "an endorsement"}


def _text(value: JsonValue) -> bool:
    return isinstance(value, str) and value != ""


def _iri(value: JsonValue) -> bool:
    return isinstance(value, str) and bool(_IRI.fullmatch(value))


def _iri_or_object(value: JsonValue) -> bool:
    return _iri(value) or isinstance(value, Mapping)


def _boolean(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _moment(value: JsonValue) -> bool:
    try:
        parse_timestamp(value, pointer="")
    except MalformedDateError:
        return False
    return True


def _texts(value: JsonValue) -> bool:
    return len(listed(value)) <= _MAX_LIST and all(isinstance(item, str) for item in listed(value))


def _references(value: JsonValue) -> bool:
    return len(listed(value)) <= _MAX_LIST and all(map(_iri_or_object, listed(value)))


def _criteria(value: JsonValue) -> bool:
    return _iri(value) or (isinstance(value, Mapping) and ("narrative" in value or _iri(value.get("id"))))


def _alignments(value: JsonValue) -> bool:
    return len(listed(value)) <= _MAX_LIST and all(
        isinstance(item, Mapping) and _text(item.get("targetName")) and _iri(item.get("targetUrl"))
        for item in listed(value)
    )


def _recipient(value: JsonValue) -> bool:
    if not isinstance(value, Mapping) or not _text(value.get("type")) or not isinstance(value.get("hashed"), bool):
        return False
    identity = value.get("identity")
    if not isinstance(identity, str) or not isinstance(value.get("salt", ""), str):
        return False
    # "If hashed is true, this is a hash string": an algorithm, a dollar sign and the digits
    return bool(_HASH.fullmatch(identity)) if value["hashed"] else identity != ""


def _verification(value: JsonValue) -> bool:
    return isinstance(value, Mapping) and bool((HOSTED | SIGNED) & {str(item) for item in listed(value.get("type"))})


def _claim(value: JsonValue) -> bool:
    return isinstance(value, Mapping) and _iri(value.get("id"))


_REQUIRED: Final[Mapping[str, Mapping[str, Test]]] = MappingProxyType(
    {
        "Assertion": {
            "id": _iri,
            "recipient": _recipient,
            "badge": _iri_or_object,
            "verification": _verification,
            "issuedOn": _moment,
        },
        "BadgeClass": {
            "id": _iri,
            "name": _text,
            "description": _text,
            "criteria": _criteria,
            "issuer": _iri_or_object,
        },
        "Profile": {"id": _iri, "name": _text, "url": _iri, "email": _text},
        "Endorsement": {
            "id": _iri,
            "claim": _claim,
            "issuer": _iri_or_object,
            "issuedOn": _moment,
            "verification": _verification,
        },
        "CryptographicKey": {"id": _iri, "owner": _iri, "publicKeyPem": _text},
    }
)
_OPTIONAL: Final[Mapping[str, Test]] = MappingProxyType(
    {
        "expires": _moment,
        "revoked": _boolean,
        "revocationReason": _text,
        "narrative": _text,
        "image": _iri_or_object,
        "evidence": _references,
        "endorsement": _references,
        "tags": _texts,
        "alignment": _alignments,
        "publicKey": _references,
        "revocationList": _iri_or_object,
    }
)


def violations(value: JsonObject, *, kind: str, here: str = "") -> Iterator[SchemaViolationError]:
    """What is missing or has the wrong form in an object of this kind, each with its pointer.

    Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#dataclasses
    """
    for name, fits in _REQUIRED[kind].items():
        if name not in value:
            yield SchemaViolationError(f"The {kind} lacks “{name}”.", pointer=here)
        elif not fits(value[name]):
            yield SchemaViolationError(
                f"“{name}” does not have the form that is asked for.", pointer=here + pointer(name)
            )
    for name, fits in _OPTIONAL.items():
        if name in value and not fits(value[name]):
            yield SchemaViolationError(
                f"“{name}” does not have the form that is asked for.", pointer=here + pointer(name)
            )
    image = value.get("image")
    held = image.get("id") if isinstance(image, Mapping) else image
    # §4.1: an assertion's image is at an address; only that of a class may be written out
    if kind == "Assertion" and isinstance(held, str) and held.startswith("data:"):
        yield SchemaViolationError("A badge's own image lies at an address.", pointer=here + "/image")
