"""``python -m registrar serve | init``. Settings come from ``SATCHEL_REGISTRAR_*``."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from pydantic import ValidationError

from kit import server
from kit.errors import RequestError
from kit.vault import VaultError, create_key_file
from registrar.app import ROLE, build_services, create_app
from registrar.settings import RegistrarSettings

USAGE: Final = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status."""
    given = _parser().parse_args(arguments)
    try:
        settings = RegistrarSettings()
        if given.command == "serve":
            return server.run(create_app(settings), settings, role=ROLE)
        if settings.key_file is not None and not settings.key_file.exists():
            create_key_file(settings.key_file)
        build_services(settings).database.close()
        print("The registrar is ready. In this version nobody signs in to it.")
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            print(f"SATCHEL_REGISTRAR_{name}: {each['msg']}", file=sys.stderr)
        return 1
    except (VaultError, RequestError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m registrar", description="The registrar: will compile transcripts.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    commands.add_parser("serve", help="serve the start page and the health addresses")
    init = commands.add_parser("init", help="make the key file and the database")
    init.add_argument("--login", default="", help="accepted for the sake of the other roles; there are no accounts yet")
    init.add_argument("--name", default="", help="likewise")
    return parser
