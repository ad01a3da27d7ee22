"""Restoring an older backup neither takes a revocation back nor gives an index out twice: with real processes and files."""

import json
import os
import shutil
import time
from contextlib import contextmanager

import httpx2
import pytest

from satchel.backup import back_up, opened_backup
from satchel.cli import main
from satchel.client import RoleClient
from satchel.console import CommandError
from satchel.deployment import DEFAULT_PORTS, Deployment
from satchel.installation import create_missing_keys, first_administrator, role_spec
from satchel.restore import Accepted, restore
from satchel.supervisor import Supervisor
from tests.ports import free_port
from vc.status import decode_list, read_entry

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PASSWORD = "four words in a row"


def quiet(_what):
    """Progress that nobody watches."""


class Office:
    """An issuer in a folder, with one organization and one achievement."""

    def __init__(self, folder, prepared=None):
        self.folder = folder
        if prepared is not None:
            shutil.copytree(prepared, folder)
        self.deployment = Deployment(data_dir=folder, loopback=True, ports={**DEFAULT_PORTS, "issuer": free_port()})
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SATCHEL_")}
        if prepared is None:
            create_missing_keys(self.deployment, ["issuer"], environment=self.environment)
            first_administrator(self.deployment, "issuer", "office", "Office", PASSWORD, environment=self.environment)
        self.numbers = iter(range(10_000))

    @contextmanager
    def open(self):
        """The issuer, running, and a client at its desk."""
        spec = role_spec(self.deployment, "issuer", environment=self.environment)
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            supervisor = Supervisor([spec], say=quiet, log=log)
            try:
                supervisor.start()
                supervisor.wait_ready(seconds=60)
                with RoleClient(self.deployment.url("issuer")) as client:
                    client.sign_in("office", PASSWORD)
                    yield client
            finally:
                supervisor.stop()

    def found(self, client):
        client.post("/api/organisations", {"name": "Maple Co-op", "slug": "maple", "kind": "coop"})
        body = {"name": "Knots", "description": "Ties three knots.", "criteriaNarrative": "Shown twice."}
        self.achievement = client.post("/api/organisations/maple/achievements", body)["id"]
        body = {**body, "name": "Belay", "achievementType": "License"}
        self.licence = client.post("/api/organisations/maple/achievements", body)["id"]

    def award(self, client, achievement=None):
        number = next(self.numbers)
        body = {
            "achievement": achievement or self.achievement,
            "learnerName": f"Learner {number}",
            "identifier": f"roster-{number}",
            "identifierType": "sourcedId",
        }
        answer = client.post(
            "/api/organisations/maple/awards", body, headers={"Idempotency-Key": f"test-{number}-{time.time_ns()}"}
        )
        uuid = answer["id"].removeprefix("urn:uuid:")
        document = client.get(f"/api/organisations/maple/credentials/{uuid}/document")
        entries = document["credentialStatus"]
        return uuid, {(entry["statusListCredential"], int(entry["statusListIndex"])) for entry in entries}

    def revoke(self, client, uuid):
        path = f"/api/organisations/maple/credentials/{uuid}/revocation"
        client.post(path, {"reason": "issuedInError", "note": ""})

    def pause(self, client, uuid, *, paused=True):
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
        asked = {"credentialId": f"urn:uuid:{uuid}", "credentialStatus": entry, "status": paused}
        client.post("/credentials/status", asked)

    def is_set(self, entry, purpose="revocation"):
        url, index = entry
        published = httpx2.get(url, headers={"Accept": "application/vc"}, trust_env=False).json()
        subject = published["credentialSubject"]
        if subject["statusPurpose"] != purpose:
            return None
        return bool(read_entry(decode_list(subject["encodedList"]), index=index, size=1))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The folder of an issuer with an administrator and nothing else."""
    return Office(tmp_path_factory.mktemp("prepared") / "office").folder


@pytest.fixture
def office(tmp_path, prepared):
    return Office(tmp_path / "office", prepared)


def put_back(office, file, *lost, with_keys=False):
    return restore(office.deployment, file, accepted=Accepted(lost=frozenset(lost)), with_keys=with_keys, say=quiet)


def revocations(office, entries):
    return [found for found in map(office.is_set, entries) if found is not None]


def pauses(office, entries):
    return [found for found in (office.is_set(entry, "suspension") for entry in entries) if found is not None]


def test_an_older_backup_does_not_undo_a_revocation_or_give_an_index_out_twice(office, tmp_path):
    with office.open() as client:
        office.found(client)
        before, entries_before = office.award(client)
        lifted, entries_lifted = office.award(client, office.licence)
        office.pause(client, lifted)
        paused, entries_paused = office.award(client, office.licence)
        back_up(office.deployment, tmp_path / "monday.tar.gz", with_keys=False, elsewhere=(), say=quiet)
        after, entries_after = office.award(client)
        office.pause(client, paused)
        office.pause(client, lifted, paused=False)
        office.revoke(client, before)
        office.revoke(client, after)
    engine_file = office.deployment.role_dir("issuer") / "jobs.db"
    engine_file.write_bytes(b"what an engine knew")

    done = put_back(office, tmp_path / "monday.tar.gz")
    assert done.ledgers == {"issuer": "kept"}
    assert (done.set_aside / "issuer" / "issuer.db").exists(), "what was there is set aside, never deleted"
    assert not engine_file.exists(), "an engine that knows later jobs drives none of the older database's"
    assert (done.set_aside / "issuer" / "jobs.db").read_bytes() == b"what an engine knew"

    with office.open() as client:
        assert revocations(office, entries_before) == [True], "revoked after the backup, and still revoked"
        assert revocations(office, entries_after) == [True], "also where the restored database does not know the award"
        assert pauses(office, entries_paused) == [True], "paused after the backup, and still paused"
        assert pauses(office, entries_lifted) == [False], "a pause that was lifted does not come back"
        found = [client.get(f"/api/organisations/maple/credentials/{uuid}") for uuid in (paused, lifted)]
        assert [each["suspended"] is not None for each in found] == [True, False]
        state = client.get(f"/api/organisations/maple/credentials/{before}")
        assert (state["state"], state["revocationReason"]) == ("revoked", "issuedInError")
        new = set()
        for _ in range(20):
            new |= office.award(client)[1]
        assert new.isdisjoint(entries_before | entries_after), "no index is used twice"


def test_without_the_journal_a_restore_stops_and_says_what_that_means(office, tmp_path, capsys):
    with office.open() as client:
        office.found(client)
        _uuid, entries = office.award(client)
        back_up(office.deployment, tmp_path / "monday.tar.gz", with_keys=True, elsewhere=(), say=quiet)
    keys = tmp_path / "copy-of-the-key"
    shutil.copy(office.deployment.key_file("issuer"), keys)
    (office.folder / "issuer" / "status.journal").unlink()

    file = str(tmp_path / "monday.tar.gz")
    assert main(["restore", file, "--data", str(office.folder)]) == 2
    assert "nobody knows what was revoked" in capsys.readouterr().err
    assert main(["restore", file, "--data", str(office.folder), "--without-journal", "--with-keys"]) == 0
    assert "Revoke again, by hand" in capsys.readouterr().out
    assert office.deployment.key_file("issuer").read_bytes() == keys.read_bytes()

    with office.open() as client:
        _uuid, fresh = office.award(client)
        urls, fresh_urls = {url for url, _ in entries}, {url for url, _ in fresh}
        assert urls.isdisjoint(fresh_urls), "the old lists are closed"
        assert min(int(url.rpartition("/")[2]) for url in fresh_urls) > 1000, "and their numbers are skipped"


@pytest.mark.parametrize("damage", ["empty", "foreign", "cut short", "damaged"])
def test_a_journal_that_does_not_know_what_the_backup_knows_counts_as_lost(office, tmp_path, capsys, damage):
    with office.open() as client:
        office.found(client)
        _uuid, entries = office.award(client)
        back_up(office.deployment, tmp_path / "monday.tar.gz", with_keys=False, elsewhere=(), say=quiet)
        office.award(client)
    journal = office.folder / "issuer" / "status.journal"
    lines = journal.read_bytes().splitlines(keepends=True)
    others = [line.replace(b'"list":"', b'"list":"0').replace(b'"taken":"', b'"taken":"0') for line in lines]
    journal.write_bytes(
        {"empty": b"", "foreign": b"".join(others), "cut short": lines[0], "damaged": b"".join([*lines, b"{\n"])}[
            damage
        ]
    )
    untouched = office.deployment.database("issuer").read_bytes()

    file = str(tmp_path / "monday.tar.gz")
    assert main(["restore", file, "--data", str(office.folder)]) == 2
    assert "Nothing was changed" in capsys.readouterr().err
    assert office.deployment.database("issuer").read_bytes() == untouched
    assert main(["restore", file, "--data", str(office.folder), "--without-journal"]) == 0
    told = capsys.readouterr().out
    assert "Revoke again, by hand" in told
    assert "are kept" not in told
    with office.open() as client:
        fresh = {url for url, _ in office.award(client)[1]}
        assert fresh.isdisjoint({url for url, _ in entries}), "the old lists are closed"


def test_a_last_line_that_a_crash_cut_off_does_not_damage_the_journal(office, tmp_path):
    with office.open() as client:
        office.found(client)
        uuid, entries = office.award(client)
        back_up(office.deployment, tmp_path / "monday.tar.gz", with_keys=False, elsewhere=(), say=quiet)
        office.revoke(client, uuid)
    journal = office.folder / "issuer" / "status.journal"
    with journal.open("ab") as file:
        file.write(b'{"taken":"cut o')
    assert put_back(office, tmp_path / "monday.tar.gz").ledgers == {"issuer": "kept"}
    with office.open() as client:
        assert revocations(office, entries) == [True]
        office.award(client)
    assert all(json.loads(line) for line in journal.read_text().splitlines())


def test_another_key_is_refused_before_anything_is_touched(office, tmp_path):
    with office.open() as client:
        office.found(client)
        office.award(client)
        back_up(office.deployment, tmp_path / "monday.tar.gz", with_keys=True, elsewhere=(), say=quiet)
    office.deployment.key_file("issuer").chmod(0o600)
    office.deployment.key_file("issuer").write_bytes(b"another")
    journal = office.folder / "issuer" / "status.journal"
    before = (office.deployment.database("issuer").read_bytes(), journal.read_bytes())
    with pytest.raises(CommandError, match="never written over"):
        put_back(office, tmp_path / "monday.tar.gz", with_keys=True)
    assert (office.deployment.database("issuer").read_bytes(), journal.read_bytes()) == before
    assert not list(office.folder.glob("before-restore-*"))


def test_a_disk_that_fails_while_databases_are_copied_leaves_what_was_there(office, tmp_path, monkeypatch):
    with office.open() as client:
        office.found(client)
        back_up(office.deployment, tmp_path / "monday.tar.gz", with_keys=False, elsewhere=(), say=quiet)
    before = office.deployment.database("issuer").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("satchel.restore.shutil.copyfileobj", full)
    assert main(["restore", str(tmp_path / "monday.tar.gz"), "--data", str(office.folder)]) == 2
    assert office.deployment.database("issuer").read_bytes() == before


def test_a_backup_taken_while_awards_are_made_is_whole(office, tmp_path):
    with office.open() as client:
        office.found(client)
        for _ in range(3):
            office.award(client)
        made = back_up(office.deployment, tmp_path / "now.tar.gz", with_keys=False, elsewhere=(), say=quiet)
        assert {"issuer/issuer.db", "issuer/status.journal"} <= set(made.files)
        assert not [name for name in made.files if name.endswith("kek")], "keys stay out unless asked for"
        assert (tmp_path / "now.tar.gz").stat().st_mode & 0o777 == 0o600
        office.award(client)
    with opened_backup(tmp_path / "now.tar.gz") as (folder, manifest):
        assert manifest["keys"] is False
        assert (folder / "issuer" / "issuer.db").exists()


def test_a_backup_is_never_written_over_and_a_damaged_one_is_named(office, tmp_path):
    file = tmp_path / "b.tar.gz"
    with office.open() as client:
        office.found(client)
    back_up(office.deployment, file, with_keys=False, elsewhere=(), say=quiet)
    with pytest.raises(CommandError, match="already there"):
        back_up(office.deployment, file, with_keys=False, elsewhere=(), say=quiet)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(CommandError, match="cannot be read as a backup"), opened_backup(file):
        pass
    with pytest.raises(CommandError, match="not there"), opened_backup(tmp_path / "none.tar.gz"):
        pass


def test_a_manifest_that_does_not_match_is_refused(office, tmp_path):
    import tarfile

    with office.open() as client:
        office.found(client)
    back_up(office.deployment, tmp_path / "b.tar.gz", with_keys=False, elsewhere=(), say=quiet)
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        archive.extractall(tmp_path / "out", filter="data")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    manifest["files"]["issuer/issuer.db"] = "0" * 64
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        for name in ("manifest.json", *manifest["files"]):
            archive.add(tmp_path / "out" / name, arcname=name)
    with pytest.raises(CommandError, match="not what was saved"):
        put_back(office, tmp_path / "c.tar.gz", "--without-journal")
    assert office.deployment.database("issuer").exists(), "nothing was touched"
