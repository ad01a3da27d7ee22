"""What an operator does about accounts from the command line: make the first one, and help somebody back in."""

from __future__ import annotations

import getpass
import sys

from kit.accounts.service import RESET_LASTS, Account, Accounts


def read_password() -> str:
    """A password from the first line of stdin, or asked for twice when somebody sits at a terminal.

    Raises: ValueError when the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password (at least 12 characters): ")
    if first != getpass.getpass("The same again: "):
        raise ValueError("the two passwords differ; nothing was made")
    return first


def ensure_first(accounts: Accounts, *, login: str, password: str, name: str, scope: str) -> tuple[Account, bool]:
    """The account of `login`, made when it is not there yet; and whether it was made. Safe to repeat.

    Raises: BadInput when the login or the password will not do.
    """
    found = accounts.find_by_login(login)
    if found is not None:
        return found, False
    return accounts.create_user(login=login, password=password, name=name, scope=scope), True


def recovery_words(accounts: Accounts, *, login: str, public_url: str) -> str:
    """Make a reset code for `login`; the sentence to print, which is the only place where the code is ever seen.

    Raises: BadInput when there is no such login.
    """
    code = accounts.make_reset_code(login)
    hours = int(RESET_LASTS.total_seconds() // 3600)
    return f"Code for {login}: {code}\nIt works once, within {hours} hours, at {public_url}/recover"
