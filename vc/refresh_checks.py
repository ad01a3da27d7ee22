"""Whether the issuer gives out a newer version of a credential: asked once, only if the policy says so.

Asking tells the issuer that somebody is looking, so by default the facts only say that there is an address. The newer
version never takes the place of the one in hand: that one is judged as it is, with a caution if the newer one is
genuine, of the same id and of the same issuer. Whatever else comes back is no news about the one in hand.

Spec: https://www.imsglobal.org/spec/vccr/v1p0/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from vc.checks import Findings, Outcome, Report, Verdict
from vc.credential import issuer_id, validity
from vc.credential_checks import Context
from vc.document import JsonObject, listed
from vc.openbadges.terms import REFRESH_TYPE
from vc.problems import EvidenceUnavailable, NewerVersionCaution, NotReached, ProblemError
from vc.proof import without_proof
from vc.timestamps import format_timestamp
from vc.urls import parse_url
from vc.wanted import Wanted

JudgeNewer: TypeAlias = Callable[[bytes], tuple[JsonObject, Report]]
"""The credential in these bytes (JSON or a compact token) and the report on it by the same plan, without its own
refresh service. Raises ``ProblemError`` when they hold none."""
_STANDS: Final = frozenset({Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT, Verdict.WITHDRAWN})


def check_refresh(
    findings: Findings, *, document: JsonObject, signature: Outcome, context: Context, judge: JudgeNewer
) -> None:
    """Ask the first refresh service that we understand, and say what came of it.

    The facts: ``service`` (its address), ``followed``; after asking ``newer`` (the verdict on what came back),
    ``newerValidFrom``, or ``unused`` (why what came back was not used).
    """
    findings.applicable = False
    services = [item for item in listed(document.get("refreshService")) if isinstance(item, Mapping)]
    service = next((item for item in services if REFRESH_TYPE in listed(item.get("type"))), None)
    if service is None:
        if services:
            findings.facts |= {"service": str(services[0].get("id", ""))[:2_048], "followed": False}
        return
    findings.facts |= {"service": str(service.get("id", ""))[:2_048], "followed": context.policy.follow_refresh}
    if not context.policy.follow_refresh:
        return
    # OB 3.0 §9: the refresh comes after the proof. An address that nobody signed is not asked.
    if signature is not Outcome.PASSED:
        raise NotReached("Where newer versions are is only known when the signature verifies.")
    try:
        _ask(findings, service, document=document, context=context, judge=judge)
    except EvidenceUnavailable as error:
        # "If the refresh fails, continue with the original": it is no news about the credential in hand.
        findings.facts |= {"unused": error.reason, "asked": error.since.isoformat()}
    except ProblemError as error:
        findings.facts["unused"] = error.detail


def _ask(findings: Findings, service: JsonObject, *, document: JsonObject, context: Context, judge: JudgeNewer) -> None:
    url = parse_url(service.get("id"), loopback=context.policy.loopback, pointer="/refreshService")
    resource = context.evidence.had(url, wanted=Wanted.CREDENTIAL)
    findings.facts["asked"] = resource.retrieved.isoformat()
    newer, report = judge(resource.body)
    findings.lack_what(report)
    if reason := refuse_other(document, newer):
        findings.facts["unused"] = reason
        return
    if without_proof(newer) == without_proof(document):
        findings.applicable = True  # the one in hand is what the issuer gives out now
        return
    findings.facts["newer"] = report.verdict.value
    begin = validity(newer).start
    if begin is not None:
        findings.facts["newerValidFrom"] = format_timestamp(begin)
    if report.verdict in _STANDS and not is_older(newer, document):
        findings.add(NewerVersionCaution("The issuer gives out a newer version.", pointer="/refreshService"))


def refuse_other(document: JsonObject, newer: JsonObject) -> str | None:
    """Why what came back is no version of this credential: another id, or another issuer."""
    if document.get("id") is None or newer.get("id") != document["id"]:
        return "What came back is another credential."
    if issuer_id(newer) != issuer_id(document):
        return "What came back is by another issuer."
    return None


def is_older(newer: JsonObject, document: JsonObject) -> bool:
    """Whether what came back begins earlier than what is in hand: an old copy is no newer version."""
    there, here = validity(newer).start, validity(document).start
    return there is not None and here is not None and there < here
