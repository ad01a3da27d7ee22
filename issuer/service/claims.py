"""Claims: how an award comes into a learner's wallet, without e-mail and without an account here.

A claim is a link and a code, for one award, for a time. The wallet asks for a challenge, answers it with a presentation
signed by the learner's key, and gets the same credential signed anew for that key. The same key may come again; another
key is refused with words; a wrong child's claim is taken back by the organisation (``release`` in the desk service).

Spec: https://w3c-ccg.github.io/vc-api/#exchange-examples
"""

import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import claim_refusals, tokens
from issuer.service.context import Context, Organisation
from issuer.service.documents import bound
from issuer.service.identities import KeyLost, under
from issuer.service.issuance import Completion, Issuance
from issuer.service.organisation_settings import settings_of
from issuer.service.organisations import view
from issuer.service.recording import record
from issuer.store import achievements, claims, credentials, intents, jobs, organisations, tables
from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from kit.i18n import _
from kit.limits import Attempts, Misses
from vc import verify
from vc.checks import CheckName, Outcome
from vc.did import Did
from vc.document import Document, listed
from vc.evidence import Evidence
from vc.policy import Policy
from vc.problems import ProblemError
from vc.securing import open_document
from vc.timestamps import format_timestamp

CLAIM: Final = "claim"
WAITING: Final = "waiting"
"""What a wallet may tell: that somebody has to say yes there."""
SYSTEM_ACTOR: Final = "claimant"
CHALLENGE_BYTES: Final = 16
# A wallet's server asks for all its families, so a client may ask often; for one award a handful is enough.
CHALLENGES_PER_CLIENT: Final = 600
CHALLENGES_PER_CLAIM: Final = 30
CHALLENGES_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a claim link leads to, for anybody who opens it: provider and award, never the learner.

    ``paused``: the award does not count just now.
    """

    claim_id: str
    organisation: Organisation
    achievement_iri: str
    achievement: Mapping[str, Any]
    state: str
    expires: datetime
    paused: bool
    corrected: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintableClaim:
    """Link and code of an open claim, for those who hand it out. ``code`` is grouped."""

    url: str
    code: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One claim in the history of an award."""

    state: str
    created: datetime
    expires: datetime
    claimed: datetime | None
    recalled: datetime | None
    holder: str | None


