"""Judging what arrives: the same checks as any verifier's, with the wallet's own rule for what it keeps.

The rule: the proof must verify, with a key that is the issuer's. A status list out of reach, a credential that has
expired or
was withdrawn is kept and said; recognition is a reader's business, not a family's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kit.errors import BadInput, Unavailable
from kit.fetch.online import verify_online
from kit.i18n import _
from vc.checks import CheckName, DocumentKind, Outcome, Report, Verdict
from vc.document import Document
from vc.policy import Policy
from vc.problems import BaseProofShown, Unsupported
from vc.securing import open_document
from wallet.service.core import Tools

_DEADLINE_SECONDS = 10.0
_MUST_PASS = (
    CheckName.PARSE,
    CheckName.KIND,
    CheckName.CONTEXTS,
    CheckName.PROOF_POLICY,
    CheckName.ISSUER_KEY,
    CheckName.SIGNATURE,
)
_CREDENTIALS = {
    DocumentKind.CREDENTIAL,
    DocumentKind.ACHIEVEMENT_CREDENTIAL,
    DocumentKind.ENDORSEMENT_CREDENTIAL,
    DocumentKind.CLR_CREDENTIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A document (its bytes as they came, and what they hold) with the report on it, made at `at`."""

    document: Document
    report: Report
    at: datetime


class Judging:
    """Asks the issuer's own documents what they say about a credential."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def judge(self, data: bytes) -> Judged:
        """The report on a credential's bytes. Asks the network, so call it outside every session.

        Raises: ProblemError when the bytes are neither a JSON document nor a token that holds one.
        """
        document = open_document(data)
        policy = Policy.recommended(
            recognised=(),
            loopback=self._tools.settings.loopback,
            require_holder_binding=False,
            challenge=None,
            domain=None,
        )
        now = self._tools.clock.now()
        report, _evidence = verify_online(
            data, fetcher=self._tools.fetcher, policy=policy, now=now, seconds=_DEADLINE_SECONDS
        )
        return Judged(document=document, report=report, at=now)

    @staticmethod
    def require_genuine(judged: Judged) -> None:
        """Let a document pass whose proof verifies.

        Raises: BadInput when it is no credential, or is not genuine; Unavailable when that cannot be found out today.
        """
        report = judged.report
        if report.document_kind not in _CREDENTIALS:
            remedy = _("Ask the provider for the award as a verifiable credential, a file that ends in .json.")
            raise BadInput(_("This file holds no award that can be kept here."), field="file", remedy=remedy)
        outcomes = [report.check(name).outcome for name in _MUST_PASS]
        # Also for what somebody else signed inside it: a record with a forged line is not genuine.
        if Outcome.FAILED in outcomes or report.verdict is Verdict.NOT_GENUINE:
            raise BadInput(
                _("This was changed after it was signed, or signed by somebody else. It was not kept."),
                field="file",
                remedy=_("Ask the provider for the original."),
                kind="not-genuine",
            )
        if any(problem.type == BaseProofShown.type for problem in report.check(CheckName.PROOF_POLICY).problems):
            raise BadInput(
                _("From this original every part can be shown, and a share would hand it on whole. It was not kept."),
                field="file",
                remedy=_("Choose the parts with “satchel derive”, and add the file that it writes."),
                kind="base-proof",
            )
        if any(outcome not in {Outcome.PASSED, Outcome.CAUTION} for outcome in outcomes):
            raise Unavailable(
                _("Whether this is genuine could not be found out just now, so it was not kept. Try again in a while."),
                retry_after=60,
            )

    @staticmethod
    def unsupported(judged: Judged) -> bool:
        """Of a document whose proof could not be checked: whether that is because nobody here knows its form."""
        checks = (judged.report.check(name) for name in _MUST_PASS)
        first = next((each for each in checks if each.outcome not in {Outcome.PASSED, Outcome.CAUTION}), None)
        return first is not None and any(problem.type == Unsupported.type for problem in first.problems)

    @staticmethod
    def require_derivable(judged: Judged) -> None:
        """Let a document pass whose proof verifies, to have a part of it shown.

        Raises: BadInput when it is not genuine; Unavailable when that cannot be found out today.
        """
        outcomes = [judged.report.check(name).outcome for name in _MUST_PASS]
        if Outcome.FAILED in outcomes:
            raise BadInput(
                _("This was changed after it was signed, or signed by somebody else. Nothing was derived from it."),
                field="/verifiableCredential",
                remedy=_("Ask the provider for the original."),
                kind="not-genuine",
            )
        if any(outcome not in {Outcome.PASSED, Outcome.CAUTION} for outcome in outcomes):
            raise Unavailable(
                _("Whether this is genuine could not be found out just now. Try again in a while."), retry_after=60
            )
