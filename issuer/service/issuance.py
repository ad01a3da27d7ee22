"""The one way in which a credential comes to be signed, so that a crash at any instant loses and repeats nothing.

1. One transaction stores what is going to be signed (the *intent*: the whole unsigned document, the key, the proof's
   date), its status indices, and the idempotency key of the request.
2. Outside any transaction the document is linted, signed, and the signed bytes verified as a stranger would.
3. A second transaction stores the bytes, the audit row, what belongs to the kind of signing (a claim, a holder) and the
   answer to the request. Only then does anybody get an answer.

Signing is deterministic: whoever finishes an intent (the request, its retry, the recovery at start) gets the same
bytes, and only the first to finish stores them. What does not pass the lint is refused and its index stays used up.
"""

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.keystore import ASSERTION, PROOF, no_key
from issuer.service.addressing import AddressChanged, is_named
from issuer.service.context import SYSTEM, Actor, Context, Organisation
from issuer.service.identities import KeyLost, acts_as, document_of, listing_key, under
from issuer.service.lint import lint
from issuer.service.organisations import CLOCK_TOLERANCE, etag_of, sealed_key, view
from issuer.service.recording import record
from issuer.service.securing import FORMS, Secured, form_of, no_key_for
from issuer.service.selfcheck import check_signed
from issuer.service.signing import draw_sealed, opened
from issuer.service.status_lists import StatusListService
from issuer.store import credentials, identities, intents, organisations, status, tables
from issuer.store.identities import KEY
from kit.errors import BadInput, Conflict, Unavailable
from kit.i18n import _
from vc.document import CREDENTIAL_LIMITS, JsonObject, parse, serialize
from vc.keys import Signer
from vc.problems import ProblemError
from vc.status import StatusListEntry

