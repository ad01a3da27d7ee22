"""From what was handed in to the document that is judged: a text is one; a link is followed, guarded, once.

A share link is asked for a presentation made for this verifier and this moment: a fresh challenge, our origin as the
domain. What comes back counts only as the answer to that question, so an answer given elsewhere or before is worthless.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kit.errors import Gone, RequestError
from kit.fetch import Fetcher, Reply
from kit.i18n import _
from kit.intake import Form, InputRefused, Refusal, Unreachable, explained, follow, read_text
from vc.document import CREDENTIAL_LIMITS, PRESENTATION_LIMITS, Document, parse
from vc.problems import ProblemError
from vc.securing import open_document
from verifier.service.inputs import Kind, Submission

CHALLENGE_BYTES: Final = 16
_ACCEPT: Final = "application/vp+ld+json, application/vp, application/json, application/problem+json"
_ENDED: Final = "#share-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obtained:
    """A document, and the question that it has to answer: both None when none was asked."""

    document: Document
    challenge: str | None
    domain: str | None


def obtain(submission: Submission, *, fetcher: Fetcher, origin: str, reader: str, loopback: bool) -> Obtained:
    """The document behind a submission; ``reader`` is what the family sees of who asked (may be empty).

    Raises: BadInput for what is no credential, Gone for a share that has ended, Unreachable.
    """
    if submission.kind is Kind.DOCUMENT:
        return Obtained(document=read(submission.data), challenge=None, domain=None)
    if submission.kind is Kind.ADDRESS:
        try:
            found = follow(submission.address, fetcher=fetcher, loopback=loopback)
        except InputRefused as refused:
            raise explained(refused) from None
        return Obtained(document=read(found.text), challenge=None, domain=None)
    challenge = secrets.token_urlsafe(CHALLENGE_BYTES)
    question = {"challenge": challenge, "domain": origin, "reader": reader or origin.partition("://")[2]}
    answer = fetcher.post_json(submission.address, question, accept=_ACCEPT, max_bytes=PRESENTATION_LIMITS.max_bytes)
    if answer.status in {404, 410}:
        raise _ended(answer)
    if answer.error is not None or answer.status != 200:
        raise Unreachable
    return Obtained(document=read(answer.body), challenge=challenge, domain=origin)


def read(data: bytes) -> Document:
    """The document in these bytes, strictly.

    Raises: BadInput naming the place.
    """
    try:
        item = read_text(data)
        if item.form is Form.LINK:
            raise InputRefused(Refusal.NOT_A_CREDENTIAL)
        if item.form is Form.JWS:
            return open_document(item.text)
        types = json.loads(item.text).get("type")
        presented = "VerifiablePresentation" in ([types] if isinstance(types, str) else types)
        return parse(item.text, limits=PRESENTATION_LIMITS if presented else CREDENTIAL_LIMITS)
    except InputRefused as refused:
        raise explained(refused) from None
    except ProblemError as error:
        raise explained(InputRefused(Refusal.AMBIGUOUS, place=error.detail)) from None


def _ended(answer: Reply) -> RequestError:
    told = _problem(answer.body)
    title = _("This link does not work any more")
    detail = _("The link leads nowhere: it was not copied whole, or it was removed.")
    if answer.status == 410 and str(told.get("type", "")).endswith(_ENDED) and isinstance(told.get("detail"), str):
        said = " ".join(told["detail"].split())[:400]
        detail = _("The wallet that it leads to answers: “%(said)s”", said=said)
    elif answer.status == 410:
        detail = _("Whoever shared it has recalled the link, or its time is over.")
    remedy = _("Ask the person for a new link. A link that ends says nothing against the record.")
    return Gone(detail, title=title, remedy=remedy, kind="share-ended")


def _problem(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body[:20_000])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}
