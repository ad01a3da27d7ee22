"""A court took a guardian's say away: the operator who was shown the order records it, and it holds at once.

Nobody of the family could do this fairly: whoever is quicker would put the other out. So it is the operator's, who sees
of a family only who may do what for whom, by the sign-in name that the order's bearer gives, and each look is in the
audit. An order ends everything that the member may do for that learner (also for one whom they brought in), stops the
links that they made if asked to, and outlives a restored backup. Nobody of the family can give the say back until the
order is lifted, but the learner, once of age. Where nobody is left, the operator makes a link for the new guardian.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kit.accounts import Account
from kit.audit import append
from kit.errors import Conflict, NotFound, Refused
from kit.i18n import _
from kit.paging import Page, Window
from wallet import store
from wallet.keystore import new_token, token_hash
from wallet.service.authority import Scope, write_scopes
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id, open_learner
from wallet.service.invitations import APPOINTED
from wallet.service.journal import JOURNAL, read_journal, write_journal
from wallet.service.people import EVERY_SCOPE, NAME_LENGTH
from wallet.service.text import plain

ADMINISTRATOR = "administrator"
REFERENCE_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrusted:
    """What somebody may do for one learner today, as the operator sees it."""

    learner_id: str
    learner_name: str
    member_id: str
    member_name: str
    scopes: tuple[Scope, ...]
    valid_until: date | None
    others: int
    """How many other people may manage the learner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """A court order. `managed` says whether anybody may manage the learner today."""

    id: str
    learner_id: str
    learner_name: str
    member_name: str
    reference: str
    recorded_at: datetime
    lifted_at: datetime | None
    managed: bool


