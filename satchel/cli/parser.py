"""One parser for the whole command, and the place where errors become sentences and exit codes."""

import argparse
import contextlib
import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from satchel.console import EXIT_STOPPED, EXIT_UNKNOWN, EXIT_USAGE, CommandError, forget_output, say

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": ("satchel.cli.demo", "run everything on this machine with an invented family"),
    "serve": ("satchel.cli.serve", "run the roles until told to stop"),
    "verify": ("satchel.cli.verify", "check credentials: files of any kind, links, codes"),
    "bake": ("satchel.cli.bake", "put a credential into a picture (PNG or SVG)"),
    "unbake": ("satchel.cli.bake", "take the credential out of a picture"),
    "derive": ("satchel.cli.derive", "make what you show of a credential that was issued for selective disclosure"),
    "issue": ("satchel.cli.issue", "award learners from the command line"),
    "import": ("satchel.cli.bring", "bring awards, archives and other wallets' exports into a learner's wallet"),
    "init": ("satchel.cli.init", "make the key files and the first administrators"),
    "keys": ("satchel.cli.keys", "make, list and check the key files"),
    "backup": ("satchel.cli.backup", "copy a running installation into one file"),
    "restore": ("satchel.cli.backup", "put a backup in place"),
}
"""Each command's module and what it is for. Only the module of the command that is run is loaded."""

_DESCRIPTION = """\
Verifiable credentials for open education: providers sign what a learner did, the learner's wallet keeps and shares it,
readers verify it without calling anyone.
"""

_EPILOG = """\
Start here:
  satchel demo                          everything on this machine, with an invented family to click through
  satchel verify transcript.json        is it genuine, current, and by somebody you recognise?
  satchel verify https://…/s/…          the same for a share link

For an installation of your own:
  satchel init --login you@school.example      make the keys and the first administrators (once)
  satchel serve                                run the four roles
  satchel backup satchel-monday.tar.gz         copy everything while it runs

`satchel COMMAND --help` explains each command with examples. docs/operating.md tells the whole story.
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose usage errors end with the code that shells expect of wrong usage (sysexits.h: 64)."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\nTry '{self.prog} --help'.\n")


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Compose the parser: with the options of `command` if it is one, with the names of all in any case."""
    parser = _Parser(
        prog="satchel",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, (module, summary) in COMMANDS.items():
        if name == command:
            importlib.import_module(module).add_to(commands, name, summary)
        else:
            commands.add_parser(name, help=summary)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code. Errors are one sentence on standard error.

    What nobody foresaw ends with "it could not be done" too: 0, 1 and 3 are answers, and a crash is none.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = given[0] if given and given[0] in COMMANDS else ""
    try:
        parsed = build_parser(name).parse_args(given)
        return int(parsed.run(parsed))
    except CommandError as error:
        return _failed(name, str(error), error.status)
    except KeyboardInterrupt:
        return _failed(name, "Stopped.", EXIT_STOPPED)
    except OSError as error:
        forget_output()
        place = f" ({error.filename})" if error.filename else ""
        return _failed(name, f"The system refused: {error.strerror or error}{place}. Mend that and repeat.")
    except Exception as error:  # noqa: BLE001  whatever it is, it is no answer
        return _failed(
            name,
            f"It could not be done, for a reason that nobody foresaw ({type(error).__name__}: {error}). "
            "Please report it with what you typed.",
        )


def _failed(command: str, sentence: str, status: int = EXIT_UNKNOWN) -> int:
    with contextlib.suppress(OSError):
        say(f"satchel {command}: {sentence}" if command else f"satchel: {sentence}", stream=sys.stderr)
    return status
