"""Copy a running installation into one file, and put such a file back, also an older one.

Rules. A copy is taken inside one reading transaction of each database, so the roles need not stop; each copy is
checked before it counts. The issuer's status journal is copied after its database, so that it knows at least as much.
Key files are left out unless they are asked for: whoever has both the databases and the keys can read everything.
Restoring never deletes: what was there is set aside. The status journal of the running installation is never set
back: the issuer replays it before it serves, so a revocation made after the backup stays made, and an index given out
after it is not given out again. Left out: PostgreSQL, which brings its own tools; its journal is copied all the same,
and the manifest says what is missing.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from satchel.console import CommandError
from satchel.deployment import KEY_FILE_NAME, ROLES, Deployment

MANIFEST = "manifest.json"
FORMAT = 1
JOURNAL_NAME = "status.journal"
RESTORED_LINE = '{"restored":true}\n'

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """What a backup holds: file names in it, roles whose database is elsewhere, whether key files are inside."""

    path: Path
    files: tuple[str, ...]
    elsewhere: tuple[str, ...]
    keys: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: databases put back, where the former ones are, and what became of the status journal."""

    databases: tuple[str, ...]
    set_aside: Path | None
    journal: str
    taken_at: str


def back_up(deployment: Deployment, target: Path, *, with_keys: bool, elsewhere: Iterable[str], say: Say) -> BackupMade:
    """Write a backup of every role's database, the status journal and perhaps the key files to the new file `target`.

    `elsewhere` are the roles that the operator keeps in another database. Raises: CommandError.
    """
    if target.exists():
        raise CommandError(f"{target} is already there. Choose another name: a backup is never written over.")
    absent = tuple(elsewhere)
    with tempfile.TemporaryDirectory(dir=_parent(target), prefix=".satchel-backup-") as folder:
        staging = Path(folder)
        files = list(_collect(deployment, staging, absent, with_keys=with_keys, say=say))
        if not any(name.endswith(".db") for name in files) and not absent:
            raise CommandError(
                f"There is no installation in {deployment.data_dir}: no database was found. Check --data."
            )
        manifest = {
            "format": FORMAT,
            "takenAt": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {name: _sha256(staging / name) for name in files},
            "databasesElsewhere": list(absent),
            "keys": with_keys,
        }
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        say("writing one file")
        _pack(staging, [MANIFEST, *files], target)
    return BackupMade(path=target, files=tuple(files), elsewhere=absent, keys=with_keys)


def _collect(
    deployment: Deployment, staging: Path, absent: tuple[str, ...], *, with_keys: bool, say: Say
) -> Iterator[str]:
    for role in ROLES:
        (staging / role).mkdir()
        database = deployment.database(role)
        if role not in absent and database.exists():
            say(f"copying the {role}'s database")
            copy_database(database, staging / role / database.name)
            yield f"{role}/{database.name}"
        for name in (JOURNAL_NAME, KEY_FILE_NAME) if with_keys else (JOURNAL_NAME,):
            source = deployment.role_dir(role) / name
            if source.exists():
                shutil.copy2(source, staging / role / name)
                yield f"{role}/{name}"


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database that may be in use, and check the copy. Raises: CommandError."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise CommandError(
            f"{source} could not be copied: {error}. Check the disk's space and this user's rights."
        ) from error
    if found != "ok":
        raise CommandError(f"{source} is damaged ({found}). Keep it, and restore the newest backup that is not.")
    target.chmod(0o600)


