"""Let openvc-core verify or sign the credentials of one folder (see digitalbazaar/peer.mjs for the layout).

Runs in an environment of its own: it must not import Satchel.
"""

import inspect
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.keys import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite

SUITES = {
    "eddsa-rdfc-2022": DataIntegrityProofSuite,
    "eddsa-jcs-2022": EddsaJcsProofSuite,
    "ecdsa-rdfc-2019": EcdsaRdfcProofSuite,
    "ecdsa-jcs-2019": EcdsaJcsProofSuite,
}
CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def signing_key(key):
    """The peer's own key object."""
    seed = bytes.fromhex(key["seed"])
    if key["suite"].startswith("eddsa"):
        return Ed25519SigningKey(Ed25519PrivateKey.from_private_bytes(seed), "k")
    number = int.from_bytes(seed, "big")
    if len(seed) == 32:
        return P256SigningKey(ec.derive_private_key(number, ec.SECP256R1()), "k")
    return P384SigningKey(ec.derive_private_key(number, ec.SECP384R1()), "k")


def main(task: str, folder: Path) -> None:
    key = json.loads((folder / "key.json").read_text())
    suite = SUITES[key["suite"]]()
    contexts = json.loads((folder / "contexts.json").read_text())
    needed = "extra_contexts" in inspect.signature(suite.verify).parameters
    more = {"extra_contexts": contexts} if needed else {}
    results = {}
    for path in sorted((folder / "in").iterdir()):
        document = json.loads(path.read_text())
        try:
            if task == "verify":
                suite.verify(document, **more)
            else:
                issuer = document["issuer"]
                did = key["controller"]
                document["issuer"] = did if isinstance(issuer, str) else {**issuer, "id": did}
                signed = suite.add_proof(
                    document, signing_key=signing_key(key), verification_method=key["id"], created=CREATED, **more
                )
                (folder / "signed").mkdir(exist_ok=True)
                (folder / "signed" / path.name).write_text(json.dumps(signed))
            results[path.name] = {"verified": True, "error": ""}
        except Exception as error:  # noqa: BLE001 - the peer's errors are its own
            results[path.name] = {"verified": False, "error": f"{type(error).__name__}: {error}"}
    (folder / "out.json").write_text(json.dumps(results, indent=1))


main(sys.argv[1], Path(sys.argv[2]))
