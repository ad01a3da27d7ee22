"""Checking what was just signed the way a stranger would, before anybody gets it.

The evidence is our own: the identifier document and the status lists exactly as they are served. A check that fails or
could not be made stops the release; a caution (a credential that is issued after its own end) does not.

`check_signed` is the whole verdict on one credential. `Checker` says the same of many that were signed with one key:
1. each status list is verified with the first credential that names it, and every credential's entries are looked up;
2. the first credential of each *frame* gets the whole verdict. The frame is everything that a verdict looks at but the
   learner's own members: contexts, types, issuer, achievement, dates, the proof without its value;
3. a credential in a frame that was found good differs only in members that `lint_form` and the signing itself judged
   already. Its bytes must read back as what was signed, and its entries be the ones that were given to it. In a form
   of which each signature has to be verified by itself, every credential gets the whole verdict.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from issuer.service.context import Organisation
from issuer.service.identities import is_key
from issuer.service.organisations import Published
from issuer.service.securing import Secured
from issuer.settings import IssuerSettings
from kit.errors import Unavailable
from kit.i18n import _
from vc import verify
from vc.checks import Check, CheckName, Outcome, Report
from vc.credential import issuer_id
from vc.did import Did
from vc.did import web as did_web
from vc.document import CREDENTIAL_LIMITS, STATUS_LIST_LIMITS, JsonObject, JsonValue, listed, mentions, parse, serialize
from vc.evidence import Evidence, Resource
from vc.policy import Policy
from vc.problems import ChildIndeterminate, ProblemError, Url
from vc.securing import is_token, open_document
from vc.status import StatusList, StatusListEntry

_GOOD: Final = frozenset({Outcome.PASSED, Outcome.CAUTION, Outcome.NOT_APPLICABLE})
_FREE: Final = frozenset({"id", "credentialStatus", "credentialSubject", "proof"})
_FREE_OF_SUBJECT: Final = frozenset({"id", "identifier", "result", "creditsEarned", "term", "narrative", "role"})
"""Members of a subject that no check but the rules and the schema looks at."""

_LOOKED_FOR: Final = tuple(
    f'"{name}"'.encode()
    for name in (
        *("endorsement", "endorsementJwt", "verifiableCredential", "relatedResource"),
        *("awardedDate", "activityStartDate", "activityEndDate", "dateOfBirth"),
    )
)
"""Members that a verdict finds wherever they stand: with one of them, nothing of a subject is free."""


class NotGood(Exception):  # noqa: N818 - an answer about one credential, not a defect
    """A credential that was just signed does not pass; the text names the checks."""


def check_signed(
    body: bytes,
    *,
    organisation: Organisation,
    identifier_document: bytes,
    lists: Mapping[str, Published],
    now: datetime,
    settings: IssuerSettings,
) -> None:
    """Return when the signed bytes verify.

    Raises: ProblemError, the first problem found; Unavailable when a check could not be made.
    """
    resources = _keys(organisation.did, identifier_document, loopback=settings.loopback, now=now)
    for url, published in lists.items():
        resources[Url(url)] = _resource(Url(url), published.body, "application/vc", now)
    report = _verdict(body, resources, loopback=settings.loopback, now=now)
    bad = [check for check in report.checks if not _passes(check)]
    if bad or not report.checks:
        raise withheld(names(bad))


def withheld(failed: str) -> Unavailable:
    """What is said of a credential that did not pass our own checks, whose names are given."""
    return Unavailable(
        _("What was signed did not pass our own check (%(names)s), so it was not released.", names=failed)
    )


class Checker:
    """Checks what one key of one organisation has just signed. ``lists`` are the signed lists by address."""

    def __init__(
        self, *, did: str, identifier_document: bytes, lists: Mapping[str, bytes], loopback: bool, now: datetime
    ) -> None:
        self._did = did
        self._loopback = loopback
        self._now = now
        self._keys = _keys(did, identifier_document, loopback=loopback, now=now)
        self._lists = {Url(url): _resource(Url(url), body, "application/vc", now) for url, body in lists.items()}
        self._read: dict[Url, StatusList] = {}
        self._good_lists: set[Url] = set()
        self._good_frames: set[bytes] = set()

    def check_added(self, secured: Secured, *, entries: Sequence[StatusListEntry]) -> None:
        """Return when a stranger would accept what was just signed, whose form was linted.

        ``entries`` are the indices that were given to it. Raises: NotGood.
        """
        asked = {Url(entry.list_url) for entry in entries}
        self._check_entries(secured.document, entries)
        frame = _frame(secured)
        if frame is None or frame not in self._good_frames or not asked <= self._good_lists:
            self._check_whole(secured.body, asked)
            self._good_lists |= asked
            if frame is not None:
                self._good_frames.add(frame)
        elif open_document(secured.body).value != secured.document:
            raise NotGood(CheckName.PARSE.value)

    def _check_whole(self, body: bytes, asked: set[Url]) -> None:
        """The whole verdict; of the status lists it lacks exactly those that verified already."""
        new = {url: self._lists[url] for url in asked - self._good_lists}
        report = _verdict(body, {**self._keys, **new}, loopback=self._loopback, now=self._now)
        status = [check for check in report.checks if check.name is CheckName.STATUS]
        bad = [check for check in report.checks if check.name is not CheckName.STATUS and not _passes(check)]
        known = asked & self._good_lists
        expected = Outcome.INDETERMINATE if known else Outcome.PASSED if asked else Outcome.NOT_APPLICABLE
        bad += [check for check in status if check.outcome is not expected or check.problems or check.missing != known]
        if bad or len(status) != 1:
            raise NotGood(names(bad) or CheckName.STATUS.value)

    def _check_entries(self, signed: JsonObject, entries: Sequence[StatusListEntry]) -> None:
        """The entries are those that were given to it, in lists of ours, and none of them is set."""
        stated = listed(signed.get("credentialStatus"))
        if stated != [entry.to_json() for entry in entries] or issuer_id(signed) != self._did:
            raise NotGood(CheckName.STATUS.value)
        try:
            is_set = any(self._list(Url(entry.list_url)).value(entry) for entry in entries)
        except (KeyError, ProblemError):
            is_set = True
        if is_set:
            raise NotGood(CheckName.STATUS.value)

    def _list(self, url: Url) -> StatusList:
        """What a list says; whether it verifies is asked with the first credential that names it."""
        if url not in self._read:
            document = parse(self._lists[url].body, limits=STATUS_LIST_LIMITS)
            self._read[url] = StatusList.parse(document.value, url=url)
        return self._read[url]


def _frame(secured: Secured) -> bytes | None:
    """Everything in a signed credential that is not the learner's own, as bytes to be compared; None: nothing is."""
    if secured.around is None:
        return None
    signed = secured.document
    fixed: dict[str, JsonValue] = {name: value for name, value in signed.items() if name not in _FREE}
    subject = signed["credentialSubject"]
    assert isinstance(subject, Mapping), "the form was linted"
    free = {name: value for name, value in subject.items() if name in _FREE_OF_SUBJECT}
    fixed["credentialSubject"] = {name: value for name, value in subject.items() if name not in _FREE_OF_SUBJECT}
    fixed["proof"] = secured.around
    fixed["credentialStatus"] = len(listed(signed.get("credentialStatus")))
    if mentions(serialize(free), *_LOOKED_FOR):
        fixed["free"] = free
    return serialize(fixed)


