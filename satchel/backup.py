"""Copy a running installation into one file; read such a file again (`satchel.restore` puts it back).

Rules. A copy is taken inside one reading transaction of each database, so the roles need not stop; each copy is
checked before it counts. A role's ledger (`satchel.ledgers`) is copied after its database, so that it knows at least
as much. Key files are left out unless they are asked for: whoever has both the databases and the keys can read
everything. Left out: PostgreSQL, which brings its own tools; its ledgers are copied all the same, and the manifest says
what is missing.
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
from satchel.ledgers import LEDGER_NAMES

MANIFEST = "manifest.json"
FORMAT = 1
_KNOWN_FILES = frozenset(
    f"{role}/{name}" for role in ROLES for name in (f"{role}.db", KEY_FILE_NAME, *LEDGER_NAMES.get(role, ()))
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """What a backup holds: file names in it, roles whose database is elsewhere, whether key files are inside."""

    path: Path
    files: tuple[str, ...]
    elsewhere: tuple[str, ...]
    keys: bool


def back_up(deployment: Deployment, target: Path, *, with_keys: bool, elsewhere: Iterable[str], say: Say) -> BackupMade:
    """Write a backup of every role's database, the ledgers and perhaps the key files to the new file `target`.

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
        for name in [*LEDGER_NAMES.get(role, ()), *([KEY_FILE_NAME] if with_keys else [])]:
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
            if file not in _KNOWN_FILES:
                raise CommandError(f"{source} holds {file}, which no backup holds. Nothing of it was used.")
            if not (folder / file).is_file() or _sha256(folder / file) != digest:
                raise CommandError(
                    f"{file} inside {source} is not what was saved. Copy the backup again, or use another one."
                )
        yield folder, manifest


def _parent(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.parent


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
