"""Signing in processes apart: the same bytes, no key in a pipe, and a process that dies takes nothing with it."""

import os
import pickle
import secrets
import signal

import pytest

from issuer.keystore import Keystore
from issuer.service import bulk
from issuer.service.bulk import KeyPlace, Signing, processes_for
from issuer.service.issuance import Signed
from issuer.service.securing import USUAL
from issuer.store import credentials, tables
from kit.errors import Unavailable
from tests.issuing import NOW, Workshop, settings
from vc.keys import Ed25519Signer

COUNT = bulk.WORTH_IT + 8


@pytest.fixture
def shop(tmp_path):
    made = Workshop(settings(tmp_path, f"sqlite:///{tmp_path}/issuer.db", job_processes=2))
    yield made
    made.close()


@pytest.fixture
def handed(shop, monkeypatch):
    """The tasks that were signed, with what came of them."""
    found = []
    sign = Signing.sign

    def told(self, task):
        answers = sign(self, task)
        found.append((task, answers))
        return answers

    monkeypatch.setattr(Signing, "sign", told)
    return found


def _pending(shop):
    with shop.services.context.database.reading() as session:
        return len(credentials.pending_intents(session, 1000, without=()))


def test_processes_give_what_this_one_gives(shop, handed):
    frozen = shop.freeze(COUNT)
    assert all(isinstance(each, Signed) for each in shop.finish(frozen))
    assert len(shop.services.signing.process_ids()) == 2
    ((task, answers),) = handed
    here = Signing(shop.services.context.settings, shop.services.context.keystore, processes=0)
    assert here.sign(task) == answers
    assert [each.etag for each in answers] == [each.etag for each in shop.finish(frozen)]


def test_a_few_are_signed_here(shop):
    shop.finish(shop.freeze(3))
    assert shop.services.signing.process_ids() == []


def test_a_process_killed_in_the_middle_is_replaced_and_its_part_done_again(shop, monkeypatch):
    shop.finish(shop.freeze(COUNT))
    before = shop.services.signing.process_ids()
    hand, killed = bulk._Worker.hand, []

    def handed_and_killed(self, part):
        hand(self, part)
        if not killed:
            killed.append(self.process.pid)
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()

    monkeypatch.setattr(bulk._Worker, "hand", handed_and_killed)
    answers = shop.finish(shop.freeze(COUNT, first=1000))
    assert all(isinstance(each, Signed) for each in answers)
    assert killed[0] in before
    assert killed[0] not in shop.services.signing.process_ids()
    assert shop.services.organisations.audit_broken_at() is None


def test_what_kills_every_process_is_kept_by_nobody_and_can_be_repeated(shop, monkeypatch):
    frozen = shop.freeze(COUNT)
    hand = bulk._Worker.hand

    def handed_and_killed(self, part):
        hand(self, part)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    with monkeypatch.context() as patch:
        patch.setattr(bulk._Worker, "hand", handed_and_killed)
        with pytest.raises(Unavailable):
            shop.finish(frozen)
    assert _pending(shop) == COUNT
    assert all(isinstance(each, Signed) for each in shop.finish(frozen))
    assert _pending(shop) == 0


def test_a_process_that_hangs_is_ended(shop, monkeypatch):
    frozen = shop.freeze(COUNT)
    place = shop.services.context
    slow = Signing(place.settings, place.keystore, processes=1, patience=0.0)
    monkeypatch.setattr(shop.services.many, "_signing", slow)
    with pytest.raises(Unavailable):
        shop.finish(frozen)
    assert slow.process_ids() == []
    assert _pending(shop) == COUNT


def test_an_answer_to_something_else_is_never_taken(shop, handed, monkeypatch):
    shop.finish(shop.freeze(COUNT))
    task = handed[0][0]
    worker = shop.services.signing._worker(0)
    worker.hand(task.part(task.items[:1]))  # asked, and its answer left in the pipe
    answers = shop.finish(shop.freeze(COUNT, first=1000))
    assert all(isinstance(each, Signed) for each in answers)
    assert worker.process.pid not in shop.services.signing.process_ids()


