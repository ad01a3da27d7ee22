"""A stored verdict as a value, and as the bytes that are sealed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from vc.checks import Report
from vc.record import Record
from verifier.service.inputs import Kind, Submission
from verifier.service.lookalikes import LookAlike

RecognitionUse = Literal["list", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A stored verdict: the replayable record and what surrounds it.

    ``earlier`` is the id of the verdict that this one repeats; ``rolled_back`` are lists whose host served an older
    version than before; ``warnings`` are names that imitate a recognised one, by DID; ``last_good`` is when
    an address that could not be reached this time was last had.
    """

    id: str
    record: Record
    submission: Submission
    reader: str
    recognition: RecognitionUse
    earlier: str | None
    rolled_back: tuple[str, ...]
    warnings: Mapping[str, Sequence[LookAlike]]
    last_good: Mapping[str, datetime]
    expires: datetime

    @property
    def report(self) -> Report:
        """What was found."""
        return self.record.report


def pack(judged: Judged) -> bytes:
    """The verdict as bytes."""
    value = {
        "record": judged.record.to_json(),
        "kind": judged.submission.kind.value,
        "address": judged.submission.address,
        "reader": judged.reader,
        "recognition": judged.recognition,
        "earlier": judged.earlier,
        "rolledBack": list(judged.rolled_back),
        "warnings": {
            did: [[a.recognised_name, a.recognised_did, a.list_name, a.same_letters] for a in alike]
            for did, alike in judged.warnings.items()
        },
        "lastGood": {url: moment.isoformat() for url, moment in judged.last_good.items()},
        "expires": judged.expires.isoformat(),
    }
    return json.dumps(value, ensure_ascii=False).encode()


def unpack(verdict_id: str, content: bytes) -> Judged:
    """The verdict that :func:`pack` wrote."""
    value: Mapping[str, Any] = json.loads(content)
    record = Record.from_json(value["record"])
    kind = Kind(value["kind"])
    data = record.document if kind is Kind.DOCUMENT else b""
    return Judged(
        id=verdict_id,
        record=record,
        submission=Submission(kind=kind, data=data, address=value["address"]),
        reader=value["reader"],
        recognition=value["recognition"],
        earlier=value["earlier"],
        rolled_back=tuple(value["rolledBack"]),
        warnings={
            did: [LookAlike(recognised_name=n, recognised_did=d, list_name=ln, same_letters=s) for n, d, ln, s in alike]
            for did, alike in value["warnings"].items()
        },
        last_good={url: datetime.fromisoformat(moment) for url, moment in value["lastGood"].items()},
        expires=datetime.fromisoformat(value["expires"]),
    )
