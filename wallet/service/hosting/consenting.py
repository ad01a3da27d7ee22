"""Who is asked whether a program may do something for a learner, and what becomes of the answer.

Whoever may do it themself allows it; a minor, and a guardian trusted with less, ask somebody who may. The request then
waits with its way back, and whoever asked goes on once a guardian has said yes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.hosting.apis import known, puts, reads, rights_to_ask, rights_to_grant
from wallet.service.hosting.asking import Asked, Way, read_asked
from wallet.service.hosting.clients import Clients, ClientView
from wallet.service.hosting.tokens import Tokens
from wallet.service.people import People

WAITING, ACTIVE, DECLINED, ENDED = "waiting", "active", "declined", "ended"
OWN, ALL = "own", "all"
WAY_LASTS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The page on which somebody is asked. `choices` are the learners for whom they may say yes, or ask."""

    asked: Asked
    choices: tuple[LearnerView, ...]
    may_limit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody answered: for whom, with which scopes, and whether all awards can be read or only its own."""

    learner_id: str
    scopes: tuple[str, ...]
    reads: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: a way back with a code, or, where somebody has to be asked, only the connection."""

    connection_id: str
    url: str | None


class Consenting:
    """Asks, and keeps the answer."""

    def __init__(self, tools: Tools, people: People, clients: Clients, tokens: Tokens) -> None:
        self._tools = tools
        self._people = people
        self._clients = clients
        self._tokens = tokens

    def asked(self, pairs: Sequence[tuple[str, str]]) -> Asked:
        """A request from its parameters. Raises: BadInput, Misasked."""
        return read_asked(pairs, find=self._clients.find, iss=self._tools.settings.public_url)

    def question(self, actor: Actor, asked: Asked) -> Question:
        """The page for a request."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            wanted = rights_to_ask(asked.scopes)
            choices = [learner_view(home, one) for one in home.learners() if wanted & one.rights]
        return Question(asked=asked, choices=tuple(choices), may_limit=reads(asked.scopes) and puts(asked.scopes))

    def refuse(self, asked: Asked) -> str:
        """The way back of somebody who says no."""
        return asked.way.back(iss=self._tools.settings.public_url, error="access_denied")

    def answer(self, actor: Actor, asked: Asked, consent: Consent) -> Outcome:
        """Allow what was asked for, or ask somebody who may.

        Raises: BadInput when nothing was chosen; Refused when neither they nor anybody else may; NotFound.
        """
        scopes = known(set(consent.scopes) & set(asked.scopes))
        if not rights_to_grant(scopes):
            raise BadInput(
                _("Nothing is ticked."), field="scopes", remedy=_("Tick what you allow, or choose “Do not allow”.")
            )
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(consent.learner_id)
            client = store.hosting.client(session, asked.client.id)
            if client is None:
                raise NotFound
            client.used_at = home.now
            row = self._allowed(home, opened, asked.client, scopes)
            if row is None:
                limited = reads(scopes) and puts(scopes) and consent.reads != ALL
                row = self._connect(home, opened, client, scopes, OWN if limited else ALL)
            if row.state == ACTIVE:
                return Outcome(connection_id=row.id, url=self._way_back(home, row, asked.way, scopes))
            opened.seal(row, {"way": asked.way.to_json(), "proposal": ""})
            return Outcome(connection_id=row.id, url=None)

    def go_on(self, actor: Actor, connection_id: str) -> str:
        """The way back of whoever asked, once somebody said yes.

        Raises: Conflict when there is none (any more); Refused for anybody else; NotFound.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.hosting.connection(session, actor.family_id, connection_id)
            if row is None:
                raise NotFound
            opened = home.learner_of(row.learner_id)
            told = opened.open(row)
            if row.started_by != actor.member_id:
                raise Refused(_("Only whoever came from the other site can go back to it with the answer."))
            if row.state != ACTIVE or not told["way"] or home.now >= row.started_at + WAY_LASTS:
                raise Conflict(_("There is nothing to go back with. Begin again on the other site."))
            opened.seal(row, {**told, "way": None})
            return self._way_back(home, row, Way.from_json(told["way"]), tuple(row.scopes.split()))

    def way_of(self, actor: Actor, connection_id: str) -> str:
        """The address to which `go_on` leads, without an answer; empty when it leads nowhere."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = store.hosting.connection(session, actor.family_id, connection_id)
            if row is None:
                raise NotFound
            told = home.learner_of(row.learner_id).open(row)
            fits = row.state == ACTIVE and row.started_by == actor.member_id and home.now < row.started_at + WAY_LASTS
            return Way.from_json(told["way"]).redirect_uri if fits and told["way"] else ""

    def _way_back(self, home: Household, row: store.HostConnection, way: Way, scopes: tuple[str, ...]) -> str:
        code = self._tokens.code_for(home.session, row, way, scopes)
        return way.back(iss=self._tools.settings.public_url, code=code, scope=" ".join(scopes))

    def _allowed(
        self, home: Household, opened: OpenLearner, client: ClientView, scopes: tuple[str, ...]
    ) -> store.HostConnection | None:
        """What a guardian allowed this client before, for a minor who comes again and could not allow it alone."""
        if rights_to_grant(scopes) <= opened.rights or not rights_to_ask(scopes) <= opened.rights:
            return None
        row = store.hosting.live(home.session, home.actor.family_id, opened.id, client.id, [ACTIVE])
        if row is None or not set(scopes) <= set(row.scopes.split()) or not decider_still_may(home, opened, row):
            return None
        return row

    @staticmethod
    def _connect(
        home: Household, opened: OpenLearner, client: store.HostClient, scopes: tuple[str, ...], how: str
    ) -> store.HostConnection:
        """The row that says so: what was there with this client before, or a new one."""
        grant = rights_to_grant(scopes)
        may = grant <= opened.rights
        if not may:
            if not rights_to_ask(scopes) <= opened.rights:
                raise Refused(_("You may not allow this for this learner, and not ask for it. Ask a guardian who may."))
            if not approvers(opened, grant, home):
                raise Refused(_("No guardian of this learner may allow this at present. Ask the family's organiser."))
        family_id, member_id = home.actor.family_id, home.actor.member_id
        state = ACTIVE if may else WAITING
        row = store.hosting.live(home.session, family_id, opened.id, client.id, [state])
        if row is None:
            row = store.HostConnection(
                id=new_id(),
                family_id=family_id,
                learner_id=opened.id,
                client_id=client.id,
                state=state,
                scopes="",
                reads=how,
                started_by=member_id,
                started_at=home.now,
                version=0,
            )
            opened.seal(row, {"way": None, "proposal": ""})
            home.session.add(row)
        row.scopes, row.reads = " ".join(scopes), how
        if may:
            row.decided_by, row.decided_at = member_id, home.now
        else:
            row.started_by, row.started_at = member_id, home.now
        home.session.flush()
        home.note("connection.allow" if may else "connection.ask", row.id, learner=opened.id, client=client.id)
        return row


def approvers(opened: OpenLearner, grant: frozenset[Right], home: Household) -> list[str]:
    """The guardians who may grant all of this, first named first."""
    everybody = [one.member_id for one in opened.standing.in_force(home.today)]
    return [one for one in dict.fromkeys(everybody) if grant <= opened.standing.rights(one, home.today)]


def decider_still_may(home: Household, opened: OpenLearner, row: store.HostConnection) -> bool:
    """Whether whoever allowed a connection may still allow something of it today."""
    if row.decided_by is None:
        return False
    return bool(rights_to_grant(row.scopes.split()) & opened.standing.rights(row.decided_by, home.today))
