"""What is asked for, within which bounds, and the few reasons for which it may not be had."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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

    `kept`: whether a copy may stay in the cache. What is about a person is not kept.
    """

    name: str
    max_bytes: int
    media_types: tuple[str, ...]
    redirects: int
    kept: bool


_JSON = ("application/json", "application/ld+json")
DID_DOCUMENT = Kind(
    name="did-document",
    max_bytes=256 * 1024,
    media_types=("application/did+json", "application/did+ld+json", "application/did", *_JSON),
    redirects=0,
    kept=True,
)
STATUS_LIST = Kind(
    name="status-list",
    max_bytes=2 * 1024 * 1024,
    media_types=("application/vc", "application/vc+ld+json", *_JSON),
    redirects=0,
    kept=True,
)
CREDENTIAL = Kind(
    name="credential",
    max_bytes=1024 * 1024,
    media_types=(
        "application/vc", "application/vp", "application/vc+ld+json", "application/vp+ld+json", *_JSON,
        "image/png", "image/svg+xml",
    ),
    redirects=3,
    kept=False,
)  # fmt: skip


def kind_of(url: str) -> Kind:
    """What the core wants at a URL it named: did:web documents end in `did.json`, the rest are status lists."""
    return DID_DOCUMENT if url.partition("?")[0].endswith("/did.json") else STATUS_LIST
