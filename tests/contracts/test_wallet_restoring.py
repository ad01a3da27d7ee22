"""Archives that are brought, on both databases: queries, leases, and the whole way from one wallet into another."""

from datetime import timedelta

from kit.clock import FixedClock
from tests.unit.wallet.samples import NOW, Hadleys, wallet
from tests.unit.wallet.test_packing import archive_of, lived_in
from tests.unit.wallet.test_restoring import brought, everything, newcomer
from wallet import store


def test_an_archive_goes_from_one_database_into_the_other_kind(tmp_path, database_url):
    (tmp_path / "there").mkdir()
    here = wallet(tmp_path)
    there = wallet(tmp_path / "there", database_url=database_url, key_hex="6b" * 32)
    hadleys = Hadleys(here)
    lived_in(here, hadleys)
    actor = newcomer(there)
    sealed = archive_of(here, hadleys.teresa)
    assert set(brought(there, actor, sealed).counts) == {"kept"}
    assert everything(there, actor) == everything(here, hadleys.teresa)
    assert set(brought(there, actor, sealed).counts) == {"already"}
    assert set(brought(here, hadleys.teresa, archive_of(there, actor)).counts) == {"already"}
    for services in (here, there):
        services.tools.fetcher.close()
        services.tools.database.close()


def test_an_attempt_has_one_owner_and_old_restorations_are_forgotten(tmp_path, database_url):
    clock = FixedClock(instant=NOW)
    services = wallet(tmp_path, clock, database_url=database_url)
    hadleys = Hadleys(services)
    begun = services.restoring.begin(
        hadleys.teresa, archive_of(services, hadleys.teresa), passphrase="otter lantern seven violins", mine=True
    )
    until = NOW + timedelta(minutes=3)
    with services.tools.database.session() as session:
        assert store.restoring.renew(session, begun.id, attempt=1, until=until)
        assert store.restoring.take_up(session, begun.id, attempt=1, until=until)
        assert not store.restoring.take_up(session, begun.id, attempt=1, until=until)
        assert not store.restoring.renew(session, begun.id, attempt=1, until=until)
        assert store.restoring.lapsed(session, NOW) == []
        assert [row.id for row in store.restoring.lapsed(session, until + timedelta(seconds=1))] == [begun.id]
        assert store.restoring.forget_before(session, NOW) == 0
        assert store.restoring.forget_before(session, NOW + timedelta(seconds=1)) == 1
    services.tools.fetcher.close()
    services.tools.database.close()
