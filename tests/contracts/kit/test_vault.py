from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from kit.vault import Vault, VaultError, WrongKey

NOW = datetime(2027, 3, 3, tzinfo=UTC)


def claim(database, sample, vault):
    with database.session() as session:
        vault.claim(session, sample.vault, at=NOW)


def test_k6_a_database_knows_its_key(database, sample):
    claim(database, sample, Vault(b"a" * 32))
    claim(database, sample, Vault(b"a" * 32))
    with pytest.raises(WrongKey, match="Nothing was written"):
        claim(database, sample, Vault(b"b" * 32))
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(sample.vault)).scalar() == 1


def test_k4_a_new_key_takes_over_while_the_retired_one_still_opens(database, sample):
    old = Vault(b"a" * 32)
    claim(database, sample, old)
    _key, wrapped = old.new_data_key(context=b"learner/1")
    new = Vault(b"b" * 32, retired=[b"a" * 32])
    claim(database, sample, new)
    rewrapped = new.rewrap(wrapped, context=b"learner/1")
    assert new.rewrap(rewrapped, context=b"learner/1") == rewrapped
    assert new.derive("logins") == old.derive("logins")
    alone = Vault(b"b" * 32)
    assert alone.unwrap(rewrapped, context=b"learner/1").key_id == old.unwrap(wrapped, context=b"learner/1").key_id
    with pytest.raises(VaultError):
        alone.unwrap(wrapped, context=b"learner/1")
    with pytest.raises(WrongKey):
        claim(database, sample, alone)
