"""`satchel backup` and `satchel restore`."""

import argparse
import os
from pathlib import Path

from satchel.backup import back_up, restore
from satchel.cli.options import Commands, add_command, add_data, locked
from satchel.console import EXIT_OK, progress, say
from satchel.deployment import ROLES, Deployment, settings_prefix

_BACKUP_EXAMPLES = """\
Examples:
  satchel backup monday.tar.gz                 while everything runs; the key files stay out
  satchel backup monday.tar.gz --with-keys     with the key files: keep that file as you keep the keys

Without its key files a backup can be read by nobody. Keep a copy of them somewhere else (docs/operating.md, "Keys").
"""

_RESTORE_EXAMPLES = """\
Examples:
  satchel restore monday.tar.gz                stop Satchel first; what is there now is set aside, never deleted
  satchel restore monday.tar.gz --with-keys    put the key files back too, if the backup holds them

Restoring an older backup does not undo a revocation: the issuer's journal (issuer/status.journal) stays as it is and is
replayed before anything is served. On a new machine, put your newest copy of that file in its place before you restore.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add one of the two commands."""
    examples = _BACKUP_EXAMPLES if name == "backup" else _RESTORE_EXAMPLES
    parser = add_command(commands, name, summary=summary, examples=examples)
    if name == "backup":
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; it must not exist yet")
        parser.add_argument("--with-keys", action="store_true", help="put the key files in: whoever has it reads all")
        parser.set_defaults(run=_back_up)
    else:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that `satchel backup` made")
        parser.add_argument("--with-keys", action="store_true", help="put back the key files that the backup holds")
        parser.add_argument(
            "--without-journal",
            action="store_true",
            help="go on although the status journal is lost: revocations made after the backup must be made again",
        )
        parser.set_defaults(run=_restore)
    add_data(parser)


def _elsewhere() -> list[str]:
    return [
        role
        for role in ROLES
        if os.environ.get(f"{settings_prefix(role)}DATABASE_URL", "sqlite:").partition(":")[0] != "sqlite"
    ]


def _back_up(arguments: argparse.Namespace) -> int:
    with progress("Backing up") as shown:
        made = back_up(
            Deployment(data_dir=arguments.data),
            arguments.file,
            with_keys=arguments.with_keys,
            elsewhere=_elsewhere(),
            say=shown.show,
        )
    say(f"Saved {len(made.files)} files in {made.path}.")
    if made.elsewhere:
        say(f"Not in it: the databases of {', '.join(made.elsewhere)}, on PostgreSQL. Save them with pg_dump.")
    if made.keys:
        say("It holds the key files: whoever has it can read every record. Keep it locked away.")
    else:
        say("The key files are not in it. Without them it cannot be read: keep a copy of them somewhere else.")
    return EXIT_OK


def _restore(arguments: argparse.Namespace) -> int:
    with locked(arguments.data), progress("Restoring") as shown:
        done = restore(
            Deployment(data_dir=arguments.data),
            arguments.file,
            accept_lost_journal=arguments.without_journal,
            with_keys=arguments.with_keys,
            say=shown.show,
        )
    say(f"Restored {len(done.databases)} databases as they were on {done.taken_at}.")
    if done.set_aside:
        say(f"What was there before is in {done.set_aside}.")
    if done.journal == "kept":
        say("Revocations made since then are kept: the issuer makes them again from its journal before it serves.")
    elif done.journal == "lost":
        say("The status journal was lost. Every status list is closed and new ones are opened: no index is used twice.")
        say("Revoke again, by hand, what was revoked after the backup.")
    return EXIT_OK
