"""Answering a verifier who asks: from its link or request to a presentation that is signed for it, once.

Rules. It is a share like any other: the same preview, the same guardian's say, the same record. The answer is signed
for the asking site's own challenge and origin, goes to an address of that site or is saved by the family, and ends the
share. What could not be delivered can be sent again; what was answered never is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kit.errors import BadInput, Conflict, Gone, NotFound
from kit.i18n import _
from vc.document import CREDENTIAL_LIMITS, PRESENTATION_LIMITS, parse
from vc.problems import ProblemError
from vc.securing import open_document
from wallet import store
from wallet.service.asks import ANSWERED, QUESTION, answering
from wallet.service.authority import Right
from wallet.service.cards import Card
from wallet.service.core import Actor, Tools
from wallet.service.credentials import Credentials
from wallet.service.exchange import ProviderRefused, claim_link
from wallet.service.people import People
from wallet.service.questions import Question, Wanted, parse_question, read_question
from wallet.service.reading import Reading
from wallet.service.share_terms import ACTIVE, WAITING, state_of
from wallet.service.share_views import Choice, Sheet
from wallet.service.shares import Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One thing that is asked for, and the ids of the learner's awards that fit it."""

    wanted: Wanted
    credential_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSheet:
    """A question as a learner's family sees it: who asks, what fits, and the sheet with only those awards on it."""

    question: Question
    matches: tuple[Match, ...]
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    token: str
    ask_id: str
    told: Mapping[str, str]


