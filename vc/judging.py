"""One document on its way to a report: the plan of ``vc.verification``, step by step.

What one check found out is handed to the next. What a document contains (``vc.nested``) goes the same way by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Final

from vc import credential_checks as checks
from vc import nested
from vc import presentation_checks as presentations
from vc import token_checks as tokens
from vc.checks import CREDENTIALS, Check, CheckName, DocumentKind, Findings, Outcome, Report, run, settled
from vc.credential import issuer_id
from vc.credential_checks import Context
from vc.did import VerificationMethod
from vc.document import CREDENTIAL_LIMITS, STATUS_LIST_LIMITS, JsonObject, Limits, is_within, written
from vc.document import check as check_limits
from vc.jsonld import Budget
from vc.nested import Judged, Part, Tally
from vc.problems import KindError, NotReached, ProblemError
from vc.proof import Proof
from vc.refresh_checks import check_refresh
from vc.securing import Secured, open_bytes, open_value
from vc.status_checks import check_status

LIST: Final = DocumentKind.STATUS_LIST
ROOTS: Final = CREDENTIALS | {DocumentKind.PRESENTATION}
LIMITS: Final[Mapping[DocumentKind, Limits]] = MappingProxyType(
    {
        LIST: STATUS_LIST_LIMITS,
        **dict.fromkeys(CREDENTIALS - {DocumentKind.CLR_CREDENTIAL}, CREDENTIAL_LIMITS),
    }
)


class Judge:
    """One document: where it stands in what was handed in (``subject``), what it may be, and what is known of it.

    It was read within ``PRESENTATION_LIMITS`` or narrower ones, by itself or as a part of something.
    """

    def __init__(
        self,
        secured: Secured,
        *,
        context: Context,
        digest: str,
        subject: str,
        previous: Report | None,
        expected: frozenset[DocumentKind],
        depth: int = 0,
    ) -> None:
        self.document = secured.document
        self.jws = secured.jws
        self.context = context
        self.digest = digest
        self.subject = subject
        self.previous = previous
        self.expected = expected
        self.depth = depth
        self.kind = DocumentKind.UNKNOWN
        self.parts: tuple[Part, ...] = ()
        self.checks: list[Check] = []
        self.proofs: list[Proof] = []
        self.keys: list[tuple[Proof, VerificationMethod]] = []
        self.token_key: VerificationMethod | None = None

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
        self.kind = checks.kind_of(self.document, processor=self.context.processor)
        if self.kind not in self.expected:
            raise KindError(f"A {self.kind.value} does not belong here.", pointer="/type")
        if self.jws is not None and self.jws.form.is_presentation != (self.kind is DocumentKind.PRESENTATION):
            raise KindError(f"A token of the form {self.jws.form.value} holds no {self.kind.value}.", pointer="/type")
        if self.kind in LIMITS and not is_within(self.text, LIMITS[self.kind]):
            check_limits(self.document, limits=LIMITS[self.kind], escapes=False)
        if self.kind is not LIST:
            self.parts = nested.parts(self.document, kind=self.kind, text=self.text)
        self.context.tally.add(len(self.parts), most=self.context.policy.max_children, depth=self.depth)
        findings.facts["kind"] = self.kind.value

    @cached_property
    def text(self) -> bytes | None:
        """The document as compact JSON: some questions are answered more quickly by a text than by its nodes."""
        return written(self.document)

    @property
    def budget(self) -> Budget:
        """How much work this document may ask for."""
        return Budget.for_credentials(max(1, len(self.parts)))

    def credential(self) -> Report:
        """The checks of a credential, and a report on each one that it contains."""
        document, context = self.document, self.context
        contexts = self.check_contexts()
        place = len(self.checks)
        self.run(CheckName.PROOF_POLICY, self.find_proofs)
        signature = self.check_proofs("assertionMethod", contexts)
        # It stands before the signature, and is made after it: a schema is fetched from where the issuer said.
        self.run_once(CheckName.SCHEMA, partial(self.check_schema, signature=signature.outcome))
        self.checks.insert(place, self.checks.pop())
        self.run(CheckName.VALIDITY, partial(checks.check_validity, document=document, context=context))
        if self.kind is LIST:
            return self.finish(())
        self.run_once(CheckName.REFRESH, partial(self.check_refresh, signature=signature.outcome))
        self.run_once(CheckName.STATUS, partial(self.check_status, signature=signature.outcome))
        recognise = partial(checks.check_recognition, document=document, signature=signature.outcome, context=context)
        self.run(CheckName.RECOGNITION, recognise)
        if not self.subject:
            self.run(CheckName.HOLDER_BINDING, partial(presentations.check_no_binding, context=context))
        judged = self.judge_parts()
        self.check_parts(judged)
        return self.finish(tuple(part.report for part in judged))

    def check_schema(self, findings: Findings, *, signature: Outcome) -> None:
        """The rules of its type, and those that it names."""
        checks.check_schema(
            findings,
            document=self.document,
            text=self.text,
            kind=self.kind,
            signature=signature,
            context=self.context,
        )

    @property
    def is_embedded(self) -> bool:
        """Whether there have to be proofs in the document: no token is around it, or there are some all the same."""
        return self.jws is None or "proof" in self.document

    def check_contexts(self) -> Check:
        """Whether the signature covers every word; in a token it does, and the question is what the words mean."""
        step = checks.check_contexts if self.is_embedded else tokens.check_vocabulary
        processor = self.context.processor
        check = partial(step, document=self.document, budget=self.budget, processor=processor)
        return self.run_once(CheckName.CONTEXTS, check)

    def find_proofs(self, findings: Findings) -> None:
        """The issuer's proofs, and what the token around the credential says."""
        party = self.party("assertionMethod")
        self.check_token(findings)
        if not self.is_embedded:
            return
        self.proofs = checks.check_proof_policy(
            findings, document=self.document, party=party, purpose="assertionMethod", context=self.context
        )

    def party(self, relationship: str) -> str | None:
        """Whose key has to be used for this purpose; ``None``: that is found out from who signed (a presentation)."""
        return checks.party_of(self.document, "issuer") if relationship == "assertionMethod" else None

    def check_token(self, findings: Findings) -> None:
        """What the token says, if there is one."""
        if self.jws is not None:
            with findings.attempt():
                tokens.check_token(findings, jws=self.jws, document=self.document, context=self.context)

    def check_proofs(self, relationship: str, contexts: Check) -> Check:
        """The keys of the proofs found, then the signatures."""
        self.run(CheckName.ISSUER_KEY, partial(self.find_keys, relationship=relationship))
        return self.run_once(CheckName.SIGNATURE, partial(self.check_signatures, contexts=contexts))

    def find_keys(self, findings: Findings, *, relationship: str) -> None:
        """The keys of the proofs found and of the token."""
        party = self.party(relationship)
        if self.jws is not None:
            with findings.attempt():
                owner = issuer_id(self.document, "holder") if party is None else party
                key = tokens.token_key(self.jws, party=owner, relationship=relationship, context=self.context)
                checks.tell_of_keys(findings, [key], named=(), context=self.context)
                self.token_key = key
        if not self.is_embedded:
            return
        if not self.proofs:
            raise NotReached("There is no proof whose key could be looked up.")
        self.keys = checks.check_keys(
            findings, proofs=self.proofs, party=party, relationship=relationship, context=self.context
        )

    def check_signatures(self, findings: Findings, *, contexts: Check) -> None:
        """The signatures of the proofs found, and of the token."""
        if self.jws is not None:
            tokens.check_token_signature(findings, jws=self.jws, method=self.token_key)
        if not self.is_embedded:
            return
        checks.check_signatures(
            findings,
            document=self.document,
            keys=self.keys,
            expected=len(self.proofs),
            digest=contexts.facts.get("sha256"),
            budget=self.budget,
            processor=self.context.processor,
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
        newer = open_bytes(body, limits=CREDENTIAL_LIMITS)
        policy = replace(self.context.policy, follow_refresh=False)
        judge = Judge(
            newer,
            context=replace(self.context, policy=policy, tally=Tally()),
            digest=hashlib.sha256(body).hexdigest(),
            subject=self.subject + "/refreshService",
            previous=None,
            expected=CREDENTIALS,
        )
        return newer.document, judge.report()

    def judge_list(self, body: bytes) -> tuple[JsonObject, Report]:
        """A status list, by the same plan, one level deep."""
        fetched = open_bytes(body, limits=STATUS_LIST_LIMITS)
        here = self.subject + "/credentialStatus"
        judge = Judge(fetched, context=self.context, digest="", subject=here, previous=None, expected=frozenset({LIST}))
        return fetched.document, judge.report()

    def presentation(self) -> Report:
        """The checks of a presentation, and a report on each credential in it."""
        signature = self.check_holder_proofs()
        judged = self.judge_parts()
        bind = partial(
            presentations.check_binding,
            credentials=[(part.pointer, each.document) for part, each in zip(self.parts, judged, strict=True)],
            document=self.document,
            holders=self.signers,
            signature=signature,
            context=self.context,
        )
        self.run(CheckName.HOLDER_BINDING, bind)
        self.check_parts(judged)
        return self.finish(tuple(part.report for part in judged))

    def check_holder_proofs(self) -> Outcome:
        """The holder's proofs; a presentation may have none, and then nothing is bound to anybody."""
        contexts = self.check_contexts()
        self.run_once(CheckName.SCHEMA, self.check_envelope)
        if not self.is_signed:
            return Outcome.NOT_APPLICABLE
        self.run(CheckName.PROOF_POLICY, self.find_holder_proofs)
        return self.check_proofs("authentication", contexts).outcome

    @property
    def is_signed(self) -> bool:
        """Whether anybody signed this presentation."""
        return self.jws is not None or "proof" in self.document

    def check_envelope(self, findings: Findings) -> None:
        """The form of the presentation, and that it says nothing by itself when nobody signed it."""
        self.check_schema(findings, signature=Outcome.NOT_APPLICABLE)
        if not self.is_signed:
            presentations.refuse_unsigned_claims(self.document)

    def find_holder_proofs(self, findings: Findings) -> None:
        """The holder's proofs and token, and whether they answer what was asked."""
        document, context = self.document, self.context
        self.check_token(findings)
        if self.is_embedded:
            self.proofs = checks.check_proof_policy(
                findings, document=document, party=None, purpose="authentication", context=context
            )
            presentations.check_answer(findings, proofs=self.proofs, context=context)
        presentations.check_holder(findings, document=document, holders=self.signers)

    @property
    def signers(self) -> list[str]:
        """Who signed, as far as the names of the keys tell; whether it was they is the next checks' question."""
        found = {proof.method.controller for proof in self.proofs}
        if self.jws is not None and (signer := tokens.signer_of(self.jws, party=issuer_id(self.document, "holder"))):
            found.add(signer)
        return sorted(found)

    def judge_parts(self) -> list[Judged]:
        """The report on each part that is signed by itself; each once, however often it stands here."""
        earlier = self.previous.children if self.previous else ()
        return [
            self.judge_part(part, previous=earlier[index] if index < len(earlier) else None)
            for index, part in enumerate(self.parts)
        ]

    def judge_part(self, part: Part, *, previous: Report | None) -> Judged:
        """The report on one part."""
        here = self.subject + part.pointer
        known, same = self.context.tally.judged, part.key
        digest = same[0]
        if same in known:
            return nested.moved(known[same], here)
        try:
            secured = open_value(part.value)
        except ProblemError as error:
            judged = Judged(report=unreadable(error, digest=digest, subject=here), document={}, subject=here)
        else:
            judge = type(self)(
                secured,
                context=self.context,
                digest=digest,
                subject=here,
                previous=previous,
                expected=part.expected,
                depth=self.depth + 1,
            )
            judged = Judged(report=judge.report(), document=secured.document, subject=here)
        known[same] = judged
        return judged

    def check_parts(self, judged: list[Judged]) -> None:
        """What the verdict on each part means for this document."""
        check = partial(nested.check_part, document=self.document, named=nested.names(self.document, self.parts))
        for part, each in zip(self.parts, judged, strict=True):
            step = partial(check, part=part, judged=each)
            self.checks.append(run(CheckName.CREDENTIAL, step, subject=self.subject + part.pointer))


def unreadable(error: ProblemError, *, digest: str, subject: str) -> Report:
    """The report on something that cannot be read."""

    def step(_findings: Findings) -> None:
        raise error

    return Report(
        document_kind=DocumentKind.UNKNOWN, digest=digest, checks=(run(CheckName.PARSE, step, subject=subject),)
    )
