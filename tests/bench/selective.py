"""``python -m tests.bench.selective``: ecdsa-sd-2023 beside the npm peer, task by task, and whole badges by ourselves.

Needs node and npm with their registry; what is fetched stays in a temporary folder. The peer is another process, so the
figures are wall-clock medians taken one after the other in one run, and the ratio of the two; alternate runs on a busy
machine before you believe a difference of less than a half. The *floor* is one P-256 verification for each signature.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.peers.selective import SELECTIVE, SelectivePeer, sample
from tests.selective import KEY, SIGNER, derive, issue, judge, rich, value_of
from vc.checks import Outcome
from vc.disclosure import required_pointers
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.proof import sd
from vc.proof.sd.options import options_of

ROUNDS = 15
ALL = [""]


def milliseconds(work: Callable[[], object]) -> float:
    """The median of 15 rounds, after one that does not count."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def check(document: dict[str, Any]) -> None:
    """The check of a derived proof alone, as the peer makes it."""
    sd.verify_derived(
        {name: value for name, value in document.items() if name != "proof"},
        options=options_of(document["proof"], document),
        value=value_of(document),
        public_key=KEY,
        budget=CREDENTIAL_BUDGET,
        processor=PINNED,
    )


def floor(document: dict[str, Any]) -> float:
    """Nothing but as many verifications as the proof has signatures, and the issuer's."""
    message, count = b"satchel", len(value_of(document).signatures) + 1
    signature = SIGNER.sign(message)

    def verify() -> None:
        for _ in range(count):
            KEY.verify(signature, message)

    return milliseconds(verify)


def ours(name: str, document: dict[str, Any], chosen: list[str]) -> dict[str, float]:
    """Our times for one badge: task → milliseconds."""
    base = issue(document)
    one, everything = derive(base, *chosen), derive(base, *ALL)
    assert judge(everything).check("signature").outcome is Outcome.PASSED
    size, count = len(base["proof"]["proofValue"]) / 1e3, len(value_of(everything).signatures)
    print(f"{name}: base proof {size:.1f} kB, {count} signatures")  # noqa: T201
    return {
        "issue": milliseconds(lambda: issue(document)),
        "derive some": milliseconds(lambda: derive(base, *chosen)),
        "derive all": milliseconds(lambda: derive(base, *ALL)),
        "verify some": milliseconds(lambda: check(one)),
        "verify all": milliseconds(lambda: check(everything)),
        "(floor of verify all)": floor(everything),
    }


def theirs(peer: SelectivePeer, document: dict[str, Any], chosen: list[str]) -> dict[str, float]:
    """The peer's times for the same; it is shown everything by naming every member of the document."""
    every = [f"/{name}" for name in document if name not in {"@context", "id", "type"}]
    base = issue(document)
    rounds = ROUNDS
    derived = {"some": derive(base, *chosen), "all": derive(base, *every)}
    return {
        "issue": peer.do("issue", {"x": (document, required_pointers(document))}, rounds=rounds)["x"]["ms"],
        "derive some": peer.do("derive", {"x": (base, chosen)}, rounds=rounds)["x"]["ms"],
        "derive all": peer.do("derive", {"x": (base, every)}, rounds=rounds)["x"]["ms"],
        "verify some": peer.do("verify", {"x": (derived["some"], [])}, rounds=rounds)["x"]["ms"],
        "verify all": peer.do("verify", {"x": (derived["all"], [])}, rounds=rounds)["x"]["ms"],
    }


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as root:
        peer = SelectivePeer("digitalbazaar_sd", Path(root))
        for name, chosen in SELECTIVE.items():
            document = sample(name)
            table = (ours(name, document, chosen), theirs(peer, document, chosen))
            for task, mine in table[0].items():
                beside = table[1].get(task)
                words = "" if beside is None else f"   peer {beside:8.2f} ms   {beside / mine:5.1f} times ours"
                print(f"  {task:<22} {mine:8.2f} ms{words}")  # noqa: T201
    print("whole badge (ordered lists, Address.geo), which the peer cannot do")  # noqa: T201
    for task, mine in ours("rich", rich(), SELECTIVE["medium"]).items():
        print(f"  {task:<22} {mine:8.2f} ms")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
