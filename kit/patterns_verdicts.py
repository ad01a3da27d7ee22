"""Made-up reports for `/patterns`: one for every verdict and every kind of *but*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from vc.checks import Check, CheckName, DocumentKind, Outcome, Report
from vc.problems import PROBLEMS, SECURITY, STATUS_LIST, Problem

NOW: Final = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
DID: Final = "did:web:maple.example:orgs:maple"
NAMES: Final[Mapping[str, str]] = {DID: "Maple Co-op"}

_LIST: Final = {"listIssuer": DID, "retrieved": (NOW - timedelta(minutes=4)).isoformat(), "fromCache": False}
_LISTED: Final = {
    "issuer": DID,
    "recognised": True,
    "name": "Maple Co-op",
    "listName": "State registry of providers",
    "note": "",
}
_UNLISTED: Final = {"issuer": DID, "recognised": False}


def samples() -> Sequence[tuple[str, Report]]:
    """Pairs of a name and a report."""
    status = {"url": "https://maple.example/orgs/maple/status/1", "reason": "timeout", "at": NOW.isoformat()}
    withdrawn = {**_LIST, "since": "2027-03-01T00:00:00+00:00", "reason": "issuedInError"}
    expired = {"validFrom": "2024-03-01T00:00:00Z", "validUntil": "2027-03-01T00:00:00Z"}
    return (
        ("genuine", _report()),
        (
            "genuine-unlisted",
            _report(recognition=_check(CheckName.RECOGNITION, Outcome.NOT_APPLICABLE, facts=_UNLISTED)),
        ),
        ("expired", _report(validity=_check(CheckName.VALIDITY, Outcome.CAUTION, PROBLEMS + "expired", facts=expired))),
        (
            "several",
            _report(
                validity=_check(CheckName.VALIDITY, Outcome.CAUTION, PROBLEMS + "expired", facts=expired),
                status=_check(CheckName.STATUS, Outcome.CAUTION, PROBLEMS + "suspended", facts=_LIST),
                holder_binding=_check(CheckName.HOLDER_BINDING, Outcome.CAUTION, PROBLEMS + "holder-not-bound"),
            ),
        ),
        ("withdrawn", _report(status=_check(CheckName.STATUS, Outcome.FAILED, PROBLEMS + "revoked", facts=withdrawn))),
        (
            "forged",
            _report(
                signature=_check(CheckName.SIGNATURE, Outcome.FAILED, SECURITY + "PROOF_VERIFICATION_ERROR"),
                status=_check(CheckName.STATUS, Outcome.INDETERMINATE, PROBLEMS + "not-reached"),
                recognition=_check(CheckName.RECOGNITION, Outcome.NOT_APPLICABLE, facts=_UNLISTED),
            ),
        ),
        (
            "unknown",
            _report(
                status=_check(
                    CheckName.STATUS, Outcome.INDETERMINATE, STATUS_LIST + "STATUS_RETRIEVAL_ERROR", facts=status
                )
            ),
        ),
        ("presentation", _presentation()),
    )


def _report(**changed: Check) -> Report:
    """A credential's report in which everything passed, but for what is `changed` (by check, dashes as underscores)."""
    facts: dict[CheckName, Mapping[str, Any]] = {
        CheckName.PROOF_POLICY: {"created": "2026-06-12T15:00:00Z"},
        CheckName.VALIDITY: {"validFrom": "2026-06-12T00:00:00Z"},
        CheckName.STATUS: _LIST,
        CheckName.RECOGNITION: _LISTED,
    }
    checks = []
    for name in CheckName:
        if name is CheckName.CREDENTIAL:
            continue
        outcome = Outcome.NOT_APPLICABLE if name is CheckName.HOLDER_BINDING else Outcome.PASSED
        checks.append(changed.get(name.replace("-", "_"), _check(name, outcome, facts=facts.get(name))))
    return Report(document_kind=DocumentKind.ACHIEVEMENT_CREDENTIAL, digest="", checks=tuple(checks))


def _presentation() -> Report:
    withdrawn = _check(CheckName.STATUS, Outcome.FAILED, PROBLEMS + "revoked", facts=_LIST)
    children = (_report(), _report(status=withdrawn))
    checks = [
        _check(name, Outcome.PASSED)
        for name in (CheckName.PARSE, CheckName.KIND, CheckName.CONTEXTS, CheckName.PROOF_POLICY, CheckName.SIGNATURE)
    ]
    checks.append(_check(CheckName.HOLDER_BINDING, Outcome.PASSED, facts={"binding": "bound"}))
    for place, child in enumerate(children):
        outcome = Outcome.CAUTION if place else Outcome.PASSED
        problems = (PROBLEMS + "child-caution",) if place else ()
        subject = f"/verifiableCredential/{place}"
        facts = {"verdict": child.verdict.value}
        checks.append(_check(CheckName.CREDENTIAL, outcome, *problems, facts=facts, subject=subject))
    return Report(document_kind=DocumentKind.PRESENTATION, digest="", checks=tuple(checks), children=children)


def _check(
    name: CheckName, outcome: Outcome, *types: str, facts: Mapping[str, Any] | None = None, subject: str = ""
) -> Check:
    problems = tuple(Problem(type=each, title="", detail="The detail for those who build.") for each in types)
    return Check(name=name, outcome=outcome, problems=problems, facts=facts or {}, subject=subject)
