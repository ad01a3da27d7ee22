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
from tests.peers.parties import CREATED, PARTIES, US, Party, departs
from tests.peers.samples import old_samples, samples
from vc.document import CREDENTIAL_LIMITS

HERE = Path(__file__).parent


def show_ours(credentials: list[dict[str, Any]]) -> dict[str, Any]:
    """A presentation of these by our did:key, in answer to a challenge."""
    return dict(
        vc.add_proof(
            vc.presentation.build(credentials, id=None, holder=US.did),
            signer=US.signer,
            suite=US.suite,
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
        issuer=US.did,
        purpose="revocation",
        set_indices=(94567,),
        messages={},
        valid_from=CREATED,
        valid_until=CREATED + timedelta(days=3650),
        ttl_ms=300_000,
        since={94567: CREATED.date()},
    )
    return US.sign({**document, "issuer": {"id": US.did}})


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

    def run(self, task: str, documents: dict[str, Any], party: Party = US) -> tuple[dict[str, Any], Path]:
        """The peer's `out.json` for one task, and the folder it worked in."""
        work = self.folder / f"work-{task}-{len(list(self.folder.glob('work-*')))}"
        (work / "in").mkdir(parents=True)
        known = {url: json.loads(contexts.read(entry.file)) for url, entry in contexts.index().items()}
        (work / "contexts.json").write_text(json.dumps(known))
        (work / "key.json").write_text(json.dumps(party.to_json()))
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


class Comparison:
    """One peer and one party: how many things were compared, and what they disagree about, in words."""

    def __init__(self, peer: Peer, party: Party) -> None:
        self.peer, self.party = peer, party
        self.count = 0
        self.wrong: list[str] = []
        self.who = f"{peer.name}, {party.suite}, {party.kind.name}"

    def note(self, agreed: bool, words: str) -> None:
        """Count one comparison."""
        self.count += 1
        if not agreed:
            self.wrong.append(f"{self.who}: {words}")

    def theirs(self, documents: dict[str, Any], *, expected: bool, what: str) -> None:
        """Whether the peer judges these documents as it should."""
        results, _ = self.peer.run("verify", documents, self.party)
        for name, row in results.items():
            agreed = expected and not departs(self.peer.name, self.party, name)[1]
            self.note(row["verified"] == agreed, f"the peer's verdict on {what} {name}: {row}")

    def run(self, unsigned: dict[str, Any]) -> None:
        """Compare what we sign with what they verify, and the other way round."""
        signed = {name: self.party.sign(document) for name, document in unsigned.items()}
        self.theirs(signed, expected=True, what="our")
        self.theirs({name: altered(document) for name, document in signed.items()}, expected=False, what="our altered")
        results, work = self.peer.run("sign", unsigned, self.party)
        for name, row in results.items():
            if not row["verified"]:
                self.note(False, f"the peer cannot sign {name}: {row['error']}")
                continue
            readable = not departs(self.peer.name, self.party, name)[0]
            data = (work / "signed" / name).read_bytes()
            document = json.loads(data)
            verdict = our_verdict(data)
            self.note(verdict.endswith("signature passed") == readable, f"our verdict on their {name}: {verdict}")
            verdict = our_verdict(json.dumps(altered(document)).encode())
            self.note(verdict.startswith("notGenuine"), f"our verdict on their altered {name}: {verdict}")
            if readable and self.party.suite.lower().startswith("ed"):
                same = document["proof"]["proofValue"] == signed[name]["proof"]["proofValue"]
                self.note(same, f"{name} is signed with other bytes")


def main() -> int:
    """Run every peer; print each disagreement."""
    wrong: list[str] = []
    total = 0
    with tempfile.TemporaryDirectory(prefix="satchel-peers-") as root:
        for name, parties in PARTIES.items():
            peer = Peer(name, Path(root))
            for party in parties:
                comparison = Comparison(peer, party)
                comparison.run(samples() | (old_samples() if name == "digitalbazaar" else {}))
                if name == "digitalbazaar" and party is US:
                    shown = {"presentation.json": show_ours([US.sign(document) for document in samples().values()])}
                    comparison.theirs(shown | {"status-list.json": list_ours()}, expected=True, what="our")
                print(f"{comparison.who}: {comparison.count} comparisons, {len(comparison.wrong)} disagreements")  # noqa: T201 - a command reports to its terminal
                wrong += comparison.wrong
                total += comparison.count
    print("\n".join(wrong) or f"All peers agree with us, in {total} comparisons.")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
