"""Status lists: which awards are withdrawn and why, and which are paused, as signed credentials anybody may fetch.

Rules:
1. A bit is a row. A list is rendered from its rows while it is locked, so that no change is lost.
2. A change shows within a second: the first reading after it signs the list anew, at most once a second.
3. Reading needs no key: without one the bytes that were signed last are served for as long as they hold.
4. Lists belong to an organisation, not to a class or a child: an index says nothing about whose it is.
5. A list is signed by the identifier that the credentials in it are issued by, for good.

Spec: https://www.w3.org/TR/vc-bitstring-status-list/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy.orm import Session

from issuer.keystore import ASSERTION, PROOF
from issuer.service.context import Context, Organisation, has_closed
from issuer.service.identities import acts_as, listing_key, require_present, under
from issuer.service.organisations import CLOCK_TOLERANCE, Published, etag_of, sealed_key, view
from issuer.service.securing import USUAL
from issuer.service.signing import Place
from issuer.store import identities, organisations, status, tables
from issuer.store.suspensions import SUSPENSION
from kit.errors import NotFound, Unavailable
from vc.document import serialize
from vc.keys import Signer
from vc.proof import add_proof
from vc.status import Purpose, Reason, StatusListEntry, build_status_list

AWARD_PURPOSES: Final[tuple[Purpose, ...]] = ("revocation", "message")
TTL_MILLISECONDS: Final = 300_000
RENDER_AT_MOST_EVERY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One status list, for a page: how many places are taken, how many set, and until when the bytes hold."""

    number: int
    url: str
    purpose: str
    length: int
    taken: int
    withdrawn: int
    full: bool
    signed: datetime | None
    valid_until: datetime | None


