"""The verdict: a pure function of a document, the evidence, a policy and a time.

Plan, in this order, and every check is made that can be made, so that a reader learns everything at once:

1. *parse*: strict JSON.  2. *kind*: one kind of document that we check.  3. *contexts*: every part is covered by a
signature.  4. *schema*: the rules of its type.  5. *proof-policy*: proofs by the issuer, each acceptable in itself.
6. *issuer-key*: the keys, out of the issuer's own document.  7. *signature*.  8. *validity*.  9. *refresh*: whether
there is a newer version.  10. *status*.  11. *recognition*.  12. *holder-binding*. A presentation has 1 to 7 and 12 of
its own, and each credential in it is judged by the same plan.

It never fetches. What it lacks is in ``Report.missing``; the shell fetches that and calls again, handing in the
earlier report, so that only what lacked evidence is done again and nothing is canonicalized twice. What this module
does not do: it trusts nobody (recognition is a line of its own) and it does not decide what the words are.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#verification
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

import orjson

from vc import credential_checks as checks
from vc import presentation_checks as presentations
from vc.checks import Basis, Check, CheckName, DocumentKind, Findings, Outcome, Report, run, settled
from vc.credential_checks import Context
from vc.did import VerificationMethod
from vc.document import (
    CREDENTIAL_LIMITS,
    PRESENTATION_LIMITS,
    STATUS_LIST_LIMITS,
    Document,
    JsonObject,
    JsonValue,
    Limits,
    listed,
    parse,
)
from vc.document import check as check_limits
from vc.evidence import MAX_EVIDENCE_BYTES, Evidence
from vc.jsonld import Budget
from vc.policy import Policy
from vc.problems import BudgetExceeded, KindError, NotReached, ProblemError
from vc.proof import Proof
from vc.reading import within_time
from vc.refresh_checks import check_refresh
from vc.status_checks import check_status

LIST: Final = DocumentKind.STATUS_LIST
CREDENTIALS: Final = frozenset({DocumentKind.ACHIEVEMENT_CREDENTIAL, DocumentKind.CREDENTIAL})
ROOTS: Final = CREDENTIALS | {DocumentKind.PRESENTATION}
LIMITS: Final[Mapping[DocumentKind, Limits]] = MappingProxyType(
    {LIST: STATUS_LIST_LIMITS, **dict.fromkeys(CREDENTIALS, CREDENTIAL_LIMITS)}
)


def verify(
    document: Document | bytes,
    *,
    evidence: Evidence,
    policy: Policy,
    now: datetime,
    previous: Report | None = None,
) -> Report:
    """What the document is worth. Decides; never fetches. The same arguments always give the same report.

    ``previous`` is the report on the same document with less evidence, under the same policy and time; checks that were
    settled there are carried over. More than 64 MiB of evidence is not looked at: could not be checked.

    Raises:
        ValueError: ``now`` has no zone or is out of reason, or ``previous`` is about another document or was made from
            anything but a part of the same evidence, the same policy and the same time.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#verification

    """
    within_time(now)
    if isinstance(document, bytes):
        data = document
        try:
            document = parse(data, limits=PRESENTATION_LIMITS)
        except ProblemError as error:
            return _unreadable(data, error)
    digest = hashlib.sha256(document.bytes).hexdigest()
    if previous is not None and previous.digest != digest:
        raise ValueError("The earlier report is about another document.")
    basis = Basis(evidence=evidence, policy=policy, now=now)
    if previous is not None and not basis.may_follow(previous.basis):
        raise ValueError("The earlier report was made from other evidence, another policy or another time.")
    if evidence.size > MAX_EVIDENCE_BYTES:
        return _unreadable(
            document.bytes, BudgetExceeded(f"The evidence comes to more than {MAX_EVIDENCE_BYTES} bytes.")
        )
    context = Context(evidence=evidence, policy=policy, now=now)
    judge = _Judge(document.value, context=context, digest=digest, subject="", previous=previous, expected=ROOTS)
    return replace(judge.report(), basis=basis)


def _unreadable(data: bytes, error: ProblemError) -> Report:
    findings = Findings()
    findings.add(error)
    check = Check(name=CheckName.PARSE, outcome=findings.outcome(), problems=tuple(findings.problems))
    return Report(document_kind=DocumentKind.UNKNOWN, digest=hashlib.sha256(data).hexdigest(), checks=(check,))


class _Judge:
    """One document on its way to a report; what one check found out is handed to the next."""

    def __init__(
        self,
        document: JsonObject,
        *,
        context: Context,
        digest: str,
        subject: str,
        previous: Report | None,
        expected: frozenset[DocumentKind],
    ) -> None:
        self.document = document
        self.context = context
        self.digest = digest
        self.subject = subject
        self.previous = previous
        self.expected = expected
        self.kind = DocumentKind.UNKNOWN
        self.checks: list[Check] = []
        self.proofs: list[Proof] = []
        self.keys: list[tuple[Proof, VerificationMethod]] = []

    def report(self) -> Report:
        """Make every check that this kind of document has."""
        self.checks.append(Check(name=CheckName.PARSE, outcome=Outcome.PASSED, subject=self.subject))
        if self.run(CheckName.KIND, self.find_kind).outcome is not Outcome.PASSED:
            return self.finish(())
        if self.kind is DocumentKind.PRESENTATION:
            return self.presentation()
        return self.credential()

    def finish(self, children: tuple[Report, ...]) -> Report:
        """The report on what was checked."""
        return Report(document_kind=self.kind, digest=self.digest, checks=tuple(self.checks), children=children)

    def run(self, name: CheckName, step: Callable[[Findings], None]) -> Check:
        """Make a check, and keep it."""
        check = run(name, step, subject=self.subject)
        self.checks.append(check)
        return check

    def run_once(self, name: CheckName, step: Callable[[Findings], None]) -> Check:
        """Make a check unless an earlier round settled it."""
        earlier = settled(self.previous.checks, name) if self.previous else None
        if earlier is None:
            return self.run(name, step)
        self.checks.append(earlier)
        return earlier

    def find_kind(self, findings: Findings) -> None:
        """What this is, whether it belongs here, and whether it is small enough for what it is."""
        self.kind = checks.kind_of(self.document)
        if self.kind not in self.expected:
            raise KindError(f"A {self.kind.value} does not belong here.", pointer="/type")
        if self.kind in LIMITS:
            check_limits(self.document, limits=LIMITS[self.kind], escapes=False)
        else:
            presentations.check_count(listed(self.document.get("verifiableCredential")), context=self.context)
        findings.facts["kind"] = self.kind.value

    def credential(self) -> Report:
        """The checks of a credential."""
        document, context = self.document, self.context
        budget = Budget.for_credentials(1)
        contexts = self.run_once(CheckName.CONTEXTS, partial(checks.check_contexts, document=document, budget=budget))
        self.run_once(CheckName.SCHEMA, partial(checks.check_schema, document=document, kind=self.kind))
        self.run(CheckName.PROOF_POLICY, self.find_proofs)
        signature = self.check_proofs("assertionMethod", contexts, budget)
        self.run(CheckName.VALIDITY, partial(checks.check_validity, document=document, context=context))
        if self.kind is DocumentKind.STATUS_LIST:
            return self.finish(())
        self.run_once(CheckName.REFRESH, partial(self.check_refresh, signature=signature.outcome))
        self.run_once(CheckName.STATUS, partial(self.check_status, signature=signature.outcome))
        recognise = partial(checks.check_recognition, document=document, signature=signature.outcome, context=context)
        self.run(CheckName.RECOGNITION, recognise)
        if not self.subject:
            self.run(CheckName.HOLDER_BINDING, partial(presentations.check_no_binding, context=context))
        return self.finish(())

    def find_proofs(self, findings: Findings) -> None:
        """The issuer's proofs."""
        issuer = checks.party_of(self.document, "issuer")
        self.proofs = checks.check_proof_policy(
            findings, document=self.document, party=issuer, purpose="assertionMethod", context=self.context
        )

    def check_proofs(self, relationship: str, contexts: Check, budget: Budget) -> Check:
        """The keys of the proofs found, then the signatures."""
        self.run(CheckName.ISSUER_KEY, partial(self.find_keys, relationship=relationship))
        return self.run_once(CheckName.SIGNATURE, partial(self.check_signatures, contexts=contexts, budget=budget))

    def find_keys(self, findings: Findings, *, relationship: str) -> None:
        """The keys of the proofs found."""
        if not self.proofs:
            raise NotReached("There is no proof whose key could be looked up.")
        self.keys = checks.check_keys(findings, proofs=self.proofs, relationship=relationship, context=self.context)

    def check_signatures(self, findings: Findings, *, contexts: Check, budget: Budget) -> None:
        """The signatures of the proofs found."""
        digest = contexts.facts.get("sha256")
        checks.check_signatures(
            findings,
            document=self.document,
            keys=self.keys,
            expected=len(self.proofs),
            digest=digest,
            budget=budget,
        )

    def check_status(self, findings: Findings, *, signature: Outcome) -> None:
        """The status, once it is clear that the issuer wrote where to look for it."""
        if "credentialStatus" in self.document and signature is not Outcome.PASSED:
            raise NotReached("Where the status is published is only known when the signature verifies.")
        check_status(findings, document=self.document, context=self.context, judge=self.judge_list)

    def check_refresh(self, findings: Findings, *, signature: Outcome) -> None:
        """Whether there is a newer version, if the policy wants that to be asked."""
        check_refresh(
            findings, document=self.document, signature=signature, context=self.context, judge=self.judge_newer
        )

    def judge_newer(self, body: bytes) -> tuple[JsonObject, Report]:
        """What a refresh service gave out, by the same plan; its own refresh service is not asked."""
        newer = parse(body, limits=CREDENTIAL_LIMITS).value
        judge = _Judge(
            newer,
            context=replace(self.context, policy=replace(self.context.policy, follow_refresh=False)),
            digest=hashlib.sha256(body).hexdigest(),
            subject=self.subject + "/refreshService",
            previous=None,
            expected=CREDENTIALS,
        )
        return newer, judge.report()

    def judge_list(self, document: JsonObject) -> Report:
        """A status list, by the same plan, one level deep."""
        here = self.subject + "/credentialStatus"
        judge = _Judge(
            document, context=self.context, digest="", subject=here, previous=None, expected=frozenset({LIST})
        )
        return judge.report()

    def presentation(self) -> Report:
        """The checks of a presentation, and a report on each credential in it."""
        document, context = self.document, self.context
        children = listed(document.get("verifiableCredential"))
        signature = self.check_holder_proofs(len(children))
        reports = tuple(self.judge_child(index, child) for index, child in enumerate(children))
        bind = partial(
            presentations.check_binding, document=document, proofs=self.proofs, signature=signature, context=context
        )
        self.run(CheckName.HOLDER_BINDING, bind)
        for index, report in enumerate(reports):
            here = f"{self.subject}/verifiableCredential/{index}"
            step = partial(presentations.check_child, child=report, index=index)
            self.checks.append(run(CheckName.CREDENTIAL, step, subject=here))
        return self.finish(reports)

    def check_holder_proofs(self, count: int) -> Outcome:
        """The holder's proofs; a presentation may have none, and then nothing is bound to anybody."""
        document = self.document
        budget = Budget.for_credentials(max(1, count))
        contexts = self.run_once(CheckName.CONTEXTS, partial(checks.check_contexts, document=document, budget=budget))
        self.run_once(CheckName.SCHEMA, self.check_envelope)
        if "proof" not in document:
            return Outcome.NOT_APPLICABLE
        self.run(CheckName.PROOF_POLICY, self.find_holder_proofs)
        return self.check_proofs("authentication", contexts, budget).outcome

    def check_envelope(self, findings: Findings) -> None:
        """The form of the presentation, and that it says nothing by itself when nobody signed it."""
        checks.check_schema(findings, document=self.document, kind=self.kind)
        if "proof" not in self.document:
            presentations.refuse_unsigned_claims(self.document)

    def find_holder_proofs(self, findings: Findings) -> None:
        """The holder's proofs, and whether they answer what was asked."""
        document, context = self.document, self.context
        self.proofs = checks.check_proof_policy(
            findings, document=document, party=None, purpose="authentication", context=context
        )
        presentations.check_answer(findings, proofs=self.proofs, context=context)
        presentations.check_holder(findings, document=document, proofs=self.proofs)

    def judge_child(self, index: int, child: JsonValue) -> Report:
        """The report on one credential of a presentation."""
        value: JsonObject = child if isinstance(child, Mapping) else {}
        earlier = self.previous.children[index] if self.previous and self.previous.children else None
        judge = _Judge(
            value,
            context=self.context,
            digest=hashlib.sha256(orjson.dumps(child)).hexdigest(),
            subject=f"{self.subject}/verifiableCredential/{index}",
            previous=earlier,
            expected=CREDENTIALS,
        )
        return judge.report()
