"""Connected providers, as a family sees them: what they may do, what they did, and the end of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit.errors import Conflict, NotFound, Words
from kit.i18n import Message, _
from kit.paging import Page, Window, paginate
from wallet import store
from wallet.service.authority import Right
from wallet.service.cards import Card
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import Credentials
from wallet.service.erasure import Erasure
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.hosting.apis import rights_to_grant
from wallet.service.hosting.clients import ClientView, client_view
from wallet.service.hosting.consenting import ACTIVE, DECLINED, WAITING, WAY_LASTS, approvers, decider_still_may
from wallet.service.people import People

LAPSED = "lapsed"
"""The state of what was allowed by somebody who may no longer do so: nothing is taken or given until somebody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLine:
    """A connection in a list. `state` is waiting, active, lapsed, declined or ended."""

    id: str
    client: ClientView
    learner: LearnerView
    state: str
    started_at: datetime
    waits_for: str
    may_approve: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """Something that a provider did. `title` is empty where no award is meant, or it is no longer kept."""

    kind: str
    credential_id: str | None
    title: str
    first_at: datetime
    last_at: datetime
    times: int
    why: Message | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """The page of a connection. `proposal` is a name that the provider proposes, empty for none."""

    line: ConnectionLine
    scopes: tuple[str, ...]
    reads: str
    started_by: str
    decided_by: str
    decided_at: datetime | None
    ended_at: datetime | None
    proposal: str
    acts: Page[ActLine]
    may_end: bool
    may_name: bool
    may_go_on: bool


