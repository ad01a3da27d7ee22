"""The timed half of a peer that is written in Python: verifies the documents of one file as often as it is told to.

Runs in the peer's own environment, beside a module ``peer`` or ``bench`` that gives ``verifier(contexts, did)``; it must
not import Satchel. One line in, the name of a file with a JSON array of documents as texts; one line out, the seconds
of processor time and of the clock that verifying all of them took. A document that does not verify ends it.
"""

import json
import sys
import time
from pathlib import Path

from bench import verifier


def main() -> None:
    verify = verifier(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2])
    for line in sys.stdin:
        documents = json.loads(Path(line.strip()).read_text())
        clock, processor = time.perf_counter(), time.process_time()
        for document in documents:
            verify(document)
        took = {"processor": time.process_time() - processor, "clock": time.perf_counter() - clock}
        print(json.dumps(took), flush=True)  # noqa: T201 - the answer


main()
