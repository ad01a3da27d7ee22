"""Awarding in the room: a code on the screen, a number on each phone, and the teacher's eyes as the identity check.

A phone that scans the code types a name and shows a number. The teacher, who sees the learner and hears the number,
approves; then the award is made and its claim link is on that phone. A phone learns nothing about anybody else: neither
who is on a list nor who is in the room. A room closes by itself, and what was typed in it is deleted a day later.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs, tokens
from issuer.service.achievements import Achievement, AchievementService
from issuer.service.awards import AwardService
from issuer.service.claims import ClaimService
from issuer.service.context import Context, Desk, Organisation
from issuer.service.drafts import AwardDraft, ResultDraft
from issuer.service.organisations import view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster.values import number_of
from issuer.service.second_person import AWARD, needs
from issuer.store import credentials, organisations, rooms, tables
from kit.errors import BadInput, Conflict, Gone, NotFound
from kit.i18n import _
from kit.jobs import Run
from kit.limits import Attempts, Misses
from kit.paging import Page, Window

WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"
MOST_GUESTS: Final = 60
LONGEST: Final = 4
USUAL: Final = 2
KEPT: Final = timedelta(days=1)
"""How long what was typed in a room is kept after its end."""
_NUMBERS: Final = range(100, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room as its teacher sees it; ``token`` is what the code on the screen holds."""

    id: str
    token: str
    url: str
    achievement: Achievement
    opened_by: str
    opened: datetime
    closes: datetime
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody in the room: the name as it was typed, and the number that their phone shows."""

    id: str
    number: int
    name: str
    state: str
    credential_id: str | None
    came: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What everybody sees who scanned the code."""

    organisation: Organisation
    achievement_name: str
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What one phone sees: its own name and number, and the claim link once the teacher approved."""

    organisation: Organisation
    achievement_name: str
    name: str
    number: int
    state: str
    claim: str | None


class RoomService:
    """Opens rooms, lets phones in, approves."""

    def __init__(
        self, context: Context, achievements: AchievementService, awards: AwardService, claims: ClaimService
    ) -> None:
        self._context = context
        self._achievements = achievements
        self._awards = awards
        self._claims = claims
        self._misses = Misses(context.clock)
        # A class sits behind one address, and mistypes; a machine that fills rooms is stopped all the same.
        self._by_client = Attempts(context.clock, burst=3 * MOST_GUESTS, per=timedelta(minutes=10))

    def open(self, desk: Desk, *, achievement_id: str, hours: int = USUAL) -> Room:
        """Open a room for an achievement. Raises: Refused, NotFound, BadInput, Conflict, Unavailable."""
        desk.require(Right.AWARD)
        if not 1 <= hours <= LONGEST:
            remedy = _("Give a whole number from %(least)s to %(most)s.", least=1, most=LONGEST)
            raise BadInput(_("This is not a number that can be used here."), field="hours", remedy=remedy)
        achievement = self._achievements.one(desk.organisation, achievement_id[:36])
        if not achievement.active:
            raise Conflict(_("This achievement cannot be awarded."))
        self.forget_old()
        room_id, token, now = str(uuid.uuid4()), tokens.new_token(), self._context.now()
        sealed = self._context.keystore.seal_text(token, context=_place(room_id))
        with self._context.database.session() as session:
            if needs(session, desk, AWARD):
                raise Conflict(_("Awards need a second person here, so nobody can get one in the room. Use a sheet."))
            session.add(
                tables.RoomRow(
                    id=room_id,
                    organisation_id=desk.organisation.id,
                    achievement_id=achievement.id,
                    token_hash=tokens.token_hash(token),
                    token_sealed=sealed,
                    opened_by=desk.actor.user_id,
                    opened=now,
                    closes=now + timedelta(hours=hours),
                )
            )
            self._record(session, desk, "room.open", room_id, now)
        return self.one(desk, room_id)

    def listing(self, desk: Desk, at: Window) -> Page[Room]:
        """One page of the rooms that are open, newest first. Raises: Refused, Unavailable."""
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.reading() as session:
            rows, total = rooms.listing(session, desk.organisation.id, now, offset=at.offset, limit=at.size)
        return Page(items=[self._view(desk, row) for row in rows], number=at.number, size=at.size, total=total)

    def one(self, desk: Desk, room_id: str) -> Room:
        """One room, open or closed. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            row = rooms.one(session, desk.organisation.id, room_id[:36])
        if row is None:
            raise NotFound
        return self._view(desk, row)

    def guests(self, desk: Desk, room_id: str) -> Sequence[Guest]:
        """Everybody in a room, in the order in which they came. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.AWARD)
        room = self.one(desk, room_id)
        with self._context.database.reading() as session:
            rows = rooms.guests(session, room.id)
        return [self._guest(row) for row in rows]

    def guest(self, desk: Desk, room_id: str, guest_id: str) -> Guest:
        """One of them. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.AWARD)
        found = next((each for each in self.guests(desk, room_id) if each.id == guest_id), None)
        if found is None:
            raise NotFound
        return found

    def approve(
        self,
        desk: Desk,
        room_id: str,
        guest_id: str,
        *,
        name: str = "",
        identifier: str = "",
        results: Sequence[ResultDraft] = (),
    ) -> Guest:
        """Award to somebody in the room, once; the claim link is on their phone then.

        ``name`` is the learner's as it belongs on the award (as it was typed, unless given), ``identifier`` a roster
        number (a random one, unless given). Raises: Refused, NotFound, BadInput, Conflict, InFlight, Unavailable.
        """
        desk.require(Right.AWARD)
        room = self.one(desk, room_id)
        found = self.guest(desk, room.id, guest_id)
        if found.state == APPROVED:
            return found
        if not room.is_open:
            raise Gone(_("The room is closed. Award it the usual way."))
        draft = AwardDraft(
            achievement=room.achievement.id,
            learner_name=name.strip() or found.name,
            identifier=identifier.strip() or number_of(found.id),
            identifier_type="" if identifier.strip() else "identifier",
            results=tuple(results),
        )
        key = f"room/{found.id}"
        before = self._awards.earlier(desk, key)  # there when the server stopped before the room knew of the award
        answer = before or self._awards.award(desk, draft, key=key)
        with self._context.database.session() as session:
            row = rooms.guest(session, desk.organisation.id, room.id, found.id)
            if row is None:
                raise NotFound
            row.state, row.credential_id = APPROVED, str(answer.value["id"])
            session.flush()
            settled = self._guest(row)
        if before is not None and before.value["learnerName"] != draft.learner_name:
            raise Conflict(
                _(
                    "It was awarded already, to “%(name)s”. Look at that award, and correct it there if need be.",
                    name=before.value["learnerName"],
                )
            )
        return settled

    def refuse(self, desk: Desk, room_id: str, guest_id: str) -> Guest:
        """Tell a phone that nothing comes. It can be approved later all the same.

        Raises: Refused, NotFound, Conflict when it was awarded already.
        """
        desk.require(Right.AWARD)
        room = self.one(desk, room_id)
        found = self.guest(desk, room.id, guest_id)
        now = self._context.now()
        with self._context.database.session() as session:
            row = rooms.guest(session, desk.organisation.id, room.id, found.id)
            if row is None:
                raise NotFound
            if row.state == APPROVED:
                raise Conflict(_("It was awarded already. Withdraw the award instead."))
            if row.state != REFUSED:
                row.state = REFUSED
                self._record(session, desk, "room.refuse", room.id, now)
            session.flush()
            return self._guest(row)

    def close(self, desk: Desk, room_id: str) -> Room:
        """Let nobody in any more. What was approved stays on its phone for a day. Raises: Refused, NotFound."""
        desk.require(Right.AWARD)
        room, now = self.one(desk, room_id), self._context.now()
        with self._context.database.session() as session:
            row = rooms.lock(session, room.id)
            if row is not None and row.closes > now:
                row.closes = now
                self._record(session, desk, "room.close", room.id, now)
        return self.one(desk, room.id)

    def door(self, token: str, *, client: str) -> Door:
        """What everybody sees who scanned the code. Raises: NotFound, Gone, TooMany."""
        room, organisation = self._room(token, client)
        return Door(organisation=organisation, achievement_name=self._name(organisation, room), closes=room.closes)

    def enter(self, token: str, *, name: str, ticket: str = "", client: str) -> str:
        """Come into a room under a name; the ticket of the phone. The same ticket again changes nothing.

        Raises: NotFound, Gone, BadInput, Conflict when the room is full, TooMany.
        """
        room, _organisation = self._room(token, client)
        typed = inputs.line(name, "name", required=True, longest=60)
        if ticket and not tokens.is_token(ticket):
            raise BadInput(_("This page is incomplete. Open it again and fill it in anew."))
        self._by_client.spend(client)
        ticket, now, guest_id = ticket or tokens.new_token(), self._context.now(), str(uuid.uuid4())
        sealed = self._context.keystore.seal_text(typed, context=_place(guest_id))
        with self._context.database.session() as session:
            held = rooms.lock(session, room.id)
            known = rooms.by_ticket(session, tokens.token_hash(ticket))
            if known is not None:
                return ticket
            if held is None or held.closes <= now:
                raise _closed()
            taken = {each.number for each in rooms.guests(session, room.id)}
            if len(taken) >= MOST_GUESTS:
                raise Conflict(_("This room is full. Tell your teacher."))
            credentials.insert_if_new(
                session,
                tables.RoomGuestRow,
                id=guest_id,
                organisation_id=room.organisation_id,
                room_id=room.id,
                number=secrets.choice([number for number in _NUMBERS if number not in taken]),
                ticket_hash=tokens.token_hash(ticket),
                name_sealed=sealed,
                state=WAITING,
                came=now,
            )
        return ticket

    def ticket(self, ticket: str, *, client: str) -> Ticket:
        """What one phone sees. Raises: NotFound, TooMany, Unavailable."""
        self._misses.admit(client)
        with self._context.database.reading() as session:
            row = rooms.by_ticket(session, tokens.token_hash(ticket)) if tokens.is_token(ticket) else None
            room = None if row is None else rooms.one(session, row.organisation_id, row.room_id)
            organisation = None if room is None else view(organisations.by_id(session, room.organisation_id))
        if row is None or room is None or organisation is None or room.closes + KEPT < self._context.now():
            self._misses.missed(client)
            raise NotFound(_("There is no such number here. Scan the code on the screen again."))
        found = self._guest(row)
        claim = self._claims.first(organisation, found.credential_id) if found.credential_id else None
        ended = found.state == WAITING and room.closes <= self._context.now()
        return Ticket(
            organisation=organisation,
            achievement_name=self._name(organisation, room),
            name=found.name,
            number=found.number,
            state="closed" if ended else found.state,
            claim=None if claim is None else claim.url,
        )

    def forget_old(self) -> int:
        """Delete rooms a day after their end, with what was typed in them; how many."""
        with self._context.database.session() as session:
            return rooms.forget(session, self._context.now() - KEPT)

    def sweep(self) -> list[Run]:
        """The same every so often while the server runs; there is nothing to drive."""
        with self._context.database.reading() as session:
            is_due = rooms.has_old(session, self._context.now() - KEPT)
        if is_due:
            self.forget_old()
        return []

    def _room(self, token: str, client: str) -> tuple[tables.RoomRow, Organisation]:
        self._misses.admit(client)
        with self._context.database.reading() as session:
            row = rooms.by_token(session, tokens.token_hash(token)) if tokens.is_token(token) else None
            organisation = None if row is None else view(organisations.by_id(session, row.organisation_id))
        if row is None or organisation is None:
            self._misses.missed(client)
            raise NotFound(_("There is no room at this address. Scan the code on the screen again."))
        if row.closes <= self._context.now():
            raise _closed()
        return row, organisation

    def _name(self, organisation: Organisation, room: tables.RoomRow) -> str:
        return self._achievements.one(organisation, room.achievement_id).name

    def _view(self, desk: Desk, row: tables.RoomRow) -> Room:
        token = self._context.keystore.open_text(row.token_sealed, context=_place(row.id))
        return Room(
            id=row.id,
            token=token,
            url=f"{self._context.settings.public_url}/room/{token}",
            achievement=self._achievements.one(desk.organisation, row.achievement_id),
            opened_by=row.opened_by,
            opened=row.opened,
            closes=row.closes,
            is_open=row.closes > self._context.now(),
        )

    def _guest(self, row: tables.RoomGuestRow) -> Guest:
        return Guest(
            id=row.id,
            number=row.number,
            name=self._context.keystore.open_text(row.name_sealed, context=_place(row.id)),
            state=row.state,
            credential_id=row.credential_id,
            came=row.came,
        )

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, room_id: str, now: datetime) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=room_id,
        )


def results_of(given: Mapping[str, str]) -> tuple[ResultDraft, ...]:
    """Marks by the id of what they are marks of; those left empty are none."""
    return tuple(ResultDraft(value=value, description=name) for name, value in given.items() if value.strip())


def _closed() -> Gone:
    return Gone(_("This room is closed. Ask your teacher."))


def _place(row_id: str) -> str:
    return f"issuer/room/{row_id}"
