"""The JSON test suite, whose data stays outside: what must not be read is refused, and what is refused beside is named.

    .venv/bin/python -m tests.vectors.outside_json FOLDER      (a folder with y_….json, n_….json and i_….json)

A document is an object, so each file is read as the one member of one. Exit 1 if a file that is no JSON was read, if
anything but a problem was raised, or if a file that must be read was refused for another reason than those below.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from vc.document import CREDENTIAL_LIMITS, parse
from vc.problems import ProblemError

# Read by other programs, each in its own way, and therefore by us in none.
ON_PURPOSE = {
    **dict.fromkeys(("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"), "a member twice"),
    **dict.fromkeys(
        (
            "y_object_escaped_null_in_key.json",
            "y_string_allowed_escapes.json",
            "y_string_escaped_control_character.json",
            "y_string_null_escape.json",
            "y_string_unescaped_char_delete.json",
            "y_string_with_del_character.json",
        ),
        "a control character",
    ),
    **dict.fromkeys(
        (
            "y_number.json",
            "y_number_real_capital_e.json",
            "y_number_real_exponent.json",
            "y_number_real_fraction_exponent.json",
            "y_object_extreme_numbers.json",
        ),
        "a number beyond 2^53-1",
    ),
}


def read(data: bytes) -> str | None:
    """Why a text is refused as the value of a member; None when it is read."""
    try:
        parse(b'{"value":' + data + b"}", limits=CREDENTIAL_LIMITS)
    except ProblemError as error:
        return f"{type(error).__name__}: {error.detail}"
    return None


def main(folder: Path) -> int:
    """Read every file; print the counts and what came out otherwise than it should."""
    counts: Counter[str] = Counter()
    wrong = []
    for file in sorted(folder.glob("*.json")):
        refusal = read(file.read_bytes())
        kind = file.name[0]
        counts[f"{kind} {'read' if refusal is None else 'refused'}"] += 1
        if kind == "n" and refusal is None:
            wrong.append(f"{file.name}: is no JSON and was read")
        if kind == "y" and (refusal is not None) != (file.name in ON_PURPOSE):
            wrong.append(f"{file.name}: {refusal or 'was read'}")
    print(", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())))  # noqa: T201
    print("\n".join(wrong) or "Nothing came out otherwise than it should.")  # noqa: T201
    return 1 if wrong or not counts else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
