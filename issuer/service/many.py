"""Many intents frozen in one transaction and finished in another: what `Issuance` promises of one, for each of them.

What is the same: the intent is stored before anything is signed, signing is deterministic, only the first to finish
stores the bytes, and each signed version has its row in the audit. What is different: the transactions, the checks of
the status lists (`selfcheck.Checker`) and the locks are shared, and no request waits for an answer. One document that
cannot be signed, or that does not pass our own check, keeps none of the others from being finished.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.keystore import SealedKey
from issuer.service.addressing import AddressChanged, is_named
from issuer.service.bulk import Signing
from issuer.service.context import Actor, Context, Organisation
from issuer.service.identities import document_of, under
from issuer.service.issuance import Issuance, Signed, require_own, seal_for_holder
from issuer.service.organisations import sealed_key
from issuer.service.recording import Act, record_many
from issuer.service.selfcheck import withheld
from issuer.service.signing import Faulty, Item, Made, Outcome, Place, Task, draw_sealed
from issuer.service.status_lists import StatusListService
from issuer.store import intents, organisations, status, tables
from issuer.store.intents import Intent
from kit import log
from kit.errors import BadInput, Conflict, RequestError, Unavailable
from kit.i18n import _
from vc.document import JsonObject, serialize
from vc.securing import open_document

MOST: Final = 1000
"""Intents in one transaction: more of them would keep other writers waiting."""
MOST_WAITING: Final = 500
"""So many intents that cannot be signed end a recovery: then it is not single ones that are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """One document that is going to be signed: what ``Issuance.freeze`` takes, for a credential without a request."""

    credential_id: str
    kind: str
    format: str
    unsigned: JsonObject
    details: Mapping[str, str]
    holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What finishing hands to the kind: what was signed and is being kept in this very transaction.

    ``seal`` seals a text, bound to a context.
    """

    session: Session
    organisation: Organisation
    signed: Sequence[tuple[Intent, Signed]]
    seal: Callable[[str, str], bytes]
    now: datetime


CompleteMany = Callable[[Finished], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signer:
    """The identifier that a key signs under, and its document."""

    did: str
    document: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Everything that signing needs, read at once; ``signers`` go by the keys' ids."""

    found: Mapping[str, Intent]
    keys: Mapping[str, SealedKey]
    signers: Mapping[str, "_Signer"]
    ended: Sequence[str]
    places: Mapping[str, tuple[Place, ...]]
    lists: frozenset[int]

    def names_lists(self, intent: Intent) -> bool:
        """Whether it names its status lists at the address where they lie now."""
        return is_named(intent.unsigned, [place.list_url for place in self.places.get(intent.credential_id, ())])


