"""Awarding: one learner, one achievement, signed at once, exactly once per idempotency key."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from issuer.service import refreshing
from issuer.service.achievements import Achievement, AchievementService
from issuer.service.award_reading import Award, corrected, read_award, to_draft
from issuer.service.award_rows import award_columns, award_row, refresh_columns, sealing_context
from issuer.service.carrying import vouched_for
from issuer.service.claims import ClaimService
from issuer.service.context import Actor, Context, Desk, Organisation
from issuer.service.documents import credential
from issuer.service.drafts import AwardDraft
from issuer.service.identities import acts_as, under
from issuer.service.issuance import Completion, Issuance, unsignable
from issuer.service.learner_keys import linked
from issuer.service.lint import lint_template
from issuer.service.once import Answer, Once
from issuer.service.organisation_settings import usual_form
from issuer.service.rights import Right
from issuer.service.second_person import AWARD as KIND
from issuer.service.second_person import Granting, agreed
from issuer.service.securing import chosen_form
from issuer.service.status_lists import StatusListService
from issuer.service.telling import tell
from issuer.store import achievements, credentials, hosts, tables
from issuer.store.deliveries import CORRECTION
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from vc.problems import ProblemError
from vc.timestamps import format_timestamp

AWARD, REISSUE = "award", "reissue"


class AwardService:
    """Awards and corrects."""

    def __init__(
        self,
        context: Context,
        achievements_: AchievementService,
        lists: StatusListService,
        claims: ClaimService,
        issuance: Issuance,
    ) -> None:
        self._context = context
        self._achievements = achievements_
        self._lists = lists
        self._claims = claims
        self._issuance = issuance
        self._once = Once(context, issuance)
        issuance.completing[AWARD] = self._complete
        issuance.completing[REISSUE] = self._complete

    def award(
        self,
        desk: Desk,
        draft: AwardDraft,
        *,
        key: str,
        holder: str | None = None,
        granting: Granting | None = None,
    ) -> Answer:
        """Award, once for this ``key``; the same request again gets the same bytes.

        ``holder`` is the did:key that it is bound to, where the organisation knows it: then there is no claim.
        Raises: Refused, BadInput (also for another request under the same key), NotFound, InFlight, Unavailable;
        SecondPersonWanted unless ``granting`` is somebody else's yes.
        """
        desk.require(Right.AWARD)

        def freeze(session: Session, now: datetime) -> str:
            intent_id = self._freeze_award(session, desk, draft, key=key, now=now, replaces=None, holder=holder)
            self._agree(session, desk, intent_id, granting, now)
            return intent_id

        return self._once.answer(desk.organisation, key, _hash(f"award {holder}" if holder else "award", draft), freeze)

    def replace(
        self,
        desk: Desk,
        draft: AwardDraft,
        *,
        key: str,
        replaces: str,
        withdraw: Callable[[Session, str, datetime], None],
    ) -> Answer:
        """Award anew in place of ``replaces``, which ``withdraw`` withdraws in the same transaction."""
        desk.require(Right.AWARD)

        def freeze(session: Session, now: datetime) -> str:
            intent_id = self._freeze_award(session, desk, draft, key=key, now=now, replaces=replaces, holder=None)
            made = credentials.intent(session, intent_id)
            assert made is not None
            withdraw(session, made.credential_id, now)
            return intent_id

        return self._once.answer(desk.organisation, key, _hash(f"replace {replaces}", draft), freeze)

    def earlier(self, desk: Desk, key: str) -> Answer | None:
        """What came of the award that was asked for under this key, whatever it said; None when there was none.

        Raises: Refused, BadInput where it came to nothing, InFlight, Unavailable.
        """
        desk.require(Right.AWARD)
        return self._once.earlier(desk.organisation, key)

    def reissue(
        self,
        desk: Desk,
        credential_id: str,
        draft: AwardDraft,
        *,
        key: str,
        granting: Granting | None = None,
        part_of_more: bool = False,
    ) -> Answer:
        """Sign a corrected version under the same id and the same status entries, with a newer ``validFrom``, by the
        identifier that the award names as its issuer.

        The achievement stays in the version that was awarded; the learner's key, if there is one, stays bound.
        ``part_of_more`` when it belongs to something that was agreed to as a whole, or says nothing new.
        Raises: Refused, NotFound, Conflict for a withdrawn award, BadInput, InFlight, Unavailable; SecondPersonWanted
        unless ``granting`` is somebody else's yes.
        """
        desk.require(Right.AWARD)

        def freeze(session: Session, now: datetime) -> str:
            intent_id = self._freeze_reissue(session, desk, credential_id, draft, key=key, now=now)
            if not part_of_more:
                self._agree(session, desk, intent_id, granting, now)
            return intent_id

        return self._once.answer(desk.organisation, key, _hash(f"reissue {credential_id}", draft), freeze)

    def freeze_anew(self, session: Session, organisation: Organisation, before: tables.IntentRow, now: datetime) -> str:
        """Freeze what an intent was to sign once more, as this server and the organisation are named now; its id.

        An award that nobody ever had gets another id and other indices, and the first one comes to nothing. Whoever
        calls this gives the request that waits for it the new one. Raises: BadInput, Conflict, Unavailable.
        """
        row = credentials.lock_award(session, organisation.id, before.credential_id)
        assert row is not None, "an intent's credential is kept by a foreign key"
        award, achievement = self.opened(row), self._awarded_version(session, organisation, row)
        credential_id, token = row.id, self._kept_token(row, achievement, award)
        if row.state == "pending":
            credential_id, token = f"urn:uuid:{uuid.uuid4()}", refreshing.new_token(achievement, award)
            columns = award_row(
                award,
                achievement,
                credential_id=credential_id,
                organisation_id=organisation.id,
                identity_id=acts_as(session, organisation).id,
                actor=row.created_by,
                now=now,
                replaces=row.replaces,
                refresh=token,
                format_=row.format,
                seal=self._context.keystore.sealer(),
            )
            kept = {name: getattr(row, name) for name in ("learner_id", "identifier_key", "job_id")}
            session.add(tables.CredentialRow(**columns, **kept))
            row.state = "refused"
            session.flush()
            pausable = self._lists.pausable(session, row.id)
            self._lists.allocate(session, organisation, credential_id, now, pausable=pausable)
        return self._freeze(
            session,
            organisation,
            award,
            achievement,
            credential_id,
            kind=before.kind,
            format_=before.format,
            actor=before.actor,
            now=now,
            key=before.idempotency_key,
            holder=before.holder,
            token=token,
        )

    def forget_old_answers(self) -> int:
        """Delete the answers to requests that are too old to be repeated; how many. At each start, and daily."""
        oldest = self._context.clock.now() - timedelta(days=self._context.settings.idempotency_days)
        with self._context.database.session() as session:
            return credentials.forget_idempotency(session, oldest)

    def draft_of(self, desk: Desk, credential_id: str) -> tuple[AwardDraft, Achievement]:
        """The award as it was typed, to be corrected, with the achievement as it was awarded. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = credentials.award(session, desk.organisation.id, credential_id)
            if row is None:
                raise NotFound
            if row.erased is not None:
                raise Conflict(_("What was known of this award was erased; it can only be withdrawn."))
            achievement = self._awarded_version(session, desk.organisation, row)
        return to_draft(self.opened(row), achievement.id, row.format), achievement

    def opened(self, row: tables.CredentialRow) -> Award:
        """The award behind a credential, unsealed. Raises: Unavailable."""
        return Award.from_json(
            self._context.keystore.open_text(row.draft_sealed, context=sealing_context(row.id, "award"))
        )

    @staticmethod
    def _agree(session: Session, desk: Desk, intent_id: str, granting: Granting | None, now: datetime) -> None:
        """Let the intent stand only if nobody else has to agree, or somebody has. Raises: SecondPersonWanted."""
        made = credentials.intent(session, intent_id)
        assert made is not None, "it was frozen just now"
        agreed(session, desk, KIND, granting, now=now, outcome=made.credential_id)

    def _freeze_award(
        self,
        session: Session,
        desk: Desk,
        draft: AwardDraft,
        *,
        key: str,
        now: datetime,
        replaces: str | None,
        holder: str | None,
    ) -> str:
        organisation = desk.organisation
        found = achievements.one(session, organisation.id, draft.achievement)
        if found is None or found.state != "active":
            raise BadInput(
                _("This achievement cannot be awarded."), field="achievement", remedy=_("Choose one from the list.")
            )
        achievement = self._achievements.view(organisation, found)
        form = chosen_form(draft.format, usual=usual_form(session, organisation.id, achievement.format))
        loopback = self._context.settings.loopback
        award = read_award(draft, achievement=achievement, now=organisation.local(now), loopback=loopback)
        credential_id = f"urn:uuid:{uuid.uuid4()}"
        token = refreshing.new_token(achievement, award)
        session.add(
            tables.CredentialRow(
                **award_row(
                    award,
                    achievement,
                    credential_id=credential_id,
                    organisation_id=organisation.id,
                    identity_id=acts_as(session, organisation).id,
                    actor=desk.actor.user_id,
                    now=now,
                    replaces=replaces,
                    refresh=token,
                    format_=form.name,
                    seal=self._context.keystore.sealer(),
                ),
                **linked(session, self._context.keystore.vault(), organisation.id, [award])[0],
            )
        )
        session.flush()
        self._lists.allocate(session, organisation, credential_id, now, pausable=achievement.pausable)
        return self._freeze(
            session,
            organisation,
            award,
            achievement,
            credential_id,
            kind=AWARD,
            format_=form.name,
            actor=desk.actor,
            now=now,
            key=key,
            holder=holder,
            token=token,
        )

    def _freeze_reissue(
        self, session: Session, desk: Desk, credential_id: str, draft: AwardDraft, *, key: str, now: datetime
    ) -> str:
        row = credentials.lock_award(session, desk.organisation.id, credential_id)
        if row is None or row.state not in credentials.VISIBLE:
            raise NotFound
        organisation = under(session, desk.organisation, row.identity_id)
        if row.state == "revoked":
            raise Conflict(_("This award was withdrawn. Award it anew instead of correcting it."))
        if row.erased is not None:
            raise Conflict(_("What was known of this award was erased; it can only be withdrawn."))
        if draft.achievement != row.achievement_id:
            said = _("A correction keeps what was earned. Withdraw this award, and award the other one.")
            raise BadInput(said, field="achievement")
        if draft.format not in {"", row.format}:
            said = _("A correction is signed in the same form as the award.")
            raise BadInput(said, field="format", remedy=_("Leave the form out, or withdraw this award and award anew."))
        achievement = self._awarded_version(session, organisation, row)
        before = self.opened(row)
        loopback = self._context.settings.loopback
        read = read_award(draft, achievement=achievement, now=organisation.local(now), loopback=loopback)
        previous = credentials.signed(session, organisation.id, credential_id, row.sequence)
        assert previous is not None, "an award that is not pending has a signed version"
        award = corrected(read, before, max(now, next_second(before.valid_from), next_second(previous.valid_from)))
        token = self._kept_token(row, achievement, award)
        seal = self._context.keystore.sealer()
        columns = {**award_columns(award, credential_id, seal), **refresh_columns(token, credential_id, seal)}
        if award.identifier != before.identifier:
            columns |= linked(session, self._context.keystore.vault(), organisation.id, [award])[0]
        for name, value in columns.items():
            setattr(row, name, value)
        return self._freeze(
            session,
            organisation,
            award,
            achievement,
            credential_id,
            kind=REISSUE,
            format_=row.format,
            actor=desk.actor,
            now=now,
            key=key,
            holder=row.holder,
            token=token,
        )

    def _kept_token(self, row: tables.CredentialRow, achievement: Achievement, award: Award) -> str | None:
        """The token of a corrected award: its own, or a new one where it may have one now; None for no adult."""
        if row.refresh_sealed is None or not award.adult:
            return refreshing.new_token(achievement, award)
        return self._context.keystore.open_text(row.refresh_sealed, context=sealing_context(row.id, "refresh"))

    def _freeze(
        self,
        session: Session,
        organisation: Organisation,
        award: Award,
        achievement: Achievement,
        credential_id: str,
        *,
        kind: str,
        format_: str,
        actor: Actor | str,
        now: datetime,
        key: str | None,
        holder: str | None,
        token: str | None,
    ) -> str:
        try:
            unsigned = credential(
                award,
                credential_id=credential_id,
                organisation=organisation,
                achievement=achievement,
                status=self._lists.entries(session, organisation, credential_id),
                holder=holder,
                refresh=refreshing.address(self._context.settings, token),
                vouched=vouched_for(session, organisation, achievement, now),
                format_=format_,
            )
            if kind == REISSUE:
                # The row is about to say what the correction says: it must not do so for one that cannot be signed.
                lint_template(unsigned)
        except ProblemError as error:
            raise unsignable(error.detail, error.pointer) from error
        return self._issuance.freeze(
            session,
            organisation=organisation,
            credential_id=credential_id,
            kind=kind,
            format_=format_,
            unsigned=unsigned,
            actor=actor,
            now=now,
            details={"awarded": format_timestamp(award.awarded), "validFrom": format_timestamp(award.valid_from)},
            idempotency_key=key,
            claim_id=None,
            holder=holder,
        )

    def _awarded_version(self, session: Session, organisation: Organisation, row: tables.CredentialRow) -> Achievement:
        achievement_id, version = credentials.achievement_of(row)
        found = achievements.one(session, organisation.id, achievement_id)
        assert found is not None, "a credential's achievement is kept by a foreign key"
        now_ = self._achievements.view(organisation, found)
        body = achievements.version(session, achievement_id, version)
        return self._achievements.at_version(now_, version=version, body=json.loads(body))

    def _complete(self, done: Completion) -> None:
        """Make the claim of a new award, unless it is bound already, and store the answer to the request, if any."""
        claim = None
        if done.intent.kind == AWARD and done.intent.holder is not None:
            done.credential.holder, done.credential.state = done.intent.holder, "claimed"
        elif done.intent.kind == AWARD:
            claim = self._claims.open(done.session, done.organisation, done.signed.credential_id, done.now)
        elif done.intent.kind == REISSUE:
            hosts.send_again(done.session, done.organisation.id, done.credential.id, done.now)
            tell(
                done.session,
                done.credential,
                CORRECTION,
                actor=done.intent.actor,
                now=done.now,
                mails=self._context.settings.sends_mail,
            )
        key = done.intent.idempotency_key
        if key is None:
            return  # one of many: nobody waits for an answer
        credential_uuid = done.signed.credential_id.removeprefix("urn:uuid:")
        achievement_id, _version = credentials.achievement_of(done.credential)
        base = f"{self._context.settings.public_url}/api/organisations/{done.organisation.slug}/credentials"
        answer: dict[str, Any] = {
            "id": done.signed.credential_id,
            "achievement": self._achievements.iri(done.organisation.slug, achievement_id),
            "learnerName": done.credential.learner_name,
            "awardedDate": done.details["awarded"],
            "validFrom": done.details["validFrom"],
            "version": done.signed.sequence,
            "format": done.credential.format,
            "links": {
                "self": f"{base}/{credential_uuid}",
                "document": f"{base}/{credential_uuid}/document",
            },
        }
        if claim is not None:
            answer["claim"] = claim
        self._once.keep(done, answer)


def next_second(moment: datetime) -> datetime:
    """The next whole second, so that a newer version is newer for everybody."""
    return datetime.fromtimestamp(int(moment.timestamp()) + 1, moment.tzinfo)


def _hash(action: str, draft: AwardDraft) -> str:
    # What was not chosen is left out: a request from before there was a choice is the same request still.
    said = {name: value for name, value in asdict(draft).items() if name != "format" or value}
    text = json.dumps([action, said], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
