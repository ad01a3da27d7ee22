"""Compare our canonical forms with jsonld.js in its safe mode, on samples and on damaged documents that pass our gate.

    .venv/bin/python -m tests.peers.jsonld_js.run [seed]

Needs node and npm with its registry; everything fetched stays in a temporary folder. Exit 0 when no document differs
and jsonld.js refuses nothing that we accept. (It may accept what we refuse: we are stricter on purpose.)
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import contexts
from tests.bench.samples import medium, pretend_signature, record, small
from tests.laws.jsonld.many import documents
from tests.laws.jsonld.shapes import SAMPLES
from vc.jsonld import PINNED, PRESENTATION_BUDGET, Processor
from vc.problems import ProblemError

HERE = Path(__file__).parent
DAMAGED = 4_000


def _accepted(documents: Iterable[tuple[Processor, dict[str, Any]]]) -> list[tuple[dict[str, Any], str]]:
    found = []
    for processor, document in documents:
        try:
            form = processor.canonicalize(document, hash_name="sha256", budget=PRESENTATION_BUDGET)
        except ProblemError:
            continue
        found.append((document, form.decode()))
    return found


def _documents(seed: int) -> Iterator[tuple[Processor, dict[str, Any]]]:
    whole = [*SAMPLES.values(), small(11), medium(12), record(13, sign=pretend_signature)]
    yield from ((PINNED, document) for document in whole)
    yield from documents(seed, DAMAGED)


def _by_jsonld_js(documents: list[dict[str, Any]]) -> list[dict[str, str]]:
    pinned = {url: json.loads(contexts.read(entry.file)) for url, entry in contexts.index().items()}
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for name in ("package.json", "peer.mjs"):
            shutil.copy(HERE / name, here)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=here, check=True)
        (here / "in.json").write_text(json.dumps({"contexts": pinned, "documents": documents}))
        subprocess.run(["node", "peer.mjs", "in.json", "out.jsonl"], cwd=here, check=True)
        return [json.loads(line) for line in (here / "out.jsonl").read_text().splitlines()]


def _said_twice(nquads: str) -> str:
    """Their form without repetitions. Known defect of jsonld.js 9: a node that is described twice and has raw JSON
    (``@type: @json``) has that statement twice, although a dataset is a set; PyLD and pyoxigraph say it once, as we do.
    """
    lines = nquads.splitlines(keepends=True)
    return "".join(dict.fromkeys(lines)) if any("rdf-syntax-ns#JSON>" in line for line in lines) else ""


def main(seed: int) -> int:
    """Run the comparison; the number of differences is printed with the documents that show them."""
    ours = _accepted(_documents(seed))
    theirs = _by_jsonld_js([document for document, _ in ours])
    different = known = 0
    for (document, form), other in zip(ours, theirs, strict=True):
        if other.get("nquads") == form:
            continue
        if _said_twice(other.get("nquads", "")) == form:
            known += 1
        else:
            different += 1
            print(json.dumps({"document": document, "refused": other.get("refused")}))  # noqa: T201
    summary = f"{len(ours)} documents compared (seed {seed}), {different} different, {known} by the known defect."
    print(f"jsonld.js: {summary}")  # noqa: T201
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
