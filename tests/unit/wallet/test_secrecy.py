"""Attacks K1, K2, K11, K12, O6, O10: what a thief of the database, a moved row, and an ended guardianship get."""

import shutil
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from kit.errors import NotFound, Refused
from kit.vault import VaultError
from tests.unit.wallet.samples import NOW, Hadleys, award, wallet
from wallet import store
from wallet.keystore import Approval, Place
from wallet.service.journal import read_journal
from wallet.service.reading import approval_of
from wallet.service.share_views import Choice

CANARIES = (
    "Wren Hadley", "Teresa", "Marcus", "teresa", "Hadley", "Bridge building", "Maple Co-op", "Zebrafinch", "2016-06-03",
    "Brightwater", "Ms. Ames", "Admission", "maple.example",
)  # fmt: skip


def lived_in(services):
    hadleys = Hadleys(services)
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    services.credentials.note(hadleys.teresa, kept, "Zebrafinch")
    share_id = services.shares.create(
        hadleys.teresa,
        hadleys.wren,
        Choice(
            credential_ids=(kept,),
            recipient="Brightwater",
            purpose="Admission",
            until=date(2026, 12, 1),
            shown_name="Wren",
        ),
    )
    view = services.shares.share(hadleys.teresa, share_id)
    services.reading.record(view.token, reader="Ms. Ames")
    return hadleys, kept, view


def test_nothing_personal_stands_in_the_database_or_its_log(services, tmp_path):
    """Attack K1."""
    lived_in(services)
    for path in tmp_path.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        for canary in CANARIES:
            assert canary.encode() not in content, f"{canary} in {path.name}"


def test_a_sealed_value_that_was_moved_to_another_learner_does_not_open(services, hadleys):
    """Attack K2."""
    mine = services.credentials.add_file(hadleys.teresa, hadleys.wren, award(1)).credential_id
    other = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award(2)).credential_id
    with services.tools.database.session() as session:
        session.execute(
            text(
                "UPDATE edition SET sealed = (SELECT sealed FROM edition WHERE credential_id = :a) WHERE credential_id = :b"
            ),
            {"a": mine, "b": other},
        )
    with pytest.raises(VaultError):
        services.credentials.document(hadleys.teresa, other)


def test_a_sealed_value_that_was_moved_to_another_row_of_the_same_learner_does_not_open(services, hadleys):
    mine = services.credentials.add_file(hadleys.teresa, hadleys.wren, award(1)).credential_id
    other = services.credentials.add_file(hadleys.teresa, hadleys.wren, award(2)).credential_id
    with services.tools.database.session() as session:
        session.execute(
            text(
                "UPDATE edition SET sealed = (SELECT sealed FROM edition WHERE credential_id = :a) WHERE credential_id = :b"
            ),
            {"a": mine, "b": other},
        )
    with pytest.raises(VaultError):
        services.credentials.document(hadleys.teresa, other)


def test_an_older_version_of_a_row_does_not_open_in_its_place(services, hadleys):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    with services.tools.database.session() as session:
        before = session.execute(text("SELECT sealed FROM credential WHERE id = :i"), {"i": kept}).scalar_one()
    services.credentials.note(hadleys.teresa, kept, "newer")
    with services.tools.database.session() as session:
        session.execute(text("UPDATE credential SET sealed = :s WHERE id = :i"), {"s": before, "i": kept})
    with pytest.raises(VaultError):
        services.credentials.look(hadleys.teresa, kept)


def test_a_learners_key_signs_only_what_somebody_approved(services):
    """Attack K11."""
    keystore = services.tools.keystore
    made = keystore.new_learner_key("did:web:maple.example")
    for approval in (
        Approval(kind="share", object_id="x", decided_by="", decided_at=NOW),
        Approval(kind="claim", object_id="", decided_by="teresa", decided_at=NOW),
    ):
        with pytest.raises(PermissionError):
            keystore.signer(made.secret, approval=approval)
    row = store.Share(state="waiting", decided_by=None, decided_at=None)
    with pytest.raises(PermissionError):
        approval_of(row)


def test_a_share_that_waits_cannot_be_presented(services, hadleys):
    """Attack K11, by the link that a thief of the sealed values would know."""
    kept = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award()).credential_id
    share_id = services.shares.create(
        hadleys.jonah,
        hadleys.jonah_learner,
        Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name=""),
    )
    with services.tools.database.reading() as session:
        row = store.shares.share(session, hadleys.jonah.family_id, share_id)
        learner = services.people.open(session, hadleys.jonah).learner(hadleys.jonah_learner)
        token = learner.open(row)["token"]
    with pytest.raises(NotFound):
        services.reading.present(token, challenge="c" * 20, domain="https://v.example", reader="")


def test_a_destroyed_learner_stays_destroyed_after_an_older_backup_is_restored(tmp_path, clock):
    """Attacks K12 and O10."""
    services = wallet(tmp_path, clock)
    hadleys, _kept, view = lived_in(services)
    services.tools.database.close()
    backup = tmp_path / "backup"
    backup.mkdir()
    for path in tmp_path.glob("wallet.db*"):
        shutil.copy(path, backup / path.name)

    services = wallet(tmp_path, clock)
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    services.tools.database.close()
    for path in backup.iterdir():
        shutil.copy(path, tmp_path / path.name)

    services = wallet(tmp_path, clock)
    assert services.erasure.replay() == 1
    with pytest.raises(NotFound):
        services.people.learner(hadleys.teresa, hadleys.wren)
    with pytest.raises(NotFound):
        services.reading.front(view.token)
    with services.tools.database.reading() as session:
        assert store.people.learner_by_id(session, hadleys.wren) is None
        for table in (store.Edition, store.Credential, store.Share, store.ShareView, store.Claim, store.LearnerKey):
            assert session.query(table).filter_by(learner_id=hadleys.wren).count() == 0
    assert services.erasure.replay() == 0
    services.tools.database.close()


