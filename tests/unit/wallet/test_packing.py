"""The sealed archive: everything of whom one may manage, as it came, for any wallet; and nothing of anybody else."""

import hashlib
import io
import json
import zipfile
from datetime import date

import pytest

from kit.errors import BadInput, Refused
from kit.passphrase import opened
from tests.unit.wallet.samples import NOW, award, strangers
from vc.checks import Verdict
from vc.credential import VerifiableCredential
from vc.did import key_did
from vc.document import CREDENTIAL_LIMITS, parse
from vc.evidence import Evidence
from vc.keys import Ed25519Signer, parse_jwk, parse_multikey
from vc.multibase import base64url_decode, decode_multibase
from vc.policy import Policy
from vc.verification import verify
from wallet.cli import main
from wallet.service.share_views import Choice
from wallet.service.stating import Statement
from wallet.service.works import Made

WORDS = "otter lantern seven violins"


def archive_of(services, actor, words=WORDS):
    return b"".join(services.packing.pack(actor, passphrase=words, again=words).chunks())


def unsealed(sealed, words=WORDS):
    return zipfile.ZipFile(io.BytesIO(b"".join(opened(io.BytesIO(sealed), words, field="file"))))


def lived_in(services, hadleys):
    """Wren with two editions of an award, a note, a tag, a collection, a work, a statement, a share that was opened."""
    teresa, wren = hadleys.teresa, hadleys.wren
    kept = services.credentials.add_file(teresa, wren, award(1)).credential_id
    services.credentials.add_file(teresa, wren, award(1, title="Bridges", valid_from=NOW))
    services.credentials.note(teresa, kept, "Zebrafinch")
    services.arranging.tag(teresa, kept, ["maths"])
    collection = services.arranging.make(teresa, wren, name="For school")
    services.arranging.put(teresa, collection, [kept])
    services.works.add(teresa, wren, Made(title="Essay", words="Once upon a time", credential_id=kept))
    services.stating.state(teresa, wren, Statement(title="I can swim", about="Fifty metres.", day=date(2026, 7, 1)))
    choice = Choice(
        credential_ids=(kept,), recipient="Brightwater", purpose="Admission", until=date(2026, 12, 1), shown_name="Wren"
    )
    share = services.shares.share(teresa, services.shares.create(teresa, wren, choice))
    services.reading.record(share.token, reader="Ms. Ames")
    return kept, share


def test_everything_of_the_learners_is_in_the_archive_as_it_came(services, hadleys):
    kept, share = lived_in(services, hadleys)
    with unsealed(archive_of(services, hadleys.teresa)) as archive:
        told = json.loads(archive.read("archive.json"))
        wren = next(one for one in told["learners"] if one["name"] == "Wren Hadley")
        assert (wren["birthDate"], wren["id"]) == ("2016-06-03", hadleys.wren)
        [credential] = [one for one in wren["credentials"] if one["id"] == kept]
        assert (credential["note"], credential["tags"]) == ("Zebrafinch", ["maths"])
        first, second = credential["editions"]
        assert archive.read(first["file"]) == award(1)
        assert archive.read(second["file"]) == award(1, title="Bridges", valid_from=NOW)
        assert first["sha256"] == hashlib.sha256(award(1)).hexdigest()
        assert wren["collections"][0]["credentials"] == [kept]
        assert (wren["works"][0]["words"], wren["works"][0]["credential"]) == ("Once upon a time", kept)
        history = json.loads(archive.read(wren["history"]))
        [shared] = history["shares"]
        assert (shared["recipient"], shared["openings"][0]["reader"]) == ("Brightwater", "Ms. Ames")
        assert {"credential.keep", "share.approve"} <= {row["what"] for row in history["log"]}
        everything = b"".join(archive.read(name) for name in archive.namelist())
        for secret in (share.token, share.code):
            assert secret.encode() not in everything
        assert set(archive.namelist()) >= {first["file"], second["file"], "README.txt"}


