"""Run the peers beside us: what we sign, they verify; what they sign, we verify; what is altered, both refuse.

    .venv/bin/python -m tests.peers.run

Needs node, npm and pip with their registries. Everything fetched stays in a temporary folder. Exit 0 when all agree.
"""

import copy
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import contexts
import vc
from tests.peers.samples import SEED, samples
from vc.did import key as did_key
from vc.document import CREDENTIAL_LIMITS
from vc.keys import Ed25519Signer

HERE = Path(__file__).parent
CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SUITE = "eddsa-rdfc-2022"


def our_signer() -> tuple[str, Ed25519Signer]:
    """Our issuer's did:key and its signer, from the recorded seed."""
    public_key = Ed25519Signer(seed=SEED, verification_method="").public_key
    did = did_key.key_did(public_key)
    return did, Ed25519Signer(seed=SEED, verification_method=f"{did}#{public_key.multikey}")


def sign_ours(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with our did:key as issuer and our proof."""
    did, signer = our_signer()
    document = {**document, "issuer": {**document["issuer"], "id": did}}
    return dict(
        vc.add_proof(
            document,
            signer=signer,
            suite=SUITE,
            purpose="assertionMethod",
            created=CREATED,
            challenge=None,
            domain=None,
        )
    )


def show_ours(credentials: list[dict[str, Any]]) -> dict[str, Any]:
    """A presentation of these by our did:key, in answer to a challenge."""
    did, signer = our_signer()
    return dict(
        vc.add_proof(
            vc.presentation.build(credentials, id=None, holder=did),
            signer=signer,
            suite=SUITE,
            purpose="authentication",
            created=CREATED,
            challenge="c-1",
            domain="https://reader.example",
        )
    )


def list_ours() -> dict[str, Any]:
    """Our status list with one position set, its journal and its proof."""
    document = vc.build_status_list(
        id="https://coop.example.org/status/1",
        issuer=our_signer()[0],
        purpose="revocation",
        set_indices=(94567,),
        messages={},
        valid_from=CREATED,
        valid_until=CREATED + timedelta(days=3650),
        ttl_ms=300_000,
        since={94567: CREATED.date()},
    )
    return sign_ours({**document, "issuer": {"id": our_signer()[0]}})


def altered(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which one word that a reader sees was changed."""
    copied = copy.deepcopy(document)
    copied["credentialSubject"]["achievement"]["name"] = "Organic chemistry"
    return copied


class Peer:
    """One peer in a folder of its own; `run` hands it documents and gives back what it wrote."""

    def __init__(self, name: str, root: Path) -> None:
        self.name, self.folder = name, root / name
        shutil.copytree(HERE / name, self.folder)
        if (self.folder / "package.json").is_file():
            npm = shutil.which("npm") or sys.exit("npm is not on this machine: install Node.js to run the peers.")
            subprocess.run(
                [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"],
                cwd=self.folder,
                check=True,
            )
            self.command = [shutil.which("node") or "node", "peer.mjs"]
        else:
            venv.create(self.folder / "env", with_pip=True)
            python = str(self.folder / "env/bin/python")
            subprocess.run(
                [python, "-m", "pip", "install", "-q", "-r", "requirements.txt"], cwd=self.folder, check=True
            )
            self.command = [python, "peer.py"]

    def run(self, task: str, documents: dict[str, Any]) -> tuple[dict[str, Any], Path]:
        """The peer's `out.json` for one task, and the folder it worked in."""
        work = self.folder / f"work-{task}-{len(list(self.folder.glob('work-*')))}"
        (work / "in").mkdir(parents=True)
        known = {url: json.loads(contexts.read(entry.file)) for url, entry in contexts.index().items()}
        (work / "contexts.json").write_text(json.dumps(known))
        (work / "seed.hex").write_text(SEED.hex())
        (work / "did.txt").write_text(our_signer()[0])
        for name, document in documents.items():
            (work / "in" / name).write_text(json.dumps(document, ensure_ascii=False))
        self.start(task, work)
        return json.loads((work / "out.json").read_text()), work

    def start(self, task: str, work: Path) -> None:
        """Let the peer do its task with what lies in a folder."""
        subprocess.run([*self.command, task, str(work)], cwd=self.folder, check=True)


def our_verdict(data: bytes) -> str:
    """Our verdict on a document that needs no network; recognition plays no part."""
    document = vc.parse(data, limits=CREDENTIAL_LIMITS)
    policy = vc.RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    report = vc.verify(document, evidence=vc.Evidence(), policy=policy, now=datetime.now(tz=UTC))
    signature = {check.name: check.outcome.value for check in report.checks}.get("signature", "absent")
    return f"{report.verdict.value} / signature {signature}"


def compare(peer: Peer) -> list[str]:
    """Every disagreement with `peer`, in words."""
    unsigned = samples()
    signed = {name: sign_ours(document) for name, document in unsigned.items()}
    wrong: list[str] = []
    results, _ = peer.run("verify", signed)
    wrong += [f"{peer.name} refuses our {name}: {row['error']}" for name, row in results.items() if not row["verified"]]
    if peer.name == "digitalbazaar":
        ours_too = {"presentation.json": show_ours(list(signed.values())), "status-list.json": list_ours()}
        results, _ = peer.run("verify", ours_too)
        wrong += [
            f"{peer.name} refuses our {name}: {row['error']}" for name, row in results.items() if not row["verified"]
        ]
    results, _ = peer.run("verify", {name: altered(document) for name, document in signed.items()})
    wrong += [f"{peer.name} accepts our altered {name}" for name, row in results.items() if row["verified"]]
    _, work = peer.run("sign", unsigned)
    for name in unsigned:
        theirs = (work / "signed" / name).read_bytes()
        if not (verdict := our_verdict(theirs)).endswith("signature passed"):
            wrong.append(f"we refuse {peer.name}'s {name}: {verdict}")
        if not (verdict := our_verdict(json.dumps(altered(json.loads(theirs))).encode())).startswith("notGenuine"):
            wrong.append(f"we accept {peer.name}'s altered {name}: {verdict}")
        ours = sign_ours(unsigned[name])["proof"]["proofValue"]
        if peer.name == "digitalbazaar" and json.loads(theirs)["proof"]["proofValue"] != ours:
            wrong.append(f"{peer.name} and we sign {name} with different bytes")
    print(f"{peer.name}: {4 * len(unsigned)} comparisons, {len(wrong)} disagreements")  # noqa: T201 - a command reports to its terminal
    return wrong


def main() -> int:
    """Run every peer; print each disagreement."""
    with tempfile.TemporaryDirectory(prefix="satchel-peers-") as root:
        wrong = [line for name in ("digitalbazaar", "openvc") for line in compare(Peer(name, Path(root)))]
    print("\n".join(wrong) or "All peers agree with us.")  # noqa: T201 - a command reports to its terminal
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
