"""Awards by the hundred: the rows of one transaction, frozen together, and what completes them together.

Nothing here reads what somebody typed: the awards were read and found good before (`documents.read_award`), and no
request waits for an answer, so that none is kept. Whoever calls this knows which awards it has frozen already.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from issuer.service import refreshing
from issuer.service.achievements import Achievement
from issuer.service.award_reading import Award
from issuer.service.award_rows import award_row
from issuer.service.awards import AWARD
from issuer.service.carrying import vouched_for
from issuer.service.claims import ClaimService
from issuer.service.context import Context, Desk
from issuer.service.documents import credential
from issuer.service.identities import acts_as
from issuer.service.issuance import unsignable
from issuer.service.learner_keys import linked
from issuer.service.many import Finished, Intended, ManyIssuance
from issuer.service.status_lists import StatusListService
from issuer.store import achievements, credentials, intents, tables
from kit.errors import BadInput, Conflict
from kit.i18n import _
from vc.problems import ProblemError
from vc.timestamps import format_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """An award that is going to be signed: its credential and its intent."""

    credential_id: str
    intent_id: str


class ManyAwards:
    """Freezes awards of one achievement together, and makes their claims together."""

    def __init__(self, context: Context, lists: StatusListService, claims: ClaimService, many: ManyIssuance) -> None:
        self._context = context
        self._lists = lists
        self._claims = claims
        self._many = many
        many.completing[AWARD] = self._complete

    def freeze(
        self,
        session: Session,
        desk: Desk,
        achievement: Achievement,
        awards: Sequence[Award],
        *,
        format_: str,
        seal: Callable[[str, str], bytes],
        now: datetime,
    ) -> list[Frozen | BadInput]:
        """Store awards that are going to be signed, in the caller's transaction; for each, in this order, its ids or
        why it cannot be signed. ``seal`` is the keystore's, taken before the transaction began.

        Raises: BadInput when the achievement cannot be awarded or the form has no key, Conflict when it was changed
        since the awards were read, Unavailable without a signing key. Then nothing is to be kept.
        """
        organisation = desk.organisation
        found = achievements.one(session, organisation.id, achievement.id)
        if found is None or found.state != "active":
            raise BadInput(
                _("This achievement cannot be awarded."), field="achievement", remedy=_("Choose one from the list.")
            )
        if found.version != achievement.version:
            raise Conflict(_("The achievement was changed in the meantime. Look at the awards again."))
        ids = [f"urn:uuid:{uuid.uuid4()}" for _award in awards]
        asked = [refreshing.new_token(achievement, award) for award in awards]
        identity_id = acts_as(session, organisation).id
        links = linked(session, self._context.keystore.vault(), organisation.id, awards)
        rows = [
            award_row(
                award,
                achievement,
                credential_id=credential_id,
                organisation_id=organisation.id,
                identity_id=identity_id,
                actor=desk.actor.user_id,
                now=now,
                replaces=None,
                refresh=token,
                format_=format_,
                seal=seal,
            )
            | link
            for credential_id, award, token, link in zip(ids, awards, asked, links, strict=True)
        ]
        intents.add(session, tables.CredentialRow, rows)
        places = self._lists.allocate_many(session, organisation, ids, now, pausable=found.pausable)
        vouched = vouched_for(session, organisation, achievement, now)
        answers: dict[str, Frozen | BadInput] = {}
        items: list[Intended] = []
        for credential_id, award, token in zip(ids, awards, asked, strict=True):
            try:
                unsigned = credential(
                    award,
                    credential_id=credential_id,
                    organisation=organisation,
                    achievement=achievement,
                    status=[place.entry for place in places[credential_id]],
                    holder=None,
                    refresh=refreshing.address(self._context.settings, token),
                    vouched=vouched,
                    format_=format_,
                )
            except ProblemError as error:
                answers[credential_id] = unsignable(error.detail, error.pointer)
                continue
            items.append(
                Intended(
                    credential_id=credential_id,
                    kind=AWARD,
                    format=format_,
                    unsigned=unsigned,
                    details={
                        "awarded": format_timestamp(award.awarded),
                        "validFrom": format_timestamp(award.valid_from),
                    },
                    holder=None,
                )
            )
        credentials.refuse(session, organisation.id, list(answers))
        frozen = self._many.freeze_many(session, organisation=organisation, items=items, actor=desk.actor, now=now)
        for item, intent_id in zip(items, frozen, strict=True):
            answers[item.credential_id] = Frozen(credential_id=item.credential_id, intent_id=intent_id)
        return [answers[credential_id] for credential_id in ids]

    def _complete(self, done: Finished) -> None:
        """Make the claims of new awards, but for those that are bound already."""
        bound = {signed.credential_id: intent.holder for intent, signed in done.signed if intent.holder is not None}
        for credential_id, holder in bound.items():
            credentials.bind(done.session, done.organisation.id, credential_id, holder)
        open_ = [signed.credential_id for _intent, signed in done.signed if signed.credential_id not in bound]
        self._claims.open_many(done.session, done.organisation, open_, done.now, done.seal)
