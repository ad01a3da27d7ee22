"""`satchel keys`: make, list and check the key-encryption keys."""

import argparse
import os
from pathlib import Path

from kit import db, vault
from kit.errors import Unavailable
from satchel.cli.options import Commands, add_command, add_data, role_name
from satchel.console import EXIT_BAD, EXIT_OK, EXIT_UNKNOWN, CommandError, say
from satchel.deployment import KEYED_ROLES, Deployment, settings_prefix
from satchel.installation import create_missing_keys

_EXAMPLES = """\
Examples:
  satchel keys create-kek                 make the key files that are missing (never replaces one)
  satchel keys create-kek issuer          only the issuer's
  satchel keys list                       where each key file is, and its fingerprint
  satchel keys check                      can each be read, by its owner only, and does it open its database?

A key-encryption key seals the signing keys and the personal values in a database. Keep a copy of each file away from
the backups: a backup without its key cannot be read, and a key that is lost is not made again.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command and its three verbs."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=type(parser))
    for verb_name, purpose, run in (
        ("create-kek", "make the key files that are missing", _create),
        ("list", "say where each key file is, and its fingerprint", _list),
        ("check", "check each key file, and that it opens its database", _check),
    ):
        verb = verbs.add_parser(verb_name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
        verb.add_argument("roles", nargs="*", metavar="ROLE", type=role_name, help="default: every role")
        add_data(verb)
        verb.set_defaults(run=run)


def _roles(arguments: argparse.Namespace) -> list[str]:
    return list(arguments.roles) or list(KEYED_ROLES)


def _key_path(deployment: Deployment, role: str) -> Path:
    return Path(os.environ.get(f"{settings_prefix(role)}KEY_FILE") or deployment.key_file(role))


def _create(arguments: argparse.Namespace) -> int:
    made = create_missing_keys(Deployment(data_dir=arguments.data), _roles(arguments), environment=os.environ)
    for path in made:
        say(f"Made {path}. Copy it to a safe place now.")
    if not made:
        say("Every role has its key already; nothing was made.")
    return EXIT_OK


def _list(arguments: argparse.Namespace) -> int:
    deployment = Deployment(data_dir=arguments.data)
    for role in _roles(arguments):
        path = _key_path(deployment, role)
        try:
            found = vault.Vault(vault.read_key_file(path)).key_id
        except vault.VaultError as error:
            found = str(error)
        say(f"{role:<10} {path}  {found}")
    return EXIT_OK


def _check(arguments: argparse.Namespace) -> int:
    deployment = Deployment(data_dir=arguments.data)
    worst = EXIT_OK
    for role in _roles(arguments):
        try:
            key = vault.Vault(vault.read_key_file(_key_path(deployment, role)))
            say(f"{role:<10} {_database_says(deployment, role, key)}")
        except vault.VaultError as error:
            say(f"{role:<10} not good: {error}")
            worst = EXIT_BAD
        except CommandError as error:
            say(f"{role:<10} could not be checked: {error}")
            worst = max(worst, EXIT_UNKNOWN) if worst != EXIT_BAD else worst
    return worst


def _database_says(deployment: Deployment, role: str, key: vault.Vault) -> str:
    """Say whether the role's database belongs to this key. Raises: VaultError, CommandError."""
    url = os.environ.get(f"{settings_prefix(role)}DATABASE_URL", f"sqlite:///{deployment.database(role).resolve()}")
    if url.startswith("sqlite") and not deployment.database(role).exists():
        return f"good: key {key.key_id}; there is no database yet"
    database = db.Database(url)
    table = vault.vault_table(db.metadata())
    try:
        with database.reading() as session:
            tied = vault.tied_to(session, table)
    except Unavailable as error:
        raise CommandError("its database cannot be reached; start it and repeat") from error
    finally:
        database.close()
    if not tied:
        return f"good: key {key.key_id}; its database is sealed under no key yet"
    if key.key_id not in tied:
        raise vault.WrongKey(f"its database was sealed under key {tied[0]}, and the file holds {key.key_id}")
    return f"good: key {key.key_id} opens its database"
