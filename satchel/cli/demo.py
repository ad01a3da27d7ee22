"""`satchel demo`: everything on this machine, with the sample family to click through."""

import argparse
import os
import sys
import webbrowser
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from satchel.cli.options import Commands, add_base_port, add_command, locked, ports_from
from satchel.console import EXIT_OK, CommandError, progress, say
from satchel.demo import certificate, logins, terminal
from satchel.demo.first_start import first_start
from satchel.demo.seed import seed
from satchel.deployment import ROLES, START, Deployment, without_roles
from satchel.installation import front_spec, role_spec, start_page_spec
from satchel.supervisor import Supervisor, stop_on_signal

_EXAMPLES = """\
Examples:
  satchel demo                       start, and print the address of the start page
  satchel demo --open                … and open it in the browser
  satchel demo --lan                 HTTPS on this machine's network address, so that a phone in the room can scan
  satchel demo --data /tmp/try       keep its data somewhere else

The first start makes everything that the sample tells, through the same addresses that a provider's or a family's own
program would use; later starts keep what you did. Its logins are public and it is for one machine or one room: never
for real records.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="keep everything in this folder (default: data, or data-lan with --lan)",
    )
    parser.add_argument("--lan", action="store_true", help="serve HTTPS with a certificate of the demo's own")
    parser.add_argument(
        "--open", action=argparse.BooleanOptionalAction, default=False, help="open the start page in a browser"
    )
    parser.add_argument("--logs", action="store_true", help="show what each role logs")
    add_base_port(parser)
    parser.set_defaults(run=_demo)


def plan(
    data_dir: Path, *, lan: bool, base_port: int, now: datetime
) -> tuple[Deployment, certificate.ServerCertificate | None]:
    """Describe the demo on this machine; with `lan`, make its certificate if it is missing. Raises: CommandError."""
    ports = ports_from(base_port)
    if not lan:
        return Deployment(
            data_dir=data_dir, loopback=True, families_welcome=True, tutors_welcome=True, ports=ports
        ), None
    address = certificate.room_address()
    if address.startswith("127."):
        raise CommandError(
            "This machine has no network address, so no phone can reach it. Connect it, or leave out --lan."
        )
    files = certificate.ensure(data_dir / "certificate", address=address, now=now)
    deployment = Deployment(
        data_dir=data_dir,
        loopback=True,
        families_welcome=True,
        tutors_welcome=True,
        room=address,
        authority=files.authority,
        ports=ports,
    )
    return deployment, files


def _demo(arguments: argparse.Namespace) -> int:
    data_dir = arguments.data or Path("data-lan" if arguments.lan else "data")
    now = datetime.now(UTC)
    with locked(data_dir):
        deployment, files = plan(data_dir, lan=arguments.lan, base_port=arguments.base_port, now=now)
        environment, dropped = without_roles(os.environ)
        if dropped:
            say(f"The demo has settings of its own. Not used: {', '.join(dropped)}.", stream=sys.stderr)
        specs = [role_spec(deployment, role, environment=environment) for role in ROLES]
        specs.append(start_page_spec(deployment, environment=environment))
        if files:
            specs.append(front_spec(deployment, certificate=files.chain, key=files.key, environment=environment))
        log = (data_dir / "demo.log").open("a", encoding="utf-8") if not arguments.logs else sys.stdout
        supervisor = Supervisor(specs, say=lambda line: say(line, stream=sys.stderr), log=log)
        with stop_on_signal(supervisor.ask_stop):
            try:
                _bring_up(deployment, supervisor, environment=environment, now=now)
                _greet(deployment, lan=arguments.lan, log_file=None if arguments.logs else data_dir / "demo.log")
                if arguments.open:
                    webbrowser.open(deployment.url(START))
                supervisor.watch()
            finally:
                supervisor.stop()
    say("Stopped. `make demo` starts it again with everything you did.")
    return EXIT_OK


def _bring_up(deployment: Deployment, supervisor: Supervisor, *, environment: Mapping[str, str], now: datetime) -> None:
    with progress("Preparing") as shown:
        first_start(deployment, environment=environment, today=now.date(), say=shown.show)
    supervisor.start()
    with progress("Starting") as shown:
        supervisor.wait_ready(progress=shown.show)
    with progress("Making the sample") as shown:
        seed(deployment, today=now.date(), progress=shown)


def _greet(deployment: Deployment, *, lan: bool, log_file: Path | None) -> None:
    address = deployment.url(START)
    say()
    say(f"  Satchel is ready: {address}")
    say()
    if lan:
        say(terminal.drawn(address))
        say(
            "  Scan it with a phone in the same network. Its browser warns of a certificate that it does not know: that"
        )
        say("  is this demo's own. Go on, or install the file from the start page first.")
        say()
    for login in logins.LOGINS:
        say(f"  {login.who:<34} {deployment.url(login.role):<26} {login.login} · {logins.PASSWORD}")
    say()
    if log_file is not None:
        say(f"  What the programs log is in {log_file}.")
    say("  Ctrl-C stops it; your data stays.")
