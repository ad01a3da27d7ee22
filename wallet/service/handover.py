"""Coming of age: what is to be done before the day, and what the learner does afterwards.

On that day a guardian's say ends by itself (`wallet.service.authority` compares the date); nobody has to press
anything. What people have to do around it stands here as steps. Before, the learner needs a sign-in of their own.
Afterwards, the learner makes sure that no guardian knows a way in, looks at the links that work, decides who may still
look, and keeps a copy.
A learner who never had a guardian has nothing to take over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.errors import BadInput, NotFound, Refused
from kit.i18n import _
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.people import People

NOTICE_DAYS: Final = 60
"""How long before the day it is said."""
REMINDED_DAYS: Final = 365
"""How long after the day a learner is reminded of steps that are open."""


class Step(StrEnum):
    """A step of the hand-over, in the order in which they are taken."""

    SIGN_IN = "signIn"
    RECOVERY = "recovery"
    LINKS = "links"
    PEOPLE = "people"
    COPY = "copy"


LEARNERS: Final = (Step.RECOVERY, Step.LINKS, Step.PEOPLE, Step.COPY)
"""The steps that only the learner can take, once of age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step: whether it was taken, and whether whoever looks can take it now."""

    step: Step
    done: bool
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView:
    """How the hand-over of one learner stands. `days` are those until the day; none once it has come."""

    learner: LearnerView
    day: date
    days: int
    steps: tuple[StepView, ...]
    links: int

    @property
    def finished(self) -> bool:
        """Whether every step was taken."""
        return all(one.done for one in self.steps)


class Handover:
    """The hand-over of a learner who comes of age."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def view(self, actor: Actor, learner_id: str) -> HandoverView:
        """The steps as they stand. Raises: NotFound where there is nothing to hand over."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            found = self._view(home, home.learner(learner_id))
            if found is None:
                raise NotFound(_("Nothing is to be handed over here: no birth date is known, or nobody else decides."))
            return found

    def notices(self, actor: Actor) -> list[HandoverView]:
        """What this member should hear of: a day that comes near, or steps of their own that are open."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            found = [self._view(home, opened) for opened in home.learners()]
            return [one for one in found if one is not None and self._due(home, one)]

    def take(self, actor: Actor, learner_id: str, step: str) -> None:
        """Note that the learner has taken a step; repeating it changes nothing.

        Raises: Refused for anybody else, or before the day; BadInput for what is no step of the learner's; NotFound.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            if step not in LEARNERS:
                detail, remedy = _("That is no step of the hand-over."), _("Choose one of the list.")
                raise BadInput(detail, field="step", remedy=remedy)
            if opened.row.member_id != actor.member_id or opened.standing.minor(home.today):
                raise Refused(_("Only the learner can say so, from the day on which they decide alone."))
            if step not in opened.handed_over:
                opened.rewrite(
                    name=opened.name,
                    birth_date=opened.birth_date,
                    sign_in_age=opened.standing.sign_in_age,
                    handed_over=opened.handed_over | {step},
                )
                home.note("handover.step", learner_id, kind=step)

    def _view(self, home: Household, opened: OpenLearner) -> HandoverView | None:
        day = self._people.majority(opened.birth_date)
        if day is None or not store.people.ever_guarded(home.session, home.actor.family_id, opened.id):
            return None
        of_age = home.today >= day
        mine = opened.row.member_id == home.actor.member_id
        signs_in = opened.row.member_id is not None
        steps = [
            StepView(
                step=Step.SIGN_IN,
                done=signs_in,
                mine=not signs_in and Right.MANAGE in opened.rights and not opened.standing.too_young(home.today),
            ),
            *(StepView(step=step, done=step in opened.handed_over, mine=mine and of_age) for step in LEARNERS),
        ]
        return HandoverView(
            learner=learner_view(home, opened),
            day=day,
            days=max(0, (day - home.today).days),
            steps=tuple(steps),
            links=store.shares.count_working(home.session, home.actor.family_id, opened.id, home.now),
        )

    @staticmethod
    def _due(home: Household, one: HandoverView) -> bool:
        if one.days:
            return one.days <= NOTICE_DAYS
        return one.learner.is_me and not one.finished and (home.today - one.day).days <= REMINDED_DAYS
