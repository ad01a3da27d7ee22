"""`satchel derive`: the holder's original in, what is shown out; nothing is replaced, nothing is guessed."""

import io
import json
from pathlib import Path

import pytest

from satchel.cli.parser import main
from satchel.console import EXIT_OK, EXIT_UNKNOWN
from tests.selective import issue, judge, plain, rich
from tests.unit.wallet.test_arriving import token
from vc import Verdict, serialize
from vc.baking import Standard, bake_svg

ACHIEVEMENT = "/credentialSubject/achievement"


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.json"
    path.write_bytes(serialize(issue(rich())))
    return path


def test_the_mandatory_part_to_standard_output(original: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", str(original)]) == EXIT_OK
    shown = json.loads(capsys.readouterr().out)
    assert "evidence" not in shown
    assert judge(shown).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_selection_is_completed_unless_it_is_exact(original: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = f"{ACHIEVEMENT}/resultDescription/1/requiredValue"
    assert main(["derive", str(original), "--select", part]) == EXIT_OK
    (description,) = json.loads(capsys.readouterr().out)["credentialSubject"]["achievement"]["resultDescription"]
    assert set(description) == {"id", "type", "name", "resultType", "requiredValue"}
    assert main(["derive", str(original), "--select", part, "--exactly"]) == EXIT_OK
    (description,) = json.loads(capsys.readouterr().out)["credentialSubject"]["achievement"]["resultDescription"]
    assert set(description) == {"id", "type", "requiredValue"}


def test_a_new_file_for_its_owner_and_no_other(original: Path, tmp_path: Path) -> None:
    target = tmp_path / "shown.json"
    assert main(["derive", str(original), "--output", str(target)]) == EXIT_OK
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_bytes()
    assert main(["derive", str(original), "--select", "", "--output", str(target)]) == EXIT_UNKNOWN
    assert target.read_bytes() == before


def test_what_there_is_to_choose_from(original: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", str(original), "--list"]) == EXIT_OK
    lines = capsys.readouterr().out.splitlines()
    assert "always  /issuer/name  River School No. 1" in lines
    assert "        /evidence/0/genre  Portfolio" in lines
    assert not [line for line in lines if "/proof" in line.split()[0] or "@context" in line.split()[0]]


def test_out_of_the_picture_in_which_it_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "badge.svg"
    bare = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
    original = serialize(issue(plain()))
    picture.write_bytes(bake_svg(bare, original, standard=Standard.OPEN_BADGES_3, replace=False))
    assert main(["derive", str(picture)]) == EXIT_OK
    assert judge(json.loads(capsys.readouterr().out)).verdict is Verdict.GENUINE_AND_CURRENT


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.TextIOWrapper(io.BytesIO(serialize(issue(plain()))))
    monkeypatch.setattr("sys.stdin", stream)
    assert main(["derive", "-"]) == EXIT_OK
    assert "ecdsa-sd-2023" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "could not be read"),
        (b"{", "a name in straight double quotes is expected"),
        (b"[{}]", "a list of several things"),
        (b"https://school.example/badge.json", "holds a link"),
        (token(), "signed as a whole"),
        (serialize(plain()), "here are none"),
    ],
)
def test_what_nothing_is_derived_from(
    content: bytes | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "input.json"
    if content is not None:
        path.write_bytes(content)
    for options in ([], ["--list"]):
        assert main(["derive", str(path), *options]) == EXIT_UNKNOWN
        assert words in capsys.readouterr().err


def test_a_pointer_that_leads_nowhere_is_named(original: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", str(original), "--select", "/nowhere"]) == EXIT_UNKNOWN
    assert "There is nothing at /nowhere in this document." in capsys.readouterr().err
