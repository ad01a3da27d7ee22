"""What a guardian lets a minor share without asking each time: with one recipient, or with everybody.

Rules. A permission counts as its giver's approval, and holds only while the giver may approve shares for this learner.
A recipient is what the learner types, so this is trust in the learner, not a proof of who reads. Below the age of
consent there is no permission for everybody: each recipient is named by a guardian. It is taken back at once; links
that were made by it go on until somebody stops them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from wallet import store
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.people import People
from wallet.service.text import plain

MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionLine:
    """One permission: for whom (empty: for everybody), who gave it and when, and whether it holds today."""

    id: str
    recipient: str
    given_by: str
    given_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionsView:
    """What a learner may share without asking. `asks`: a guardian has a say at all; `everybody_may_be`: that can be
    chosen at this age; `may_change`: by the member who looks.
    """

    learner: LearnerView
    lines: tuple[PermissionLine, ...]
    asks: bool
    everybody_may_be: bool
    may_change: bool


class Allowing:
    """Giving, showing and taking back permissions."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def permissions(self, actor: Actor, learner_id: str) -> PermissionsView:
        """What a learner may share without asking."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            lines = [
                PermissionLine(
                    id=row.id,
                    recipient=opened.open(row)["recipient"],
                    given_by=home.member_name(row.member_id),
                    given_at=row.created_at,
                    in_force=_holds(home, opened, row),
                )
                for row in store.shares.permissions(session, actor.family_id, learner_id)
            ]
            minor = opened.standing.minor(home.today)
            return PermissionsView(
                learner=learner_view(home, opened),
                lines=tuple(lines),
                asks=minor,
                everybody_may_be=minor and _of_consent(home, opened),
                may_change=minor and Right.SHARE in opened.rights,
            )

    def allow(self, actor: Actor, learner_id: str, recipient: str) -> str:
        """Let a minor share with that recipient, or (empty) with everybody, without asking; the permission's id.

        Repeating it gives the same one. Raises: Refused without the say; BadInput; Conflict where nobody is asked.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            return allow(home, home.learner(learner_id, Right.SHARE), recipient)

    def withdraw(self, actor: Actor, permission_id: str) -> str:
        """Take a permission back. The learner's id. Raises: NotFound; Refused without the say."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.shares.permission(session, actor.family_id, permission_id)
            if row is None:
                raise NotFound
            learner_id = home.learner_of(row.learner_id, Right.SHARE).id
            session.delete(row)
            home.note("permission.withdraw", permission_id)
            return learner_id


def allow(home: Household, opened: OpenLearner, recipient: str) -> str:
    """Write a permission of the member who asks, who has the say; its id."""
    name = plain(recipient, field="recipient", most=120, required=False)
    if not opened.standing.minor(home.today):
        raise Conflict(_("This learner decides alone, so nobody is asked."))
    if not name and not _of_consent(home, opened):
        raise BadInput(
            _("At this age each recipient has to be named."),
            field="recipient",
            remedy=_("Write whom the awards may be shared with."),
        )
    there = store.shares.permissions(home.session, home.actor.family_id, opened.id)
    for row in there:
        if row.member_id == home.actor.member_id and _same(opened.open(row)["recipient"], name):
            return row.id
    if len(there) >= MOST:
        remedy = _("Take one back first.")
        raise BadInput(_("There are as many permissions as may be."), field="recipient", remedy=remedy)
    row = store.Permission(
        id=new_id(),
        family_id=home.actor.family_id,
        learner_id=opened.id,
        member_id=home.actor.member_id,
        everybody=not name,
        created_at=home.now,
        version=0,
    )
    opened.seal(row, {"recipient": name})
    home.session.add(row)
    home.note("permission.give", row.id, learner=opened.id)
    return row.id


def allowed_by(home: Household, opened: OpenLearner, recipient: str) -> str:
    """The member whose permission covers this recipient today; empty when nobody's does."""
    for row in store.shares.permissions(home.session, home.actor.family_id, opened.id):
        if _holds(home, opened, row) and (row.everybody or _same(opened.open(row)["recipient"], recipient)):
            return row.member_id
    return ""


def _holds(home: Household, opened: OpenLearner, row: store.Permission) -> bool:
    if row.everybody and not _of_consent(home, opened):
        return False
    return row.member_id in opened.standing.approvers(Right.SHARE, home.today)


def _of_consent(home: Household, opened: OpenLearner) -> bool:
    age = opened.standing.age(home.today)
    return age is not None and age >= home.tools.settings.consent_age


def _same(one: str, other: str) -> bool:
    """Whether two names of recipients are the same to a person who typed them twice."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
