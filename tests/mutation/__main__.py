"""``python -m tests.mutation vc.jsonld.walk …``: change each module in one place at a time, and see who notices.

``--quick`` leaves out those changes of a module's own statements that can only be tried by importing it anew, and tests
that take longer than a moment.
Ends with 1 if a change is neither noticed by a test nor explained, or if an explanation explains nothing any more.
"""

from __future__ import annotations

import sys
import time
from itertools import groupby
from pathlib import Path

from tests.mutation import explained
from tests.mutation.running import Tried, survivors
from tests.mutation.targets import files_for

ROOT = Path(__file__).resolve().parents[2]


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def path_of(name: str) -> Path:
    """The file of a module."""
    path = ROOT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def judge(tried: Tried) -> bool:
    """Say which changes of one module are not accounted for; whether all are."""
    entries = explained.read(explained.FILE.read_text())
    known = {(entry.source, entry.change) for entry in entries if entry.module == tried.name}
    found = {(change.source, change.said): change for change in tried.unnoticed}
    for (source, said), change in found.items():
        if (source, said) not in known:
            say(f"module: {tried.name}\nline: {source}\nchange: {said}\n# line {change.line}\n")
    for source, said in sorted(known - found.keys()):
        say(f"{tried.name}: the explanation of “{said}” in “{source}” applies to no change any more.")
    left = sum((change.source, change.said) not in known for change in tried.unnoticed)
    unnoticed = len(tried.unnoticed)
    counts = f"{tried.total} changes, {tried.total - unnoticed - tried.untried} noticed, {unnoticed - left} explained, {left} open"
    counts += f", {tried.untried} not tried" if tried.untried else ""
    say(f"== {tried.name}: {counts} ({time.strftime('%X')})")
    return left == 0 and not tried.untried and known <= found.keys()


def main(names: list[str]) -> int:
    """Try the modules, those with the same tests together."""
    fine = True
    fresh = "--quick" not in names
    for files, group in groupby([name for name in names if name != "--quick"], files_for):
        paths = {name: path_of(name) for name in group}
        for tried in survivors(paths, files, say, fresh=fresh):
            fine = judge(tried) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