RECOVERY_BATCH: Final = 100
TRIES: Final = 3
"""How often a key may be revoked while one intent is being signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed version of a credential, as it is stored and released. ``etag`` is quoted.

    ``body`` is for whoever may see the award, ``for_holder`` for the learner's wallet; mostly they are the same.
    """

    credential_id: str
    sequence: int
    kind: str
    body: bytes
    for_holder: bytes
    etag: str
    valid_from: datetime
    signed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What finishing an intent hands to its kind: the rows, locked, in the second transaction."""

    session: Session
    intent: tables.IntentRow
    credential: tables.CredentialRow
    organisation: Organisation
    signed: Signed
    now: datetime

    @property
    def details(self) -> Mapping[str, Any]:
        """What the first transaction left for the second (never a secret)."""
        found: Mapping[str, Any] = json.loads(self.intent.details)
        return found


Complete = Callable[[Completion], None]


class Issuance:
    """Freezes intents and finishes them. ``completing`` has one function per kind of signing."""

    def __init__(self, context: Context, lists: StatusListService) -> None:
        self._context = context
        self._lists = lists
        self.completing: dict[str, Complete] = {}

    def ready(self, organisation: Organisation) -> None:
        """Make sure that signing would work, before anything is written; withdrawing at least, where the key is lost.

        Raises: Unavailable when the key cannot be opened, or the clock stands before what was signed last.
        """
        now = self._context.now()
        with self._context.database.reading() as session:
            self._open_present_key(session, organisation, now)
        self.check_clock()

    def check_clock(self) -> None:
        """Raises: Unavailable when the clock stands before what was signed last, by more than verifiers forgive."""
        now = self._context.now()
        with self._context.database.reading() as session:
            newest = credentials.newest_intent_date(session)
        if newest is not None and now < newest - CLOCK_TOLERANCE:
            raise Unavailable(
                _("This server’s clock is behind what it signed last. Nothing was signed; the operator has to set it."),
                retry_after=60,
            )

    def freeze(
        self,
        session: Session,
        *,
        organisation: Organisation,
        credential_id: str,
        kind: str,
        format_: str,
        unsigned: JsonObject,
        actor: Actor | str,
        now: datetime,
        details: Mapping[str, str],
        idempotency_key: str | None,
        claim_id: str | None,
        holder: str | None,
    ) -> str:
        """Store what is going to be signed; the intent's id. Part of the caller's first transaction.

        ``organisation`` acts under the identifier that the credential is issued by. ``details`` holds ``validFrom``
        and what the kind's completion needs, no secrets.

        Raises: Conflict when another version of the same credential is being signed just now; BadInput when there is
        no key for this form; KeyLost.
        """
        if credentials.pending_intent(session, credential_id) is not None:
            raise Conflict(_("This award is being signed just now. Try again in a moment."))
        require_own(session, organisation, [credential_id])
        key = self.key_for(session, organisation, format_, now)
        intent_id = str(uuid.uuid4())
        row = tables.IntentRow(
            id=intent_id,
            organisation_id=organisation.id,
            credential_id=credential_id,
            sequence=credentials.next_sequence(session, credential_id),
            kind=kind,
            key_id=key.id,
            format=format_,
            drawn_sealed=draw_sealed(self._context.keystore, intent_id, format_),
            unsigned=serialize(unsigned),
            details=json.dumps(details).encode(),
            created=now,
            actor=actor if isinstance(actor, str) else actor.user_id,
            state="pending",
            idempotency_key=idempotency_key,
            claim_id=claim_id,
            holder=holder,
        )
        session.add(row)
        session.flush()
        return row.id

    def entries(self, session: Session, organisation: Organisation, credential_id: str) -> Sequence[StatusListEntry]:
        """The status entries of a credential, at the address where its lists are published now."""
        return self._lists.entries(session, organisation, credential_id)

    def key_for(
        self, session: Session, organisation: Organisation, format_: str, now: datetime
    ) -> tables.SigningKeyRow:
        """The key that signs this form now. Raises: BadInput when there is none; for the usual form, Unavailable, and
        KeyLost where there can be no other one.
        """
        form = form_of(format_)
        identity = acts_as(session, organisation)
        key = organisations.current_key(session, identity.id, now, use=form.use)
        if key is not None:
            return key
        if identity.method == KEY and form.use == PROOF:
            raise KeyLost(present=identity.until is None)
        raise no_key() if form.use == PROOF else no_key_for(form)

    def forms(self, organisation: Organisation) -> Sequence[str]:
        """The forms in which the organisation can sign now, the usual one first."""
        now = self._context.now()
        with self._context.database.reading() as session:
            identity = acts_as(session, organisation)
            keys = {
                form.use: organisations.current_key(session, identity.id, now, use=form.use) for form in FORMS.values()
            }
        return [name for name, form in FORMS.items() if keys[form.use] is not None]

    def finish(self, intent_id: str) -> Signed:
        """Sign an intent and keep the result; whoever comes second gets what the first one kept.

        Raises: BadInput when the document cannot be signed as it is, Unavailable when signing does not work now.
        """
        for _try in range(TRIES):
            with self._context.database.reading() as session:
                intent = credentials.intent(session, intent_id)
                assert intent is not None, "an intent id comes from our own first transaction"
                organisation = view(organisations.by_id(session, intent.organisation_id))
                if intent.state == intents.VOID:
                    intent_id = intents.instead_of(intent)
                    continue
                if intent.state != "pending":
                    return self._settled(session, intent)
                key = organisations.signing_key(session, organisation.id, intent.key_id)
                assert key is not None, "an intent's key is kept by a foreign key"
                organisation = under(session, organisation, key.identity_id)
                document = document_of(session, organisation)
                numbers = [row.number for _entry, row in status.of_credential(session, intent.credential_id)]
            if not organisations.still_signs(key, intent.created):
                self.give_present_key(organisation, [intent_id])
                continue
            if not is_named(intent.unsigned, [self._lists.url(organisation.slug, number) for number in numbers]):
                raise AddressChanged
            signer = self._context.keystore.signer(
                sealed_key(key, organisation.did),
                organisation_id=organisation.id,
                purpose=ASSERTION,
                use=form_of(intent.format).use,
            )
            try:
                secured = self._sign(organisation, intent, signer, document, numbers)
            except ProblemError as error:
                raise self.refuse(intent.id, detail=error.detail, pointer=error.pointer) from error
            kept = self._keep(intent_id, organisation, secured, key_id=key.id)
            if kept is not None:
                return kept
        raise no_key()

    def give_present_key(self, organisation: Organisation, intent_ids: Sequence[str]) -> None:
        """Have intents whose key was revoked, or ended before their date, be signed with the present one of the same
        identifier, dated now. Where the identifier is the key there is none, and they are refused.

        Raises: Unavailable when there is no key that signs.
        """
        now = self._context.now()
        lost: list[str] = []
        with self._context.database.session() as session:
            found = intents.many(session, organisation.id, intent_ids)
            keys = organisations.hold_keys(session, organisation.id, {each.key_id for each in found.values()})
            ended = [each for each in found.values() if not organisations.still_signs(keys[each.key_id], each.created)]
            wanting: dict[tuple[str, str], list[str]] = {}
            for each in ended:
                wanting.setdefault((keys[each.key_id].identity_id, form_of(each.format).use), []).append(each.id)
            for (identity_id, use), ours in sorted(wanting.items()):
                present = organisations.current_key(session, identity_id, now, use=use)
                if present is not None:
                    intents.give_key(session, organisation.id, ours, key_id=present.id, now=now)
                elif identities.one(session, identity_id).method == KEY:
                    lost += ours
                else:
                    raise no_key()
        for intent_id in lost:
            self._refuse(intent_id)

    def left_behind(self, *, limit: int | None, without: Collection[str]) -> list[tuple[Organisation, list[str]]]:
        """The oldest intents that nobody signed, but these; some at a time, at most ``limit``: by organisation."""
        with self._context.database.reading() as session:
            rows = credentials.pending_intents(session, min(RECOVERY_BATCH, limit or RECOVERY_BATCH), without=without)
            found: dict[str, list[str]] = {}
            for row in rows:
                found.setdefault(row.organisation_id, []).append(row.id)
            return [
                (view(organisations.by_id(session, organisation_id)), ids) for organisation_id, ids in found.items()
            ]

    def has_pending(self) -> bool:
        """Whether anything was left behind that nobody has finished."""
        with self._context.database.reading() as session:
            return bool(credentials.pending_intents(session, 1, without=()))

    def _sign(
        self,
        organisation: Organisation,
        intent: tables.IntentRow,
        signer: Signer,
        identifier_document: bytes,
        list_numbers: list[int],
    ) -> Secured:
        unsigned = parse(intent.unsigned, limits=CREDENTIAL_LIMITS).value
        lint(unsigned)
        drawn = opened(self._context.keystore, intent.id, intent.drawn_sealed)
        secured = form_of(intent.format).secure(unsigned, signer, intent.created, drawn)
        check_signed(
            secured.body,
            organisation=organisation,
            identifier_document=identifier_document,
            lists=self._lists.published(organisation, list_numbers),
            now=max(self._context.now(), intent.created),
            settings=self._context.settings,
        )
        return secured

    def _keep(self, intent_id: str, organisation: Organisation, secured: Secured, *, key_id: str) -> Signed | None:
        """Store what was signed; None when its key was revoked meanwhile, so that nobody gets it."""
        now = self._context.now()
        with self._context.database.session() as session:
            intent = credentials.lock_intent(session, intent_id)
            assert intent is not None
            if intent.state == intents.VOID:
                return None
            if intent.state != "pending":
                return self._settled(session, intent)
            held = organisations.hold_keys(session, organisation.id, [intent.key_id])
            if intent.key_id != key_id or not organisations.still_signs(held[key_id], intent.created):
                return None
            credential = credentials.lock(session, intent.organisation_id, intent.credential_id)
            assert credential is not None
            row = tables.SignedCredentialRow(
                credential_id=intent.credential_id,
                sequence=intent.sequence,
                organisation_id=intent.organisation_id,
                kind=intent.kind,
                body=secured.body,
                holder_sealed=seal_for_holder(
                    self._context.keystore.sealer(),
                    secured.for_holder if intent.holder else None,
                    intent.credential_id,
                    intent.sequence,
                ),
                etag=etag_of(secured.body),
                valid_from=datetime.fromisoformat(json.loads(intent.details)["validFrom"]),
                signed=now,
            )
            session.add(row)
            intent.state, intent.drawn_sealed = "signed", None
            credential.sequence = intent.sequence
            if credential.state == "pending":
                credential.state = "issued"
            session.flush()
            signed = self.signed(row)
            self.completing[intent.kind](
                Completion(
                    session=session,
                    intent=intent,
                    credential=credential,
                    organisation=organisation,
                    signed=signed,
                    now=now,
                )
            )
            record(
                session,
                at=now,
                actor=intent.actor,
                action=f"credential.{intent.kind}",
                organisation_id=organisation.id,
                object_id=intent.credential_id,
                sequence=intent.sequence,
                key=intent.key_id,
            )
            return signed

    def refuse(self, intent_id: str, *, detail: str, pointer: str | None) -> BadInput:
        """Note that a document cannot be signed, and say why; its request may be sent again, corrected, under the same
        key.
        """
        self._refuse(intent_id)
        return unsignable(detail, pointer)

    def _refuse(self, intent_id: str) -> None:
        with self._context.database.session() as session:
            row = credentials.lock_intent(session, intent_id)
            if row is None or row.state != "pending":
                return
            row.state, row.drawn_sealed = "refused", None
            credential = credentials.lock(session, row.organisation_id, row.credential_id)
            if credential is not None and credential.state == "pending":
                credential.state = "refused"
            if row.idempotency_key:
                credentials.drop_idempotency(session, row.organisation_id, row.idempotency_key)
            record(
                session,
                at=self._context.now(),
                actor=SYSTEM,
                action="credential.refuse",
                organisation_id=row.organisation_id,
                object_id=row.credential_id,
                sequence=row.sequence,
            )

    def _settled(self, session: Session, intent: tables.IntentRow) -> Signed:
        if intent.state == "refused":
            raise BadInput(_("This could not be signed as it was. Correct it and award it again."))
        row = credentials.signed(session, intent.organisation_id, intent.credential_id, intent.sequence)
        assert row is not None, "an intent is marked signed in the transaction that stores its bytes"
        return self.signed(row)

    def signed(self, row: tables.SignedCredentialRow) -> Signed:
        """A signed version as it was kept. Raises: Unavailable when what is the holder's cannot be opened."""
        for_holder = row.body
        if row.holder_sealed is not None:
            context = _holder_context(row.credential_id, row.sequence)
            for_holder = self._context.keystore.open_text(row.holder_sealed, context=context).encode()
        return Signed(
            credential_id=row.credential_id,
            sequence=row.sequence,
            kind=row.kind,
            body=row.body,
            for_holder=for_holder,
            etag=row.etag,
            valid_from=row.valid_from,
            signed=row.signed,
        )

    def _open_present_key(self, session: Session, organisation: Organisation, now: datetime) -> None:
        key = listing_key(session, acts_as(session, organisation), now)
        if key is None:
            raise no_key()
        self._context.keystore.signer(
            sealed_key(key, organisation.did), organisation_id=organisation.id, purpose=ASSERTION, use=PROOF
        )


def require_own(session: Session, organisation: Organisation, credential_ids: Sequence[str]) -> None:
    """Return when the organisation acts under the identifier that these credentials are issued by.

    Raises: RuntimeError, for a defect: nobody can ask for anything else.
    """
    if identities.of_credentials(session, credential_ids) - {acts_as(session, organisation).id}:
        raise RuntimeError("a credential is signed by the identifier that it was issued by, and by no other")


def unsignable(detail: str, pointer: str | None) -> BadInput:
    """A problem as words for the person who asked, naming the place in the document."""
    return BadInput(
        _("This cannot be signed as it is: %(problem)s", problem=detail),
        field=pointer,
        remedy=_("Correct the part that is named, then try again. Nothing was issued."),
    )


def seal_for_holder(
    seal: Callable[[str, str], bytes], for_holder: bytes | None, credential_id: str, sequence: int
) -> bytes | None:
    """What the learner's wallet alone gets, sealed for this version; None where there is no such thing.

    ``seal`` takes a text, and its context.
    """
    return seal(for_holder.decode(), _holder_context(credential_id, sequence)) if for_holder else None


def _holder_context(credential_id: str, sequence: int) -> str:
    return f"issuer/credential/{credential_id}/{sequence}/holder"
