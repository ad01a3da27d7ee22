"""Tags and collections: kept in order, for the family alone, gone when they are deleted."""

import io
import json
import shutil
import zipfile
from datetime import date

import pytest

from kit.errors import BadInput, NotFound, Refused
from kit.paging import window
from tests.unit.wallet.samples import award, strangers, wallet
from wallet.service.arranging import MOST_AWARDS, MOST_TAGS
from wallet.service.finding import By, grouped
from wallet.service.share_views import Choice

ALL = window(page=None)


@pytest.fixture
def kept(services, hadleys):
    """Three awards of Wren's: their ids."""
    titles = ("Bridge building", "Pond ecology", "Clay")
    return [
        services.credentials.add_file(hadleys.teresa, hadleys.wren, award(number, title=title)).credential_id
        for number, title in enumerate(titles, 1)
    ]


@pytest.fixture
def collection(services, hadleys, kept):
    made = services.arranging.make(hadleys.teresa, hadleys.wren, name="Grandma Zebrafinch", note="For the visit")
    services.arranging.put(hadleys.teresa, made, kept)
    return made


def shown(services, actor, collection):
    return [card.id for card in services.arranging.collection(actor, collection, ALL).cards.items]


def test_a_collection_keeps_what_was_put_in_and_in_which_order(services, hadleys, kept, collection):
    one, two, three = kept
    view = services.arranging.collection(hadleys.teresa, collection, ALL)
    assert (view.name, view.note, view.picked) == ("Grandma Zebrafinch", "For the visit", tuple(kept))
    services.arranging.move(hadleys.teresa, collection, three, steps=-1)
    assert shown(services, hadleys.teresa, collection) == [one, three, two]
    services.arranging.move(hadleys.teresa, collection, three, steps=-99)
    assert shown(services, hadleys.teresa, collection) == [three, one, two]
    services.arranging.order(hadleys.teresa, collection, [two, three, one])
    assert shown(services, hadleys.teresa, collection) == [two, three, one]
    assert services.arranging.put(hadleys.teresa, collection, [one, one]) == 0
    services.arranging.take_out(hadleys.teresa, collection, three)
    services.arranging.take_out(hadleys.teresa, collection, three)
    assert shown(services, hadleys.teresa, collection) == [two, one]
    assert [card.id for card in services.arranging.others(hadleys.teresa, collection, "", ALL).items] == [three]
    assert [(line.name, line.count) for line in services.arranging.collections(hadleys.teresa, hadleys.wren)] == [
        ("Grandma Zebrafinch", 2)
    ]


def test_an_order_names_exactly_what_is_shown(services, hadleys, kept, collection):
    for wrong in (kept[:2], [*kept, kept[0]], [*kept[:2], "x"]):
        with pytest.raises(BadInput):
            services.arranging.order(hadleys.teresa, collection, wrong)
    assert shown(services, hadleys.teresa, collection) == kept


def test_the_bin_hides_an_award_and_gives_it_back_where_it_was(services, hadleys, kept, collection):
    one, two, three = kept
    services.credentials.remove(hadleys.teresa, two)
    assert shown(services, hadleys.teresa, collection) == [one, three]
    services.credentials.restore(hadleys.teresa, two)
    assert shown(services, hadleys.teresa, collection) == kept
    services.credentials.remove(hadleys.teresa, two)
    services.erasure.erase_credential(hadleys.teresa, two)
    assert shown(services, hadleys.teresa, collection) == [one, three]


def test_only_awards_of_the_same_learner_go_in(services, hadleys, collection):
    other = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award(9)).credential_id
    with pytest.raises(NotFound):
        services.arranging.put(hadleys.teresa, collection, [other])
    with pytest.raises(BadInput):
        services.arranging.put(hadleys.teresa, collection, [])
    with pytest.raises(BadInput):
        services.arranging.put(hadleys.teresa, collection, [f"no-{number}" for number in range(MOST_AWARDS)])
    assert len(shown(services, hadleys.teresa, collection)) == 3


