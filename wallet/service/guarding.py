"""What may be done to guardianships, sign-ins and birth dates, so that no learner is taken over or left behind.

Rules. Nobody gives away more than they hold. Nobody ends a wider guardianship than their own, and the guardian who
brought the learner in is put out by no one but themself. Whatever is changed, somebody can still manage the learner
afterwards: a guardian until majority, then the learner, who needs a sign-in for that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kit.errors import BadInput, Conflict, Refused
from kit.i18n import _
from wallet import store
from wallet.service.authority import Right, Scope, Standing, parse_scopes
from wallet.service.core import Household, OpenLearner, is_founding, relations_of


def require_gift(home: Household, opened: OpenLearner, scopes: frozenset[Scope]) -> None:
    """Let pass only what the giver holds too. Raises: Refused."""
    if not scopes <= opened.standing.scopes(home.actor.member_id, home.today):
        raise Refused(_("You can trust others only with what you may do yourself. Choose less, or ask a guardian."))


def require_not_barred(opened: OpenLearner, member_id: str, giver_id: str) -> None:
    """Let nobody give a say back that a court took, but the learner who decides alone. Raises: Refused."""
    if member_id in opened.standing.barred and opened.row.member_id != giver_id:
        raise Refused(
            _("A court ended what this person may do for the learner. Whoever runs this wallet has to lift that first.")
        )


def require_may_end(home: Household, opened: OpenLearner, row: store.Guardianship) -> None:
    """Let pass one's own guardianship, and another's when it is neither wider nor the founding one. Raises: Refused."""
    if row.member_id == home.actor.member_id:
        return
    home.learner_of(opened.id, Right.MANAGE)
    if is_founding(row, opened.row) and not opened.standing.leads(home.actor.member_id, home.today):
        raise Refused(
            _("This guardian brought the learner into the wallet. Only they can change or end what they may do.")
        )
    if not parse_scopes(row.scopes.split()) <= opened.standing.scopes(home.actor.member_id, home.today):
        raise Refused(_("This guardian may do more than you. Ask somebody who may do as much as they."))


def require_still_managed(home: Household, opened: OpenLearner) -> None:
    """Make sure, after a change of guardianships and before the commit, that the learner is not left behind.

    Raises: Conflict when somebody could manage the learner to the end before, and nobody can now.
    """
    home.session.flush()
    after = replace(opened.standing, relations=relations_of(home.session, opened.row), member_id=opened.row.member_id)
    if opened.standing.managed_to_the_end(home.today) and not after.managed_to_the_end(home.today):
        raise Conflict(
            _(
                "Then nobody could manage this learner until they are of age. First trust another guardian with "
                "changing names, guardians and what is removed."
            )
        )


def require_reachable(home: Household, *, birth_date: date | None, myself: bool, majority_age: int) -> None:
    """Refuse a birth date under which a new learner could be reached by nobody. Raises: BadInput."""
    if birth_date is None:
        return
    alone = Standing(member_id=None, birth_date=birth_date, relations=(), majority_age=majority_age)
    if myself and alone.minor(home.today):
        raise _too_young()
    if not myself and not alone.minor(home.today):
        raise _too_old()


def require_reachable_after(home: Household, opened: OpenLearner, birth_date: date | None) -> None:
    """Refuse a corrected birth date that would hand a learner over, or leave nobody to manage them.

    Raises: BadInput; Refused when only the founding guardian may do this.
    """
    before = opened.standing
    after = replace(before, birth_date=birth_date)
    if before.minor(home.today) and not after.minor(home.today):
        if after.member_id is None:
            raise _too_old()
        if not before.leads(home.actor.member_id, home.today):
            raise Refused(
                _("With this date the learner would be of age, and every guardian out. Only the guardian who brought "
                  "the learner in can write it."),
                field="birth_date",
            )  # fmt: skip
    if not after.managed(home.today):
        raise _too_young()


def _too_old() -> BadInput:
    return BadInput(
        _("With this birth date the learner is of age, and no guardian could see the awards."),
        field="birth_date",
        remedy=_("Check the year. Somebody of age needs a sign-in of their own first."),
    )


def _too_young() -> BadInput:
    return BadInput(
        _("With this birth date somebody else has to decide, and there is no guardian."),
        field="birth_date",
        remedy=_("Check the year, or leave it empty."),
    )
