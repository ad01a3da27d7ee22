"""Credentials that a program proposes whole, instead of filling in an award: the same award, by another road.

A program writes the credential that it wants, unsigned. What the organisation decides (id, issuer, status, the words of
the achievement) is never taken from there: where it is said, it has to be what the organisation says itself, so that
nothing that was sent is lost or changed without a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from issuer.service.achievements import AchievementService
from issuer.service.awards import AwardService
from issuer.service.context import Actor, Context, Desk
from issuer.service.credentials import Credential, CredentialService
from issuer.service.drafts import AwardDraft
from issuer.service.once import Answer
from issuer.service.organisations import OrganisationService
from issuer.service.rights import Right
from issuer.service.suspensions import SuspensionService
from issuer.store import credentials
from kit.errors import BadInput, NotFound
from kit.i18n import Message, _
from vc.did import Did
from vc.document import CREDENTIAL_LIMITS, JsonObject, listed, parse
from vc.jose import in_envelope
from vc.keys import parse_multikey
from vc.problems import ProblemError
from vc.securing import is_token, open_document

_LONGEST_ID: Final = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a program proposes: who issues it (empty: whose achievement it is), the achievement as it names and
    describes it, the credential's name (may be empty), the learner's did:key if it is known, and the award.
    """

    issuer: str
    achievement: Mapping[str, Any]
    name: str
    holder: str | None
    draft: AwardDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The signed credential as anybody may have it (a token in its envelope), and what an award is answered."""

    credential: JsonObject
    answer: Answer


class ProposalService:
    """Awards what is proposed, and withdraws by a credential's id, for people who work at its organisation."""

    def __init__(
        self,
        context: Context,
        organisations: OrganisationService,
        achievements: AchievementService,
        awards: AwardService,
        found: CredentialService,
        *,
        suspensions: SuspensionService,
    ) -> None:
        self._context = context
        self._organisations = organisations
        self._achievements = achievements
        self._awards = awards
        self._credentials = found
        self._suspensions = suspensions

    def issue(self, actor: Actor, proposal: Proposal, *, key: str) -> Issued:
        """Award what is proposed, once for this ``key``.

        Raises: NotFound for an achievement of an organisation where the person does not work; BadInput naming the
        member; InFlight, Unavailable.
        """
        desk, achievement_id = self._desk(actor, str(proposal.achievement.get("id", "")))
        desk.require(Right.AWARD)
        if proposal.issuer not in {"", desk.organisation.did}:
            raise _other("issuer", desk.organisation.did)
        achievement = self._achievements.one(desk.organisation, achievement_id)
        for name, value in proposal.achievement.items():
            own = achievement.document().get(name)
            if value != own and listed(value) != listed(own):
                raise BadInput(
                    _("The achievement says something else here than what you sent."),
                    field=f"/credential/credentialSubject/achievement/{name}",
                    remedy=_("Leave this member out, or edit the achievement first."),
                )
        if proposal.name not in {"", achievement.name}:
            raise _other("name", achievement.name)
        if proposal.holder is not None:
            _require_key(proposal.holder)
        answer = self._awards.award(desk, proposal.draft, key=key, holder=proposal.holder)
        body, _etag = self._credentials.document(desk, answer.value["id"], version=answer.value["version"])
        text = in_envelope(body.decode("ascii")) if is_token(body) else parse(body, limits=CREDENTIAL_LIMITS).value
        return Issued(credential=text, answer=answer)

    def withdraw(self, actor: Actor, credential_id: str, entry: Mapping[str, str], *, reason: str) -> Credential:
        """Withdraw the credential with this id for good; ``entry`` is what is known of its status entry.

        Raises: NotFound when there is none, or the person does not work at its organisation; BadInput, Unavailable.
        """
        desk = self._with_entry(actor, credential_id, entry)
        return self._credentials.revoke(desk, credential_id, reason=reason, note="")

    def pause(
        self, actor: Actor, credential_id: str, entry: Mapping[str, str], *, suspended: bool, reason: str | None
    ) -> Credential:
        """Pause the credential with this id, or lift the pause; ``reason`` is kept private.

        Raises: as ``withdraw``; Conflict for one that was withdrawn.
        """
        desk = self._with_entry(actor, credential_id, entry)
        if suspended:
            return self._suspensions.suspend(desk, credential_id, reason=reason)
        return self._suspensions.lift(desk, credential_id)

    def _with_entry(self, actor: Actor, credential_id: str, entry: Mapping[str, str]) -> Desk:
        """The desk that awarded this credential, if it has this status entry and the person may set it."""
        with self._context.database.reading() as session:
            slug = credentials.organisation_of(session, credential_id[:_LONGEST_ID])
        if slug is None:
            raise NotFound
        desk = self._organisations.enter(actor, slug)
        desk.require(Right.WITHDRAW)
        body, _etag = self._credentials.document(desk, credential_id)
        entries = listed(open_document(body).value.get("credentialStatus"))
        if not any(isinstance(own, Mapping) and entry.items() <= own.items() for own in entries):
            raise BadInput(
                _("This credential has no such status."),
                field="/credentialStatus",
                remedy=_(
                    "Send the type and the purpose that its credentialStatus has: revocation withdraws it for good, "
                    "suspension pauses it where it was awarded with that possibility."
                ),
            )
        return desk

    def _desk(self, actor: Actor, iri: str) -> tuple[Desk, str]:
        """The desk at which an achievement can be awarded, and the achievement's short id. Raises: NotFound."""
        place, _slash, achievement_id = iri.partition("/achievements/")
        slug = place.removeprefix(f"{self._context.settings.identifier_url}/orgs/")
        if "/" in slug or iri != self._achievements.iri(slug, achievement_id):
            raise NotFound(
                _("There is no such achievement here. Send the id of one of your organisation’s achievements.")
            )
        return self._organisations.enter(actor, slug), achievement_id


def _require_key(did: str) -> None:
    try:
        parsed = Did.parse(did)
        if parsed.method == "key":
            parse_multikey(parsed.identifier)
            return
    except ProblemError:
        pass
    raise BadInput(
        _("Awards are bound to a did:key, and this is none."),
        field="/credential/credentialSubject/id",
        remedy=_(
            "Send the did:key of the learner’s wallet, or leave it out: the learner’s wallet claims the award then."
        ),
    )


def _other(member: str, own: str) -> BadInput:
    words: Message = _("This is not what the organisation says itself.")
    return BadInput(words, field=f"/credential/{member}", remedy=_("Leave it out, or send “%(own)s”.", own=own))
