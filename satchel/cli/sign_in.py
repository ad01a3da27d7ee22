"""Signing in at a role from the command line."""

import getpass
import os
import sys

from satchel.client import RoleClient
from satchel.console import CommandError


def enter(client: RoleClient, login: str | None) -> None:
    """Sign in as `login`, whose password is asked for or stands in the first line of standard input; else by a token.

    Raises: ApiError; CommandError without either.
    """
    token = os.environ.get("SATCHEL_TOKEN")
    if login:
        password = (
            getpass.getpass(f"Password of {login}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        )
        client.sign_in(login, password)
    elif token:
        client.use_token(token)
    else:
        raise CommandError("Who are you? Give --login, or a token in SATCHEL_TOKEN.", status=64)
