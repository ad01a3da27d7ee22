"""The loop around the pure verdict: ask it what it lacks, fetch that, ask again. At most four rounds, one deadline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from kit.fetch.fetcher import ROUND_SECONDS, Fetcher
from kit.fetch.kinds import Reason
from kit.fetch.network import Deadline
from vc.checks import Report
from vc.document import Document
from vc.evidence import MAX_EVIDENCE_BYTES, Evidence, Resource
from vc.policy import Policy
from vc.problems import Url
from vc.verification import verify

ROUNDS = 4
_FETCHES = 8
_FETCHES_PER_CHILD = 4
_AT_A_TIME = 32


def verify_online(
    document: Document | bytes,
    *,
    fetcher: Fetcher,
    policy: Policy,
    now: datetime,
    seconds: float = ROUND_SECONDS,
    evidence: Evidence | None = None,
    reuse_within: timedelta | None = None,
    stale_within: timedelta | None = None,
) -> tuple[Report, Evidence]:
    """A verdict, and the evidence it stands on: enough to replay it offline.

    `evidence` is what is known already (a status first seen, resources of the same sitting). `seconds` bounds the
    fetching; what is not in by then could not be checked. `reuse_within` and `stale_within` are `Fetcher.fetch`'s.
    No document can make us fetch more than 8 resources, and 4 for each signed part it contains, nor keep more than
    64 MiB of what was fetched.
    """
    known = evidence if evidence is not None else Evidence()
    deadline = Deadline(seconds)
    report = verify(document, evidence=known, policy=policy, now=now)
    allowance = _FETCHES + _FETCHES_PER_CHILD * _contained(report)
    for _round in range(ROUNDS):
        wanted = sorted(report.missing - known.resources.keys())
        if not wanted:
            break
        taken, allowance = wanted[:allowance], max(0, allowance - len(wanted))
        known |= _without(wanted[len(taken) :], Reason.TOO_MANY, now)
        for start in range(0, len(taken), _AT_A_TIME):
            urls = taken[start : start + _AT_A_TIME]
            try:
                left = deadline.left()
            except TimeoutError:
                known |= _without(urls, Reason.TIMEOUT, now)
                continue
            had = fetcher.fetch(
                urls, wanted=report.wanted, seconds=left, reuse_within=reuse_within, stale_within=stale_within
            )
            known |= _fitting(had, MAX_EVIDENCE_BYTES - known.size, now)
        report = verify(document, evidence=known, policy=policy, now=now, previous=report)
    return report, known


def _contained(report: Report) -> int:
    """How many signed parts a document contains, at any depth."""
    return sum(1 + _contained(child) for child in report.children)


def _fitting(had: Mapping[Url, Resource], room: int, now: datetime) -> dict[Url, Resource]:
    """What was had, as far as there is `room` for it in bytes; the rest is as good as not had."""
    found: dict[Url, Resource] = {}
    for url, resource in had.items():
        room -= len(resource.body)
        found[url] = resource if room >= 0 else _without([url], Reason.TOO_LARGE, now)[url]
    return found


def _without(urls: list[Url], reason: Reason, now: datetime) -> dict[Url, Resource]:
    return {url: Resource(url=url, body=b"", media_type="", retrieved=now, final=0, error=reason.value) for url in urls}
