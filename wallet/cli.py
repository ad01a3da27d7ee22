"""`python -m wallet`: serve, init, recover, sweep, recall-shares, audit verify. Settings come from `SATCHEL_WALLET_*`.

Exit status: 0 done, 1 it could not be done (with a sentence on stderr), 64 the command was not understood.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from pydantic import ValidationError
from sqlalchemy import select

from kit import audit, server
from kit.accounts.commands import ensure_first, read_password, recovery_words
from kit.db import Database
from kit.errors import RequestError
from kit.vault import VaultError, create_key_file
from wallet import store
from wallet.app import MIGRATIONS, ROLE, build_tools, create_app
from wallet.service import build_services
from wallet.service.joining import ADMINISTRATOR
from wallet.settings import WalletSettings

USAGE = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given, WalletSettings())
    except ValidationError as error:
        names = ", ".join(
            f"SATCHEL_WALLET_{str(item['loc'][0]).upper() if item['loc'] else '…'}" for item in error.errors()
        )
        first = error.errors()[0]["msg"]
        print(f"These settings need attention: {names}. {first}", file=sys.stderr)
        return 1
    except (RequestError, VaultError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m wallet", description="The wallet: keeps what learners earn and shares it.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the wallet").set_defaults(run=_serve)
    first = commands.add_parser(
        "init", help="make the key file if there is none, the tables, and the first administrator"
    )
    first.add_argument("--login", required=True, help="the administrator's sign-in name")
    first.add_argument("--name", default="", help="the administrator's name")
    first.set_defaults(run=_init)
    recover = commands.add_parser("recover", help="print a code with which somebody sets a new password")
    recover.add_argument("--login", required=True)
    recover.set_defaults(run=_recover)
    commands.add_parser("sweep", help="delete for good what its time in the bin is over; run it daily").set_defaults(
        run=_sweep
    )
    commands.add_parser(
        "recall-shares", help="stop every link of every family, as after restoring a backup that is older than a recall"
    ).set_defaults(run=_recall_shares)
    log = commands.add_parser("audit", help="the audit log")
    log_commands = log.add_subparsers(required=True, metavar="COMMAND")
    log_commands.add_parser("verify", help="make sure that no row is missing or altered").set_defaults(
        run=_audit_verify
    )
    return parser


def _serve(_given: argparse.Namespace, settings: WalletSettings) -> int:
    return server.run(create_app(settings), settings, role=ROLE)


def _init(given: argparse.Namespace, settings: WalletSettings) -> int:
    password = read_password()
    if settings.key_file is not None and not settings.key_file.exists():
        _refuse_second_key(settings)
        create_key_file(settings.key_file)
        print(f"A new key file was made: {settings.key_file.name}. Keep a copy of it apart from the database.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    tools = build_tools(settings)
    name = given.name or given.login
    found, made = ensure_first(tools.accounts, login=given.login, password=password, name=name, scope=ADMINISTRATOR)
    if made:
        with tools.database.session() as session:
            audit.append(
                session,
                store.AUDIT,
                at=tools.clock.now(),
                actor="system",
                action="administrator.make",
                object_id=found.id,
                detail={},
            )
    print(f"{given.login} is the administrator." if made else f"{given.login} is there already; nothing was changed.")
    tools.database.close()
    return 0


def _refuse_second_key(settings: WalletSettings) -> None:
    """A database that was sealed before needs its own key back; a new one would open nothing.

    Raises: VaultError.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    database.upgrade(MIGRATIONS)
    with database.reading() as session:
        sealed = session.execute(select(store.VAULT)).first() is not None
    database.close()
    if sealed:
        raise VaultError("this database has a key already, and its file is not there: restore it from your copy")


def _recover(given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    print(recovery_words(tools.accounts, login=given.login, public_url=settings.public_url))
    tools.database.close()
    return 0


def _sweep(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    services = build_services(tools)
    gone = services.erasure.empty_bins()
    sessions = tools.accounts.forget_old_sessions()
    tools.database.close()
    print(f"{gone} things from bins and {sessions} old sessions were deleted.")
    return 0


def _recall_shares(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    stopped = build_services(tools).shares.recall_every()
    tools.database.close()
    print(f"{stopped} links were stopped. Families share anew what they still want to show.")
    return 0


def _audit_verify(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    with tools.database.reading() as session:
        broken = audit.verify_chain(session, store.AUDIT)
        count, last = audit.head(session, store.AUDIT)
    tools.database.close()
    if broken is not None:
        print(f"The audit log is broken at row {broken}: it is missing, altered or out of place.", file=sys.stderr)
        return 1
    print(f"{count} rows, whole. The last one's hash is {last}.")
    return 0
