"""What the wallet's store promises, on SQLite and on PostgreSQL."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import column, insert, table
from sqlalchemy.exc import IntegrityError

from kit import versions
from kit.db import Database
from wallet import store

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MIGRATIONS = "wallet.migrations"


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    made.upgrade(MIGRATIONS)
    yield made
    made.close()


@pytest.fixture
def family(database):
    return two_families(database)


def two_families(database):
    """Two families, "f" with learner "wren" and "g" with learner "pia"."""
    with database.session() as session:
        for family_id, member_id, learner_id in (("f", "teresa", "wren"), ("g", "olga", "pia")):
            session.add(store.Family(id=family_id, created_at=NOW, wrapped_key=b"k", sealed=b"s"))
            session.flush()
            session.add(
                store.Member(
                    id=member_id,
                    family_id=family_id,
                    user_id=f"u-{member_id}",
                    organises=True,
                    created_at=NOW,
                    sealed=b"s",
                )
            )
            session.add(
                store.Learner(id=learner_id, family_id=family_id, created_at=NOW, wrapped_key=b"k", sealed=b"s")
            )
    return database


def credential(row_id="c1", family_id="f", learner_id="wren", identity=b"i", **more):
    given = {"edition": 1, "received_at": NOW, "sealed": b"s"}
    return store.Credential(
        id=row_id, family_id=family_id, learner_id=learner_id, identity_index=identity, **(given | more)
    )


def share(row_id="s1", token=b"t", code=b"c", **more):
    given = {
        "family_id": "f", "learner_id": "wren", "state": "active", "started_by": "teresa", "created_at": NOW,
        "expires_at": NOW + timedelta(days=30), "sealed": b"s",
    }  # fmt: skip
    return store.Share(id=row_id, token_hash=token, code_hash=code, **(given | more))


def test_the_migrations_make_what_the_tables_say(database):
    assert database.revision_is_head(MIGRATIONS)
    assert list(database.differences(store.METADATA)) == []


def test_a_row_cannot_name_a_learner_of_another_family(family):
    """Attack O5."""
    with pytest.raises(IntegrityError), family.session() as session:
        session.add(credential(family_id="g", learner_id="wren"))


def test_a_guardianship_cannot_cross_families(family):
    with pytest.raises(IntegrityError), family.session() as session:
        session.add(
            store.Guardianship(
                id="x", family_id="f", member_id="olga", learner_id="wren", basis="guardian", scopes="view",
                created_at=NOW, created_by="teresa",
            )
        )  # fmt: skip


def test_queries_ask_for_the_family_and_find_nothing_of_another(family):
    with family.session() as session:
        session.add(credential())
        session.add(share())
    with family.reading() as session:
        assert store.credentials.credential(session, "f", "c1") is not None
        assert store.credentials.credential(session, "g", "c1") is None
        assert store.shares.share(session, "g", "s1") is None
        assert store.people.learner(session, "g", "wren") is None
        assert store.people.member(session, "g", "teresa") is None


def test_the_same_credential_is_kept_once_for_a_learner(family):
    with family.session() as session:
        session.add(credential())
    with pytest.raises(IntegrityError), family.session() as session:
        session.add(credential("c2"))


def test_two_links_never_have_one_secret(family):
    with family.session() as session:
        session.add(share())
    with pytest.raises(IntegrityError), family.session() as session:
        session.add(share("s2", code=b"other"))


def test_instants_come_back_aware_and_the_same(family):
    with family.session() as session:
        session.add(share())
    with family.reading() as session:
        found = store.shares.share_by_token(session, b"t")
        assert found is not None
        assert found.created_at == NOW
        assert found.created_at.tzinfo is not None


def test_of_many_who_decide_at_once_one_does(family):
    with family.session() as session:
        session.add(share(state="waiting"))
    won = []

    def decide(state):
        with family.session() as session:
            won.append(store.shares.move(session, "s1", expected=["waiting"], state=state))

    threads = [threading.Thread(target=decide, args=(state,)) for state in ("active", "declined") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_an_invitation_is_used_once(family):
    with family.session() as session:
        session.add(
            store.Invitation(
                id="i", kind="family", token_hash=b"t", created_by="op", created_at=NOW,
                expires_at=NOW + timedelta(days=1), scopes="",
            )
        )  # fmt: skip
    with family.session() as session:
        assert store.people.open_invitation(session, b"t", NOW) is not None
        assert store.people.open_invitation(session, b"t", NOW + timedelta(days=2)) is None
        assert store.people.use_invitation(session, "i", NOW)
        assert not store.people.use_invitation(session, "i", NOW)
        assert store.people.open_invitation(session, b"t", NOW) is None


def test_an_ended_guardianship_is_found_nowhere(family):
    with family.session() as session:
        row = store.Guardianship(
            id="x", family_id="f", member_id="teresa", learner_id="wren", basis="guardian", scopes="view",
            created_at=NOW, created_by="teresa", valid_until=date(2034, 6, 3),
        )  # fmt: skip
        session.add(row)
        session.flush()
        assert [one.id for one in store.people.guardianships(session, "f", learner_id="wren")] == ["x"]
        row.ended_at = NOW
        session.flush()
        assert store.people.guardianships(session, "f", learner_id="wren") == []
        assert store.people.guardianship(session, "f", "x") is None


def test_the_bin_holds_what_was_removed_and_lists_do_not(family):
    with family.session() as session:
        session.add(credential(deleted_at=NOW))
        session.flush()
        assert store.credentials.credentials(session, "f", "wren") == []
        assert [one.id for one in store.credentials.credentials(session, "f", "wren", deleted=True)] == ["c1"]
        assert store.credentials.credential(session, "f", "c1") is None
        assert [one.id for one in store.credentials.credentials_deleted_before(session, NOW + timedelta(days=1))] == [
            "c1"
        ]


def test_a_share_shows_its_items_in_order_without_what_is_in_the_bin(family):
    with family.session() as session:
        session.add_all([credential("c1", identity=b"1"), credential("c2", identity=b"2"), share()])
        session.add(credential("c3", identity=b"3", deleted_at=NOW))
        session.flush()
        for position, name in enumerate(("c2", "c3", "c1")):
            session.add(store.ShareItem(share_id="s1", credential_id=name, position=position, edition=position + 1))
        session.flush()
        held = store.shares.shared_credentials(session, "s1")
        assert [(one.id, edition) for one, edition in held] == [("c2", 1), ("c1", 3)]
        store.shares.pin(session, "s1", "c1", 4)
        assert [edition for _one, edition in store.shares.shared_credentials(session, "s1")] == [1, 4]


_SHARE = {
    "id": "s1", "token_hash": b"t", "code_hash": b"c", "family_id": "f", "learner_id": "wren", "state": "active",
    "started_by": "teresa", "created_at": NOW, "expires_at": NOW + timedelta(days=30), "version": 1, "sealed": b"s",
}  # fmt: skip


def _share_of_the_first_tables():
    """The table as it was, without what later migrations add."""
    return table("share", *(column(name, store.Share.__table__.c[name].type) for name in _SHARE))


def test_an_item_shared_before_editions_were_pinned_gets_the_one_of_its_day(database_url):
    """Attack J10: upgrading changes nothing of what readers see."""
    database = Database(database_url)
    lock = database.path.with_suffix(".lock") if database.path else None
    versions.upgrade(database.engine, MIGRATIONS, lock_file=lock, to="0001")
    with two_families(database).session() as session:
        session.add(credential("c1", edition=2))
        session.flush()
        session.execute(insert(_share_of_the_first_tables()).values(_SHARE))
        session.connection().exec_driver_sql(
            "INSERT INTO share_item (share_id, credential_id, position) VALUES ('s1', 'c1', 0)"
        )
        for number, when in ((1, NOW - timedelta(days=1)), (2, NOW + timedelta(days=1))):
            session.add(
                store.Edition(
                    id=f"e{number}", family_id="f", learner_id="wren", credential_id="c1", number=number,
                    source="file", received_at=when, sealed=b"s",
                )
            )  # fmt: skip
    database.upgrade(MIGRATIONS)
    with database.reading() as session:
        assert [edition for _one, edition in store.shares.shared_credentials(session, "s1")] == [1]
    assert list(database.differences(store.METADATA)) == []
    database.close()


def test_openings_and_wrong_passcodes_are_counted_up_to_their_limit(family):
    """Attacks J2 and J5: by single statements, which hold whoever else writes."""
    with family.session() as session:
        session.add_all([share(most_views=2), share("s2", token=b"u", code=b"d")])
    with family.session() as session:
        assert [store.shares.use_view(session, "s1") for _ in range(4)] == [True, True, False, False]
        assert [store.shares.use_view(session, "s2") for _ in range(4)] == [True] * 4
        assert [store.shares.spend_miss(session, "s1", 2) for _ in range(3)] == [True, True, False]
        store.shares.refund_miss(session, "s1")
        assert store.shares.spend_miss(session, "s1", 2)
    with family.reading() as session:
        assert store.shares.count_working(session, "f", "wren", NOW) == 1
        assert store.shares.share(session, "g", "s1") is store.shares.permission(session, "g", "p") is None


def test_erasing_a_learner_leaves_a_tombstone_and_nothing_else(family):
    with family.session() as session:
        session.add_all([credential(), share()])
        session.flush()
        session.add(store.ShareItem(share_id="s1", credential_id="c1", position=0, edition=1))
        session.add(
            store.Permission(
                id="p",
                family_id="f",
                learner_id="wren",
                member_id="teresa",
                everybody=True,
                created_at=NOW,
                sealed=b"s",
            )
        )
        session.add(
            store.Edition(
                id="e", family_id="f", learner_id="wren", credential_id="c1", number=1, source="file", received_at=NOW,
                sealed=b"s",
            )
        )  # fmt: skip
    with family.session() as session:
        store.erasure.erase_learner(session, "wren", NOW)
        store.erasure.erase_learner(session, "wren", NOW)
    with family.reading() as session:
        assert store.people.learner_by_id(session, "wren") is None
        for each in (store.Edition, store.ShareItem, store.Permission):
            assert session.query(each).count() == 0
        assert store.erasure.buried(session) == {"wren"}
        assert store.people.learner_by_id(session, "pia") is not None


def test_offers_nobody_chose_are_forgotten_and_the_others_are_not(family):
    with family.session() as session:
        for row_id, state, when in (
            ("a", "offered", NOW - timedelta(days=2)),
            ("b", "waiting", NOW - timedelta(days=2)),
            ("c", "offered", NOW),
        ):
            session.add(
                store.Claim(
                    id=row_id, family_id="f", learner_id=None, offer_index=b"o", state=state, started_by="teresa",
                    started_at=when, sealed=b"s",
                )
            )  # fmt: skip
        session.flush()
        store.claims.forget_unchosen(session, NOW - timedelta(days=1))
        assert {one.id for one in store.claims.claims_of_offer(session, "f", b"o")} == {"b", "c"}


def edition(row_id="e1", credential_id="c1", **more):
    given = {"family_id": "f", "learner_id": "wren", "number": 1, "source": "file", "received_at": NOW, "sealed": b"s"}
    return store.Edition(id=row_id, credential_id=credential_id, **(given | more))


def original(row_id="o1", edition_id="e1", **more):
    given = {"family_id": "f", "learner_id": "wren", "media_type": "image/png", "sealed": b"s"}
    return store.Original(id=row_id, edition_id=edition_id, **(given | more))


def test_an_edition_has_one_original_of_its_own_family_and_both_go_together(family):
    with family.session() as session:
        session.add(credential())
        session.flush()
        session.add(edition())
        session.flush()
        session.add(original())
    with family.reading() as session:
        assert store.credentials.original(session, "f", "e1").media_type == "image/png"
        assert store.credentials.original(session, "g", "e1") is None
    for wrong in (original("o2"), original("o3", learner_id="pia")):
        with pytest.raises(IntegrityError), family.session() as session:
            session.add(wrong)
    with family.session() as session:
        store.erasure.erase_credential(session, "c1", NOW)
    with family.reading() as session:
        assert session.query(store.Original).count() == session.query(store.Edition).count() == 0


def test_erasing_a_learner_takes_the_originals_along(family):
    with family.session() as session:
        session.add(credential())
        session.flush()
        session.add(edition())
        session.flush()
        session.add(original())
        session.flush()
        store.erasure.erase_learner(session, "wren", NOW)
    with family.reading() as session:
        assert session.query(store.Original).count() == 0


def test_a_collection_keeps_its_order_and_counts_what_the_bin_does_not_hold(family):
    with family.session() as session:
        session.add_all(credential(f"c{number}", identity=bytes([number])) for number in (1, 2, 3))
        session.add(store.Collection(id="k", family_id="f", learner_id="wren", created_at=NOW, sealed=b"s"))
        session.flush()
        places = {"c1": 2, "c2": 1, "c3": 3}
        session.add_all(store.CollectionItem(collection_id="k", credential_id=c, position=p) for c, p in places.items())
    with family.session() as session:
        assert store.arranged.collection(session, "g", "k") is None
        assert store.arranged.collection(session, "f", "k", to_change=True).id == "k"
        store.credentials.credential(session, "f", "c3").deleted_at = NOW
        session.flush()
        assert [one.id for one in store.arranged.members(session, "k")] == ["c2", "c1"]
        assert store.arranged.counts(session, "f", "wren") == {"k": 2}
        assert [one.id for one in store.arranged.holding(session, "f", "c1")] == ["k"]
        store.erasure.erase_credential(session, "c2", NOW)
        store.erasure.erase_collection(session, "k", NOW)
        store.erasure.erase_collection(session, "k", NOW)
    with family.session() as session:
        assert store.arranged.items(session, "k") == []
        assert store.erasure.buried(session) == {"c2", "k"}


def test_a_collection_cannot_be_of_another_familys_learner(family):
    with pytest.raises(IntegrityError), family.session() as session:
        session.add(store.Collection(id="k", family_id="g", learner_id="wren", created_at=NOW, sealed=b"s"))


def test_a_work_outlives_its_award_and_goes_with_its_files(family):
    with family.session() as session:
        session.add(credential())
        session.add(
            store.Work(
                id="w", family_id="f", learner_id="wren", credential_id="c1", added_at=NOW, media_type="", sealed=b"s"
            )
        )
        session.flush()
        for kind in ("file", "shown"):
            session.add(store.WorkFile(id=kind, family_id="f", learner_id="wren", work_id="w", kind=kind, sealed=b"s"))
    with pytest.raises(IntegrityError), family.session() as session:
        session.add(store.WorkFile(id="more", family_id="f", learner_id="wren", work_id="w", kind="file", sealed=b"s"))
    with family.session() as session:
        assert store.works.work(session, "g", "w") is None
        assert store.works.awards_with(session, "f", "wren") == {"c1"}
        store.erasure.erase_credential(session, "c1", NOW)
        assert store.works.awards_with(session, "f", "wren") == frozenset()
        assert store.works.count(session, "f", "wren") == 1
        store.erasure.erase_work(session, "w", NOW)
    with family.session() as session:
        assert (store.works.works(session, "f", "wren"), store.works.file(session, "f", "w", "file")) == ([], None)


def brought(session, item_id="i1", state="waiting", position=1):
    if session.get(store.Import, "run") is None:
        session.add(
            store.Import(id="run", family_id="f", learner_id="wren", started_by="teresa", started_at=NOW, sealed=b"s")
        )
        session.flush()
    session.add(
        store.ImportItem(
            id=item_id, family_id="f", learner_id="wren", import_id="run", position=position, state=state,
            fingerprint=b"p", changed_at=NOW, sealed=b"s",
        )
    )  # fmt: skip
    session.flush()


def test_a_thing_that_two_look_at_is_settled_by_one(family):
    with family.session() as session:
        brought(session)
    settled, start = [], threading.Barrier(4)

    def settle():
        start.wait()
        with family.session() as session:
            row = store.imports.hold(session, "f", "i1", ["waiting"])
            if row is not None:
                row.state = "added"
                settled.append(row.id)

    threads = [threading.Thread(target=settle) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settled == ["i1"]


def test_imports_are_asked_for_by_family_and_counted_by_state(family):
    with family.session() as session:
        brought(session)
        brought(session, "i2", "apart", 2)
        brought(session, "i3", "apart", store.imports.next_position(session, "run"))
    with family.reading() as session:
        assert store.imports.item(session, "g", "i1") is None
        assert store.imports.one(session, "g", "run") is None
        assert store.imports.counts(session, "run") == {"waiting": 1, "apart": 2}
        assert [row.id for row in store.imports.items(session, "run", offset=1, limit=1)] == ["i2"]
        assert [row.id for row in store.imports.in_states(session, "f", "wren", ["apart"], offset=1, limit=5)] == ["i3"]
        assert store.imports.count_in_states(session, "g", "wren", ["apart"]) == 0
        assert store.imports.same(session, "wren", b"p", "apart", but="i2").id == "i3"


def test_an_import_is_forgotten_when_everything_in_it_is_done_with(family):
    later = NOW + timedelta(days=60)
    with family.session() as session:
        brought(session)
        store.imports.forget_finished(session, "f", later, ["waiting"])
        assert store.imports.item(session, "f", "i1") is not None
        store.imports.hold(session, "f", "i1", ["waiting"]).state = "added"
        session.flush()
        store.imports.forget_finished(session, "g", later, ["waiting"])
        assert store.imports.item(session, "f", "i1") is not None
        store.imports.forget_finished(session, "f", later, ["waiting"])
        assert store.imports.one(session, "f", "run") is None


def test_no_two_things_of_an_import_stand_at_one_place(family):
    with family.session() as session:
        brought(session)
    with pytest.raises(IntegrityError), family.session() as session:
        brought(session, "i2")


def ask(row_id, share_id, **more):
    given = {"family_id": "f", "learner_id": "wren", "kind": "question", "state": "open", "sealed": b"s"}
    return store.ShareAsk(id=row_id, share_id=share_id, **(given | more))


def test_a_question_is_taken_up_once_by_a_family_and_confirmations_as_often_as_somebody_likes(family):
    with family.session() as session:
        session.add_all([share(f"s{n}", bytes([n]), bytes([n])) for n in range(4)])
        session.flush()
        session.add_all([ask("a0", "s0", question_index=b"q"), ask("a1", "s1"), ask("a2", "s2", kind="confirmation")])
    for wrong in (ask("a3", "s3", question_index=b"q"), ask("a3", "s0"), ask("a3", "s3", family_id="g")):
        with pytest.raises(IntegrityError), family.session() as session:
            session.add(wrong)
    with family.reading() as session:
        assert store.asked.by_question(session, "f", b"q").id == "a0"
        assert store.asked.by_question(session, "g", b"q") is None
        assert store.asked.kinds(session, "f", "wren")["s2"] == ("confirmation", "open")


def test_of_two_answers_one_counts(family):
    with family.session() as session:
        session.add(share())
        session.flush()
        session.add(ask("a0", "s1", question_index=b"q"))
    with family.session() as session:
        assert store.asked.move(session, "a0", state="answered", at=NOW)
    with family.session() as session:
        assert not store.asked.move(session, "a0", state="declined", at=NOW)
        store.asked.forget(session, "a0")
        assert store.asked.of_share(session, "s1").state == "answered"
        store.asked.reopen(session, "a0")
    with family.session() as session:
        store.asked.forget(session, "a0")
        assert store.asked.of_share(session, "s1") is None
