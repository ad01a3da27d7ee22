"""Upgrades, revision by revision, with rows of each in every table: nothing is lost, no promise is dropped."""

import importlib

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError, IntegrityError

from kit import versions
from kit.db import Database
from tests.contracts.rows import fill, reflected, stored

ROLES = ["issuer", "wallet", "verifier", "registrar"]
EMPTIED = {("verifier", "0002"): {"cached_resource"}}
"""The tables whose rows a revision takes away."""
REWORDED = {("issuer", "0017b"): {"achievement": ("format", "eddsa-rdfc-2022", "organisation")}}
"""What a revision says in another word: by table the column, the word and the new one."""


def revisions(role):
    """The revisions of a role, the oldest first."""
    return [script.revision for script in versions.scripts(f"{role}.migrations").walk_revisions()][::-1]


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def bring(database):
    """Bring the database to a revision of a role."""

    def to(role, revision):
        lock = database.path.with_suffix(".lock") if database.path else None
        versions.upgrade(database.engine, f"{role}.migrations", lock_file=lock, to=revision)

    return to


def guards(session):
    """The names of the triggers that there are."""
    if session.get_bind().dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return {row[0] for row in session.connection().exec_driver_sql(query)}


def known(row, names):
    return {name: row.get(name) for name in names}


@pytest.mark.parametrize("role", ROLES)
def test_each_upgrade_keeps_every_row_and_every_guard(role, database, bring):
    """Two rows are added to every table at every revision: the newest schema has rows of all that there ever were."""
    before, guarded = {}, set()
    for place, revision in enumerate(revisions(role)):
        bring(role, revision)
        with database.session() as session:
            after = stored(session.connection())
            for table, rows in before.items():
                wanted = [] if table in EMPTIED.get((role, revision), ()) else rows
                if table in (changed := REWORDED.get((role, revision), {})):
                    column, old, new = changed[table]
                    wanted = [{**row, column: new if row[column] == old else row[column]} for row in wanted]
                found = [known(row, rows[0]) for row in after[table]]
                assert sorted(found, key=repr) == sorted(wanted, key=repr), (revision, table)
            assert guards(session) >= guarded, revision
            added = fill(session.connection(), (2 * place + 1, 2 * place + 2))
            before, guarded = stored(session.connection()), guards(session)
            assert all(len(before[table]) == len(after[table]) + 2 for table in added), revision
    target = importlib.import_module(f"{role}.store").METADATA
    assert list(database.differences(target)) == []


@pytest.mark.parametrize("role", ROLES)
def test_the_constraints_of_the_newest_schema_are_those_of_its_tables(role, database, bring):
    bring(role, "heads")
    target = importlib.import_module(f"{role}.store").METADATA
    with database.reading() as session:
        asked = inspect(session.connection())
        for table in target.sorted_tables:
            for name, kind, there in [
                ("CHECK", "CheckConstraint", asked.get_check_constraints(table.name)),
                ("FOREIGN KEY", "ForeignKeyConstraint", asked.get_foreign_keys(table.name)),
                ("UNIQUE", "UniqueConstraint", asked.get_unique_constraints(table.name)),
            ]:
                wanted = sorted(
                    database.engine.dialect.identifier_preparer.format_constraint(each).strip('"')
                    for each in table.constraints
                    if type(each).__name__ == kind
                )
                assert sorted(each["name"] for each in there) == wanted, f"{name} of {table.name}"


class TestGround:
    """Issuer, 0002: a credential says what it is."""

    @pytest.fixture
    def upgraded(self, database, bring):
        bring("issuer", "0001")
        with database.session() as session:
            fill(session.connection())
        bring("issuer", "0002")
        return database

    @pytest.fixture
    def run(self, upgraded):
        def run(statement, *values):
            with upgraded.session() as session:
                table = reflected(session.connection()).tables["credential"]
                return session.execute(statement(table), *values)

        return run

    def credential(self, upgraded, **changes):
        with upgraded.reading() as session:
            return {**stored(session.connection())["credential"][0], "id": "urn:uuid:3", **changes}

    def test_what_there_was_is_an_award(self, upgraded):
        with upgraded.reading() as session:
            rows = stored(session.connection())["credential"]
        assert [(row["kind"], row["achievement_version"]) for row in rows] == [("award", 1), ("award", 2)]

    def test_whoever_writes_a_credential_says_what_it_is(self, upgraded, run):
        without = self.credential(upgraded)
        del without["kind"]
        with pytest.raises(IntegrityError):
            run(lambda table: table.insert(), without)

    @pytest.mark.parametrize("missing", ["achievement_id", "achievement_version"])
    def test_an_award_is_of_something(self, upgraded, run, missing):
        with pytest.raises(IntegrityError):
            run(lambda table: table.insert(), self.credential(upgraded, **{missing: None}))
        run(lambda table: table.insert(), self.credential(upgraded, kind="endorsement", **{missing: None}))

    @pytest.mark.parametrize("kind", ["award", "endorsement"])
    def test_an_achievement_of_another_organisation_is_refused(self, upgraded, run, kind):
        with pytest.raises(IntegrityError):
            run(lambda table: table.insert(), self.credential(upgraded, kind=kind, achievement_id="2id"))

    def test_what_points_at_an_award_still_does(self, run):
        with pytest.raises(IntegrityError):
            run(lambda table: table.delete())

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE signed_credential SET etag = 'x'", "UPDATE status_entry SET value = 0", "DELETE FROM status_entry",
         "DELETE FROM audit"],
    )  # fmt: skip
    def test_what_was_promised_is_still_refused(self, upgraded, statement):
        with (
            pytest.raises(DBAPIError, match=r"for good|never rewritten|only ever added"),
            upgraded.session() as session,
        ):
            session.connection().exec_driver_sql(statement)


def test_what_there_was_before_identifiers_belongs_to_the_address_that_it_was_signed_under(database, bring):
    """Issuer, 0018: each organisation, closed or not, has one identifier, and whatever it signed is signed under it."""
    bring("issuer", "0017b")
    with database.session() as session:
        fill(session.connection(), (1, 2))
        session.connection().exec_driver_sql("UPDATE organisation SET closed = created WHERE id = '1id'")
    bring("issuer", "0018")
    with database.session() as session:
        rows = stored(session.connection())
        own = {row["id"]: (row["did"], row["created"]) for row in rows["organisation"]}
        assert {row["organisation_id"]: (row["did"], row["since"]) for row in rows["identity"]} == own
        assert {(row["method"], row["until"]) for row in rows["identity"]} == {("web", None)}
        for table in ("signing_key", "status_list", "credential"):
            assert rows[table], table
            assert [row["identity_id"] for row in rows[table]] == [row["organisation_id"] for row in rows[table]], table
    with pytest.raises(DBAPIError, match="never changes"), database.session() as session:
        session.connection().exec_driver_sql("UPDATE status_list SET purpose = 'x'")
    with pytest.raises(IntegrityError), database.session() as session:
        session.connection().exec_driver_sql("UPDATE credential SET identity_id = '2id' WHERE organisation_id = '1id'")
