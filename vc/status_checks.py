"""Whether the issuer still upholds a credential: every entry is looked up, and any doubt leaves the question open.

Only a bit that a verified list of the same issuer sets makes a credential withdrawn, or an unsigned list at the
issuer's own address (docs/adr/0008). An entry that is malformed, a list that is missing, short, late or another's:
could not be checked. It is never *valid*, and it is never *forged* either.

Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from vc.checks import CheckName, DocumentKind, Findings, Report, Verdict
from vc.credential import issuer_id
from vc.credential_checks import Context
from vc.document import JsonObject, JsonValue, listed
from vc.evidence import Resource
from vc.problems import (
    BudgetExceeded,
    EvidenceUnavailable,
    NewerVersionCaution,
    ProblemError,
    RevokedError,
    StaleEvidenceError,
    StatusMessageCaution,
    StatusRetrievalError,
    StatusVerificationError,
    SuspendedCaution,
    UnsignedListCaution,
    Unsupported,
    Url,
)
from vc.status import (
    REVOCATION_LIST_TYPE,
    ReadList,
    RevocationList,
    StatusList,
    StatusListEntry,
    entry_key,
    message_for,
    read_journal,
    reason_of,
)
from vc.timestamps import format_timestamp
from vc.urls import origin_of, parse_url
from vc.wanted import Wanted

MAX_ENTRIES: Final = 8
Facts: TypeAlias = dict[str, JsonValue]
JudgeList: TypeAlias = Callable[[bytes], tuple[JsonObject, Report]]
"""The status list credential in these bytes, verified by the same plan, one level deep: a list has no status of its
own. Raises ``ProblemError`` when they hold none."""


def check_status(findings: Findings, *, document: JsonObject, context: Context, judge: JudgeList) -> None:
    """Look up every entry; the facts tell by whom, since when and why a credential was withdrawn."""
    entries = listed(document.get("credentialStatus"))
    if not entries:
        findings.applicable = False
        return
    # An entry with an id can be repeated without breaking the signature; each copy would be work.
    if len(entries) > MAX_ENTRIES:
        findings.doubt(_too_many(len(entries)))
        return
    several = isinstance(document.get("credentialStatus"), list)
    told: list[Facts] = []
    for number, entry in enumerate(entries):
        here = f"/credentialStatus/{number}" if several else "/credentialStatus"
        facts: Facts = {}
        with findings.attempt():
            _check_entry(findings, facts, entry, here=here, document=document, context=context, judge=judge)
        refuse_repeated(findings, facts, told, here=here)
        told.append(facts)
    findings.facts["entries"] = list(told)
    _summarise(findings, told)


def _too_many(count: int) -> ProblemError:
    return BudgetExceeded(f"{count} status entries; at most {MAX_ENTRIES} are looked up.", pointer="/credentialStatus")


def refuse_repeated(findings: Findings, facts: Facts, told: list[Facts], *, here: str) -> None:
    """Doubt a position that an earlier entry named for the same purpose: the issuer wrote it once."""
    names = ("purpose", "index", "list")
    if facts and any(all(facts.get(name) == earlier.get(name) for name in names) for earlier in told):
        findings.doubt(StatusVerificationError("The same status entry is given twice.", pointer=here))


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
        if REVOCATION_LIST_TYPE in listed(value.get("type")):
            _check_listed(findings, facts, value, here=here, document=document, context=context)
            return
        entry = StatusListEntry.parse(value, here=here)
        facts |= {"purpose": entry.purpose, "index": entry.index, "list": entry.list_url}
        if entry.purpose not in entry.form.purposes:
            raise Unsupported(f"A status of the purpose {entry.purpose!r} is not supported.", pointer=here)
        url = parse_url(entry.list_url, loopback=context.policy.loopback, pointer=here + "/statusListCredential")
        status_list = _status_list(findings, facts, url, document=document, context=context, judge=judge)
        bit = status_list.value(entry)
        # A withdrawal is for good: a copy past its time still shows one. It only no longer shows that there is none.
        if not (bit and entry.purpose == "revocation"):
            refuse_stale(context.evidence[url], context=context, life=status_list.life)
    except EvidenceUnavailable as error:
        findings.facts |= {"url": error.url, "reason": error.reason, "at": error.since.isoformat()}
        findings.doubt(StatusRetrievalError(f"{error.url} could not be had: {error.reason}.", pointer=here))
        return
    except ProblemError as error:
        findings.doubt(error)
        return
    facts["value"] = bit
    if entry.references:
        facts["references"] = list(entry.references)
    message = message_for(entry, bit)
    if message is not None and not bit and reason_of(message) is None:
        facts["meaning"] = message
    if bit:
        _conclude(findings, facts, entry, bit, status_list, here=here, context=context)


def _status_list(
    findings: Findings, facts: Facts, url: Url, *, document: JsonObject, context: Context, judge: JudgeList
) -> StatusList:
    """The verified list at this URL."""
    resource = context.evidence.had(url, wanted=Wanted.STATUS_LIST)
    facts |= {"retrieved": resource.retrieved.isoformat(), "fromCache": resource.from_cache}
    refuse_stale(resource, context=context, life=None)
    if url not in context.lists.read:
        context.lists.read[url] = _read(resource, url=url, context=context, judge=judge)
    read = context.lists.read[url]
    listed_by = refuse_other_issuer(read.issuer, document) if read.issuer is not None else None
    if read.report is not None:
        findings.lack_what(read.report)
    if isinstance(read.content, ProblemError):
        raise read.content
    facts["listIssuer"] = listed_by
    if read.valid_from is not None:
        facts["listValidFrom"] = read.valid_from
    return read.content


def _read(resource: Resource, *, url: Url, context: Context, judge: JudgeList) -> ReadList:
    """Parse, verify and expand a list: once for each address in one verdict, whether that goes well or not."""
    try:
        fetched, report = judge(resource.body)
        issuer = issuer_id(fetched)
    except ProblemError as error:
        detail = f"What came back from {url} is not a status list ({error.detail})"
        return ReadList(issuer=None, valid_from=None, content=StatusRetrievalError(detail))
    valid_from = report.check(CheckName.VALIDITY).facts.get("validFrom")
    content: StatusList | ProblemError
    try:
        refuse_unverified(report)
        context.lists.refuse_more()
        content = StatusList.parse(fetched, url=url)
        context.lists.expanded += len(content.bits)
    except ProblemError as error:
        content = error
    return ReadList(issuer=issuer or "nobody", valid_from=valid_from, content=content, report=report)


def refuse_unverified(report: Report) -> None:
    """Refuse a list that is none, or whose own credential is not genuine and current."""
    if report.document_kind is not DocumentKind.STATUS_LIST or report.verdict is not Verdict.GENUINE_AND_CURRENT:
        reasons = " ".join(problem.detail for problem in report.problems)
        raise StatusVerificationError(f"The status list does not verify. {reasons}".strip())


def refuse_other_issuer(listed_by: str, document: JsonObject) -> str:
    """The list's issuer, who must be the credential's: another's list says nothing, however well it is signed."""
    issued_by = issuer_id(document)
    if listed_by != issued_by:
        raise StatusVerificationError(f"The status list was issued by {listed_by}, the credential by {issued_by}.")
    return listed_by


