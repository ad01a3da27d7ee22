"""Several things at once: one answer for each, and what fails is kept apart until it passes the check by itself."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest

from kit.errors import BadInput, Conflict, NotFound, Refused, Unavailable
from kit.paging import Window
from tests.unit.kit.intake import pictures as make
from tests.unit.kit.intake.test_several import KEY, WALLET, packed
from tests.unit.wallet.samples import award, strangers
from tests.unit.wallet.test_arriving import pdf, png, token
from vc.checks import Verdict
from wallet.service import importing
from wallet.service.import_views import Given
from wallet.service.judging import Judging
from wallet.service.share_views import Choice

ALL = Window(number=1, size=200)
FORGED = award(9).replace(b"ten kilograms", b"one kilogram ")


def bring(services, actor, learner, *given):
    """Hand it in and look at all of it: the import's page."""
    made = services.imports.take(
        actor, learner, [each if isinstance(each, Given) else Given(name="x.json", data=each) for each in given]
    )
    while services.imports.go_on(actor, made):
        pass
    return services.import_showing.look(actor, made, ALL)


def states(view):
    return [item.state for item in view.items.items]


def titles(services, actor, learner):
    return sorted(card.title for card in services.credentials.search(actor, learner, ""))


def test_one_answer_for_each_and_one_bad_spoils_no_other(services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(1))
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(2, title="Older"))
    newer = award(2, title="Newer", valid_from=datetime(2026, 6, 1, tzinfo=UTC))
    older = award(2, title="Oldest", valid_from=datetime(2026, 4, 1, tzinfo=UTC))
    view = bring(services, hadleys.teresa, hadleys.wren, award(3, title="Raft"), award(1), newer, older, FORGED,
                 b"hello", b'{"type": ["VerifiableCredential"], "type": 1}', token("Kite", 4), png(award(5)))  # fmt: skip
    assert states(view) == ["added", "here", "newer", "older", "apart", "unreadable", "unreadable", "added", "added"]
    assert all((item.why is None) == (item.state in {"added", "here", "newer"}) for item in view.items.items)
    assert all(item.why.remedy for item in view.items.items if item.state in {"apart", "unreadable"})
    assert titles(services, hadleys.teresa, hadleys.wren) == [
        "Bridge building",
        "Bridge building",
        "Kite",
        "Newer",
        "Raft",
    ]
    assert services.credentials.original(hadleys.teresa, view.items.items[8].credential_id).media_type == "image/png"


def test_repeating_it_adds_nothing_twice(services, hadleys):
    data = f"[{award(1).decode()},{award(2).decode()},{FORGED.decode()}]".encode()
    first = bring(services, hadleys.teresa, hadleys.wren, data)
    again = bring(services, hadleys.teresa, hadleys.wren, data)
    assert (states(first), states(again)) == (["added", "added", "apart"], ["here", "here", "known"])
    assert again.items.items[2].same == first.items.items[2].id
    assert services.import_showing.apart_count(hadleys.teresa, hadleys.wren) == 1


def test_the_bytes_are_those_in_the_list_and_no_others(services, hadleys):
    one = json.dumps(json.loads(award(1)), indent=7).encode()
    view = bring(services, hadleys.teresa, hadleys.wren, b"[" + one + b"," + award(2) + b"]")
    kept = [services.credentials.document(hadleys.teresa, item.credential_id) for item in view.items.items]
    assert kept == [one, award(2)]


def test_the_export_of_learner_credential_wallet_is_added_and_its_keys_are_stored_nowhere(services, hadleys):
    contents = ", ".join([award(1).decode(), json.dumps(KEY), award(2, title="Raft").decode()])
    view = bring(
        services, hadleys.teresa, hadleys.wren, Given(name="Wallet Backup.json", data=f"[{WALLET % contents}]".encode())
    )
    assert states(view) == ["added", "added"]
    with services.tools.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM import_file").scalar() == 0


def test_a_satchel_archive_comes_back_with_its_notes_and_tags(services, hadleys):
    for number in (1, 2):
        services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award(number, title=f"Award {number}"))
    kept = services.credentials.search(hadleys.teresa, hadleys.jonah_learner, "")
    services.credentials.note(hadleys.teresa, kept[0].id, "from grandma")
    services.arranging.tag(hadleys.teresa, kept[0].id, ["College"])
    data = services.archive.pack(hadleys.teresa)
    other, learner = strangers(services)
    view = bring(services, other, learner, Given(name="awards.zip", data=data))
    assert states(view) == ["added", "added"]
    back = {card.title: (card.note, card.tags) for card in services.credentials.search(other, learner, "")}
    assert back[kept[0].title] == ("from grandma", ("College",))
    assert states(bring(services, hadleys.teresa, hadleys.jonah_learner, data)) == ["here", "here"]


