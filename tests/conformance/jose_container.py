"""Stands where the VC-JOSE-COSE suite starts a container: reads the files that it names, asks the bridge, writes the answer.

``python -m tests.conformance.jose_container SUITE compose … run --rm NAME issue|verify --input … --key … --feature … --output …``
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.conformance.jose_bridge import answer


def moment(text: str) -> str:
    """A minute after the token was made (the fixtures' tokens have expired since), else now."""
    try:
        payload = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
        made = payload["iat"]
        start = datetime.fromisoformat(made) if isinstance(made, str) else datetime.fromtimestamp(made, UTC)
    except (ValueError, KeyError, IndexError, TypeError):
        start = datetime.now(UTC)
    return (start + timedelta(seconds=60)).strftime("%Y-%m-%dT%H:%M:%SZ")


def main(suite: str, *arguments: str) -> None:
    operation = next(item for item in arguments if item in ("issue", "verify"))
    given = {name: arguments[arguments.index(name) + 1] for name in ("--input", "--key", "--feature", "--output")}
    read, key = (Path(suite + given[name]).read_text(encoding="utf-8") for name in ("--input", "--key"))
    request = {"input": read, "key": json.loads(key), "feature": given["--feature"], "verificationTime": moment(read)}
    output = Path(suite + given["--output"])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(answer(operation, request)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