def test_o4_who_may_only_look_changes_nothing_and_strangers_find_nothing(services, hadleys, kept, collection):
    """Another family's collection is not there."""
    arranging, (stranger, _learner) = services.arranging, strangers(services)
    acts = (
        lambda actor: arranging.put(actor, collection, kept),
        lambda actor: arranging.change(actor, collection, name="Mine", note=""),
        lambda actor: arranging.move(actor, collection, kept[0], steps=1),
        lambda actor: arranging.take_out(actor, collection, kept[0]),
        lambda actor: arranging.tag(actor, kept[0], ["x"]),
        lambda actor: services.erasure.erase_collection(actor, collection),
    )
    assert shown(services, hadleys.marcus, collection) == kept
    for act in acts:
        with pytest.raises(Refused):
            act(hadleys.marcus)
        for nobody in (stranger, hadleys.jonah):
            with pytest.raises(NotFound):
                act(nobody)
    with pytest.raises(NotFound):
        arranging.collection(stranger, collection, ALL)
    assert shown(services, hadleys.teresa, collection) == kept


def test_tags_are_kept_once_found_and_put_together(services, hadleys, kept):
    services.arranging.tag(hadleys.teresa, kept[0], ["College ", "college", "", "Shop  class"])
    services.arranging.tag(hadleys.teresa, kept[1], ["College"])
    cards = services.credentials.search(hadleys.teresa, hadleys.wren, "college")
    assert {card.id: card.tags for card in cards} == {kept[0]: ("College", "Shop class"), kept[1]: ("College",)}
    found = grouped(services.credentials.search(hadleys.teresa, hadleys.wren, ""), By.TAG, ALL)
    assert [(one.name, one.total) for one in found.items] == [("College", 2), ("Shop class", 1), ("", 1)]
    services.credentials.note(hadleys.teresa, kept[0], "and a note")
    assert services.credentials.look(hadleys.teresa, kept[0]).card.tags == ("College", "Shop class")
    for wrong in (["x" * 41], [str(number) for number in range(MOST_TAGS + 1)]):
        with pytest.raises(BadInput):
            services.arranging.tag(hadleys.teresa, kept[0], wrong)


def test_k1_no_reader_gets_tags_names_or_notes_and_no_file_holds_them(services, hadleys, kept, collection, tmp_path):
    """Neither what a share says nor what the database holds."""
    services.arranging.tag(hadleys.teresa, kept[0], ["Quillback"])
    choice = Choice(credential_ids=tuple(kept), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="Wren")
    share = services.shares.share(hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.wren, choice))
    told = repr(services.reading.record(share.token, reader="")) + repr(share.shared)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for word in ("Quillback", "Zebrafinch", "For the visit"):
        assert word not in told
        assert word.encode() not in written


def test_the_archive_holds_collections_and_tags(services, hadleys, kept, collection):
    services.arranging.tag(hadleys.teresa, kept[2], ["College"])
    services.arranging.move(hadleys.teresa, collection, kept[2], steps=-99)
    with zipfile.ZipFile(io.BytesIO(services.archive.pack(hadleys.teresa))) as archive:
        index = json.loads(archive.read("index.json"))
        assert set(index["collections"][0]["files"]) <= set(archive.namelist())
    files = [f"credentials/{one}.json" for one in (kept[2], kept[0], kept[1])]
    assert index["collections"] == [
        {"learner": "Wren Hadley", "name": "Grandma Zebrafinch", "note": "For the visit", "files": files}
    ]
    assert {line["file"]: line["tags"] for line in index["credentials"]}[files[0]] == ["College"]


def test_a_deleted_collection_is_deleted_again_after_an_older_backup(services, hadleys, kept, collection, tmp_path):
    services.tools.database.close()
    shutil.copy(tmp_path / "wallet.db", tmp_path / "older.db")
    services.erasure.erase_collection(hadleys.teresa, collection)
    with pytest.raises(NotFound):
        services.arranging.collection(hadleys.teresa, collection, ALL)
    services.tools.database.close()
    (tmp_path / "older.db").replace(tmp_path / "wallet.db")
    for rest in ("wallet.db-wal", "wallet.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    again = wallet(tmp_path)
    try:
        assert again.erasure.replay() == 1
        assert again.arranging.collections(hadleys.teresa, hadleys.wren) == []
        assert len(again.credentials.search(hadleys.teresa, hadleys.wren, "")) == len(kept)
    finally:
        again.tools.fetcher.close()
        again.tools.database.close()


def test_a_learner_is_erased_with_everything_put_together(services, hadleys, collection):
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    with pytest.raises(NotFound):
        services.arranging.collection(hadleys.teresa, collection, ALL)
