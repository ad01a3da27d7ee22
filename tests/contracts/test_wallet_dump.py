"""K1: whoever takes the database, its log, a dump or a backup away reads no credential, name, evidence, note or tag."""

import base64
import tarfile

from sqlalchemy import text

from satchel.backup import back_up
from satchel.deployment import Deployment
from tests.contracts.rows import stored
from tests.unit.wallet.samples import PASSWORD, Hadleys, award, wallet
from tests.unit.wallet.test_packing import WORDS, archive_of, lived_in
from tests.unit.wallet.test_restoring import newcomer
from wallet.service.works import Made

EVIDENCE = [
    {
        "id": "https://evidence.example/heron-video",
        "type": ["Evidence"],
        "name": "Heron film",
        "narrative": "Counted herons",
    }
]
CANARIES = (
    "Wren Hadley", "Jonah", "Teresa", "teresa", "Marcus", "Hadley", "2016-06-03", "Bridge", "Maple Co-op", "maple.example",
    "Heron film", "Counted herons", "heron-video", "ten kilograms", "Zebrafinch", "maths", "For school", "Essay", "Once upon a time",
    "I can swim", "Fifty metres", "Brightwater", "Admission", "Ms. Ames", "Kestrel drawing", "did:key", "proofValue", PASSWORD, WORDS,
)  # fmt: skip


def spelt(canary):
    """A text as it would stand somewhere in clear: as it is, wide, in base64 at any of its three offsets, in hex."""
    raw = canary.encode()
    yield raw
    yield canary.encode("utf-16-le")
    yield raw.hex().encode()
    for offset in range(3):
        inside = base64.b64encode(b"\0" * offset + raw + b"\0\0\0")
        start = -(-offset * 8 // 6) + (offset > 0)
        part = inside[start : start + len(raw) * 8 // 6 - 2]
        if len(part) > 6:  # shorter ones are met by chance in what is sealed
            yield part


def found_in(content):
    return [canary for canary in CANARIES if any(one in content for one in spelt(canary))]


def family_that_uses_everything(services):
    hadleys = Hadleys(services)
    lived_in(services, hadleys)
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(3, evidence=EVIDENCE))
    services.works.add(
        hadleys.teresa,
        hadleys.wren,
        Made(title="Kestrel drawing", words="", credential_id=""),
        file=b"%PDF-1.4 Kestrel drawing",
    )
    services.tools.accounts.make_recovery_codes(hadleys.teresa.user_id)
    sealed = archive_of(services, hadleys.teresa)
    services.restoring.begin(hadleys.teresa, sealed, passphrase=WORDS, mine=True)  # and left where it is
    begun = services.restoring.begin(newcomer(services), sealed, passphrase=WORDS, mine=True)
    assert begun.learners == 3
    return hadleys


def test_what_is_looked_for_would_be_found():
    for canary in CANARIES:
        raw = canary.encode()
        forms = [raw, raw.hex().encode(), canary.encode("utf-16-le")]
        if len(raw) > 6:
            forms += [base64.b64encode(b"x" * offset + raw + b"yz") for offset in range(3)]
        for clear in forms:
            assert canary in found_in(b"before " + clear + b" after"), (canary, clear)


def test_k1_no_table_says_anything_of_a_family(tmp_path, database_url):
    services = wallet(tmp_path, database_url=database_url)
    family_that_uses_everything(services)
    services.rewrapping.rewrap(lambda *_given: None)
    with services.tools.database.engine.connect() as connection:
        rows = stored(connection)
    assert len([name for name, there in rows.items() if there]) > 20
    for name, there in rows.items():
        for row in there:
            values = [
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row.values()
            ]
            assert found_in(b"\0".join(values)) == [], name
    if database_url.startswith("postgresql"):
        with services.tools.database.engine.connect() as connection:
            for name in rows:
                dumped = connection.execute(text(f"SELECT t::text FROM {name} AS t")).scalars().all()
                assert found_in("\n".join(dumped).encode()) == [], name
    services.tools.database.close()


def test_k1_k14_neither_the_files_nor_a_backup_say_anything_of_a_family(tmp_path):
    folder = tmp_path / "data" / "wallet"
    folder.mkdir(parents=True)
    services = wallet(folder)
    hadleys = family_that_uses_everything(services)
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {"wallet.db", "wallet.db-wal"} <= set(files)
    services.erasure.remove_learner(hadleys.teresa, hadleys.jonah_learner)
    services.erasure.erase_learner(hadleys.teresa, hadleys.jonah_learner)
    target = tmp_path / "backup.tar.gz"
    back_up(
        Deployment(data_dir=tmp_path / "data"), target, with_keys=False,
        elsewhere=["issuer", "verifier", "registrar"], say=lambda _words: None,
    )  # fmt: skip
    with tarfile.open(target) as archive:
        for member in archive.getmembers():
            files[f"backup: {member.name}"] = archive.extractfile(member).read()
    assert "backup: wallet/wallet.db" in files
    for name, content in files.items():
        assert found_in(content) == [], name
    services.tools.database.close()