class StatusListService:
    """Allocates indices, renders and serves lists."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def url(self, slug: str, number: int) -> str:
        """The address of a list, which is also its id."""
        return f"{self._context.settings.identifier_url}/orgs/{slug}/status/{number}"

    def allocate(
        self,
        session: Session,
        organisation: Organisation,
        credential_id: str,
        now: datetime,
        *,
        pausable: bool,
        closing: bool = False,
    ) -> None:
        """Take one index for this credential in a list of each purpose, opening a list when there is none.

        ``pausable`` gives it one in a list of suspensions, too; without it, it can never be paused. Whatever is new
        takes one here, so that nothing is signed for an organisation that has closed; only ``closing`` itself is. The
        credential's row is written already. Raises: Conflict, Moved.
        """
        if closing:
            require_present(session, organisation)
        else:
            self._require_open(session, organisation)
        for purpose in _purposes(pausable=pausable):
            position = None
            while position is None:
                status_list = self._open(session, organisation, purpose, now)
                position = status.allocate(session, status_list=status_list, credential_id=credential_id, now=now)

    def allocate_many(
        self,
        session: Session,
        organisation: Organisation,
        credential_ids: Sequence[str],
        now: datetime,
        *,
        pausable: bool,
    ) -> dict[str, list[Place]]:
        """Take one index for each credential in a list of each purpose, opening lists as they fill up.

        As ``allocate``, the rows are written already. Raises: Conflict for an organisation that has closed, Moved.
        """
        self._require_open(session, organisation)
        found: dict[str, list[Place]] = {credential_id: [] for credential_id in credential_ids}
        for purpose in _purposes(pausable=pausable):
            waiting = list(credential_ids)
            while waiting:
                status_list = self._open(session, organisation, purpose, now)
                taken = status.allocate_many(session, status_list=status_list, credential_ids=waiting, now=now)
                for credential_id, position in taken.items():
                    entry = status.Entry(number=status_list.number, purpose=purpose, position=position)
                    found[credential_id].append(self.place(organisation.slug, entry))
                waiting = [credential_id for credential_id in waiting if credential_id not in taken]
        return found

    @staticmethod
    def _require_open(session: Session, organisation: Organisation) -> None:
        name = organisations.closed(session, organisation.id)
        if name is not None:
            raise has_closed(name)
        require_present(session, organisation)

    def place(self, slug: str, entry: status.Entry) -> Place:
        """An index with the address of its list."""
        return Place(list_url=self.url(slug, entry.number), purpose=entry.purpose, position=entry.position)

    def _open(
        self, session: Session, organisation: Organisation, purpose: Purpose, now: datetime
    ) -> tables.StatusListRow:
        """The list that takes new entries; one at a time opens a new one, so that the herd is not split."""
        identity = acts_as(session, organisation)
        found = status.open_list(session, identity.id, purpose)
        if found is None:
            organisations.lock(session, organisation.id)
            found = status.open_list(session, identity.id, purpose)
        return found or status.add_list(session, identity, purpose, length=self._context.settings.list_entries, now=now)

    def entries(self, session: Session, organisation: Organisation, credential_id: str) -> Sequence[StatusListEntry]:
        """The ``credentialStatus`` entries of a credential; they stay the same for all its versions."""
        return [
            self.place(
                organisation.slug,
                status.Entry(number=status_list.number, purpose=status_list.purpose, position=entry.position),
            ).entry
            for entry, status_list in status.of_credential(session, credential_id)
        ]

    def withdraw(self, session: Session, credential_id: str, reason: Reason, at: datetime) -> bool:
        """Set the bits of a withdrawn credential; False when they were set before."""
        changed = False
        for entry, status_list in status.of_credential(session, credential_id):
            if status_list.purpose == SUSPENSION:
                continue
            value = reason.value if status_list.purpose == "message" else 1
            if value and status.set_value(
                session, list_id=status_list.id, position=entry.position, value=value, now=at
            ):
                changed = True
        return changed

    def pausable(self, session: Session, credential_id: str) -> bool:
        """Whether a credential has a place in a list of suspensions."""
        return any(found.purpose == SUSPENSION for _entry, found in status.of_credential(session, credential_id))

    def turn(self, session: Session, credential_id: str, *, suspended: bool, at: datetime) -> bool:
        """Set a credential's bit in its list of suspensions, or set it back; False when it stands there already."""
        change = status.suspend if suspended else status.lift
        changed = False
        for entry, found in status.of_credential(session, credential_id):
            if found.purpose == SUSPENSION and change(session, list_id=found.id, position=entry.position, now=at):
                changed = True
        return changed

    def serve(self, slug: str, number: int) -> Published:
        """The signed bytes of a list, rendered anew when something changed or they grow old.

        Raises: NotFound; Unavailable when the list was never signed and cannot be now.
        """
        with self._context.database.reading() as session:
            found = status.by_number(session, slug, number)
        if found is None:
            raise NotFound
        row, status_list = found
        return self._current(view(row), status_list)

    def published(self, organisation: Organisation, numbers: Sequence[int]) -> dict[str, Published]:
        """The signed bytes of these lists by address: evidence for checking what we just signed."""
        return {self.url(organisation.slug, number): self.serve(organisation.slug, number) for number in numbers}

    def last(
        self, session: Session, organisation: Organisation, now: datetime, *, valid_until: datetime
    ) -> list[tuple[str, bytes]]:
        """Every list of an organisation, by address, as it is now and signed for long: for its snapshot, and not what
        is served. Raises: Unavailable.
        """
        return [
            (
                self.url(organisation.slug, row.number),
                self._sign(session, organisation, row, now, valid_until=valid_until),
            )
            for row in status.lists(session, organisation.id)
        ]

    def refresh(self, organisation_id: str) -> None:
        """Sign what changed in an organisation's lists, if it may be signed now. Raises: Unavailable."""
        with self._context.database.reading() as session:
            organisation = view(organisations.by_id(session, organisation_id))
            rows = status.lists(session, organisation_id)
        for row in rows:
            if row.changes != row.rendered_changes:
                self._current(organisation, row)

    def lines(self, organisation: Organisation) -> Sequence[ListLine]:
        """An organisation's lists, for a page."""
        with self._context.database.reading() as session:
            return [self._line(session, organisation, row) for row in status.lists(session, organisation.id)]

    def line(self, slug: str, number: int) -> tuple[Organisation, ListLine]:
        """One list, for a page. Raises: NotFound."""
        with self._context.database.reading() as session:
            found = status.by_number(session, slug, number)
            if found is None:
                raise NotFound
            organisation = view(found[0])
            return organisation, self._line(session, organisation, found[1])

    def _line(self, session: Session, organisation: Organisation, row: tables.StatusListRow) -> ListLine:
        return ListLine(
            number=row.number,
            url=self.url(organisation.slug, row.number),
            purpose=row.purpose,
            length=row.length,
            taken=status.entries(session, row.id),
            withdrawn=len(status.set_entries(session, row.id)),
            full=row.full is not None,
            signed=row.valid_from,
            valid_until=row.valid_until,
        )

    def _current(self, organisation: Organisation, row: tables.StatusListRow) -> Published:
        now = self._context.now()
        if row.body is not None and row.etag is not None:
            held = Published(body=row.body, etag=row.etag)
            if not self._due(organisation, row, now):
                return held
            try:
                return self._render(organisation, row.id, now)
            except Unavailable:
                return held
        return self._render(organisation, row.id, now)

    def _due(self, organisation: Organisation, row: tables.StatusListRow, now: datetime) -> bool:
        """Whether the list has to be signed anew, and may be (not twice within a second).

        One that names the address that this server had before is, at once: a list counts at its own address only.
        A list dated ahead of our clock means that the clock was set back: a withdrawal does not wait for it to catch
        up, and a date that verifiers would refuse is mended.
        """
        if row.valid_from is None or row.body is None:
            return True
        if f'"{self.url(organisation.slug, row.number)}"'.encode() not in row.body:
            return True
        age = now - row.valid_from
        if timedelta() <= age < RENDER_AT_MOST_EVERY:
            return False
        oldest = timedelta(hours=self._context.settings.list_refresh_hours)
        return row.changes != row.rendered_changes or age >= oldest or age < -CLOCK_TOLERANCE

    def _render(self, organisation: Organisation, list_id: str, now: datetime) -> Published:
        with self._context.database.session() as session:
            row = status.lock_list(session, list_id)
            if row.body is not None and row.etag is not None and not self._due(organisation, row, now):
                return Published(body=row.body, etag=row.etag)
                # After a small step back of the clock the date stays, or verifiers would keep the version before.
            ahead = row.valid_from is not None and timedelta() < row.valid_from - now <= CLOCK_TOLERANCE
            dated = row.valid_from if ahead and row.valid_from is not None else now
            until = dated + timedelta(days=self._context.settings.list_days)
            body = self._sign(session, organisation, row, dated, valid_until=until)
            row.body, row.etag = body, etag_of(body)
            row.rendered_changes = row.changes
            row.valid_from, row.valid_until = dated, until
            session.flush()
            return Published(body=body, etag=row.etag)

    def _signer(self, session: Session, row: tables.StatusListRow, did: str, now: datetime) -> Signer:
        key = listing_key(session, identities.one(session, row.identity_id), now)
        if key is None:
            raise Unavailable
        return self._context.keystore.signer(
            sealed_key(key, did), organisation_id=row.organisation_id, purpose=ASSERTION, use=PROOF
        )

    def _sign(
        self,
        session: Session,
        organisation: Organisation,
        row: tables.StatusListRow,
        now: datetime,
        *,
        valid_until: datetime,
    ) -> bytes:
        issuer = under(session, organisation, row.identity_id).did
        signer = self._signer(session, row, issuer, now)
        found = status.set_entries(session, row.id)
        days: dict[int, date] = {position: changed.date() for position, (_, changed) in found.items()}
        document = build_status_list(
            id=self.url(organisation.slug, row.number),
            issuer=issuer,
            purpose=cast("Purpose", row.purpose),
            set_indices=found.keys(),
            messages={position: Reason(value) for position, (value, _) in found.items()}
            if row.purpose == "message"
            else {},
            valid_from=now,
            valid_until=valid_until,
            ttl_ms=TTL_MILLISECONDS,
            since=days,
            length=row.length,
        )
        signed = add_proof(
            document, signer=signer, suite=USUAL, purpose=ASSERTION, created=now, challenge=None, domain=None
        )
        return serialize(signed)


def _purposes(*, pausable: bool) -> tuple[Purpose, ...]:
    return (*AWARD_PURPOSES, "suspension") if pausable else AWARD_PURPOSES
