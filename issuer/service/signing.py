"""Signing several documents of one organisation with one key: values in, values out, so that a process apart can do it.

No database, no clock. The key comes sealed, and so does what was drawn for a signature; whoever does the task opens it.
Each document is held against the rules of its type, signed (which verifies what it made), and asked for what a stranger
would ask (`selfcheck.Checker`).
What is wrong with one document is that document's answer, and keeps none of the others from being signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from issuer.keystore import ASSERTION, Keystore, SealedKey
from issuer.service.lint import lint_form, refuse_large
from issuer.service.organisations import etag_of
from issuer.service.securing import form_of
from issuer.service.selfcheck import Checker, NotGood
from vc.document import CREDENTIAL_LIMITS, parse
from vc.keys import Signer
from vc.problems import ProblemError
from vc.status import StatusListEntry

_REASON: Final = StatusListEntry.reason(list_url="", index=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One index that was given to a credential: the list's address, its purpose, the position."""

    list_url: str
    purpose: str
    position: int

    @property
    def entry(self) -> StatusListEntry:
        """What its credential says about it."""
        if self.purpose == "message":
            return replace(_REASON, list_url=self.list_url, index=self.position)
        return StatusListEntry(list_url=self.list_url, index=self.position, purpose=self.purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One document: its unsigned bytes, its form, the proof's date, and the indices that it was given.

    ``drawn_sealed`` is what was drawn at random for its signature (``draw_sealed``), ``intent_id`` what it is bound to.
    """

    intent_id: str
    unsigned: bytes
    format: str
    drawn_sealed: bytes | None
    created: datetime
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Documents to be signed with one key, and what is needed to check them. Nothing in it is secret: the seed is
    sealed. ``lists`` are the signed lists by address.
    """

    organisation_id: str
    key: SealedKey
    did: str
    identifier_document: bytes
    lists: Mapping[str, bytes]
    loopback: bool
    now: datetime
    items: tuple[Item, ...]

    def part(self, items: Sequence[Item]) -> "Task":
        """The same with some of the documents."""
        return replace(self, items=tuple(items))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A signed document that passed the checks; ``etag`` is quoted. ``for_holder``: see `securing.Secured`."""

    body: bytes
    etag: str
    for_holder: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A document that cannot be signed as it is: what is wrong, and where."""

    detail: str
    pointer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A document that was signed and did not pass our own checks (their names): it is not released."""

    checks: str


Outcome: TypeAlias = Made | Faulty | Withheld


def sign_all(task: Task, keystore: Keystore) -> list[Outcome]:
    """An answer for each document, in their order.

    Raises: Refused, Unavailable when the key cannot be opened or is not this organisation's.
    """
    signers = {
        use: keystore.signer(task.key, organisation_id=task.organisation_id, purpose=ASSERTION, use=use)
        for use in {form_of(item.format).use for item in task.items}
    }
    checker = Checker(
        did=task.did,
        identifier_document=task.identifier_document,
        lists=task.lists,
        loopback=task.loopback,
        now=task.now,
    )
    return [_sign(item, signers[form_of(item.format).use], checker, keystore) for item in task.items]


def draw_sealed(keystore: Keystore, intent_id: str, format_: str) -> bytes | None:
    """What one signature of this form has to have drawn at random, sealed for its intent; None where that is nothing.

    Raises: Unavailable without a key-encryption key.
    """
    drawn = form_of(format_).draw()
    return keystore.seal_text(drawn.hex(), context=_drawn_context(intent_id)) if drawn else None


def opened(keystore: Keystore, intent_id: str, drawn_sealed: bytes | None) -> bytes:
    """What ``draw_sealed`` drew. Raises: Unavailable."""
    if drawn_sealed is None:
        return b""
    return bytes.fromhex(keystore.open_text(drawn_sealed, context=_drawn_context(intent_id)))


def _drawn_context(intent_id: str) -> str:
    return f"issuer/intent/{intent_id}/drawn"


def _sign(item: Item, signer: Signer, checker: Checker, keystore: Keystore) -> Outcome:
    try:
        refuse_large(item.unsigned)
        unsigned = parse(item.unsigned, limits=CREDENTIAL_LIMITS).value
        lint_form(unsigned)
        drawn = opened(keystore, item.intent_id, item.drawn_sealed)
        secured = form_of(item.format).secure(unsigned, signer, item.created, drawn)
        checker.check_added(secured, entries=[place.entry for place in item.places])
    except ProblemError as error:
        return Faulty(detail=error.detail, pointer=error.pointer)
    except NotGood as error:
        return Withheld(checks=str(error))
    return Made(body=secured.body, etag=etag_of(secured.body), for_holder=secured.for_holder)
