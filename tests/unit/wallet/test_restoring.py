"""Export → fresh wallet → restore → everything verifies; and what hostile archives get."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest

from kit.errors import BadInput, NotFound, Refused, Unavailable
from kit.jobs import STOP, Run
from kit.passphrase import Cost, SealingFile
from tests.unit.wallet.samples import NOW, PASSWORD, award, settings, signer, strangers, wallet
from tests.unit.wallet.test_packing import WORDS, archive_of, lived_in, unsealed
from wallet.cli import main
from wallet.keystore import Approval
from wallet.service.leaving import contents
from wallet.service.leaving.restoring import KIND
from wallet.service.works import Made


@pytest.fixture
def fresh(tmp_path, clock):
    """Another Satchel with nothing in it but a family that just began: (services, its organiser)."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    built = wallet(folder, clock, key_hex="6b" * 32)
    yield built, newcomer(built)
    built.tools.fetcher.close()
    built.tools.database.close()


def newcomer(services, login="teresa2"):
    with services.tools.database.session() as session:
        made = services.tools.accounts.create_user(
            login=login, password=PASSWORD, name="Teresa", scope="member", session=session
        )
        return services.people.found_family(session, made.id, family_name="Hadley", my_name="Teresa")


def brought(services, actor, sealed, *, words=WORDS, mine=True):
    begun = services.restoring.begin(actor, sealed, passphrase=words, mine=mine)
    return services.restoring.drive(actor, begun.id, lambda *_given: None)


def everything(services, actor):
    """What there is of each learner, by name: a picture of a family that two wallets can be compared by."""
    with unsealed(archive_of(services, actor)) as archive:
        told = json.loads(archive.read("archive.json"))
        return {
            learner["name"]: {
                "born": learner["birthDate"],
                "dids": sorted(key["did"] for key in learner["keys"]),
                "awards": sorted(
                    (one["note"], tuple(one["tags"]), tuple(edition["sha256"] for edition in one["editions"]),
                     tuple(edition["receivedAt"] for edition in one["editions"]))
                    for one in learner["credentials"]
                ),
                "works": sorted((one["title"], one["words"], one["sha256"], bool(one["credential"])) for one in learner["works"]),
                "collections": sorted((one["name"], len(one["credentials"])) for one in learner["collections"]),
            }
            for learner in told["learners"]
        }  # fmt: skip


def test_k14_what_was_taken_along_is_all_there_in_a_fresh_wallet_and_verifies(services, hadleys, fresh):
    lived_in(services, hadleys)
    services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award(7, title="Bookkeeping"))
    services.works.add(
        hadleys.teresa, hadleys.wren, Made(title="Drawing", words="", credential_id=""), file=b"%PDF-1.4 a drawing"
    )
    there, actor = fresh
    view = brought(there, actor, archive_of(services, hadleys.teresa))
    assert (view.running, view.lines) == (False, ())
    assert set(view.counts) == {"kept"}
    before, after = everything(services, hadleys.teresa), everything(there, actor)
    assert before == after
    for learner in there.people.learners(actor):
        for card in there.credentials.search(actor, learner.id, ""):
            assert card.verdict == "genuineAndCurrent"
            there.credentials.check_again(actor, card.id)
    [mine] = [one for one in there.people.learners(actor) if one.is_me]
    assert mine.name == "Teresa Hadley"
    wren = next(one for one in there.people.learners(actor) if one.name == "Wren Hadley")
    stated = next(card for card in there.credentials.search(actor, wren.id, "swim"))
    assert stated.bound, "the key that it is bound to came along"
    with unsealed(archive_of(there, actor)) as archive:
        told = next(one for one in json.loads(archive.read("archive.json"))["learners"] if one["name"] == "Wren Hadley")
        [history] = json.loads(archive.read(told["history"]))["before"]
    assert history["shares"][0]["recipient"] == "Brightwater"


def test_the_same_archive_again_doubles_nothing_and_changes_nothing(services, hadleys, fresh):
    lived_in(services, hadleys)
    there, actor = fresh
    sealed = archive_of(services, hadleys.teresa)
    brought(there, actor, sealed)
    learner = next(one for one in there.people.learners(actor) if one.name == "Wren Hadley")
    kept = there.credentials.search(actor, learner.id, "Bridges")[0]
    there.credentials.note(actor, kept.id, "written here")
    there.people.change_learner(actor, learner.id, name="Wren", birth_date=date(2016, 6, 3), sign_in_age=None)
    before = everything(there, actor)
    view = brought(there, actor, sealed)
    assert set(view.counts) == {"already"}
    assert everything(there, actor) == before
    assert "written here" in str(before["Wren"]["awards"])


