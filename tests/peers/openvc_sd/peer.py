"""Let openvc-core issue, derive and verify what one folder holds (see digitalbazaar_sd/peer.mjs for the layout).

Runs in an environment of its own: it must not import Satchel.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from openvc.keys import P256SigningKey
from openvc.proof import ecdsa_sd


def main(task: str, folder: Path) -> None:
    contexts = json.loads((folder / "contexts.json").read_text())
    key = json.loads((folder / "key.json").read_text())
    suite = next(
        value() for name, value in vars(ecdsa_sd).items() if name.endswith("Suite") and hasattr(value, "derive_proof")
    )
    signing_key = P256SigningKey(ec.derive_private_key(int(key["seed"], 16), ec.SECP256R1()), key["id"])

    def work(document: dict, pointers: list[str]) -> object:
        if task == "issue":
            return suite.add_base_proof(
                document,
                signing_key=signing_key,
                verification_method=key["id"],
                mandatory_pointers=pointers,
                extra_contexts=contexts,
            )
        if task == "derive":
            return suite.derive_proof(document, selective_pointers=pointers, extra_contexts=contexts)
        suite.verify(document, extra_contexts=contexts)
        return None

    results = {}
    for path in sorted((folder / "in").iterdir()):
        row = json.loads(path.read_text())
        times, document, error = [], None, ""
        try:
            for _ in range(row["rounds"]):
                copy = json.loads(json.dumps(row["document"]))
                start = time.perf_counter()
                document = work(copy, row["pointers"])
                times.append((time.perf_counter() - start) * 1e3)
        except Exception as found:  # noqa: BLE001 - the peer's errors are its own
            error = f"{type(found).__name__}: {found}"
        results[path.name] = {
            "document": document,
            "verified": not error,
            "error": error,
            "ms": statistics.median(times) if times else 0,
        }
    (folder / "out.json").write_text(json.dumps(results))


main(sys.argv[1], Path(sys.argv[2]))
