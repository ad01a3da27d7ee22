"""What is asked for, within which bounds, and the few reasons for which it may not be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from vc.wanted import Wanted


class Reason(Enum):
    """Why there is no answer that could be used. The values stand in `Resource.error`."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REFUSED_ADDRESS = "refused-address"
    TOO_LARGE = "too-large"
    BAD_CONTENT_TYPE = "bad-content-type"
    HTTP_STATUS = "http-status"
    TLS = "tls"
    TOO_MANY = "too-many-fetches"


class Failed(Exception):  # noqa: N818 - carried inside kit.fetch, never seen outside
    """A fetch came to nothing; `status` is the HTTP status, 0 when there was none."""

    def __init__(self, reason: Reason, *, status: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is asked for: how many bytes it may have, which media types, how many redirects are followed.

    `kept`: whether a copy may stay in the cache. What is about a person is not kept. `preferences`: how welcome a
    media type is, from 0 to 1, where that is less than wholly.
    """

    name: str
    max_bytes: int
    media_types: tuple[str, ...]
    redirects: int
    kept: bool
    preferences: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def accept(self) -> str:
        """The `Accept` header: the media types, those that are less welcome with how much so."""
        return ", ".join(
            f"{each};q={self.preferences[each]}" if each in self.preferences else each for each in self.media_types
        )


_JSON = ("application/json", "application/ld+json")
_CREDENTIALS = ("application/vc", "application/vc+ld+json", *_JSON)
# A token has a media type of its own; Open Badges serves it as plain text.
_TOKENS = ("application/vc+jwt", "application/jwt", "text/plain")
DID_DOCUMENT = Kind(
    name="did-document",
    max_bytes=256 * 1024,
    media_types=("application/did+json", "application/did+ld+json", "application/did", *_JSON),
    redirects=0,
    kept=True,
)
CONTROLLER_DOCUMENT = Kind(
    name="controller-document",
    max_bytes=256 * 1024,
    media_types=("application/cid", "application/did+json", "application/did", "application/jwk+json", *_JSON),
    redirects=0,
    kept=True,
)
STATUS_LIST = Kind(
    name="status-list",
    max_bytes=2 * 1024 * 1024,
    media_types=(*_CREDENTIALS, *_TOKENS),
    redirects=0,
    kept=True,
)
REVOCATION_LIST = Kind(name="revocation-list", max_bytes=2 * 1024 * 1024, media_types=_JSON, redirects=0, kept=True)
SCHEMA = Kind(
    name="schema",
    max_bytes=256 * 1024,
    media_types=("application/schema+json", *_JSON),
    redirects=0,
    kept=True,
)
BADGE_OBJECT = Kind(name="badge-object", max_bytes=256 * 1024, media_types=_JSON, redirects=0, kept=True)
HOSTED_BADGE = Kind(name="hosted-badge", max_bytes=256 * 1024, media_types=_JSON, redirects=0, kept=False)
NEWER_CREDENTIAL = Kind(
    name="newer-credential", max_bytes=1024 * 1024, media_types=(*_CREDENTIALS, *_TOKENS), redirects=0, kept=False
)
IMAGE = Kind(name="image", max_bytes=1024 * 1024, media_types=("image/png", "image/svg+xml"), redirects=3, kept=False)
CREDENTIAL = Kind(
    name="credential",
    max_bytes=16 * 1024 * 1024,
    media_types=(
        "application/vc", "application/vp", "application/vc+ld+json", "application/vp+ld+json", "application/vp+jwt",
        *_TOKENS, *_JSON, "image/png", "image/svg+xml", "application/pdf", "application/octet-stream", "image/jpeg",
        "image/webp", "text/html", "application/xhtml+xml",
    ),
    redirects=3,
    kept=False,
    preferences=MappingProxyType(
        {
            **dict.fromkeys((*_JSON, "application/jwt"), 0.9), "text/plain": 0.8, "image/png": 0.7,
            "image/svg+xml": 0.7, "application/pdf": 0.5, "application/octet-stream": 0.3, "image/jpeg": 0.3,
            "image/webp": 0.3, "text/html": 0.1, "application/xhtml+xml": 0.1,
        }
    ),
)  # fmt: skip
"""What a person pointed at, in any form in which a credential comes, a web page only if there is nothing else; the
other kinds are what a document made us ask for."""

KINDS: Mapping[Wanted, Kind] = MappingProxyType(
    {
        Wanted.STATUS_LIST: STATUS_LIST,
        Wanted.DID_DOCUMENT: DID_DOCUMENT,
        Wanted.CONTROLLER_DOCUMENT: CONTROLLER_DOCUMENT,
        Wanted.SCHEMA: SCHEMA,
        Wanted.REVOCATION_LIST: REVOCATION_LIST,
        Wanted.BADGE_OBJECT: BADGE_OBJECT,
        Wanted.IMAGE: IMAGE,
        Wanted.HOSTED_BADGE: HOSTED_BADGE,
        Wanted.CREDENTIAL: NEWER_CREDENTIAL,
    }
)


def kind_of(url: str, wanted: Wanted | None = None) -> Kind:
    """What the core wants at a URL it named; when it does not say, `did.json` is a DID document, the rest are lists."""
    if wanted is not None:
        return KINDS[wanted]
    return DID_DOCUMENT if url.partition("?")[0].endswith("/did.json") else STATUS_LIST