def test_an_archive_brought_back_to_its_own_wallet_finds_its_learners(services, hadleys):
    lived_in(services, hadleys)
    before = everything(services, hadleys.teresa)
    view = brought(services, hadleys.teresa, archive_of(services, hadleys.teresa))
    assert set(view.counts) == {"already"}
    assert everything(services, hadleys.teresa) == before


def test_somebody_of_age_whose_archive_it_is_not_is_left_out(services, hadleys, fresh):
    services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award(7))
    there, actor = fresh
    begun = there.restoring.begin(actor, archive_of(services, hadleys.teresa), passphrase=WORDS, mine=False)
    assert begun.left_out == ("Teresa Hadley",)
    assert {one.name for one in there.people.learners(actor)} == {"Wren Hadley", "Jonah Hadley"}


def test_o4_whoever_may_only_look_at_a_learner_brings_nothing_for_them(services, hadleys):
    lived_in(services, hadleys)
    sealed = archive_of(services, hadleys.teresa)
    before = everything(services, hadleys.teresa)
    for other in (hadleys.marcus, hadleys.jonah):
        with pytest.raises((Refused, NotFound)):
            services.restoring.begin(other, sealed, passphrase=WORDS, mine=True)
    begun = services.restoring.begin(hadleys.teresa, sealed, passphrase=WORDS, mine=True)
    olga, _pia = strangers(services)
    for other in (hadleys.marcus, olga):
        with pytest.raises(NotFound):
            services.restoring.view(other, begun.id)
    services.restoring.drive(hadleys.teresa, begun.id, lambda *_given: None)
    assert everything(services, hadleys.teresa) == before


