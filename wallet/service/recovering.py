"""The second way to a family's keys, kept in step: sealed for the recovery codes of whoever may manage.

Each member's codes open the family's key and those of the learners whom the member may manage today. It follows every
change of who that is at once, or with the daily sweep where only a day came. An older copy gives nobody a say: when a
code is used, rights are judged anew.
"""

from __future__ import annotations

from kit.recovering import seal_for
from wallet import store
from wallet.keystore import place_of_key
from wallet.service.authority import Right
from wallet.service.core import Household, open_learner


def keep_in_step(home: Household) -> None:
    """Seal for each member's codes what the member may manage, and drop what they may not any more."""
    pairs = store.recovery.pairs(home.session, home.actor.family_id)
    if not pairs:
        return
    home.session.flush()
    family_id = home.actor.family_id
    learners = [
        row for row in store.people.learners(home.session, family_id) if home.tools.keystore.opens(row.wrapped_key)
    ]
    for pair in pairs:
        wanted = {"": home.chest}
        for row in learners:
            opened = open_learner(home.tools, home.session, row, pair.member_id, home.today)
            if Right.MANAGE in opened.rights:
                wanted[row.id] = opened.chest
        there = {one.learner_id: one for one in store.recovery.wraps(home.session, pair.member_id)}
        for gone in there.keys() - wanted.keys():
            learner = store.people.learner_by_id(home.session, gone)
            if learner is None or home.tools.keystore.opens(learner.wrapped_key):
                home.session.delete(there[gone])
        for new in wanted.keys() - there.keys():
            sealed = seal_for(pair.public_key, wanted[new].key, context=place_of_key(family_id, new))
            home.session.add(store.RecoveryWrap(member_id=pair.member_id, learner_id=new, sealed=sealed))
    home.session.flush()
