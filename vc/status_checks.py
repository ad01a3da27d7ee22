"""Whether the issuer still upholds a credential: every entry is looked up, and any doubt leaves the question open.

Only a bit that a verified list of the same issuer sets makes a credential withdrawn. An entry that is malformed, a list
that is missing, short, late or another's: could not be checked. It is never *valid*, and it is never *forged* either.

Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from vc.checks import CheckName, DocumentKind, Findings, Report, Verdict
from vc.credential import issuer_id
from vc.credential_checks import Context
from vc.document import STATUS_LIST_LIMITS, JsonObject, JsonValue, listed, parse
from vc.evidence import Resource
from vc.problems import (
    EvidenceUnavailable,
    ProblemError,
    RevokedError,
    StaleEvidenceError,
    StatusMessageCaution,
    StatusRetrievalError,
    StatusVerificationError,
    SuspendedCaution,
    Unsupported,
    Url,
)
from vc.status import PURPOSES, StatusList, StatusListEntry, entry_key, message_for, read_journal, reason_of
from vc.timestamps import format_timestamp
from vc.urls import parse_url

Facts: TypeAlias = dict[str, JsonValue]
JudgeList: TypeAlias = Callable[[JsonObject], Report]
"""Verifies a status list credential by the same pipeline, one level deep: a list has no status of its own."""


def check_status(findings: Findings, *, document: JsonObject, context: Context, judge: JudgeList) -> None:
    """Look up every entry; the facts tell by whom, since when and why a credential was withdrawn."""
    entries = listed(document.get("credentialStatus"))
    if not entries:
        findings.applicable = False
        return
    several = isinstance(document.get("credentialStatus"), list)
    told: list[Facts] = []
    for number, entry in enumerate(entries):
        here = f"/credentialStatus/{number}" if several else "/credentialStatus"
        facts: Facts = {}
        with findings.attempt():
            _check_entry(findings, facts, entry, here=here, document=document, context=context, judge=judge)
        told.append(facts)
    findings.facts["entries"] = list(told)
    _summarise(findings, told)


def _summarise(findings: Findings, told: list[Facts]) -> None:
    """Put what a reader asks first (by whom, since when, why) beside the entries."""
    for facts in told:
        if facts.get("purpose") in {"revocation", "suspension"}:
            names = ("listIssuer", "retrieved", "fromCache")
            findings.facts |= {name: facts[name] for name in names if name in facts and name not in findings.facts}
        if facts.get("value") and facts.get("purpose") in {"revocation", "suspension"}:
            told_of = ("listIssuer", "since", "firstSeen", "retrieved")
            findings.facts |= {name: facts[name] for name in told_of if name in facts}
        findings.facts |= {name: facts[name] for name in ("message", "reason") if name in facts}


def _check_entry(
    findings: Findings,
    facts: Facts,
    value: JsonValue,
    *,
    here: str,
    document: JsonObject,
    context: Context,
    judge: JudgeList,
) -> None:
    try:
        if not isinstance(value, Mapping):
            raise StatusVerificationError("A status entry is not an object.", pointer=here)
        entry = StatusListEntry.parse(value, here=here)
        facts |= {"purpose": entry.purpose, "index": entry.index, "list": entry.list_url}
        if entry.purpose not in PURPOSES:
            raise Unsupported(f"A status of the purpose {entry.purpose!r} is not supported.", pointer=here)
        url = parse_url(entry.list_url, loopback=context.policy.loopback, pointer=here + "/statusListCredential")
        status_list = _status_list(facts, url, document=document, context=context, judge=judge)
        bit = status_list.value(entry)
    except EvidenceUnavailable as error:
        findings.facts |= {"url": error.url, "reason": error.reason, "at": error.since.isoformat()}
        findings.doubt(StatusRetrievalError(f"{error.url} could not be had: {error.reason}.", pointer=here))
        return
    except ProblemError as error:
        findings.doubt(error)
        return
    facts["value"] = bit
    if bit:
        _conclude(findings, facts, entry, bit, status_list, here=here, context=context)


def _status_list(facts: Facts, url: Url, *, document: JsonObject, context: Context, judge: JudgeList) -> StatusList:
    """The verified list at this URL."""
    resource = context.evidence[url]
    facts |= {"retrieved": resource.retrieved.isoformat(), "fromCache": resource.from_cache}
    refuse_stale(resource, context=context)
    try:
        fetched = parse(resource.body, limits=STATUS_LIST_LIMITS).value
    except ProblemError as error:
        raise StatusRetrievalError(f"What came back from {url} is not a status list ({error.detail})") from None
    listed_by = refuse_other_issuer(fetched, document)
    if url not in context.lists:
        context.lists[url] = judge(fetched)
    report = context.lists[url]
    if report.document_kind is not DocumentKind.STATUS_LIST or report.verdict is not Verdict.GENUINE_AND_CURRENT:
        reasons = " ".join(problem.detail for problem in report.problems)
        raise StatusVerificationError(f"The status list does not verify. {reasons}".strip())
    facts["listIssuer"] = listed_by
    valid_from = report.check(CheckName.VALIDITY).facts.get("validFrom")
    if valid_from is not None:
        facts["listValidFrom"] = valid_from
    return StatusList.parse(fetched, url=url)


def refuse_other_issuer(fetched: JsonObject, document: JsonObject) -> str:
    """The list's issuer, who must be the credential's: another's list says nothing, however well it is signed."""
    listed_by, issued_by = issuer_id(fetched), issuer_id(document)
    if listed_by is None or listed_by != issued_by:
        raise StatusVerificationError(f"The status list was issued by {listed_by}, the credential by {issued_by}.")
    return listed_by


def refuse_stale(resource: Resource, *, context: Context) -> None:
    """Refuse a list that was fetched too long ago, or in the future."""
    age = context.now - resource.retrieved
    if age > context.policy.max_status_age or -age > context.policy.clock_skew:
        raise StaleEvidenceError(
            f"The status list was fetched on {format_timestamp(resource.retrieved)}, which is too long ago to rely on."
        )


def _conclude(
    findings: Findings,
    facts: Facts,
    entry: StatusListEntry,
    value: int,
    status_list: StatusList,
    *,
    here: str,
    context: Context,
) -> None:
    """What a set position means."""
    seen = context.evidence.first_seen.get(entry_key(entry.list_url, entry.index))
    if seen is not None:
        facts["firstSeen"] = seen.isoformat()
    since = read_journal(status_list.description, index=entry.index)
    if since is not None:
        facts["since"] = since.isoformat()
    if entry.purpose == "revocation":
        findings.add(RevokedError("The issuer has withdrawn this credential.", pointer=here))
        return
    if entry.purpose == "suspension":
        findings.add(SuspendedCaution("The issuer has suspended this credential for now.", pointer=here))
        return
    message = message_for(entry, value) or ""
    reason = reason_of(message)
    facts["message"] = message
    if reason is not None:
        # One of our own reasons explains a withdrawal; it is not a warning of its own.
        facts["reason"] = reason.code
        return
    findings.add(StatusMessageCaution(f"The issuer says: {message}", pointer=here))
