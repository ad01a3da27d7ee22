"""What was fetched from elsewhere for one verdict, and what could not be.

A verdict never fetches. It is handed evidence; what it lacks it names by raising ``MissingEvidence``; the shell fetches
and asks again. A failed fetch is evidence, too: it is kept with its reason, so that the verdict can say why.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Self

from vc.document import JsonObject
from vc.problems import EvidenceUnavailable, MissingEvidence, Url
from vc.reading import member, moment, objects, optional
from vc.wanted import Wanted

MAX_EVIDENCE_BYTES: Final = 64 << 20
NEVER_TEXT: Final = frozenset(Wanted) - {Wanted.STATUS_LIST, Wanted.CREDENTIAL}
"""What is believed because it lies at its address: it is served as data, never as mere text."""
_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One answer: the bytes, what they were said to be, and when (aware) and how they came.

    ``final`` is the HTTP status of the last answer (0 when there was none); ``error`` says in words why there is no
    body that could be used, and is ``None`` when there is one.
    """

    url: Url
    body: bytes
    media_type: str
    retrieved: datetime
    final: int = 200
    etag: str | None = None
    from_cache: bool = False
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; the body in base64."""
        return {
            "url": self.url,
            "body": base64.b64encode(self.body).decode("ascii"),
            "mediaType": self.media_type,
            "retrieved": self.retrieved.isoformat(),
            "final": self.final,
            "etag": self.etag,
            "fromCache": self.from_cache,
            "error": self.error,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The resource that ``to_json`` wrote.

        Raises:
            ValueError: it has been changed into something that is none (or ``KeyError``).

        """
        return cls(
            url=Url(member(value, "url", str)),
            body=base64.b64decode(member(value, "body", str), validate=True),
            media_type=member(value, "mediaType", str),
            retrieved=moment(value, "retrieved"),
            final=member(value, "final", int),
            etag=optional(value, "etag", str),
            from_cache=member(value, "fromCache", bool),
            error=optional(value, "error", str),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """The resources by URL, and when this verifier first saw a status set (by ``vc.status.entry_key``)."""

    resources: Mapping[Url, Resource] = field(default_factory=lambda: _NOTHING)
    first_seen: Mapping[str, datetime] = field(default_factory=lambda: _NOTHING)

    def __getitem__(self, url: Url) -> Resource:
        """The resource.

        Raises:
            MissingEvidence: nobody has asked for it yet.
            EvidenceUnavailable: somebody has, and got nothing that can be used.

        """
        return self._had(url, None)

    def had(self, url: Url, *, wanted: Wanted) -> Resource:
        """The resource; if it has to be fetched, ``wanted`` says what is expected there. Raises as ``[url]`` does."""
        return self._had(url, wanted)

    def _had(self, url: Url, wanted: Wanted | None) -> Resource:
        resource = self.resources.get(url)
        if resource is None:
            raise MissingEvidence(url, wanted)
        if resource.error is not None:
            raise EvidenceUnavailable(url, resource.error, resource.retrieved)
        if resource.final != 200:
            raise EvidenceUnavailable(url, f"the answer was HTTP {resource.final}", resource.retrieved)
        if wanted in NEVER_TEXT and resource.media_type == "text/plain":
            # Fetched for something that may be a token. Many hosts serve as text whatever anybody puts there, and what
            # lies at an address speaks for it here.
            raise EvidenceUnavailable(url, "bad-content-type", resource.retrieved)
        return resource

    @property
    def size(self) -> int:
        """How many bytes all of it comes to."""
        return sum(len(resource.body) for resource in self.resources.values())

    def contains(self, earlier: Evidence) -> bool:
        """Whether all of the earlier evidence is in this, unchanged, and no more than resources was added."""
        same = all(self.resources.get(url) == resource for url, resource in earlier.resources.items())
        return same and self.first_seen == earlier.first_seen

    def __or__(self, more: Mapping[Url, Resource] | Evidence) -> Evidence:
        """Both together; what is new replaces what is old."""
        if isinstance(more, Evidence):
            return Evidence(
                MappingProxyType({**self.resources, **more.resources}),
                MappingProxyType({**self.first_seen, **more.first_seen}),
            )
        return Evidence(MappingProxyType({**self.resources, **more}), self.first_seen)

    def to_json(self) -> JsonObject:
        """A JSON object."""
        return {
            "resources": [resource.to_json() for resource in self.resources.values()],
            "firstSeen": {key: moment.isoformat() for key, moment in self.first_seen.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The evidence that ``to_json`` wrote.

        Raises:
            ValueError: it has been changed into something that is none (or ``KeyError``).

        """
        resources = [Resource.from_json(resource) for resource in objects(value, "resources")]
        written = member(value, "firstSeen", dict)
        seen = {key: moment(written, key) for key in written}
        return cls(MappingProxyType({resource.url: resource for resource in resources}), MappingProxyType(seen))
