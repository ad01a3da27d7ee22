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


RecognisedIssuers = tuple[RecognisedIssuer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is accepted.

    ``suites``: cryptosuites. ``clock_skew``: how far a proof's date may lie ahead of our clock. ``max_status_age``: how
    old a status list may be. ``max_proofs``, ``max_children``: how many are looked at. ``loopback``: plain HTTP and
    ``localhost`` allowed (demonstrations only). ``challenge`` and ``domain``: what a presentation must answer, or
    ``None`` when nothing was asked. ``require_…``: whether a missing binding or recognition is a caution.

    Raises:
        ValueError: the policy accepts no suite, or asks for a challenge without a domain.

    """

    suites: frozenset[str]
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
        """What we recommend: every suite we implement, ±300 s, lists no older than a day, 4 proofs, 500 credentials."""
        return cls(
            suites=frozenset({"eddsa-rdfc-2022"}),
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
        """The policy that ``to_json`` wrote."""
        return cls(
            suites=frozenset(value["suites"]),
            clock_skew=timedelta(seconds=value["clockSkewSeconds"]),
            max_status_age=timedelta(seconds=value["maxStatusAgeSeconds"]),
            max_proofs=value["maxProofs"],
            max_children=value["maxChildren"],
            loopback=value["loopback"],
            recognised=tuple(
                RecognisedIssuer(did=item["did"], name=item["name"], list_name=item["listName"], note=item["note"])
                for item in value["recognised"]
            ),
            require_recognition=value["requireRecognition"],
            require_holder_binding=value["requireHolderBinding"],
            challenge=value["challenge"],
            domain=value["domain"],
        )


RECOMMENDED: Final = Policy.recommended
