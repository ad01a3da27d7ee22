"""What a verifier accepts. Everything is said; nothing has a default.

Recognition is not verification: a list of recognised issuers decides whether the headline may be green, never whether a
credential is genuine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from vc.document import JsonObject
from vc.reading import member, objects, optional, seconds, texts

MAX_SKEW: Final = timedelta(days=1)
MAX_AGE: Final = timedelta(days=3_660)
RECOMMENDED_SUITES: Final = frozenset(
    {
        "eddsa-rdfc-2022",
        "eddsa-jcs-2022",
        "ecdsa-rdfc-2019",
        "ecdsa-jcs-2019",
        "ecdsa-sd-2023",
        "eddsa-2022",
        "Ed25519Signature2020",
    }
)
RECOMMENDED_ALGORITHMS: Final = frozenset({"EdDSA", "ES256", "ES384", "ES512", "RS256"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedIssuer:
    """An issuer that a list vouches for: its DID, the list's name for it, the list, and a note for the reader."""

    did: str
    name: str
    list_name: str
    note: str = ""

    def to_json(self) -> dict[str, str]:
        """A JSON object."""
        return {"did": self.did, "name": self.name, "listName": self.list_name, "note": self.note}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The entry that ``to_json`` wrote."""
        did, name, list_name, note = (member(value, key, str) for key in ("did", "name", "listName", "note"))
        return cls(did=did, name=name, list_name=list_name, note=note)


RecognisedIssuers = tuple[RecognisedIssuer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is accepted.

    ``suites``: cryptosuites of embedded proofs. ``algorithms``: signature algorithms of tokens (JOSE), such as
    ``ES256``. ``inline_contexts``: whether a document may bring a vocabulary of its own. ``follow_refresh``: whether an
    issuer is asked for a newer version (it learns that somebody looked). ``clock_skew``: how far a proof's date may lie
    ahead of our clock. ``max_status_age``: how old a status list may be. ``max_proofs``: how many are looked at.
    ``max_children``: how many contained credentials and endorsements are. ``loopback``: plain HTTP and ``localhost``
    allowed (demonstrations only). ``challenge`` and ``domain``: what a presentation must answer, or ``None`` when
    nothing was asked. ``require_…``: whether a missing binding or recognition is a caution.

    Raises:
        ValueError: the policy accepts no suite, asks for a challenge without a domain, or has a limit out of reason.

    """

    suites: frozenset[str]
    algorithms: frozenset[str]
    inline_contexts: bool
    follow_refresh: bool
    clock_skew: timedelta
    max_status_age: timedelta
    max_proofs: int
    max_children: int
    loopback: bool
    recognised: RecognisedIssuers
    require_recognition: bool
    require_holder_binding: bool
    challenge: str | None
    domain: str | None

    def __post_init__(self) -> None:
        if not self.suites:
            raise ValueError("A policy that accepts no cryptosuite accepts nothing.")
        if (self.challenge is None) != (self.domain is None):
            raise ValueError("A challenge and a domain are asked for together or not at all.")
        if not timedelta(0) <= self.clock_skew <= MAX_SKEW or not timedelta(0) <= self.max_status_age <= MAX_AGE:
            raise ValueError("Clocks differ by a day at most, and a status list is ten years old at most.")
        if self.max_proofs < 1 or self.max_children < 1:
            raise ValueError("A policy looks at one proof and one credential at least.")

    @classmethod
    def recommended(
        cls,
        *,
        recognised: Sequence[RecognisedIssuer],
        loopback: bool,
        require_holder_binding: bool,
        challenge: str | None,
        domain: str | None,
    ) -> Self:
        """What we recommend: every suite and algorithm we implement, no vocabulary that a document brings itself,
        nobody asked for a newer version, ±300 s, lists no older than a day, 4 proofs, 500 credentials.
        """
        return cls(
            suites=RECOMMENDED_SUITES,
            algorithms=RECOMMENDED_ALGORITHMS,
            inline_contexts=False,
            follow_refresh=False,
            clock_skew=timedelta(seconds=300),
            max_status_age=timedelta(hours=24),
            max_proofs=4,
            max_children=500,
            loopback=loopback,
            recognised=tuple(recognised),
            require_recognition=False,
            require_holder_binding=require_holder_binding,
            challenge=challenge,
            domain=domain,
        )

    def recognition_of(self, did: str) -> RecognisedIssuer | None:
        """The entry for exactly this DID; names, hosts and look-alikes never match."""
        return next((issuer for issuer in self.recognised if issuer.did == did), None)

    def to_json(self) -> JsonObject:
        """A JSON object."""
        return {
            "suites": sorted(self.suites),
            "algorithms": sorted(self.algorithms),
            "inlineContexts": self.inline_contexts,
            "followRefresh": self.follow_refresh,
            "clockSkewSeconds": self.clock_skew.total_seconds(),
            "maxStatusAgeSeconds": self.max_status_age.total_seconds(),
            "maxProofs": self.max_proofs,
            "maxChildren": self.max_children,
            "loopback": self.loopback,
            "recognised": [issuer.to_json() for issuer in self.recognised],
            "requireRecognition": self.require_recognition,
            "requireHolderBinding": self.require_holder_binding,
            "challenge": self.challenge,
            "domain": self.domain,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The policy that ``to_json`` wrote.

        Raises:
            ValueError: it has been changed into something that is none (or ``KeyError``).

        """
        return cls(
            suites=frozenset(texts(value, "suites")),
            # A record from before these existed was made with none of them.
            algorithms=frozenset(texts({"algorithms": (), **value}, "algorithms")),
            inline_contexts=value.get("inlineContexts") is True,
            follow_refresh=value.get("followRefresh") is True,
            clock_skew=seconds(value, "clockSkewSeconds"),
            max_status_age=seconds(value, "maxStatusAgeSeconds"),
            max_proofs=member(value, "maxProofs", int),
            max_children=member(value, "maxChildren", int),
            loopback=member(value, "loopback", bool),
            recognised=tuple(RecognisedIssuer.from_json(item) for item in objects(value, "recognised")),
            require_recognition=member(value, "requireRecognition", bool),
            require_holder_binding=member(value, "requireHolderBinding", bool),
            challenge=optional(value, "challenge", str),
            domain=optional(value, "domain", str),
        )


RECOMMENDED: Final = Policy.recommended