class Connections:
    """Shows connections, decides those that wait, and ends them."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, erasure: Erasure) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._erasure = erasure

    def page(self, actor: Actor, learner_id: str, at: Window) -> Page[ConnectionLine]:
        """A learner's connections, newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            rows = paginate(store.hosting.connections(session, actor.family_id, learner_id), at)
            lines = [self._line(home, opened, row) for row in rows.items]
            return Page(items=lines, number=rows.number, size=rows.size, total=rows.total)

    def waiting(self, actor: Actor, learner_id: str) -> list[ConnectionLine]:
        """What is asked for a learner and nobody has decided."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            rows = store.hosting.connections(session, actor.family_id, learner_id)
            return [self._line(home, opened, row) for row in rows if row.state == WAITING]

    def look(self, actor: Actor, connection_id: str, at: Window) -> ConnectionView:
        """The page of a connection, with a part of what was done. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, connection_id)
            told = opened.open(row)
            line = self._line(home, opened, row)
            acts = paginate(store.hosting.acts(session, actor.family_id, row.id), at)
            mine = row.started_by == actor.member_id
            return ConnectionView(
                line=line,
                scopes=tuple(row.scopes.split()),
                reads=row.reads,
                started_by=home.member_name(row.started_by),
                decided_by=home.member_name(row.decided_by),
                decided_at=row.decided_at,
                ended_at=row.ended_at,
                proposal=told["proposal"] if line.state == ACTIVE else "",
                acts=Page(
                    items=[self._act(home, opened, one) for one in acts.items],
                    number=acts.number,
                    size=acts.size,
                    total=acts.total,
                ),
                may_end=line.state in {WAITING, ACTIVE, LAPSED} and self._may_end(opened, row, actor),
                may_name=Right.MANAGE in opened.rights,
                may_go_on=line.state == ACTIVE and bool(told["way"]) and mine and home.now < row.started_at + WAY_LASTS,
            )

    def approve(self, actor: Actor, connection_id: str) -> None:
        """Allow what somebody asked for. Raises: Refused without the say; Conflict when it no longer waits."""
        self._decide(actor, connection_id, ACTIVE)

    def decline(self, actor: Actor, connection_id: str) -> None:
        """Say no to what somebody asked for; the provider learns nothing of it."""
        self._decide(actor, connection_id, DECLINED)

    def end(self, actor: Actor, connection_id: str) -> str:
        """End a connection: from the next request on, nothing more is taken or given. The learner's id.

        What arrived stays. Raises: Refused; Conflict when it ended before; NotFound.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, connection_id)
            if row.state not in {WAITING, ACTIVE}:
                raise Conflict(_("This ended before."))
            if not self._may_end(opened, row, actor):
                home.learner(opened.id, Right.ARRANGE)
            opened.seal(row, {"way": None, "proposal": ""})
            session.flush()
            self._erasure.end_connection(session, row.id)
            home.note("connection.end", row.id, learner=opened.id, client=row.client_id)
            return opened.id

    def take_name(self, actor: Actor, connection_id: str, *, take: bool) -> None:
        """Take over the name that a provider proposes, or leave the learner's own. Raises: Refused; Conflict."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, connection_id)
            home.learner(opened.id, Right.MANAGE)
            told = opened.open(row)
            if not told["proposal"]:
                raise Conflict(_("No other name is proposed any more."))
            opened.seal(row, {**told, "proposal": ""})
            home.note("connection.name", row.id, learner=opened.id, state="taken" if take else "left")
            name, learner_id, birth_date = told["proposal"], opened.id, opened.birth_date
            sign_in_age = opened.standing.sign_in_age
        if take:
            self._people.change_learner(actor, learner_id, name=name, birth_date=birth_date, sign_in_age=sign_in_age)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _decide(self, actor: Actor, connection_id: str, state: str) -> None:
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, connection_id)
            for right in sorted(rights_to_grant(row.scopes.split())):
                home.learner(opened.id, right)
            if not store.hosting.move(session, row.id, expected=WAITING, state=state):
                raise Conflict(_("Somebody decided about this already. Its page says how it stands."))
            row.decided_by, row.decided_at = actor.member_id, home.now
            if state == DECLINED:
                row.ended_at = home.now
                opened.seal(row, {"way": None, "proposal": ""})
            act = "connection.allow" if state == ACTIVE else "connection.decline"
            home.note(act, row.id, learner=opened.id, client=row.client_id)

    def _mine(self, home: Household, connection_id: str) -> tuple[OpenLearner, store.HostConnection]:
        row = store.hosting.connection(home.session, home.actor.family_id, connection_id)
        if row is None:
            raise NotFound
        return home.learner_of(row.learner_id), row

    @staticmethod
    def _may_end(opened: OpenLearner, row: store.HostConnection, actor: Actor) -> bool:
        """Whoever may arrange, decide or stop for the learner, and whoever asked or allowed it."""
        stops = {Right.ARRANGE, Right.RECEIVE, Right.STOP_SHARE}
        return bool(stops & opened.rights) or actor.member_id in {row.started_by, row.decided_by}

    @staticmethod
    def _line(home: Household, opened: OpenLearner, row: store.HostConnection) -> ConnectionLine:
        client = store.hosting.client(home.session, row.client_id)
        if client is None:
            raise NotFound
        grant = rights_to_grant(row.scopes.split())
        waits = row.state == WAITING
        return ConnectionLine(
            id=row.id,
            client=client_view(client),
            learner=learner_view(home, opened),
            state=LAPSED if row.state == ACTIVE and not decider_still_may(home, opened, row) else row.state,
            started_at=row.started_at,
            waits_for=home.member_names(approvers(opened, grant, home)) if waits else "",
            may_approve=waits and grant <= opened.rights,
        )

    def _act(self, home: Household, opened: OpenLearner, row: store.HostAct) -> ActLine:
        card = self._card(home, opened, row.credential_id)
        return ActLine(
            kind=row.kind,
            credential_id=card.id if card is not None else None,
            title=card.title if card is not None else "",
            first_at=row.first_at,
            last_at=row.last_at,
            times=row.times,
            why=said(opened.open(row)["why"]),
        )

    def _card(self, home: Household, opened: OpenLearner, credential_id: str | None) -> Card | None:
        if credential_id is None:
            return None
        row = store.credentials.credential(home.session, home.actor.family_id, credential_id)
        return self._credentials.card(home, opened, row) if row is not None else None


def write_act(
    home: Household,
    opened: OpenLearner,
    connection_id: str,
    kind: str,
    *,
    credential_id: str | None = None,
    why: Words = "",
) -> None:
    """Note what a provider did; the same again within a day is counted in one line, with the latest reason."""
    since = home.now - timedelta(days=1)
    row = store.hosting.act_since(home.session, connection_id, kind, credential_id, since)
    if row is None:
        row = store.HostAct(
            id=new_id(),
            family_id=opened.row.family_id,
            learner_id=opened.id,
            connection_id=connection_id,
            credential_id=credential_id,
            kind=kind,
            first_at=home.now,
            last_at=home.now,
            times=0,
            version=0,
        )
        home.session.add(row)
    row.times += 1
    row.last_at = home.now
    opened.seal(row, {"why": _written(why)})


def _written(words: Words) -> list[Any]:
    """A sentence for the keystore, so that it can be said in another language later: its text, and what fills it."""
    if not isinstance(words, Message):
        return [words, {}]
    return [words.singular, {name: str(value) for name, value in words.parameters}]


def said(written: list[Any]) -> Message | str:
    """The sentence again; empty for none."""
    text, filling = written
    return Message(text, parameters=tuple(filling.items())) if text else ""
