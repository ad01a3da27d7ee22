"""The whole verdict beside what other people's verifiers do, on the same documents, round by round.

Each peer runs in a process of its own, in a temporary folder, and is warm before the first round. No side asks anybody
for the status. @digitalbazaar/vc works on several threads, so that the clock is compared and not the processor's time.
"""

from __future__ import annotations

import contextlib
import gc
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import contexts
import vc
from tests.bench.pairs import Row
from tests.bench.proofs import DID, KINDS, issue, unsigned
from tests.peers.run import Peer
from vc.document import serialize

ROUNDS = 9
SIZES = {"small": 40, "medium": 12, "CLR, 20 nested": 3}
NOW = datetime(2026, 11, 1, tzinfo=UTC)
POLICY = vc.RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
# The peer, how it is started, what is compared, and the targets by kind (None: it does not read such documents).
PEERS: list[tuple[str, list[str], str, tuple[float | None, ...]]] = [
    ("openbadgeslib", ["timed.py"], "processor", (40, 40, None)),
    ("openvc", ["timed.py"], "processor", (100, None, None)),
    ("digitalbazaar", ["timed.mjs"], "clock", (10, 12, 25)),
]
NAMES = {"openvc": "openvc-core", "digitalbazaar": "@digitalbazaar/vc"}


def judge(data: bytes) -> vc.Report:
    """Our whole verdict: every check, and one on every credential inside."""
    return vc.verify(data, evidence=vc.Evidence(), policy=POLICY, now=NOW)


def _ours(documents: Sequence[bytes]) -> dict[str, float]:
    clock, processor = time.perf_counter(), time.process_time()
    for data in documents:
        judge(data)
    return {"processor": time.process_time() - processor, "clock": time.perf_counter() - clock}


class Timed:
    """A peer that waits for the names of files with documents."""

    def __init__(self, name: str, arguments: list[str], root: Path) -> None:
        peer = Peer(name, root)
        shutil.copy(Path(__file__).parents[1] / "peers" / "timed.py", peer.folder)
        known = {url: json.loads(contexts.read(entry.file)) for url, entry in contexts.index().items()}
        (peer.folder / "contexts.json").write_text(json.dumps(known))
        self._folder = peer.folder
        self._process = subprocess.Popen(
            [peer.command[0], *arguments, "contexts.json", DID],
            cwd=peer.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def verify(self, documents: Sequence[bytes]) -> dict[str, float]:
        """The seconds that the peer takes to verify all of them."""
        file = self._folder / "documents.json"
        file.write_text(json.dumps([data.decode() for data in documents]))
        _pipe(self._process.stdin).write(f"{file}\n")
        _pipe(self._process.stdin).flush()
        answer = _pipe(self._process.stdout).readline()
        if not answer:
            raise RuntimeError("The peer did not verify a document; what it said stands above.")
        took: dict[str, float] = json.loads(answer)
        return took

    def close(self) -> None:
        """End the peer."""
        self._process.kill()
        self._process.wait()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None, "it was asked for"
    return pipe


def _documents(kind: str, number: int) -> list[bytes]:
    first = 1 + number * 1_000
    return [serialize(issue(unsigned(kind, each))) for each in range(first, first + SIZES[kind])]


def _row(peer: Timed, name: str, kind: str, unit: str, target: float) -> Row:
    ratios: dict[str, list[float]] = {"processor": [], "clock": []}
    ours: list[Any] = []
    gc.collect()
    gc.freeze()  # as in `pairs`: what the measurement itself keeps alive is not walked through again and again
    peer.verify(_documents(kind, 0))
    _ours(_documents(kind, 0))
    for number in range(1, ROUNDS + 1):
        documents = _documents(kind, number)
        if number % 2:
            theirs, own = peer.verify(documents), _ours(documents)
        else:
            own, theirs = _ours(documents), peer.verify(documents)
        ours.append(own[unit] / len(documents))
        for each, found in ratios.items():
            found.append(theirs[each] / own[each])
    gc.unfreeze()
    other = "clock" if unit == "processor" else "processor"
    note = (
        f"ours {statistics.median(ours) * 1e3:.2f} ms by the {unit}, lowest {min(ratios[unit]):.1f}; "
        f"by the {other} {statistics.median(ratios[other]):.1f}×"
    )
    value = statistics.median(ratios[unit])
    return Row(what=f"verdict vs {name}, {kind}", value=value, unit="×", target=target, at_least=True, note=note)


def against_peers() -> Iterator[Row]:
    """Rows 2 and 3 of the targets; needs npm and pip with their registries."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as root:
        for name, arguments, unit, targets in PEERS:
            with contextlib.closing(Timed(name, arguments, Path(root))) as peer:
                for kind, target in zip(KINDS, targets, strict=True):
                    if target is not None:
                        yield _row(peer, NAMES.get(name, name), kind, unit, target)
