"""What a share shows of each award: all of it, or the lines that were chosen of one that was issued for that.

A part is made once, when it is shared, and kept sealed with the share: what readers get is what was previewed, and the
original, from which every line could be shown, is never read for a reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kit.errors import BadInput
from kit.i18n import _
from wallet import store
from wallet.service.arriving import BASE
from wallet.service.cards import Card
from wallet.service.core import OpenLearner, new_id
from wallet.service.credentials import Credentials
from wallet.service.parting import AwardLine, Showing, lines_of, show


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One award of a share: its row, the shared edition, the bytes that readers get, and how many lines those are;
    both numbers are 0 where all of it is shared.
    """

    row: store.Credential
    edition: int
    data: bytes
    shown: int
    of: int


class ShareParts:
    """Parts of awards, inside an open session."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def lines(
        self, session: Session, opened: OpenLearner, row: store.Credential, number: int | None = None
    ) -> tuple[AwardLine, ...]:
        """The lines of an award that may be left out; none for one that was not issued for it."""
        original = self._original(session, opened, row, number or row.edition)
        return lines_of(original) if original else ()

    def showing(
        self, session: Session, opened: OpenLearner, row: store.Credential, number: int, chosen: Collection[str]
    ) -> Showing:
        """An edition of an award with only these lines. Raises: BadInput where that cannot be."""
        original = self._original(session, opened, row, number)
        if original is None:
            raise BadInput(
                _("This award was not issued so that a part of it can be shown."),
                field="parts",
                remedy=_("Share all of it, or leave it out."),
            )
        return show(original, chosen)

    def card(
        self, session: Session, opened: OpenLearner, row: store.Credential, number: int, showing: Showing | Held
    ) -> Card:
        """The card of what is shown."""
        card = self._credentials.card_of(session, opened, row, number, showing.data)
        return replace(card, shown=showing.shown, of=showing.of) if showing.shown < showing.of else card

    @staticmethod
    def keep(session: Session, opened: OpenLearner, share_id: str, credential_id: str, showing: Showing) -> None:
        """Write the part of an award that a new share shows."""
        row = store.SharePart(
            id=new_id(),
            family_id=opened.row.family_id,
            learner_id=opened.id,
            share_id=share_id,
            credential_id=credential_id,
            version=0,
        )
        opened.seal(row, {"document": showing.data.decode(), "shown": showing.shown, "of": showing.of})
        session.add(row)

    def held(self, session: Session, opened: OpenLearner, share_id: str) -> list[Held]:
        """What a share shows, in the order chosen; nothing that is in the bin."""
        parts = {one.credential_id: opened.open(one) for one in store.shares.parts(session, share_id)}
        found = []
        for row, number in store.shares.shared_credentials(session, share_id):
            told = parts.get(row.id)
            data = told["document"].encode() if told else self._credentials.edition(session, opened, row, number)
            found.append(
                Held(
                    row=row,
                    edition=number,
                    data=data,
                    shown=told["shown"] if told else 0,
                    of=told["of"] if told else 0,
                )
            )
        return found

    def seen(self, session: Session, opened: OpenLearner, held: Sequence[Held]) -> list[Card]:
        """The cards of what a share shows, as readers see them."""
        return [self.card(session, opened, one.row, one.edition, one) for one in held]

    @staticmethod
    def _original(session: Session, opened: OpenLearner, row: store.Credential, number: int) -> bytes | None:
        edition = store.credentials.edition(session, row.family_id, row.id, number)
        found = store.credentials.original(session, row.family_id, edition.id) if edition is not None else None
        if found is None or found.media_type != BASE:
            return None
        return opened.chest.open_bytes(opened.place("original", found.id, found.version), found.sealed)
