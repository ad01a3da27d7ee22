"""What the demo remembers between starts, in one small file: the seeding day, and what has been done for good.

It holds no secrets and nothing that the roles do not know better; without it, a start goes through the seeding again,
which finds everything already there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from satchel.deployment import DEMO_MARK

FILE_NAME = DEMO_MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoState:
    """`as_of` is the seeding day, `administrators` and `seeded` say what is finished, `fresh` counts the awards made
    for step two.

    `story` holds the addresses that the start page leads to.
    """

    as_of: date
    administrators: bool = False
    seeded: bool = False
    fresh: int = 0
    story: Mapping[str, Any] = field(default_factory=dict)

    def saved(self, data_dir: Path, **changes: Any) -> "DemoState":
        """Write the state with some changes, whole or not at all; give it."""
        changed = replace(self, **changes)
        content = {
            "asOf": changed.as_of.isoformat(),
            "administrators": changed.administrators,
            "seeded": changed.seeded,
            "fresh": changed.fresh,
            "story": dict(changed.story),
        }
        partial = data_dir / (FILE_NAME + ".partial")
        partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.chmod(0o600)
        partial.replace(data_dir / FILE_NAME)
        return changed


def load(data_dir: Path, *, today: date) -> DemoState:
    """Read the state; that of a first start where there is none, or none that can be read."""
    try:
        content = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
        return DemoState(
            as_of=date.fromisoformat(content["asOf"]),
            administrators=bool(content["administrators"]),
            seeded=bool(content["seeded"]),
            fresh=int(content["fresh"]),
            story=dict(content["story"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return DemoState(as_of=today)