@pytest.mark.parametrize("torn", [b'{"kind": "learner", "i', b"\x00" * 9000, b"x" * 5000])
def test_a_torn_last_line_of_the_erasures_keeps_nothing_down_and_is_mended(services, hadleys, tmp_path, torn):
    """Attack O10: what was written before it holds, and what is written after it is read."""
    journal = tmp_path / "wallet-erased.jsonl"
    for learner in (hadleys.wren, hadleys.jonah_learner):
        services.erasure.remove_learner(hadleys.teresa, learner)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    whole = journal.read_bytes()
    journal.write_bytes(whole + torn)
    assert services.erasure.replay() == 0
    services.erasure.erase_learner(hadleys.teresa, hadleys.jonah_learner)
    assert journal.read_bytes().startswith(whole + b"{")
    assert [line["id"] for line in read_journal(journal)] == [hadleys.wren, hadleys.jonah_learner]


def test_a_journal_of_erasures_that_is_only_a_torn_line_is_an_empty_one(services, hadleys, tmp_path):
    journal = tmp_path / "wallet-erased.jsonl"
    journal.write_bytes(b'{"kind"')
    assert services.erasure.replay() == 0
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    assert [line["kind"] for line in read_journal(journal)] == ["learner"]


def test_a_journal_of_erasures_damaged_in_its_middle_is_named_and_not_skipped(services, tmp_path):
    (tmp_path / "wallet-erased.jsonl").write_bytes(
        b'{"kind": "learner", "id": "a"}\n{"kind\n{"kind": "x", "id": "b"}\n'
    )
    with pytest.raises(ValueError, match="line 2"):
        services.erasure.replay()


def test_a_destroyed_learners_wrapped_key_is_overwritten(tmp_path, clock):
    services = wallet(tmp_path, clock)
    hadleys, _kept, _view = lived_in(services)
    with services.tools.database.reading() as session:
        wrapped = store.people.learner_by_id(session, hadleys.wren).wrapped_key
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    services.erasure.erase_learner(hadleys.teresa, hadleys.wren)
    services.tools.database.close()  # the last connection carries the log over into the file
    assert all(wrapped not in path.read_bytes() for path in tmp_path.glob("wallet.db*"))


def test_a_guardian_is_out_from_the_second_the_learner_is_of_age(services, hadleys, clock):
    """Attack O6."""
    services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award())
    clock.instant = datetime(2027, 3, 13, 23, 59, 59, tzinfo=UTC)
    assert services.credentials.search(hadleys.teresa, hadleys.jonah_learner, "")
    clock.instant = datetime(2027, 3, 14, tzinfo=UTC)
    with pytest.raises(NotFound):
        services.credentials.search(hadleys.teresa, hadleys.jonah_learner, "")
    assert hadleys.jonah_learner not in [one.id for one in services.people.learners(hadleys.teresa)]
    assert services.credentials.search(hadleys.jonah, hadleys.jonah_learner, "")
    services.credentials.add_file(hadleys.jonah, hadleys.jonah_learner, award(2))


def test_a_guardian_with_a_look_may_only_look(services, hadleys):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    assert services.credentials.look(hadleys.marcus, kept)
    for act in (
        lambda: services.credentials.note(hadleys.marcus, kept, "x"),
        lambda: services.credentials.remove(hadleys.marcus, kept),
        lambda: services.credentials.add_file(hadleys.marcus, hadleys.wren, award(2)),
        lambda: services.shares.sheet(hadleys.marcus, hadleys.wren),
        lambda: services.people.change_learner(
            hadleys.marcus, hadleys.wren, name="X", birth_date=None, sign_in_age=None
        ),
        lambda: services.erasure.remove_learner(hadleys.marcus, hadleys.wren),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(NotFound):
        services.people.learner(hadleys.marcus, hadleys.jonah_learner)


def test_a_guardian_cannot_widen_their_own_say(services, hadleys):
    services.people.entrust(
        hadleys.teresa, hadleys.wren, member_id=hadleys.marcus.member_id, scopes=["manage"], valid_until=None
    )
    with pytest.raises(Refused):
        services.people.entrust(
            hadleys.marcus, hadleys.wren, member_id=hadleys.marcus.member_id, scopes=["share"], valid_until=None
        )


def test_a_family_key_opens_nothing_of_a_learner(services, hadleys):
    with services.tools.database.reading() as session:
        home = services.people.open(session, hadleys.teresa)
        row = store.people.learner(session, hadleys.teresa.family_id, hadleys.wren)
        place = Place(family_id=row.family_id, learner_id=row.id, table="learner", row_id=row.id, version=row.version)
        with pytest.raises(VaultError):
            home.chest.open(place, row.sealed)


def test_the_audit_holds_every_act_and_no_name(services):
    from kit import audit

    hadleys, kept, view = lived_in(services)
    services.shares.recall(hadleys.teresa, view.id)
    with services.tools.database.reading() as session:
        assert audit.verify_chain(session, store.AUDIT) is None
        rows = session.execute(store.AUDIT.select()).all()
    actions = [row.action for row in rows]
    for action in (
        "family.found",
        "learner.add",
        "credential.keep",
        "share.approve",
        "share.recall",
        "invitation.accept",
    ):
        assert action in actions
    assert kept in [row.object_id for row in rows]
    assert not any(canary in str(rows) for canary in CANARIES)
