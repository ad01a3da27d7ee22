"""Runs the official suites, brought beside the project, against the composition, and counts.

``python -m tests.conformance.run --suites FOLDER [name ...]`` wants in FOLDER one checkout for each suite, with its npm
packages installed. Nothing of a suite is changed but its ``localConfig.cjs``; what else it needs is handed in from
outside (docs/conformance.md says what and why).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.ports import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SUITES = {
    "vc-data-model-2.0-test-suite": "VCDM 2.0",
    "vc-di-eddsa-test-suite": "Data Integrity EdDSA",
    "vc-di-ecdsa-test-suite": "Data Integrity ECDSA",
    "di-ed25519signature2020-test-suite": "Ed25519Signature2020",
    "vc-bitstring-status-list-test-suite": "Bitstring Status List",
    "vc-api-issuer-test-suite": "VC-API issuer",
    "vc-api-verifier-test-suite": "VC-API verifier",
    "did-key-test-suite": "did:key",
    "did-resolution-mocha-test-suite": "DID resolution",
    "vc-jose-cose-test-suite": "VC-JOSE-COSE (JOSE)",
}
CONTAINER = """\
#!/bin/sh
exec "{python}" -m tests.conformance.jose_container "{suite}" "$@"
"""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def served(port: int) -> subprocess.Popen[bytes]:
    """The composition, running."""
    command = [sys.executable, "-m", "tests.conformance.app", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    for _ in range(100):
        try:
            manifest(port)
        except httpx2.HTTPError:
            time.sleep(0.2)
        else:
            return process
    process.terminate()
    raise SystemExit("The composition did not start.")


def manifest(port: int) -> dict[str, Any]:
    found: dict[str, Any] = httpx2.get(f"https://localhost:{port}/conformance/manifest.json", verify=False).json()
    return found


def run_suite(folder: Path, config: dict[str, Any], outside: Path) -> dict[str, Any]:
    """Run one suite; what each test came to, as mocha's own JSON reporter says it."""
    settings = {"enableInteropTests": False, "testAllImplementations": False}
    local = json.dumps({"settings": settings, "implementations": [config]}, indent=1)
    (folder / "localConfig.cjs").write_text(f"module.exports = {local};\n", encoding="utf-8")
    link_vectors(folder)
    stand_in_reporter(folder)
    report = outside / f"{folder.name}.json"
    report.unlink(missing_ok=True)
    docker = outside / "docker"
    docker.write_text(CONTAINER.format(python=sys.executable, suite=folder), encoding="utf-8")
    docker.chmod(0o755)
    environment = {
        **os.environ,
        "NODE_TLS_REJECT_UNAUTHORIZED": "0",
        "NODE_NO_WARNINGS": "1",
        "APP_ROOT_PATH": str(folder),
        "PATH": f"{outside}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    command = [
        "node", "--preserve-symlinks", "--import", str(HERE / "outside.mjs"), "node_modules/mocha/bin/mocha.js", "tests/", "--reporter", "json",
        "--reporter-option", f"output={report}", "--timeout", "30000", "--exit",
    ]  # fmt: skip
    with (outside / f"{folder.name}.log").open("wb") as log:
        subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, timeout=900, check=False)
    if not report.exists():
        return {"error": (outside / f"{folder.name}.log").read_text(errors="replace")[-2000:]}
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def link_vectors(folder: Path) -> None:
    """Two suites read the published vectors as git submodules; they lie beside the project, too."""
    for name in ("vc-di-ecdsa", "vc-di-eddsa"):
        place, vectors = (
            folder / "tests" / "input" / name / "TestVectors",
            ROOT.parent / "shared" / "vectors" / "w3c" / name,
        )
        if folder.name == f"{name}-test-suite" and not place.exists() and vectors.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(vectors.resolve())


def stand_in_reporter(folder: Path) -> None:
    """A reporter that no registry carries; a suite takes from it only where a result stands in the printed table."""
    place = folder / "node_modules" / "mocha-w3c-interop-reporter"
    if "mocha-w3c-interop-reporter" in (folder / "package.json").read_text() or folder.name.startswith(
        "did-resolution"
    ):
        place.mkdir(exist_ok=True)
        (place / "package.json").write_text(
            '{"name": "mocha-w3c-interop-reporter", "type": "module", "exports": "./index.js"}'
        )
        (place / "index.js").write_text("export const helpers = {setupMatrix() {}, setupRow() {}};\n")


def commit(folder: Path) -> str:
    command = ["git", "-C", str(folder), "log", "-1", "--format=%h %cs"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="keep mocha's reports here")
    parser.add_argument("names", nargs="*", default=[])
    given = parser.parse_args()
    names = [name for name in SUITES if not given.names or any(part in name for part in given.names)]
    port = free_port()
    process = served(port)
    with tempfile.TemporaryDirectory() as made:
        outside = given.keep or Path(made)
        outside.mkdir(exist_ok=True)
        try:
            config = manifest(port)
            say(f"{'suite':<24} {'passed':>6} {'failed':>6} {'skipped':>7}  commit")
            for name in names:
                folder = given.suites / name
                if not folder.is_dir():
                    say(f"{SUITES[name]:<24} not there")
                    continue
                report = run_suite(folder, config, outside)
                if "error" in report:
                    say(f"{SUITES[name]:<24} did not run: {report['error']}")
                    continue
                stats = report["stats"]
                say(
                    f"{SUITES[name]:<24} {stats['passes']:>6} {stats['failures']:>6} {stats['pending']:>7}  {commit(folder)}"
                )
                for test in report["failures"]:
                    say(f"    {test['fullTitle'][:150]}: {test['err'].get('message', '')[:200]}")
        finally:
            process.terminate()
            process.wait(timeout=20)


if __name__ == "__main__":
    main()
