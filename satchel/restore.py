"""Put a backup in place of what is in the installation's folder.

Rules. Everything that can be refused is refused before anything is touched: a backup that is not whole, a key file that
would be written over, a ledger that was lost and whose loss nobody has accepted. Then the ledgers are settled, and only
then are databases replaced: a restore that is cut off leaves no older database beside a ledger that would not mend it.
Nothing is deleted: what was there is set aside. The wallet's links are all ended in the copy before it is put in place,
because nobody can tell which of them were ended after the backup. Left out: PostgreSQL; docs/operating.md says what to
do there by hand.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kit.jobs import ENGINE_FILE
from satchel.backup import Say, opened_backup
from satchel.console import CommandError
from satchel.deployment import KEY_FILE_NAME, ROLES, Deployment, settings_prefix
from satchel.installation import with_checkout, without_address
from satchel.ledgers import JOURNAL, LEDGERS, Ledger, complete_lines, settle_lost, sync_folder, why_lost
from satchel.supervisor import python_module

KEEP_SHARES = "--keep-shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the operator has accepted in so many words: ledgers that are lost (their flags), and links left as they
    were in the backup.
    """

    lost: frozenset[str] = frozenset()
    old_shares: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: databases put back; where the former ones are; what became of each role's ledger ("kept" or
    "lost"); what the wallet said of its links, None where it was not asked.
    """

    databases: tuple[str, ...]
    set_aside: Path | None
    ledgers: Mapping[str, str]
    shares: str | None
    taken_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    ledger: Ledger
    live: Path
    saved: Path
    lost: bool


def restore(deployment: Deployment, source: Path, *, accepted: Accepted, with_keys: bool, say: Say) -> Restored:
    """Put a backup in place of what is in the deployment's folder; set aside what was there.

    Raises: CommandError when the file is not a whole backup, or when something was lost and the operator has not
    accepted what that means; then nothing was changed.
    """
    with opened_backup(source) as (folder, manifest):
        databases = tuple(name for name in manifest["files"] if name.endswith(".db"))
        keys = _keys_to_place(folder, deployment, manifest["files"]) if with_keys else ()
        standings = [_standing(ledger, deployment, folder, accepted) for ledger in LEDGERS if _held(ledger, databases)]
        shares = None
        if "wallet/wallet.db" in databases and not accepted.old_shares:
            say("ending the wallet's links")
            shares = _end_shares(deployment, folder, with_keys=with_keys)
        aside = deployment.data_dir / f"before-restore-{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}"
        for standing in standings:
            if standing.lost:
                say(f"settling {standing.ledger.file_name}")
                _settle(standing, aside)
        waiting = [
            (_copied(folder / name, deployment.data_dir / name), deployment.data_dir / name) for name in databases
        ]
        _set_aside(deployment, databases, aside)
        for partial, target in waiting:
            say(f"putting back {target.name}")
            partial.replace(target)
            sync_folder(target.parent)
        for key, target in keys:
            _copied(key, target).replace(target)
        return Restored(
            databases=databases,
            set_aside=aside if aside.exists() else None,
            ledgers={standing.ledger.role: "lost" if standing.lost else "kept" for standing in standings},
            shares=shares,
            taken_at=str(manifest["takenAt"]),
        )


def _held(ledger: Ledger, databases: Iterable[str]) -> bool:
    return f"{ledger.role}/{ledger.role}.db" in databases


def _standing(ledger: Ledger, deployment: Deployment, folder: Path, accepted: Accepted) -> _Standing:
    """Compare the two copies of a ledger. Raises: CommandError where the live one is lost and nobody accepted it."""
    live = deployment.role_dir(ledger.role) / ledger.file_name
    saved = folder / ledger.role / ledger.file_name
    database = folder / ledger.role / f"{ledger.role}.db"
    running = deployment.database(ledger.role).exists()
    reason = why_lost(live, saved, may_be_absent=ledger is not JOURNAL and running)
    if reason is None and ledger is JOURNAL and not _lists(database) <= _opened(live):
        reason = "does not know every status list in the backup (it is another installation's)"
    if reason is not None and ledger.flag not in accepted.lost:
        raise CommandError(
            f"{live} {reason}, so nobody knows {ledger.nobody_knows}. Nothing was changed. "
            "If you have a newer copy of that file, put it there and repeat. If it is lost, "
            f"repeat with {ledger.flag}; {ledger.remains}."
        )
    return _Standing(ledger=ledger, live=live, saved=saved, lost=reason is not None)


def _lists(database: Path) -> set[str]:
    """Give the ids of the status lists in the issuer's database. Raises: CommandError."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            named = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'status_list'").fetchone()
            return {str(row[0]) for row in connection.execute("SELECT id FROM status_list")} if named else set()
    except sqlite3.Error as error:
        raise CommandError(f"The issuer's database in the backup cannot be read: {error}. Use another one.") from error