def test_of_an_archive_of_several_learners_each_gets_their_own(services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(1, title="Wren's"))
    services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award(2, title="Jonah's"))
    data = services.archive.pack(hadleys.teresa)
    other, _learner = strangers(services)
    wren = services.people.add_learner(other, name="wren hadley", birth_date=None, myself=False)
    view = bring(services, other, wren, data)
    assert sorted(states(view)) == ["added", "left"]
    assert titles(services, other, wren) == ["Wren's"]
    left = next(item for item in view.items.items if item.state == "left")
    assert "Jonah Hadley" in str(left.why.detail)


def test_one_thing_that_cannot_be_opened_is_said_at_once_and_leaves_nothing(services, hadleys):
    for data in (b"hello", b"", b"PK\x03\x04", make.saved(make.code("WIFI:x"))):
        with pytest.raises(BadInput) as caught:
            services.imports.take(hadleys.teresa, hadleys.wren, [Given(name="x", data=data)])
        assert caught.value.field == "file"
        assert caught.value.remedy
    with services.tools.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM import").scalar() == 0


class TestKeptApart:
    """What is not genuine, or could not be checked."""

    @pytest.fixture
    def apart(self, services, hadleys):
        return bring(services, hadleys.teresa, hadleys.wren, FORGED).items.items[0]

    def test_it_is_no_award_cannot_be_shared_and_is_in_no_archive(self, services, hadleys, apart):
        assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []
        assert services.import_showing.apart(hadleys.teresa, hadleys.wren, ALL).total == 1
        with pytest.raises(NotFound):
            services.credentials.look(hadleys.teresa, apart.id)
        choice = Choice(credential_ids=(apart.id,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="")
        with pytest.raises((NotFound, BadInput)):
            services.shares.create(hadleys.teresa, hadleys.wren, choice)
        with zipfile.ZipFile(io.BytesIO(services.archive.pack(hadleys.teresa))) as archive:
            assert archive.namelist() == ["index.json"]

    def test_it_can_be_looked_at_and_saved_as_it_came(self, services, hadleys, apart):
        shown = services.import_showing.item(hadleys.teresa, apart.id)
        assert shown.report.verdict is Verdict.NOT_GENUINE
        assert (shown.item.title, shown.item.why.kind) == ("Bridge building", "not-genuine")
        assert services.import_showing.document(hadleys.teresa, apart.id) == FORGED

    def test_nothing_but_the_check_moves_it_in(self, services, hadleys, apart):
        assert services.imports.admit(hadleys.teresa, apart.id) == "apart"
        assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []

    def test_what_could_not_be_checked_is_moved_in_once_it_can_be(self, services, hadleys, monkeypatch):
        def unreachable(_self, _judged):
            raise Unavailable

        with monkeypatch.context() as patch:
            patch.setattr(Judging, "require_genuine", unreachable)
            item = bring(services, hadleys.teresa, hadleys.wren, award(3)).items.items[0]
            assert (item.state, item.why.kind) == ("apart", "unchecked")
            assert services.imports.admit(hadleys.teresa, item.id) == "apart"
        assert services.imports.admit(hadleys.teresa, item.id) == "added"
        assert titles(services, hadleys.teresa, hadleys.wren) == ["Bridge building"]
        with pytest.raises(Conflict):
            services.imports.admit(hadleys.teresa, item.id)
        with pytest.raises(NotFound):
            services.import_showing.document(hadleys.teresa, item.id)

    def test_a_form_that_is_not_read_here_is_no_accusation(self, services, hadleys):
        strange = json.loads(award(7))
        strange["@context"].append("https://unknown.example/context")
        for data in (award(7).replace(b"eddsa-rdfc-2022", b"bbs-2023"), json.dumps(strange).encode()):
            item = bring(services, hadleys.teresa, hadleys.wren, data).items.items[0]
            assert (item.state, item.why.kind) == ("apart", "unsupported")

    def test_it_is_deleted_for_good_also_after_an_older_backup(self, services, hadleys, apart):
        with services.tools.database.reading() as session:
            before = {
                table: session.connection().exec_driver_sql(f"SELECT * FROM {table}").mappings().all()
                for table in ("import_item", "import_file")
            }
        assert services.erasure.erase_apart(hadleys.teresa, apart.id) == hadleys.wren
        with pytest.raises(NotFound):
            services.import_showing.item(hadleys.teresa, apart.id)
        with services.tools.database.session() as session:
            for table, rows in before.items():
                for row in rows:
                    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
                    from sqlalchemy import text

                    session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), dict(row))
            session.execute(text("DELETE FROM tombstone"))
        assert services.erasure.replay() == 1
        with pytest.raises(NotFound):
            services.import_showing.item(hadleys.teresa, apart.id)

    def test_an_award_is_not_deleted_by_this_way(self, services, hadleys):
        kept = bring(services, hadleys.teresa, hadleys.wren, award(1)).items.items[0]
        for each in (kept.id, kept.credential_id):
            with pytest.raises(NotFound):
                services.erasure.erase_apart(hadleys.teresa, each)