class ClaimService:
    """Opens, shows, answers and recalls claims."""

    def __init__(self, context: Context, issuance: Issuance) -> None:
        self._context = context
        self._issuance = issuance
        self._misses = Misses(context.clock)
        self._by_client = Attempts(context.clock, burst=CHALLENGES_PER_CLIENT, per=CHALLENGES_WINDOW)
        self._by_claim = Attempts(context.clock, burst=CHALLENGES_PER_CLAIM, per=CHALLENGES_WINDOW)
        issuance.completing[CLAIM] = self._complete

    @property
    def domain(self) -> str:
        """What a wallet's answer has to be made for: our own origin."""
        return self._context.settings.public_url

    def open(self, session: Session, organisation: Organisation, credential_id: str, now: datetime) -> dict[str, str]:
        """Make a claim for an award, in the caller's transaction: its ``url``, grouped ``code`` and ``expires``."""
        expires = self._expiry(session, organisation, now)
        token, code, row = self._new(organisation, credential_id, now, expires, self._context.keystore.sealer())
        session.add(tables.ClaimRow(**row))
        session.flush()
        return {"url": self.url(token), "code": tokens.grouped(code), "expires": format_timestamp(row["expires"])}

    def open_many(
        self,
        session: Session,
        organisation: Organisation,
        credential_ids: Sequence[str],
        now: datetime,
        seal: Callable[[str, str], bytes],
    ) -> None:
        """Make a claim for each of these awards, in the caller's transaction; ``printable`` gives links and codes."""
        expires = self._expiry(session, organisation, now)
        made = [self._new(organisation, each, now, expires, seal)[2] for each in credential_ids]
        intents.add(session, tables.ClaimRow, made)

    def _expiry(self, session: Session, organisation: Organisation, now: datetime) -> datetime:
        """Until when a claim can be used that is opened now: as long as the organisation wants, or else the server."""
        days = settings_of(session, organisation.id).claim_days
        return now + timedelta(days=self._context.settings.claim_days if days is None else days)

    @staticmethod
    def _new(
        organisation: Organisation,
        credential_id: str,
        now: datetime,
        expires: datetime,
        seal: Callable[[str, str], bytes],
    ) -> tuple[str, str, dict[str, Any]]:
        """A new claim's token and code, and its row."""
        claim_id, token, code = str(uuid.uuid4()), tokens.new_token(), tokens.new_code()
        row = {
            "id": claim_id,
            "organisation_id": organisation.id,
            "credential_id": credential_id,
            "token_hash": tokens.token_hash(token),
            "code_hash": tokens.token_hash(code),
            "secrets_sealed": seal(json.dumps([token, code]), _context(claim_id)),
            "state": "open",
            "created": now,
            "expires": expires,
        }
        return token, code, row

    def url(self, token: str) -> str:
        """The claim link of a token."""
        return f"{self._context.settings.public_url}/claim/{token}"

    def printable(self, organisation: Organisation, credential_id: str) -> PrintableClaim | None:
        """Link and code of the award's open claim; None when it was claimed, recalled or has run out.

        Raises: Unavailable without the key-encryption key.
        """
        now = self._context.clock.now()
        with self._context.database.reading() as session:
            rows = claims.of_credential(session, organisation.id, credential_id)
        for row in rows:
            if row.state == "open" and row.expires > now and row.secrets_sealed is not None:
                token, code = json.loads(self._context.keystore.open_text(row.secrets_sealed, context=_context(row.id)))
                return PrintableClaim(url=self.url(token), code=tokens.grouped(code), expires=row.expires)
        return None

    def first(self, organisation: Organisation, credential_id: str) -> PrintableClaim | None:
        """The same of the claim that came with the award; None once it has another: that is for other hands."""
        only = len(self.history(organisation, credential_id)) == 1
        return self.printable(organisation, credential_id) if only else None

    def history(self, organisation: Organisation, credential_id: str) -> list[ClaimLine]:
        """The claims of an award, newest first."""
        with self._context.database.reading() as session:
            rows = claims.of_credential(session, organisation.id, credential_id)
        return [
            ClaimLine(
                state=row.state,
                created=row.created,
                expires=row.expires,
                claimed=row.claimed,
                recalled=row.recalled,
                holder=row.holder,
            )
            for row in rows
        ]

    def token_of_code(self, typed: str, *, client: str) -> str:
        """The token of the claim whose code somebody typed.

        Raises: BadInput when it is no code of ours, Gone or Conflict when its claim is over, TooMany.
        """
        self._misses.admit(client)
        code = tokens.read_code(typed)
        with self._context.database.reading() as session:
            row = claims.by_code(session, tokens.token_hash(code)) if code else None
        if row is None:
            self._misses.missed(client)
            raise BadInput(
                _("There is no award with this code."),
                field="code",
                remedy=_("Look at it again: it has 16 letters and digits in groups of four."),
            )
        if row.secrets_sealed is None:
            raise claim_refusals.over(row)
        token, _code = json.loads(self._context.keystore.open_text(row.secrets_sealed, context=_context(row.id)))
        return str(token)

    def look(self, token: str, *, client: str) -> Offer:
        """What a claim link leads to. Raises: NotFound, Gone when it was recalled or has run out, TooMany."""
        row = self._find(token, client)
        with self._context.database.reading() as session:
            organisation = view(organisations.by_id(session, row.organisation_id))
            credential = credentials.award(session, row.organisation_id, row.credential_id)
            assert credential is not None
            held = jobs.held(session, row.organisation_id, row.credential_id) if credential.job_id else None
            achievement_id, version = credentials.achievement_of(credential)
            body = json.loads(achievements.version(session, achievement_id, version))
            organisation = under(session, organisation, credential.identity_id)
            corrected = credentials.corrected(session, row.organisation_id, row.credential_id)
        if credential.erased is not None:
            raise Gone(_("The provider erased what it knew of this award. What is kept in a wallet stays valid."))
        if credential.state == "revoked" and credential.replaced_by is None:
            raise claim_refusals.withdrawn(organisation, credential)
        if row.state == "recalled" or credential.state == "revoked":
            raise claim_refusals.over(row)
        if row.state == "open" and row.expires <= self._context.clock.now():
            raise claim_refusals.ran_out(organisation)
        if held is not None:
            raise claim_refusals.not_yet(organisation, held)
        iri = f"{self._context.settings.identifier_url}/orgs/{organisation.slug}"
        return Offer(
            claim_id=row.id,
            organisation=organisation,
            achievement_iri=f"{iri}/achievements/{achievement_id}",
            achievement=body,
            state=row.state,
            expires=row.expires,
            paused=credential.suspended is not None,
            corrected=corrected,
        )

    def award_of(self, token: str, *, client: str) -> tuple[str, str]:
        """Organisation and award of a claim link, also of one that has run out or whose award was withdrawn.

        Raises: NotFound, Gone when the link was taken back, TooMany.
        """
        row = self._find(token, client)
        with self._context.database.reading() as session:
            credential = credentials.award(session, row.organisation_id, row.credential_id)
        assert credential is not None, "kept by a foreign key"
        if row.state == "recalled" and credential.state != "revoked":
            raise claim_refusals.over(row)
        return row.organisation_id, row.credential_id

    def challenge(self, token: str, *, client: str) -> dict[str, Any]:
        """The first answer of the exchange: what the wallet has to prove, and what is offered.

        Raises: as ``look``; TooMany also for a client, or about an award, that was asked about too often.
        """
        offer = self.look(token, client=client)
        self._by_client.spend(client)
        self._by_claim.spend(offer.claim_id)
        challenge, now = secrets.token_urlsafe(CHALLENGE_BYTES), self._context.clock.now()
        with self._context.database.session() as session:
            claims.forget_challenges(session, now)
            session.add(
                tables.ChallengeRow(
                    challenge_hash=tokens.token_hash(challenge),
                    claim_id=offer.claim_id,
                    expires=now + timedelta(minutes=self._context.settings.challenge_minutes),
                )
            )
        members = ("name", "description", "image")
        achievement = {name: offer.achievement[name] for name in members if name in offer.achievement}
        return {
            "verifiablePresentationRequest": {
                "query": [
                    {
                        "type": "DIDAuthentication",
                        "acceptedMethods": [{"method": "key"}],
                        "acceptedCryptosuites": [{"cryptosuite": "eddsa-rdfc-2022"}],
                    }
                ],
                "challenge": challenge,
                "domain": self.domain,
            },
            "offer": {
                "issuer": {"id": offer.organisation.did, "name": offer.organisation.name},
                "achievement": {"id": offer.achievement_iri, **achievement},
                "notices": [WAITING],
            },
        }

    def answer(self, token: str, presentation: Document, *, client: str) -> bytes:
        """The credential, signed for the key that signed ``presentation``, in the form that the award has: what comes
        back is for the holder of that key alone.

        Raises: NotFound, Gone, Refused when the presentation does not prove what was asked, Conflict when another key
        has claimed it or the issuer's is not safe, Unavailable.
        """
        offer = self.look(token, client=client)
        challenge = _challenge_of(presentation)
        now = self._context.clock.now()
        with self._context.database.session() as session:
            # Used up before anything is verified, so that twenty parallel answers give one success.
            fresh = claims.consume_challenge(
                session, challenge_hash=tokens.token_hash(challenge), claim_id=offer.claim_id, now=now
            )
        if not fresh:
            raise Refused(_("This answer came too late or was used before. Open the claim link again."))
        holder = self._holder(presentation, challenge)
        self._issuance.ready(offer.organisation)
        try:
            intent_id, body = self._bind(offer, holder)
        except KeyLost:
            raise claim_refusals.not_safe(offer.organisation) from None
        return body if intent_id is None else self._issuance.finish(intent_id).for_holder

    def _holder(self, presentation: Document, challenge: str) -> str:
        policy = Policy.recommended(
            recognised=(),
            loopback=self._context.settings.loopback,
            require_holder_binding=True,
            challenge=challenge,
            domain=self.domain,
        )
        report = verify(presentation, evidence=Evidence({}), policy=policy, now=self._context.clock.now())
        bad = [check for check in report.checks if check.outcome not in (Outcome.PASSED, Outcome.NOT_APPLICABLE)]
        signed = report.check(CheckName.SIGNATURE).outcome is Outcome.PASSED
        holders = report.check(CheckName.HOLDER_BINDING).facts.get("holders", [])
        if bad or not signed or not isinstance(holders, list) or len(holders) != 1:
            sentence = bad[0].problems[0].detail if bad and bad[0].problems else ""
            raise Refused(_("The wallet did not prove that it holds the learner’s key. %(problem)s", problem=sentence))
        holder = str(holders[0])
        if Did.parse(holder).method != "key":
            raise Refused(_("Awards are bound to a did:key; the wallet offered another kind of identifier."))
        return holder

    def _bind(self, offer: Offer, holder: str) -> tuple[str | None, bytes]:
        """The intent that binds the credential to this key; or none, and the bytes, when it is bound to it already."""
        now = self._context.now()
        organisation = offer.organisation
        with self._context.database.session() as session:
            claim = claims.lock(session, offer.claim_id)
            assert claim is not None
            if claim.state == "recalled":
                raise claim_refusals.over(claim)
            credential = credentials.lock_award(session, organisation.id, claim.credential_id)
            assert credential is not None
            if credential.state == "revoked" or credential.erased is not None:
                raise claim_refusals.over(claim)
            waiting = credentials.pending_intent(session, credential.id)
            if waiting is not None:
                return self._waiting(waiting, holder), b""
            signed = credentials.signed(session, organisation.id, credential.id, credential.sequence)
            assert signed is not None
            # The award decides, not this link of it: it may have been kept by another link in the meantime.
            kept_by = credential.holder or (claim.holder if claim.state == "claimed" else None)
            if kept_by is not None:
                if kept_by != holder:
                    raise claim_refusals.taken(organisation)
                return None, self._issuance.signed(signed).for_holder
            if claim.expires <= now:
                raise claim_refusals.ran_out(organisation)
            valid_from = max(now, signed.valid_from + timedelta(seconds=1))
            entries = self._issuance.entries(session, organisation, credential.id)
            before, server = open_document(signed.body).value, self._context.settings.identifier_url
            unsigned = bound(before, holder=holder, valid_from=valid_from, status=entries, server=server)
            intent_id = self._issuance.freeze(
                session,
                organisation=organisation,
                credential_id=credential.id,
                kind=CLAIM,
                format_=credential.format,
                unsigned=unsigned,
                actor=SYSTEM_ACTOR,
                now=now,
                details={"validFrom": format_timestamp(valid_from)},
                idempotency_key=None,
                claim_id=claim.id,
                holder=holder,
            )
        return intent_id, b""

    @staticmethod
    def _waiting(intent: tables.IntentRow, holder: str) -> str:
        if intent.kind == CLAIM and intent.holder == holder:
            return intent.id
        raise Conflict(_("This award is being signed just now. Try again in a moment."))

    def _complete(self, done: Completion) -> None:
        """Mark the claim used by this key, and the credential kept."""
        assert done.intent.claim_id is not None
        claim = claims.lock(done.session, done.intent.claim_id)
        assert claim is not None
        claim.state, claim.holder, claim.claimed, claim.secrets_sealed = (
            "claimed",
            done.intent.holder,
            done.now,
            None,
        )
        done.credential.holder = done.intent.holder
        if done.credential.state == "issued":
            done.credential.state = "claimed"

    def _find(self, token: str, client: str) -> tables.ClaimRow:
        self._misses.admit(client)
        with self._context.database.reading() as session:
            row = claims.by_token(session, tokens.token_hash(token)) if tokens.is_token(token) else None
        if row is None:
            self._misses.missed(client)
            raise NotFound(_("There is no award at this link. Check that it was copied whole, or type the code."))
        return row


def recall(session: Session, organisation: Organisation, credential_id: str, actor_id: str, now: datetime) -> int:
    """End the open claims of an award, in the caller's transaction; how many there were."""
    ended = claims.recall_open(session, organisation.id, credential_id, now)
    if ended:
        record(
            session,
            at=now,
            actor=actor_id,
            action="claim.recall",
            organisation_id=organisation.id,
            object_id=credential_id,
        )
    return ended


def _challenge_of(presentation: Document) -> str:
    try:
        proofs = [proof for proof in listed(presentation.value.get("proof")) if isinstance(proof, dict)]
    except ProblemError:
        proofs = []
    if len(proofs) != 1 or not isinstance(proofs[0].get("challenge"), str):
        raise Refused(_("The wallet’s answer carries no proof of the learner’s key."))
    return str(proofs[0]["challenge"])[:200]


def _context(claim_id: str) -> str:
    return f"issuer/claim/{claim_id}/secrets"