def _opened(journal: Path) -> set[str]:
    return {str(entry["list"]) for entry in map(json.loads, complete_lines(journal)) if "list" in entry}


def _settle(standing: _Standing, aside: Path) -> None:
    if standing.live.exists():
        kept = aside / standing.ledger.role / standing.ledger.file_name
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(standing.live, kept)
    settle_lost(standing.ledger, standing.live, standing.saved)


def _end_shares(deployment: Deployment, folder: Path, *, with_keys: bool) -> str | None:
    """Have the wallet end every link in the unpacked copy; give what it says. Raises: CommandError."""
    place = folder / "wallet"
    database = place / "wallet.db"
    environment = deployment.environment("wallet", inherited=without_address("wallet") | dict(os.environ))
    prefix = settings_prefix("wallet")
    environment |= {f"{prefix}DATABASE_URL": f"sqlite:///{database}", f"{prefix}DATA_DIR": str(place)}
    if with_keys and not deployment.key_file("wallet").exists() and (place / KEY_FILE_NAME).exists():
        environment[f"{prefix}KEY_FILE"] = str(place / KEY_FILE_NAME)
    done = subprocess.run(  # noqa: S603  the command is composed here
        python_module("wallet", "recall-shares"),
        env=with_checkout(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise CommandError(
            f"The wallet could not end its links: {said[-1].rstrip('.')}. Nothing was changed. "
            f"Mend that (its key file belongs at {deployment.key_file('wallet')}) and repeat; or repeat with "
            f"{KEEP_SHARES}, and links that families ended after the backup are open again."
        )
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done.stdout.strip()


def _set_aside(deployment: Deployment, databases: Iterable[str], aside: Path) -> None:
    """Move the present databases, with their write-ahead logs, into a dated folder; and what an engine of jobs knew."""
    wanted = [each for name in databases for each in (Path(name), Path(name).with_name(ENGINE_FILE))]
    for name in wanted:
        for path in (deployment.data_dir / name).parent.glob(name.name + "*"):
            if path.name.endswith((".migrating", ".partial")):
                continue
            target = aside / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.rename(target)


def _copied(source: Path, target: Path) -> Path:
    """Copy a file beside the place where it is wanted, and wait until it is on the disk; give the copy."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(target.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as reading, os.fdopen(descriptor, "wb") as writing:
        shutil.copyfileobj(reading, writing)
        writing.flush()
        os.fsync(writing.fileno())
    return partial


def _keys_to_place(folder: Path, deployment: Deployment, files: Iterable[str]) -> tuple[tuple[Path, Path], ...]:
    """Give the backup's key files and their places. Raises: CommandError where another key is there."""
    found = []
    for role in ROLES:
        if f"{role}/{KEY_FILE_NAME}" not in files:
            continue
        target = deployment.key_file(role)
        if target.exists() and target.read_bytes() != (folder / role / KEY_FILE_NAME).read_bytes():
            raise CommandError(
                f"{target} is there and differs from the backup's. Nothing was changed. Move it away first: "
                "a key is never written over."
            )
        found.append((folder / role / KEY_FILE_NAME, target))
    return tuple(found)
