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
from dataclasses import replace
from datetime import datetime
from typing import TypeGuard

from vc.checks import Basis, Report
from vc.credential_checks import Context
from vc.document import PRESENTATION_LIMITS, Document
from vc.document import check as check_limits
from vc.evidence import MAX_EVIDENCE_BYTES, Evidence
from vc.judging import ROOTS, Judge, unreadable
from vc.openbadges2 import is_open_badge, verify_open_badge
from vc.policy import Policy
from vc.problems import BudgetExceeded, ProblemError
from vc.reading import within_time
from vc.securing import is_token, open_bytes, open_value


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
    data = document if isinstance(document, bytes) else document.bytes
    digest = hashlib.sha256(data).hexdigest()
    try:
        if _is_json(document):
            check_limits(document.value, limits=PRESENTATION_LIMITS, escapes=False)
            secured = open_value(document.value)
        else:
            secured = open_bytes(data, limits=PRESENTATION_LIMITS)
    except ProblemError as error:
        return unreadable(error, digest=digest, subject="")
    if previous is not None and previous.digest != digest:
        raise ValueError("The earlier report is about another document.")
    basis = Basis(evidence=evidence, policy=policy, now=now)
    if previous is not None and not basis.may_follow(previous.basis):
        raise ValueError("The earlier report was made from other evidence, another policy or another time.")
    if evidence.size > MAX_EVIDENCE_BYTES:
        much = BudgetExceeded(f"The evidence comes to more than {MAX_EVIDENCE_BYTES} bytes.")
        return unreadable(much, digest=digest, subject="")
    context = Context(evidence=evidence, policy=policy, now=now)
    if is_open_badge(secured.document):
        return replace(verify_open_badge(secured.jws or secured.document, context=context, digest=digest), basis=basis)
    judge = Judge(secured, context=context, digest=digest, subject="", previous=previous, expected=ROOTS)
    return replace(judge.report(), basis=basis)


def _is_json(document: Document | bytes) -> TypeGuard[Document]:
    """Whether a document was read already and is what its bytes say; what was in a token or an envelope is read again,
    for what stands around it.
    """
    return isinstance(document, Document) and b"Enveloped" not in document.bytes and not is_token(document.bytes)
