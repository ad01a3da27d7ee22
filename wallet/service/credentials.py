"""What is kept: taking it in, showing it, checking it again, noting, putting it away and giving it back byte for byte.

Rules. A document is kept only when its proof verifies; what cannot be decided today (a status list out of reach) is
kept and
said, what fails is refused in words. The bytes that came are the bytes that are stored and the bytes that are handed
out.
The same issuer and id with a newer date replaces, with the older edition in the history; the same bytes again change
nothing.
The network is asked outside every session, so that no family waits for another's slow issuer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kit.errors import Conflict, NotFound
from kit.i18n import _
from kit.pictures import PICTURES, baked_block
from vc.checks import Report
from vc.credential import VerifiableCredential
from vc.document import JsonObject
from vc.problems import ProblemError
from vc.securing import open_document
from wallet import store
from wallet.service.advice import advise
from wallet.service.arriving import Original, arriving, unreadable
from wallet.service.authority import Right
from wallet.service.cards import Card, Kept, read_card, require_title
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credential_views import Arrival, CredentialView, Discarded, EditionLine
from wallet.service.family_views import learner_view
from wallet.service.finding import matching
from wallet.service.judging import Judged, Judging
from wallet.service.people import People
from wallet.service.text import plain

NOTE_LENGTH = 2000


class Credentials:
    """Everything that is kept for a learner."""

    def __init__(self, tools: Tools, people: People, judging: Judging) -> None:
        self._tools = tools
        self._people = people
        self._judging = judging

    # -- showing ------------------------------------------------------------------------------------------------------

    def card_of(
        self,
        session: Session,
        opened: OpenLearner,
        row: store.Credential,
        number: int | None = None,
        data: bytes | None = None,
    ) -> Card:
        """The card of one row, inside an open session: of that edition, by default the newest; of `data`, the part of
        it that is shown, where that is given.
        """
        edition = number or row.edition
        document = open_document(data or self.edition(session, opened, row, edition)).value
        told = opened.open(row)
        kept = Kept(
            id=row.id,
            received_at=row.received_at,
            checked_at=datetime.fromisoformat(told["checkedAt"]),
            seen_at=self._tools.clock.now(),
            verdict=told["verdict"],
            bound=bool(self.key_of(session, opened, row, document, edition)),
            note=told["note"],
            tags=tuple(told.get("tags", ())),
            edition=edition,
        )
        return read_card(document, kept)

    def card(self, home: Household, opened: OpenLearner, row: store.Credential) -> Card:
        """The card of one row, inside an open household."""
        return self.card_of(home.session, opened, row)

    def cards(self, home: Household, opened: OpenLearner) -> list[Card]:
        """A learner's cards, newest arrival first."""
        rows = store.credentials.credentials(home.session, home.actor.family_id, opened.id)
        return [self.card(home, opened, row) for row in rows]

    def newest(self, session: Session, opened: OpenLearner, row: store.Credential) -> bytes:
        """The bytes of the newest edition."""
        return self.edition(session, opened, row, row.edition)

    def key_of(
        self, session: Session, opened: OpenLearner, row: store.Credential, document: JsonObject, number: int
    ) -> str:
        """The id of the learner's own key that an edition is bound to; empty when it is bound to none of theirs."""
        if number == row.edition:
            return row.key_id or ""
        return self._matching_key(session, opened, VerifiableCredential.view(document))

    def search(self, actor: Actor, learner_id: str, words: str) -> list[Card]:
        """A learner's cards that hold every word typed, newest arrival first; without words all of them."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            cards = self.cards(home, home.learner(learner_id))
        return matching(cards, words)

    def look(self, actor: Actor, credential_id: str) -> CredentialView:
        """The page of one award."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id)
            checked = store.credentials.checking(session, actor.family_id, row.id)
            if checked is None:
                raise NotFound
            card, report = self.card(home, opened, row), Report.from_json(opened.open(checked))
            editions = tuple(
                EditionLine(number=one.number, source=one.source, received_at=one.received_at)
                for one in store.credentials.editions(session, actor.family_id, row.id)
            )
            return CredentialView(
                card=card,
                learner=learner_view(home, opened),
                report=report,
                editions=editions,
                advice=advise(card, report, editions[0].received_at if len(editions) > 1 else None, home.now),
                standing={child.subject: child.verdict.value for child in report.children},
                original=came.media_type if (came := self._original(session, row)) is not None else "",
                shares=tuple(one.id for one in store.shares.shares_of_credential(session, actor.family_id, row.id)),
            )

    def document(self, actor: Actor, credential_id: str, number: int | None = None) -> bytes:
        """The exact bytes of an edition, by default the newest. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id)
            return self.edition(session, opened, row, number or row.edition)

    # -- taking in ----------------------------------------------------------------------------------------------------

    def add_file(self, actor: Actor, learner_id: str, given: bytes, *, media_type: str | None = None) -> Arrival:
        """Keep a credential that somebody has as a file of any kind, as text or behind a link, when it is genuine.

        `media_type` is what a program declared about its bytes.
        Raises: Refused without the say over what is received; BadInput when there is no credential in it, when it is
        not genuine or cannot be shown; Unreachable and Unavailable when that cannot be found out today.
        """
        with self._tools.database.reading() as session:
            self._people.open(session, actor).learner(learner_id, Right.RECEIVE)
        fetcher, loopback = self._tools.fetcher, self._tools.settings.loopback
        arrived = arriving(given, media_type=media_type, fetcher=fetcher, loopback=loopback)
        try:
            judged = self._judging.judge(arrived.data)
        except ProblemError as error:
            raise unreadable(error) from None
        self._judging.require_genuine(judged)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.RECEIVE)
            return self.keep(home, opened, judged, source="file", key_id=None, original=arrived.original)

    def original(self, actor: Actor, credential_id: str) -> Original:
        """The file in which the newest edition came. Raises: NotFound when it came by itself."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id)
            found = self._original(session, row)
            if found is None:
                raise NotFound
            data = opened.chest.open_bytes(opened.place("original", found.id, found.version), found.sealed)
            return Original(data=data, media_type=found.media_type)

    def picture(self, actor: Actor, credential_id: str, form: str) -> tuple[bytes, str]:
        """The newest edition baked into the award's block, as "png" or "svg"; and the media type of that.

        Raises: NotFound, also for any other form.
        """
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id)
            data, emblem = self.newest(session, opened, row), self.card(home, opened, row).emblem
        if form not in PICTURES:
            raise NotFound
        return baked_block(emblem, data, form=form), PICTURES[form]

    @staticmethod
    def _original(session: Session, row: store.Credential) -> store.Original | None:
        newest = store.credentials.edition(session, row.family_id, row.id, row.edition)
        return store.credentials.original(session, row.family_id, newest.id) if newest is not None else None

    def keep(
        self,
        home: Household,
        opened: OpenLearner,
        judged: Judged,
        *,
        source: str,
        key_id: str | None,
        original: Original | None = None,
        received_at: datetime | None = None,
    ) -> Arrival:
        """Put a judged document among a learner's credentials, inside an open household; it came now, unless said.

        Raises: BadInput when it has no title to be shown under, Conflict when a newer edition is kept already.
        """
        require_title(judged.document.value)
        view = VerifiableCredential.view(judged.document.value)
        identity = self.identity_of(opened, judged)
        row = store.credentials.credential_by_identity(home.session, home.actor.family_id, opened.id, identity)
        if row is None:
            row = store.Credential(
                id=new_id(),
                family_id=home.actor.family_id,
                learner_id=opened.id,
                identity_index=identity,
                key_id=key_id,
                edition=0,
                received_at=received_at or home.now,
                version=0,
            )
            opened.seal(row, {"note": "", **_summary(judged)})
            home.session.add(row)
            home.session.flush()
            replaced = False
        else:
            before = self.newest(home.session, opened, row)
            if before == judged.document.bytes:
                row.deleted_at = None
                return Arrival(credential_id=row.id, already=True, replaced=False)
            self._require_newer(before, view)
            replaced = True
        row.deleted_at = None
        row.key_id = key_id or self._matching_key(home.session, opened, view) or None
        row.edition += 1
        edition = store.Edition(
            id=new_id(),
            family_id=home.actor.family_id,
            learner_id=opened.id,
            credential_id=row.id,
            number=row.edition,
            source=source,
            received_at=received_at or home.now,
            version=1,
        )
        edition.sealed = opened.chest.seal_bytes(opened.place("edition", edition.id, 1), judged.document.bytes)
        home.session.add(edition)
        if original is not None:
            home.session.flush()
            self._write_original(home.session, opened, edition, original)
        self._write_check(home, opened, row, judged)
        home.note("credential.replace" if replaced else "credential.keep", row.id, learner=opened.id)
        return Arrival(credential_id=row.id, already=False, replaced=replaced)

    @staticmethod
    def identity_of(opened: OpenLearner, judged: Judged) -> bytes:
        """The fingerprint by which a credential is known again: of its issuer and its id."""
        view = VerifiableCredential.view(judged.document.value)
        return opened.chest.index("identity", view.issuer_id or "", view.id or judged.report.digest)

    @staticmethod
    def _write_original(session: Session, opened: OpenLearner, edition: store.Edition, original: Original) -> None:
        row = store.Original(
            id=new_id(),
            edition_id=edition.id,
            family_id=edition.family_id,
            learner_id=edition.learner_id,
            media_type=original.media_type,
            version=1,
        )
        row.sealed = opened.chest.seal_bytes(opened.place("original", row.id, 1), original.data)
        session.add(row)

    def check_again(self, actor: Actor, credential_id: str) -> None:
        """Judge the newest edition anew, with fresh evidence, and keep the record."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id)
            data = self.newest(session, opened, row)
        judged = self._judging.judge(data)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id)
            if self.newest(session, opened, row) == data:
                self._write_check(home, opened, row, judged)

    # -- arranging ----------------------------------------------------------------------------------------------------

    def note(self, actor: Actor, credential_id: str, text: str) -> None:
        """Write the family's own note beside an award; readers never see it."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, credential_id, Right.ARRANGE)
            note = plain(text, field="note", most=NOTE_LENGTH, required=False, lines=True)
            opened.seal(row, opened.open(row) | {"note": note})

    def remove(self, actor: Actor, credential_id: str) -> str:
        """Put an award in the bin; shares stop showing it at once. The learner's id."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            _opened, row = self._mine(home, credential_id, Right.ARRANGE)
            row.deleted_at = home.now
            home.note("credential.remove", row.id)
            return row.learner_id

    def restore(self, actor: Actor, credential_id: str) -> str:
        """Take an award back out of the bin. The learner's id."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = store.credentials.credential(session, actor.family_id, credential_id, deleted=True)
            if row is None:
                raise NotFound
            home.learner_of(row.learner_id, Right.ARRANGE)
            row.deleted_at = None
            home.note("credential.restore", row.id)
            return row.learner_id

    def discarded(self, actor: Actor, learner_id: str) -> list[Discarded]:
        """A learner's bin, with the instant at which each thing is gone for good."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.ARRANGE)
            kept_for = timedelta(days=self._tools.settings.bin_days)
            rows = store.credentials.credentials(session, actor.family_id, learner_id, deleted=True)
            return [
                Discarded(card=self.card(home, opened, row), until=row.deleted_at + kept_for)
                for row in rows
                if row.deleted_at
            ]

    # -- inside -------------------------------------------------------------------------------------------------------

    def _mine(
        self, home: Household, credential_id: str, right: Right = Right.VIEW
    ) -> tuple[OpenLearner, store.Credential]:
        row = store.credentials.credential(home.session, home.actor.family_id, credential_id)
        if row is None:
            raise NotFound
        return home.learner_of(row.learner_id, right), row

    def edition(self, session: Session, opened: OpenLearner, row: store.Credential, number: int) -> bytes:
        """The bytes of one edition, inside an open session. Raises: NotFound."""
        found = store.credentials.edition(session, row.family_id, row.id, number)
        if found is None:
            raise NotFound
        return opened.chest.open_bytes(opened.place("edition", found.id, found.version), found.sealed)

    def _write_check(self, home: Household, opened: OpenLearner, row: store.Credential, judged: Judged) -> None:
        opened.seal(row, opened.open(row) | _summary(judged))
        checked = store.credentials.checking(home.session, home.actor.family_id, row.id)
        if checked is None:
            checked = store.Checking(
                id=new_id(), family_id=row.family_id, learner_id=row.learner_id, credential_id=row.id, version=0
            )
        checked.checked_at = judged.at
        opened.seal(checked, dict(judged.report.to_json()))
        home.session.add(checked)

    @staticmethod
    def _matching_key(session: Session, opened: OpenLearner, view: VerifiableCredential) -> str:
        """The id of the learner's own key that the credential is bound to, if it is one of theirs."""
        for key in store.credentials.learner_keys(session, opened.row.family_id, opened.id):
            if opened.open(key)["did"] == view.subject_id:
                return key.id
        return ""

    @staticmethod
    def _require_newer(before: bytes, arriving: VerifiableCredential) -> None:
        kept = VerifiableCredential.view(open_document(before).value)
        if kept.valid_from is not None and arriving.valid_from is not None and arriving.valid_from <= kept.valid_from:
            raise Conflict(
                _("A newer edition of this award is kept already, so this older one was not added."), field="file"
            )


def _summary(judged: Judged) -> dict[str, str | None]:
    """What is known of a credential without opening its document."""
    issued = VerifiableCredential.view(judged.document.value).valid_from
    return {
        "verdict": judged.report.verdict.value,
        "checkedAt": judged.at.isoformat(),
        "kind": judged.report.document_kind.value,
        "issuedAt": issued.isoformat() if issued is not None else None,
    }