class CourtOrders:
    """What an operator does about guardians when a court says so."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def of_login(self, account: Account, login: str) -> list[Entrusted]:
        """What the person with that sign-in may do for whom today. Raises: Refused; NotFound for an unknown name."""
        require_operator(account)
        found = self._tools.accounts.find_by_login(login.strip())
        with self._tools.database.session() as session:
            member = store.people.member_of_user(session, found.id) if found is not None else None
            if member is None:
                raise NotFound(_("Nobody of a family signs in with that name. Ask for the exact name."))
            home = self._home(session, member.id, member.family_id)
            self._note(session, account, "guardians.look", member.id)
            return self._entrusted(home)

    def record(
        self, account: Account, *, learner_id: str, member_id: str, reference: str, stop_links: bool
    ) -> tuple[str, int]:
        """End a member's say over a learner at once; the order's id, and how many links were stopped.

        Raises: Refused; NotFound where that member may do nothing for that learner; Conflict where it is recorded
        already; BadInput without a reference.
        """
        require_operator(account)
        words = plain(reference, field="reference", most=REFERENCE_LENGTH)
        with self._tools.database.session() as session:
            learner, home = self._learner(session, learner_id, member_id)
            opened = home.open_learner(learner)
            if member_id in opened.standing.barred:
                raise Conflict(_("This order is recorded already. Its line in the list says since when."))
            held = store.people.guardianships(session, learner.family_id, member_id=member_id, learner_id=learner_id)
            if not held:
                raise NotFound(_("This person may do nothing for this learner. Look the name up again."))
            row = store.CourtOrder(
                id=new_id(),
                family_id=learner.family_id,
                learner_id=learner_id,
                member_id=member_id,
                recorded_at=home.now,
                recorded_by=account.id,
                version=0,
            )
            opened.seal(row, {"reference": words})
            session.add(row)
            self._end(session, row, home.now)
            stopped = 0
            if stop_links:
                stopped = store.shares.recall_of_member(session, learner.family_id, learner_id, member_id, home.now)
            session.flush()
            folder = self._tools.settings.data_dir
            write_journal(folder, kind="order", row_id=row.id, at=home.now, learner=learner_id, member=member_id)
            self._note(session, account, "order.record", row.id, learner=learner_id, count=stopped)
            return row.id, stopped

    def lift(self, account: Account, order_id: str) -> None:
        """Let a say be given again from now on; nothing comes back by itself. Raises: Refused; NotFound; Conflict."""
        require_operator(account)
        with self._tools.database.session() as session:
            row = store.court_orders.order(session, order_id)
            if row is None:
                raise NotFound
            if row.lifted_at is not None:
                raise Conflict(_("This order was lifted already."))
            now = self._tools.clock.now()
            row.lifted_at = now
            self._note(session, account, "order.lift", row.id, learner=row.learner_id)
        # After the commit: a crash in between leaves a restored backup with the order, not without it.
        write_journal(self._tools.settings.data_dir, kind="lifting", row_id=order_id, at=now)

    def page(self, account: Account, at: Window) -> Page[OrderView]:
        """Every family's orders, newest first. Raises: Refused."""
        require_operator(account)
        with self._tools.database.session() as session:
            rows = store.court_orders.orders(session, offset=at.offset, limit=at.size)
            if rows:
                self._note(session, account, "orders.look", "wallet", count=len(rows))
            total = store.court_orders.count(session)
            views = [self._view(session, row) for row in rows]
        return Page(items=views, number=at.number, size=at.size, total=total)

    def appoint(self, account: Account, learner_id: str, *, name: str) -> str:
        """Invite a guardian for a learner whom nobody may manage; the secret part of the link, shown once.

        Raises: Refused; NotFound; Conflict where somebody may manage the learner.
        """
        require_operator(account)
        with self._tools.database.session() as session:
            learner = store.people.learner_by_id(session, learner_id)
            if learner is None or learner.deleted_at is not None:
                raise NotFound
            home = self._home(session, "", learner.family_id)
            if home.open_learner(learner).standing.managed(home.today):
                raise Conflict(_("Somebody may manage this learner. They invite others themselves."))
            token, row_id = new_token(), new_id()
            named = {"name": plain(name, field="name", most=NAME_LENGTH)}
            session.add(
                store.Invitation(
                    id=row_id,
                    kind=APPOINTED,
                    family_id=learner.family_id,
                    learner_id=learner_id,
                    token_hash=token_hash(token),
                    created_by=account.id,
                    created_at=home.now,
                    expires_at=home.now + timedelta(days=self._tools.settings.invitation_days),
                    scopes=write_scopes(EVERY_SCOPE),
                    sealed=home.chest.seal(home.place("invitation", row_id, 1), named),
                )
            )
            self._note(session, account, "guardian.appoint", row_id, learner=learner_id)
            return token

    def replay(self) -> int:
        """End again whose say a restored backup brought back, as the journal says; how many. Call at start."""
        lines = list(read_journal(self._tools.settings.data_dir / JOURNAL))
        lifted = {line["id"] for line in lines if line["kind"] == "lifting"}
        done = 0
        with self._tools.database.session() as session:
            now = self._tools.clock.now()
            for line in lines:
                if line["kind"] == "guardianship":
                    done += store.people.end_again(session, line["id"], now)
                elif line["kind"] == "order":
                    done += self._order_again(session, line, now, lifted=line["id"] in lifted)
        return done

    def _order_again(self, session: Session, line: dict[str, str], now: datetime, *, lifted: bool) -> int:
        row = store.court_orders.order(session, line["id"])
        learner = store.people.learner_by_id(session, line["learner"])
        if learner is None or store.people.member(session, learner.family_id, line["member"]) is None:
            return 0  # erased since, or the backup is older than they are
        if row is None:
            opened = open_learner(self._tools, session, learner, "", now.date())
            row = store.CourtOrder(
                id=line["id"],
                family_id=learner.family_id,
                learner_id=learner.id,
                member_id=line["member"],
                recorded_at=now,
                recorded_by="",
                version=0,
            )
            opened.seal(row, {"reference": ""})
            session.add(row)
            self._end(session, row, now)
            session.flush()
        elif (row.lifted_at is not None) == lifted:
            return 0
        row.lifted_at = (row.lifted_at or now) if lifted else None
        return 1

    @staticmethod
    def _end(session: Session, row: store.CourtOrder, now: datetime) -> None:
        store.court_orders.end_guardianships(
            session, row.family_id, learner_id=row.learner_id, member_id=row.member_id, now=now
        )
        store.recovery.drop_copy(session, learner_id=row.learner_id, member_id=row.member_id)

    def _home(self, session: Session, member_id: str, family_id: str) -> Household:
        actor = Actor(user_id="", member_id=member_id, family_id=family_id)
        return Household(tools=self._tools, session=session, actor=actor, now=self._tools.clock.now())

    def _learner(self, session: Session, learner_id: str, member_id: str) -> tuple[store.Learner, Household]:
        learner = store.people.learner_by_id(session, learner_id)
        if learner is None or store.people.member(session, learner.family_id, member_id) is None:
            raise NotFound(_("This person may do nothing for this learner. Look the name up again."))
        return learner, self._home(session, member_id, learner.family_id)

    @staticmethod
    def _entrusted(home: Household) -> list[Entrusted]:
        found = []
        member_id = home.actor.member_id
        for row in store.people.learners(home.session, home.actor.family_id):
            opened = home.open_learner(row)
            held = [one for one in opened.standing.in_force(home.today) if one.member_id == member_id]
            if held:
                scopes = frozenset(scope for one in held for scope in one.scopes)
                found.append(
                    Entrusted(
                        learner_id=row.id,
                        learner_name=opened.name,
                        member_id=member_id,
                        member_name=home.member_name(member_id),
                        scopes=tuple(scope for scope in Scope if scope in scopes),
                        valid_until=held[0].valid_until,
                        others=_others(opened, member_id, home.today),
                    )
                )
        return found

    def _view(self, session: Session, row: store.CourtOrder) -> OrderView:
        home = self._home(session, row.member_id, row.family_id)
        learner = store.people.learner_by_id(session, row.learner_id)
        if learner is None:
            raise NotFound
        opened = home.open_learner(learner)
        return OrderView(
            id=row.id,
            learner_id=learner.id,
            learner_name=opened.name,
            member_name=home.member_name(row.member_id),
            reference=opened.open(row)["reference"],
            recorded_at=row.recorded_at,
            lifted_at=row.lifted_at,
            managed=opened.standing.managed(home.today),
        )

    def _note(self, session: Session, account: Account, action: str, object_id: str, **detail: str | int) -> None:
        now = self._tools.clock.now()
        append(session, store.AUDIT, at=now, actor=account.id, action=action, object_id=object_id, detail=detail)


def require_operator(account: Account) -> None:
    """Let only an administrator of this wallet pass. Raises: Refused."""
    if account.scope != ADMINISTRATOR:
        raise Refused(_("Only the administrator of this wallet records what a court decided."))


def _others(opened: OpenLearner, member_id: str, today: date) -> int:
    managing = {one.member_id for one in opened.standing.in_force(today) if Scope.MANAGE in one.scopes}
    return len(managing - {member_id})