class Answering:
    """Reads verifiers' requests, and answers them."""

    def __init__(
        self, tools: Tools, people: People, credentials: Credentials, shares: Shares, reading: Reading
    ) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._shares = shares
        self._reading = reading

    def read(self, actor: Actor, text: str) -> Question:
        """The question in what somebody pasted or scanned: a request as JSON, or a link to one, which is asked for it.

        Raises: BadInput, ProviderRefused, in words.
        """
        with self._tools.database.reading() as session:
            self._people.open(session, actor)
        loopback = self._tools.settings.loopback
        if text.lstrip().startswith("{"):
            return parse_question(text, loopback=loopback)
        try:
            link = claim_link(text)
        except BadInput:
            raise BadInput(
                _("That is neither a link nor a request."),
                field="request",
                remedy=_("Copy the whole link that the asking site shows; it starts with https://."),
            ) from None
        answer = self._tools.fetcher.post_json(link, {})
        try:
            value = parse(answer.body, limits=CREDENTIAL_LIMITS).value
        except ProblemError:
            value = {}
        if answer.status not in {200, 201} or answer.error is not None or not value:
            raise BadInput(
                _("The site behind this link did not answer with a request."),
                field="request",
                remedy=_("Check that the link was copied whole, or ask for another."),
            )
        return read_question(value, link=link, loopback=loopback)

    def sheet(self, actor: Actor, learner_id: str, question: Question, choice: Choice | None = None) -> AskedSheet:
        """The question with a learner's awards that fit; without a choice the first of each is switched on."""
        first = self._shares.sheet(actor, learner_id, self.choice(question, (), {}))
        documents = {
            item.card.id: open_document(self._credentials.document(actor, item.card.id)).value for item in first.items
        }
        cautious = {item.card.id for item in first.items if item.card.cautious}
        matches = tuple(
            Match(wanted=one, credential_ids=tuple(each for each, said in documents.items() if one.fits(said)))
            for one in question.wanted
        )
        if choice is None:
            calm = [[each for each in one.credential_ids if each not in cautious][:1] for one in matches]
            picked = tuple(dict.fromkeys(each for some in calm for each in some))
            choice = self.choice(question, picked, {})
        sheet = self._shares.sheet(actor, learner_id, choice)
        fitting = {each for one in matches for each in one.credential_ids}
        items = tuple(item for item in sheet.items if item.card.id in fitting)
        return AskedSheet(question=question, matches=matches, sheet=replace(sheet, items=items))

    def choice(
        self,
        question: Question,
        credential_ids: Sequence[str],
        parts: Mapping[str, frozenset[str]],
    ) -> Choice:
        """What is shared by an answer: these awards, with the asking site alone, without a name beside them."""
        now = self._tools.clock.now().date()
        return Choice(
            credential_ids=tuple(credential_ids),
            recipient=question.host[:120],
            purpose=question.reason,
            until=now + timedelta(days=self._tools.settings.share_days_young),
            shown_name="",
            parts=parts,
        )

    def take_up(
        self,
        actor: Actor,
        learner_id: str,
        question: Question,
        choice: Choice,
        *,
        editions: Mapping[str, int] | None = None,
    ) -> str:
        """Share what was chosen with whoever asks, or ask a guardian to; the share's id. Nothing is sent yet.

        Raises: BadInput for a choice that fits nothing that was asked or proves nothing; Conflict for a question that
        was taken up before; and what sharing raises.
        """
        asked = self.sheet(actor, learner_id, question, choice)
        fitting = {each for one in asked.matches for each in one.credential_ids}
        if not set(choice.credential_ids) <= fitting:
            raise BadInput(
                _("One of the chosen awards is none that is asked for."),
                field="credentials",
                remedy=_("Choose from the awards that fit."),
            )
        require_key([item.card for item in asked.sheet.items if item.card.id in choice.credential_ids])
        wanted = replace(choice, until=self.choice(question, (), {}).until)
        return self._shares.create(actor, learner_id, wanted, editions=editions, ask=answering(question))

    def send(self, actor: Actor, share_id: str) -> None:
        """Send the answer to whoever asked, and end the share.

        Raises: Conflict while it waits or when it was answered; Gone; ProviderRefused when it was not taken: then
        nothing is lost.
        """
        errand = self._errand(actor, share_id, sending=True)
        made = self._made(errand)
        reply = self._tools.fetcher.post_json(
            errand.told["endpoint"], {"verifiablePresentation": parse(made, limits=PRESENTATION_LIMITS).value}
        )
        if reply.error is not None or not 200 <= reply.status < 300:
            self._reopen(errand)
            raise ProviderRefused(
                _(
                    "%(host)s did not take the answer. Nothing is lost: try again, or ask for another request.",
                    host=errand.told["host"],
                )
            )
        self._shares.recall(actor, share_id)

    def answer(self, actor: Actor, share_id: str) -> bytes:
        """The answer as a presentation, for the family to hand over; ends the share. Raises: as `send`."""
        made = self._made(self._errand(actor, share_id, sending=False))
        self._shares.recall(actor, share_id)
        return made

    def answer_again(self, actor: Actor, share_id: str, *, challenge: str, domain: str) -> bytes:
        """The answer for a program that comes back when a guardian approved, with a newer challenge perhaps; ends the
        share. Raises: as `send`, and Conflict for another site than it was approved for.
        """
        host = self._reading.question(challenge, domain)
        errand = self._errand(actor, share_id, sending=False, host=host)
        told = {**errand.told, "challenge": challenge, "domain": domain}
        made = self._made(replace(errand, told=told))
        self._shares.recall(actor, share_id)
        return made

    # -- inside -------------------------------------------------------------------------------------------------------

    def _errand(self, actor: Actor, share_id: str, *, sending: bool, host: str | None = None) -> _Errand:
        """Settle the question, so that of two who answer it one does. `host`: the site that it has to be of."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.shares.share(session, actor.family_id, share_id)
            if row is None:
                raise NotFound
            opened = home.learner_of(row.learner_id, Right.START_SHARE)
            ask = store.asked.of_share(session, row.id)
            if ask is None or ask.kind != QUESTION:
                raise NotFound(_("Nobody asked for this share."))
            state = state_of(row, home.now)
            if state == WAITING:
                raise Conflict(_("This share waits for a guardian. Ask again when it was approved."))
            if ask.state == ANSWERED:
                raise Conflict(_("This request was answered already, and is answered once."))
            if state != ACTIVE:
                raise Gone(_("This answer was stopped or has run out. Ask for another request."))
            told = opened.open(ask)
            if host is not None and host != told["host"]:
                raise Conflict(_("This was approved for the site that asks, and for nobody else. Share it anew."))
            if sending and not told["endpoint"]:
                raise Conflict(_("This request names no address for the answer. Save it as a file and hand it over."))
            if not store.asked.move(session, ask.id, state=ANSWERED, at=home.now):
                raise Conflict(_("This request was answered already, and is answered once."))
            home.note("share.answer", row.id)
            return _Errand(token=opened.open(row)["token"], ask_id=ask.id, told=told)

    def _made(self, errand: _Errand) -> bytes:
        told = errand.told
        try:
            return self._reading.present(
                errand.token, challenge=told["challenge"], domain=told["domain"], reader=told["host"], family=True
            )
        except BaseException:
            self._reopen(errand)
            raise

    def _reopen(self, errand: _Errand) -> None:
        with self._tools.database.session() as session:
            store.asked.reopen(session, errand.ask_id)


def require_key(cards: Sequence[Card]) -> None:
    """Return unless nothing could be proved: no award is bound to a key of the learner. Raises: BadInput."""
    if cards and not any(card.bound for card in cards):
        raise BadInput(
            _("None of these awards is bound to a key of the learner, so there is nothing to prove with."),
            field="/credentials",
            remedy=_("Choose an award that was claimed into this wallet, or share a link instead."),
        )
