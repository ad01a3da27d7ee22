"""Which way things depend, and that nobody else provides our names."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["contexts", "schemas", "vc", "kit", "issuer", "wallet", "verifier", "registrar", "satchel"]
LONGEST = 450
GENERATED = {"contexts", "schemas"}


def modules():
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def test_the_import_contracts_hold():
    tool = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_else_provides_our_names(package):
    providers = importlib.metadata.packages_distributions().get(package, [])
    assert set(providers) <= {"satchel"}


def test_no_module_has_outgrown_a_reader():
    long = {
        str(path.relative_to(ROOT)): count
        for path in modules()
        if path.relative_to(ROOT).parts[0] not in GENERATED and (count := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize("role", ["issuer", "wallet", "verifier", "registrar"])
def test_a_role_imports_without_the_others(role):
    others = sorted({"issuer", "wallet", "verifier", "registrar", "satchel"} - {role})
    code = f"import sys; sys.modules.update(dict.fromkeys({others!r})); import {role}.app"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_kit_does_nothing():
    code = (
        "import sys, threading, kit.server, kit.accounts.pages, kit.fetch, kit.qr, kit.accounts.commands;"
        "assert threading.active_count() == 1; assert 'kit.db' in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
