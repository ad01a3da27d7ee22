"""Let openvc-core verify or sign the credentials of one folder (see digitalbazaar/peer.mjs for the layout).

Runs in an environment of its own: it must not import Satchel.
"""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.keys import Ed25519SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite


def main(task: str, folder: Path) -> None:
    contexts = json.loads((folder / "contexts.json").read_text())
    suite = DataIntegrityProofSuite()
    results = {}
    for path in sorted((folder / "in").iterdir()):
        document = json.loads(path.read_text())
        if task == "verify":
            try:
                suite.verify(document, extra_contexts=contexts)
                results[path.name] = {"verified": True, "error": ""}
            except Exception as error:  # noqa: BLE001 - the peer's errors are its own
                results[path.name] = {"verified": False, "error": f"{type(error).__name__}: {error}"}
        else:
            seed = bytes.fromhex((folder / "seed.hex").read_text().strip())
            key = Ed25519SigningKey(Ed25519PrivateKey.from_private_bytes(seed), "k")
            did = (folder / "did.txt").read_text().strip()
            issuer = document["issuer"]
            document["issuer"] = did if isinstance(issuer, str) else {**issuer, "id": did}
            method = f"{did}#{did.removeprefix('did:key:')}"
            signed = suite.add_proof(document, signing_key=key, verification_method=method, extra_contexts=contexts)
            (folder / "signed").mkdir(exist_ok=True)
            (folder / "signed" / path.name).write_text(json.dumps(signed))
            results[path.name] = {"verified": True, "error": ""}
    (folder / "out.json").write_text(json.dumps(results, indent=1))


main(sys.argv[1], Path(sys.argv[2]))
