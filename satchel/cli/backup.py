"""`satchel backup` and `satchel restore`."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from satchel.backup import back_up
from satchel.cli.options import Commands, add_command, add_data, locked
from satchel.console import EXIT_OK, progress, say
from satchel.deployment import ROLES, Deployment, settings_prefix
from satchel.ledgers import ERASURES, JOURNAL, LEDGERS
from satchel.restore import KEEP_SHARES, Accepted, Restored, restore

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
replayed before anything is served. Nor does it bring back what families deleted for good (wallet/wallet-erased.jsonl).
On a new machine, put your newest copies of these two files, and the key files, in their places before you restore.
Every link that families made is ended: nobody can tell which of them were ended after the backup.
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
        for ledger in LEDGERS:
            parser.add_argument(
                ledger.flag,
                dest="lost",
                action="append_const",
                const=ledger.flag,
                help=f"go on although {ledger.role}/{ledger.file_name} is lost: {ledger.remains}",
            )
        parser.add_argument(
            KEEP_SHARES,
            action="store_true",
            help="leave the wallet's links as they were: those that were ended after the backup are open again",
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
    accepted = Accepted(lost=frozenset(arguments.lost or ()), old_shares=arguments.keep_shares)
    with locked(arguments.data), progress("Restoring") as shown:
        done = restore(
            Deployment(data_dir=arguments.data),
            arguments.file,
            accepted=accepted,
            with_keys=arguments.with_keys,
            say=shown.show,
        )
    say(f"Restored {len(done.databases)} databases as they were on {done.taken_at}.")
    if done.set_aside:
        say(f"What was there before is in {done.set_aside}.")
    for line in _consequences(done):
        say(line)
    return EXIT_OK


def _consequences(done: Restored) -> Iterator[str]:
    """Say what holds now, and what is left to do by hand."""
    match done.ledgers.get(JOURNAL.role):
        case "kept":
            yield "Revocations made since then are kept: the issuer makes them again from its journal before it serves."
            yield "Pauses, too, and those that were lifted stay lifted."
        case "lost":
            yield "The status journal was lost. Every status list is closed and new ones are opened,"
            yield "so that no index is used twice."
            yield "Revoke again, by hand, what was revoked after the backup; pause or lift again, too."
    match done.ledgers.get(ERASURES.role):
        case "kept":
            yield "What families deleted for good stays deleted: the wallet forgets it again before it serves."
        case "lost":
            yield "The wallet's list of what was deleted for good was lost. Tell families to look for what is back."
    if done.shares is not None:
        yield "Every link that families had made is ended; they make new ones. The wallet says:"
        yield f"  {done.shares}"
    elif ERASURES.role in done.ledgers:
        yield "The wallet's links are as they were: those that families ended after the backup are open again."
