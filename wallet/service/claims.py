"""Claims: from a link to an award that is kept, with the guardian's say in between where there has to be one.

A claim moves offered → (waiting →) approved → kept; or waiting → declined. "Approved" is written down before the issuer
is asked, so that a crash or a slow issuer leaves something to take up again: the same key gets the same bytes again.
The learner's key is made when the claim is approved and signs once, for the issuer's own challenge and domain.
What comes back must be the issuer's, about this very key, and genuine; anything else is refused in words and kept
nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit.errors import BadInput, Conflict, NotFound, Refused, RequestError
from kit.i18n import _
from kit.limits import Misses
from vc.credential import VerifiableCredential
from vc.document import CREDENTIAL_LIMITS, parse
from vc.presentation import build
from vc.problems import ProblemError
from vc.proof import add_proof
from wallet import store
from wallet.keystore import Approval
from wallet.service.arriving import Original
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import Credentials
from wallet.service.disclosing import received
from wallet.service.exchange import (
    Offer,
    ProviderRefused,
    Request,
    claim_link,
    code_address,
    link_of_code,
    origin_of,
    read_offer,
    require_ok,
)
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.judging import Judged, Judging
from wallet.service.people import People

OFFERED, WAITING, APPROVED, KEPT, DECLINED = "offered", "waiting", "approved", "kept", "declined"
SUITE = "eddsa-rdfc-2022"
_FORGET_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim as the family sees it. `learner` is None until one is chosen; `choices` are those for whom one may be."""

    id: str
    state: str
    offer: Offer
    learner: LearnerView | None
    choices: tuple[LearnerView, ...]
    started_by: str
    started_at: datetime
    decided_by: str
    waits_for: str
    problem: str
    credential_id: str | None
    may_approve: bool
    may_retry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """An offer that was looked at and of which nothing is kept yet: its link, what it is, and for whom one may keep it.

    `claim_id` is that of the family's claim where somebody opened the same link before; then there is no offer.
    """

    link: str
    offer: Offer | None
    choices: tuple[LearnerView, ...]
    claim_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """What is needed to fetch an approved claim, outside every session."""

    link: str
    offer: Offer
    secret: dict[str, Any]
    key_id: str
    learner_id: str
    approval: Approval