def refuse_stale(resource: Resource, *, context: Context, life: timedelta | None) -> None:
    """Refuse a list that was fetched too long ago (by the policy, or by the list's own word), or in the future."""
    age = context.now - resource.retrieved
    most = context.policy.max_status_age if life is None else min(life, context.policy.max_status_age)
    if age > most or -age > context.policy.clock_skew:
        raise StaleEvidenceError(
            f"The status list was fetched on {format_timestamp(resource.retrieved)}, which is too long ago to rely on."
        )


def _check_listed(
    findings: Findings, facts: Facts, value: JsonObject, *, here: str, document: JsonObject, context: Context
) -> None:
    """Look the credential up in the unsigned list whose address its issuer signed.

    Spec: https://www.imsglobal.org/spec/vcrl/v1p0/
    """
    url = parse_url(value.get("id"), loopback=context.policy.loopback, pointer=here + "/id")
    facts |= {"purpose": "revocation", "list": url}
    resource = context.evidence.had(url, wanted=Wanted.REVOCATION_LIST)
    facts |= {"retrieved": resource.retrieved.isoformat(), "fromCache": resource.from_cache}
    refuse_stale(resource, context=context, life=None)
    name = document.get("id")
    if not isinstance(name, str):
        raise StatusVerificationError("A credential without an id cannot be looked up in a list of ids.", pointer="")
    found = RevocationList.parse(resource.body, url=url)
    facts["listIssuer"] = issuer = refuse_other_issuer(found.issuer, document)
    own = is_own_address(url, issuer, context=context)
    facts |= {"value": int(name in found.revoked), "signed": False, "ownAddress": own}
    if name not in found.revoked:
        if not own:
            detail = "Nobody signed the list of withdrawals, and it is not at the issuer's own address."
            findings.add(UnsignedListCaution(detail, pointer=here))
        return
    if found.revoked[name]:
        facts["message"] = found.revoked[name]
    if not own:
        # Hearsay: whoever has that host by now could say so. It is not "withdrawn", and it is not green either.
        detail = "A list that nobody signed, at an address that is not the issuer's, says that it is withdrawn."
        raise StatusVerificationError(detail, pointer=here)
    findings.add(RevokedError("The issuer has withdrawn this credential.", pointer=here))


def is_own_address(url: Url, issuer: str, *, context: Context) -> bool:
    """Whether a URL lies at the issuer's own origin: that of its did:web, or of its https identifier."""
    return origin_of(issuer, loopback=context.policy.loopback) == origin_of(url, loopback=context.policy.loopback)


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
    message = message_for(entry, value) or ""
    reason = reason_of(message)
    if message:
        facts["message"] = message
    if reason is not None:
        facts["reason"] = reason.code
    if entry.purpose == "revocation":
        findings.add(RevokedError("The issuer has withdrawn this credential.", pointer=here))
        return
    if entry.purpose == "suspension":
        findings.add(SuspendedCaution("The issuer has suspended this credential for now.", pointer=here))
        return
    if entry.purpose == "refresh":
        findings.add(NewerVersionCaution("The issuer says that there is a newer version.", pointer=here))
        return
    # One of our own reasons explains a withdrawal; it is not a warning of its own.
    if reason is None:
        findings.add(StatusMessageCaution(f"The issuer says: {message}", pointer=here))
