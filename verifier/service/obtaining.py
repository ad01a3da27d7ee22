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
from kit.fetch import CREDENTIAL, Fetcher, Reason, Reply
from kit.i18n import _
from vc.document import CREDENTIAL_LIMITS, PRESENTATION_LIMITS, Document, parse
from vc.problems import ProblemError
from verifier.service.inputs import InputRefused, Kind, Refusal, Submission, document
from verifier.service.refusals import explained

CHALLENGE_BYTES: Final = 16
_ACCEPT: Final = "application/vp+ld+json, application/vp, application/json, application/problem+json"
_ENDED: Final = "#share-ended"


class Unreachable(RequestError):  # noqa: N818 - nothing is wrong with the record: there is none
    """A link was followed and gave nothing that can be checked; says nothing about the record behind it."""

    status = 502
    kind = "link-unreachable"
    words = _("Nothing could be fetched from this link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Obtained:
    """A document, and the question that it has to answer: both None when none was asked."""

    document: Document
    challenge: str | None
    domain: str | None


def obtain(submission: Submission, *, fetcher: Fetcher, origin: str, reader: str) -> Obtained:
    """The document behind a submission; ``reader`` is what the family sees of who asked (may be empty).

    Raises: BadInput for what is no credential, Gone for a share that has ended, Unreachable.
    """
    if submission.kind is Kind.DOCUMENT:
        return Obtained(document=read(submission.data), challenge=None, domain=None)
    if submission.kind is Kind.ADDRESS:
        found = fetcher.get(submission.address, kind=CREDENTIAL)
        if found.error == Reason.BAD_CONTENT_TYPE.value:
            raise explained(InputRefused(Refusal.WEB_PAGE))
        if found.error is not None:
            raise _unreachable()
        return Obtained(document=_read_answer(found.body), challenge=None, domain=None)
    challenge = secrets.token_urlsafe(CHALLENGE_BYTES)
    question = {"challenge": challenge, "domain": origin, "reader": reader or origin.partition("://")[2]}
    answer = fetcher.post_json(submission.address, question, accept=_ACCEPT, max_bytes=PRESENTATION_LIMITS.max_bytes)
    if answer.status in {404, 410}:
        raise _ended(answer)
    if answer.error is not None or answer.status != 200:
        raise _unreachable()
    return Obtained(document=_read_answer(answer.body), challenge=challenge, domain=origin)


def read(data: bytes) -> Document:
    """The document in these bytes, strictly.

    Raises: BadInput naming the place.
    """
    try:
        looked_at = document(data)
        types = json.loads(looked_at.data).get("type")
        presented = "VerifiablePresentation" in ([types] if isinstance(types, str) else types)
        return parse(looked_at.data, limits=PRESENTATION_LIMITS if presented else CREDENTIAL_LIMITS)
    except InputRefused as refused:
        raise explained(refused) from None
    except ProblemError as error:
        raise explained(InputRefused(Refusal.AMBIGUOUS, place=error.detail)) from None


def _read_answer(body: bytes) -> Document:
    if body.lstrip()[:1] == b"<":
        raise explained(InputRefused(Refusal.WEB_PAGE))
    return read(body)


def _unreachable() -> Unreachable:
    return Unreachable(
        _("The link was followed, and no record came back. This says nothing about the record itself."),
        remedy=_("Open the link yourself to see what it says, try again later, or ask for the record as a file."),
    )


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