class Claims:
    """Keeping what an issuer offers."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, judging: Judging) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._judging = judging
        self._misses = Misses(tools.clock)

    def glance(self, actor: Actor, text: str) -> Glance | None:
        """Look at an offer of the issuer that this wallet belongs with, and write nothing down; None for anybody else's
        link, which is asked for only when somebody says so.

        Raises: as `open_offer`.
        """
        link = claim_link(text)
        ours = self._tools.settings.issuer_url
        if not ours or origin_of(link, field="offer") != origin_of(ours, field="offer"):
            return None
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            known = self._known(home, link)
            choices = self._choices(home)
        offer = self._ask(link)[0] if known is None else None
        return Glance(link=link, offer=offer, choices=choices, claim_id=known)

    def open_offer(self, actor: Actor, text: str) -> str:
        """Look at an offer. The id of its claim.

        The same link again leads to the same claim, in whatever state it is.
        Raises: BadInput for what is no link; Refused when the server's answer is no offer; NotFound and Gone as it
        says.
        """
        link = claim_link(text)
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            known = self._known(home, link)
            if known is not None:
                return known
        offer, _request = self._ask(link)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            store.claims.forget_unchosen(session, home.now - _FORGET_AFTER)
            row = store.Claim(
                id=new_id(),
                family_id=actor.family_id,
                learner_id=None,
                offer_index=home.chest.index("offer", link),
                state=OFFERED,
                started_by=actor.member_id,
                started_at=home.now,
                version=1,
            )
            told = {"link": link, "offer": offer.to_json(), "problem": ""}
            row.sealed = home.chest.seal(home.place("claim", row.id, 1), told)
            session.add(row)
            return row.id

    def link_of_code(self, actor: Actor, code: str, provider: str) -> str:
        """The claim link of a code from paper, which the server whose address is printed with it tells.

        Raises: BadInput when one of them is none; TooMany after many wrong ones; ProviderRefused as the server says,
        and when the link is another server's.
        """
        address, typed = code_address(code, provider, loopback=self._tools.settings.loopback)
        self._misses.admit(actor.family_id)
        try:
            answer = self._tools.fetcher.post_json(address, {"code": typed})
            return link_of_code(answer, address)
        except (BadInput, ProviderRefused):
            self._misses.missed(actor.family_id)
            raise

    def claim(self, actor: Actor, claim_id: str) -> ClaimView:
        """A claim's page. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row, opened = self._row(home, claim_id)
            return self._view(home, row, opened)

    def waiting(self, actor: Actor, learner_id: str) -> list[ClaimView]:
        """A learner's claims that wait: for a guardian, or for the issuer's server to answer."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            rows = store.claims.claims(session, actor.family_id, learner_id, [WAITING, APPROVED])
            return [self._view(home, row, opened) for row in rows]

    def keep(self, actor: Actor, claim_id: str, learner_id: str) -> str:
        """Keep an offer for a learner, or ask a guardian to let them. The claim's state afterwards.

        Raises: Refused when nobody may approve, or without the right to start; Conflict when it was decided already;
        and what
        `retry` raises when the issuer then does not hand the award out.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row, _learner = self._row(home, claim_id)
            opened = home.learner(learner_id, Right.START_CLAIM)
            if row.state != OFFERED:
                raise Conflict(_("This award was claimed already. Its page says how it stands."))
            approved = Right.RECEIVE in opened.rights
            if not approved and not opened.standing.approvers(Right.RECEIVE, home.today):
                raise Refused(
                    _("No guardian of this learner may approve what is kept at present. Ask the family's organiser.")
                )
            told = self._told(home, row, None)
            row.learner_id = learner_id
            self._seal(opened, row, told)
            row.state = APPROVED if approved else WAITING
            if approved:
                row.decided_by, row.decided_at = actor.member_id, home.now
            home.note("claim.approve" if approved else "claim.ask", row.id, learner=learner_id)
        if not approved and told["offer"].get("takesNotice"):
            # Says only that somebody opened the link; whether the provider hears it changes nothing here.
            self._tools.fetcher.post_json(told["link"], {"notice": WAITING})
        return self.retry(actor, claim_id) if approved else WAITING

    def approve(self, actor: Actor, claim_id: str) -> str:
        """Let a claim that waits go on; fetches the award. The claim's state afterwards.

        Raises: Refused without the say; Conflict when it no longer waits; and what `retry` raises.
        """
        self._decide(actor, claim_id, APPROVED)
        return self.retry(actor, claim_id)

    def decline(self, actor: Actor, claim_id: str) -> None:
        """Say no to a claim that waits. The issuer learns nothing of it."""
        self._decide(actor, claim_id, DECLINED)

    def retry(self, actor: Actor, claim_id: str) -> str:
        """Fetch the award of an approved claim. The claim's state afterwards: "kept".

        Raises: Refused without the right to start a claim; RequestError, in words that are also kept on its page.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row, opened = self._row(home, claim_id)
            if opened is not None:
                home.learner(opened.id, Right.START_CLAIM)
            if row.state == KEPT:
                return KEPT
            if opened is None or row.state != APPROVED:
                raise Conflict(_("This claim does not wait for the provider. Its page says how it stands."))
            errand = self._errand(home, row, opened)
        try:
            judged, original = self._fetch(errand)
            with self._tools.database.session() as session:
                home = self._people.open(session, actor)
                row, opened = self._row(home, claim_id)
                if opened is None:
                    raise NotFound
                arrival = self._credentials.keep(
                    home, opened, judged, source="claim", key_id=errand.key_id, original=original
                )
                store.claims.move(session, row.id, expected=[APPROVED], state=KEPT)
                row.credential_id = arrival.credential_id
                self._seal(opened, row, {**self._told(home, row, opened), "problem": ""})
                home.note("claim.keep", row.id, credential=arrival.credential_id)
        except RequestError as error:
            self._write_problem(actor, claim_id, str(error.detail))
            raise
        return KEPT

    # -- the exchange -------------------------------------------------------------------------------------------------

    def _ask(self, link: str) -> tuple[Offer, Request]:
        answer = self._tools.fetcher.post_json(link, {})
        require_ok(answer)
        try:
            value = parse(answer.body, limits=CREDENTIAL_LIMITS).value
        except ProblemError:
            value = {}
        return read_offer(value, link=link)

    def _fetch(self, errand: _Errand) -> tuple[Judged, Original | None]:
        offer, request = self._ask(errand.link)
        if offer.issuer_id != errand.offer.issuer_id:
            raise ProviderRefused(
                _("The link now names another provider than before. Ask the provider for a new link.")
            )
        signer = self._tools.keystore.signer(errand.secret, approval=errand.approval)
        presentation = add_proof(
            build([], id=f"urn:uuid:{new_id()}", holder=errand.secret["did"]),
            signer=signer,
            suite=SUITE,
            purpose="authentication",
            created=self._tools.clock.now(),
            challenge=request.challenge,
            domain=request.domain,
        )
        answer = self._tools.fetcher.post_json(errand.link, {"verifiablePresentation": presentation})
        require_ok(answer)
        try:
            shown, original = received(answer.body)
            judged = self._judging.judge(shown)
        except ProblemError:
            raise _not_an_award() from None
        view = VerifiableCredential.view(judged.document.value)
        try:
            self._judging.require_genuine(judged)
            ours = view.issuer_id == errand.offer.issuer_id and view.subject_id == errand.secret["did"]
        except (BadInput, ProblemError):
            raise _not_an_award() from None
        if not ours:
            raise _not_an_award()
        return judged, original

    def _errand(self, home: Household, row: store.Claim, opened: OpenLearner) -> _Errand:
        if not row.decided_by or row.decided_at is None:
            raise PermissionError("a learner's key signs only what a person approved")
        told = self._told(home, row, opened)
        offer = Offer.from_json(told["offer"])
        index = opened.chest.index("issuer", offer.issuer_id, offer.origin)
        key = store.credentials.learner_key(home.session, home.actor.family_id, opened.id, index)
        if key is None:
            made = self._tools.keystore.new_learner_key(offer.issuer_id)
            key = store.LearnerKey(
                id=new_id(),
                family_id=home.actor.family_id,
                learner_id=opened.id,
                issuer_index=index,
                created_at=home.now,
                version=0,
            )
            opened.seal(key, made.secret)
            home.session.add(key)
            home.session.flush()
        return _Errand(
            link=told["link"],
            offer=offer,
            secret=opened.open(key),
            key_id=key.id,
            learner_id=opened.id,
            approval=Approval(kind="claim", object_id=row.id, decided_by=row.decided_by, decided_at=row.decided_at),
        )

    # -- inside -------------------------------------------------------------------------------------------------------

    def _known(self, home: Household, link: str) -> str | None:
        for row in store.claims.claims_of_offer(home.session, home.actor.family_id, home.chest.index("offer", link)):
            if row.state in {WAITING, APPROVED, KEPT} or (
                row.state == OFFERED and row.started_by == home.actor.member_id
            ):
                if row.learner_id is not None:
                    learner = store.people.learner(home.session, home.actor.family_id, row.learner_id)
                    if learner is None or Right.VIEW not in home.open_learner(learner).rights:
                        continue
                return row.id
        return None

    def _row(self, home: Household, claim_id: str) -> tuple[store.Claim, OpenLearner | None]:
        row = store.claims.claim(home.session, home.actor.family_id, claim_id)
        if row is None or (row.learner_id is None and row.started_by != home.actor.member_id):
            raise NotFound
        return row, (home.learner_of(row.learner_id) if row.learner_id is not None else None)

    def _decide(self, actor: Actor, claim_id: str, state: str) -> None:
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row, opened = self._row(home, claim_id)
            if opened is None:
                raise Conflict(_("Choose first for whom this award is."))
            home.learner(opened.id, Right.RECEIVE)
            if not store.claims.move(session, row.id, expected=[WAITING], state=state):
                raise Conflict(_("Somebody decided about this award already. Its page says how it stands."))
            row.decided_by, row.decided_at = actor.member_id, home.now
            home.note("claim.approve" if state == APPROVED else "claim.decline", row.id, learner=opened.id)

    def _told(self, home: Household, row: store.Claim, opened: OpenLearner | None) -> dict[str, Any]:
        if opened is None:
            return home.chest.open(home.place("claim", row.id, row.version), row.sealed)
        return opened.chest.open(opened.place("claim", row.id, row.version), row.sealed)

    @staticmethod
    def _seal(opened: OpenLearner, row: store.Claim, told: dict[str, Any]) -> None:
        row.version += 1
        row.sealed = opened.chest.seal(opened.place("claim", row.id, row.version), told)

    def _write_problem(self, actor: Actor, claim_id: str, words: str) -> None:
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row, opened = self._row(home, claim_id)
            if opened is not None and row.state == APPROVED:
                self._seal(opened, row, {**self._told(home, row, opened), "problem": words})

    @staticmethod
    def _choices(home: Household) -> tuple[LearnerView, ...]:
        """For whom an offer may be kept, or a guardian asked to keep it."""
        return tuple(learner_view(home, one) for one in home.learners() if Right.START_CLAIM in one.rights)

    def _view(self, home: Household, row: store.Claim, opened: OpenLearner | None) -> ClaimView:
        told = self._told(home, row, opened)
        approvers = opened.standing.approvers(Right.RECEIVE, home.today) if opened is not None else []
        return ClaimView(
            id=row.id,
            state=row.state,
            offer=Offer.from_json(told["offer"]),
            learner=learner_view(home, opened) if opened is not None else None,
            choices=self._choices(home) if row.state == OFFERED else (),
            started_by=home.member_name(row.started_by),
            started_at=row.started_at,
            decided_by=home.member_name(row.decided_by),
            waits_for=home.member_names(approvers) if row.state == WAITING else "",
            problem=told["problem"],
            credential_id=row.credential_id,
            may_approve=row.state == WAITING and opened is not None and Right.RECEIVE in opened.rights,
            may_retry=row.state == APPROVED and opened is not None and Right.START_CLAIM in opened.rights,
        )


def _not_an_award() -> ProviderRefused:
    return ProviderRefused(
        _("What the provider's server sent is not the award it offered. It was not kept; tell the provider."),
        kind="not-genuine",
    )