class ManyIssuance:
    """Freezes and finishes many intents. ``completing`` has one function per kind of signing that is done in bulk;
    intents of other kinds, and those that a request waits for, are finished one by one.
    """

    def __init__(self, context: Context, lists: StatusListService, issuance: Issuance, signing: Signing) -> None:
        self._context = context
        self._lists = lists
        self._issuance = issuance
        self._signing = signing
        self.completing: dict[str, CompleteMany] = {}

    def freeze_many(
        self,
        session: Session,
        *,
        organisation: Organisation,
        items: Sequence[Intended],
        actor: Actor | str,
        now: datetime,
    ) -> list[str]:
        """Store what is going to be signed; the intents' ids, in this order. Part of the caller's first transaction.

        Raises: Conflict when a version of one of the credentials is being signed just now; Unavailable without a key,
        BadInput without one for the form.
        """
        credential_ids = [item.credential_id for item in items]
        if len(set(credential_ids)) != len(items) or len(items) > MOST:
            raise ValueError(f"Each credential once, and at most {MOST}.")
        if intents.pending_among(session, credential_ids):
            raise Conflict(_("This award is being signed just now. Try again in a moment."))
        require_own(session, organisation, credential_ids)
        keys = {
            name: self._issuance.key_for(session, organisation, name, now).id
            for name in {item.format for item in items}
        }
        newest = intents.newest_sequences(session, credential_ids)
        rows = [
            {
                "id": intent_id,
                "organisation_id": organisation.id,
                "credential_id": item.credential_id,
                "sequence": newest.get(item.credential_id, 0) + 1,
                "kind": item.kind,
                "key_id": keys[item.format],
                "format": item.format,
                "drawn_sealed": draw_sealed(self._context.keystore, intent_id, item.format),
                "unsigned": serialize(item.unsigned),
                "details": json.dumps(item.details).encode(),
                "created": now,
                "actor": actor if isinstance(actor, str) else actor.user_id,
                "state": "pending",
                "idempotency_key": None,
                "claim_id": None,
                "holder": item.holder,
            }
            for intent_id, item in ((str(uuid.uuid4()), item) for item in items)
        ]
        intents.add(session, tables.IntentRow, rows)
        return [str(row["id"]) for row in rows]

    def finish_many(self, organisation: Organisation, intent_ids: Sequence[str]) -> list[Signed | RequestError]:
        """Sign intents of one organisation; for each, in this order, what was signed or why it was not.

        BadInput: it cannot be signed as it is, and is refused for good. Unavailable: it was not released; it waits.
        Whoever comes second gets what the first one kept.
        Raises: Unavailable when nothing can be signed now; then everything that was not signed waits.
        """
        if len(set(intent_ids)) != len(intent_ids) or len(intent_ids) > MOST:
            raise ValueError(f"Each intent once, and at most {MOST}.")
        read = self._read(organisation, intent_ids)
        if read.ended:
            self._issuance.give_present_key(organisation, read.ended)
            read = self._read(organisation, intent_ids)
        asked = [read.found[intent_id] for intent_id in intent_ids]
        together = [intent for intent in asked if intent.state == "pending" and not self._is_alone(intent)]
        answers: dict[str, Signed | RequestError] = {
            intent.id: AddressChanged() for intent in together if not read.names_lists(intent)
        }
        together = [intent for intent in together if intent.id not in answers]
        if together:
            seal = self._context.keystore.sealer()
            outcomes = self._sign(organisation, together, read)
            answers |= self._keep(organisation, together, outcomes, seal)
            answers |= self._refuse(together, outcomes)
        for intent_id in intent_ids:
            if intent_id not in answers:
                answers[intent_id] = self._one(intent_id)
        return [answers[intent_id] for intent_id in intent_ids]

    def recover(self, *, limit: int | None) -> int:
        """Finish what a crash left behind, at most ``limit`` intents; how many were finished. Safe at any time.

        What cannot be signed now holds up nobody else's, and waits for a later request or start. Raises: Unavailable
        without the database.
        """
        finished, waiting = 0, set[str]()
        while (limit is None or finished < limit) and len(waiting) < MOST_WAITING:
            found = self._issuance.left_behind(limit=None if limit is None else limit - finished, without=waiting)
            if not found:
                break
            for organisation, intent_ids in found:
                try:
                    answers = self.finish_many(organisation, intent_ids)
                except Unavailable:
                    waiting.update(intent_ids)
                    continue
                waits = [
                    each for each, answer in zip(intent_ids, answers, strict=True) if isinstance(answer, Unavailable)
                ]
                refused = sum(isinstance(answer, BadInput) for answer in answers)
                if refused:
                    log.write("issuer", "intent refused", count=refused)
                waiting.update(waits)
                finished += len(answers) - len(waits)
        return finished

    def _is_alone(self, intent: Intent) -> bool:
        """Whether it is finished by itself: a request or a wallet waits for it, or its kind has no other way."""
        return intent.kind not in self.completing or intent.idempotency_key is not None or intent.claim_id is not None

    def _one(self, intent_id: str) -> Signed | RequestError:
        try:
            return self._issuance.finish(intent_id)
        except (BadInput, Unavailable) as error:
            return error

    def _read(self, organisation: Organisation, intent_ids: Sequence[str]) -> _Read:
        with self._context.database.reading() as session:
            found = intents.many(session, organisation.id, intent_ids)
            if len(found) != len(intent_ids):
                raise ValueError("An intent id comes from a first transaction of the same organisation.")
            keys, rows, signers = {}, {}, {}
            for key_id in {intent.key_id for intent in found.values()}:
                key = organisations.signing_key(session, organisation.id, key_id)
                if key is None:
                    raise Unavailable
                acting = under(session, organisation, key.identity_id)
                keys[key_id], rows[key_id] = sealed_key(key, acting.did), key
                signers[key_id] = _Signer(did=acting.did, document=document_of(session, acting))
            entries = status.of_credentials(session, [intent.credential_id for intent in found.values()])
        return _Read(
            found=found,
            keys=keys,
            signers=signers,
            ended=[
                intent.id
                for intent in found.values()
                if intent.state == "pending" and not organisations.still_signs(rows[intent.key_id], intent.created)
            ],
            places={
                credential_id: tuple(self._lists.place(organisation.slug, entry) for entry in each)
                for credential_id, each in entries.items()
            },
            lists=frozenset(entry.number for each in entries.values() for entry in each),
        )

    def _sign(self, organisation: Organisation, waiting: Sequence[Intent], read: _Read) -> dict[str, Outcome]:
        """What came of each intent, by id; one task for each key."""
        lists = self._lists.published(organisation, sorted(read.lists))
        now = max(self._context.now(), *(intent.created for intent in waiting))
        found: dict[str, Outcome] = {}
        for key_id, key in read.keys.items():
            ours = [intent for intent in waiting if intent.key_id == key_id]
            task = Task(
                organisation_id=organisation.id,
                key=key,
                did=read.signers[key_id].did,
                identifier_document=read.signers[key_id].document,
                lists={url: published.body for url, published in lists.items()},
                loopback=self._context.settings.loopback,
                now=now,
                items=tuple(
                    Item(
                        intent_id=intent.id,
                        unsigned=intent.unsigned,
                        format=intent.format,
                        drawn_sealed=intent.drawn_sealed,
                        created=intent.created,
                        places=read.places.get(intent.credential_id, ()),
                    )
                    for intent in ours
                ),
            )
            answers = self._signing.sign(task) if ours else []
            found |= {intent.id: answer for intent, answer in zip(ours, answers, strict=True)}
        return found

    def _keep(
        self,
        organisation: Organisation,
        together: Sequence[Intent],
        outcomes: Mapping[str, Outcome],
        seal: Callable[[str, str], bytes],
    ) -> dict[str, Signed | RequestError]:
        """Store what was signed, unless somebody else has; by the intent's id."""
        made = {intent.id: (intent, out) for intent in together if isinstance(out := outcomes[intent.id], Made)}
        if not made:
            return {}
        now = self._context.now()
        with self._context.database.session() as session:
            ours = intents.lock_pending(session, {intent.id: intent.key_id for intent, _out in made.values()})
            held = organisations.hold_keys(session, organisation.id, {intent.key_id for intent, _out in made.values()})
            ours = {
                each for each in ours if organisations.still_signs(held[made[each][0].key_id], made[each][0].created)
            }
            kept = [(intent, _signed(intent, out, now)) for intent, out in made.values() if intent.id in ours]
            credential_ids = [intent.credential_id for intent, _signed_ in kept]
            intents.lock_credentials(session, organisation.id, credential_ids)
            intents.add(
                session, tables.SignedCredentialRow, [_row(organisation, intent, each, seal) for intent, each in kept]
            )
            intents.settle(session, organisation.id, [intent for intent, _signed_ in kept])
            for kind in {intent.kind for intent, _signed_ in kept}:
                theirs = [(intent, signed) for intent, signed in kept if intent.kind == kind]
                self.completing[kind](
                    Finished(session=session, organisation=organisation, signed=theirs, seal=seal, now=now)
                )
            record_many(
                session,
                at=now,
                organisation_id=organisation.id,
                acts=[
                    Act(
                        actor=intent.actor,
                        action=f"credential.{intent.kind}",
                        object_id=intent.credential_id,
                        detail={"sequence": intent.sequence, "key": intent.key_id},
                    )
                    for intent, _signed_ in kept
                ],
            )
        return {intent.id: signed for intent, signed in kept}

    def _refuse(self, together: Sequence[Intent], outcomes: Mapping[str, Outcome]) -> dict[str, Signed | RequestError]:
        """Note what cannot be signed; what was withheld stays as it is."""
        found: dict[str, Signed | RequestError] = {}
        for intent in together:
            out = outcomes[intent.id]
            if isinstance(out, Faulty):
                found[intent.id] = self._issuance.refuse(intent.id, detail=out.detail, pointer=out.pointer)
            elif not isinstance(out, Made):
                found[intent.id] = withheld(out.checks)
        return found


def _signed(intent: Intent, made: Made, now: datetime) -> Signed:
    in_the_clear = intent.credential_id.encode() in made.body  # a token has to be opened first
    if not in_the_clear and open_document(made.body).value.get("id") != intent.credential_id:
        raise RuntimeError("what was signed is not what was to be signed")
    return Signed(
        credential_id=intent.credential_id,
        sequence=intent.sequence,
        kind=intent.kind,
        body=made.body,
        for_holder=made.for_holder or made.body,
        etag=made.etag,
        valid_from=datetime.fromisoformat(intent.details["validFrom"]),
        signed=now,
    )


def _row(
    organisation: Organisation, intent: Intent, signed: Signed, seal: Callable[[str, str], bytes]
) -> dict[str, object]:
    for_holder = signed.for_holder if intent.holder and signed.for_holder != signed.body else None
    return {
        "credential_id": signed.credential_id,
        "sequence": signed.sequence,
        "organisation_id": organisation.id,
        "kind": signed.kind,
        "body": signed.body,
        "holder_sealed": seal_for_holder(seal, for_holder, signed.credential_id, signed.sequence),
        "etag": signed.etag,
        "valid_from": signed.valid_from,
        "signed": signed.signed,
    }