def test_any_other_wallet_reads_the_awards_and_the_keys(services, hadleys):
    """Everything in the archive is in formats of others: the core verifies an award, and the key proves its DID."""
    lived_in(services, hadleys)
    with unsealed(archive_of(services, hadleys.teresa)) as archive:
        told = json.loads(archive.read("archive.json"))
        wren = next(one for one in told["learners"] if one["name"] == "Wren Hadley")
        policy = Policy.recommended(
            recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None
        )
        for credential in wren["credentials"]:
            data = archive.read(credential["editions"][-1]["file"])
            report = verify(data, evidence=Evidence(), policy=policy, now=NOW)
            assert report.verdict is Verdict.GENUINE_AND_CURRENT, report
        [key] = wren["keys"]
        portable = json.loads(archive.read(key["file"]))
        assert parse_multikey(portable["publicKeyMultibase"]).multikey == key["did"].removeprefix("did:key:")
        seed = decode_multibase(portable["secretKeyMultibase"], encodings="z", max_length=80)[2:]
        assert base64url_decode(portable["privateKeyJwk"]["d"]) == seed
        assert key_did(Ed25519Signer(seed, "").public_key) == key["did"] == portable["controller"]
        stated = next(
            view
            for credential in wren["credentials"]
            if (view := VerifiableCredential.view(
                parse(archive.read(credential["editions"][0]["file"]), limits=CREDENTIAL_LIMITS).value
            )).issuer_id == key["did"]
        )  # fmt: skip
        assert stated.subject_id == key["did"]
        assert parse_jwk({name: value for name, value in portable["privateKeyJwk"].items() if name != "d"})


def test_o12_an_archive_holds_those_whom_one_may_manage_and_nobody_else(services, hadleys):
    """Attack O12: no id and no name of another family; nobody whom one may only look at; keys only with the say."""
    olga, pia = strangers(services)
    lived_in(services, hadleys)
    services.credentials.add_file(olga, pia, award(5, title="Zither"))
    with unsealed(archive_of(services, hadleys.teresa)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
        names = [one["name"] for one in json.loads(archive.read("archive.json"))["learners"]]
    assert set(names) == {"Wren Hadley", "Jonah Hadley", "Teresa Hadley"}
    for foreign in (olga.family_id, olga.member_id, pia, "Strange", "Zither"):
        assert foreign.encode() not in everything
    for only_looking in (hadleys.marcus, hadleys.jonah):
        with pytest.raises(Refused):
            archive_of(services, only_looking)


def test_k14_nothing_readable_stands_in_the_sealed_file(services, hadleys):
    """Attack K14."""
    lived_in(services, hadleys)
    sealed = archive_of(services, hadleys.teresa)
    for canary in (b"Wren", b"Hadley", b"Bridge", b"Zebrafinch", b"did:key", b"archive.json", b"PK\x03\x04"):
        assert canary not in sealed


def test_a_passphrase_that_is_easy_or_typed_otherwise_makes_no_archive(services, hadleys):
    for first, again, field in (
        ("short", "short", "passphrase"),
        (WORDS, WORDS + "!", "again"),
        ("", "", "passphrase"),
    ):
        with pytest.raises(BadInput) as refused:
            services.packing.pack(hadleys.teresa, passphrase=first, again=again)
        assert refused.value.field == field


def test_the_command_opens_an_archive_where_there_is_no_wallet(services, hadleys, tmp_path, monkeypatch, capsys):
    lived_in(services, hadleys)
    for name in ("SATCHEL_WALLET_DATABASE_URL", "SATCHEL_WALLET_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "awards.satchel"
    file.write_bytes(archive_of(services, hadleys.teresa))

    def run(words, *more):
        monkeypatch.setattr("sys.stdin", io.StringIO(words + "\n"))
        return main(["open-archive", str(file), *more])

    assert run("not the right words at all") == 1
    assert "does not open with this passphrase" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.zip*"))
    assert run(WORDS) == 0
    target = tmp_path / "awards.zip"
    assert target.stat().st_mode & 0o777 == 0o600
    assert "archive.json" in zipfile.ZipFile(target).namelist()
    assert run(WORDS) == 1  # never written over
    file.write_bytes(file.read_bytes()[:-5])
    assert run(WORDS, "--to", str(tmp_path / "other.zip")) == 1
    assert "not whole" in capsys.readouterr().err
    assert not list(tmp_path.glob("other*"))
