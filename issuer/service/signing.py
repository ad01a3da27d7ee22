"""Signing several documents of one organisation with one key: values in, values out, so that a process apart can do it.

No database, no clock. The key comes sealed, and whoever does the task opens it. Each document is held against the rules
of its type, signed (`add_proof` verifies what it made), and asked for what a stranger would ask (`selfcheck.Checker`).
What is wrong with one document is that document's answer, and keeps none of the others from being signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from issuer.keystore import ASSERTION, PROOF, Keystore, SealedKey
from issuer.service.lint import lint_form, refuse_large
from issuer.service.organisations import etag_of
from issuer.service.selfcheck import Checker, NotGood
from vc.document import CREDENTIAL_LIMITS, parse, serialize
from vc.keys import Signer
from vc.problems import ProblemError
from vc.proof import add_proof
from vc.status import StatusListEntry

SUITE: Final = "eddsa-rdfc-2022"
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
    """One document: its unsigned bytes, the proof's date, and the indices that it was given."""

    unsigned: bytes
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
    """A signed document that passed the checks; ``etag`` is quoted."""

    body: bytes
    etag: str


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
    signer = keystore.signer(task.key, organisation_id=task.organisation_id, purpose=ASSERTION, use=PROOF)
    checker = Checker(
        did=task.did,
        identifier_document=task.identifier_document,
        lists=task.lists,
        loopback=task.loopback,
        now=task.now,
    )
    return [_sign(item, signer, checker) for item in task.items]


def _sign(item: Item, signer: Signer, checker: Checker) -> Outcome:
    try:
        refuse_large(item.unsigned)
        unsigned = parse(item.unsigned, limits=CREDENTIAL_LIMITS).value
        lint_form(unsigned)
        signed = add_proof(
            unsigned,
            signer=signer,
            suite=SUITE,
            purpose=ASSERTION,
            created=item.created,
            challenge=None,
            domain=None,
        )
        body = serialize(signed)
        checker.check_added(signed, body, entries=[place.entry for place in item.places])
    except ProblemError as error:
        return Faulty(detail=error.detail, pointer=error.pointer)
    except NotGood as error:
        return Withheld(checks=str(error))
    return Made(body=body, etag=etag_of(body))
