"""What a family puts together for itself: tags on awards, and collections in an order of its own.

Rules. Tags, names of collections and their notes are sealed like everything personal, and no reader ever gets them: a
collection that is shared is shared as the awards in it, chosen one by one on the share sheet. An award stands in a
collection once; putting it in the bin hides it there, and taking it back shows it in its old place. Deleting a
collection deletes no award.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kit.errors import BadInput, NotFound
from kit.i18n import _
from kit.paging import Page, Window, paginate
from wallet import store
from wallet.service.authority import Right
from wallet.service.cards import Card
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import Credentials
from wallet.service.family_views import LearnerView, learner_view
from wallet.service.finding import matching, newest_first
from wallet.service.people import People
from wallet.service.text import plain

NAME_LENGTH, NOTE_LENGTH, TAG_LENGTH = 80, 2000, 40
MOST_TAGS, MOST_COLLECTIONS, MOST_AWARDS = 12, 100, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionLine:
    """A collection in a list, and how many awards it shows."""

    id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionView:
    """A collection as its family sees it: `cards` is a page of its awards in their order, `picked` the ids of all whose
    switches start on when they are shared.
    """

    id: str
    learner: LearnerView
    name: str
    note: str
    cards: Page[Card]
    picked: tuple[str, ...]


class Arranging:
    """Tags and collections."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials

    # -- tags ---------------------------------------------------------------------------------------------------------

    def tag(self, actor: Actor, credential_id: str, words: Sequence[str]) -> None:
        """Give an award exactly these tags, each once however it is spelt. Raises: BadInput for too many."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._award(home, credential_id)
            tags = tidy_tags(words)
            opened.seal(row, opened.open(row) | {"tags": tags})
            home.note("credential.tag", row.id, count=len(tags))

    # -- collections --------------------------------------------------------------------------------------------------

    def collections(self, actor: Actor, learner_id: str) -> list[CollectionLine]:
        """A learner's collections by name; at most `MOST_COLLECTIONS`."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            return self._lines(home, home.learner(learner_id))

    def holding(self, actor: Actor, credential_id: str) -> list[CollectionLine]:
        """The collections of an award's learner in which it stands, by name."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._award(home, credential_id, Right.VIEW)
            inside = {one.id for one in store.arranged.holding(session, actor.family_id, row.id)}
            return [line for line in self._lines(home, opened) if line.id in inside]

    def collection(self, actor: Actor, collection_id: str, at: Window) -> CollectionView:
        """One collection with a page of its awards."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, collection_id)
            cards = self._cards(home, opened, row)
            told = opened.open(row)
            return CollectionView(
                id=row.id,
                learner=learner_view(home, opened),
                name=told["name"],
                note=told["note"],
                cards=paginate(cards, at),
                picked=tuple(card.id for card in cards if not card.cautious),
            )

    def others(self, actor: Actor, collection_id: str, words: str, at: Window) -> Page[Card]:
        """A page of the awards that could be put into a collection, those that hold every word."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, collection_id, Right.ARRANGE)
            inside = {item.credential_id for item in store.arranged.items(session, row.id)}
            cards = [card for card in self._credentials.cards(home, opened) if card.id not in inside]
            return paginate(newest_first(matching(cards, words)), at)

    def make(self, actor: Actor, learner_id: str, *, name: str, note: str = "") -> str:
        """A new, empty collection; its id. Raises: BadInput when it has no name, or there are too many by now."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.ARRANGE)
            told = _told(name, note)
            if len(store.arranged.collections(session, actor.family_id, opened.id)) >= MOST_COLLECTIONS:
                remedy = _("Delete one that is not needed any more. No award is deleted with it.")
                raise BadInput(_("There is no room for another collection."), field="name", remedy=remedy)
            row = store.Collection(
                id=new_id(), family_id=actor.family_id, learner_id=opened.id, created_at=home.now, version=0
            )
            opened.seal(row, told)
            session.add(row)
            home.note("collection.make", row.id, learner=opened.id)
            return row.id

    def change(self, actor: Actor, collection_id: str, *, name: str, note: str) -> None:
        """Another name and note for a collection."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, collection_id, Right.ARRANGE)
            opened.seal(row, _told(name, note))
            home.note("collection.change", row.id)

    def put(self, actor: Actor, collection_id: str, credential_ids: Sequence[str]) -> int:
        """Put awards of the same learner at the end of a collection; how many were not in it yet.

        Raises: BadInput when nothing is chosen or it would hold too many; NotFound for an award of anybody else.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened, row = self._mine(home, collection_id, Right.ARRANGE)
            if not credential_ids:
                raise BadInput(_("Nothing is chosen yet."), field="credentials", remedy=_("Choose at least one award."))
            there = store.arranged.items(session, row.id)
            inside = {item.credential_id for item in there}
            new = [one for one in dict.fromkeys(credential_ids) if one not in inside]
            if len(inside) + len(new) > MOST_AWARDS:
                remedy = _("A collection holds at most %(most)s awards. Make another one.", most=MOST_AWARDS)
                raise BadInput(_("That is too much for one collection."), field="credentials", remedy=remedy)
            for place, credential_id in enumerate(new, start=1 + max((item.position for item in there), default=0)):
                found = store.credentials.credential(session, actor.family_id, credential_id)
                if found is None or found.learner_id != opened.id:
                    raise NotFound(_("One of the chosen awards is not there any more. Choose again."))
                session.add(store.CollectionItem(collection_id=row.id, credential_id=found.id, position=place))
            home.note("collection.put", row.id, count=len(new))
            return len(new)

    def take_out(self, actor: Actor, collection_id: str, credential_id: str) -> None:
        """Take an award out of a collection; it stays kept. Repeating it changes nothing."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            _opened, row = self._mine(home, collection_id, Right.ARRANGE)
            store.arranged.take_out(session, row.id, credential_id)
            home.note("collection.takeOut", row.id, credential=credential_id)

    def order(self, actor: Actor, collection_id: str, credential_ids: Sequence[str]) -> None:
        """Put the awards of a collection in this order. Raises: BadInput unless these are exactly the ones it shows."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            _opened, row = self._mine(home, collection_id, Right.ARRANGE)
            shown = [one.id for one in store.arranged.members(session, row.id)]
            if sorted(credential_ids) != sorted(shown):
                remedy = _("Name each award that stands in it, once.")
                raise BadInput(_("These are not the awards of this collection."), field="credentials", remedy=remedy)
            self._reorder(home, row, list(credential_ids))

    def move(self, actor: Actor, collection_id: str, credential_id: str, *, steps: int) -> None:
        """Move an award that many places down (up, when negative) among those that a collection shows."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            _opened, row = self._mine(home, collection_id, Right.ARRANGE)
            shown = [one.id for one in store.arranged.members(session, row.id)]
            if credential_id not in shown:
                raise NotFound
            place = min(max(shown.index(credential_id) + steps, 0), len(shown) - 1)
            shown.remove(credential_id)
            shown.insert(place, credential_id)
            self._reorder(home, row, shown)

    # -- inside -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _reorder(home: Household, row: store.Collection, shown: Sequence[str]) -> None:
        """Give what is shown new places; what the bin hides keeps its place after them."""
        items = {item.credential_id: item for item in store.arranged.items(home.session, row.id)}
        hidden = [one for one in items if one not in shown]
        for place, credential_id in enumerate([*shown, *hidden], start=1):
            items[credential_id].position = place
        home.note("collection.order", row.id)

    def _lines(self, home: Household, opened: OpenLearner) -> list[CollectionLine]:
        counts = store.arranged.counts(home.session, home.actor.family_id, opened.id)
        rows = store.arranged.collections(home.session, home.actor.family_id, opened.id)
        lines = [CollectionLine(id=row.id, name=opened.open(row)["name"], count=counts.get(row.id, 0)) for row in rows]
        return sorted(lines, key=lambda line: line.name.casefold())

    def _cards(self, home: Household, opened: OpenLearner, row: store.Collection) -> list[Card]:
        return [self._credentials.card(home, opened, one) for one in store.arranged.members(home.session, row.id)]

    @staticmethod
    def _award(
        home: Household, credential_id: str, right: Right = Right.ARRANGE
    ) -> tuple[OpenLearner, store.Credential]:
        row = store.credentials.credential(home.session, home.actor.family_id, credential_id)
        if row is None:
            raise NotFound
        return home.learner_of(row.learner_id, right), row

    @staticmethod
    def _mine(home: Household, collection_id: str, right: Right = Right.VIEW) -> tuple[OpenLearner, store.Collection]:
        changing = right is Right.ARRANGE
        row = store.arranged.collection(home.session, home.actor.family_id, collection_id, to_change=changing)
        if row is None:
            raise NotFound
        return home.learner_of(row.learner_id, right), row


def _told(name: str, note: str) -> dict[str, str]:
    return {
        "name": plain(name, field="name", most=NAME_LENGTH),
        "note": plain(note, field="note", most=NOTE_LENGTH, required=False, lines=True),
    }


def tidy_tags(words: Sequence[str]) -> list[str]:
    """Tags as they are kept: plain text, each once however it is spelt. Raises: BadInput for too many or a long one."""
    tags: dict[str, str] = {}
    for word in words:
        said = " ".join(plain(word, field="tags", most=TAG_LENGTH, required=False).split())
        if said:
            tags.setdefault(said.casefold(), said)
    if len(tags) > MOST_TAGS:
        remedy = _("Use at most %(most)s tags.", most=MOST_TAGS)
        raise BadInput(_("These are more tags than there is room for."), field="tags", remedy=remedy)
    return list(tags.values())
