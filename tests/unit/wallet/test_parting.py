"""Deleting everything: every row, in every file, and again when an older backup is restored."""

import shutil

import pytest
from sqlalchemy import text

from kit.errors import BadInput, Refused
from tests.unit.wallet.samples import PASSWORD, award, strangers, wallet
from tests.unit.wallet.test_packing import lived_in
from wallet import store


def rows_of(services, family_id):
    with services.tools.database.reading() as session:
        return {
            table.name: session.execute(
                text(f"SELECT count(*) FROM {table.name} WHERE family_id = :f"), {"f": family_id}
            ).scalar()
            for table in store.METADATA.sorted_tables
            if "family_id" in table.columns
        }


def test_o10_a_family_that_deletes_everything_leaves_no_row_and_no_sign_in(services, hadleys):
    olga, pia = strangers(services)
    services.credentials.add_file(olga, pia, award(5))
    lived_in(services, hadleys)
    services.tools.accounts.make_recovery_codes(hadleys.teresa.user_id)
    found = services.erasure.parting(hadleys.teresa)
    assert (set(found.members), found.hindered) == ({"Teresa", "Jonah", "Marcus"}, ())
    with pytest.raises(BadInput):
        services.erasure.erase_family(hadleys.teresa, password="not the password")
    assert sum(rows_of(services, hadleys.teresa.family_id).values()) > 20
    services.erasure.erase_family(hadleys.teresa, password=PASSWORD)
    assert set(rows_of(services, hadleys.teresa.family_id).values()) == {0}
    for login in ("teresa", "jonah", "marcus"):
        with pytest.raises(BadInput):
            services.tools.accounts.sign_in(login=login, password=PASSWORD, client="c")
    with services.tools.database.reading() as session:
        assert (
            session.execute(text("SELECT count(*) FROM family WHERE id = :f"), {"f": hadleys.teresa.family_id}).scalar()
            == 0
        )
        assert session.execute(text("SELECT count(*) FROM recovery_wrap")).scalar() == 0
        assert session.execute(text("SELECT count(*) FROM account_code")).scalar() == 0
    assert services.credentials.search(olga, pia, "")


def test_o10_whoever_may_not_decide_for_everybody_deletes_nothing(services, hadleys):
    for other in (hadleys.marcus, hadleys.jonah):
        assert services.erasure.parting(other).hindered or not services.erasure.parting(other).organises
        with pytest.raises(Refused):
            services.erasure.erase_family(other, password=PASSWORD)
    assert len(services.people.learners(hadleys.teresa)) == 3


def test_o10_a_deleted_family_is_deleted_again_after_an_older_backup_is_restored(tmp_path, clock):
    from tests.unit.wallet.samples import Hadleys

    services = wallet(tmp_path, clock)
    hadleys = Hadleys(services)
    lived_in(services, hadleys)
    services.tools.database.close()
    (tmp_path / "backup").mkdir()
    for path in tmp_path.glob("wallet.db*"):
        shutil.copy(path, tmp_path / "backup" / path.name)
    services = wallet(tmp_path, clock)
    services.erasure.erase_family(hadleys.teresa, password=PASSWORD)
    services.tools.database.close()
    for path in (tmp_path / "backup").iterdir():
        shutil.copy(path, tmp_path / path.name)
    services = wallet(tmp_path, clock)
    assert services.erasure.replay() >= 1
    assert set(rows_of(services, hadleys.teresa.family_id).values()) == {0}
    with pytest.raises(BadInput):
        services.tools.accounts.sign_in(login="teresa", password=PASSWORD, client="c")
    assert services.erasure.replay() == 0
