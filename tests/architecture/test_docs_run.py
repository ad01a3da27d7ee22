"""What the documents tell a reader to type is true: commands exist, options exist, settings exist, links lead somewhere."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from issuer.settings import IssuerSettings
from satchel.cli.parser import COMMANDS, build_parser
from verifier.settings import VerifierSettings
from wallet.settings import WalletSettings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
SETTING = re.compile(r"SATCHEL_(ISSUER|WALLET|VERIFIER)_([A-Z_]+)")
SAFE = ("--help", "keys list", "keys check")


def commands():
    """Every line of every shell block, with the document that it stands in."""
    found = {}
    for document in DOCUMENTS:
        for block in FENCE.findall(document.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.strip():
                    found[f"{document.name}: {line.strip()}"] = line.strip()
    return [pytest.param(line, id=where) for where, line in found.items()]


@pytest.mark.parametrize("line", commands())
def test_a_command_in_the_documents_is_one_that_can_be_typed(line, tmp_path):
    words = line.split()
    if words[0] == "make":
        known = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert all(word in known for word in words[1:] if "=" not in word), line
    elif words[0].endswith("/satchel"):
        if words[1] == "--help":
            return
        parser = build_parser(words[1])
        assert words[1] in COMMANDS
        if "--help" not in words:
            parser.parse_args(words[1:])
    elif SETTING.match(words[0]):
        assert settings_known(words[0])
    else:
        assert words[0] in {"python", "git"}, f"nobody checks {line!r}"


@pytest.mark.parametrize("line", commands())
def test_what_only_looks_is_run(line, tmp_path):
    words = line.split()
    if not words[0].endswith("/satchel") or not any(safe in line for safe in SAFE):
        return
    arguments = [str(tmp_path) if word == "/var/lib/satchel" else word for word in words[1:]]
    done = subprocess.run(
        [sys.executable, "-m", "satchel", *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr


def test_make_lists_its_commands():
    done = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
    for name in ("install", "demo", "test", "check", "bench", "peers", "clean"):
        assert f"make {name} " in done.stdout


def test_readme_names_the_test_command_that_ci_runs():
    readme, ci = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "\nmake test\n" in readme
    assert "\nmake test\n" in ci
    assert "SATCHEL_SHARED:-required" in ci


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_named_in_the_documents_are_there(document):
    for path in re.findall(
        r"`((?:vc|kit|issuer|wallet|verifier|satchel|docs|tests)/[\w/.]+)`", document.read_text("utf-8")
    ):
        assert (ROOT / path).exists() or path.endswith(".journal"), path


def settings_known(text):
    role, name = SETTING.match(text).groups()
    classes = {"ISSUER": IssuerSettings, "WALLET": WalletSettings, "VERIFIER": VerifierSettings}
    return name.lower() in classes[role].model_fields


def test_settings_in_the_documents_exist():
    for document in DOCUMENTS:
        for found in SETTING.finditer(document.read_text(encoding="utf-8")):
            assert settings_known(found[0]), f"{document.name}: {found[0]}"


def test_the_table_of_settings_is_whole():
    table = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for name in IssuerSettings.model_fields.keys() & WalletSettings.model_fields.keys():
        assert f"`{name.upper()}`" in table, f"docs/operating.md does not explain {name.upper()}"


def test_every_dependency_is_explained():
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").casefold()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    for name in (re.match(r"[a-z0-9-]+", each)[0] for each in [*wanted, *project["dependency-groups"]["check"]]):
        assert name in explained, name
