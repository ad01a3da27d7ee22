"""The `satchel` command: one parser, one module per subcommand, one place that turns errors into sentences.

Exit codes: 0 done (or genuine, current and recognised) · 1 withdrawn, altered or forged · 2 it could not be done or
checked · 3 genuine, but … · 64 wrong usage.
"""

from satchel.cli.parser import main

__all__ = ["main"]