def names(checks: Iterable[Check]) -> str:
    """Their names, in one line."""
    return ", ".join(check.name for check in checks)


def _passes(check: Check) -> bool:
    """Whether a check lets a credential pass. What others say in it was judged when it was accepted: here, without the
    network, it may be that it cannot be judged; that it is not genuine, may not.
    """
    unasked = check.outcome is Outcome.INDETERMINATE and bool(check.problems)
    return check.outcome in _GOOD or (
        unasked and all(problem.type == ChildIndeterminate.type for problem in check.problems)
    )


def _verdict(body: bytes, resources: Mapping[Url, Resource], *, loopback: bool, now: datetime) -> Report:
    return verify(
        body if is_token(body) else parse(body, limits=CREDENTIAL_LIMITS),
        evidence=Evidence(resources),
        policy=Policy.recommended(
            recognised=(),
            loopback=loopback,
            require_holder_binding=False,
            challenge=None,
            domain=None,
        ),
        now=now,
    )


def _keys(did: str, identifier_document: bytes, *, loopback: bool, now: datetime) -> dict[Url, Resource]:
    """The identifier document, as evidence; none is needed where the identifier is the key."""
    if is_key(did):
        return {}
    address = did_web.url(Did.parse(did), loopback=loopback)
    return {address: _resource(address, identifier_document, "application/did+json", now)}


def _resource(url: Url, body: bytes, media_type: str, now: datetime) -> Resource:
    return Resource(url=url, body=body, media_type=media_type, retrieved=now)
