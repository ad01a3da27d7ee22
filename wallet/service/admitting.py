"""Whether a link opens for a reader: its state, its passcode, its count of openings, and the note of each opening.

Rules. A link that ended gives one answer, whether it was stopped, has run out, was opened as often as was allowed, or
was tried with wrong passcodes: a stranger learns no more about a family than that. Every try at a passcode is counted
before it is looked at, in the store, so that no number of servers or addresses gives more of them. An opening is
counted by one statement, so that two readers at the last one are not both let in.

Opening the page gives its reader an *opened link*, the link's secret with the opening's id behind it: for an hour it
hands out the files and answers one reading desk's questions without counting again and without the passcode. It is sent
in forms only, never in the address of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from kit.errors import Gone, NotFound, Refused
from kit.i18n import _
from wallet import store
from wallet.keystore import token_hash
from wallet.service.core import OpenLearner, Tools, new_id, open_learner
from wallet.service.share_terms import ACTIVE, EXPIRED, LOCKED, MOST_MISSES, RECALLED, USED_UP, state_of
from wallet.service.text import plain

OPENED_FOR: Final = timedelta(hours=1)
_MOST_READER: Final = 120
_OPENED: Final = re.compile(r"(?P<token>[A-Za-z0-9_-]{22})(?P<view>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class PasscodeWanted(Refused):
    """The link asks for a passcode, and this was none or a wrong one; nothing was opened or counted as an opening."""

    kind = "passcode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as it came: its secret, and the id of the opening that it was handed out with, if any."""

    token: str
    view_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A share that is open for a reader, inside a session; `view_id` is the opening that counts for it."""

    row: store.Share
    learner: OpenLearner
    view_id: str


def parse_link(secret: str) -> Link:
    """The two parts of an opened link, or the whole as a link's secret."""
    match = _OPENED.fullmatch(secret)
    return Link(token=match["token"], view_id=match["view"]) if match else Link(token=secret, view_id="")


class Gate:
    """Lets readers in."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def find(self, session: Session, link: Link) -> store.Share:
        """The share behind a link that works. Raises: NotFound for none (yet), Gone for one that ended.

        An opened link reaches a share that its own opening has used up.
        """
        row = store.shares.share_by_token(session, token_hash(link.token))
        state = state_of(row, self._tools.clock.now()) if row is not None else ""
        if row is None or state not in {ACTIVE, RECALLED, EXPIRED, USED_UP, LOCKED}:
            raise NotFound(_("No record is shared at this address. Check that the link was copied whole."))
        learner = store.people.learner_by_id(session, row.learner_id)
        if learner is None or learner.deleted_at is not None or state in {RECALLED, EXPIRED}:
            raise ended()
        if state in {USED_UP, LOCKED} and not self._fresh(session, row, link):
            raise ended()
        if not store.shares.shared_credentials(session, row.id):
            raise ended()
        return row

    def asks_passcode(self, session: Session, row: store.Share) -> bool:
        """Whether a reader of this share has to type a passcode."""
        return bool(self._learner(session, row).open(row).get("passcode"))

    def admit(self, link: Link, passcode: str) -> None:
        """Let a reader on who knows the passcode, where there is one. Takes its time, so call it outside every session.

        Raises: PasscodeWanted; NotFound and Gone, as `find` does.
        """
        with self._tools.database.session() as session:
            row = self.find(session, link)
            share_id, stored = row.id, self._learner(session, row).open(row).get("passcode") or ""
            if not stored or self._fresh(session, row, link):
                return
            if not passcode:
                raise PasscodeWanted(
                    _("This record asks for a passcode. The person who sent the link knows it."), field="passcode"
                )
            if not store.shares.spend_miss(session, share_id, MOST_MISSES):
                raise ended()
        if not self._tools.passwords.matches(stored, passcode):
            raise PasscodeWanted(_("That is not the passcode. Ask the person who sent the link."), field="passcode")
        with self._tools.database.session() as session:
            store.shares.refund_miss(session, share_id)

    def open(self, session: Session, link: Link, *, kind: str, reader: str, made_for: str = "") -> Opened:
        """Count an opening, write it down, and hand out what it opens. Call `admit` before.

        Raises: NotFound and Gone, as `find` does.
        """
        row = self.find(session, link)
        fresh = self._fresh(session, row, link)
        if not fresh and not store.shares.use_view(session, row.id):
            raise ended()
        learner = self._learner(session, row)
        view = store.ShareView(
            id=new_id(),
            family_id=row.family_id,
            learner_id=row.learner_id,
            share_id=row.id,
            at=self._tools.clock.now(),
            kind=kind,
            version=0,
        )
        said = plain(reader, field="reader", most=_MOST_READER * 4, required=False)
        learner.seal(view, {"reader": said, "madeFor": made_for})
        session.add(view)
        return Opened(row=row, learner=learner, view_id=link.view_id if fresh else view.id)

    def _fresh(self, session: Session, row: store.Share, link: Link) -> bool:
        """Whether the link carries an opening of this share's page within the last hour."""
        if not link.view_id:
            return False
        view = store.shares.view(session, row.id, link.view_id)
        return view is not None and view.kind == "page" and self._tools.clock.now() - view.at < OPENED_FOR

    def _learner(self, session: Session, row: store.Share) -> OpenLearner:
        found = store.people.learner_by_id(session, row.learner_id)
        if found is None:
            raise ended()
        return open_learner(self._tools, session, found, "", self._tools.clock.now().date())


def ended() -> Gone:
    """The one answer for every link that ended."""
    return Gone(
        _(
            "It has run out, was opened as often as was allowed, or was stopped. The awards themselves still hold: "
            "ask the person for a new link."
        ),
        title=_("This link does not work any more"),
        kind="share-ended",
    )
