"""Have the peers sign our samples from the recorded seed, and keep what they wrote as vectors.

    .venv/bin/python -m tests.peers.record

Needs what `tests.peers.run` needs. The vectors stand in `tests/vectors/peers/<peer>/`; the seed is `samples.SEED`.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.peers.parties import PARTIES, departs
from tests.peers.run import Peer
from tests.peers.samples import old_samples, samples

VECTORS = Path(__file__).parents[1] / "vectors" / "peers"


def presentation(*credentials: dict[str, Any]) -> dict[str, Any]:
    """An unsigned presentation of what the peer has signed."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(credentials),
    }


def keep(peer: str, name: str, data: bytes) -> None:
    """Write one vector, byte for byte."""
    folder = VECTORS / peer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def keep_suites(peer: Peer) -> None:
    """One vector for each suite and kind of key in which the peer keeps to the standard, of either data model."""
    for party in PARTIES[peer.name]:
        document = {name: value for name, value in samples()["rich.json"].items() if name != "credentialStatus"}
        unsigned = {"rich.json": document} | (old_samples() if peer.name == "digitalbazaar" else {})
        _, work = peer.run("sign", unsigned, party)
        for name in unsigned:
            if not departs(peer.name, party, name)[0]:
                data = (work / "signed" / name).read_bytes()
                keep(f"suites/{peer.name}", f"{party.suite}-{party.kind.name.lower()}-{name}", data)


def main() -> int:
    """Record every peer."""
    with tempfile.TemporaryDirectory(prefix="satchel-peers-") as root:
        for name in ("digitalbazaar", "openvc"):
            peer = Peer(name, Path(root))
            _, work = peer.run("sign", samples())
            signed = {file.name: file.read_bytes() for file in sorted((work / "signed").iterdir())}
            if name == "digitalbazaar":
                shown = presentation(*(json.loads(data) for data in signed.values()))
                _, work = peer.run("sign", {"presentation.json": shown})
                signed["presentation.json"] = (work / "signed" / "presentation.json").read_bytes()
            for file, data in signed.items():
                keep(name, file, data)
            keep_suites(peer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
