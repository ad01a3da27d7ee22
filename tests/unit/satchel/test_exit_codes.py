"""0, 1 and 3 are answers about a document; nothing that goes wrong on the way may look like one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from satchel.installation import CHECKOUT

FORGED = """{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
 "issuer": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "credentialSubject": {"id": "urn:uuid:1"},
 "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-01-01T00:00:00Z",
  "proofPurpose": "assertionMethod", "proofValue": "zzz",
  "verificationMethod": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#x"}}"""


def verify(*arguments, stdout=subprocess.PIPE):
    return subprocess.run(
        [sys.executable, "-m", "satchel", "verify", *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )


@pytest.fixture
def forged(tmp_path):
    path = tmp_path / "forged.json"
    path.write_text(FORGED)
    return path


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_forged_document_stays_forged_when_nobody_reads_on(forged, options):
    expected = verify(forged, "--offline", *options)
    assert expected.returncode == 1, expected.stdout + expected.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = verify(forged, "--offline", *options, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_is_no_answer(forged):
    with Path("/dev/full").open("w") as full:
        done = verify(forged, "--offline", stdout=full)
    assert done.returncode == 2
    assert done.stderr.startswith("satchel verify: The system refused: No space left")
    assert "Traceback" not in done.stderr


def test_what_is_handed_in_beside_the_document_can_only_make_it_unchecked(forged, tmp_path):
    plain, deep, folder = tmp_path / "plain", tmp_path / "deep.json", tmp_path
    plain.write_text("no certificate")
    deep.write_text('{"issuers":' + "[" * 100_000 + "]" * 100_000 + "}")
    for arguments, words in (
        (("--ca-file", plain), "holds no certificate"),
        (("--recognised", deep), "is not a list of recognised issuers"),
        (("--recognised", folder), "could not be read"),
    ):
        done = verify(forged, "--offline", *arguments)
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_what_nobody_foresaw_is_a_sentence_and_a_2(forged, monkeypatch, capsys):
    from satchel.cli import main
    from satchel.cli import verify as command

    def broken(*_, **__):
        raise ZeroDivisionError("halves of nothing")

    monkeypatch.setattr(command, "_judge", broken)
    assert main(["verify", str(forged)]) == 2
    assert "nobody foresaw (ZeroDivisionError: halves of nothing)" in capsys.readouterr().err
