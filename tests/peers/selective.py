"""Run the peers of ecdsa-sd-2023 beside us: what one issues, the other derives; what one derives, the other verifies.

    .venv/bin/python -m tests.peers.selective
    .venv/bin/python -m tests.peers.selective --record       keep what they make under tests/vectors/selective_peers/

Needs node, npm and pip with their registries. Everything fetched stays in a temporary folder. Exit 0 when all agree.
Neither peer can do whole Open Badges: ordered lists and `Address.geo` are left out of what they are handed.
"""

import copy
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import contexts
from tests.bench.samples import medium, small
from tests.peers.run import Peer
from tests.selective import DID, KEY, SEED, SIGNER, derive, issue, judge
from vc.checks import Outcome
from vc.disclosure import required_pointers
from vc.multibase import base58btc_encode
from vc.proof import sd

SELECTIVE = {
    "small": ["/credentialSubject/achievement/achievementType"],
    "medium": [
        "/credentialSubject/result/1",
        "/evidence/2/name",
        "/credentialSubject/achievement/alignment/3/targetCode",
    ],
}
VECTORS = Path(__file__).parents[1] / "vectors" / "selective_peers"
SAMPLES = {"digitalbazaar_sd": ("small", "medium"), "openvc_sd": ("small",)}
"""What a peer can do: openvc-core refuses the medium badge."""

COMPACTS: frozenset[str] = frozenset({"openvc_sd"})
"""Peers that do not show the issuer's document with parts left out, as the specification has it, but another one of
their own making: single values without their array, and blank nodes with an ``id`` such as ``_:b0``, which is none. We
refuse those."""


def sample(name: str, number: int = 1) -> dict[str, Any]:
    """A badge without what the peers cannot do."""
    document = {"small": small, "medium": medium}[name](number, did=DID)
    document.pop("credentialStatus", None)
    for description in document["credentialSubject"]["achievement"].get("resultDescription", ()):
        del description["allowedValue"]
    return document


class SelectivePeer(Peer):
    """A peer that issues, derives and verifies with our issuer's key."""

    def do(
        self, task: str, rows: dict[str, tuple[dict[str, Any], Sequence[str]]], *, rounds: int = 1
    ) -> dict[str, Any]:
        """For each document with its pointers: what the peer made of it, its error, and its median time."""
        work = self.folder / f"work-{task}-{len(list(self.folder.glob('work-*')))}"
        (work / "in").mkdir(parents=True)
        known = {url: json.loads(contexts.read(entry.file)) for url, entry in contexts.index().items()}
        (work / "contexts.json").write_text(json.dumps(known))
        key = {
            "id": SIGNER.verification_method,
            "controller": DID,
            "publicKeyMultibase": KEY.multikey,
            "secretKeyMultibase": "z" + base58btc_encode(b"\x86\x26" + SEED),
            "seed": SEED.hex(),
        }
        (work / "key.json").write_text(json.dumps(key))
        for name, (document, pointers) in rows.items():
            row = {"document": document, "pointers": list(pointers), "rounds": rounds}
            (work / "in" / name).write_text(json.dumps(row, ensure_ascii=False))
        self.start(task, work)
        return dict(json.loads((work / "out.json").read_text()))


def altered(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which one word that a reader sees was changed."""
    copied = copy.deepcopy(document)
    copied["credentialSubject"]["achievement"]["name"] = "Organic chemistry"
    return copied


def passes(document: dict[str, Any]) -> bool:
    """Whether our check of the signature passes."""
    return judge(document).check("signature").outcome is Outcome.PASSED


def compare(peer: SelectivePeer) -> list[str]:
    """Every disagreement with `peer`, in words."""
    names = SAMPLES[peer.name]
    wrong: list[str] = []
    ours = {name: issue(sample(name)) for name in names}
    mandatory = {name: required_pointers(sample(name)) for name in names}
    theirs = peer.do("issue", {name: (sample(name), mandatory[name]) for name in names})
    wrong += [f"{peer.name} does not issue {name}: {row['error']}" for name, row in theirs.items() if row["error"]]
    bases = {f"ours-{name}": ours[name] for name in names}
    bases |= {f"theirs-{name}": row["document"] for name, row in theirs.items() if row["document"]}

    def selective(name: str) -> list[str]:
        return SELECTIVE[name.split("-")[1]]

    derived = peer.do("derive", {name: (base, selective(name)) for name, base in bases.items()})
    shown: dict[str, dict[str, Any]] = {}
    for name, base in bases.items():
        shown |= {f"{name}-ours": derive(base, *selective(name)), f"{name}-whole": dict(sd.reveal_all(base))}
        row = derived[name]
        if row["error"]:
            wrong.append(f"{peer.name} does not derive from {name}: {row['error']}")
        elif peer.name in COMPACTS:
            continue
        elif row["document"] != shown[f"{name}-ours"]:
            wrong.append(f"{peer.name} and we derive something else from {name}")
        else:
            shown[f"{name}-theirs"] = row["document"]
    wrong += [f"we refuse {name}" for name, document in shown.items() if not passes(document)]
    wrong += [f"we accept {name}, altered" for name, document in shown.items() if passes(altered(document))]
    verified = peer.do("verify", {name: (document, ()) for name, document in shown.items()})
    wrong += [f"{peer.name} refuses {name}: {row['error']}" for name, row in verified.items() if row["error"]]
    verified = peer.do("verify", {name: (altered(document), ()) for name, document in shown.items()})
    wrong += [f"{peer.name} accepts {name}, altered" for name, row in verified.items() if not row["error"]]
    print(f"{peer.name}: {len(shown)} disclosures, {len(wrong)} disagreements")  # noqa: T201 - a command reports to its terminal
    return wrong


def record(peer: SelectivePeer) -> None:
    """Keep what the peer issues, and what it derives from that, as vectors for tests that run without it."""
    rows = {f"{name}-base.json": (sample(name), required_pointers(sample(name))) for name in SAMPLES[peer.name]}
    bases = {name: row["document"] for name, row in peer.do("issue", rows).items()}
    chosen = {name.replace("base", "derived"): (base, SELECTIVE[name.split("-")[0]]) for name, base in bases.items()}
    derived = {name: row["document"] for name, row in peer.do("derive", chosen).items()}
    folder = VECTORS / peer.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in {**bases, **({} if peer.name in COMPACTS else derived)}.items():
        (folder / name).write_text(json.dumps(document, ensure_ascii=False))


def main(arguments: list[str]) -> int:
    """Run every peer; print each disagreement."""
    with tempfile.TemporaryDirectory(prefix="satchel-peers-") as root:
        peers = [SelectivePeer(name, Path(root)) for name in SAMPLES]
        if arguments == ["--record"]:
            for peer in peers:
                record(peer)
            return 0
        wrong = [line for peer in peers for line in compare(peer)]
    print("\n".join(wrong) or "All peers agree with us.")  # noqa: T201 - a command reports to its terminal
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
