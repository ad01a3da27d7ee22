"""Run the peers for tokens beside us: what we sign, they verify; what they sign, we verify; altered, both refuse.

    .venv/bin/python -m tests.peers.jose.run [--record]

``--record`` keeps what they signed, with keys of their own, as ``tests/vectors/peer_tokens.json``.

Peers: npm ``jose``, and from PyPI ``joserfc``, ``PyJWT`` and ``openvc-core`` (the last knows the data model 1.1 only). Needs
node, npm and pip with their registries; everything fetched stays in a temporary folder. Exit 0 when all agree.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from tests.unit.vc.jose.tokens import SIGNERS, badge, claimed, old, plain, typed
from vc.jose import JwtForm, opened, parse_compact, sign_credential, verify_jws
from vc.keys import parse_jwk
from vc.problems import ProblemError

HERE = Path(__file__).parent
VECTORS = HERE.parents[1] / "vectors" / "peer_tokens.json"
DOCUMENTS = {
    JwtForm.OPEN_BADGES: badge(),
    JwtForm.VC_JWT: badge(),
    JwtForm.VCDM_1_CREDENTIAL: old(issuanceDate="2026-01-02T03:04:05Z"),
}
OPENVC_ALGORITHMS = frozenset({"EdDSA", "ES256", "ES384"})


def ours() -> dict[str, dict[str, Any]]:
    """Our tokens by name, in every form with every algorithm; each once more with a changed name."""
    found: dict[str, dict[str, Any]] = {}
    for alg, make in SIGNERS.items():
        signer = make()
        for form, document in DOCUMENTS.items():
            token = sign_credential(document, signer=signer, form=form, embed_key=False, issued=None)
            other = sign_credential({**document, "name": "x"}, signer=signer, form=form, embed_key=False, issued=None)
            altered = ".".join([token.split(".")[0], other.split(".")[1], token.split(".")[2]])
            entry = {"jwk": signer.public_key.jwk, "alg": alg}
            found[f"{alg} {form.value}"] = {**entry, "token": token}
            found[f"{alg} {form.value} altered"] = {**entry, "token": altered}
    return found


def theirs() -> dict[str, dict[str, Any]]:
    """What they are to sign: headers and payloads."""
    found: dict[str, dict[str, Any]] = {}
    for alg in SIGNERS:
        found[f"{alg} {JwtForm.OPEN_BADGES.value}"] = {"header": plain(alg=alg), "payload": claimed()}
        found[f"{alg} {JwtForm.VC_JWT.value}"] = {"header": typed(alg=alg), "payload": badge()}
        # openvc-core puts the present moment into nbf, so the document states no first day of its own
        found[f"{alg} {JwtForm.VCDM_1_CREDENTIAL.value}"] = {
            "header": plain(alg=alg),
            "payload": {"vc": old(issuanceDate=None)},
        }
    return found


def fits(name: str, peer: str) -> bool:
    """Whether a peer is meant to understand this at all."""
    if peer != "openvc":
        return True
    return JwtForm.VCDM_1_CREDENTIAL.value in name and name.split(maxsplit=1)[0] in OPENVC_ALGORITHMS


def disagreements(peer: str, run: Any, signed: dict[str, Any]) -> list[str]:
    """What a peer and we see differently; what it signed is added to ``signed``."""
    verify = {name: task for name, task in ours().items() if fits(name, peer)}
    sign = {
        name: task for name, task in theirs().items() if fits(name, peer) and not (peer == "openvc" and "384" in name)
    }
    out = run({"verify": verify, "sign": sign})
    found = [
        f"{peer}: {name}: verified is {verified}"
        for name, verified in out["verified"].items()
        if verified is ("altered" in name)
    ]
    for name, task in out["signed"].items():
        signed[f"{peer} {name}"] = task
        try:
            jws = parse_compact(task["token"])
            opened(jws)
            verify_jws(jws, public_key=parse_jwk(task["jwk"]))
        except ProblemError as error:
            found.append(f"{peer}: {name}: we refuse it: {error.detail}")
    sys.stdout.write(
        f"{peer}: {len(out['verified'])} of ours verified or refused, {len(out['signed'])} of theirs read\n"
    )
    return found


def main() -> int:
    found: list[str] = []
    signed: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="satchel-peers-") as root:
        folder = Path(root) / "jose"
        shutil.copytree(HERE, folder)
        npm = shutil.which("npm") or sys.exit("npm is not on this machine: install Node.js to run the peers.")
        quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([npm, "install", *quiet], cwd=folder, check=True)
        venv.create(folder / "env", with_pip=True)
        python = str(folder / "env/bin/python")
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", "requirements.txt"], cwd=folder, check=True)
        node = shutil.which("node") or "node"
        commands = {"jose": [node, "peer.mjs"]} | {
            name: [python, "-W", "ignore", "peer.py", name] for name in ("joserfc", "pyjwt", "openvc")
        }
        for peer, command in commands.items():

            def run(tasks: dict[str, Any], command: list[str] = command) -> dict[str, Any]:
                (folder / "in.json").write_text(json.dumps(tasks))
                subprocess.run(command, cwd=folder, check=True)
                found: dict[str, Any] = json.loads((folder / "out.json").read_text())
                return found

            found += disagreements(peer, run, signed)
    if "--record" in sys.argv and not found:
        VECTORS.write_text(json.dumps(signed, indent=1, sort_keys=True) + "\n")
    for line in found:
        sys.stdout.write(line + "\n")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
