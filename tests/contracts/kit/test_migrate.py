import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import inspect

from kit import migrate
from kit.db import Database


@pytest.fixture
def empty(database_url):
    database = Database(database_url)
    yield database
    database.close()


def test_what_autogenerate_writes_makes_exactly_the_tables(empty, migrations, sample):
    path = migrate.write_revision(migrations.role, "Create the tables", sample.metadata)
    assert path.name == "0001_create_the_tables.py"
    assert not empty.revision_is_head(migrations.package)
    empty.upgrade(migrations.package)
    assert empty.revision_is_head(migrations.package)
    assert list(empty.differences(sample.metadata)) == []


def test_upgrading_twice_changes_nothing(empty, migrations, sample):
    migrate.write_revision(migrations.role, "Create the tables", sample.metadata)
    empty.upgrade(migrations.package)
    empty.upgrade(migrations.package)
    assert list(empty.differences(sample.metadata)) == []


def test_a_migration_that_fails_half_way_leaves_the_old_version(empty, migrations):
    migrations.add("0001", None, "op.create_table('first', sa.Column('id', sa.Integer(), primary_key=True))")
    empty.upgrade(migrations.package)
    migrations.add(
        "0002", "0001", "op.create_table('second', sa.Column('id', sa.Integer(), primary_key=True))\nraise KeyError"
    )
    with pytest.raises(KeyError):
        empty.upgrade(migrations.package)
    assert set(inspect(empty.engine).get_table_names()) == {"alembic_version", "first"}
    assert not empty.revision_is_head(migrations.package)


def test_processes_that_upgrade_at_once_take_turns(database_url, migrations, sample):
    migrate.write_revision(migrations.role, "Create the tables", sample.metadata)
    failures = []

    def upgrade():
        database = Database(database_url)
        try:
            database.upgrade(migrations.package)
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=upgrade) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_rebuilding_a_table_keeps_the_rows_that_point_at_it(sqlite_url, migrations):
    database = Database(sqlite_url)
    migrations.add(
        "0001",
        None,
        """
        op.create_table('parent', sa.Column('id', sa.Integer(), primary_key=True))
        op.create_table('child', sa.Column('id', sa.Integer(), primary_key=True),
                        sa.Column('parent_id', sa.Integer(), sa.ForeignKey('parent.id', ondelete='CASCADE')))
        op.execute("INSERT INTO parent VALUES (1)")
        op.execute("INSERT INTO child VALUES (1, 1)")
        """,
    )
    database.upgrade(migrations.package)
    migrations.add(
        "0002",
        "0001",
        """
        with op.batch_alter_table('parent', recreate='always') as batch:
            batch.add_column(sa.Column('name', sa.String(5)))
        """,
    )
    database.upgrade(migrations.package)
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM child").scalar() == 1
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


KILLED = """
import sys
from kit.db import Database
database = Database(sys.argv[1])
print("started", flush=True)
database.upgrade(sys.argv[2])
"""


@pytest.mark.slow
def test_r13_a_migration_that_is_killed_leaves_one_version_or_the_other(database_url, migrations, tmp_path):
    body = "\n".join(f"op.create_table('t{number}', sa.Column('id', sa.Integer()))" for number in range(60))
    migrations.add("0001", None, body)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([".", str(tmp_path)])}
    seen = set()
    for attempt in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, database_url, migrations.package],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        try:
            process.wait(0.05 * attempt)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        database = Database(database_url)
        tables = {name for name in inspect(database.engine).get_table_names() if name.startswith("t")}
        seen.add(len(tables))
        assert len(tables) in {0, 60}
        assert database.revision_is_head(migrations.package) is (len(tables) == 60)
        database.close()
    assert 0 in seen


def test_a_package_without_migrations_is_named():
    with pytest.raises(ValueError, match="no_such"):
        migrate.scripts("no_such_role")
