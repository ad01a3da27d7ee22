"""What is kept, as pages and programs see it: the page of one award, its editions, the bin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vc.checks import Report
from wallet.service.advice import Advice
from wallet.service.cards import Card
from wallet.service.family_views import LearnerView


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of a document: the credential it is now, whether that was kept before, and whether an older one
    gave way.
    """

    credential_id: str
    already: bool
    replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """One edition in the history. `source` is "claim", "file", "self", "archive" or "host"."""

    number: int
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """The page of one award. `report` is the last check, with the evidence's age in it; `original` is the media type of
    the file in which it came, empty when it came by itself. `advice` says what to know and do now; `standing` is the
    verdict of each endorsement, by its place.
    """

    card: Card
    learner: LearnerView
    report: Report
    editions: tuple[EditionLine, ...]
    shares: tuple[str, ...]
    original: str
    advice: tuple[Advice, ...]
    standing: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """Something in the bin: what it is, and until when it can be taken back."""

    card: Card
    until: datetime
