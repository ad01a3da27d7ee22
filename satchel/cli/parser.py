"""One parser for the whole command, and the place where errors become sentences and exit codes."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from satchel.cli import backup, demo, init, issue, keys, serve, verify
from satchel.console import EXIT_USAGE, CommandError, say

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


def build_parser() -> argparse.ArgumentParser:
    """Compose the parser with every subcommand."""
    parser = _Parser(
        prog="satchel",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for module in (demo, serve, verify, issue, init, keys, backup):
        module.add_to(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code. Errors that a person can mend are one sentence on standard error."""
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except CommandError as error:
        say(f"satchel {parsed.command}: {error}", stream=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        say("Stopped.", stream=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
