"""Reads explained.txt: changes that no test notices, each with the reason why it changes nothing that matters.

One entry: the module, the line of source, one or more changes, the reason; entries are set apart by an empty line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("explained.txt")


@dataclass(frozen=True, slots=True)
class Explained:
    """One change in one module, and why it is left alone."""

    module: str
    source: str
    change: str
    why: str


def read(text: str) -> list[Explained]:
    """The entries of the list.

    Raises:
        ValueError: an entry lacks its reason, or a line begins with none of the four words.

    """
    found: list[Explained] = []
    for entry in text.split("\n\n"):
        parts: dict[str, str] = {}
        changes: list[tuple[str, str]] = []
        for line in entry.splitlines():
            if line.startswith("#") or not line:
                continue
            word, _, rest = line.partition(": ")
            if word == "change":
                changes.append((parts["line"], rest))
            elif word in ("module", "line", "why"):
                parts[word] = rest
            else:
                raise ValueError(f"explained.txt: {line}")
        if changes and not parts.get("why"):
            raise ValueError(f"explained.txt: no reason for {changes[0][1]}")
        found += [Explained(parts["module"], source, change, parts["why"]) for source, change in changes]
    return found