class TestAskingAGuardian:
    """A learner who may not keep by themself."""

    @pytest.fixture
    def asked(self, services, hadleys):
        return bring(services, hadleys.jonah, hadleys.jonah_learner, award(1), award(2, title="Raft"), FORGED)

    def test_it_waits_visibly_and_is_no_award_yet(self, services, hadleys, asked):
        assert states(asked) == ["asked", "asked", "apart"]
        assert asked.items.items[0].waits_for == "Teresa"
        assert services.credentials.search(hadleys.jonah, hadleys.jonah_learner, "") == []
        line = services.import_showing.pending(hadleys.teresa, hadleys.jonah_learner)[0]
        assert (line.asked, line.started_by, line.may_decide) == (2, "Jonah", True)
        assert not services.import_showing.pending(hadleys.jonah, hadleys.jonah_learner)[0].may_decide

    def test_the_guardian_lets_it_in_or_does_not(self, services, hadleys, asked):
        first, second, third = asked.items.items
        with pytest.raises(Refused):
            services.imports.admit(hadleys.jonah, first.id)
        with pytest.raises(Refused):
            services.imports.approve(hadleys.jonah, asked.id)
        assert services.imports.admit(hadleys.jonah, third.id) == "apart"
        services.imports.decline(hadleys.teresa, first.id)
        with pytest.raises(Conflict):
            services.imports.decline(hadleys.teresa, first.id)
        assert services.imports.approve(hadleys.teresa, asked.id) == 0
        after = services.import_showing.look(hadleys.jonah, asked.id, ALL)
        assert states(after) == ["declined", "added", "apart"]
        assert titles(services, hadleys.jonah, hadleys.jonah_learner) == ["Raft"]
        assert second.id == after.items.items[1].id

    def test_brought_twice_it_waits_once(self, services, hadleys, asked):
        assert states(bring(services, hadleys.jonah, hadleys.jonah_learner, award(1))) == ["known"]


def test_what_waits_survives_whoever_stops_and_goes_on_in_steps(services, hadleys):
    made = services.imports.take(hadleys.teresa, hadleys.wren, [Given(name="x", data=award(n)) for n in range(1, 5)])
    left = [services.imports.go_on(hadleys.teresa, made, seconds=0.0) for _ in range(4)]
    assert left == [3, 2, 1, 0]
    assert states(services.import_showing.look(hadleys.teresa, made, ALL)) == ["added"] * 4
    assert services.imports.go_on(hadleys.teresa, made) == 0


def test_links_are_followed_where_a_person_wrote_them_and_nowhere_else(services, hadleys, monkeypatch):
    asked = []

    def answer(address, **_more):
        asked.append(address)
        return f"[{award(1).decode()}, {award(2).decode()}]".encode()

    monkeypatch.setattr("wallet.service.import_looking.fetched", answer)
    text = (
        b"https://a.example/list.json\nhttps://w.example/claim/abcdefgh1234\nhttps://w.example/s/fYy0m1cZ6WbP3sQeR7uVxA"
    )
    view = bring(services, hadleys.teresa, hadleys.wren, Given(name="", data=text))
    assert states(view) == ["added", "claim", "unreadable", "added"]
    assert view.items.items[1].offer == "https://w.example/claim/abcdefgh1234"
    assert asked == ["https://a.example/list.json"]


def test_a_link_to_this_machine_or_a_private_net_is_not_followed(services, hadleys):
    text = b"https://127.0.0.1/x.json https://10.0.0.1/y.json"
    view = bring(services, hadleys.teresa, hadleys.wren, Given(name="", data=text))
    assert states(view) == ["unreadable", "unreadable"]