def test_no_key_goes_through_the_pipe(shop, handed):
    shop.finish(shop.freeze(COUNT))
    given = shop.services.context.settings
    key = given.key_file.read_text().strip()
    task = handed[0][0]
    vault = shop.services.context.keystore.vault()
    seed = vault.open(
        task.key.sealed_seed, context=f"issuer/signing-key/{task.organisation_id}/{task.key.key_id}".encode()
    )
    assert Ed25519Signer(seed, "").public_key.multikey == task.key.multikey
    sent = pickle.dumps((KeyPlace.of(given), task))
    for secret in (key.encode(), bytes.fromhex(key), seed, seed.hex().encode()):
        assert secret not in sent


def test_a_key_that_only_this_process_knows_stays_here(tmp_path, monkeypatch):
    known = secrets.token_hex(32)
    given = settings(tmp_path, f"sqlite:///{tmp_path}/x.db").model_copy(update={"key_file": None})
    given = type(given)(**{**given.model_dump(exclude_unset=True), "key_file": None, "key_hex": known})
    assert KeyPlace.of(given) is None
    monkeypatch.setenv("SATCHEL_ISSUER_KEY_HEX", known)
    place = KeyPlace.of(given)
    assert known.encode() not in pickle.dumps(place)
    assert place.keystore().vault().key_id == Keystore.from_settings(given).vault().key_id


def test_R10_without_the_key_file_nothing_is_signed_and_with_it_all_goes_on(shop):
    shop.finish(shop.freeze(COUNT))
    frozen = shop.freeze(COUNT, first=1000)
    path = shop.services.context.settings.key_file
    path.rename(path.with_suffix(".away"))
    with pytest.raises(Unavailable):
        shop.finish(frozen)
    assert _pending(shop) == COUNT
    path.with_suffix(".away").rename(path)
    assert all(isinstance(each, Signed) for each in shop.finish(frozen))


@pytest.mark.parametrize("damage", ["another seed", "another organisation"])
def test_C14_a_process_refuses_a_seed_that_is_not_the_published_one(shop, handed, damage):
    shop.finish(shop.freeze(COUNT))
    frozen = shop.freeze(COUNT, first=1000)
    with shop.services.context.database.session() as session:
        (row,) = session.query(tables.SigningKeyRow).all()
        owner = row.organisation_id if damage == "another seed" else secrets.token_hex(18)
        _multikey, row.sealed_seed = shop.services.context.keystore.create(
            organisation_id=owner, key_id=row.id, kind=row.kind, use=row.use
        )
    with pytest.raises(Unavailable):
        shop.finish(frozen)
    assert _pending(shop) == COUNT


def test_how_many_processes_sign(tmp_path, monkeypatch):
    given = settings(tmp_path, "sqlite:///x.db")
    for cores, wanted in ((1, 0), (2, 1), (8, 7)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)))
        assert processes_for(given) == wanted
    assert processes_for(given.model_copy(update={"job_processes": 0})) == 0
    with pytest.raises(ValueError, match="Between"):
        Signing(given, Keystore.from_settings(given), processes=65)


def test_too_many_at_once_are_a_mistake_of_ours(shop):
    (frozen,) = shop.freeze(1)
    with pytest.raises(ValueError, match="once"):
        shop.finish([frozen, frozen])
    with pytest.raises(ValueError, match="first transaction"):
        shop.services.many.finish_many(shop.desk.organisation, ["unknown"])
    with pytest.raises(ValueError, match="once"), shop.services.context.database.session() as session:
        shop.services.many.freeze_many(
            session, organisation=shop.desk.organisation, items=[_same()] * 2, actor="system", now=NOW
        )


def _same():
    from issuer.service.many import Intended

    return Intended(credential_id="urn:uuid:1", kind="award", format=USUAL, unsigned={}, details={}, holder=None)