def _pack(staging: Path, names: Iterable[str], target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            for name in names:
                archive.add(staging / name, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(target)


def restore(deployment: Deployment, source: Path, *, accept_lost_journal: bool, with_keys: bool, say: Say) -> Restored:
    """Put a backup in place of what is in the deployment's folder; set aside what was there.

    Raises: CommandError when the file is not a whole backup, or when the running installation's journal is gone and the
    operator has not accepted what that means.
    """
    with opened_backup(source) as (folder, manifest):
        databases = tuple(name for name in manifest["files"] if name.endswith(".db"))
        live = deployment.role_dir("issuer") / JOURNAL_NAME
        saved = folder / "issuer" / JOURNAL_NAME
        has_issuer = "issuer/issuer.db" in databases
        if has_issuer and not live.exists() and not accept_lost_journal:
            raise CommandError(
                f"{live} is not there, so nobody knows what was revoked after this backup was taken. "
                "If you have a newer copy of that file, put it there and repeat. If it is lost, "
                "repeat with --without-journal; revocations made after the backup must then be made again by hand."
            )
        set_aside = _set_aside(deployment, databases)
        for name in databases:
            say(f"putting back {name}")
            _place(folder / name, deployment.data_dir / name)
        if with_keys:
            _place_keys(folder, deployment, manifest["files"])
        journal = _settle_journal(live, saved) if has_issuer else "not needed"
        return Restored(databases=databases, set_aside=set_aside, journal=journal, taken_at=str(manifest["takenAt"]))


@contextmanager
def opened_backup(source: Path) -> Iterator[tuple[Path, Mapping[str, Mapping[str, str]]]]:
    """Unpack a backup into a private folder and check every file in it against its manifest. Raises: CommandError."""
    with tempfile.TemporaryDirectory(prefix="satchel-restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(source, mode="r:gz") as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise CommandError(
                f"{source} is not there, or holds no manifest. Give a file that `satchel backup` made."
            ) from error
        except (tarfile.TarError, OSError, ValueError, EOFError) as error:
            raise CommandError(
                f"{source} cannot be read as a backup: {error}. Copy it again from where it is kept."
            ) from error
        if manifest.get("format") != FORMAT:
            raise CommandError(
                f"{source} is of format {manifest.get('format')}; this Satchel reads {FORMAT}. Use its own version."
            )
        for file, digest in manifest["files"].items():
            if not (folder / file).is_file() or _sha256(folder / file) != digest:
                raise CommandError(
                    f"{file} inside {source} is not what was saved. Copy the backup again, or use another one."
                )
        yield folder, manifest


def _settle_journal(live: Path, saved: Path) -> str:
    """Leave the journal knowing everything that either copy knows."""
    if not live.exists():
        if saved.exists():
            _place(saved, live)
        with live.open("a", encoding="utf-8") as file:
            file.write(RESTORED_LINE)
            file.flush()
            os.fsync(file.fileno())
        return "lost"
    known = set(live.read_text(encoding="utf-8").splitlines())
    missing = (
        [line for line in saved.read_text(encoding="utf-8").splitlines() if line not in known] if saved.exists() else []
    )
    if missing:
        with live.open("a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in missing))
            file.flush()
            os.fsync(file.fileno())
    return "kept"


def _set_aside(deployment: Deployment, databases: Iterable[str]) -> Path | None:
    """Move the present databases, with their write-ahead logs, into a dated folder."""
    present = [
        path
        for name in databases
        for path in (deployment.data_dir / name).parent.glob(Path(name).name + "*")
        if not path.name.endswith(".migrating")
    ]
    if not present:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = deployment.data_dir / f"before-restore-{stamp}"
    for path in present:
        target = aside / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.rename(target)
    return aside


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    partial.chmod(0o600)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(target)


def _place_keys(folder: Path, deployment: Deployment, files: Mapping[str, str]) -> None:
    for role in ROLES:
        if f"{role}/{KEY_FILE_NAME}" not in files:
            continue
        target = deployment.key_file(role)
        if target.exists() and target.read_bytes() != (folder / role / KEY_FILE_NAME).read_bytes():
            raise CommandError(
                f"{target} is there and differs from the backup's. Move it away first: a key is never written over."
            )
        _place(folder / role / KEY_FILE_NAME, target)


def _parent(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.parent


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
