"""Options that several commands share, and the lock that keeps two of them from using one folder at the same time."""

import argparse
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from satchel.console import CommandError
from satchel.deployment import DEFAULT_PORTS, ROLES

LOCK_NAME = ".lock"


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  it has no public name
"""What `add_subparsers` gives."""


def add_command(commands: Commands, name: str, *, summary: str, examples: str) -> argparse.ArgumentParser:
    """Add a subcommand whose help ends with examples."""
    return commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add `--data`, the folder of the installation."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("SATCHEL_DATA", "data")),
        metavar="DIR",
        help="the folder that holds the installation (default: %(default)s, or what SATCHEL_DATA says)",
    )


def add_base_port(parser: argparse.ArgumentParser) -> None:
    """Add `--base-port`, the port of the start page; the roles follow it."""
    parser.add_argument(
        "--base-port",
        type=_port,
        default=DEFAULT_PORTS["start"],
        metavar="N",
        help="start page on port N, issuer on N+1, wallet N+2, verifier N+3, registrar N+4 (default: %(default)s)",
    )


def ports_from(base: int) -> dict[str, int]:
    """Give every port, counted from the start page's."""
    return {name: base + offset for offset, name in enumerate(DEFAULT_PORTS)}


def role_name(text: str) -> str:
    """Read one role's name from the command line."""
    if text not in ROLES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a role; the roles are {', '.join(ROLES)}")
    return text


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 1 <= number <= 65531:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1024 to 65531")
    return number


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the folder for this process. Raises: CommandError while another command holds it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CommandError(
            f"The folder {data_dir} cannot be used: {error.strerror}. Choose another with --data, or mend its rights."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise CommandError(
            f"Satchel is running with the folder {data_dir}. Stop it first (Ctrl-C where it runs), or choose another."
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)
