"""`satchel serve`: run the roles of an installation until told to stop."""

import argparse
import os
import signal
import sys

from satchel.cli.options import Commands, add_base_port, add_command, add_data, locked, ports_from, role_name
from satchel.console import EXIT_OK, EXIT_UNKNOWN, CommandError, progress, say
from satchel.deployment import ROLES, Deployment, settings_prefix
from satchel.installation import has_database, missing_keys, role_spec
from satchel.supervisor import Supervisor, stop_on_signal

_EXAMPLES = """\
Examples:
  satchel serve                            all four roles
  satchel serve verifier                   one role, for example on a machine of its own
  satchel serve --loopback                 plain http on this machine only, to try an installation out

Each role reads its settings from the environment (docs/operating.md lists them). At least its public address is needed:
  SATCHEL_ISSUER_PUBLIC_URL=https://issuer.school.example   and likewise for WALLET, VERIFIER, REGISTRAR
Before the first start: satchel init
"""

_KEYLESS = (
    "The issuer's key file {path} is not there. It starts all the same: what it signed can be verified, and nothing "
    "is signed or revoked until the file is back from your copy. A new key would not open the records."
)


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument("roles", nargs="*", type=role_name, metavar="ROLE", help="default: all four")
    parser.add_argument("--loopback", action="store_true", help="plain http on localhost, nothing for others to reach")
    add_data(parser)
    add_base_port(parser)
    parser.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    roles = arguments.roles or list(ROLES)
    deployment = Deployment(data_dir=arguments.data, loopback=arguments.loopback, ports=ports_from(arguments.base_port))
    keyless = refuse_unready(deployment, roles, loopback=arguments.loopback)
    if keyless:
        say(_KEYLESS.format(path=deployment.key_file("issuer")), stream=sys.stderr)
    specs = [role_spec(deployment, role, environment=os.environ, keyless=role in keyless) for role in roles]
    supervisor = Supervisor(specs, say=lambda line: say(line, stream=sys.stderr), log=sys.stdout)
    with locked(arguments.data), stop_on_signal(supervisor.ask_stop):
        try:
            supervisor.start()
            with progress("Starting") as shown:
                supervisor.wait_ready(progress=shown.show)
            for role in roles:
                say(
                    f"The {role} is ready: {os.environ.get(settings_prefix(role) + 'PUBLIC_URL', deployment.url(role))}"
                )
            supervisor.watch()
        finally:
            codes = supervisor.stop()
    say("Stopped.")
    orderly = {0, -signal.SIGTERM}  # a server that was asked to end says so with the signal, once it has finished
    return EXIT_OK if orderly.issuperset(codes.values()) else EXIT_UNKNOWN


def refuse_unready(deployment: Deployment, roles: list[str], *, loopback: bool) -> list[str]:
    """Refuse to start the demo's data, or without keys or addresses; give the roles that start without their key.

    The issuer does, once it has a database: what it signed stays verifiable while its key is looked for.
    Raises: CommandError with the sentence that helps.
    """
    if deployment.is_demo:
        raise CommandError(
            f"{deployment.data_dir} holds a demonstration, whose passwords everybody knows. It is started with "
            "satchel demo; for an installation of your own, choose another folder with --data."
        )
    missing = missing_keys(deployment, roles, environment=os.environ)
    keyless = [role for role in missing if role == "issuer" and has_database(deployment, role, environment=os.environ)]
    for role in missing:
        if role not in keyless:
            raise CommandError(
                f"The {role} has no key file ({deployment.key_file(role)}). "
                "For a new installation: satchel init. "
                "For one that has been running: restore the file from your copy; a new key would not open the records."
            )
    homeless = [role for role in roles if f"{settings_prefix(role)}PUBLIC_URL" not in os.environ]
    if homeless and not loopback:
        name = f"{settings_prefix(homeless[0])}PUBLIC_URL"
        raise CommandError(
            f"Under which address do people reach the {homeless[0]}? Set {name}=https://… "
            "(docs/operating.md), or try it on this machine only with --loopback."
        )
    return keyless
