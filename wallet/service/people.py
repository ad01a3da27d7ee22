"""Families: who belongs, who may do what for whom, and how somebody joins.

Rules. An organiser adds learners and invites. Whoever adds a child becomes its guardian with every scope, until the
child is
of age. A guardianship is given, narrowed or ended only by somebody who may manage that learner (a guardian, or the
learner
once of age); nobody widens their own, and `wallet.service.guarding` keeps learners from being taken over or left
behind.
An invitation is a link that is used once; only its hash is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _
from wallet import store
from wallet.keystore import Place
from wallet.service.authority import GRANTED, Right, Scope, birthday, parse_scopes, write_scopes
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id, sealed_person
from wallet.service.family_views import (
    FamilyView,
    GuardianshipView,
    InvitationView,
    LearnerDetails,
    LearnerView,
    LeftBehind,
    MemberView,
    learner_view,
)
from wallet.service.guarding import (
    require_gift,
    require_may_end,
    require_not_barred,
    require_reachable,
    require_reachable_after,
    require_still_managed,
)
from wallet.service.journal import write_journal
from wallet.service.recovering import keep_in_step
from wallet.service.text import plain

NAME_LENGTH = 80
GUARDIAN = "guardian"
EVERY_SCOPE = frozenset(Scope)


class NoFamily(Conflict):
    """Somebody is signed in but belongs to no family: an operator, or a fresh account."""

    kind = "no-family"


class People:
    """Families, their members and their learners."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def actor(self, user_id: str) -> Actor | None:
        """The family member behind a sign-in; None for somebody without a family (an operator, or a new account)."""
        with self._tools.database.session() as session:
            row = store.people.member_of_user(session, user_id)
            return None if row is None else Actor(user_id=user_id, member_id=row.id, family_id=row.family_id)

    def require_actor(self, user_id: str) -> Actor:
        """The family member behind a sign-in. Raises: NoFamily."""
        found = self.actor(user_id)
        if found is None:
            raise NoFamily(_("You belong to no family here yet. Start one first."))
        return found

    def open(self, session: Session, actor: Actor) -> Household:
        """The member's family inside an open session."""
        return Household(tools=self._tools, session=session, actor=actor, now=self._tools.clock.now())

    def found_family(self, session: Session, user_id: str, *, family_name: str, my_name: str) -> Actor:
        """Start a family with one organiser, inside the caller's session.

        Raises: Conflict when the account already belongs to a family; BadInput for a name that is empty or too long.
        """
        if store.people.member_of_user(session, user_id) is not None:
            raise Conflict(_("You already belong to a family. Use another sign-in to start another one."))
        now = self._tools.clock.now()
        family_id = new_id()
        chest, wrapped = self._tools.keystore.new_chest(family_id)
        place = Place(family_id=family_id, learner_id="", table="family", row_id=family_id, version=1)
        details = {"name": plain(family_name, field="family_name", most=NAME_LENGTH)}
        session.add(store.Family(id=family_id, created_at=now, wrapped_key=wrapped, sealed=chest.seal(place, details)))
        session.flush()
        actor = self.add_member(session, family_id, user_id, name=my_name, organises=True, now=now)
        self.open(session, actor).note("family.found", family_id)
        return actor

    def add_member(
        self, session: Session, family_id: str, user_id: str, *, name: str, organises: bool, now: datetime
    ) -> Actor:
        """A new member of a family, inside the caller's session; may do nothing for anybody yet."""
        member_id = new_id()
        family = store.people.family(session, family_id)
        if family is None:
            raise NotFound
        chest = self._tools.keystore.chest(family.wrapped_key, family_id)
        place = Place(family_id=family_id, learner_id="", table="member", row_id=member_id, version=1)
        sealed = chest.seal(place, {"name": plain(name, field="name", most=NAME_LENGTH)})
        session.add(
            store.Member(
                id=member_id, family_id=family_id, user_id=user_id, organises=organises, created_at=now, sealed=sealed
            )
        )
        session.flush()
        return Actor(user_id=user_id, member_id=member_id, family_id=family_id)

    def family(self, actor: Actor) -> FamilyView:
        """The people page: everybody the member may see."""
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            known = self._known(home)
            rows = store.people.members(session, actor.family_id)
            members = tuple(self._member_view(home, row) for row in rows if known is None or row.id in known)
            deleted = [home.open_learner(row) for row in store.people.learners(session, actor.family_id, deleted=True)]
            return FamilyView(
                name=home.details["name"],
                me=next(member for member in members if member.is_me),
                members=members,
                learners=tuple(self._details(home, opened) for opened in home.learners()),
                invitations=self._invitations(home),
                deleted=tuple(learner_view(home, one) for one in deleted if Right.MANAGE in one.rights),
                left_behind=self._left_behind(home),
            )

    def learners(self, actor: Actor) -> list[LearnerView]:
        """The learners whom the member may look at."""
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            return [learner_view(home, opened) for opened in home.learners()]

    def learner(self, actor: Actor, learner_id: str) -> LearnerDetails:
        """One learner with their guardians."""
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            return self._details(home, home.learner(learner_id))

    def add_learner(self, actor: Actor, *, name: str, birth_date: date | None, myself: bool) -> str:
        """Add a learner, the organiser themself or a child in their care; the learner's id.

        Raises: Refused for a member who does not organise; Conflict when the member already is a learner; BadInput.
        """
        with self._tools.database.session() as session:
            return self.add_to(self.open(session, actor), name=name, birth_date=birth_date, myself=myself)

    def add_to(self, home: Household, *, name: str, birth_date: date | None, myself: bool) -> str:
        """The same inside an open household."""
        actor = home.actor
        self.require_organiser(home)
        self._check_birth_date(birth_date, home.today)
        majority_age = self._tools.settings.majority_age
        require_reachable(home, birth_date=birth_date, myself=myself, majority_age=majority_age)
        here = store.people.learners(home.session, actor.family_id)
        if myself and any(row.member_id == actor.member_id for row in here):
            raise Conflict(_("You already keep your own awards here."))
        learner_id = new_id()
        chest, wrapped = self._tools.keystore.new_chest(actor.family_id, learner_id)
        place = Place(family_id=actor.family_id, learner_id=learner_id, table="learner", row_id=learner_id, version=1)
        person = sealed_person(plain(name, field="name", most=NAME_LENGTH), birth_date)
        home.session.add(
            store.Learner(
                id=learner_id,
                family_id=actor.family_id,
                member_id=actor.member_id if myself else None,
                created_at=home.now,
                wrapped_key=wrapped,
                sealed=chest.seal(place, person),
            )
        )
        home.session.flush()
        if not myself:
            self.entrust_member(
                home, learner_id, actor.member_id, EVERY_SCOPE, until=self.majority(birth_date), basis=GUARDIAN
            )
        keep_in_step(home)
        home.note("learner.add", learner_id)
        return learner_id

    def change_learner(
        self, actor: Actor, learner_id: str, *, name: str, birth_date: date | None, sign_in_age: int | None
    ) -> None:
        """Correct a learner's name or birth date, and set the age (years) from which they may have a sign-in.

        A guardian's say ends at majority as the new date has it. Raises: Refused; BadInput for a date under which
        nobody could reach the learner, for a name that is none, or for an age without a birth date to count from.
        """
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            opened = home.learner(learner_id, Right.MANAGE)
            if birth_date != opened.birth_date:
                self._check_birth_date(birth_date, home.today)
                require_reachable_after(home, opened, birth_date)
                self._move_majority(home, opened, birth_date)
            self._check_sign_in_age(sign_in_age, birth_date)
            opened.rewrite(
                name=plain(name, field="name", most=NAME_LENGTH),
                birth_date=birth_date,
                sign_in_age=sign_in_age,
                handed_over=opened.handed_over,
            )
            home.note("learner.change", learner_id)

    def entrust(
        self, actor: Actor, learner_id: str, *, member_id: str, scopes: Iterable[str], valid_until: date | None
    ) -> None:
        """Give a member of the family a guardianship over a learner, replacing one they may have.

        Raises: Refused for oneself, or without the right to manage; BadInput for an unknown scope; NotFound; Conflict.
        """
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            opened = home.learner(learner_id, Right.MANAGE)
            if store.people.member(session, actor.family_id, member_id) is None:
                raise NotFound
            if member_id == opened.row.member_id:
                raise Conflict(_("Nobody is their own guardian."))
            require_not_barred(opened, member_id, home.actor.member_id)
            wanted = read_scopes(scopes)
            by_learner = opened.row.member_id == actor.member_id
            if member_id == actor.member_id:
                raise Refused(_("You may not widen your own guardianship. Ask another guardian."))
            require_gift(home, opened, wanted)
            for old in store.people.guardianships(session, actor.family_id, member_id=member_id, learner_id=learner_id):
                require_may_end(home, opened, old)
                old.ended_at = home.now
                self._journal_end(old.id, home.now)
            until = valid_until if by_learner else earlier(valid_until, self.majority(opened.birth_date))
            self.entrust_member(
                home, learner_id, member_id, wanted, until=until, basis=GRANTED if by_learner else GUARDIAN
            )
            require_still_managed(home, opened)

    def end_guardianship(self, actor: Actor, guardianship_id: str) -> None:
        """End a guardianship from this moment on; also one's own.

        Raises: Refused for the founding or a wider one of somebody else; Conflict when nobody could manage a minor
        then; NotFound.
        """
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            row = store.people.guardianship(session, actor.family_id, guardianship_id)
            if row is None:
                raise NotFound
            found = store.people.learner(session, actor.family_id, row.learner_id)
            if found is None:
                raise NotFound
            opened = home.open_learner(found)
            require_may_end(home, opened, row)
            row.ended_at = home.now
            require_still_managed(home, opened)
            keep_in_step(home)
            self._journal_end(row.id, home.now)
            home.note("guardianship.end", row.id)

    def detach_sign_in(self, actor: Actor, learner_id: str) -> None:
        """Take a minor's sign-in away: whoever has it is nobody's learner from this moment on.

        Raises: Refused without the right to manage, or for a learner who decides alone; Conflict when there is none.
        """
        with self._tools.database.session() as session:
            home = self.open(session, actor)
            opened = home.learner(learner_id, Right.MANAGE)
            if opened.row.member_id is None:
                raise Conflict(_("This learner has no sign-in."))
            if not opened.standing.minor(home.today):
                raise Refused(_("This learner decides alone. Nobody else can take their sign-in away."))
            opened.row.member_id = None
            require_still_managed(home, opened)
            home.note("learner.detach", learner_id)

    def entrust_member(
        self,
        home: Household,
        learner_id: str,
        member_id: str,
        scopes: frozenset[Scope],
        *,
        until: date | None,
        basis: str,
        given_by: str | None = None,
    ) -> None:
        """Write down a guardianship, given by `given_by` (else by whoever asks); who may give it was decided before."""
        row = store.Guardianship(
            id=new_id(),
            family_id=home.actor.family_id,
            member_id=member_id,
            learner_id=learner_id,
            basis=basis,
            scopes=write_scopes(scopes),
            created_at=home.now,
            created_by=given_by or home.actor.member_id,
            valid_until=until,
        )
        home.session.add(row)
        home.session.flush()
        keep_in_step(home)
        home.note("guardianship.give", row.id)

    def _move_majority(self, home: Household, opened: OpenLearner, birth_date: date | None) -> None:
        """Let guardianships that were to last until majority last until the day that the new date gives."""
        before, after = self.majority(opened.birth_date), self.majority(birth_date)
        for row in store.people.guardianships(home.session, home.actor.family_id, learner_id=opened.id):
            if row.basis == GUARDIAN and row.valid_until == before:
                row.valid_until = after

    def _journal_end(self, guardianship_id: str, now: datetime) -> None:
        """So that a backup which is restored later does not give a say back that was ended."""
        write_journal(self._tools.settings.data_dir, kind="guardianship", row_id=guardianship_id, at=now)

    def _left_behind(self, home: Household) -> tuple[LeftBehind, ...]:
        """Learners of age without a sign-in whom this member may make a link for one, and may do nothing else for."""
        rows = store.people.learners(home.session, home.actor.family_id)
        opened = [home.open_learner(row) for row in rows if row.member_id is None]
        return tuple(
            LeftBehind(id=one.id, name=one.name)
            for one in opened
            if not one.rights and one.standing.may_invite_learner(home.actor.member_id, home.today)
        )

    def _organises(self, home: Household) -> bool:
        row = store.people.member(home.session, home.actor.family_id, home.actor.member_id)
        return row is not None and row.organises

    def require_organiser(self, home: Household) -> None:
        """Let only an organiser pass. Raises: Refused."""
        if not self._organises(home):
            raise Refused(_("Only a person who organises the family may add or invite people."))

    def majority(self, birth_date: date | None) -> date | None:
        """The day on which somebody is of age; None when no birth date is known."""
        return None if birth_date is None else birthday(birth_date, self._tools.settings.majority_age)

    @staticmethod
    def _check_birth_date(birth_date: date | None, today: date) -> None:
        if birth_date is not None and not date(1900, 1, 1) <= birth_date <= today:
            remedy = _("Write the day of birth as year-month-day, or leave it empty.")
            raise BadInput(
                _("That birth date lies in the future or more than a century ago."), field="birth_date", remedy=remedy
            )

    def _check_sign_in_age(self, age: int | None, birth_date: date | None) -> None:
        most = self._tools.settings.majority_age
        if age is None:
            return
        if birth_date is None:
            raise BadInput(
                _("Without a birth date nobody knows when that age is reached."),
                field="sign_in_age",
                remedy=_("Write the birth date, too, or leave the age empty."),
            )
        if not 0 <= age <= most:
            remedy = _("Write a number from 0 to %(most)s, or leave it empty.", most=most)
            raise BadInput(_("A sign-in cannot begin at that age."), field="sign_in_age", remedy=remedy)

    def _known(self, home: Household) -> set[str] | None:
        """Whose names the member has to know: everybody's (None) who organises or manages, since they choose among
        them; else their own and those of whoever stands with them beside a learner they may look at today.
        """
        opened = home.learners()
        if self._organises(home) or any(Right.MANAGE in one.rights for one in opened):
            return None
        beside = {relation.member_id for one in opened for relation in one.standing.in_force(home.today)}
        return beside | {home.actor.member_id} | {one.standing.member_id for one in opened if one.standing.member_id}

    def _member_view(self, home: Household, row: store.Member) -> MemberView:
        return MemberView(
            id=row.id, name=home.member_name(row.id), organises=row.organises, is_me=row.id == home.actor.member_id
        )

    def _details(self, home: Household, opened: OpenLearner) -> LearnerDetails:
        rows = store.people.guardianships(home.session, home.actor.family_id, learner_id=opened.id)
        holding = {(one.member_id, one.valid_until) for one in opened.standing.in_force(home.today)}
        guardianships = tuple(
            GuardianshipView(
                id=row.id,
                member_id=row.member_id,
                member_name=home.member_name(row.member_id),
                scopes=tuple(scope for scope in Scope if scope in row.scopes.split()),
                basis=row.basis,
                valid_until=row.valid_until,
                in_force=(row.member_id, row.valid_until) in holding,
            )
            for row in rows
        )
        shown = Right.MANAGE in opened.rights
        return LearnerDetails(
            learner=learner_view(home, opened),
            birth_date=opened.birth_date if shown else None,
            of_age_on=self.majority(opened.birth_date) if shown else None,
            sign_in_age=opened.standing.sign_in_age if shown else None,
            sign_in_day=opened.standing.sign_in_day() if shown else None,
            too_young=shown and opened.standing.too_young(home.today),
            guardianships=guardianships,
        )

    def _invitations(self, home: Household) -> tuple[InvitationView, ...]:
        """Those that the member could make."""
        views = []
        for row in store.people.invitations(home.session, home.actor.family_id, home.now):
            if not home.may_invite(row.learner_id or ""):
                continue
            name = (
                home.chest.open(home.place("invitation", row.id, row.version), row.sealed)["name"] if row.sealed else ""
            )
            views.append(InvitationView(id=row.id, kind=row.kind, name=name, expires_at=row.expires_at))
        return tuple(views)


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two days, where None means that there is no end."""
    given = [day for day in (one, other) if day is not None]
    return min(given) if given else None


def read_scopes(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes somebody chose, with looking, which goes with all. Raises: BadInput for none, or an unknown one."""
    try:
        found = parse_scopes(words)
    except ValueError:
        found = frozenset()
    if not found:
        raise BadInput(_("Choose at least one thing that this person may do."), field="scopes")
    return found | {Scope.VIEW}
