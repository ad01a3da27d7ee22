"""`satchel init`: the key files and the first administrators of an installation."""

import argparse
import getpass
import os
import sys

from kit.accounts.passwords import DEMO_PASSWORD
from satchel.cli.options import Commands, add_base_port, add_command, add_data, locked, ports_from, role_name
from satchel.console import EXIT_OK, CommandError, progress, say
from satchel.deployment import ROLES, Deployment
from satchel.installation import create_missing_keys, first_administrator

_EXAMPLES = """\
Examples:
  satchel init --login office@school.example                 asks for a password
  satchel init verifier --login office@school.example        only the verifier
  satchel init --login office < password.txt                 takes the first line of standard input

It makes a key file for each role (mode 0600) and the same first administrator in each. Doing it again changes nothing:
what is there stays. Nobody else can sign up until you allow it (SATCHEL_WALLET_SIGNUP_OPEN=true) or invite them.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument(
        "roles", nargs="*", type=role_name, metavar="ROLE", help="default: all that have administrators"
    )
    parser.add_argument("--login", required=True, help="the first administrator's sign-in name")
    parser.add_argument("--name", help="the name that others see (default: the sign-in name)")
    parser.add_argument("--loopback", action="store_true", help="for an installation on this machine only")
    add_data(parser)
    add_base_port(parser)
    parser.set_defaults(run=_init)


def _init(arguments: argparse.Namespace) -> int:
    roles = arguments.roles or list(ROLES)
    deployment = Deployment(data_dir=arguments.data, loopback=arguments.loopback, ports=ports_from(arguments.base_port))
    with locked(arguments.data):
        password = _password()
        if password == DEMO_PASSWORD and not arguments.loopback:
            raise CommandError("That is the demonstration's password, which everybody knows. Choose one of your own.")
        made = create_missing_keys(deployment, roles, environment=os.environ)
        said = []
        with progress("Preparing", total=len(roles)) as shown:
            for role in roles:
                shown.step(role)
                said.append(
                    first_administrator(
                        deployment,
                        role,
                        arguments.login,
                        arguments.name or arguments.login,
                        password,
                        environment=os.environ,
                    )
                )
    for path in made:
        say(f"Made the key file {path}. Copy it to a safe place now: without it, the records cannot be read.")
    for line in said:
        say(line)
    return EXIT_OK


def _password() -> str:
    """Read the password from standard input, or ask for it twice. Raises: CommandError when the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password for the first administrator (at least 12 characters): ")
    if getpass.getpass("The same again: ") != first:
        raise CommandError("The two passwords differ. Nothing was made; try again.")
    return first