def test_k14_a_wrong_passphrase_or_a_damaged_file_keeps_nothing(services, hadleys, fresh):
    lived_in(services, hadleys)
    sealed = archive_of(services, hadleys.teresa)
    there, actor = fresh
    changed = bytearray(sealed)
    changed[-40] ^= 1
    for file, words, field in (
        (sealed, "otter lantern seven violin", "passphrase"), (sealed[:-1], WORDS, "file"), (bytes(changed), WORDS, "file"),
        (b"", WORDS, "file"), (award(1), WORDS, "file"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            there.restoring.begin(actor, file, passphrase=words, mine=True)
        assert (refused.value.field, bool(refused.value.remedy)) == (field, True)
    assert there.people.learners(actor) == []


def sealed_zip(files, **options):
    """An archive of our own make: as whoever has the passphrase could write one."""
    inner, sink = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", **options) as archive:
        for name, data in files:
            archive.writestr(name, data)
    file = SealingFile(sink, WORDS, cost=Cost(passes=1, memory=8192))
    file.write(inner.getvalue())
    file.close()
    return sink.getvalue()


def manifest(**changes):
    learner = {
        "id": "x", "name": "Mallory", "birthDate": "2015-01-01", "signInAge": None, "savedIt": False, "addedAt": "2026-01-01",
        "history": "learners/1/history.json", "keys": [], "credentials": [], "collections": [], "works": [], "shown": [],
    } | changes  # fmt: skip
    return {"format": contents.FORMAT, "id": "a", "madeAt": "2026-01-01", "family": "M", "learners": [learner]}


def named(name, data):
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest()}


HISTORY = ("learners/1/history.json", b"{}")
BOMB = b"0" * (contents.LARGEST_MANIFEST + 10)


@pytest.mark.parametrize(
    "files",
    [
        [("archive.json", b"not json")],
        [("archive.json", b"[]")],
        [("archive.json", b"[" * 100_000)],
        [("archive.json", json.dumps(manifest()).encode())],
        [("archive.json", json.dumps(manifest() | {"format": "satchel-archive-contents/9"}).encode()), HISTORY],
        [("../../etc/passwd", b"x"), ("archive.json", json.dumps(manifest()).encode()), HISTORY],
        [("/etc/passwd", b"x"), ("archive.json", json.dumps(manifest()).encode()), HISTORY],
        [("learners/1/works/..\\x.pdf", b"x"), ("archive.json", json.dumps(manifest()).encode()), HISTORY],
        [("archive.json", json.dumps(manifest(history="learners/../../x")).encode()), HISTORY],
        [("archive.json", json.dumps(manifest(name=7)).encode()), HISTORY],
        [("archive.json", json.dumps(manifest(birthDate="tomorrow")).encode()), HISTORY],
        [("archive.json", json.dumps(manifest(signInAge=10**30)).encode()), HISTORY],
        [("archive.json", json.dumps(manifest(name="\ud800")).encode()), HISTORY],
        [("archive.json", json.dumps(manifest(works=[{"title": "x", "words": "", "credential": None, "file": "learners/1/works/a.pdf", "sha256": "0" * 64}])).encode()), HISTORY, ("learners/1/works/a.pdf", b"%PDF-")],
        [("archive.json", json.dumps(manifest(name="")).encode()), HISTORY],
        [("archive.json", BOMB)],
    ],
)  # fmt: skip
def test_k14_a_hostile_archive_is_refused_in_words_and_keeps_nothing(fresh, files):
    there, actor = fresh
    with pytest.raises(BadInput) as refused:
        there.restoring.begin(actor, sealed_zip(files, compression=zipfile.ZIP_DEFLATED), passphrase=WORDS, mine=False)
    assert refused.value.field == "file"
    assert there.people.learners(actor) == []


def test_k14_a_zip_bomb_is_counted_while_it_is_unpacked(fresh, monkeypatch):
    """Many files, each within its own bound, and more than an archive ever holds together."""
    there, actor = fresh
    monkeypatch.setattr(contents, "LARGEST_TEXT", 3 << 20)
    zeros = b"%PDF-" + b"0" * (1 << 20)
    works = [
        {"title": str(n), "words": "", "credential": None, **named(f"learners/1/works/{n}.pdf", zeros)}
        for n in range(5)
    ]
    files = [(f"learners/1/works/{n}.pdf", zeros) for n in range(5)]
    sealed = sealed_zip(
        [("archive.json", json.dumps(manifest(works=works)).encode()), HISTORY, *files],
        compression=zipfile.ZIP_DEFLATED,
    )
    assert len(sealed) < 100_000
    with pytest.raises(BadInput, match="more than a wallet ever saves"):
        there.restoring.begin(actor, sealed, passphrase=WORDS, mine=False)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_k14_only_what_a_wallet_writes_is_unpacked(fresh, compression):
    there, actor = fresh
    files = [("archive.json", json.dumps(manifest()).encode()), HISTORY]
    with pytest.raises(BadInput, match="cannot be unpacked"):
        there.restoring.begin(actor, sealed_zip(files, compression=compression), passphrase=WORDS, mine=False)


def test_a_key_that_does_not_prove_its_did_brings_nobody(services, hadleys, fresh):
    """Whoever knows a DID cannot pass for the learner: the secret half has to be there, and fit."""
    lived_in(services, hadleys)
    did = next(iter(everything(services, hadleys.teresa)["Wren Hadley"]["dids"]))
    mine = signer(9)
    portable = services.tools.keystore.portable(
        {"did": mine.verification_method.partition("#")[0], "seed": (bytes([9]) * 32).hex()},
        approval=Approval(kind="archive", object_id="x", decided_by="y", decided_at=NOW),
    )
    for changed in ({**portable, "controller": did}, {**portable, "secretKeyMultibase": "z1"}, {"controller": did}, {}):
        data = json.dumps(changed).encode()
        keys = [{"did": did, "issuer": "self", "createdAt": "", **named("learners/1/keys/k.json", data)}]
        sealed = sealed_zip(
            [("archive.json", json.dumps(manifest(keys=keys)).encode()), HISTORY, ("learners/1/keys/k.json", data)]
        )
        with pytest.raises(BadInput, match="not the one that it says"):
            services.restoring.begin(hadleys.teresa, sealed, passphrase=WORDS, mine=False)


def with_award(data, **changes):
    path = "learners/1/credentials/a-1.json"
    edition = {
        "number": 1,
        "source": "file",
        "receivedAt": "2026-03-01T10:00:00+00:00",
        "original": None,
        **named(path, data),
    }
    credential = {"id": "a", "note": "n", "tags": ["t"], "receivedAt": "", "editions": [edition]} | changes
    told = json.dumps(manifest(credentials=[credential])).encode()
    return sealed_zip([("archive.json", told), HISTORY, (path, data)])


def test_an_award_that_was_changed_is_left_out_and_named(fresh):
    there, actor = fresh
    view = brought(there, actor, with_award(award(1).replace(b"ten kilograms", b"ten tons")))
    assert [(line.outcome, line.title) for line in view.lines] == [("forged", "Bridge building")]
    [mallory] = there.people.learners(actor)
    assert there.credentials.search(actor, mallory.id, "") == []
    view = brought(there, actor, with_award(b"{}"))
    assert view.lines[0].outcome == "unreadable"


def test_what_cannot_be_checked_today_waits_and_is_tried_again(fresh, monkeypatch):
    there, actor = fresh

    def unreachable(*_given):
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(type(there.restoring._awards._judging), "require_genuine", staticmethod(unreachable))
        view = brought(there, actor, with_award(award(1)))
    assert [line.outcome for line in view.lines] == ["unreachable"]
    there.restoring.try_again(actor, view.id)
    view = there.restoring.drive(actor, view.id, lambda *_given: None)
    assert (view.counts, view.lines) == ({"kept": 1}, ())


def test_what_a_crash_interrupted_is_found_and_goes_on(services, hadleys, fresh, clock):
    lived_in(services, hadleys)
    there, actor = fresh
    begun = there.restoring.begin(actor, archive_of(services, hadleys.teresa), passphrase=WORDS, mine=True)
    first = Run(KIND, begun.id, 1)
    there.restoring.step(first)
    assert there.restoring.lapsed() == []
    clock.instant += timedelta(minutes=10)
    [again] = there.restoring.lapsed()
    assert again.attempt == 2
    assert there.restoring.step(first) is STOP, "the attempt from before does nothing any more"
    while there.restoring.step(again) is not STOP:
        pass
    view = there.restoring.view(actor, begun.id)
    assert (view.running, view.done, set(view.counts)) == (False, view.total, {"kept"})
    assert there.restoring.lapsed() == []


def test_nothing_of_an_archive_on_its_way_in_stands_in_clear(services, hadleys, fresh, tmp_path):
    lived_in(services, hadleys)
    there, actor = fresh
    there.restoring.begin(actor, archive_of(services, hadleys.teresa), passphrase=WORDS, mine=True)
    for path in (tmp_path / "elsewhere").iterdir():
        for canary in (b"Wren", b"Zebrafinch", b"Bridge", b"Brightwater", b"QnJpZGdl", b"Once upon"):
            assert canary not in path.read_bytes(), path.name


def test_a_learner_who_is_erased_takes_along_what_was_on_its_way_in(services, hadleys, fresh):
    lived_in(services, hadleys)
    there, actor = fresh
    begun = there.restoring.begin(actor, archive_of(services, hadleys.teresa), passphrase=WORDS, mine=True)
    for learner in there.people.learners(actor):
        there.erasure.remove_learner(actor, learner.id)
        there.erasure.erase_learner(actor, learner.id)
    assert there.restoring.drive(actor, begun.id, lambda *_given: None).total == 0


def test_the_command_takes_an_archive_in(services, hadleys, tmp_path, monkeypatch, capsys):
    lived_in(services, hadleys)
    file = tmp_path / "awards.satchel"
    file.write_bytes(archive_of(services, hadleys.teresa))
    folder = tmp_path / "third"
    folder.mkdir()
    there = wallet(folder)
    newcomer(there)
    there.tools.database.close()
    for name, value in {
        "DATABASE_URL": f"sqlite:///{folder}/wallet.db", "DATA_DIR": str(folder), "LOOPBACK": "true",
        "PUBLIC_URL": "http://localhost:8002", "KEY_HEX": settings(folder).key_hex.get_secret_value(),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SATCHEL_WALLET_{name}", value)
    for words, status in ((WORDS + "x", 1), (WORDS, 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{words}\n"))
        assert main(["restore-archive", str(file), "--login", "teresa2", "--mine"]) == status
        out = capsys.readouterr()
        assert ("does not open with this passphrase" in out.err) == bool(status)
    assert "kept: 4" in out.out
