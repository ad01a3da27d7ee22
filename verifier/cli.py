"""``python -m verifier serve | init | recover``. Settings come from ``SATCHEL_VERIFIER_*``."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from pydantic import ValidationError

from kit import server
from kit.accounts import Accounts
from kit.clock import SystemClock
from kit.db import Database
from kit.errors import RequestError
from kit.vault import VaultError, create_key_file
from verifier.app import ROLE, create_app, open_accounts
from verifier.settings import VerifierSettings

USAGE: Final = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status."""
    given = _parser().parse_args(arguments)
    try:
        settings = VerifierSettings()
        if given.command == "serve":
            return server.run(create_app(settings), settings, role=ROLE)
        return _with_accounts(settings, given)
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            print(f"SATCHEL_VERIFIER_{name}: {each['msg']}", file=sys.stderr)
    except (VaultError, RequestError) as error:
        print(error, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m verifier", description="The verifier: checks records and says what was found.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    commands.add_parser("serve", help="serve the pages and the API")
    init = commands.add_parser("init", help="make the key file and the first administrator; the password is asked for")
    init.add_argument("--login", required=True, help="the sign-in name")
    init.add_argument("--name", default="", help="the name that colleagues see")
    recover = commands.add_parser("recover", help="print a code with which somebody sets a new password (24 hours)")
    recover.add_argument("--login", required=True, help="the sign-in name")
    return parser


def _with_accounts(settings: VerifierSettings, given: argparse.Namespace) -> int:
    if given.command == "init" and settings.key_file is not None and not settings.key_file.exists():
        create_key_file(settings.key_file)
    database = Database(settings.database_url)
    try:
        accounts, _vault = open_accounts(settings, database=database, clock=SystemClock())
        if given.command == "recover":
            print(accounts.make_reset_code(given.login))
            return 0
        return _first_administrator(accounts, login=given.login, name=given.name)
    finally:
        database.close()


def _first_administrator(accounts: Accounts, *, login: str, name: str) -> int:
    if accounts.find_by_login(login) is not None:
        print(f"{login} has an account already; nothing was changed.")
        return 0
    accounts.create_user(login=login, password=_password(), name=name or login, scope="administrator")
    print(f"{login} may now sign in.")
    return 0


def _password() -> str:
    """The password: typed twice at a terminal, else the first line of the standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    while True:
        first, second = getpass.getpass("Password: "), getpass.getpass("The same again: ")
        if first == second:
            return first
        print("The two differ. Once more.", file=sys.stderr)
