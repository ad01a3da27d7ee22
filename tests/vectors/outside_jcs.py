"""Published vectors of canonical JSON, whose data stays outside this repository, and numbers as Node.js prints them.

    python -m tests.vectors.outside_jcs TESTDATA [--numbers COUNT]

``TESTDATA`` is the folder of that name of cyberphone's json-canonicalization: ``input/*.json`` and ``output/*.json``. With
``--numbers``, so many doubles of random bits and of everyday size are printed by Node.js and by us. The exit code is 1 if
anything differs.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from vc.jcs import canonicalize

PRINT_ALL = """
let text = '';
process.stdin.on('data', part => text += part);
process.stdin.on('end', () => process.stdout.write(
  text.trim().split('\\n').map(line => JSON.stringify(Buffer.from(line, 'hex').readDoubleBE(0))).join('\\n')));
"""


def published(folder: Path) -> dict[str, bool]:
    """Name of a file → whether we write it byte for byte as published."""
    return {
        file.name: canonicalize(json.loads(file.read_bytes())) == (folder / "output" / file.name).read_bytes()
        for file in sorted((folder / "input").glob("*.json"))
    }


def numbers(count: int) -> Iterator[float]:
    """Half of them of random bits, half of the sizes that people write; the same ones each time."""
    source = random.Random(8785)
    while count > 0:
        (number,) = struct.unpack(">d", source.randbytes(8))
        if number - number == 0:
            yield number
            yield round(source.uniform(-1, 1) * 10 ** source.randint(-9, 24), source.randint(0, 9))
            count -= 2


def differing(count: int) -> list[float]:
    """The numbers that Node.js prints in another way."""
    node = shutil.which("node") or sys.exit("node is not on this machine.")
    sample = list(numbers(count))
    lines = "\n".join(struct.pack(">d", number).hex() for number in sample)
    printed = subprocess.run([node, "-e", PRINT_ALL], input=lines, capture_output=True, text=True, check=True).stdout
    return [
        number
        for number, text in zip(sample, printed.split("\n"), strict=True)
        if canonicalize([number]) != f"[{text}]".encode()
    ]


def main() -> int:
    """Print what was compared; 0 if nothing differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("testdata", type=Path)
    parser.add_argument("--numbers", type=int, default=0)
    asked = parser.parse_args()
    files = published(asked.testdata)
    print(f"{sum(files.values())} of {len(files)} files are byte for byte equal.")  # noqa: T201
    wrong = differing(asked.numbers) if asked.numbers else []
    print(f"{len(wrong)} of {asked.numbers} numbers are printed in another way.")  # noqa: T201
    return int(not files or not all(files.values()) or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
