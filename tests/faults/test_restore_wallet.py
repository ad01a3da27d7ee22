"""Restoring an older backup of the wallet opens no link again, and forgets again what was deleted for good."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from satchel.backup import back_up, opened_backup
from satchel.cli import main
from satchel.deployment import Deployment
from satchel.installation import create_missing_keys, first_administrator

pytestmark = pytest.mark.slow
ERASED = b'{"kind":"learner","id":"5f0f3a52-7a0d-4f0e-8b53-5a7f7a3f9f11","at":"2026-03-03T10:00:00+00:00"}\n'


def quiet(_what):
    """Progress that nobody watches."""


@pytest.fixture
def wallet(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("SATCHEL_")]:
        monkeypatch.delenv(name)
    deployment = Deployment(data_dir=tmp_path / "data")
    create_missing_keys(deployment, ["wallet"], environment=os.environ)
    first_administrator(deployment, "wallet", "office", "Office", "four words in a row", environment=os.environ)
    return deployment


def saved(wallet, path, *, with_keys=False):
    return str(back_up(wallet, path, with_keys=with_keys, elsewhere=(), say=quiet).path)


def test_the_list_of_what_was_deleted_goes_into_the_backup_and_the_newer_one_stays(wallet, tmp_path, capsys):
    erased = wallet.role_dir("wallet") / "wallet-erased.jsonl"
    erased.write_bytes(ERASED)
    file = saved(wallet, tmp_path / "b.tar.gz")
    with opened_backup(tmp_path / "b.tar.gz") as (folder, _manifest):
        assert (folder / "wallet" / "wallet-erased.jsonl").read_bytes() == ERASED
    newer = ERASED + ERASED.replace(b"5f0f", b"6f0f")
    erased.write_bytes(newer)
    assert main(["restore", file, "--data", str(wallet.data_dir)]) == 0
    told = capsys.readouterr().out
    assert "stays deleted" in told
    assert "links were stopped" in told
    assert erased.read_bytes() == newer

    erased.unlink()
    assert main(["restore", file, "--data", str(wallet.data_dir)]) == 2
    assert "what families deleted for good" in capsys.readouterr().err
    assert main(["restore", file, "--data", str(wallet.data_dir), "--without-erasures"]) == 0
    assert "look for what is back" in capsys.readouterr().out
    assert erased.read_bytes() == ERASED


def test_where_nothing_was_ever_deleted_no_list_is_asked_for_on_the_same_machine(wallet, tmp_path, capsys):
    file = saved(wallet, tmp_path / "b.tar.gz", with_keys=True)
    assert main(["restore", file, "--data", str(wallet.data_dir)]) == 0
    new = str(tmp_path / "new")
    assert main(["restore", file, "--data", new, "--with-keys"]) == 2, "a new machine cannot know"
    assert main(["restore", file, "--data", new, "--with-keys", "--without-erasures"]) == 0
    assert (tmp_path / "new" / "wallet" / "kek").read_bytes() == wallet.key_file("wallet").read_bytes()
    assert not list((tmp_path / "new" / "wallet").glob("*.partial"))


def test_links_are_ended_before_the_copy_is_put_in_place(wallet, tmp_path, capsys):
    with closing(sqlite3.connect(wallet.database("wallet"))) as connection:
        insert(connection, "share")
        connection.execute("UPDATE share SET state = 'active'")
        connection.commit()
    file = saved(wallet, tmp_path / "b.tar.gz")
    shutil.move(wallet.key_file("wallet"), tmp_path / "kek")
    before = wallet.database("wallet").read_bytes()
    assert main(["restore", file, "--data", str(wallet.data_dir)]) == 2
    assert "key file belongs at" in capsys.readouterr().err
    assert wallet.database("wallet").read_bytes() == before
    shutil.move(tmp_path / "kek", wallet.key_file("wallet"))
    for flags, left in (([], "recalled"), (["--keep-shares"], "active")):
        assert main(["restore", file, "--data", str(wallet.data_dir), *flags]) == 0
        with closing(sqlite3.connect(wallet.database("wallet"))) as connection:
            assert connection.execute("SELECT state FROM share").fetchall() == [(left,)]
    assert "open again" in capsys.readouterr().out


def insert(connection, table):
    """Put a row into a table, with the rows that it points to; give the row's values."""
    points = {
        name: (parent, column)
        for _, _, parent, name, column, *_ in connection.execute(f"PRAGMA foreign_key_list({table})")
    }
    values = {}
    for _, name, kind, needed, default, _ in connection.execute(f"PRAGMA table_info({table})").fetchall():
        if needed and default is None:
            values[name] = insert(connection, points[name][0])[points[name][1]] if name in points else filler(kind)
    names = ", ".join(values)
    connection.execute(
        f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )
    return values


def filler(kind):
    if "DATE" in kind.upper():
        return "2099-01-01 00:00:00.000000"
    return {"INTEGER": 0, "BOOLEAN": 0, "BLOB": b"x"}.get(kind.upper(), "x")