def test_a_sealed_archive_is_shown_the_way_to_its_own_page(services, hadleys):
    with pytest.raises(BadInput) as caught:
        services.imports.take(
            hadleys.teresa, hadleys.wren, [Given(name="awards.satchel", data=b"satchel-archive/1\n{}")]
        )
    assert "passphrase" in str(caught.value.remedy)


def test_too_much_at_a_time_is_refused_and_stored_nowhere(services, hadleys, monkeypatch):
    monkeypatch.setattr(importing, "MOST_OPEN", 2)
    bring(services, hadleys.teresa, hadleys.wren, FORGED)
    with pytest.raises(Conflict):
        services.imports.take(hadleys.teresa, hadleys.wren, [Given(name="x", data=award(n)) for n in (1, 2)])
    assert states(bring(services, hadleys.teresa, hadleys.wren, award(1))) == ["added"]


def test_old_lists_are_forgotten_and_what_is_kept_apart_is_not(services, hadleys, clock):
    done = bring(services, hadleys.teresa, hadleys.wren, award(1))
    apart = bring(services, hadleys.teresa, hadleys.wren, FORGED)
    clock.instant = clock.instant + importing.REMEMBERED * 2
    bring(services, hadleys.teresa, hadleys.wren, award(2))
    with pytest.raises(NotFound):
        services.import_showing.look(hadleys.teresa, done.id, ALL)
    assert states(services.import_showing.look(hadleys.teresa, apart.id, ALL)) == ["apart"]
    assert len(titles(services, hadleys.teresa, hadleys.wren)) == 2


def test_nobody_else_adds_looks_or_decides(services, hadleys):
    view = bring(services, hadleys.teresa, hadleys.wren, FORGED)
    item = view.items.items[0].id
    stranger, _learner = strangers(services)
    for act in (
        lambda: services.imports.take(stranger, hadleys.wren, [Given(name="", data=award())]),
        lambda: services.imports.go_on(stranger, view.id),
        lambda: services.imports.admit(stranger, item),
        lambda: services.imports.approve(stranger, view.id),
        lambda: services.imports.decline(stranger, item),
        lambda: services.import_showing.look(stranger, view.id, ALL),
        lambda: services.import_showing.item(stranger, item),
        lambda: services.import_showing.document(stranger, item),
        lambda: services.import_showing.apart(stranger, hadleys.wren, ALL),
        lambda: services.import_showing.pending(stranger, hadleys.wren),
        lambda: services.erasure.erase_apart(stranger, item),
    ):
        with pytest.raises(NotFound):
            act()
    for act in (
        lambda: services.imports.take(hadleys.marcus, hadleys.wren, [Given(name="", data=award())]),
        lambda: services.imports.admit(hadleys.marcus, item),
        lambda: services.erasure.erase_apart(hadleys.marcus, item),
    ):
        with pytest.raises(Refused):
            act()


def test_an_erased_learner_takes_what_was_brought_along(services, hadleys):
    bring(services, hadleys.teresa, hadleys.wren, FORGED, award(1))
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    with services.tools.database.reading() as session:
        for table in ("import", "import_item", "import_file"):
            assert session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


def test_an_award_deleted_for_good_is_no_longer_linked_from_the_list(services, hadleys):
    view = bring(services, hadleys.teresa, hadleys.wren, award(1), pdf(award(2)))
    credential = view.items.items[0].credential_id
    services.credentials.remove(hadleys.teresa, credential)
    services.erasure.erase_credential(hadleys.teresa, credential)
    after = services.import_showing.look(hadleys.teresa, view.id, ALL)
    assert [(item.state, bool(item.credential_id)) for item in after.items.items] == [
        ("erased", False),
        ("added", True),
    ]


def test_nothing_personal_stands_in_clear(services, hadleys):
    bring(services, hadleys.teresa, hadleys.wren, Given(name="Zebrafinch diploma.json", data=FORGED), award(1))
    with services.tools.database.reading() as session:
        for table in ("import", "import_item", "import_file"):
            rows = session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()
            assert rows
            for word in ("Zebrafinch", "Bridge", "Maple", "kilogram"):
                assert word not in str(rows)


def test_packed_and_pasted_things_are_found(services, hadleys):
    data = packed({"a.json": award(1), "b/c.jwt": token("Kite", 2), "readme.txt": "Hi"})
    assert states(bring(services, hadleys.teresa, hadleys.wren, data)) == ["added", "added", "unreadable"]
